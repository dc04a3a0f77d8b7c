// SPDX-License-Identifier: GPL-2.0
/*
 * What commands say of limits that are shared fairly.
 */
#include "netlink_fair.h"

#include <linux/ktime.h>

#include "fair.h"
#include "ruleset.h"

/* Source prefix lengths of a limit that names none. */
#define FAIR_PER4_DEFAULT	32
#define FAIR_PER6_DEFAULT	64

/**
 * levee_nl_limit_fair_burst - burst of a limit that names none
 * @limit: the limit
 * @info: the request, which has a rate
 *
 * Return: the burst if the limit is to be shared fairly, else 0.
 */
u32 levee_nl_limit_fair_burst(const struct levee_limit *limit,
			      struct genl_info *info)
{
	const struct nlattr *period = info->attrs[LEVEE_A_LIMIT_PERIOD];
	const struct nlattr *rate = info->attrs[LEVEE_A_LIMIT_RATE];

	if (!info->attrs[LEVEE_A_LIMIT_FAIR])
		return 0;
	return levee_fair_burst(nla_get_u64(rate),
				period ? nla_get_u32(period) : 1,
				limit->rate.unit);
}

static bool is_of_all(u8 per)
{
	return !per || per == LEVEE_PER_NONE;
}

/**
 * levee_nl_limit_set_fair - share a limit fairly, or not
 * @limit: limit of a ruleset that is being changed, with its rate
 * @info: the request
 *
 * Return: 0 or a negative error, which @info->extack explains.
 */
int levee_nl_limit_set_fair(struct levee_limit *limit, struct genl_info *info)
{
	const struct nlattr *per4 = info->attrs[LEVEE_A_LIMIT_FAIR_PER_V4];
	const struct nlattr *per6 = info->attrs[LEVEE_A_LIMIT_FAIR_PER_V6];
	const struct nlattr *fair = info->attrs[LEVEE_A_LIMIT_FAIR];
	int err;

	limit->fair = false;
	if (!fair && (per4 || per6)) {
		NL_SET_ERR_MSG_ATTR(info->extack, per4 ?: per6,
				    "what has one share of a limit that is not shared");
		return -EINVAL;
	}
	if (!fair)
		return 0;
	if (!is_of_all(limit->per4) || !is_of_all(limit->per6)) {
		NL_SET_ERR_MSG_ATTR(info->extack, fair,
				    "only a limit for all sources together can be shared fairly");
		return -EINVAL;
	}
	err = levee_limit_set_fair(limit,
				   per4 ? nla_get_u8(per4) : FAIR_PER4_DEFAULT,
				   per6 ? nla_get_u8(per6) : FAIR_PER6_DEFAULT);
	if (err == -ERANGE)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_LIMIT_BURST],
				    "to be shared fairly, a burst is at least 32 packets or 48000 bytes, and what the rate has in 20 ms");
	else if (err)
		NL_SET_ERR_MSG(info->extack, "not enough memory for the limit");
	return err;
}

/* What the allowance is just now, if there is one. */
static int put_state(struct sk_buff *skb, const struct levee_limit *limit)
{
	struct levee_fair_info info;
	u64 accepted, allowance;

	if (!levee_fair_read(&limit->share, limit->state->fair, ktime_get_ns(),
			     &info))
		return 0;
	accepted = (limit->configured * info.accepted) >> LEVEE_FAIR_SHIFT;
	allowance = levee_fair_share(limit->configured * 1000, info.octaves);
	if (nla_put_u64_64bit(skb, LEVEE_A_LIMIT_FAIR_ACCEPTED, accepted,
			      LEVEE_A_LIMIT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_FAIR_ALLOWANCE_MILLI,
			      allowance, LEVEE_A_LIMIT_PAD) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_FAIR_OVER, info.over))
		return -EMSGSIZE;
	if (info.proven_first &&
	    nla_put_flag(skb, LEVEE_A_LIMIT_FAIR_PROVEN_FIRST))
		return -EMSGSIZE;
	return 0;
}

/**
 * levee_put_limit_fair - put how a limit is shared
 * @skb: where it goes
 * @limit: the limit
 *
 * Return: 0 or -EMSGSIZE.
 */
int levee_put_limit_fair(struct sk_buff *skb, const struct levee_limit *limit)
{
	if (!limit->fair)
		return 0;
	if (nla_put_flag(skb, LEVEE_A_LIMIT_FAIR) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_FAIR_PER_V4, limit->share.per4) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_FAIR_PER_V6, limit->share.per6))
		return -EMSGSIZE;
	return put_state(skb, limit);
}
