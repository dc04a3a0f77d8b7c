/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Protocols and destination ports that a policy is for.
 */
#ifndef _LEVEE_SERVICE_H
#define _LEVEE_SERVICE_H

#include <linux/types.h>

/* Protocols, and ranges of ports, of a policy. */
#define LEVEE_PROTOS_MAX	8
#define LEVEE_PORTS_MAX		64

/**
 * struct levee_ports - a range of ports
 * @first: the first, not 0
 * @last: the last, not less
 */
struct levee_ports {
	u16 first;
	u16 last;
};

/**
 * struct levee_service - what a policy matches besides destinations
 * @proto_count: number of @proto, not 0
 * @ports_count: number of @ports; 0 for any, and for packets without
 * @proto: protocols, in order
 * @ports: ranges of destination ports, in order, none overlaps another; all
 *	protocols have ports
 */
struct levee_service {
	u8 proto_count;
	u8 ports_count;
	u8 proto[LEVEE_PROTOS_MAX];
	struct levee_ports ports[LEVEE_PORTS_MAX];
};

/*
 * Protocol and destination port as one number, so that a policy is a set of
 * ranges of it: a range of ports; a protocol, which has all ports and those of
 * packets that have none (0); or everything. Of two ranges that hold a packet,
 * the narrower one decides. Behind the last protocol, there is room for one
 * that no policy names.
 */
#define LEVEE_SERVICE_PORT_BITS	16
#define LEVEE_SERVICE_NO_PROTO	256u
#define LEVEE_SERVICE_MAX	(((LEVEE_SERVICE_NO_PROTO + 1) << \
				  LEVEE_SERVICE_PORT_BITS) - 1)

static inline u32 levee_service_key(u32 proto, u16 dport)
{
	return proto << LEVEE_SERVICE_PORT_BITS | dport;
}

int levee_service_check(struct levee_service *service);
bool levee_service_has(const struct levee_service *service, u32 key,
		       const struct levee_ports **ports);
bool levee_proto_has_ports(u8 proto);

#endif /* _LEVEE_SERVICE_H */
