/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands about bans, and what limits say of them.
 */
#ifndef _LEVEE_NETLINK_BAN_H
#define _LEVEE_NETLINK_BAN_H

#include <net/genetlink.h>

struct levee_limit;

int levee_nl_limit_set_ban(struct levee_limit *limit, struct genl_info *info);
int levee_put_limit_ban(struct sk_buff *skb, const struct levee_limit *limit);

#endif /* _LEVEE_NETLINK_BAN_H */
