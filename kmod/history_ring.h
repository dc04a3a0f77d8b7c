/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history from inside: for history.c, which writes it, and history_walk.c,
 * which reads it.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HISTORY_RING_H
#define _LEVEE_HISTORY_RING_H

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/xarray.h>
#include "history.h"

/* Pairs of counters that a class has. */
#define LEVEE_HISTORY_CLASS_PAIRS	(LEVEE_POLICY_STATS_CLASS_LEN / 2)
#define LEVEE_HISTORY_PAIRS		(LEVEE_HISTORY_COUNTERS / 2)

/**
 * struct levee_history_sample - how much a pair of counters has grown
 * @count: by so much
 * @policy_id: counters of this policy
 * @pair: which of them
 */
struct levee_history_sample {
	struct levee_count count;
	u32 policy_id;
	u16 pair;
};

static_assert(LEVEE_HISTORY_PAIRS <= U16_MAX);

/**
 * struct levee_history_interval - an interval that is over
 * @since_ns: its beginning
 * @until_ns: its end
 * @first: number of its first sample
 */
struct levee_history_interval {
	u64 since_ns;
	u64 until_ns;
	u64 first;
};

/**
 * struct levee_history_ring - the intervals of one level
 * @intervals: how many are over
 * @samples: how many samples were taken in all
 * @since_ns: beginning of the present interval
 * @first: number of its first sample
 * @interval_mask: number of @interval less one
 * @sample_mask: number of @sample less one
 * @interval: the last intervals
 * @sample: the last samples
 */
struct levee_history_ring {
	u64 intervals;
	u64 samples;
	u64 since_ns;
	u64 first;
	u32 interval_mask;
	u32 sample_mask;
	struct levee_history_interval *interval;
	struct levee_history_sample *sample;
};

/**
 * struct levee_history_name - a policy of which there are samples
 * @samples: how many
 * @name: its name
 */
struct levee_history_name {
	u32 samples;
	char name[LEVEE_NAME_MAX + 1];
};

/**
 * struct levee_history - the past of a network namespace
 * @ring: the levels
 * @names: &struct levee_history_name by the number of the policy, which may be
 *	gone
 * @now: counters of the policy that is being taken
 *
 * The caller sees to it that nobody uses it at the same time.
 */
struct levee_history {
	struct levee_history_ring ring[LEVEE_HISTORY_LEVELS];
	struct xarray names;
	u64 now[LEVEE_HISTORY_COUNTERS];
};

static inline struct levee_history_interval *
levee_history_interval(const struct levee_history_ring *ring, u64 number)
{
	return &ring->interval[number & ring->interval_mask];
}

static inline struct levee_history_sample *
levee_history_sample(const struct levee_history_ring *ring, u64 number)
{
	return &ring->sample[number & ring->sample_mask];
}

/* The oldest sample that there is. */
static inline u64 levee_history_tail(const struct levee_history_ring *ring)
{
	return ring->samples - min_t(u64, ring->samples,
				     ring->sample_mask + 1ull);
}

/* How much a pair has grown; @seen is the pair when it was last taken. */
static inline bool levee_history_grown(const u64 *now, const u64 *seen,
				       struct levee_count *count)
{
	count->packets = now[0] - seen[0];
	count->bytes = now[1] - seen[1];
	return count->packets || count->bytes;
}

#endif /* _LEVEE_HISTORY_RING_H */
