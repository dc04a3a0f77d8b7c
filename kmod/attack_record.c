// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of attacks, for who tells and shows it.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "attack_record.h"

#include <linux/mutex.h>
#include <linux/string.h>

#include "event.h"
#include "pernet.h"
#include "ruleset.h"

/* Attacks that are remembered when they are over: less than 400 KiB, and 25 KiB. */
#define LEVEE_ATTACK_LOG_HOST		1024
#define LEVEE_ATTACK_LOG_CONTAINER	64

/* What was challenged itself is of class syn. */
static bool is_answer(enum levee_class class, int reason)
{
	return reason == LEVEE_REASON_CHALLENGE && class != LEVEE_CLASS_SYN;
}

/**
 * levee_attack_sum - sums of what was counted of a class
 * @class: the class
 * @stats: what was counted
 * @sum: set to the sums over all reasons
 *
 * Answers to challenges are dropped as well, but are no attack.
 */
void levee_attack_sum(enum levee_class class,
		      const struct levee_class_stats *stats,
		      struct levee_attack_count *sum)
{
	struct levee_count *over;
	int reason;

	*sum = (struct levee_attack_count){ .passed = stats->passed };
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++) {
		if (is_answer(class, reason))
			continue;
		/* Who is denied is known, and nobody has to be woken for it. */
		over = reason == LEVEE_REASON_DENY ? &sum->denied : &sum->over;
		levee_attack_add(over, &stats->dropped[reason]);
		levee_attack_add(over, &stats->would[reason]);
	}
}

/**
 * levee_attack_record - what is known of an attack
 * @state: state of the policy
 * @class: class of packets
 * @stats: what was counted of the class, ever
 * @record: set to what is known
 *
 * Context: process, &struct levee_attacks.lock held.
 */
void levee_attack_record(const struct levee_policy_state *state,
			 enum levee_class class,
			 const struct levee_class_stats *stats,
			 struct levee_attack_record *record)
{
	const struct levee_attack_class *c = &state->attack.class[class];
	int reason;

	strscpy(record->policy, state->name, sizeof(record->policy));
	record->class = class;
	record->since_ns = atomic64_read(&c->since_ns);
	record->until_ns = c->last_ns;
	record->rate_pps = c->rate_pps;
	record->peak = c->peak;
	record->offenders = levee_sketch_count(&c->sources);
	record->stats = *stats;
	levee_attack_sub(&record->stats.passed, &c->first.passed);
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++) {
		levee_attack_sub(&record->stats.dropped[reason],
				 &c->first.dropped[reason]);
		levee_attack_sub(&record->stats.would[reason],
				 &c->first.would[reason]);
	}
}

/**
 * levee_attack_tell - what there is to say about an attack
 * @record: the attack
 * @event: set to that; valid as long as @record
 */
void levee_attack_tell(const struct levee_attack_record *record,
		       struct levee_event_attack *event)
{
	int reason;

	*event = (struct levee_event_attack){
		.policy = record->policy,
		.class = record->class,
		.since_ns = record->since_ns,
		.until_ns = record->until_ns,
		.rate_pps = record->rate_pps,
		.offenders = record->offenders,
	};
	for (reason = LEVEE_REASON_NONE + 1; reason <= LEVEE_REASON_MAX;
	     reason++) {
		if (reason == LEVEE_REASON_DENY ||
		    is_answer(record->class, reason))
			continue;
		event->dropped += record->stats.dropped[reason].packets;
		event->would += record->stats.would[reason].packets;
	}
}

/**
 * levee_attack_read - what is known of an attack that goes on
 * @ln: the network namespace
 * @state: state of the policy
 * @class: class of packets
 * @record: set to it
 *
 * Context: process, may sleep.
 * Return: false if there is no attack.
 */
bool levee_attack_read(struct levee_net *ln,
		       const struct levee_policy_state *state,
		       enum levee_class class,
		       struct levee_attack_record *record)
{
	struct levee_class_stats stats;
	bool attacked;

	mutex_lock(&ln->attacks.lock);
	attacked = levee_attack_since(state, class);
	if (attacked) {
		levee_policy_stats_sum(state->stats, class, &stats);
		levee_attack_record(state, class, &stats, record);
		record->until_ns = 0;
	}
	mutex_unlock(&ln->attacks.lock);
	return attacked;
}

/**
 * levee_attack_read_log - read an attack that is over
 * @ln: the network namespace
 * @number: which one, as levee_attack_log_read() has it
 * @record: set to it
 *
 * Context: process, may sleep.
 * Return: false if there is none.
 */
bool levee_attack_read_log(struct levee_net *ln, u64 *number,
			   struct levee_attack_record *record)
{
	bool read;

	mutex_lock(&ln->attacks.lock);
	read = ln->attacks.log &&
	       levee_attack_log_read(ln->attacks.log, number, record);
	mutex_unlock(&ln->attacks.lock);
	return read;
}

/**
 * levee_attack_ended - how many attacks are over
 * @ln: the network namespace
 *
 * Context: process, may sleep.
 * Return: their number.
 */
u64 levee_attack_ended(struct levee_net *ln)
{
	u64 count;

	mutex_lock(&ln->attacks.lock);
	count = ln->attacks.log ? levee_attack_log_count(ln->attacks.log) : 0;
	mutex_unlock(&ln->attacks.lock);
	return count;
}

/**
 * levee_attack_log_start - remember attacks that are over
 * @ln: the network namespace, which does not yet
 * @container: it belongs to one, and remembers fewer
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int levee_attack_log_start(struct levee_net *ln, bool container)
{
	struct levee_attack_log *log;

	log = levee_attack_log_alloc(container ? LEVEE_ATTACK_LOG_CONTAINER :
						 LEVEE_ATTACK_LOG_HOST);
	if (!log)
		return -ENOMEM;
	mutex_lock(&ln->attacks.lock);
	ln->attacks.log = log;
	mutex_unlock(&ln->attacks.lock);
	return 0;
}

/**
 * levee_attack_log_stop - forget them
 * @ln: the network namespace
 *
 * Context: process, may sleep.
 */
void levee_attack_log_stop(struct levee_net *ln)
{
	mutex_lock(&ln->attacks.lock);
	levee_attack_log_free(ln->attacks.log);
	ln->attacks.log = NULL;
	mutex_unlock(&ln->attacks.lock);
}
