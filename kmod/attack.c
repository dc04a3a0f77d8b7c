// SPDX-License-Identifier: GPL-2.0
/*
 * Tells when an attack begins and when it is over, per policy and class.
 *
 * A packet that exceeds a limit has its class watched, if it is not: from then
 * on a work reads the counters of that class in intervals. An excess in
 * LEVEE_ATTACK_INTERVALS of them in a row is the beginning of an attack. If
 * there is none, the class is left alone until the next such packet comes. So
 * nothing runs, and no packet does more than read a byte, while nothing
 * happens, however many policies there are.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "attack.h"

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "event.h"
#include "pernet.h"
#include "ruleset.h"

#define LEVEE_ATTACK_INTERVAL_NS	(50 * NSEC_PER_MSEC)
/* Intervals with an excess that make an attack. */
#define LEVEE_ATTACK_INTERVALS		2

/*
 * An excess: so many packets per second over the limits, and one in so many of
 * its class. Less is what a few eager clients do that nobody has to be woken
 * for.
 */
#define LEVEE_ATTACK_BEGIN_PPS		100
#define LEVEE_ATTACK_SHARE		64

/* An attack is over when it was below this for so long. */
#define LEVEE_ATTACK_END_PPS		50
#define LEVEE_ATTACK_QUIET_NS		(10 * NSEC_PER_SEC)

static u64 count_over(const struct levee_attack_count *count)
{
	return count->dropped + count->would;
}

static u64 count_pps(u64 packets, u64 ns)
{
	return ns ? div64_u64(packets * NSEC_PER_SEC, ns) : 0;
}

/* What was counted since @seen; from the beginning, if that was reset. */
static u64 count_since(u64 now, u64 seen)
{
	return now >= seen ? now - seen : now;
}

/* Reads the counters; @delta is what came since the last time. */
static void class_read(struct levee_policy_state *state,
		       enum levee_class class, struct levee_attack_count *delta)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_count now = {};
	struct levee_class_stats stats;
	int reason;

	levee_policy_stats_read(state->stats, class, &stats);
	now.passed = stats.passed.packets;
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++) {
		/* Who is denied is known, and nobody has to be woken for it. */
		if (reason == LEVEE_REASON_DENY)
			continue;
		now.dropped += stats.dropped[reason].packets;
		now.would += stats.would[reason].packets;
	}
	delta->passed = count_since(now.passed, c->seen.passed);
	delta->dropped = count_since(now.dropped, c->seen.dropped);
	delta->would = count_since(now.would, c->seen.would);
	c->seen = now;
}

static void class_add(struct levee_attack_class *c,
		      const struct levee_attack_count *delta)
{
	c->sum.passed += delta->passed;
	c->sum.dropped += delta->dropped;
	c->sum.would += delta->would;
}

static void class_report(const struct levee_policy_state *state,
			 enum levee_class class,
			 struct levee_event_attack *report)
{
	const struct levee_attack_class *c = &state->attack.class[class];

	report->policy = state->name;
	report->class = class;
	report->since_ns = atomic64_read(&c->since_ns);
	report->until_ns = c->last_ns;
	report->rate_pps = c->peak_pps;
	report->dropped = c->sum.dropped;
	report->would = c->sum.would;
	report->offenders = levee_sketch_count(&c->sources);
}

/* The class is watched no longer; the next packet over a limit may change that. */
static void class_leave(struct levee_attack *attack, enum levee_class class)
{
	struct levee_attack_class *c = &attack->class[class];

	c->intervals = 0;
	atomic64_set(&c->since_ns, 0);
	clear_bit(class, &attack->watched);
	/*
	 * Paired with levee_attack_note(): either it sees the bit cleared, or
	 * its source is forgotten here and so is new once more.
	 */
	smp_mb__after_atomic();
	levee_sketch_clear(&c->sources);
}

static void class_begin(struct levee_net *ln, struct levee_policy_state *state,
			enum levee_class class, u64 now_ns)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_event_attack report;

	atomic64_set(&c->since_ns, c->first_ns);
	c->last_ns = now_ns;
	c->peak_pps = 0;
	class_report(state, class, &report);
	report.rate_pps = count_pps(count_over(&c->sum), now_ns - c->first_ns);
	levee_event_attack_begin(ln, &report);
}

/* A class that is not attacked yet: another interval, or it is left alone. */
static void class_suspect(struct levee_net *ln,
			  struct levee_policy_state *state,
			  enum levee_class class, u64 now_ns)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_count delta;
	u64 start_ns, over;
	s64 elapsed;

	start_ns = c->intervals ? c->read_ns : atomic64_read(&c->noted_ns);
	elapsed = now_ns - start_ns;
	/* It was noted between two intervals of others. */
	if (elapsed < (s64)LEVEE_ATTACK_INTERVAL_NS / 2)
		return;
	class_read(state, class, &delta);
	over = count_over(&delta);
	/* How many passed is known since it is watched. */
	if (over * NSEC_PER_SEC < (u64)elapsed * LEVEE_ATTACK_BEGIN_PPS ||
	    (c->intervals && over * LEVEE_ATTACK_SHARE < over + delta.passed)) {
		class_leave(&state->attack, class);
		return;
	}
	if (!c->intervals++) {
		c->first_ns = start_ns;
		c->second_ns = start_ns;
		c->second_over = 0;
		memset(&c->sum, 0, sizeof(c->sum));
	}
	c->read_ns = now_ns;
	c->second_over += over;
	class_add(c, &delta);
	if (c->intervals == LEVEE_ATTACK_INTERVALS)
		class_begin(ln, state, class, now_ns);
}

/* A class that is attacked: once a second, look whether it still is. */
static void class_attacked(struct levee_net *ln,
			   struct levee_policy_state *state,
			   enum levee_class class, u64 now_ns)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_event_attack report;
	struct levee_attack_count delta;
	u64 pps;

	if (now_ns - c->second_ns < NSEC_PER_SEC)
		return;
	class_read(state, class, &delta);
	class_add(c, &delta);
	pps = count_pps(c->second_over + count_over(&delta),
			now_ns - c->second_ns);
	c->second_ns = now_ns;
	c->second_over = 0;
	c->peak_pps = max(c->peak_pps, pps);
	if (pps >= LEVEE_ATTACK_END_PPS)
		c->last_ns = now_ns;
	if (now_ns - c->last_ns < LEVEE_ATTACK_QUIET_NS)
		return;
	class_report(state, class, &report);
	class_leave(&state->attack, class);
	levee_event_attack_end(ln, &report);
}

static void attack_look(struct levee_net *ln, struct levee_policy_state *state)
{
	struct levee_attack *attack = &state->attack;
	unsigned long watched = READ_ONCE(attack->watched);
	u64 now_ns = ktime_get_ns();
	unsigned long class;

	/* Paired with levee_attack_note(), for noted_ns. */
	smp_rmb();
	for_each_set_bit(class, &watched, __LEVEE_CLASS_MAX) {
		if (class == LEVEE_ATTACK_LINKED)
			continue;
		if (atomic64_read(&attack->class[class].since_ns))
			class_attacked(ln, state, class, now_ns);
		else
			class_suspect(ln, state, class, now_ns);
	}
}

/* Takes a policy of which no class is watched off the list, and lets it go. */
static void attack_unlink(struct levee_attacks *attacks,
			  struct levee_policy_state *state)
{
	struct levee_attack *attack = &state->attack;

	list_del(&attack->node);
	clear_bit(LEVEE_ATTACK_LINKED, &attack->watched);
	/* Paired with levee_attack_note(): one of both sees the other's bit. */
	smp_mb__after_atomic();
	if (READ_ONCE(attack->watched) & ~BIT(LEVEE_ATTACK_LINKED) &&
	    !test_and_set_bit(LEVEE_ATTACK_LINKED, &attack->watched))
		list_add_tail(&attack->node, &attacks->watched);
	else
		levee_policy_state_put(state);
}

static void attack_take_fresh(struct levee_attacks *attacks)
{
	struct levee_attack *attack, *next;
	struct llist_node *fresh;

	fresh = llist_reverse_order(llist_del_all(&attacks->fresh));
	llist_for_each_entry_safe(attack, next, fresh, fresh)
		list_add_tail(&attack->node, &attacks->watched);
}

static void attack_queue(struct levee_attacks *attacks)
{
	queue_delayed_work(levee_event_wq, &attacks->work,
			   nsecs_to_jiffies(LEVEE_ATTACK_INTERVAL_NS));
}

static void attack_work(struct work_struct *work)
{
	struct levee_attacks *attacks = container_of(to_delayed_work(work),
						     struct levee_attacks,
						     work);
	struct levee_net *ln = container_of(attacks, struct levee_net, attacks);
	struct levee_policy_state *state, *next;

	attack_take_fresh(attacks);
	list_for_each_entry_safe(state, next, &attacks->watched, attack.node) {
		attack_look(ln, state);
		if (READ_ONCE(state->attack.watched) == BIT(LEVEE_ATTACK_LINKED))
			attack_unlink(attacks, state);
		cond_resched();
	}
	if (!list_empty(&attacks->watched))
		attack_queue(attacks);
}

/**
 * levee_attack_note - a source is new among those that exceed a limit
 * @ln: the network namespace
 * @state: state of the policy
 * @class: class of the packet, never LEVEE_CLASS_ANY
 * @hash: keyed hash of the source
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Rare: where nobody is watched, the first packet; later, as sources come that
 * are rarer than all before.
 *
 * Context: packet path; RCU read lock, for @state.
 */
void levee_attack_note(struct levee_net *ln, struct levee_policy_state *state,
		       enum levee_class class, u64 hash, u64 now_ns)
{
	struct levee_attack *attack = &state->attack;
	struct levee_attack_class *c = &attack->class[class];

	levee_sketch_add(&c->sources, hash);
	/* Paired with class_leave(). */
	smp_mb();
	if (test_bit(class, &attack->watched))
		return;
	atomic64_set(&c->noted_ns, now_ns);
	/* Paired with attack_look(). */
	smp_mb__before_atomic();
	set_bit(class, &attack->watched);
	/* Orders as a full barrier; paired with attack_unlink(). */
	if (test_and_set_bit(LEVEE_ATTACK_LINKED, &attack->watched))
		return;
	/* The policy holds a reference as long as packets meet it. */
	refcount_inc(&state->refs);
	llist_add(&attack->fresh, &ln->attacks.fresh);
	attack_queue(&ln->attacks);
}

/**
 * levee_attack_since - when the attack began that is going on
 * @state: state of the policy
 * @class: class of packets
 *
 * Context: any.
 * Return: time of its first packet over the limits, CLOCK_MONOTONIC, or 0 if
 * there is no attack.
 */
u64 levee_attack_since(const struct levee_policy_state *state,
		       enum levee_class class)
{
	return atomic64_read(&state->attack.class[class].since_ns);
}

/**
 * levee_attack_net_init - watch the policies of a network namespace
 * @ln: the network namespace
 */
void levee_attack_net_init(struct levee_net *ln)
{
	init_llist_head(&ln->attacks.fresh);
	INIT_LIST_HEAD(&ln->attacks.watched);
	INIT_DELAYED_WORK(&ln->attacks.work, attack_work);
}

/**
 * levee_attack_net_exit - watch them no longer
 * @ln: the network namespace, where no packet is judged any more
 *
 * Context: process, may sleep.
 */
void levee_attack_net_exit(struct levee_net *ln)
{
	struct levee_policy_state *state, *next;

	cancel_delayed_work_sync(&ln->attacks.work);
	attack_take_fresh(&ln->attacks);
	list_for_each_entry_safe(state, next, &ln->attacks.watched,
				 attack.node) {
		list_del(&state->attack.node);
		levee_policy_state_put(state);
	}
}
