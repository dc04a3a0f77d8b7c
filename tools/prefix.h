/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address prefixes: parsing, printing, and their netlink form.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_PREFIX_H
#define _LEVEE_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PREFIX_STRLEN (INET6_ADDRSTRLEN + 4)

struct nlattr;

/**
 * struct prefix - An IPv4 or IPv6 prefix.
 * @addr: address in network byte order; IPv4 uses the first 4 bytes
 * @bits: bits of an address: 32 or 128; 0 if what the kernel sent is neither
 * @len: prefix length
 */
struct prefix {
	uint8_t addr[16];
	uint8_t bits;
	uint8_t len;
};

/**
 * struct prefix_list - Growing array of prefixes.
 * @prefix: the prefixes
 * @count: how many there are
 */
struct prefix_list {
	struct prefix *prefix;
	size_t count;
};

int prefix_parse(const char *key, const char *text, struct prefix *prefix);
int prefix_list_parse(const char *key, const char *text, void *list);
void prefix_list_add(struct prefix_list *list, const struct prefix *prefix);
void prefix_list_sort(struct prefix_list *list);
void prefix_list_free(struct prefix_list *list);
const char *prefix_addr_text(const struct prefix *prefix, char *buf);
const char *prefix_text(const struct prefix *prefix, char *buf);
int prefix_cmp(const void *a, const void *b);
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
void prefix_decode(const struct nlattr *nest, struct prefix *prefix);
void prefix_put(uint16_t type, const struct prefix *prefix);
void prefix_out(const char *key, const struct prefix *prefix);
void prefix_list_out(const char *key, const struct prefix_list *list);

#endif /* _LEVEE_PREFIX_H */
