// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that show something.
 *
 * A dump resumes behind the last object it has sent, by the object's id: ids
 * only grow, and objects are listed in that order. So one that is resumed after
 * a change neither repeats nor skips what was there all the time; the reader is
 * told of the change by NLM_F_DUMP_INTR.
 */
#include <linux/netfilter.h>
#include <net/sock.h>

#include "compat.h"
#include "hook.h"
#include "map.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

/* Where a dump stands; fits &netlink_callback.ctx. */
struct dump_pos {
	u32 id;
	u32 sub;
	unsigned long cursor;
};

static struct dump_pos *dump_pos(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump_pos) > sizeof(cb->ctx));
	return (struct dump_pos *)cb->ctx;
}

static void *dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &levee_nl_family, NLM_F_MULTI, cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/* Ends or takes back one message of a dump. */
static int dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static const struct levee_ruleset *dump_lock(struct levee_net *ln,
					     struct netlink_callback *cb)
{
	mutex_lock(&ln->lock);
	cb->seq = ln->generation;
	return rcu_dereference_protected(ln->rules,
					 lockdep_is_held(&ln->lock));
}

/* Checks that the policy a dump is restricted to exists. */
static int dump_policy(const struct levee_ruleset *rules,
		       const struct nlattr *name, const char **only,
		       struct netlink_ext_ack *extack)
{
	*only = NULL;
	if (!name)
		return 0;
	if (!levee_policy_find(rules, nla_data(name))) {
		NL_SET_ERR_MSG_ATTR(extack, name, "no such policy");
		return -ENOENT;
	}
	*only = nla_data(name);
	return 0;
}

static int put_count(struct sk_buff *skb, int packets_attr, int bytes_attr,
		     int pad, const struct levee_count *count)
{
	if (nla_put_u64_64bit(skb, packets_attr, count->packets, pad))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, bytes_attr, count->bytes, pad);
}

static int put_hook(struct sk_buff *skb, const struct levee_hook *hook)
{
	struct levee_hook_totals sum;

	if (nla_put_u32(skb, LEVEE_A_HOOK_TYPE, hook->type))
		return -EMSGSIZE;
	if (hook->dev &&
	    (nla_put_u32(skb, LEVEE_A_HOOK_IFINDEX, hook->dev->ifindex) ||
	     nla_put_string(skb, LEVEE_A_HOOK_IFNAME, hook->dev->name)))
		return -EMSGSIZE;
	levee_hook_stats_read(hook->stats, &sum);
	if (put_count(skb, LEVEE_A_HOOK_PACKETS, LEVEE_A_HOOK_BYTES,
		      LEVEE_A_HOOK_PAD, &sum.seen))
		return -EMSGSIZE;
	return put_count(skb, LEVEE_A_HOOK_DROPPED_PACKETS,
			 LEVEE_A_HOOK_DROPPED_BYTES, LEVEE_A_HOOK_PAD,
			 &sum.dropped);
}

int levee_nl_hook_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct dump_pos *pos = dump_pos(cb);
	const struct levee_hook *hook;
	int err = 0;
	void *hdr;

	dump_lock(ln, cb);
	list_for_each_entry(hook, &ln->hooks, node) {
		if (hook->id <= pos->id)
			continue;
		hdr = dump_begin(skb, cb, LEVEE_CMD_HOOK_GET);
		if (!hdr) {
			err = -EMSGSIZE;
			break;
		}
		err = dump_end(skb, hdr, put_hook(skb, hook));
		if (err)
			break;
		pos->id = hook->id;
	}
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

static int put_prefix(struct sk_buff *skb, int attr,
		      const struct levee_prefix *prefix)
{
	struct nlattr *nest;
	int len;

	len = prefix->family == NFPROTO_IPV4 ? sizeof(prefix->addr.ip) :
					       sizeof(prefix->addr.ip6);
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, LEVEE_A_PREFIX_ADDR, len, &prefix->addr) ||
	    nla_put_u8(skb, LEVEE_A_PREFIX_LEN, prefix->len)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * Puts a policy with its destinations from @first on. Returns how many of them
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
	for (i = first; i < policy->dst_count; i++)
		if (put_prefix(skb, LEVEE_A_POLICY_DST, &policy->dst[i]))
			break;
	if (i == first && first < policy->dst_count)
		return -EMSGSIZE;
	return i - first;
}

/* Room for a policy whose destinations are many; the rest needs a dump. */
#define POLICY_REPLY_MAX	(4096u * 40)

int levee_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	const struct levee_policy *policy;
	struct sk_buff *reply = NULL;
	int fitted, err = -ENOENT;
	void *hdr;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_POLICY_NAME)) {
		NL_SET_ERR_MSG(info->extack, "policy name is missing");
		return -EINVAL;
	}
	mutex_lock(&ln->lock);
	policy = levee_policy_find(rcu_dereference_protected(
						ln->rules,
						lockdep_is_held(&ln->lock)),
				   nla_data(info->attrs[LEVEE_A_POLICY_NAME]));
	if (!policy) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_POLICY_NAME],
				    "no such policy");
		goto err_unlock;
	}
	err = -ENOMEM;
	reply = genlmsg_new(min(POLICY_REPLY_MAX, NLMSG_GOODSIZE / 2 +
				policy->dst_count * 40), GFP_KERNEL);
	if (!reply)
		goto err_unlock;
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
	struct dump_pos *pos = dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err, fitted;
	void *hdr;

	rules = dump_lock(ln, cb);
	err = dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_POLICY_NAME],
			  &only, cb->extack);
	if (err)
		goto out_unlock;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id)
			continue;
		if (only && strcmp(policy->state->name, only))
			continue;
		do {
			err = -EMSGSIZE;
			hdr = dump_begin(skb, cb, LEVEE_CMD_POLICY_GET);
			if (!hdr)
				goto out_unlock;
			fitted = put_policy(skb, policy, pos->sub);
			err = dump_end(skb, hdr, min(fitted, 0));
			if (err)
				goto out_unlock;
			pos->sub += fitted;
		} while (pos->sub < policy->dst_count);
		pos->id = policy->state->id;
		pos->sub = 0;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

static int put_limit(struct sk_buff *skb, const struct levee_policy *policy,
		     const struct levee_limit *limit)
{
	struct levee_limit_totals sum;

	levee_limit_stats_read(limit->state->stats, &sum);
	if (nla_put_string(skb, LEVEE_A_LIMIT_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_ID, limit->state->id) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_CLASS, limit->class) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_PER_V4, limit->per4) ||
	    nla_put_u8(skb, LEVEE_A_LIMIT_PER_V6, limit->per6) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_RATE, limit->packets,
			      LEVEE_A_LIMIT_PAD) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_PERIOD, limit->period_s) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_BURST, limit->rate.burst) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_OVER_PACKETS, sum.over,
			      LEVEE_A_LIMIT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LIMIT_OVERFLOW_PACKETS,
			      sum.overflow, LEVEE_A_LIMIT_PAD))
		return -EMSGSIZE;
	return 0;
}

static int dump_limits(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct levee_policy *policy)
{
	struct dump_pos *pos = dump_pos(cb);
	void *hdr;
	int err;
	u32 i;

	for (i = 0; i < policy->limit_count; i++) {
		if (policy->limits[i].state->id <= pos->sub)
			continue;
		hdr = dump_begin(skb, cb, LEVEE_CMD_LIMIT_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = dump_end(skb, hdr,
			       put_limit(skb, policy, &policy->limits[i]));
		if (err)
			return err;
		pos->sub = policy->limits[i].state->id;
	}
	pos->sub = 0;
	return 0;
}

int levee_nl_limit_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct dump_pos *pos = dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err;

	rules = dump_lock(ln, cb);
	err = dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_LIMIT_POLICY],
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

static int put_reason(struct sk_buff *skb, enum levee_reason reason,
		      const struct levee_class_stats *sum)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, LEVEE_A_STATS_REASONS);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, LEVEE_A_REASON_STATS_REASON, reason) ||
	    put_count(skb, LEVEE_A_REASON_STATS_DROPPED_PACKETS,
		      LEVEE_A_REASON_STATS_DROPPED_BYTES,
		      LEVEE_A_REASON_STATS_PAD, &sum->dropped[reason]) ||
	    put_count(skb, LEVEE_A_REASON_STATS_WOULD_PACKETS,
		      LEVEE_A_REASON_STATS_WOULD_BYTES,
		      LEVEE_A_REASON_STATS_PAD, &sum->would[reason])) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_stats(struct sk_buff *skb, const struct levee_policy *policy,
		     enum levee_class class)
{
	struct levee_class_stats sum;
	int reason;

	levee_policy_stats_read(policy->state->stats, class, &sum);
	if (nla_put_string(skb, LEVEE_A_STATS_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_STATS_CLASS, class) ||
	    put_count(skb, LEVEE_A_STATS_PASSED_PACKETS,
		      LEVEE_A_STATS_PASSED_BYTES, LEVEE_A_STATS_PAD,
		      &sum.passed))
		return -EMSGSIZE;
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++)
		if (put_reason(skb, reason, &sum))
			return -EMSGSIZE;
	return 0;
}

static int dump_stats(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct levee_policy *policy)
{
	struct dump_pos *pos = dump_pos(cb);
	u8 class;
	void *hdr;
	int err;

	for (class = pos->sub + 1; class <= LEVEE_CLASS_MAX; class++) {
		hdr = dump_begin(skb, cb, LEVEE_CMD_STATS_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = dump_end(skb, hdr, put_stats(skb, policy, class));
		if (err)
			return err;
		pos->sub = class;
	}
	pos->sub = 0;
	return 0;
}

int levee_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct dump_pos *pos = dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err;

	rules = dump_lock(ln, cb);
	err = dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_STATS_POLICY],
			  &only, cb->extack);
	if (err)
		goto out_unlock;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id)
			continue;
		if (only && strcmp(policy->state->name, only))
			continue;
		err = dump_stats(skb, cb, policy);
		if (err)
			break;
		pos->id = policy->state->id;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

static int put_malformed(struct sk_buff *skb,
			 const struct levee_net_totals *totals)
{
	struct nlattr *nest;
	int kind;

	for (kind = 0; kind <= LEVEE_MALFORMED_MAX; kind++) {
		nest = nla_nest_start(skb, LEVEE_A_TOTAL_MALFORMED);
		if (!nest)
			return -EMSGSIZE;
		if (nla_put_u32(skb, LEVEE_A_MALFORMED_STATS_MALFORMED, kind) ||
		    nla_put_u64_64bit(skb, LEVEE_A_MALFORMED_STATS_PACKETS,
				      totals->malformed[kind],
				      LEVEE_A_MALFORMED_STATS_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_total(struct sk_buff *skb, struct levee_net *ln)
{
	struct levee_offender_totals sources = {};
	struct levee_offenders *offenders;
	struct levee_net_totals totals;
	struct levee_ruleset_totals sum;
	const struct levee_map *map;

	levee_net_stats_read(ln->stats, &totals);
	levee_ruleset_sum(rcu_dereference_protected(ln->rules,
						    lockdep_is_held(&ln->lock)),
			  &sum);
	map = rcu_dereference_protected(ln->map, lockdep_is_held(&ln->lock));
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (offenders)
		levee_offenders_read(offenders, &sources);

	if (put_count(skb, LEVEE_A_TOTAL_PACKETS, LEVEE_A_TOTAL_BYTES,
		      LEVEE_A_TOTAL_PAD, &sum.judged) ||
	    put_count(skb, LEVEE_A_TOTAL_DROPPED_PACKETS,
		      LEVEE_A_TOTAL_DROPPED_BYTES, LEVEE_A_TOTAL_PAD,
		      &sum.dropped) ||
	    put_count(skb, LEVEE_A_TOTAL_WOULD_PACKETS,
		      LEVEE_A_TOTAL_WOULD_BYTES, LEVEE_A_TOTAL_PAD,
		      &sum.would) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_EXEMPT_PACKETS,
			      totals.exempt, LEVEE_A_TOTAL_PAD) ||
	    put_malformed(skb, &totals) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_SLOTS,
			      map ? levee_map_slots(map) : 0,
			      LEVEE_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_OVERFLOW_PACKETS,
			      totals.overflow, LEVEE_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_SOURCES, sources.held,
			      LEVEE_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_SOURCES_MAX, sources.max,
			      LEVEE_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_SOURCES_EVICTED,
			      sources.evicted, LEVEE_A_TOTAL_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TOTAL_SOURCES_MISSED,
			      sources.missed, LEVEE_A_TOTAL_PAD))
		return -EMSGSIZE;
	return 0;
}

int levee_nl_total_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_TOTAL_GET);
	err = -EMSGSIZE;
	if (!hdr)
		goto err_free;
	mutex_lock(&ln->lock);
	err = put_total(reply, ln);
	mutex_unlock(&ln->lock);
	if (err)
		goto err_free;
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	return err;
}

/* A dump of offenders, and which of them it is about. */
struct source_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const struct levee_ruleset *rules;
	const char *policy;
	u8 class;
};

static int put_source(struct sk_buff *skb, const char *policy,
		      const struct levee_offender_info *info)
{
	if (put_prefix(skb, LEVEE_A_SOURCE_PREFIX, &info->key.prefix) ||
	    nla_put_string(skb, LEVEE_A_SOURCE_POLICY, policy) ||
	    nla_put_u32(skb, LEVEE_A_SOURCE_CLASS, info->key.class) ||
	    nla_put_u32(skb, LEVEE_A_SOURCE_REASON, info->reason) ||
	    nla_put_u64_64bit(skb, LEVEE_A_SOURCE_FIRST_SEEN,
			      levee_real_ns(info->first_ns),
			      LEVEE_A_SOURCE_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_SOURCE_LAST_SEEN,
			      levee_real_ns(info->last_ns),
			      LEVEE_A_SOURCE_PAD) ||
	    put_count(skb, LEVEE_A_SOURCE_PASSED_PACKETS,
		      LEVEE_A_SOURCE_PASSED_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->passed) ||
	    put_count(skb, LEVEE_A_SOURCE_DROPPED_PACKETS,
		      LEVEE_A_SOURCE_DROPPED_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->dropped) ||
	    put_count(skb, LEVEE_A_SOURCE_WOULD_PACKETS,
		      LEVEE_A_SOURCE_WOULD_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->would))
		return -EMSGSIZE;
	return 0;
}

/* Less than 0 stops the walk before this record. */
static int dump_source(const struct levee_offender_info *info, void *arg)
{
	const struct source_dump *dump = arg;
	const struct levee_policy *policy;
	void *hdr;

	if (dump->class != LEVEE_CLASS_ANY && dump->class != info->key.class)
		return 0;
	/* A policy that is being deleted: its records go next. */
	policy = levee_policy_find_id(dump->rules, info->key.policy_id);
	if (!policy)
		return 0;
	if (dump->policy && strcmp(policy->state->name, dump->policy))
		return 0;

	hdr = dump_begin(dump->skb, dump->cb, LEVEE_CMD_SOURCE_GET);
	if (!hdr)
		return -EMSGSIZE;
	return dump_end(dump->skb, hdr,
			put_source(dump->skb, policy->state->name, info));
}

int levee_nl_source_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct nlattr **attrs = levee_dump_attrs(cb);
	struct dump_pos *pos = dump_pos(cb);
	struct source_dump dump = { .skb = skb, .cb = cb };
	struct levee_offenders *offenders;
	int err;

	if (attrs[LEVEE_A_SOURCE_CLASS])
		dump.class = nla_get_u32(attrs[LEVEE_A_SOURCE_CLASS]);
	dump.rules = dump_lock(ln, cb);
	err = dump_policy(dump.rules, attrs[LEVEE_A_SOURCE_POLICY],
			  &dump.policy, cb->extack);
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (!err && offenders)
		err = levee_offenders_walk(offenders, &pos->cursor,
					   dump_source, &dump);
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}
