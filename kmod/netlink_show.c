// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that show the configuration: hooks, policies, limits.
 */
#include <net/sock.h>

#include "compat.h"
#include "config.h"
#include "hook.h"
#include "netlink_ban.h"
#include "netlink_challenge.h"
#include "netlink_dump.h"
#include "netlink_fair.h"
#include "netlink_ops.h"
#include "pernet.h"

static int put_hook(struct sk_buff *skb, const struct levee_hook *hook)
{
	struct levee_hook_totals sum;
	char name[IFNAMSIZ];

	if (nla_put_u32(skb, LEVEE_A_HOOK_TYPE, hook->type))
		return -EMSGSIZE;
	if (hook->dev) {
		levee_hook_name(hook, name);
		if (nla_put_u32(skb, LEVEE_A_HOOK_IFINDEX,
				hook->dev->ifindex) ||
		    nla_put_string(skb, LEVEE_A_HOOK_IFNAME, name))
			return -EMSGSIZE;
	}
	levee_hook_stats_read(hook->stats, &sum);
	if (levee_put_count(skb, LEVEE_A_HOOK_PACKETS, LEVEE_A_HOOK_BYTES,
			    LEVEE_A_HOOK_PAD, &sum.seen))
		return -EMSGSIZE;
	return levee_put_count(skb, LEVEE_A_HOOK_DROPPED_PACKETS,
			 LEVEE_A_HOOK_DROPPED_BYTES, LEVEE_A_HOOK_PAD,
			 &sum.dropped);
}

int levee_nl_hook_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_hook *hook;
	int err = 0;
	void *hdr;

	mutex_lock(&ln->hooks_lock);
	cb->seq = atomic_read(&ln->generation);
	list_for_each_entry(hook, &ln->hooks, node) {
		if (hook->id <= pos->id)
			continue;
		hdr = levee_dump_begin(skb, cb, LEVEE_CMD_HOOK_GET);
		if (!hdr) {
			err = -EMSGSIZE;
			break;
		}
		err = levee_dump_end(skb, hdr, put_hook(skb, hook));
		if (err)
			break;
		pos->id = hook->id;
	}
	mutex_unlock(&ln->hooks_lock);
	return skb->len ?: err;
}

static int put_service(struct sk_buff *skb, const struct levee_service *service)
{
	int i;

	for (i = 0; i < service->proto_count; i++)
		if (nla_put_u8(skb, LEVEE_A_POLICY_PROTO, service->proto[i]))
			return -EMSGSIZE;
	for (i = 0; i < service->ports_count; i++)
		if (levee_put_ports(skb, LEVEE_A_POLICY_DPORT,
				    &service->ports[i]))
			return -EMSGSIZE;
	return 0;
}

/*
 * Puts a policy with its destinations from @first on; protocols, ports and the
 * challenge come with the first. Returns how many of them
 * fitted, or -EMSGSIZE if not even the name, or none of many, did.
 */
static int put_policy(struct sk_buff *skb, const struct levee_policy *policy,
		      u32 first)
{
	u32 i;

	if (nla_put_string(skb, LEVEE_A_POLICY_NAME, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_POLICY_ID, policy->state->id) ||
	    nla_put_u32(skb, LEVEE_A_POLICY_MODE, policy->mode))
		return -EMSGSIZE;
	if (policy->answers &&
	    nla_put_u32(skb, LEVEE_A_POLICY_PATH,
			READ_ONCE(policy->state->path.now)))
		return -EMSGSIZE;
	if (policy->service && !first && put_service(skb, policy->service))
		return -EMSGSIZE;
	if (!first && levee_put_challenge(skb, LEVEE_A_POLICY_CHALLENGE,
					  policy))
		return -EMSGSIZE;
	for (i = first; i < policy->dst_count; i++)
		if (levee_put_prefix(skb, LEVEE_A_POLICY_DST, &policy->dst[i]))
			break;
	if (i == first && first < policy->dst_count)
		return -EMSGSIZE;
	return i - first;
}

/* Room for a policy whose destinations are many; the rest needs a dump. */
#define POLICY_REPLY_MAX	32768u
/* For what else there is of it, 64 ranges of ports among that. */
#define POLICY_REPLY_MIN	2048u

int levee_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	const struct levee_policy *policy;
	const struct levee_ruleset *rules;
	struct sk_buff *reply = NULL;
	int fitted, err = -ENOENT;
	void *hdr;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_POLICY_NAME)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	mutex_lock(&ln->lock);
	rules = levee_config_rules(ln, info->snd_portid);
	policy = levee_policy_find(rules,
				   nla_data(info->attrs[LEVEE_A_POLICY_NAME]));
	if (!policy) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_POLICY_NAME],
				    "no such policy");
		goto err_unlock;
	}
	err = -ENOMEM;
	reply = genlmsg_new(min(POLICY_REPLY_MAX, POLICY_REPLY_MIN +
				policy->dst_count * 40), GFP_KERNEL);
	if (!reply) {
		NL_SET_ERR_MSG(info->extack, "not enough memory for the reply");
		goto err_unlock;
	}
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_POLICY_GET);
	err = -EMSGSIZE;
	if (!hdr)
		goto err_free;
	fitted = put_policy(reply, policy, 0);
	if (fitted < 0 || fitted < policy->dst_count) {
		NL_SET_ERR_MSG(info->extack,
			       "too many destinations for one message; dump all policies");
		goto err_free;
	}
	genlmsg_end(reply, hdr);
	mutex_unlock(&ln->lock);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
err_unlock:
	mutex_unlock(&ln->lock);
	return err;
}

/*
 * A policy with more destinations than a message holds is continued in further
 * messages with the same id.
 */
int levee_nl_policy_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err, fitted;
	void *hdr;

	levee_dump_lock(ln, cb);
	rules = levee_config_rules(ln, NETLINK_CB(cb->skb).portid);
	err = levee_dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_POLICY_NAME],
				&only, cb->extack);
	if (err)
		goto out_unlock;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id)
			continue;
		if (only && strcmp(policy->state->name, only))
			continue;
		levee_dump_part(pos, policy->state->id);
		do {
			err = -EMSGSIZE;
			hdr = levee_dump_begin(skb, cb, LEVEE_CMD_POLICY_GET);
			if (!hdr)
				goto out_unlock;
			fitted = put_policy(skb, policy, pos->sub);
			err = levee_dump_end(skb, hdr, min(fitted, 0));
			if (err)
				goto out_unlock;
			pos->sub += fitted;
		} while (pos->sub < policy->dst_count);
		pos->id = policy->state->id;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

/**
 * levee_put_limit - put all attributes of a limit
 * @skb: where they go
 * @policy: the limit's policy
 * @limit: the limit
 *
 * Return: 0 or -EMSGSIZE.
 */
int levee_put_limit(struct sk_buff *skb, const struct levee_policy *policy,
		    const struct levee_limit *limit)
{
	struct levee_limit_totals sum;

	levee_limit_stats_read(limit->state->stats, &sum);
	if (nla_put_string(skb, LEVEE_A_LIMIT_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_ID, limit->state->id) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_CLASS, limit->class) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_PER_V4, limit->per4) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_PER_V6, limit->per6) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_RATE, limit->configured,
			      LEVEE_A_LIMIT_PAD) ||
	    (limit->rate.unit == LEVEE_UNIT_PACKETS &&
	     nla_put_u32(skb, LEVEE_A_LIMIT_PERIOD, limit->period_s)) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_UNIT, limit->rate.unit) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_BURST, limit->rate.burst) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_OVER_PACKETS, sum.over,
			      LEVEE_A_LIMIT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_OVERFLOW_PACKETS,
			      sum.overflow, LEVEE_A_LIMIT_PAD) ||
	    levee_put_limit_ban(skb, limit) ||
	    levee_put_limit_fair(skb, limit))
		return -EMSGSIZE;
	if (!limit->mark_mask)
		return 0;
	if (nla_put_u32(skb, LEVEE_A_LIMIT_MARK, limit->mark) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_MARK_MASK, limit->mark_mask) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_MARKED_PACKETS, sum.marked,
			      LEVEE_A_LIMIT_PAD))
		return -EMSGSIZE;
	return 0;
}

static int dump_limits(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct levee_policy *policy)
{
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	void *hdr;
	int err;
	u32 i;

	levee_dump_part(pos, policy->state->id);
	for (i = 0; i < policy->limit_count; i++) {
		if (policy->limits[i].state->id <= pos->sub)
			continue;
		hdr = levee_dump_begin(skb, cb, LEVEE_CMD_LIMIT_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = levee_dump_end(skb, hdr,
				     levee_put_limit(skb, policy,
						     &policy->limits[i]));
		if (err)
			return err;
		pos->sub = policy->limits[i].state->id;
	}
	return 0;
}

int levee_nl_limit_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err;

	levee_dump_lock(ln, cb);
	rules = levee_config_rules(ln, NETLINK_CB(cb->skb).portid);
	err = levee_dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_LIMIT_POLICY],
				&only, cb->extack);
	if (err)
		goto out_unlock;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id)
			continue;
		if (only && strcmp(policy->state->name, only))
			continue;
		err = dump_limits(skb, cb, policy);
		if (err)
			break;
		pos->id = policy->state->id;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

