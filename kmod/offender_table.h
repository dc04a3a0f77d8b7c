/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of offenders from inside: for offender.c, which the packet path
 * calls, and offender_table.c and offender_walk.c, which everybody else calls.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_OFFENDER_TABLE_H
#define _LEVEE_OFFENDER_TABLE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include "offender.h"

/* Neighbouring chains that share a lock and are sampled together. */
#define LEVEE_OFFENDER_GROUP		8
#define LEVEE_OFFENDER_LOCKS		64

/* Most CPUs that count apart from each other; if there are more, they share. */
#define LEVEE_OFFENDER_LANES_MAX	4

/* A pair of counters that several CPUs may add to. */
struct levee_shared_count {
	atomic64_t packets;
	atomic64_t bytes;
};

/**
 * struct levee_offender_lane - what some CPUs know about an offender
 * @first_ns: time of the first offence, 0 before it
 * @last_ns: time of the last offence
 * @passed: what passed since the record was made
 * @dropped: what was dropped
 * @would: what would have been dropped
 */
struct levee_offender_lane {
	atomic64_t first_ns;
	atomic64_t last_ns;
	struct levee_shared_count passed;
	struct levee_shared_count dropped;
	struct levee_shared_count would;
};

/**
 * struct levee_offender - a record
 * @next: next of its chain
 * @hash: hash of @key
 * @key: whom it is about
 * @rcu: frees it
 * @reason: reason of the last offence
 * @proof: enum levee_proof, as it was found last; what is proven stays so
 * @lane: counters: each CPU adds to one of them
 *
 * The first cache line is what lookups read; nothing in it is written while
 * the same offence goes on.
 */
struct levee_offender {
	struct levee_offender __rcu *next;
	u64 hash;
	struct levee_offender_key key;
	struct rcu_head rcu;
	u8 reason;
	u8 proof;

	struct levee_offender_lane lane[] __aligned(64);
};

static_assert(offsetof(struct levee_offender, lane) == 64);
static_assert(sizeof(struct levee_offender_lane) == 64);

/**
 * struct levee_offender_cpu - one CPU's part
 * @window_ns: when its budget was last filled
 * @used: how much of it was used since
 * @cursor: next group to sample
 */
struct levee_offender_cpu {
	u64 window_ns;
	u32 used;
	u32 cursor;
};

enum {
	LEVEE_OFFENDER_EVICTED,
	LEVEE_OFFENDER_MISSED,
	LEVEE_OFFENDER_COUNTERS,
};

/**
 * struct levee_offenders - a table of records
 * @chains: chains of records: the first of each
 * @marks: for each chain a bit for each of its records, which its hash chooses:
 *	128 KB by default, which stays in cache while a flood of sources that
 *	have no record looks them up, and then reads nothing else
 * @bits: the number of chains is 2^@bits
 * @max: most records held
 * @cpu: budgets
 * @counters: evicted and missed
 * @held: records held, or about to be
 * @lock: protect the chains, each those of every LEVEE_OFFENDER_LOCKSth group
 */
struct levee_offenders {
	struct levee_offender __rcu **chains;
	u16 *marks;
	unsigned int bits;
	u32 max;
	struct levee_offender_cpu __percpu *cpu;
	struct levee_counters *counters;

	atomic_t held ____cacheline_aligned_in_smp;
	/* protects the chains of some groups */
	spinlock_t lock[LEVEE_OFFENDER_LOCKS];
};

/* How many lanes each record has; a power of two. */
extern unsigned int levee_offender_lanes;

/*
 * The upper bits choose the chain, so that the order of hashes is the order
 * of chains, which is what a walk follows.
 */
static inline unsigned long
levee_offender_index(const struct levee_offenders *off, u64 hash)
{
	return hash >> (64 - off->bits);
}

static inline u16 levee_offender_mark(u64 hash)
{
	return BIT(hash % BITS_PER_TYPE(u16));
}

static inline unsigned long
levee_offender_groups(const struct levee_offenders *off)
{
	return (1UL << off->bits) / LEVEE_OFFENDER_GROUP;
}

static inline spinlock_t *
levee_offender_lock(struct levee_offenders *off, unsigned long group)
{
	return &off->lock[group % LEVEE_OFFENDER_LOCKS];
}

struct levee_offender *
levee_offender_find(const struct levee_offenders *off, u64 hash,
		    const struct levee_offender_key *key);
bool levee_offender_reserve(struct levee_offenders *off, u32 packets,
			    u64 now_ns);
struct levee_offender *levee_offender_link(struct levee_offenders *off,
					   struct levee_offender *new);
u64 levee_offender_worth(const struct levee_offender *rec, u64 now_ns,
			 u64 *last_ns);
void levee_offender_unlink(struct levee_offenders *off, unsigned long index,
			   struct levee_offender __rcu **link,
			   struct levee_offender *rec, spinlock_t *lock);

#endif /* _LEVEE_OFFENDER_TABLE_H */
