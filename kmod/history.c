// SPDX-License-Identifier: GPL-2.0
/*
 * What was counted in the past, interval by interval: bounded, for reports.
 *
 * At the end of each interval, and when a policy is deleted, the counters of a
 * policy are compared with what they were; each pair of packets and bytes that
 * has grown leaves a sample, in a ring. So what nothing happens to takes no room,
 * and where much happens the history reaches less far back. An interval of
 * which samples were overwritten is not shown any more.
 *
 * There are two such rings, each with a comparison of its own, so that the sums
 * of both are those of the counters: one of fine intervals, and one of coarse
 * ones, each of which ends together with every sixth fine one. A walk shows
 * coarse intervals up to where fine ones are there for all that follows.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "history_ring.h"

#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"

static int ring_alloc(struct levee_history_ring *ring, u32 intervals,
		      u32 samples, u64 now_ns)
{
	ring->interval = kvcalloc(intervals, sizeof(*ring->interval),
				  GFP_KERNEL_ACCOUNT);
	ring->sample = kvcalloc(samples, sizeof(*ring->sample),
				GFP_KERNEL_ACCOUNT);
	ring->interval_mask = intervals - 1;
	ring->sample_mask = samples - 1;
	ring->since_ns = now_ns;
	return ring->interval && ring->sample ? 0 : -ENOMEM;
}

/**
 * levee_history_alloc - begin to keep a history
 * @sizes: how much is kept
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: process, may sleep.
 * Return: the history, or NULL if memory is short.
 */
struct levee_history *
levee_history_alloc(const struct levee_history_sizes *sizes, u64 now_ns)
{
	struct levee_history *history;
	int level, err = 0;

	history = kzalloc(sizeof(*history), GFP_KERNEL_ACCOUNT);
	if (!history)
		return NULL;
	xa_init_flags(&history->names, XA_FLAGS_ACCOUNT);
	for (level = 0; level < LEVEE_HISTORY_LEVELS; level++)
		err = err ?: ring_alloc(&history->ring[level],
					sizes->intervals[level],
					sizes->samples[level], now_ns);
	if (!err)
		return history;
	levee_history_free(history);
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_history_alloc);

/**
 * levee_history_free - forget the past
 * @history: the history, or NULL
 *
 * Context: process, may sleep.
 */
void levee_history_free(struct levee_history *history)
{
	struct levee_history_name *name;
	unsigned long id;
	int level;

	if (!history)
		return;
	xa_for_each(&history->names, id, name)
		kfree(name);
	xa_destroy(&history->names);
	for (level = 0; level < LEVEE_HISTORY_LEVELS; level++) {
		kvfree(history->ring[level].interval);
		kvfree(history->ring[level].sample);
	}
	kfree(history);
}
LEVEE_EXPORT_FOR_TEST(levee_history_free);

/* A sample is about to be overwritten: its policy may be one that is gone. */
static void history_drop(struct levee_history *history,
			 const struct levee_history_sample *sample)
{
	struct levee_history_name *name;

	name = xa_load(&history->names, sample->policy_id);
	if (--name->samples)
		return;
	xa_erase(&history->names, sample->policy_id);
	kfree(name);
}

static void history_add(struct levee_history *history,
			struct levee_history_ring *ring,
			struct levee_history_name *name,
			const struct levee_history_sample *new)
{
	struct levee_history_sample *sample;

	sample = levee_history_sample(ring, ring->samples);
	name->samples++;
	if (ring->samples > ring->sample_mask)
		history_drop(history, sample);
	*sample = *new;
	ring->samples++;
}

static struct levee_history_name *history_name(struct levee_history *history,
					       u32 policy_id,
					       const char *policy)
{
	struct levee_history_name *name = xa_load(&history->names, policy_id);

	if (name)
		return name;
	name = kzalloc(sizeof(*name), GFP_KERNEL_ACCOUNT);
	if (!name)
		return NULL;
	strscpy(name->name, policy, sizeof(name->name));
	if (!xa_err(xa_store(&history->names, policy_id, name,
			     GFP_KERNEL_ACCOUNT)))
		return name;
	kfree(name);
	return NULL;
}

static void level_take(struct levee_history *history,
		       struct levee_history_ring *ring,
		       struct levee_history_name *name, u32 policy_id,
		       u64 *seen)
{
	struct levee_history_sample sample = { .policy_id = policy_id };
	const u64 *now = history->now;
	int i;

	for (i = 0; i < LEVEE_HISTORY_COUNTERS; i += 2) {
		if (!levee_history_grown(&now[i], &seen[i], &sample.count))
			continue;
		sample.pair = i / 2;
		history_add(history, ring, name, &sample);
		seen[i] = now[i];
		seen[i + 1] = now[i + 1];
	}
}

/**
 * levee_history_take - add to the present interval what a policy has counted
 * @history: the history
 * @policy_id: number of the policy
 * @policy: its name
 * @stats: its counters
 * @seen: what they were when they were last taken; updated
 * @coarse: add it to the coarse interval, too
 *
 * Context: process, may sleep.
 * Return: 0; -ENOMEM if it is to be taken later.
 */
int levee_history_take(struct levee_history *history, u32 policy_id,
		       const char *policy, struct levee_policy_stats *stats,
		       struct levee_history_seen *seen, bool coarse)
{
	struct levee_history_name *name;
	enum levee_history_level first;
	bool news = false;
	int level;

	levee_counters_sum(&stats->counters, LEVEE_POLICY_STATS_CLASS_LEN,
			   LEVEE_HISTORY_COUNTERS, history->now);
	/* The coarse level is the first. */
	first = coarse ? LEVEE_HISTORY_COARSE : LEVEE_HISTORY_FINE;
	for (level = first; level < LEVEE_HISTORY_LEVELS; level++)
		news |= memcmp(history->now, seen->value[level],
			       sizeof(history->now));
	/* Most policies, most of the time. */
	if (!news)
		return 0;
	name = history_name(history, policy_id, policy);
	if (!name)
		return -ENOMEM;
	/* Not to be lost when the last of its old samples is overwritten. */
	name->samples++;
	for (level = first; level < LEVEE_HISTORY_LEVELS; level++)
		level_take(history, &history->ring[level], name, policy_id,
			   seen->value[level]);
	name->samples--;
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_history_take);

static void ring_tick(struct levee_history_ring *ring, u64 now_ns)
{
	struct levee_history_interval *interval;

	interval = levee_history_interval(ring, ring->intervals);
	interval->since_ns = ring->since_ns;
	interval->until_ns = now_ns;
	interval->first = ring->first;
	ring->intervals++;
	ring->since_ns = now_ns;
	ring->first = ring->samples;
}

/**
 * levee_history_is_coarse - does a coarse interval end with the present fine one
 * @history: the history
 *
 * Return: true if so; then policies are to be taken for it, too.
 */
bool levee_history_is_coarse(const struct levee_history *history)
{
	u32 place;

	div_u64_rem(history->ring[LEVEE_HISTORY_FINE].intervals,
		    LEVEE_HISTORY_FACTOR, &place);
	return place == LEVEE_HISTORY_FACTOR - 1;
}
LEVEE_EXPORT_FOR_TEST(levee_history_is_coarse);

/**
 * levee_history_tick - end the present interval, and begin the next
 * @history: the history; all policies were taken
 * @now_ns: present time, CLOCK_MONOTONIC
 */
void levee_history_tick(struct levee_history *history, u64 now_ns)
{
	if (levee_history_is_coarse(history))
		ring_tick(&history->ring[LEVEE_HISTORY_COARSE], now_ns);
	ring_tick(&history->ring[LEVEE_HISTORY_FINE], now_ns);
}
LEVEE_EXPORT_FOR_TEST(levee_history_tick);
