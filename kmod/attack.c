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

#include "attack_record.h"
#include "event.h"
#include "pernet.h"
#include "ruleset.h"

#define LEVEE_ATTACK_INTERVAL_NS	(50 * NSEC_PER_MSEC)
/* So many policies are looked at each time; with more, the interval is longer. */
#define LEVEE_ATTACK_AT_ONCE		64
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
#define LEVEE_ATTACK_QUIET_NS		(10ull * NSEC_PER_SEC)

static u64 count_rate(u64 count, u64 ns)
{
	return ns ? mul_u64_u64_div_u64(count, NSEC_PER_SEC, ns) : 0;
}

/* Reads the counters; @delta is what came since the last time. */
static void class_read(struct levee_policy_state *state,
		       enum levee_class class, struct levee_class_stats *stats,
		       struct levee_attack_count *delta)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_count seen = c->seen;

	levee_policy_stats_sum(state->stats, class, stats);
	levee_attack_sum(class, stats, &c->seen);
	*delta = c->seen;
	levee_attack_sub(&delta->passed, &seen.passed);
	levee_attack_sub(&delta->over, &seen.over);
	levee_attack_sub(&delta->denied, &seen.denied);
}

static void class_add(struct levee_attack_class *c,
		      const struct levee_attack_count *delta)
{
	levee_attack_add(&c->second.passed, &delta->passed);
	levee_attack_add(&c->second.over, &delta->over);
	levee_attack_add(&c->second.denied, &delta->denied);
}

/*
 * The first look at a class: what was over the limits since the last one was so
 * just now, or it would have been watched. That is not so of what passed, and
 * of what is denied.
 */
static void class_first(struct levee_policy_state *state,
			enum levee_class class)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_class_stats now;

	levee_policy_stats_sum(state->stats, class, &now);
	c->first.passed = now.passed;
	c->first.dropped[LEVEE_REASON_DENY] = now.dropped[LEVEE_REASON_DENY];
	c->first.would[LEVEE_REASON_DENY] = now.would[LEVEE_REASON_DENY];
	levee_attack_sum(class, &c->first, &c->seen);
}

/* The class is watched no longer; the next packet over a limit may change that. */
static void class_leave(struct levee_attack *attack, enum levee_class class,
			const struct levee_class_stats *stats)
{
	struct levee_attack_class *c = &attack->class[class];

	c->intervals = 0;
	c->first = *stats;
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
			enum levee_class class,
			const struct levee_class_stats *stats, u64 now_ns)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_record record;
	struct levee_event_attack event;

	atomic64_set(&c->since_ns, c->first_ns);
	c->last_ns = now_ns;
	c->rate_pps = 0;
	c->peak = (struct levee_count){};
	levee_attack_record(state, class, stats, &record);
	levee_attack_tell(&record, &event);
	event.rate_pps = count_rate(event.dropped + event.would,
				    now_ns - c->first_ns);
	levee_event_attack_begin(ln, &event);
}

/* A class that is not attacked yet: another interval, or it is left alone. */
static void class_suspect(struct levee_net *ln,
			  struct levee_policy_state *state,
			  enum levee_class class, u64 now_ns)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_count delta;
	struct levee_class_stats stats;
	u64 start_ns, over;
	s64 elapsed;

	start_ns = c->intervals ? c->read_ns : atomic64_read(&c->noted_ns);
	elapsed = now_ns - start_ns;
	/* It was noted between two intervals of others. */
	if (elapsed < (s64)LEVEE_ATTACK_INTERVAL_NS / 2)
		return;
	if (!c->intervals)
		class_first(state, class);
	class_read(state, class, &stats, &delta);
	over = delta.over.packets;
	/* How many passed is known since it is watched. */
	if (over * NSEC_PER_SEC < (u64)elapsed * LEVEE_ATTACK_BEGIN_PPS ||
	    (c->intervals &&
	     over * LEVEE_ATTACK_SHARE < over + delta.passed.packets)) {
		class_leave(&state->attack, class, &stats);
		return;
	}
	if (!c->intervals++) {
		c->first_ns = start_ns;
		c->second_ns = start_ns;
		c->second = (struct levee_attack_count){};
	}
	c->read_ns = now_ns;
	class_add(c, &delta);
	if (c->intervals == LEVEE_ATTACK_INTERVALS)
		class_begin(ln, state, class, &stats, now_ns);
}

/* The present second of an attack is over; its packets per second over limits. */
static u64 class_second(struct levee_attack_class *c, u64 now_ns)
{
	/* The last one of a policy that goes may be cut short. */
	u64 ns = max_t(u64, now_ns - c->second_ns, NSEC_PER_SEC);
	struct levee_count all;
	u64 rate_pps;

	rate_pps = count_rate(c->second.over.packets, ns);
	all = c->second.passed;
	levee_attack_add(&all, &c->second.over);
	levee_attack_add(&all, &c->second.denied);
	c->rate_pps = max(c->rate_pps, rate_pps);
	c->peak.packets = max(c->peak.packets, count_rate(all.packets, ns));
	c->peak.bytes = max(c->peak.bytes, count_rate(all.bytes, ns));
	c->second_ns = now_ns;
	c->second = (struct levee_attack_count){};
	return rate_pps;
}

static void class_end(struct levee_net *ln, struct levee_policy_state *state,
		      enum levee_class class,
		      const struct levee_class_stats *stats)
{
	struct levee_attack_record record;
	struct levee_event_attack event;

	levee_attack_record(state, class, stats, &record);
	class_leave(&state->attack, class, stats);
	if (ln->attacks.log)
		levee_attack_log_add(ln->attacks.log, &record);
	levee_attack_tell(&record, &event);
	levee_event_attack_end(ln, &event);
}

/* A class that is attacked: once a second, look whether it still is. */
static void class_attacked(struct levee_net *ln,
			   struct levee_policy_state *state,
			   enum levee_class class, u64 now_ns, bool gone)
{
	struct levee_attack_class *c = &state->attack.class[class];
	struct levee_attack_count delta;
	struct levee_class_stats stats;

	if (now_ns - c->second_ns < NSEC_PER_SEC && !gone)
		return;
	class_read(state, class, &stats, &delta);
	class_add(c, &delta);
	if (class_second(c, now_ns) >= LEVEE_ATTACK_END_PPS)
		c->last_ns = now_ns;
	if (now_ns - c->last_ns >= LEVEE_ATTACK_QUIET_NS || gone)
		class_end(ln, state, class, &stats);
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
			class_attacked(ln, state, class, now_ns, false);
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

static void attack_queue(struct levee_attacks *attacks, unsigned int policies)
{
	u64 intervals = 1 + policies / LEVEE_ATTACK_AT_ONCE;

	queue_delayed_work(levee_event_wq, &attacks->work,
			   nsecs_to_jiffies(intervals * LEVEE_ATTACK_INTERVAL_NS));
}

static void attack_work(struct work_struct *work)
{
	struct levee_attacks *attacks = container_of(to_delayed_work(work),
						     struct levee_attacks,
						     work);
	struct levee_net *ln = container_of(attacks, struct levee_net, attacks);
	struct levee_policy_state *state, *next;
	unsigned int policies = 0;

	attack_take_fresh(attacks);
	list_for_each_entry_safe(state, next, &attacks->watched, attack.node) {
		mutex_lock(&attacks->lock);
		attack_look(ln, state);
		mutex_unlock(&attacks->lock);
		if (READ_ONCE(state->attack.watched) == BIT(LEVEE_ATTACK_LINKED))
			attack_unlink(attacks, state);
		policies++;
		cond_resched();
	}
	if (!list_empty(&attacks->watched))
		attack_queue(attacks, policies);
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
	attack_queue(&ln->attacks, 0);
}

/**
 * levee_attack_leave - end attacks on a policy that goes
 * @ln: the network namespace
 * @state: state of the policy, which packets no longer find
 *
 * Or they would go on where nobody looks: among attacks on policies in force.
 *
 * Context: process, @ln->lock held.
 */
void levee_attack_leave(struct levee_net *ln, struct levee_policy_state *state)
{
	enum levee_class class;
	u64 now_ns;

	mutex_lock(&ln->attacks.lock);
	now_ns = ktime_get_ns();
	for (class = LEVEE_CLASS_ANY + 1; class <= LEVEE_CLASS_MAX; class++)
		if (levee_attack_since(state, class))
			class_attacked(ln, state, class, now_ns, true);
	mutex_unlock(&ln->attacks.lock);
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
	mutex_init(&ln->attacks.lock);
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
	levee_attack_log_stop(ln);
	mutex_destroy(&ln->attacks.lock);
}
