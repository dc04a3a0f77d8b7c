/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What decides about a source before a policy does, for those who ask.
 */
#ifndef _LEVEE_NETLINK_MATCH_H
#define _LEVEE_NETLINK_MATCH_H

#include <linux/types.h>

struct levee_net;
struct levee_prefix;
struct sk_buff;

int levee_nl_match_list(struct sk_buff *skb, const struct levee_net *ln,
			const struct levee_prefix *addr);
int levee_nl_match_ban(struct sk_buff *skb, struct levee_net *ln,
		       const struct levee_prefix *addr, bool enforced);

#endif /* _LEVEE_NETLINK_MATCH_H */
