// SPDX-License-Identifier: GPL-2.0
/*
 * What an aggregate had been on the wire: how many packets, of how many bytes.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "wire.h"

#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "compat.h"

/*
 * Who aggregated may not have counted (what a virtual machine hands over is
 * SKB_GSO_DODGY, with gso_segs 0).
 */
static u32 count_segs(const struct sk_buff *skb, u32 off)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (shinfo->gso_segs || off >= skb->len)
		return shinfo->gso_segs ?: 1;
	return DIV_ROUND_UP(skb->len - off, shinfo->gso_size);
}

/**
 * levee_wire_aggregate - count the packets that an aggregate is made of
 * @skb: the aggregate
 * @pkt: @len is what @skb has from the network header on; @len and @segs are
 *	set
 * @off: offset from skb->data behind the headers that all segments have
 *
 * An aggregate has the headers once. Those inside a tunnel are not followed;
 * but what is more than all segments' payload must be headers, which finds
 * them when the last segment is a full one, and a part of them otherwise.
 *
 * Context: Any; softirq on the packet path.
 */
void levee_wire_aggregate(const struct sk_buff *skb, struct levee_packet *pkt,
			  u32 off)
{
	u32 headers = off - (skb->len - pkt->len);
	u64 payload, len;

	pkt->segs = count_segs(skb, off);
	payload = (u64)pkt->segs * skb_shinfo(skb)->gso_size;
	if (payload < pkt->len)
		headers = max_t(u32, headers, pkt->len - payload);
	len = pkt->len + (u64)(pkt->segs - 1) * headers;
	pkt->len = min_t(u64, len, U32_MAX);
}
LEVEE_EXPORT_FOR_TEST(levee_wire_aggregate);
