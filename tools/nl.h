/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink: one request at a time to the levee family.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NL_H
#define _LEVEE_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

/* More than the number of attributes in any set; others are ignored. */
#define NL_TB_SIZE 64

/* Called for each message of a reply; not 0 ends it early. */
typedef int nl_reply_fn(const struct nlmsghdr *nlh, void *data);

/* Called before a dump is read once more: forget what was read. */
typedef void nl_restart_fn(void *data);

/* Called for each request that is collected; returns enum exit_status. */
typedef int nl_collect_fn(const struct nlmsghdr *nlh);

void nl_collect(nl_collect_fn *fn);
bool nl_collects(void);
int nl_begin(uint8_t cmd);
int nl_begin_family(void);
int nl_fd(void);
void nl_put(uint16_t type, const void *data, uint16_t size);
void nl_put_u8(uint16_t type, uint8_t val);
void nl_put_u32(uint16_t type, uint32_t val);
void nl_put_u64(uint16_t type, uint64_t val);
void nl_put_str(uint16_t type, const char *val);
struct nlattr *nl_put_nest(uint16_t type);
void nl_end_nest(struct nlattr *nest);

int nl_do(nl_reply_fn *reply, void *data);
int nl_try(nl_reply_fn *reply, void *data, const struct nlmsghdr **end);
int nl_report(const struct nlmsghdr *end);
int nl_send_many(struct nlmsghdr *first, size_t size, nl_reply_fn *refused,
		 void *data);
int nl_dump(nl_reply_fn *reply, nl_restart_fn *restart, void *data);
void nl_close(void);

void nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb);
void nl_parse_nest(const struct nlattr *nest, const struct nlattr **tb);
uint8_t nl_u8(const struct nlattr *attr);
uint16_t nl_u16(const struct nlattr *attr);
uint32_t nl_u32(const struct nlattr *attr);
uint64_t nl_u64(const struct nlattr *attr);
const char *nl_str(const struct nlattr *attr);

#endif /* _LEVEE_NL_H */
