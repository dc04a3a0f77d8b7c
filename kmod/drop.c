// SPDX-License-Identifier: GPL-2.0
/*
 * Frees packets so that tools which watch drops tell why.
 *
 * Drop reasons of the kernel are numbers, and no kernel so far keeps any for
 * modules outside of its own tree: a subsystem's reasons are registered under
 * the number of that subsystem. To netfilter's number, tools add the function
 * that frees the packet; so there is one for each reason, and they are named
 * after these.
 */
#include "drop.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "compat.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * It returns something, so that the call before is no jump: then the packet
 * would seem to be freed by the caller.
 */
#define LEVEE_DROP(name)						\
static noinline __levee_no_icf unsigned int				\
levee_drop_##name(struct sk_buff *skb)					\
{									\
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);		\
	return NF_STOLEN;						\
}

LEVEE_DROP(malformed)
LEVEE_DROP(limit)
LEVEE_DROP(overflow)

/**
 * levee_drop - free a packet
 * @skb: the packet
 * @state: where it was hooked
 * @pkt: what is known about it
 * @outcome: why it is dropped, and by which policy
 *
 * Context: softirq, or bottom halves disabled; RCU read lock.
 * Return: what a hook returns of a packet that is no longer there.
 */
unsigned int levee_drop(struct sk_buff *skb, const struct nf_hook_state *state,
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
	default:
		return levee_drop_limit(skb);
	}
}
