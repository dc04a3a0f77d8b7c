// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about hooks and flushing, and the family's registration.
 */
#include "netlink.h"

#include "config.h"
#include "event.h"
#include "hook.h"
#include "learn.h"
#include "map.h"
#include "netlink_config.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

static int hook_key_parse(struct genl_info *info, struct levee_hook_key *key)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_HOOK_TYPE)) {
		NL_SET_ERR_MSG(info->extack, "hook type is missing");
		return -EINVAL;
	}
	key->type = nla_get_u32(info->attrs[LEVEE_A_HOOK_TYPE]);
	key->ifindex = 0;
	key->seq = info->snd_seq;

	if (key->type == LEVEE_HOOK_TYPE_DEVICE) {
		if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_HOOK_IFINDEX)) {
			NL_SET_ERR_MSG(info->extack,
				       "interface index is missing");
			return -EINVAL;
		}
		key->ifindex = nla_get_u32(info->attrs[LEVEE_A_HOOK_IFINDEX]);
	} else if (info->attrs[LEVEE_A_HOOK_IFINDEX]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_HOOK_IFINDEX],
				    "the prerouting hook has no device");
		return -EINVAL;
	}
	return 0;
}

/* Edits the configuration that the socket makes; *@config is NULL if none. */
static int hook_edit(struct levee_net *ln, struct genl_info *info,
		     const struct levee_hook_key *key,
		     struct levee_config **config)
{
	int err;

	mutex_lock(&ln->lock);
	err = levee_config_of(ln, info, LEVEE_CONFIG_WHAT_HOOKS, config);
	if (err || !*config)
		goto out_unlock;
	if (info->genlhdr->cmd == LEVEE_CMD_HOOK_ADD)
		err = levee_config_hook_add(*config, key, info->extack);
	else
		err = levee_config_hook_del(*config, key, info->extack);
	if (err)
		(*config)->failed = true;
out_unlock:
	mutex_unlock(&ln->lock);
	return err;
}

int levee_nl_hook_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config;
	struct levee_hook_key key;
	int err;

	err = hook_key_parse(info, &key);
	if (err) {
		levee_config_refused(info);
		return err;
	}
	err = hook_edit(ln, info, &key, &config);
	if (err || config)
		return err;
	return levee_hook_add(ln, key.type, key.ifindex, info->extack);
}

int levee_nl_hook_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config;
	struct levee_hook_key key;
	int err;

	err = hook_key_parse(info, &key);
	if (err) {
		levee_config_refused(info);
		return err;
	}
	err = hook_edit(ln, info, &key, &config);
	if (err || config)
		return err;
	return levee_hook_del(ln, key.type, key.ifindex, info->extack);
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
		if (policy->state->challenge)
			levee_counters_reset(policy->state->challenge->counters);
		for (i = 0; i < policy->limit_count; i++)
			levee_limit_stats_reset(policy->limits[i].state->stats);
	}
}

static void flush_meters(struct levee_net *ln)
{
	struct levee_limit_state *state;
	struct levee_policy *policy;
	struct levee_map *map;
	u32 i;

	map = rcu_dereference_protected(ln->map, lockdep_is_held(&ln->lock));
	if (map)
		levee_map_clear(map);
	list_for_each_entry(policy, &rules_locked(ln)->policies, node) {
		for (i = 0; i < policy->limit_count; i++) {
			state = policy->limits[i].state;
			levee_overflow_clear(&state->overflow);
			if (state->fair)
				levee_overflow_clear(&state->fair->overflow);
		}
	}
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
	int err = levee_netlink_config_init();

	if (err)
		return err;
	err = genl_register_family(&levee_nl_family);
	if (err)
		levee_netlink_config_exit();
	else
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
	levee_netlink_config_exit();
}
