// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about hooks and flushing, and the family's registration.
 */
#include "netlink.h"

#include "event.h"
#include "hook.h"
#include "learn.h"
#include "map.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

static int hook_key_parse(struct genl_info *info, enum levee_hook_type *type,
			  u32 *ifindex)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_HOOK_TYPE)) {
		NL_SET_ERR_MSG(info->extack, "hook type is missing");
		return -EINVAL;
	}
	*type = nla_get_u32(info->attrs[LEVEE_A_HOOK_TYPE]);
	*ifindex = 0;

	if (*type == LEVEE_HOOK_TYPE_DEVICE) {
		if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_HOOK_IFINDEX)) {
			NL_SET_ERR_MSG(info->extack,
				       "interface index is missing");
			return -EINVAL;
		}
		*ifindex = nla_get_u32(info->attrs[LEVEE_A_HOOK_IFINDEX]);
	} else if (info->attrs[LEVEE_A_HOOK_IFINDEX]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_HOOK_IFINDEX],
				    "the prerouting hook has no device");
		return -EINVAL;
	}
	return 0;
}

int levee_nl_hook_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	enum levee_hook_type type;
	u32 ifindex;
	int err;

	err = hook_key_parse(info, &type, &ifindex);
	if (err)
		return err;
	return levee_hook_add(levee_pernet(genl_info_net(info)), type, ifindex,
			      info->extack);
}

int levee_nl_hook_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	enum levee_hook_type type;
	u32 ifindex;
	int err;

	err = hook_key_parse(info, &type, &ifindex);
	if (err)
		return err;
	return levee_hook_del(levee_pernet(genl_info_net(info)), type, ifindex,
			      info->extack);
}

static struct levee_ruleset *rules_locked(const struct levee_net *ln)
{
	return rcu_dereference_protected(ln->rules,
					 lockdep_is_held(&ln->lock));
}

static void flush_stats(struct levee_net *ln)
{
	struct levee_policy *policy;
	struct levee_hook *hook;
	u32 i;

	levee_net_stats_reset(ln->stats);
	mutex_lock(&ln->hooks_lock);
	list_for_each_entry(hook, &ln->hooks, node)
		levee_hook_stats_reset(hook->stats);
	mutex_unlock(&ln->hooks_lock);
	list_for_each_entry(policy, &rules_locked(ln)->policies, node) {
		levee_policy_stats_reset(policy->state->stats);
		for (i = 0; i < policy->limit_count; i++)
			levee_limit_stats_reset(policy->limits[i].state->stats);
	}
}

static void flush_meters(struct levee_net *ln)
{
	struct levee_policy *policy;
	struct levee_map *map;
	u32 i;

	map = rcu_dereference_protected(ln->map, lockdep_is_held(&ln->lock));
	if (map)
		levee_map_clear(map);
	list_for_each_entry(policy, &rules_locked(ln)->policies, node)
		for (i = 0; i < policy->limit_count; i++)
			levee_overflow_clear(&policy->limits[i].state->overflow);
}

static void flush_learned(struct levee_net *ln)
{
	struct levee_policy *policy;
	struct levee_learn *learn;

	learn = rcu_dereference_protected(ln->learn,
					  lockdep_is_held(&ln->lock));
	if (!learn)
		return;
	levee_learn_flush(learn);
	list_for_each_entry(policy, &rules_locked(ln)->policies, node)
		if (policy->state->learned)
			levee_learned_clear(policy->state->learned);
}

int levee_nl_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_offenders *offenders;
	u32 what;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_FLUSH_WHAT)) {
		NL_SET_ERR_MSG(info->extack, "what to flush is missing");
		return -EINVAL;
	}
	what = nla_get_u32(info->attrs[LEVEE_A_FLUSH_WHAT]);
	if (!what) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_FLUSH_WHAT],
				    "nothing to flush");
		return -EINVAL;
	}

	mutex_lock(&ln->lock);
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (what & LEVEE_FLUSH_WHAT_SOURCES && offenders)
		levee_offenders_flush(offenders);
	if (what & LEVEE_FLUSH_WHAT_STATS)
		flush_stats(ln);
	if (what & LEVEE_FLUSH_WHAT_METERS)
		flush_meters(ln);
	if (what & LEVEE_FLUSH_WHAT_LEARNED)
		flush_learned(ln);
	mutex_unlock(&ln->lock);
	return 0;
}

/**
 * levee_netlink_init - take commands and send events from now on
 *
 * Return: 0 or a negative error.
 */
int levee_netlink_init(void)
{
	int err = genl_register_family(&levee_nl_family);

	if (!err)
		levee_event_open();
	return err;
}

/**
 * levee_netlink_exit - send no more events, and take no more commands; none is
 *	being handled afterwards
 */
void levee_netlink_exit(void)
{
	levee_event_close();
	genl_unregister_family(&levee_nl_family);
}
