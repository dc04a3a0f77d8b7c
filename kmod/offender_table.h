/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of offenders from inside: for offender.c, which the packet path
 * calls, and offender_table.c, which everybody else calls.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_OFFENDER_TABLE_H
#define _LEVEE_OFFENDER_TABLE_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include "offender.h"

/* Neighbouring buckets that share a lock and are sampled together. */
#define LEVEE_OFFENDER_GROUP		8
#define LEVEE_OFFENDER_LOCKS		64

/* A pair of counters that all CPUs add to. */
struct levee_shared_count {
	atomic64_t packets;
	atomic64_t bytes;
};

/**
 * struct levee_offender - a record
 * @next: next of its chain
 * @key: whom it is about
 * @first_ns: time of the first offence
 * @rcu: frees it
 * @last_ns: time of the last offence
 * @passed: what passed since
 * @dropped: what was dropped
 * @would: what would have been dropped
 * @reason: reason of the last offence
 */
struct levee_offender {
	/* lookup; never changes while the record can be found, but @next */
	struct levee_offender __rcu *next;
	struct levee_offender_key key;
	u64 first_ns;
	struct rcu_head rcu;

	/* written by every offence */
	atomic64_t last_ns;
	struct levee_shared_count passed;
	struct levee_shared_count dropped;
	struct levee_shared_count would;
	u8 reason;
};

static_assert(sizeof(struct levee_offender) <= 128);
#ifdef CONFIG_64BIT
static_assert(offsetof(struct levee_offender, last_ns) == 64);
#endif

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
 * @buckets: heads of the chains
 * @bits: their number is 2^@bits
 * @max: most records held
 * @hash_key: secret of the hash
 * @cpu: budgets
 * @counters: evicted and missed
 * @held: records held, or about to be
 * @lock: protect the chains, each those of every LEVEE_OFFENDER_LOCKSth group
 */
struct levee_offenders {
	struct levee_offender __rcu **buckets;
	unsigned int bits;
	u32 max;
	siphash_key_t hash_key;
	struct levee_offender_cpu __percpu *cpu;
	struct levee_counters *counters;

	atomic_t held ____cacheline_aligned_in_smp;
	/* protects the chains of some groups */
	spinlock_t lock[LEVEE_OFFENDER_LOCKS];
};

/*
 * The upper bits choose the bucket, so that the order of hashes is the order
 * of buckets, which is what a walk follows. LEVEE_OFFENDERS_END is no hash.
 */
static inline unsigned long
levee_offender_hash(const struct levee_offenders *off,
		    const struct levee_offender_key *key)
{
	unsigned long hash = siphash(key, sizeof(*key), &off->hash_key);

	return min(hash, LEVEE_OFFENDERS_END - 1);
}

static inline unsigned long
levee_offender_bucket(const struct levee_offenders *off, unsigned long hash)
{
	return hash >> (BITS_PER_LONG - off->bits);
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

void levee_offender_unlink(struct levee_offender __rcu **link,
			   struct levee_offender *rec, spinlock_t *lock);

#endif /* _LEVEE_OFFENDER_TABLE_H */
