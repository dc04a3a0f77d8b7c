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

#include <linux/skbuff.h>

#include "compat.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * It returns something, so that the call before is no jump: then the packet
 * would seem to be freed by the caller.
 */
#define LEVEE_DROP(name)						\
noinline __levee_no_icf unsigned int					\
levee_drop_##name(struct sk_buff *skb)					\
{									\
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);		\
	return NF_STOLEN;						\
}

LEVEE_DROP(malformed)
LEVEE_DROP(limit)
LEVEE_DROP(overflow)
LEVEE_DROP(deny)
LEVEE_DROP(banned)
LEVEE_DROP(challenge)
LEVEE_DROP(fair)
