// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that change policies and limits.
 *
 * A change edits a copy of the ruleset, which replaces the one in force only
 * if everything went well.
 */
#include <linux/ctype.h>
#include <linux/netfilter.h>
#include <linux/slab.h>

#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

/* Source prefix lengths of a limit that names none. */
#define LEVEE_PER4_DEFAULT	32
#define LEVEE_PER6_DEFAULT	64

/* Takes the lock; change_end() releases it. */
static struct levee_ruleset *change_begin(struct levee_net *ln,
					  struct netlink_ext_ack *extack)
{
	struct levee_ruleset *rules;

	mutex_lock(&ln->lock);
	rules = levee_ruleset_clone(rcu_dereference_protected(ln->rules,
							      lockdep_is_held(&ln->lock)));
	if (!rules) {
		NL_SET_ERR_MSG(extack, "not enough memory for the ruleset");
		mutex_unlock(&ln->lock);
	}
	return rules;
}

/* Publishes @rules if @err is 0 and it can be compiled. */
static int change_end(struct levee_net *ln, struct levee_ruleset *rules,
		      int err, struct netlink_ext_ack *extack)
{
	if (!err)
		err = levee_ruleset_compile(rules, extack);
	if (!err)
		levee_pernet_publish(ln, rules);
	else
		levee_ruleset_free(rules);
	mutex_unlock(&ln->lock);
	return err;
}

static int name_check(const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr), *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr(".-_", *c)))
			break;
	if (c > name && !*c)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name is made of letters, digits, dot, dash and underscore");
	return -EINVAL;
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

static int prefix_parse(const struct nlattr *nest, struct levee_prefix *prefix,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LEVEE_A_PREFIX_LEN + 1];
	const struct nlattr *addr, *len;
	int err;

	err = nla_parse_nested(tb, LEVEE_A_PREFIX_LEN, nest,
			       levee_nl_prefix_policy, extack);
	if (err)
		return err;
	addr = tb[LEVEE_A_PREFIX_ADDR];
	len = tb[LEVEE_A_PREFIX_LEN];
	if (!addr || !len) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "prefix without address or length");
		return -EINVAL;
	}

	memset(prefix, 0, sizeof(*prefix));
	switch (nla_len(addr)) {
	case sizeof(prefix->addr.ip):
		prefix->family = NFPROTO_IPV4;
		break;
	case sizeof(prefix->addr.ip6):
		prefix->family = NFPROTO_IPV6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	nla_memcpy(&prefix->addr, addr, sizeof(prefix->addr));
	prefix->len = nla_get_u8(len);
	if (!levee_prefix_valid(prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "prefix is too long, or has bits set beyond its length");
		return -EINVAL;
	}
	return 0;
}

static int dst_parse(struct genl_info *info, struct levee_prefix **dst,
		     u32 *count)
{
	struct nlattr *attr;
	u32 i = 0, n = 0;
	int rem, err;

	*dst = NULL;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == LEVEE_A_POLICY_DST;
	*count = n;
	if (!n)
		return 0;
	if (n > LEVEE_DST_MAX) {
		NL_SET_ERR_MSG(info->extack,
			       "a policy has at most 65536 destinations");
		return -E2BIG;
	}

	*dst = kvmalloc_array(n, sizeof(**dst), GFP_KERNEL_ACCOUNT);
	if (!*dst) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the destinations");
		return -ENOMEM;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_POLICY_DST)
			continue;
		err = prefix_parse(attr, &(*dst)[i++], info->extack);
		if (err) {
			kvfree(*dst);
			*dst = NULL;
			return err;
		}
	}
	return 0;
}

static int policy_name_required(struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_POLICY_NAME)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	return name_check(info->attrs[LEVEE_A_POLICY_NAME], info->extack);
}

/* Destinations belong to the policy afterwards, or were freed. */
static int policy_fill(struct genl_info *info, struct levee_policy *policy,
		       struct levee_prefix *dst, u32 count, bool is_default)
{
	if (is_default && count) {
		NL_SET_ERR_MSG(info->extack,
			       "policy default matches everything, and has no destinations");
		kvfree(dst);
		return -EINVAL;
	}
	if (count)
		levee_policy_set_dst(policy, dst, count);
	if (info->attrs[LEVEE_A_POLICY_MODE])
		policy->mode = nla_get_u32(info->attrs[LEVEE_A_POLICY_MODE]);
	return 0;
}

static int policy_add(struct levee_net *ln, struct levee_ruleset *rules,
		      struct genl_info *info, struct levee_prefix *dst,
		      u32 count)
{
	const struct nlattr *name = info->attrs[LEVEE_A_POLICY_NAME];
	struct levee_policy *policy;
	int err;

	if (levee_policy_find(rules, nla_data(name))) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "policy exists already");
		err = -EEXIST;
		goto err_free_dst;
	}
	if (rules->count >= LEVEE_POLICIES_MAX) {
		NL_SET_ERR_MSG(info->extack, "there are 4096 policies already");
		err = -E2BIG;
		goto err_free_dst;
	}
	policy = levee_policy_add(rules, nla_data(name), ln->next_id++);
	if (!policy) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the policy");
		err = -ENOMEM;
		goto err_free_dst;
	}
	policy->mode = LEVEE_MODE_MONITOR;
	return policy_fill(info, policy, dst, count, false);

err_free_dst:
	kvfree(dst);
	return err;
}

int levee_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_ruleset *rules;
	struct levee_prefix *dst;
	const char *name;
	u32 count;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	err = dst_parse(info, &dst, &count);
	if (err)
		return err;
	rules = change_begin(ln, info->extack);
	if (!rules) {
		kvfree(dst);
		return -ENOMEM;
	}
	name = nla_data(info->attrs[LEVEE_A_POLICY_NAME]);
	if (!count && !levee_policy_find(rules, name)) {
		NL_SET_ERR_MSG(info->extack,
			       "a policy needs a destination prefix");
		return change_end(ln, rules, -EINVAL, info->extack);
	}
	err = policy_add(ln, rules, info, dst, count);
	return change_end(ln, rules, err, info->extack);
}

int levee_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	struct levee_prefix *dst;
	u32 count;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	err = dst_parse(info, &dst, &count);
	if (err)
		return err;
	if (!count && !info->attrs[LEVEE_A_POLICY_MODE]) {
		NL_SET_ERR_MSG(info->extack, "nothing to change");
		return -EINVAL;
	}
	rules = change_begin(ln, info->extack);
	if (!rules) {
		kvfree(dst);
		return -ENOMEM;
	}
	policy = policy_named(rules, info->attrs[LEVEE_A_POLICY_NAME], &err,
			      info->extack);
	if (policy)
		err = policy_fill(info, policy, dst, count,
				  list_is_first(&policy->node,
						&rules->policies));
	else
		kvfree(dst);
	return change_end(ln, rules, err, info->extack);
}

int levee_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_offenders *offenders;
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	u32 id = 0;
	int err;

	err = policy_name_required(info);
	if (err)
		return err;
	rules = change_begin(ln, info->extack);
	if (!rules)
		return -ENOMEM;
	policy = policy_named(rules, info->attrs[LEVEE_A_POLICY_NAME], &err,
			      info->extack);
	if (policy && list_is_first(&policy->node, &rules->policies)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_POLICY_NAME],
				    "policy default is built in; set its mode to off instead");
		err = -EBUSY;
	} else if (policy) {
		id = policy->state->id;
		levee_policy_del(rules, policy);
	}
	err = change_end(ln, rules, err, info->extack);
	if (err)
		return err;

	/* Once no packet can be judged by the policy, its records go too. */
	synchronize_net();
	mutex_lock(&ln->lock);
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (offenders)
		levee_offenders_forget_policy(offenders, id);
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
		    nla_get_u32(attrs[LEVEE_A_LIMIT_BURST]) : 0;
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

static int limit_set(struct levee_net *ln, struct levee_policy *policy,
		     const struct levee_limit_key *key, struct genl_info *info)
{
	struct levee_limit *limit;

	limit = levee_limit_find(policy, key);
	if (!limit) {
		if (policy->limit_count >= LEVEE_LIMITS_MAX) {
			NL_SET_ERR_MSG(info->extack,
				       "the policy has 64 limits already");
			return -E2BIG;
		}
		limit = levee_limit_add(policy, key, ln->next_id++);
	}
	if (!limit) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the limit");
		return -ENOMEM;
	}
	return limit_set_rate(limit, info);
}

int levee_nl_limit_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_ruleset *rules;
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
	rules = change_begin(ln, info->extack);
	if (!rules)
		return -ENOMEM;
	policy = policy_named(rules, info->attrs[LEVEE_A_LIMIT_POLICY], &err,
			      info->extack);
	if (policy)
		err = limit_set(ln, policy, &key, info);
	return change_end(ln, rules, err, info->extack);
}

int levee_nl_limit_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	struct levee_limit *limit;
	struct levee_limit_key key;
	int err;

	err = limit_key_parse(info, &key);
	if (err)
		return err;
	rules = change_begin(ln, info->extack);
	if (!rules)
		return -ENOMEM;
	policy = policy_named(rules, info->attrs[LEVEE_A_LIMIT_POLICY], &err,
			      info->extack);
	if (policy) {
		limit = levee_limit_find(policy, &key);
		if (limit) {
			levee_limit_del(policy, limit);
		} else {
			NL_SET_ERR_MSG(info->extack, "no such limit");
			err = -ENOENT;
		}
	}
	return change_end(ln, rules, err, info->extack);
}
