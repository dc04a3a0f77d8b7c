/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frees packets so that tools which watch drops tell why.
 */
#ifndef _LEVEE_DROP_H
#define _LEVEE_DROP_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include "answer.h"
#include "trace.h"
#include "verdict.h"

struct sk_buff;

unsigned int levee_drop_malformed(struct sk_buff *skb);
unsigned int levee_drop_limit(struct sk_buff *skb);
unsigned int levee_drop_overflow(struct sk_buff *skb);
unsigned int levee_drop_deny(struct sk_buff *skb);
unsigned int levee_drop_banned(struct sk_buff *skb);
unsigned int levee_drop_challenge(struct sk_buff *skb);
unsigned int levee_drop_fair(struct sk_buff *skb);

/**
 * levee_drop - free a packet, after an answer if it is to have one
 * @skb: the packet
 * @state: where it was hooked
 * @pkt: what is known about it
 * @outcome: why it is dropped, and by which policy
 *
 * Context: softirq, or bottom halves disabled; RCU read lock.
 * Return: what a hook returns of a packet that is no longer there.
 */
static inline unsigned int levee_drop(struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      const struct levee_packet *pkt,
				      const struct levee_outcome *outcome)
{
	trace_levee_drop(outcome->policy, pkt, outcome->reason,
			 state->in ? state->in->ifindex : 0);
	switch (outcome->reason) {
	case LEVEE_REASON_MALFORMED:
		return levee_drop_malformed(skb);
	case LEVEE_REASON_OVERFLOW:
		return levee_drop_overflow(skb);
	case LEVEE_REASON_DENY:
		return levee_drop_deny(skb);
	case LEVEE_REASON_BANNED:
		return levee_drop_banned(skb);
	case LEVEE_REASON_CHALLENGE:
		levee_answer(skb, state, pkt, outcome);
		return levee_drop_challenge(skb);
	case LEVEE_REASON_FAIR:
		return levee_drop_fair(skb);
	default:
		return levee_drop_limit(skb);
	}
}

#endif /* _LEVEE_DROP_H */
