// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that change policies and limits.
 *
 * A change edits a copy of the ruleset, which replaces the one in force only
 * if everything went well; or it edits the configuration that the socket makes.
 */
#include "config.h"
#include "netlink_ban.h"
#include "netlink_challenge.h"
#include "netlink_fair.h"
#include "netlink_ops.h"
#include "netlink_parse.h"
#include "offender.h"
#include "pernet.h"
#include "publish.h"
#include "ruleset.h"

/* Source prefix lengths of a limit that names none. */
#define LEVEE_PER4_DEFAULT	32
#define LEVEE_PER6_DEFAULT	64

/**
 * struct change - a change that is being made
 * @ln: the network namespace; locked
 * @rules: ruleset to edit
 * @live: ruleset in force, if @rules does not begin with a copy of it
 * @deleted: number of the policy that was deleted from the one in force, or 0
 */
struct change {
	struct levee_net *ln;
	struct levee_ruleset *rules;
	const struct levee_ruleset *live;
	u32 deleted;
};

typedef int change_fn(struct change *change, struct genl_info *info);

static int change_live(struct change *change, change_fn *edit,
		       struct genl_info *info)
{
	struct levee_ruleset *rules;
	int err;

	rules = levee_ruleset_clone(change->live);
	if (!rules) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the ruleset");
		return -ENOMEM;
	}
	change->rules = rules;
	change->live = NULL;
	err = edit(change, info);
	if (!err)
		err = levee_ruleset_compile(rules, info->extack);
	if (!err)
		err = levee_publish(change->ln, rules, info->extack);
	if (err) {
		levee_nl_target_blame(info, &rules->matches);
		levee_ruleset_free(rules);
	}
	return err;
}

/* Edits what is in force, or the configuration that the sender makes. */
static int change_run(struct change *change, change_fn *edit,
		      struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config;
	int err;

	mutex_lock(&ln->lock);
	*change = (struct change){
		.ln = ln,
		.live = rcu_dereference_protected(ln->rules,
						  lockdep_is_held(&ln->lock)),
	};
	err = levee_config_of(ln, info, LEVEE_CONFIG_WHAT_RULESET, &config);
	if (!err && config) {
		change->rules = config->rules;
		err = edit(change, info);
		/* Half of what was refused may be there. */
		if (err)
			config->failed = true;
	} else if (!err) {
		err = change_live(change, edit, info);
	}
	mutex_unlock(&ln->lock);
	return err;
}

/* Finds the policy that @attr names; NULL sets extack and *@err. */
static struct levee_policy *policy_named(const struct levee_ruleset *rules,
					 const struct nlattr *attr, int *err,
					 struct netlink_ext_ack *extack)
{
	struct levee_policy *policy;

	policy = levee_policy_find(rules, nla_data(attr));
	if (!policy) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such policy");
		*err = -ENOENT;
	}
	return policy;
}

static int policy_name_required(struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_POLICY_NAME)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	return levee_nl_name_check(info->attrs[LEVEE_A_POLICY_NAME], info->extack);
}

static int policy_fill(struct change *change, struct genl_info *info,
		       struct levee_policy *policy,
		       struct levee_nl_target *target, bool is_default)
{
	int err = levee_nl_target_apply(info, target, change->rules, policy,
					is_default);

	policy->seq = info->snd_seq;
	if (!err)
		err = levee_nl_challenge_apply(info, policy, target->clear);
	if (!err && info->attrs[LEVEE_A_POLICY_MODE])
		policy->mode = nla_get_u32(info->attrs[LEVEE_A_POLICY_MODE]);
	return err;
}

static int policy_insert(struct change *change, struct genl_info *info,
			 struct levee_nl_target *target)
{
	const struct nlattr *name = info->attrs[LEVEE_A_POLICY_NAME];
	struct levee_policy *policy;

	if (levee_policy_find(change->rules, nla_data(name))) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "policy exists already");
		return -EEXIST;
	}
	if (change->rules->count >= LEVEE_POLICIES_MAX) {
		NL_SET_ERR_MSG(info->extack, "there are 4096 policies already");
		return -E2BIG;
	}
	policy = levee_policy_add(change->rules, nla_data(name),
				  &change->ln->next_id, change->live);
	if (!policy) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the policy");
		return -ENOMEM;
	}
	policy->mode = LEVEE_MODE_MONITOR;
	return policy_fill(change, info, policy, target, false);
}

static int policy_add(struct change *change, struct genl_info *info)
{
	struct levee_nl_target target;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	err = levee_nl_target_parse(info, &target);
	if (!err)
		err = policy_insert(change, info, &target);
	levee_nl_target_free(&target);
	return err;
}

int levee_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change;

	return change_run(&change, policy_add, info);
}

static int policy_change(struct change *change, struct genl_info *info,
			 struct levee_nl_target *target)
{
	struct levee_policy *policy;
	int err;

	if (!target->dst_count && !target->service.proto_count &&
	    !target->service.ports_count && !target->clear &&
	    !info->attrs[LEVEE_A_POLICY_MODE] &&
	    !info->attrs[LEVEE_A_POLICY_CHALLENGE]) {
		NL_SET_ERR_MSG(info->extack, "nothing to change");
		return -EINVAL;
	}
	policy = policy_named(change->rules, info->attrs[LEVEE_A_POLICY_NAME],
			      &err, info->extack);
	if (!policy)
		return err;
	return policy_fill(change, info, policy, target,
			   list_is_first(&policy->node,
					 &change->rules->policies));
}

static int policy_set(struct change *change, struct genl_info *info)
{
	struct levee_nl_target target;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	err = levee_nl_target_parse(info, &target);
	if (!err)
		err = policy_change(change, info, &target);
	levee_nl_target_free(&target);
	return err;
}

int levee_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change;

	return change_run(&change, policy_set, info);
}

static int policy_del(struct change *change, struct genl_info *info)
{
	struct levee_policy *policy;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	policy = policy_named(change->rules, info->attrs[LEVEE_A_POLICY_NAME],
			      &err, info->extack);
	if (!policy)
		return err;
	if (list_is_first(&policy->node, &change->rules->policies)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_POLICY_NAME],
				    "policy default is built in; set its mode to off instead");
		return -EBUSY;
	}
	if (!change->live)
		change->deleted = policy->state->id;
	levee_policy_del(change->rules, policy);
	return 0;
}

int levee_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_offenders *offenders;
	struct change change;
	int err;

	err = change_run(&change, policy_del, info);
	if (err || !change.deleted)
		return err;

	/* Once no packet can be judged by the policy, its records go too. */
	synchronize_net();
	mutex_lock(&ln->lock);
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (offenders)
		levee_offenders_forget_policies(offenders, &change.deleted,
						1);
	mutex_unlock(&ln->lock);
	return 0;
}

static int limit_key_parse(struct genl_info *info,
			   struct levee_limit_key *key)
{
	struct nlattr **attrs = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIMIT_POLICY)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIMIT_CLASS)) {
		NL_SET_ERR_MSG(info->extack, "class is missing");
		return -EINVAL;
	}
	key->class = nla_get_u32(attrs[LEVEE_A_LIMIT_CLASS]);
	key->per4 = attrs[LEVEE_A_LIMIT_PER_V4] ?
		    nla_get_u8(attrs[LEVEE_A_LIMIT_PER_V4]) :
		    LEVEE_PER4_DEFAULT;
	key->per6 = attrs[LEVEE_A_LIMIT_PER_V6] ?
		    nla_get_u8(attrs[LEVEE_A_LIMIT_PER_V6]) :
		    LEVEE_PER6_DEFAULT;
	key->unit = attrs[LEVEE_A_LIMIT_UNIT] ?
		    nla_get_u32(attrs[LEVEE_A_LIMIT_UNIT]) :
		    LEVEE_UNIT_PACKETS;

	if (key->per4 > 32 && key->per4 != LEVEE_PER_NONE) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[LEVEE_A_LIMIT_PER_V4],
				    "an IPv4 prefix length is 0 to 32");
		return -ERANGE;
	}
	if (key->per6 > 128 && key->per6 != LEVEE_PER_NONE) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[LEVEE_A_LIMIT_PER_V6],
				    "an IPv6 prefix length is 0 to 128");
		return -ERANGE;
	}
	if (key->per4 == LEVEE_PER_NONE && key->per6 == LEVEE_PER_NONE) {
		NL_SET_ERR_MSG(info->extack,
			       "a limit for neither IPv4 nor IPv6 does nothing");
		return -EINVAL;
	}
	return 0;
}

static int limit_set_rate(struct levee_limit *limit, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	const struct nlattr *period = attrs[LEVEE_A_LIMIT_PERIOD];
	u64 rate = nla_get_u64(attrs[LEVEE_A_LIMIT_RATE]);
	u32 burst = attrs[LEVEE_A_LIMIT_BURST] ?
		    nla_get_u32(attrs[LEVEE_A_LIMIT_BURST]) :
		    levee_nl_limit_fair_burst(limit, info);
	int err;

	if (limit->rate.unit == LEVEE_UNIT_BITS) {
		if (period) {
			NL_SET_ERR_MSG_ATTR(info->extack, period,
					    "a rate in bits is per second and has no period");
			return -EINVAL;
		}
		err = levee_limit_set_bits(limit, rate, burst);
		if (err)
			NL_SET_ERR_MSG_ATTR(info->extack,
					    attrs[LEVEE_A_LIMIT_RATE],
					    "a rate in bits is 1 kbit/s to 1 Tbit/s");
		return err;
	}

	err = levee_limit_set_rate(limit, rate,
				   period ? nla_get_u32(period) : 1, burst);
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[LEVEE_A_LIMIT_RATE],
				    "rate is above 100M per period, or burst takes more than 73 years at it");
	return err;
}

static int limit_set_mark(struct levee_limit *limit, struct genl_info *info)
{
	const struct nlattr *mark = info->attrs[LEVEE_A_LIMIT_MARK];
	const struct nlattr *mask = info->attrs[LEVEE_A_LIMIT_MARK_MASK];

	if (!mark && mask) {
		NL_SET_ERR_MSG_ATTR(info->extack, mask,
				    "a mask of no mark");
		return -EINVAL;
	}
	if (!mark)
		return levee_limit_set_mark(limit, 0, 0);
	if (levee_limit_set_mark(limit, nla_get_u32(mark),
				 mask ? nla_get_u32(mask) : U32_MAX)) {
		NL_SET_ERR_MSG_ATTR(info->extack, mark,
				    "the mark has bits that its mask has not");
		return -EINVAL;
	}
	return 0;
}

static int limit_change(struct change *change, struct levee_policy *policy,
			const struct levee_limit_key *key,
			struct genl_info *info)
{
	struct levee_limit *limit;
	int err;

	limit = levee_limit_find(policy, key);
	if (!limit) {
		if (policy->limit_count >= LEVEE_LIMITS_MAX) {
			static_assert(LEVEE_LIMITS_MAX == 72);
			NL_SET_ERR_MSG(info->extack,
				       "the policy has 72 limits already");
			return -E2BIG;
		}
		limit = levee_limit_add(policy, key, &change->ln->next_id,
					change->live ?
					levee_policy_find(change->live,
							  policy->state->name) :
					NULL);
	}
	if (!limit) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the limit");
		return -ENOMEM;
	}
	err = limit_set_mark(limit, info);
	if (!err)
		err = levee_nl_limit_set_ban(limit, info);
	if (!err)
		err = limit_set_rate(limit, info);
	if (!err)
		err = levee_nl_limit_set_fair(limit, info);
	/* Before all others are there: this is the one that is too many. */
	return err ?: levee_policy_compile(policy, info->extack);
}

static int limit_set(struct change *change, struct genl_info *info)
{
	struct levee_policy *policy;
	struct levee_limit_key key;
	int err;

	err = limit_key_parse(info, &key);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIMIT_RATE)) {
		NL_SET_ERR_MSG(info->extack, "rate is missing");
		return -EINVAL;
	}
	policy = policy_named(change->rules, info->attrs[LEVEE_A_LIMIT_POLICY],
			      &err, info->extack);
	return policy ? limit_change(change, policy, &key, info) : err;
}

int levee_nl_limit_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change;

	return change_run(&change, limit_set, info);
}

static int limit_del(struct change *change, struct genl_info *info)
{
	struct levee_policy *policy;
	struct levee_limit *limit;
	struct levee_limit_key key;
	int err;

	err = limit_key_parse(info, &key);
	if (err)
		return err;
	policy = policy_named(change->rules, info->attrs[LEVEE_A_LIMIT_POLICY],
			      &err, info->extack);
	if (!policy)
		return err;
	limit = levee_limit_find(policy, &key);
	if (!limit) {
		NL_SET_ERR_MSG(info->extack, "no such limit");
		return -ENOENT;
	}
	levee_limit_del(policy, limit);
	return 0;
}

int levee_nl_limit_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change;

	return change_run(&change, limit_del, info);
}

static int limit_flush(struct change *change, struct genl_info *info)
{
	struct levee_policy *policy;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIMIT_POLICY)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	policy = policy_named(change->rules, info->attrs[LEVEE_A_LIMIT_POLICY],
			      &err, info->extack);
	if (!policy)
		return err;
	while (policy->limit_count)
		levee_limit_del(policy,
				&policy->limits[policy->limit_count - 1]);
	return 0;
}

int levee_nl_limit_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change change;

	return change_run(&change, limit_flush, info);
}
