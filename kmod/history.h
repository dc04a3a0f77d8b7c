/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was counted in the past, interval by interval: bounded, for reports.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HISTORY_H
#define _LEVEE_HISTORY_H

#include <linux/levee.h>
#include <linux/types.h>
#include "stats.h"

struct levee_history;

/**
 * enum levee_history_level - how far apart what is kept is in time
 * @LEVEE_HISTORY_COARSE: minutes, for a day and more
 * @LEVEE_HISTORY_FINE: a sixth of that, for an hour and more
 * @LEVEE_HISTORY_LEVELS: their number
 */
enum levee_history_level {
	LEVEE_HISTORY_COARSE,
	LEVEE_HISTORY_FINE,
	LEVEE_HISTORY_LEVELS,
};

/* Length of a fine interval, and how many of them a coarse one has. */
#define LEVEE_HISTORY_FINE_S	10
#define LEVEE_HISTORY_FACTOR	6

/* Counters of a policy that are looked at: no packet is of class any. */
#define LEVEE_HISTORY_COUNTERS	\
	(LEVEE_CLASS_MAX * LEVEE_POLICY_STATS_CLASS_LEN)

/**
 * struct levee_history_seen - the counters of a policy when they were last taken
 * @value: for each level, all since the policy was made, whatever was reset
 */
struct levee_history_seen {
	u64 value[LEVEE_HISTORY_LEVELS][LEVEE_HISTORY_COUNTERS];
};

/**
 * struct levee_history_sizes - how much is kept
 * @intervals: for each level, how many intervals; a power of two
 * @samples: for each level, of how many counters in all of them; a power of two
 */
struct levee_history_sizes {
	u32 intervals[LEVEE_HISTORY_LEVELS];
	u32 samples[LEVEE_HISTORY_LEVELS];
};

/**
 * struct levee_history_entry - what was counted in an interval, as readers see it
 * @since_ns: its beginning, CLOCK_MONOTONIC
 * @until_ns: its end
 * @policy: name of the policy; NULL where an interval begins, then nothing
 *	follows
 * @class: class of the packets
 * @stats: what was counted
 */
struct levee_history_entry {
	u64 since_ns;
	u64 until_ns;
	const char *policy;
	enum levee_class class;
	struct levee_class_stats stats;
};

typedef int levee_history_show_fn(const struct levee_history_entry *entry,
				  void *arg);

/**
 * struct levee_history_pos - where a walk stands; all zero at first
 * @interval: number of the interval
 * @sample: number of its next sample, counted over all intervals
 * @level: enum levee_history_level
 * @headed: the beginning of the interval was shown
 */
struct levee_history_pos {
	u64 interval;
	u64 sample;
	u8 level;
	bool headed;
};

struct levee_history *
levee_history_alloc(const struct levee_history_sizes *sizes, u64 now_ns);
void levee_history_free(struct levee_history *history);

int levee_history_take(struct levee_history *history, u32 policy_id,
		       const char *policy, struct levee_policy_stats *stats,
		       struct levee_history_seen *seen, bool coarse);
void levee_history_tick(struct levee_history *history, u64 now_ns);
bool levee_history_is_coarse(const struct levee_history *history);

u64 levee_history_ticks(const struct levee_history *history);
int levee_history_walk(struct levee_history *history,
		       struct levee_history_pos *pos, u64 now_ns,
		       levee_history_show_fn *show, void *arg);
bool levee_history_present(const struct levee_history *history,
			   enum levee_class class,
			   struct levee_policy_stats *stats,
			   const struct levee_history_seen *seen,
			   struct levee_history_entry *entry);

#endif /* _LEVEE_HISTORY_H */
