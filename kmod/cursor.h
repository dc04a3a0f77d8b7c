/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the parser of packets stands, and how it reads on.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_CURSOR_H
#define _LEVEE_CURSOR_H

#include <linux/compiler.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include "compat.h"
#include "packet.h"

/* Where the parser stands; offsets are from skb->data. */
struct levee_cursor {
	const struct sk_buff *skb;
	const struct levee_reflectors *reflectors;
	struct levee_packet *pkt;
	u32 off;		/* of the next header */
	u32 end;		/* of the packet; padding may follow */
	bool first_fragment;	/* and others follow */
	bool fragment;		/* an IPv6 fragment header was passed */
	bool bare;		/* nothing but hop-by-hop options was passed */
};

static inline enum levee_parse
levee_cursor_malformed(const struct levee_cursor *c, enum levee_malformed why)
{
	c->pkt->malformed = why;
	return LEVEE_PARSE_MALFORMED;
}

/* RFC 1858 and RFC 7112: a first fragment that hides headers is a trick. */
static inline enum levee_parse
levee_cursor_cut_short(const struct levee_cursor *c)
{
	return levee_cursor_malformed(c, c->first_fragment ?
				      LEVEE_MALFORMED_FRAGMENT :
				      LEVEE_MALFORMED_LENGTH);
}

/* Padding is never taken for a header. */
static __always_inline const void *
levee_cursor_peek(const struct levee_cursor *c, unsigned int len, void *buf)
{
	if (unlikely(c->off > c->end || c->end - c->off < len))
		return NULL;
	return skb_header_pointer(c->skb, c->off, len, buf);
}

/*
 * Protocols of class other that begin with their ports. What is too short for
 * these has none; no host takes it.
 */
static inline enum levee_parse levee_cursor_ports(const struct levee_cursor *c)
{
	const __be16 *ports;
	__be16 buf[2] __uninitialized;

	ports = levee_cursor_peek(c, sizeof(buf), buf);
	if (ports) {
		c->pkt->sport = ports[0];
		c->pkt->dport = ports[1];
	}
	return LEVEE_PARSE_JUDGE;
}

#endif /* _LEVEE_CURSOR_H */
