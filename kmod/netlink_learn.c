// SPDX-License-Identifier: GPL-2.0
/*
 * Command that shows what was learned in mode monitor.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <net/sock.h>

#include "compat.h"
#include "learn.h"
#include "netlink_dump.h"
#include "netlink_ops.h"
#include "pernet.h"

static int put_pair(struct sk_buff *skb, int attr, int first_attr, u32 first,
		    int second_attr, u32 second)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, first_attr, first) ||
	    nla_put_u32(skb, second_attr, second)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_bins(struct sk_buff *skb,
		    const struct levee_learned_class *learned)
{
	int bin, sources;

	for (bin = 0; bin < LEVEE_LEARN_BINS; bin++) {
		/* Just after a flush it may be less than none. */
		sources = atomic_read(&learned->sources[bin]);
		if (sources > 0 &&
		    put_pair(skb, LEVEE_A_LEARN_BINS, LEVEE_A_LEARN_BIN_FIRST,
			     levee_learn_bin_first(bin),
			     LEVEE_A_LEARN_BIN_SOURCES, sources))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_learned(struct sk_buff *skb, const struct levee_policy *policy,
		       enum levee_class class)
{
	const struct levee_learned_class *learned;
	int rate;

	learned = &policy->state->learned->class[class];
	if (nla_put_string(skb, LEVEE_A_LEARN_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_LEARN_CLASS, class) ||
	    nla_put_u64_64bit(skb, LEVEE_A_LEARN_MISSED_PACKETS,
			      atomic64_read(&learned->missed),
			      LEVEE_A_LEARN_PAD) ||
	    nla_put_u32(skb, LEVEE_A_LEARN_PEAK, atomic_read(&learned->peak)) ||
	    put_bins(skb, learned))
		return -EMSGSIZE;
	for (rate = 0; rate < LEVEE_LEARN_RATES; rate++)
		if (put_pair(skb, LEVEE_A_LEARN_RATES,
			     LEVEE_A_LEARN_RATE_INTERVAL,
			     levee_learn_interval_ns(rate),
			     LEVEE_A_LEARN_RATE_BURST,
			     levee_learned_burst(learned, rate)))
			return -EMSGSIZE;
	return 0;
}

/* Classes of which nothing is known are left out. */
static int dump_learned(struct sk_buff *skb, struct netlink_callback *cb,
			const struct levee_policy *policy)
{
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_learned_class *learned;
	u8 class;
	void *hdr;
	int err;

	levee_dump_part(pos, policy->state->id);
	for (class = pos->sub + 1; class <= LEVEE_CLASS_MAX; class++) {
		learned = &policy->state->learned->class[class];
		if (!atomic_read(&learned->peak) &&
		    !atomic64_read(&learned->missed))
			continue;
		hdr = levee_dump_begin(skb, cb, LEVEE_CMD_LEARN_GET);
		if (!hdr)
			return -EMSGSIZE;
		err = levee_dump_end(skb, hdr, put_learned(skb, policy, class));
		if (err)
			return err;
		pos->sub = class;
	}
	return 0;
}

int levee_nl_learn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const char *only;
	int err;

	rules = levee_dump_lock(ln, cb);
	err = levee_dump_policy(rules, levee_dump_attrs(cb)[LEVEE_A_LEARN_POLICY],
				&only, cb->extack);
	if (err)
		goto out_unlock;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id || !policy->state->learned)
			continue;
		if (only && strcmp(policy->state->name, only))
			continue;
		err = dump_learned(skb, cb, policy);
		if (err)
			break;
		pos->id = policy->state->id;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}
