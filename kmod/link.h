/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hosts of one link say to each other, and must go on to say.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LINK_H
#define _LEVEE_LINK_H

#include <linux/icmpv6.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "cursor.h"

/* RFC 4861: nothing that has passed a router still has this hop limit. */
#define LEVEE_ND_HOP_LIMIT	255
/* RFC 2710 and RFC 3810: no router may pass it on. */
#define LEVEE_MLD_HOP_LIMIT	1

/*
 * Control of the link itself, which routers do not pass on. RFC 6980: neighbour
 * discovery is never fragmented, not even into a single fragment.
 */
static inline bool levee_link_is_control(const struct levee_cursor *c,
					 const struct icmp6hdr *icmp6h,
					 u8 hop_limit)
{
	const struct in6_addr *saddr = &c->pkt->saddr.ip6;

	if (!c->bare)
		return false;
	switch (icmp6h->icmp6_type) {
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return hop_limit == LEVEE_ND_HOP_LIMIT && !icmp6h->icmp6_code;
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return hop_limit == LEVEE_MLD_HOP_LIMIT &&
		       (ipv6_addr_any(saddr) ||
			(saddr->s6_addr32[0] & htonl(0xffc00000)) ==
			htonl(0xfe800000));
	default:
		return false;
	}
}

#endif /* _LEVEE_LINK_H */
