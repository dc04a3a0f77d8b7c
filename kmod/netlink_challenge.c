// SPDX-License-Identifier: GPL-2.0
/*
 * The challenge of a policy, as requests give it and replies show it.
 */
#include "netlink_challenge.h"

#include <linux/ktime.h>
#include <linux/minmax.h>

#include "challenge.h"
#include "meter.h"
#include "netlink_ops.h"
#include "offender.h"
#include "ruleset.h"

/* Not const: 6.1 takes a pointer to what it might change. */
static struct netlink_range_validation pps_range = {
	.min = 1,
	.max = LEVEE_RATE_MAX,
};

const struct nla_policy
levee_nl_challenge_policy[LEVEE_A_CHALLENGE_RATE + 1] = {
	[LEVEE_A_CHALLENGE_ABOVE] = NLA_POLICY_FULL_RANGE(NLA_U32, &pps_range),
	[LEVEE_A_CHALLENGE_BELOW] = NLA_POLICY_FULL_RANGE(NLA_U32, &pps_range),
	[LEVEE_A_CHALLENGE_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &pps_range),
};

static int challenge_parse(struct genl_info *info, const struct nlattr *nest,
			   struct levee_challenge_rule *rule)
{
	struct nlattr *tb[LEVEE_A_CHALLENGE_RATE + 1];
	u32 above, below, rate = LEVEE_CHALLENGE_RATE_DEFAULT;
	int err;

	err = nla_parse_nested(tb, LEVEE_A_CHALLENGE_RATE, nest,
			       levee_nl_challenge_policy, info->extack);
	if (err)
		return err;
	if (!tb[LEVEE_A_CHALLENGE_ABOVE]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "a challenge needs a rate of SYNs above which it begins");
		return -EINVAL;
	}
	above = nla_get_u32(tb[LEVEE_A_CHALLENGE_ABOVE]);
	below = max(above / 2, 1u);
	if (tb[LEVEE_A_CHALLENGE_BELOW])
		below = nla_get_u32(tb[LEVEE_A_CHALLENGE_BELOW]);
	if (tb[LEVEE_A_CHALLENGE_RATE])
		rate = nla_get_u32(tb[LEVEE_A_CHALLENGE_RATE]);
	err = levee_challenge_rule_init(rule, above, below, rate);
	/* All else was said by the policy of the attributes. */
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[LEVEE_A_CHALLENGE_BELOW],
				    "a challenge ends at no more than the rate above which it begins");
	return err;
}

/**
 * levee_nl_challenge_apply - give a policy the challenge that a request says
 * @info: the request
 * @policy: policy of a ruleset that is being changed
 * @clear: enum levee_policy_part: what the policy is to be without
 *
 * Return: 0 or a negative error, which @info->extack explains.
 */
int levee_nl_challenge_apply(struct genl_info *info,
			     struct levee_policy *policy, u32 clear)
{
	const struct nlattr *nest = info->attrs[LEVEE_A_POLICY_CHALLENGE];
	int err;

	if (clear & LEVEE_POLICY_PART_CHALLENGE)
		policy->challenge = false;
	if (!nest)
		return 0;
	err = challenge_parse(info, nest, &policy->challenge_rule);
	if (!err)
		policy->challenge = true;
	return err;
}

static int put_counts(struct sk_buff *skb,
		      const struct levee_challenge_totals *totals)
{
	static const int attrs[LEVEE_CHALLENGE_COUNTERS] = {
		[LEVEE_CHALLENGE_SENT] = LEVEE_A_CHALLENGE_SENT,
		[LEVEE_CHALLENGE_ANSWERED] = LEVEE_A_CHALLENGE_ANSWERED,
		[LEVEE_CHALLENGE_FAILED] = LEVEE_A_CHALLENGE_FAILED,
		[LEVEE_CHALLENGE_SUPPRESSED] = LEVEE_A_CHALLENGE_SUPPRESSED,
		[LEVEE_CHALLENGE_RETRIED] = LEVEE_A_CHALLENGE_RETRIED,
	};
	int i;

	if (totals->since_ns &&
	    nla_put_u64_64bit(skb, LEVEE_A_CHALLENGE_SINCE,
			      levee_real_ns(totals->since_ns),
			      LEVEE_A_CHALLENGE_PAD))
		return -EMSGSIZE;
	for (i = 0; i < LEVEE_CHALLENGE_COUNTERS; i++)
		if (nla_put_u64_64bit(skb, attrs[i], totals->count[i],
				      LEVEE_A_CHALLENGE_PAD))
			return -EMSGSIZE;
	return 0;
}

/**
 * levee_put_challenge - put the challenge of a policy, if it has one
 * @skb: where it goes
 * @attr: attribute that nests it
 * @policy: the policy
 *
 * One that is in no ruleset yet may not have its counters.
 *
 * Context: process, the lock of the configuration held.
 * Return: 0 or -EMSGSIZE.
 */
int levee_put_challenge(struct sk_buff *skb, int attr,
			const struct levee_policy *policy)
{
	const struct levee_challenge_rule *rule = &policy->challenge_rule;
	struct levee_challenge_totals totals = {};
	struct nlattr *nest;

	if (!policy->challenge)
		return 0;
	if (policy->state->challenge)
		levee_challenge_read(policy->state->challenge, ktime_get_ns(),
				     &totals);
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, LEVEE_A_CHALLENGE_ABOVE, rule->above_pps) ||
	    nla_put_u32(skb, LEVEE_A_CHALLENGE_BELOW, rule->below_pps) ||
	    nla_put_u32(skb, LEVEE_A_CHALLENGE_RATE, rule->rate_pps) ||
	    put_counts(skb, &totals)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
