/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet had been on the wire before it was put together with others.
 */
#ifndef _LEVEE_WIRE_H
#define _LEVEE_WIRE_H

#include <linux/compiler.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include "packet.h"

void levee_wire_aggregate(const struct sk_buff *skb, struct levee_packet *pkt,
			  u32 off);

/**
 * levee_wire_measure - count packets, and their bytes on the wire
 * @skb: the packet
 * @pkt: @len is what @skb has from the network header on; @len and @segs are
 *	set
 * @off: offset from skb->data behind the headers that all segments have
 * @end: offset from skb->data of the IP packet's end
 *
 * Ethernet pads what is short. Anything else that trails an IP packet has used
 * the line, and counts, so that nobody can hide a long frame behind a short
 * packet.
 *
 * Context: Any; softirq on the packet path.
 */
static inline void levee_wire_measure(const struct sk_buff *skb,
				      struct levee_packet *pkt, u32 off,
				      u32 end)
{
	pkt->segs = 1;
	if (unlikely(skb_is_gso(skb)))
		levee_wire_aggregate(skb, pkt, off);
	else if (pkt->len <= ETH_ZLEN - ETH_HLEN)
		pkt->len -= skb->len - end;
}

#endif /* _LEVEE_WIRE_H */
