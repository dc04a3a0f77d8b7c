/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The challenge of a policy, as requests give it and replies show it.
 */
#ifndef _LEVEE_NETLINK_CHALLENGE_H
#define _LEVEE_NETLINK_CHALLENGE_H

#include <net/genetlink.h>

struct levee_policy;

int levee_nl_challenge_apply(struct genl_info *info,
			     struct levee_policy *policy, u32 clear);
int levee_put_challenge(struct sk_buff *skb, int attr,
			const struct levee_policy *policy);

#endif /* _LEVEE_NETLINK_CHALLENGE_H */
