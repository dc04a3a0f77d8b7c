// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that show what happened: counters and offenders.
 */
#include <net/sock.h>

#include "compat.h"
#include "map.h"
#include "netlink_challenge.h"
#include "netlink_dump.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"

static int put_stats(struct sk_buff *skb, const struct levee_policy *policy,
		     enum levee_class class)
{
	struct levee_class_stats sum;
	u64 since_ns;
	int reason;

	levee_policy_stats_read(policy->state->stats, class, &sum);
	if (nla_put_string(skb, LEVEE_A_STATS_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_STATS_CLASS, class) ||
	    levee_put_count(skb, LEVEE_A_STATS_PASSED_PACKETS,
			    LEVEE_A_STATS_PASSED_BYTES, LEVEE_A_STATS_PAD,
		      &sum.passed))
		return -EMSGSIZE;
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++)
		if (levee_put_reason(skb, LEVEE_A_STATS_REASONS, reason, &sum))
			return -EMSGSIZE;
	if (class == LEVEE_CLASS_SYN &&
	    levee_put_challenge(skb, LEVEE_A_STATS_CHALLENGE, policy))
		return -EMSGSIZE;
	since_ns = levee_attack_since(policy->state, class);
	if (since_ns &&
	    nla_put_u64_64bit(skb, LEVEE_A_STATS_ATTACK_SINCE,
			      levee_real_ns(since_ns), LEVEE_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

static int dump_stats(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct levee_policy *policy)
{
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	u8 class;
	void *hdr;
	int err;

	levee_dump_part(pos, policy->state->id);
	for (class = pos->sub + 1; class <= LEVEE_CLASS_MAX; class++) {
		hdr = levee_dump_begin(skb, cb, LEVEE_CMD_STATS_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = levee_dump_end(skb, hdr, put_stats(skb, policy, class));
		if (err)
			return err;
		pos->sub = class;
	}
	return 0;
}

int levee_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err;

	rules = levee_dump_lock(ln, cb);
	err = levee_dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_STATS_POLICY],
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

	if (levee_put_count(skb, LEVEE_A_TOTAL_PACKETS, LEVEE_A_TOTAL_BYTES,
			    LEVEE_A_TOTAL_PAD, &sum.judged) ||
	    levee_put_count(skb, LEVEE_A_TOTAL_DROPPED_PACKETS,
			    LEVEE_A_TOTAL_DROPPED_BYTES, LEVEE_A_TOTAL_PAD,
		      &sum.dropped) ||
	    levee_put_count(skb, LEVEE_A_TOTAL_WOULD_PACKETS,
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
	u32 policy_id;	/* 0 for all */
	u8 class;
};

static int put_source(struct sk_buff *skb, const char *policy,
		      const struct levee_offender_info *info)
{
	if (levee_put_prefix(skb, LEVEE_A_SOURCE_PREFIX, &info->prefix) ||
	    nla_put_string(skb, LEVEE_A_SOURCE_POLICY, policy) ||
	    nla_put_u32(skb, LEVEE_A_SOURCE_CLASS, info->class) ||
	    nla_put_u32(skb, LEVEE_A_SOURCE_REASON, info->reason) ||
	    nla_put_u64_64bit(skb, LEVEE_A_SOURCE_FIRST_SEEN,
			      levee_real_ns(info->first_ns),
			      LEVEE_A_SOURCE_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_SOURCE_LAST_SEEN,
			      levee_real_ns(info->last_ns),
			      LEVEE_A_SOURCE_PAD) ||
	    levee_put_count(skb, LEVEE_A_SOURCE_PASSED_PACKETS,
			    LEVEE_A_SOURCE_PASSED_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->passed) ||
	    levee_put_count(skb, LEVEE_A_SOURCE_DROPPED_PACKETS,
			    LEVEE_A_SOURCE_DROPPED_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->dropped) ||
	    levee_put_count(skb, LEVEE_A_SOURCE_WOULD_PACKETS,
			    LEVEE_A_SOURCE_WOULD_BYTES, LEVEE_A_SOURCE_PAD,
		      &info->would) ||
	    nla_put_u32(skb, LEVEE_A_SOURCE_PROOF, info->proof))
		return -EMSGSIZE;
	return 0;
}

/* Less than 0 stops the walk before this record. */
static int dump_source(const struct levee_offender_info *info, void *arg)
{
	const struct source_dump *dump = arg;
	const struct levee_policy *policy;
	void *hdr;

	if (dump->class != LEVEE_CLASS_ANY && dump->class != info->class)
		return 0;
	if (dump->policy_id && dump->policy_id != info->policy_id)
		return 0;
	/* A policy that is being deleted: its records go next. */
	policy = levee_policy_find_id(dump->rules, info->policy_id);
	if (!policy)
		return 0;

	hdr = levee_dump_begin(dump->skb, dump->cb, LEVEE_CMD_SOURCE_GET);
	if (!hdr)
		return -EMSGSIZE;
	return levee_dump_end(dump->skb, hdr,
			put_source(dump->skb, policy->state->name, info));
}

int levee_nl_source_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct nlattr **attrs = levee_dump_attrs(cb);
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	struct source_dump dump = { .skb = skb, .cb = cb };
	struct levee_offenders *offenders;
	const char *only;
	int err;

	if (attrs[LEVEE_A_SOURCE_CLASS])
		dump.class = nla_get_u32(attrs[LEVEE_A_SOURCE_CLASS]);
	dump.rules = levee_dump_lock(ln, cb);
	err = levee_dump_policy(dump.rules, attrs[LEVEE_A_SOURCE_POLICY],
				&only, cb->extack);
	if (only)
		dump.policy_id = levee_policy_find(dump.rules, only)->state->id;
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (!err && offenders)
		err = levee_offenders_walk(offenders, &pos->cursor,
					   dump_source, &dump);
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}
