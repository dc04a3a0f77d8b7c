/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU counters of policies, hooks and the network namespace.
 */
#ifndef _LEVEE_STATS_H
#define _LEVEE_STATS_H

#include <linux/levee.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/**
 * struct levee_count - packets and bytes
 * @packets: packets; segments of an aggregated packet count each
 * @bytes: bytes from the network header on
 */
struct levee_count {
	u64 packets;
	u64 bytes;
};

/**
 * struct levee_class_stats - what happened to packets of one class
 * @passed: within every limit
 * @dropped: dropped, by reason
 * @would: would have been dropped in mode enforce, by reason
 */
struct levee_class_stats {
	struct levee_count passed;
	struct levee_count dropped[__LEVEE_REASON_MAX];
	struct levee_count would[__LEVEE_REASON_MAX];
};

struct levee_policy_stats;	/* per-CPU, of one policy */
struct levee_net_stats;		/* per-CPU, of the network namespace */
struct levee_hook_stats;	/* per-CPU, of one hook */

/**
 * struct levee_net_totals - summed counters of the network namespace
 * @exempt: packets that were never judged
 * @overflow: packets charged to an overflow meter
 * @malformed: malformed packets by kind
 */
struct levee_net_totals {
	u64 exempt;
	u64 overflow;
	u64 malformed[__LEVEE_MALFORMED_MAX];
};

/**
 * struct levee_hook_totals - summed counters of one hook
 * @seen: what the hook saw
 * @dropped: what it dropped
 */
struct levee_hook_totals {
	struct levee_count seen;
	struct levee_count dropped;
};

/* Configuration side; process context, may sleep. NULL means -ENOMEM. */
struct levee_policy_stats __percpu *levee_policy_stats_alloc(void);
struct levee_net_stats __percpu *levee_net_stats_alloc(void);
struct levee_hook_stats __percpu *levee_hook_stats_alloc(void);

/* Packet path; softirq context or with bottom halves disabled. */
void levee_policy_stats_passed(struct levee_policy_stats __percpu *stats,
			       enum levee_class class, u32 packets, u32 bytes);
void levee_policy_stats_over(struct levee_policy_stats __percpu *stats,
			     enum levee_class class, enum levee_reason reason,
			     bool dropped, u32 packets, u32 bytes);
void levee_net_stats_exempt(struct levee_net_stats __percpu *stats,
			    u32 packets);
void levee_net_stats_overflow(struct levee_net_stats __percpu *stats,
			      u32 packets);
void levee_net_stats_malformed(struct levee_net_stats __percpu *stats,
			       enum levee_malformed kind, u32 packets);
void levee_hook_stats_seen(struct levee_hook_stats __percpu *stats,
			   bool dropped, u32 packets, u32 bytes);

/* Readers; any context that may take a while. Sums over possible CPUs. */
void levee_policy_stats_read(struct levee_policy_stats __percpu *stats,
			     enum levee_class class,
			     struct levee_class_stats *sum);
void levee_net_stats_read(struct levee_net_stats __percpu *stats,
			  struct levee_net_totals *sum);
void levee_hook_stats_read(struct levee_hook_stats __percpu *stats,
			   struct levee_hook_totals *sum);

#endif /* _LEVEE_STATS_H */
