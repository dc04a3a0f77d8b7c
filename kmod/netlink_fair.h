/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What commands say of limits that are shared fairly.
 */
#ifndef _LEVEE_NETLINK_FAIR_H
#define _LEVEE_NETLINK_FAIR_H

#include <net/genetlink.h>

struct levee_limit;

u32 levee_nl_limit_fair_burst(const struct levee_limit *limit,
			      struct genl_info *info);
int levee_nl_limit_set_fair(struct levee_limit *limit, struct genl_info *info);
int levee_put_limit_fair(struct sk_buff *skb, const struct levee_limit *limit);

#endif /* _LEVEE_NETLINK_FAIR_H */
