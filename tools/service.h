/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Protocols and destination ports: parsing, printing, and their netlink form.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_SERVICE_H
#define _LEVEE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

#define PROTO_NAMES "tcp, udp, udplite, sctp, dccp, icmp, icmpv6, gre, esp, ah, ipip, ipv6 or a number from 0 to 255"
#define PROTO_STRLEN 16
#define PORTS_STRLEN 16

/**
 * struct proto_list - Growing array of IP protocols.
 * @proto: the protocols, in order
 * @count: how many there are
 */
struct proto_list {
	uint8_t *proto;
	size_t count;
};

/**
 * struct ports - A range of ports.
 * @first: the first
 * @last: the last
 */
struct ports {
	uint16_t first;
	uint16_t last;
};

/**
 * struct ports_list - Growing array of ranges of ports.
 * @ports: the ranges, in order
 * @count: how many there are
 */
struct ports_list {
	struct ports *ports;
	size_t count;
};

/**
 * struct service - Protocols and destination ports of a policy.
 * @proto: protocols
 * @dport: ports
 */
struct service {
	struct proto_list proto;
	struct ports_list dport;
};

int proto_parse(const char *key, const char *text, void *proto);
int proto_list_parse(const char *key, const char *text, void *list);
const char *proto_text(uint8_t proto, char *buf);
int port_parse(const char *key, const char *text, void *port);
int ports_list_parse(const char *key, const char *text, void *list);
const char *ports_text(const struct ports *ports, char *buf);
void ports_decode(const struct nlattr *nest, struct ports *ports);
void ports_out(const char *key, const struct ports *ports);

void service_decode(const struct nlmsghdr *nlh, struct service *service);
void service_put(const struct service *service);
void service_out(const struct service *service);
void service_free(struct service *service);

#endif /* _LEVEE_SERVICE_H */
