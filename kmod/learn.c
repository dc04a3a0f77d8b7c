// SPDX-License-Identifier: GPL-2.0
/*
 * Learns, in mode monitor, what sources send, so that a limit can be proposed.
 *
 * A source is charged as a meter would charge it, at several rates at once and
 * without a limit: how far its meter ever is ahead is the burst that a limit of
 * that rate would need to drop nothing of what it sends. What is kept for each
 * policy and class is the worst of all sources, and how many sources sent how
 * much in the second in which they sent most. So what is proposed is known to
 * be enough for the traffic that was seen.
 *
 * A source is remembered as long as one of its meters is ahead; like in the
 * expiring map, nothing is lost by forgetting it then. Sources for which there
 * is no room are counted. Memory is fixed, and nothing of this is touched by a
 * packet whose policy is not in mode monitor.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "learn.h"

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "compat.h"

/* Sources that a bucket holds. */
#define LEVEE_LEARN_WAYS	4

/**
 * struct learn_source - what one source sends to one policy, of one class
 * @tag: keyed hash of all of that; 0 if there is none
 * @last_ns: its last packet
 * @second_ns: where its present second began
 * @second: packets in it
 * @peak: most packets in a second
 * @ahead: for each rate, how far the meter is ahead, as in
 *	&levee_learned_class.burst
 */
struct learn_source {
	u64 tag;
	u64 last_ns;
	u64 second_ns;
	u32 second;
	u32 peak;
	u32 ahead[LEVEE_LEARN_RATES];
};

struct learn_bucket {
	spinlock_t lock; /* protects source */
	struct learn_source source[LEVEE_LEARN_WAYS];
} ____cacheline_aligned;

/**
 * struct levee_learn - all sources of a network namespace
 * @mask: number of buckets less one; the number is a power of two
 * @bucket: the buckets
 */
struct levee_learn {
	u32 mask;
	struct learn_bucket bucket[];
};

/**
 * levee_learn_alloc - make room to learn
 * @sources: sources to remember at once, at least 4
 *
 * Context: process, may sleep.
 * Return: the room, or NULL if there is no memory for it.
 */
struct levee_learn *levee_learn_alloc(u32 sources)
{
	u32 i, buckets = roundup_pow_of_two(sources / LEVEE_LEARN_WAYS);
	struct levee_learn *learn;

	learn = kvzalloc(struct_size(learn, bucket, buckets),
			 GFP_KERNEL_ACCOUNT);
	if (!learn)
		return NULL;
	learn->mask = buckets - 1;
	for (i = 0; i < buckets; i++)
		spin_lock_init(&learn->bucket[i].lock);
	return learn;
}
LEVEE_EXPORT_FOR_TEST(levee_learn_alloc);

/**
 * levee_learn_free - learn no more
 * @learn: the room, which no packet uses, or NULL
 */
void levee_learn_free(struct levee_learn *learn)
{
	kvfree(learn);
}
LEVEE_EXPORT_FOR_TEST(levee_learn_free);

/* How far a meter moves on in a time, at one of the rates. */
static u64 drained(u64 ns, unsigned int rate)
{
	return ns >> (LEVEE_LEARN_INTERVAL - LEVEE_LEARN_FRACTION - 2 * rate);
}

/* The clock of another CPU may be a little ahead. */
static u64 elapsed_ns(u64 now_ns, u64 since_ns)
{
	return max_t(s64, now_ns - since_ns, 0);
}

/* At the slowest rate a meter is ahead the longest. */
static bool source_is_idle(const struct learn_source *source, u64 now_ns)
{
	return source->ahead[0] <=
	       drained(elapsed_ns(now_ns, source->last_ns), 0);
}

/* The source, or a new one in the place of one that is idle, or NULL. */
static struct learn_source *bucket_find(struct learn_bucket *bucket, u64 tag,
					u64 now_ns)
{
	struct learn_source *source, *idle = NULL;
	int i;

	for (i = 0; i < LEVEE_LEARN_WAYS; i++) {
		source = &bucket->source[i];
		if (source->tag == tag)
			return source;
		if (!idle && source_is_idle(source, now_ns))
			idle = source;
	}
	if (idle) {
		memset(idle, 0, sizeof(*idle));
		idle->tag = tag;
		idle->last_ns = now_ns;
		idle->second_ns = now_ns;
	}
	return idle;
}

/* Rare but in the beginning: what is learned grows slower and slower. */
static void learn_max(atomic_t *max, u32 val)
{
	int old = atomic_read(max);

	while ((u32)old < val && !atomic_try_cmpxchg(max, &old, val))
		;
}

static unsigned int bin_of(u32 packets)
{
	unsigned int power;

	if (packets < 4)
		return packets;
	power = ilog2(packets);
	return min_t(unsigned int, LEVEE_LEARN_BINS - 1,
		     4 * (power - 1) + (packets >> (power - 2) & 3));
}

/**
 * levee_learn_bin_first - where a bin begins
 * @bin: the bin, below LEVEE_LEARN_BINS
 *
 * Return: packets per second, the least that belong to it.
 */
u32 levee_learn_bin_first(unsigned int bin)
{
	if (bin < 4)
		return bin;
	return (4 + bin % 4) << (bin / 4 - 1);
}
LEVEE_EXPORT_FOR_TEST(levee_learn_bin_first);

static void source_count(struct learn_source *source,
			 struct levee_learned_class *learned, u32 packets,
			 u64 now_ns)
{
	unsigned int before, after;

	if (elapsed_ns(now_ns, source->second_ns) >= NSEC_PER_SEC) {
		source->second_ns = now_ns;
		source->second = 0;
	}
	source->second += packets;
	if (source->second <= source->peak)
		return;
	before = bin_of(source->peak);
	after = bin_of(source->second);
	source->peak = source->second;
	if (after != before) {
		if (before)
			atomic_dec(&learned->sources[before]);
		atomic_inc(&learned->sources[after]);
	}
	if (source->peak > (u32)atomic_read(&learned->peak))
		learn_max(&learned->peak, source->peak);
}

static void source_charge(struct learn_source *source,
			  struct levee_learned_class *learned, u32 packets,
			  u64 now_ns)
{
	u64 ns = elapsed_ns(now_ns, source->last_ns);
	u64 ahead, cost = (u64)packets << LEVEE_LEARN_FRACTION;
	int i;

	for (i = 0; i < LEVEE_LEARN_RATES; i++) {
		ahead = source->ahead[i];
		ahead -= min(ahead, drained(ns, i));
		ahead = min_t(u64, ahead + cost, U32_MAX);
		source->ahead[i] = ahead;
		if (unlikely(ahead > (u32)atomic_read(&learned->burst[i])))
			learn_max(&learned->burst[i], ahead);
	}
	if ((s64)(now_ns - source->last_ns) > 0)
		source->last_ns = now_ns;
}

/**
 * levee_learn_packet - learn from a packet
 * @learn: the sources
 * @learned: what is known of its policy and class
 * @tag: keyed hash of source, policy and class
 * @packets: how many packets it stands for
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * The lock is that of one bucket: only packets of the same source contend, of
 * a policy that drops none.
 *
 * Context: packet path, bottom halves disabled.
 */
void levee_learn_packet(struct levee_learn *learn,
			struct levee_learned_class *learned, u64 tag,
			u32 packets, u64 now_ns)
{
	struct learn_bucket *bucket = &learn->bucket[tag & learn->mask];
	struct learn_source *source;

	spin_lock(&bucket->lock);
	/* 0 is nobody's: who has it shares the meter of 1. */
	source = bucket_find(bucket, tag ?: 1, now_ns);
	if (source) {
		source_count(source, learned, packets, now_ns);
		source_charge(source, learned, packets, now_ns);
	}
	spin_unlock(&bucket->lock);
	if (unlikely(!source))
		atomic64_add(packets, &learned->missed);
}
LEVEE_EXPORT_FOR_TEST(levee_learn_packet);

/**
 * levee_learn_flush - forget all sources
 * @learn: the sources; packets may come meanwhile
 *
 * To be called before levee_learned_clear(), or sources would be taken from
 * bins that know nothing of them.
 *
 * Context: process.
 */
void levee_learn_flush(struct levee_learn *learn)
{
	u32 i;

	for (i = 0; i <= learn->mask; i++) {
		struct learn_bucket *bucket = &learn->bucket[i];

		spin_lock_bh(&bucket->lock);
		memset(bucket->source, 0, sizeof(bucket->source));
		spin_unlock_bh(&bucket->lock);
		cond_resched();
	}
}
LEVEE_EXPORT_FOR_TEST(levee_learn_flush);

/**
 * levee_learned_clear - forget what was learned of a policy
 * @learned: what is known of the policy
 *
 * Context: process.
 */
void levee_learned_clear(struct levee_learned *learned)
{
	struct levee_learned_class *c;
	int class, i;

	for (class = 0; class < __LEVEE_CLASS_MAX; class++) {
		c = &learned->class[class];
		atomic64_set(&c->missed, 0);
		atomic_set(&c->peak, 0);
		for (i = 0; i < LEVEE_LEARN_RATES; i++)
			atomic_set(&c->burst[i], 0);
		for (i = 0; i < LEVEE_LEARN_BINS; i++)
			atomic_set(&c->sources[i], 0);
	}
}
LEVEE_EXPORT_FOR_TEST(levee_learned_clear);

/**
 * levee_learn_interval_ns - time between two packets at one of the rates
 * @rate: number of the rate, below LEVEE_LEARN_RATES
 *
 * Return: the time in ns.
 */
u64 levee_learn_interval_ns(unsigned int rate)
{
	return 1ull << (LEVEE_LEARN_INTERVAL - 2 * rate);
}
LEVEE_EXPORT_FOR_TEST(levee_learn_interval_ns);

/**
 * levee_learned_burst - burst that a limit would need
 * @learned: what is known of a policy and class
 * @rate: number of the limit's rate, below LEVEE_LEARN_RATES
 *
 * Return: packets; 2^24 stand for so many or more.
 */
u32 levee_learned_burst(const struct levee_learned_class *learned,
			unsigned int rate)
{
	return DIV_ROUND_UP_ULL((u64)(u32)atomic_read(&learned->burst[rate]),
				1 << LEVEE_LEARN_FRACTION);
}
LEVEE_EXPORT_FOR_TEST(levee_learned_burst);
