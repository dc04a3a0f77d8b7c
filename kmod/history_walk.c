// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the history, from the oldest interval to the present one.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "history_ring.h"

#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "compat.h"

/**
 * levee_history_ticks - how many intervals are over
 * @history: the history
 *
 * Return: the number of fine ones.
 */
u64 levee_history_ticks(const struct levee_history *history)
{
	return history->ring[LEVEE_HISTORY_FINE].intervals;
}

/* The first sample of an interval; one of the present may be overwritten. */
static u64 ring_first(const struct levee_history_ring *ring, u64 number)
{
	if (number < ring->intervals)
		return levee_history_interval(ring, number)->first;
	return max(ring->first, levee_history_tail(ring));
}

/* The first sample behind those of an interval. */
static u64 ring_end(const struct levee_history_ring *ring, u64 number)
{
	if (number >= ring->intervals)
		return ring->samples;
	if (number + 1 == ring->intervals)
		return ring->first;
	return levee_history_interval(ring, number + 1)->first;
}

/* The first interval that is there with all its samples; the present, if none. */
static u64 ring_oldest(const struct levee_history_ring *ring)
{
	u64 number = ring->intervals - min_t(u64, ring->intervals,
					     ring->interval_mask + 1ull);

	while (number < ring->intervals &&
	       levee_history_interval(ring, number)->first <
	       levee_history_tail(ring))
		number++;
	return number;
}

/*
 * The first coarse interval that is not shown, because there are fine ones for
 * it and for all that follow.
 */
static u64 history_border(const struct levee_history *history)
{
	u64 fine = ring_oldest(&history->ring[LEVEE_HISTORY_FINE]);

	return min_t(u64, history->ring[LEVEE_HISTORY_COARSE].intervals,
		     div_u64(fine + LEVEE_HISTORY_FACTOR - 1,
			     LEVEE_HISTORY_FACTOR));
}

/* Adds the samples of one policy and class to @entry; the number behind them. */
static u64 ring_collect(const struct levee_history_ring *ring, u64 at, u64 end,
			struct levee_history_entry *entry)
{
	const struct levee_history_sample *sample;
	unsigned int class, pair, place;
	u32 policy_id;

	sample = levee_history_sample(ring, at);
	policy_id = sample->policy_id;
	/* Pairs of class any are not looked at. */
	class = sample->pair / LEVEE_HISTORY_CLASS_PAIRS;
	entry->class = class + 1;
	memset(&entry->stats, 0, sizeof(entry->stats));
	for (; at < end; at++) {
		sample = levee_history_sample(ring, at);
		pair = sample->pair;
		if (sample->policy_id != policy_id ||
		    pair / LEVEE_HISTORY_CLASS_PAIRS != class)
			break;
		place = pair % LEVEE_HISTORY_CLASS_PAIRS;
		*levee_class_stats_count(&entry->stats, place) = sample->count;
	}
	return at;
}

/* Shows what is left of an interval. */
static int interval_walk(struct levee_history *history,
			 const struct levee_history_ring *ring,
			 struct levee_history_pos *pos,
			 struct levee_history_entry *entry,
			 levee_history_show_fn *show, void *arg)
{
	u64 next, end = ring_end(ring, pos->interval);
	const struct levee_history_sample *sample;
	const struct levee_history_name *name;
	int err;

	if (!pos->headed) {
		entry->policy = NULL;
		err = show(entry, arg);
		if (err)
			return err;
		pos->headed = true;
		pos->sample = 0;
	}
	pos->sample = max(pos->sample, ring_first(ring, pos->interval));
	while (pos->sample < end) {
		sample = levee_history_sample(ring, pos->sample);
		name = xa_load(&history->names, sample->policy_id);
		entry->policy = name->name;
		next = ring_collect(ring, pos->sample, end, entry);
		err = show(entry, arg);
		if (err)
			return err;
		pos->sample = next;
	}
	return 0;
}

/* Makes sure that the interval is there: it may have been overwritten meanwhile. */
static void ring_seek(const struct levee_history_ring *ring,
		      struct levee_history_pos *pos)
{
	u64 number = max(pos->interval, ring_oldest(ring));

	if (number == pos->interval)
		return;
	pos->interval = number;
	pos->headed = false;
}

/* Shows intervals that are over, up to one with the number @end. */
static int ring_walk(struct levee_history *history,
		     const struct levee_history_ring *ring,
		     struct levee_history_pos *pos, u64 end,
		     levee_history_show_fn *show, void *arg)
{
	const struct levee_history_interval *interval;
	struct levee_history_entry entry;
	int err;

	ring_seek(ring, pos);
	while (pos->interval < end) {
		interval = levee_history_interval(ring, pos->interval);
		entry.since_ns = interval->since_ns;
		entry.until_ns = interval->until_ns;
		err = interval_walk(history, ring, pos, &entry, show, arg);
		if (err)
			return err;
		pos->headed = false;
		pos->interval++;
		cond_resched();
	}
	return 0;
}

/**
 * levee_history_walk - show the past, in the order of time
 * @history: the history
 * @pos: where to begin; set to where to go on
 * @now_ns: end of the present interval, which comes last, with what was taken in
 *	it so far
 * @show: called for the beginning of each interval, and for each policy and
 *	class of which there was anything; not 0 stops the walk before that
 * @arg: for @show
 *
 * Context: process, may sleep.
 * Return: what @show returned last, 0 if all was shown.
 */
int levee_history_walk(struct levee_history *history,
		       struct levee_history_pos *pos, u64 now_ns,
		       levee_history_show_fn *show, void *arg)
{
	const struct levee_history_ring *ring;
	struct levee_history_entry entry;
	u64 border;
	int err;

	if (pos->level == LEVEE_HISTORY_COARSE) {
		border = history_border(history);
		err = ring_walk(history, &history->ring[pos->level], pos,
				border, show, arg);
		if (err)
			return err;
		pos->level = LEVEE_HISTORY_FINE;
		pos->interval = border * LEVEE_HISTORY_FACTOR;
		pos->headed = false;
	}
	ring = &history->ring[LEVEE_HISTORY_FINE];
	err = ring_walk(history, ring, pos, ring->intervals, show, arg);
	if (err)
		return err;
	ring_seek(ring, pos);
	entry.since_ns = ring->since_ns;
	/* Which may have begun after the walk did. */
	entry.until_ns = max(now_ns, ring->since_ns);
	return interval_walk(history, ring, pos, &entry, show, arg);
}
LEVEE_EXPORT_FOR_TEST(levee_history_walk);

/**
 * levee_history_present - what a policy has counted since it was last taken
 * @history: the history
 * @class: class of packets
 * @stats: counters of the policy
 * @seen: what they were then
 * @entry: set to that, but for the policy and the end of the interval
 *
 * Return: true if there was anything.
 */
bool levee_history_present(const struct levee_history *history,
			   enum levee_class class,
			   struct levee_policy_stats *stats,
			   const struct levee_history_seen *seen,
			   struct levee_history_entry *entry)
{
	const u64 *then = &seen->value[LEVEE_HISTORY_FINE]
				      [(class - 1) * LEVEE_POLICY_STATS_CLASS_LEN];
	u64 now[LEVEE_POLICY_STATS_CLASS_LEN];
	bool any = false;
	int pair;

	levee_counters_sum(&stats->counters,
			   class * LEVEE_POLICY_STATS_CLASS_LEN,
			   LEVEE_POLICY_STATS_CLASS_LEN, now);
	entry->since_ns = history->ring[LEVEE_HISTORY_FINE].since_ns;
	entry->class = class;
	memset(&entry->stats, 0, sizeof(entry->stats));
	for (pair = 0; pair < LEVEE_HISTORY_CLASS_PAIRS; pair++)
		any |= levee_history_grown(&now[2 * pair], &then[2 * pair],
					   levee_class_stats_count(&entry->stats,
								   pair));
	return any;
}
LEVEE_EXPORT_FOR_TEST(levee_history_present);
