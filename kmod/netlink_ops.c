// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family, operations and attribute policies, as levee.yaml
 * has them.
 */
#include "netlink_ops.h"

#include <linux/module.h>

#include "ban.h"
#include "compat.h"
#include "map.h"
#include "meter.h"
#include "offender.h"

/* 4 or 16 bytes; the handler tells which, and refuses what is between. */
const struct nla_policy levee_nl_prefix_policy[LEVEE_A_PREFIX_LEN + 1] = {
	[LEVEE_A_PREFIX_ADDR] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[LEVEE_A_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy levee_nl_ports_policy[LEVEE_A_PORTS_LAST + 1] = {
	[LEVEE_A_PORTS_FIRST] = NLA_POLICY_MIN(NLA_U16, 1),
	[LEVEE_A_PORTS_LAST] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* Not const: 6.1 takes a pointer to what it might change. */
static struct netlink_range_validation ifindex_range = {
	.min = 1,
	.max = S32_MAX,
};

static const struct nla_policy hook_key_policy[] = {
	[LEVEE_A_HOOK_TYPE] = NLA_POLICY_MAX(NLA_U32, LEVEE_HOOK_TYPE_MAX),
	[LEVEE_A_HOOK_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &ifindex_range),
};

#define LEVEE_NL_NAME { .type = NLA_NUL_STRING, .len = LEVEE_NAME_MAX }

static const struct nla_policy policy_name_policy[] = {
	[LEVEE_A_POLICY_NAME] = LEVEE_NL_NAME,
};

#define LEVEE_NL_POLICY							\
	[LEVEE_A_POLICY_NAME] = LEVEE_NL_NAME,				\
	[LEVEE_A_POLICY_MODE] = NLA_POLICY_MAX(NLA_U32, LEVEE_MODE_MAX), \
	[LEVEE_A_POLICY_DST] = NLA_POLICY_NESTED(levee_nl_prefix_policy), \
	[LEVEE_A_POLICY_PROTO] = { .type = NLA_U8 },			\
	[LEVEE_A_POLICY_DPORT] = NLA_POLICY_NESTED(levee_nl_ports_policy), \
	[LEVEE_A_POLICY_CHALLENGE] = NLA_POLICY_NESTED(levee_nl_challenge_policy)

static const struct nla_policy policy_add_policy[] = {
	LEVEE_NL_POLICY,
};

static const struct nla_policy policy_set_policy[] = {
	LEVEE_NL_POLICY,
	[LEVEE_A_POLICY_CLEAR] = NLA_POLICY_MASK(NLA_U32,
						 LEVEE_POLICY_PART_DST |
						 LEVEE_POLICY_PART_PROTO |
						 LEVEE_POLICY_PART_DPORT |
						 LEVEE_POLICY_PART_CHALLENGE),
};

/* Addresses of 4 or 16 bytes; the handler tells which. */
static const struct nla_policy match_policy[] = {
	[LEVEE_A_MATCH_DADDR] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[LEVEE_A_MATCH_SADDR] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[LEVEE_A_MATCH_PROTO] = { .type = NLA_U8 },
	[LEVEE_A_MATCH_DPORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

static const struct nla_policy limit_policy_policy[] = {
	[LEVEE_A_LIMIT_POLICY] = LEVEE_NL_NAME,
};

/* 33 to 254 for IPv4 and 129 to 254 for IPv6 are refused by the handler. */
#define LEVEE_NL_LIMIT_KEY						\
	[LEVEE_A_LIMIT_POLICY] = LEVEE_NL_NAME,				\
	[LEVEE_A_LIMIT_CLASS] = NLA_POLICY_MAX(NLA_U32, LEVEE_CLASS_MAX), \
	[LEVEE_A_LIMIT_PER_V4] = { .type = NLA_U8 },			\
	[LEVEE_A_LIMIT_PER_V6] = { .type = NLA_U8 },			\
	[LEVEE_A_LIMIT_UNIT] = NLA_POLICY_MAX(NLA_U32, LEVEE_UNIT_MAX)

static struct netlink_range_validation period_range = {
	.min = 1,
	.max = LEVEE_PERIOD_MAX,
};

static struct netlink_range_validation ban_range = {
	.min = 1,
	.max = LEVEE_BAN_MAX_S,
};

static const struct nla_policy limit_set_policy[] = {
	LEVEE_NL_LIMIT_KEY,
	[LEVEE_A_LIMIT_RATE] = NLA_POLICY_MIN(NLA_U64, 1),
	[LEVEE_A_LIMIT_PERIOD] = NLA_POLICY_FULL_RANGE(NLA_U32, &period_range),
	[LEVEE_A_LIMIT_BURST] = NLA_POLICY_MIN(NLA_U32, 1),
	[LEVEE_A_LIMIT_MARK] = { .type = NLA_U32 },
	[LEVEE_A_LIMIT_MARK_MASK] = NLA_POLICY_MIN(NLA_U32, 1),
	[LEVEE_A_LIMIT_BAN_MIN] = NLA_POLICY_FULL_RANGE(NLA_U32, &ban_range),
	[LEVEE_A_LIMIT_BAN_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &ban_range),
	[LEVEE_A_LIMIT_BAN_UNPROVEN] = { .type = NLA_FLAG },
	[LEVEE_A_LIMIT_FAIR] = { .type = NLA_FLAG },
	[LEVEE_A_LIMIT_FAIR_PER_V4] = NLA_POLICY_RANGE(NLA_U8, 1, 32),
	[LEVEE_A_LIMIT_FAIR_PER_V6] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
};

static const struct nla_policy limit_del_policy[] = {
	LEVEE_NL_LIMIT_KEY,
};

static const struct nla_policy source_get_policy[] = {
	[LEVEE_A_SOURCE_POLICY] = LEVEE_NL_NAME,
	[LEVEE_A_SOURCE_CLASS] = NLA_POLICY_MAX(NLA_U32, LEVEE_CLASS_MAX),
};

static const struct nla_policy stats_get_policy[] = {
	[LEVEE_A_STATS_POLICY] = LEVEE_NL_NAME,
};

static const struct nla_policy learn_get_policy[] = {
	[LEVEE_A_LEARN_POLICY] = LEVEE_NL_NAME,
};

static const struct nla_policy flush_policy[] = {
	[LEVEE_A_FLUSH_WHAT] = NLA_POLICY_MASK(NLA_U32,
					       LEVEE_FLUSH_WHAT_SOURCES |
					       LEVEE_FLUSH_WHAT_STATS |
					       LEVEE_FLUSH_WHAT_METERS |
					       LEVEE_FLUSH_WHAT_LEARNED),
};

/* A container may have less; the handler tells. */
static struct netlink_range_validation slots_range = {
	.min = LEVEE_MAP_SLOTS_MIN,
	.max = LEVEE_MAP_SLOTS_MAX,
};

static struct netlink_range_validation sources_range = {
	.min = 1,
	.max = LEVEE_OFFENDERS_MAX,
};

static const struct nla_policy table_set_policy[] = {
	[LEVEE_A_TABLE_SLOTS] = NLA_POLICY_FULL_RANGE(NLA_U32, &slots_range),
	[LEVEE_A_TABLE_SOURCES_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32,
							    &sources_range),
};

const struct nla_policy
levee_nl_list_entry_policy[LEVEE_A_LIST_ENTRY_MAX + 1] = {
	[LEVEE_A_LIST_ENTRY_PREFIX] = NLA_POLICY_NESTED(levee_nl_prefix_policy),
	[LEVEE_A_LIST_ENTRY_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[LEVEE_A_LIST_ENTRY_COMMENT] = { .type = NLA_NUL_STRING,
					 .len = LEVEE_COMMENT_MAX },
};

#define LEVEE_NL_LIST							\
	[LEVEE_A_LIST_LIST] = NLA_POLICY_MAX(NLA_U32, LEVEE_LIST_KIND_MAX)

static const struct nla_policy list_key_policy[] = {
	LEVEE_NL_LIST,
};

static const struct nla_policy list_policy[] = {
	LEVEE_NL_LIST,
	[LEVEE_A_LIST_ENTRY] = NLA_POLICY_NESTED(levee_nl_list_entry_policy),
};

/* As the address of a prefix. */
static const struct nla_policy list_test_policy[] = {
	[LEVEE_A_LIST_ADDR] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static const struct nla_policy config_begin_policy[] = {
	[LEVEE_A_CONFIG_WHAT] = NLA_POLICY_MASK(NLA_U32,
						LEVEE_CONFIG_WHAT_RULESET |
						LEVEE_CONFIG_WHAT_HOOKS |
						LEVEE_CONFIG_WHAT_TABLES |
						LEVEE_CONFIG_WHAT_ALLOW |
						LEVEE_CONFIG_WHAT_DENY |
						LEVEE_CONFIG_WHAT_REFLECT),
};

static const struct nla_policy source_ban_policy[] = {
	[LEVEE_A_BAN_PREFIX] = NLA_POLICY_NESTED(levee_nl_prefix_policy),
	[LEVEE_A_BAN_TIMEOUT] = NLA_POLICY_MIN(NLA_U32, 1),
	[LEVEE_A_BAN_LEVEL] = NLA_POLICY_MAX(NLA_U32, LEVEE_BAN_LEVEL_MAX),
	[LEVEE_A_BAN_DECAY] = NLA_POLICY_FULL_RANGE(NLA_U32, &ban_range),
	[LEVEE_A_BAN_POLICY] = LEVEE_NL_NAME,
	[LEVEE_A_BAN_CLASS] = NLA_POLICY_MAX(NLA_U32, LEVEE_CLASS_MAX),
	[LEVEE_A_BAN_COMMENT] = { .type = NLA_NUL_STRING,
				  .len = LEVEE_COMMENT_MAX },
};

static const struct nla_policy source_unban_policy[] = {
	[LEVEE_A_BAN_PREFIX] = NLA_POLICY_NESTED(levee_nl_prefix_policy),
	[LEVEE_A_BAN_ALL] = { .type = NLA_FLAG },
};

static const struct nla_policy reflect_ports_policy[] = {
	[LEVEE_A_REFLECT_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

static const struct nla_policy reflect_set_policy[] = {
	[LEVEE_A_REFLECT_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[LEVEE_A_REFLECT_BUILTIN] = { .type = NLA_FLAG },
};

static const struct nla_policy history_get_policy[] = {
	[LEVEE_A_HISTORY_POLICY] = LEVEE_NL_NAME,
	[LEVEE_A_HISTORY_SINCE] = { .type = NLA_U64 },
};

static const struct nla_policy attack_get_policy[] = {
	[LEVEE_A_ATTACK_POLICY] = LEVEE_NL_NAME,
	[LEVEE_A_ATTACK_SINCE] = { .type = NLA_U64 },
};

/* Commands without attributes: those that come along are refused. */
static const struct nla_policy no_policy[] = {
	[1] = { .type = NLA_REJECT },
};

static const struct genl_ops levee_nl_ops[] = {
	{
		.cmd = LEVEE_CMD_HOOK_GET,
		.dumpit = levee_nl_hook_get_dumpit,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_HOOK_ADD,
		.doit = levee_nl_hook_add_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = hook_key_policy,
		.maxattr = ARRAY_SIZE(hook_key_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_HOOK_DEL,
		.doit = levee_nl_hook_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = hook_key_policy,
		.maxattr = ARRAY_SIZE(hook_key_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_POLICY_GET,
		.doit = levee_nl_policy_get_doit,
		.dumpit = levee_nl_policy_get_dumpit,
		.policy = policy_name_policy,
		.maxattr = ARRAY_SIZE(policy_name_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_POLICY_ADD,
		.doit = levee_nl_policy_add_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = policy_add_policy,
		.maxattr = ARRAY_SIZE(policy_add_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_POLICY_SET,
		.doit = levee_nl_policy_set_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = policy_set_policy,
		.maxattr = ARRAY_SIZE(policy_set_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_POLICY_DEL,
		.doit = levee_nl_policy_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = policy_name_policy,
		.maxattr = ARRAY_SIZE(policy_name_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIMIT_GET,
		.dumpit = levee_nl_limit_get_dumpit,
		.policy = limit_policy_policy,
		.maxattr = ARRAY_SIZE(limit_policy_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIMIT_SET,
		.doit = levee_nl_limit_set_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = limit_set_policy,
		.maxattr = ARRAY_SIZE(limit_set_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIMIT_DEL,
		.doit = levee_nl_limit_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = limit_del_policy,
		.maxattr = ARRAY_SIZE(limit_del_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_SOURCE_GET,
		.dumpit = levee_nl_source_get_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = source_get_policy,
		.maxattr = ARRAY_SIZE(source_get_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_STATS_GET,
		.dumpit = levee_nl_stats_get_dumpit,
		.policy = stats_get_policy,
		.maxattr = ARRAY_SIZE(stats_get_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_TOTAL_GET,
		.doit = levee_nl_total_get_doit,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_FLUSH,
		.doit = levee_nl_flush_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = flush_policy,
		.maxattr = ARRAY_SIZE(flush_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_TABLE_GET,
		.doit = levee_nl_table_get_doit,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_TABLE_SET,
		.doit = levee_nl_table_set_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = table_set_policy,
		.maxattr = ARRAY_SIZE(table_set_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_POLICY_MATCH,
		.doit = levee_nl_policy_match_doit,
		.policy = match_policy,
		.maxattr = ARRAY_SIZE(match_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LEARN_GET,
		.dumpit = levee_nl_learn_get_dumpit,
		.policy = learn_get_policy,
		.maxattr = ARRAY_SIZE(learn_get_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIST_GET,
		.dumpit = levee_nl_list_get_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = list_key_policy,
		.maxattr = ARRAY_SIZE(list_key_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIST_ADD,
		.doit = levee_nl_list_add_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = list_policy,
		.maxattr = ARRAY_SIZE(list_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIST_DEL,
		.doit = levee_nl_list_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = list_policy,
		.maxattr = ARRAY_SIZE(list_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIST_FLUSH,
		.doit = levee_nl_list_flush_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = list_key_policy,
		.maxattr = ARRAY_SIZE(list_key_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIST_TEST,
		.doit = levee_nl_list_test_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = list_test_policy,
		.maxattr = ARRAY_SIZE(list_test_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_CONFIG_BEGIN,
		.doit = levee_nl_config_begin_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = config_begin_policy,
		.maxattr = ARRAY_SIZE(config_begin_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_CONFIG_COMMIT,
		.doit = levee_nl_config_commit_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_CONFIG_ABORT,
		.doit = levee_nl_config_abort_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_LIMIT_FLUSH,
		.doit = levee_nl_limit_flush_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = limit_policy_policy,
		.maxattr = ARRAY_SIZE(limit_policy_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_BAN_GET,
		.dumpit = levee_nl_ban_get_dumpit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_SOURCE_BAN,
		.doit = levee_nl_source_ban_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = source_ban_policy,
		.maxattr = ARRAY_SIZE(source_ban_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_SOURCE_UNBAN,
		.doit = levee_nl_source_unban_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = source_unban_policy,
		.maxattr = ARRAY_SIZE(source_unban_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_REFLECT_GET,
		.doit = levee_nl_reflect_get_doit,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_REFLECT_SET,
		.doit = levee_nl_reflect_set_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = reflect_set_policy,
		.maxattr = ARRAY_SIZE(reflect_set_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_REFLECT_ADD,
		.doit = levee_nl_reflect_add_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = reflect_ports_policy,
		.maxattr = ARRAY_SIZE(reflect_ports_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_REFLECT_DEL,
		.doit = levee_nl_reflect_del_doit,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = reflect_ports_policy,
		.maxattr = ARRAY_SIZE(reflect_ports_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_HISTORY_GET,
		.dumpit = levee_nl_history_get_dumpit,
		.policy = history_get_policy,
		.maxattr = ARRAY_SIZE(history_get_policy) - 1,
	},
	{
		.cmd = LEVEE_CMD_ATTACK_GET,
		.dumpit = levee_nl_attack_get_dumpit,
		.policy = attack_get_policy,
		.maxattr = ARRAY_SIZE(attack_get_policy) - 1,
	},
};

/* Events name sources, as LEVEE_CMD_SOURCE_GET does. */
static const struct genl_multicast_group levee_nl_mcgrps[] = {
	[LEVEE_NL_MCGRP_EVENTS] = {
		.name = LEVEE_MCGRP_EVENTS,
		.flags = LEVEE_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family levee_nl_family __ro_after_init = {
	.name = LEVEE_FAMILY_NAME,
	.version = LEVEE_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = levee_nl_ops,
	.n_ops = ARRAY_SIZE(levee_nl_ops),
	.mcgrps = levee_nl_mcgrps,
	.n_mcgrps = ARRAY_SIZE(levee_nl_mcgrps),
};
