/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU counters of policies, limits, hooks and the network namespace.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_STATS_H
#define _LEVEE_STATS_H

#include <linux/bottom_half.h>
#include <linux/levee.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/**
 * struct levee_count - packets and bytes
 * @packets: packets; segments of an aggregated packet count each
 * @bytes: their bytes on the wire, as &struct levee_packet has them
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

/**
 * struct levee_net_totals - summed counters of the network namespace
 * @exempt: packets that were never judged
 * @overflow: packets charged to an overflow meter
 * @unproven: proofs of sources for which there was no room
 * @malformed: malformed packets by kind
 */
struct levee_net_totals {
	u64 exempt;
	u64 overflow;
	u64 unproven;
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

/**
 * struct levee_limit_totals - summed counters of one limit
 * @over: packets that exceeded it
 * @overflow: packets charged to a shared overflow meter
 * @marked: packets that exceeded it and passed with its mark
 */
struct levee_limit_totals {
	u64 over;
	u64 overflow;
	u64 marked;
};

/**
 * struct levee_counters_cpu - one CPU's part of a set of counters
 * @syncp: makes 64-bit values readable on 32-bit machines
 * @value: the counters; written by this CPU alone
 */
struct levee_counters_cpu {
	struct u64_stats_sync syncp;
	u64_stats_t value[];
};

/**
 * struct levee_counters - a set of per-CPU counters
 * @cpu: what the packet path adds to
 * @len: number of counters
 * @lock: protects @base
 * @base: sums at the last reset, which readers subtract; so a reset never
 *	writes to another CPU's counters
 */
struct levee_counters {
	struct levee_counters_cpu __percpu *cpu;
	unsigned int len;
	spinlock_t lock; /* protects base */
	u64 base[];
};

/* Places of the counters. A reason other than none has two, each of a pair. */
enum {
	LEVEE_POLICY_STATS_PASSED = 0,
	/* Class any has no packets. */
	LEVEE_POLICY_STATS_SENT = 0,
	LEVEE_POLICY_STATS_CLASS_LEN = 2 * (1 + 2 * LEVEE_REASON_MAX),
	LEVEE_POLICY_STATS_LEN =
		__LEVEE_CLASS_MAX * LEVEE_POLICY_STATS_CLASS_LEN,
};

enum {
	LEVEE_NET_STATS_EXEMPT,
	LEVEE_NET_STATS_OVERFLOW,
	LEVEE_NET_STATS_UNPROVEN,
	LEVEE_NET_STATS_MALFORMED,
	LEVEE_NET_STATS_LEN = LEVEE_NET_STATS_MALFORMED + __LEVEE_MALFORMED_MAX,
};

enum {
	LEVEE_HOOK_STATS_SEEN = 0,
	LEVEE_HOOK_STATS_DROPPED = 2,
	LEVEE_HOOK_STATS_LEN = 4,
};

enum {
	LEVEE_LIMIT_STATS_OVER,
	LEVEE_LIMIT_STATS_OVERFLOW,
	LEVEE_LIMIT_STATS_MARKED,
	LEVEE_LIMIT_STATS_LEN,
};

/* One set of counters each; types of their own, so that none is mistaken. */
struct levee_policy_stats {
	struct levee_counters counters;
};

struct levee_net_stats {
	struct levee_counters counters;
};

struct levee_hook_stats {
	struct levee_counters counters;
};

struct levee_limit_stats {
	struct levee_counters counters;
};

struct levee_counters *levee_counters_alloc(unsigned int len);
void levee_counters_free(struct levee_counters *counters);
void levee_counters_reset(struct levee_counters *counters);
void levee_counters_read(struct levee_counters *counters, unsigned int first,
			 unsigned int len, u64 *sum);
void levee_counters_sum(const struct levee_counters *counters,
			unsigned int first, unsigned int len, u64 *sum);

/* Configuration side; process context, may sleep. NULL means -ENOMEM. */
struct levee_policy_stats *levee_policy_stats_alloc(void);
struct levee_net_stats *levee_net_stats_alloc(void);
struct levee_hook_stats *levee_hook_stats_alloc(void);
struct levee_limit_stats *levee_limit_stats_alloc(void);

/* Only when nobody can count or read any more. NULL is allowed. */
void levee_policy_stats_free(struct levee_policy_stats *stats);
void levee_net_stats_free(struct levee_net_stats *stats);
void levee_hook_stats_free(struct levee_hook_stats *stats);
void levee_limit_stats_free(struct levee_limit_stats *stats);

/* Readers see zero and what is counted from now on; does not race with it. */
void levee_policy_stats_reset(struct levee_policy_stats *stats);
void levee_net_stats_reset(struct levee_net_stats *stats);
void levee_hook_stats_reset(struct levee_hook_stats *stats);
void levee_limit_stats_reset(struct levee_limit_stats *stats);

/* Readers; process context, sums over possible CPUs. */
void levee_policy_stats_read(struct levee_policy_stats *stats,
			     enum levee_class class,
			     struct levee_class_stats *sum);
void levee_policy_stats_path(struct levee_policy_stats *stats, u64 *syns,
			     u64 *sent);
void levee_policy_stats_sum(const struct levee_policy_stats *stats,
			    enum levee_class class,
			    struct levee_class_stats *sum);
void levee_net_stats_read(struct levee_net_stats *stats,
			  struct levee_net_totals *sum);
void levee_hook_stats_read(struct levee_hook_stats *stats,
			   struct levee_hook_totals *sum);
void levee_limit_stats_read(struct levee_limit_stats *stats,
			    struct levee_limit_totals *sum);

/**
 * levee_counters_add - add to one counter
 * @counters: set of counters
 * @index: which of them
 * @n: how much
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_counters_add(struct levee_counters *counters,
				      unsigned int index, u32 n)
{
	struct levee_counters_cpu *cpu = this_cpu_ptr(counters->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->value[index], n);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * levee_counters_add_pair - add to a counter of packets and the next, of bytes
 * @counters: set of counters
 * @index: the counter of packets
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_counters_add_pair(struct levee_counters *counters,
					   unsigned int index,
					   u32 packets, u32 bytes)
{
	struct levee_counters_cpu *cpu = this_cpu_ptr(counters->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_add(&cpu->value[index], packets);
	u64_stats_add(&cpu->value[index + 1], bytes);
	u64_stats_update_end(&cpu->syncp);
}

/* @reason is never none. */
static inline unsigned int levee_policy_stats_index(enum levee_class class,
						    enum levee_reason reason,
						    bool dropped)
{
	unsigned int pair = dropped ? reason : LEVEE_REASON_MAX + reason;

	return class * LEVEE_POLICY_STATS_CLASS_LEN + 2 * pair;
}

/**
 * levee_class_stats_count - the count that a pair of counters is
 * @stats: counts of a class
 * @pair: number of the pair among those of the class
 *
 * Return: the count.
 */
static inline struct levee_count *
levee_class_stats_count(struct levee_class_stats *stats, unsigned int pair)
{
	if (pair == LEVEE_POLICY_STATS_PASSED)
		return &stats->passed;
	if (pair <= LEVEE_REASON_MAX)
		return &stats->dropped[pair];
	return &stats->would[pair - LEVEE_REASON_MAX];
}

/**
 * levee_policy_stats_passed - count packets that no limit stopped
 * @stats: counters of the policy
 * @class: class of the packets
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_policy_stats_passed(struct levee_policy_stats *stats,
					     enum levee_class class,
					     u32 packets, u32 bytes)
{
	levee_counters_add_pair(&stats->counters,
				class * LEVEE_POLICY_STATS_CLASS_LEN +
				LEVEE_POLICY_STATS_PASSED, packets, bytes);
}

/**
 * levee_policy_stats_over - count packets that were, or would be, dropped
 * @stats: counters of the policy
 * @class: class of the packets
 * @reason: why; never LEVEE_REASON_NONE
 * @dropped: they really were dropped
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_policy_stats_over(struct levee_policy_stats *stats,
					   enum levee_class class,
					   enum levee_reason reason,
					   bool dropped,
					   u32 packets, u32 bytes)
{
	levee_counters_add_pair(&stats->counters,
				levee_policy_stats_index(class, reason,
							 dropped),
				packets, bytes);
}

/**
 * levee_policy_stats_sent - count what a policy's destinations send
 * @stats: counters of the policy
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_policy_stats_sent(struct levee_policy_stats *stats)
{
	levee_counters_add(&stats->counters, LEVEE_POLICY_STATS_SENT, 1);
}

/**
 * levee_net_stats_exempt - count packets that are never judged
 * @stats: counters of the network namespace
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_net_stats_exempt(struct levee_net_stats *stats,
					  u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_NET_STATS_EXEMPT, packets);
}

/**
 * levee_net_stats_overflow - count packets charged to an overflow meter
 * @stats: counters of the network namespace
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_net_stats_overflow(struct levee_net_stats *stats,
					    u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_NET_STATS_OVERFLOW, packets);
}

/**
 * levee_net_stats_unproven - count a proof for which there was no room
 * @stats: counters of the network namespace
 *
 * Context: bottom halves disabled, or not: a packet that leaves may be sent by
 * a process.
 */
static inline void levee_net_stats_unproven(struct levee_net_stats *stats)
{
	local_bh_disable();
	levee_counters_add(&stats->counters, LEVEE_NET_STATS_UNPROVEN, 1);
	local_bh_enable();
}

/**
 * levee_net_stats_malformed - count malformed packets
 * @stats: counters of the network namespace
 * @kind: what is wrong with them
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_net_stats_malformed(struct levee_net_stats *stats,
					     enum levee_malformed kind,
					     u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_NET_STATS_MALFORMED + kind,
			   packets);
}

/**
 * levee_hook_stats_seen - count packets that a hook saw
 * @stats: counters of the hook
 * @dropped: it dropped them
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_hook_stats_seen(struct levee_hook_stats *stats,
					 bool dropped, u32 packets, u32 bytes)
{
	levee_counters_add_pair(&stats->counters, LEVEE_HOOK_STATS_SEEN,
				packets, bytes);
	if (dropped)
		levee_counters_add_pair(&stats->counters,
					LEVEE_HOOK_STATS_DROPPED,
					packets, bytes);
}

/**
 * levee_limit_stats_over - count packets that exceeded a limit
 * @stats: counters of the limit
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_limit_stats_over(struct levee_limit_stats *stats,
					  u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_LIMIT_STATS_OVER, packets);
}

/**
 * levee_limit_stats_overflow - count packets charged to an overflow meter
 * @stats: counters of the limit
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_limit_stats_overflow(struct levee_limit_stats *stats,
					      u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_LIMIT_STATS_OVERFLOW,
			   packets);
}

/**
 * levee_limit_stats_marked - count packets that passed with a limit's mark
 * @stats: counters of the limit
 * @packets: how many packets
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_limit_stats_marked(struct levee_limit_stats *stats,
					    u32 packets)
{
	levee_counters_add(&stats->counters, LEVEE_LIMIT_STATS_MARKED, packets);
}

#endif /* _LEVEE_STATS_H */
