// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that show the past: what was counted, and attacks.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/build_bug.h>
#include <linux/ktime.h>
#include <net/sock.h>

#include "attack.h"
#include "compat.h"
#include "history.h"
#include "netlink_dump.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"

/* What is asked for. */
struct wanted {
	const char *policy;	/* NULL for all */
	u64 since;		/* in ns since the epoch */
};

static bool is_wanted(const struct wanted *wanted, const char *policy,
		      u64 until)
{
	return until > wanted->since &&
	       (!policy || !wanted->policy || !strcmp(policy, wanted->policy));
}

static void wanted_read(struct wanted *wanted, const struct nlattr *policy,
			const struct nlattr *since)
{
	wanted->policy = policy ? nla_data(policy) : NULL;
	wanted->since = since ? nla_get_u64(since) : 0;
}

static int put_reasons(struct sk_buff *skb, int attr,
		       const struct levee_class_stats *stats)
{
	const struct levee_count *dropped, *would;
	int reason;

	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++) {
		dropped = &stats->dropped[reason];
		would = &stats->would[reason];
		if ((dropped->packets || would->packets) &&
		    levee_put_reason(skb, attr, reason, stats))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * struct history_dump - where a dump of the past stands; in &netlink_callback.ctx
 * @pos: in what was taken
 * @now_ns: end of the present interval; 0 at first
 * @id: last policy of which all that was not taken yet was shown
 * @class: last class of the policy behind it
 */
struct history_dump {
	struct levee_history_pos pos;
	u64 now_ns;
	u32 id;
	u8 class;
};

/* A message of a dump. */
struct history_message {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct wanted wanted;
};

static int put_entry(struct sk_buff *skb,
		     const struct levee_history_entry *entry)
{
	if (nla_put_u64_64bit(skb, LEVEE_A_HISTORY_SINCE,
			      levee_real_ns(entry->since_ns),
			      LEVEE_A_HISTORY_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_HISTORY_UNTIL,
			      levee_real_ns(entry->until_ns),
			      LEVEE_A_HISTORY_PAD))
		return -EMSGSIZE;
	if (!entry->policy)
		return 0;
	if (nla_put_string(skb, LEVEE_A_HISTORY_POLICY, entry->policy) ||
	    nla_put_u32(skb, LEVEE_A_HISTORY_CLASS, entry->class) ||
	    levee_put_count(skb, LEVEE_A_HISTORY_PASSED_PACKETS,
			    LEVEE_A_HISTORY_PASSED_BYTES, LEVEE_A_HISTORY_PAD,
			    &entry->stats.passed))
		return -EMSGSIZE;
	return put_reasons(skb, LEVEE_A_HISTORY_REASONS, &entry->stats);
}

static int show_entry(const struct levee_history_entry *entry, void *arg)
{
	const struct history_message *msg = arg;
	void *hdr;

	if (!is_wanted(&msg->wanted, entry->policy,
		       levee_real_ns(entry->until_ns)))
		return 0;
	hdr = levee_dump_begin(msg->skb, msg->cb, LEVEE_CMD_HISTORY_GET);
	if (!hdr)
		return -EMSGSIZE;
	return levee_dump_end(msg->skb, hdr, put_entry(msg->skb, entry));
}

/* What was counted since the counters of a policy were taken last. */
static int show_present(const struct levee_net *ln,
			const struct levee_policy_state *state,
			struct history_dump *dump, struct history_message *msg)
{
	struct levee_history_entry entry;
	int class, err;

	for (class = dump->class + 1; class <= LEVEE_CLASS_MAX; class++) {
		entry.policy = state->name;
		if (levee_history_present(ln->history, class, state->stats,
					  state->seen, &entry)) {
			entry.until_ns = max(dump->now_ns, entry.since_ns);
			err = show_entry(&entry, msg);
			if (err)
				return err;
		}
		dump->class = class;
	}
	return 0;
}

static int show_history(const struct levee_net *ln,
			const struct levee_ruleset *rules,
			struct history_dump *dump, struct history_message *msg)
{
	const struct levee_policy *policy;
	int err;

	err = levee_history_walk(ln->history, &dump->pos, dump->now_ns,
				 show_entry, msg);
	if (err)
		return err;
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= dump->id)
			continue;
		err = show_present(ln, policy->state, dump, msg);
		if (err)
			return err;
		dump->id = policy->state->id;
		dump->class = 0;
	}
	return 0;
}

int levee_nl_history_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct nlattr **attrs = levee_dump_attrs(cb);
	struct history_message msg = { .skb = skb, .cb = cb };
	struct history_dump *dump = (struct history_dump *)cb->ctx;
	const struct levee_ruleset *rules;
	int err = 0;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	wanted_read(&msg.wanted, attrs[LEVEE_A_HISTORY_POLICY],
		    attrs[LEVEE_A_HISTORY_SINCE]);
	if (!dump->now_ns)
		dump->now_ns = ktime_get_ns();
	rules = levee_dump_lock(ln, cb);
	if (ln->history) {
		/*
		 * Once an interval ends, or a policy goes, what was shown as
		 * not taken yet is taken. Both numbers only grow.
		 */
		cb->seq += levee_history_ticks(ln->history);
		err = show_history(ln, rules, dump, &msg);
	}
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

static int put_attack(struct sk_buff *skb,
		      const struct levee_attack_record *record)
{
	if (nla_put_string(skb, LEVEE_A_ATTACK_POLICY, record->policy) ||
	    nla_put_u32(skb, LEVEE_A_ATTACK_CLASS, record->class) ||
	    nla_put_u64_64bit(skb, LEVEE_A_ATTACK_SINCE,
			      levee_real_ns(record->since_ns),
			      LEVEE_A_ATTACK_PAD) ||
	    (record->until_ns &&
	     nla_put_u64_64bit(skb, LEVEE_A_ATTACK_UNTIL,
			       levee_real_ns(record->until_ns),
			       LEVEE_A_ATTACK_PAD)) ||
	    levee_put_count(skb, LEVEE_A_ATTACK_PASSED_PACKETS,
			    LEVEE_A_ATTACK_PASSED_BYTES, LEVEE_A_ATTACK_PAD,
			    &record->stats.passed) ||
	    put_reasons(skb, LEVEE_A_ATTACK_REASONS, &record->stats) ||
	    nla_put_u64_64bit(skb, LEVEE_A_ATTACK_PEAK_RATE, record->rate_pps,
			      LEVEE_A_ATTACK_PAD) ||
	    levee_put_count(skb, LEVEE_A_ATTACK_PEAK_PACKETS,
			    LEVEE_A_ATTACK_PEAK_BYTES, LEVEE_A_ATTACK_PAD,
			    &record->peak) ||
	    nla_put_u64_64bit(skb, LEVEE_A_ATTACK_OFFENDERS, record->offenders,
			      LEVEE_A_ATTACK_PAD))
		return -EMSGSIZE;
	return 0;
}

static int show_attack(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct wanted *wanted,
		       const struct levee_attack_record *record)
{
	u64 until = record->until_ns ? levee_real_ns(record->until_ns) :
				       U64_MAX;
	void *hdr;

	if (!is_wanted(wanted, record->policy, until))
		return 0;
	hdr = levee_dump_begin(skb, cb, LEVEE_CMD_ATTACK_GET);
	if (!hdr)
		return -EMSGSIZE;
	return levee_dump_end(skb, hdr, put_attack(skb, record));
}

/* Attacks on one policy that go on. */
static int show_attacks(struct levee_net *ln, struct sk_buff *skb,
			struct netlink_callback *cb,
			const struct wanted *wanted,
			const struct levee_policy *policy)
{
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	struct levee_attack_record record;
	int err = 0;
	u8 class;

	levee_dump_part(pos, policy->state->id);
	for (class = pos->sub + 1; class <= LEVEE_CLASS_MAX; class++) {
		if (levee_attack_read(ln, policy->state, class, &record))
			err = show_attack(skb, cb, wanted, &record);
		if (err)
			return err;
		pos->sub = class;
	}
	return 0;
}

int levee_nl_attack_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct nlattr **attrs = levee_dump_attrs(cb);
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	struct levee_attack_record record;
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	struct wanted wanted;
	int err = 0;

	wanted_read(&wanted, attrs[LEVEE_A_ATTACK_POLICY],
		    attrs[LEVEE_A_ATTACK_SINCE]);
	rules = levee_dump_lock(ln, cb);
	/* One that ends while others are shown is shown in neither place. */
	cb->seq += levee_attack_ended(ln);
	for (; levee_attack_read_log(ln, &pos->cursor, &record);
	     pos->cursor++) {
		err = show_attack(skb, cb, &wanted, &record);
		if (err)
			goto out_unlock;
	}
	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->state->id <= pos->id)
			continue;
		err = show_attacks(ln, skb, cb, &wanted, policy);
		if (err)
			break;
		pos->id = policy->state->id;
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}
