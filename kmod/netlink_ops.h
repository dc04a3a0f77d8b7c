/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink family, operations and attribute policies, as levee.yaml
 * has them.
 */
#ifndef _LEVEE_NETLINK_OPS_H
#define _LEVEE_NETLINK_OPS_H

#include <linux/levee.h>
#include <net/genetlink.h>

/* Multicast groups of the family. */
enum {
	LEVEE_NL_MCGRP_EVENTS,
};

extern const struct nla_policy
	levee_nl_prefix_policy[LEVEE_A_PREFIX_LEN + 1];
extern const struct nla_policy levee_nl_ports_policy[LEVEE_A_PORTS_LAST + 1];
extern const struct nla_policy
	levee_nl_challenge_policy[LEVEE_A_CHALLENGE_RATE + 1];
extern const struct nla_policy
	levee_nl_list_entry_policy[LEVEE_A_LIST_ENTRY_MAX + 1];
extern struct genl_family levee_nl_family;

int levee_nl_hook_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_hook_add_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_hook_del_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_policy_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int levee_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_policy_match_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_limit_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_limit_set_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_limit_del_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_source_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int levee_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_total_get_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_ban_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_source_ban_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_source_unban_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_flush_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_learn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_table_set_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_list_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int levee_nl_list_add_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_list_del_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_list_flush_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_list_test_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_config_abort_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_reflect_get_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_reflect_set_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_reflect_add_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_reflect_del_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_limit_flush_doit(struct sk_buff *skb, struct genl_info *info);
int levee_nl_history_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int levee_nl_attack_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);

#endif /* _LEVEE_NETLINK_OPS_H */
