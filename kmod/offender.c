// SPDX-License-Identifier: GPL-2.0
/*
 * Records of sources that exceeded a limit: bounded, for people to read.
 *
 * A hash table with at least as many buckets as it may hold records. Lookups
 * are lock-free; what changes a chain holds the lock of its bucket. The hash is
 * keyed, so nobody can aim at a bucket.
 *
 * What a flood of new offenders can cost is bounded three times: by the number
 * of records, by how many each CPU may make in a time, and by how many records
 * are looked at to make room for one. A record that gives way to another stays
 * allocated for a grace period; since each eviction is paid for by an
 * insertion, a CPU leaves at most LEVEE_OFFENDER_BUDGET of them behind per
 * LEVEE_OFFENDER_WINDOW_NS: 128 bytes each, 0.8 MB per second of grace period.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "offender_table.h"

#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "compat.h"

/* New records that each CPU may make in each window: 6400 per second. */
#define LEVEE_OFFENDER_BUDGET		64
#define LEVEE_OFFENDER_WINDOW_NS	(10 * NSEC_PER_MSEC)

/*
 * Longest chain. With a load of at most one, less than one bucket in 10^13
 * would want more.
 */
#define LEVEE_OFFENDER_CHAIN		16

/* Groups that are sampled, until one has a record to give up. */
#define LEVEE_OFFENDER_SAMPLE		4

/* Each 2^30 ns, about a second, without an offence halve a record's worth. */
#define LEVEE_OFFENDER_HALVE_SHIFT	30

static struct kmem_cache *levee_offender_cache __read_mostly;

static struct levee_offender *
offender_find(const struct levee_offenders *off, unsigned long hash,
	      const struct levee_offender_key *key)
{
	struct levee_offender *rec;

	rec = rcu_dereference(off->buckets[levee_offender_bucket(off, hash)]);
	for (; rec; rec = rcu_dereference(rec->next))
		if (!memcmp(&rec->key, key, sizeof(*key)))
			break;
	return rec;
}

static void offender_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(levee_offender_cache,
			container_of(rcu, struct levee_offender, rcu));
}

/**
 * levee_offender_unlink - take a record out of its chain, and free it later
 * @link: what points to it
 * @rec: the record; readers may still be at it
 * @lock: lock of its chain
 *
 * Context: @lock is held.
 */
void levee_offender_unlink(struct levee_offender __rcu **link,
			   struct levee_offender *rec, spinlock_t *lock)
{
	rcu_assign_pointer(*link,
			   rcu_dereference_protected(rec->next,
						     lockdep_is_held(lock)));
	call_rcu(&rec->rcu, offender_free_rcu);
}

static void shared_count_add(struct levee_shared_count *count, u32 packets,
			     u32 bytes)
{
	atomic64_add(packets, &count->packets);
	atomic64_add(bytes, &count->bytes);
}

static void offender_count(struct levee_offender *rec,
			   enum levee_reason reason, bool dropped,
			   u32 packets, u32 bytes, u64 now_ns)
{
	atomic64_set(&rec->last_ns, now_ns);
	WRITE_ONCE(rec->reason, reason);
	shared_count_add(dropped ? &rec->dropped : &rec->would,
			 packets, bytes);
}

/* What a record is worth: its offences, fewer the longer it has been quiet. */
static u64 offender_worth(const struct levee_offender *rec, u64 now_ns)
{
	u64 over = atomic64_read(&rec->dropped.packets) +
		   atomic64_read(&rec->would.packets);
	s64 quiet_ns = now_ns - atomic64_read(&rec->last_ns);

	if (quiet_ns <= 0)
		return over;
	return over >> min_t(s64, quiet_ns >> LEVEE_OFFENDER_HALVE_SHIFT, 63);
}

/*
 * Gives up the least valuable record of a group, the longest quiet one of
 * several, if it is worth no more than a newcomer with @packets offences.
 */
static bool group_evict(struct levee_offenders *off, unsigned long group,
			u32 packets, u64 now_ns)
{
	struct levee_offender __rcu **least_link = NULL, **link;
	spinlock_t *lock = levee_offender_lock(off, group);
	struct levee_offender *rec, *least = NULL;
	u64 worth, least_worth = packets;
	int i;

	spin_lock(lock);
	for (i = 0; i < LEVEE_OFFENDER_GROUP; i++) {
		link = &off->buckets[group * LEVEE_OFFENDER_GROUP + i];
		for (; (rec = rcu_dereference_protected(*link,
							lockdep_is_held(lock)));
		     link = &rec->next) {
			worth = offender_worth(rec, now_ns);
			if (worth > least_worth ||
			    (least && worth == least_worth &&
			     atomic64_read(&rec->last_ns) >=
			     atomic64_read(&least->last_ns)))
				continue;
			least = rec;
			least_link = link;
			least_worth = worth;
		}
	}
	if (least)
		levee_offender_unlink(least_link, least, lock);
	spin_unlock(lock);
	return least;
}

/* Reserves room for one more record, that of a less valuable one if need be. */
static bool offender_reserve(struct levee_offenders *off, u32 packets,
			     u64 now_ns)
{
	int i;

	if (atomic_add_unless(&off->held, 1, off->max))
		return true;

	for (i = 0; i < LEVEE_OFFENDER_SAMPLE; i++) {
		unsigned long group = this_cpu_inc_return(off->cpu->cursor) %
				      levee_offender_groups(off);

		if (group_evict(off, group, packets, now_ns)) {
			levee_counters_add(off->counters,
					   LEVEE_OFFENDER_EVICTED, 1);
			return true;
		}
	}
	return false;
}

/*
 * Whether this CPU may make one more record. Bottom halves being disabled does
 * not keep others off this CPU on PREEMPT_RT, hence get_cpu_ptr().
 */
static bool offender_budget(struct levee_offenders *off, u64 now_ns)
{
	struct levee_offender_cpu *cpu = get_cpu_ptr(off->cpu);
	bool granted;

	if ((s64)(now_ns - cpu->window_ns) >= LEVEE_OFFENDER_WINDOW_NS) {
		cpu->window_ns = now_ns;
		cpu->used = 0;
	}
	granted = cpu->used < LEVEE_OFFENDER_BUDGET;
	if (granted)
		cpu->used++;
	put_cpu_ptr(off->cpu);
	return granted;
}

/*
 * Puts a complete record at the end of its chain. Returns it, or the one that
 * another CPU made meanwhile, or NULL if the chain is as long as it may be.
 */
static struct levee_offender *
offender_link(struct levee_offenders *off, unsigned long hash,
	      struct levee_offender *new)
{
	unsigned long bucket = levee_offender_bucket(off, hash);
	unsigned long group = bucket / LEVEE_OFFENDER_GROUP;
	struct levee_offender __rcu **link = &off->buckets[bucket];
	spinlock_t *lock = levee_offender_lock(off, group);
	struct levee_offender *rec = NULL;
	int len;

	spin_lock(lock);
	for (len = 0; len < LEVEE_OFFENDER_CHAIN; len++) {
		rec = rcu_dereference_protected(*link, lockdep_is_held(lock));
		if (!rec) {
			rcu_assign_pointer(*link, new);
			rec = new;
			break;
		}
		if (!memcmp(&rec->key, &new->key, sizeof(new->key)))
			break;
		link = &rec->next;
		rec = NULL;
	}
	spin_unlock(lock);
	return rec;
}

/* Records the offence of a source that has no record, if it may have one. */
static bool offender_new(struct levee_offenders *off, unsigned long hash,
			 const struct levee_offender_key *key,
			 enum levee_reason reason, bool dropped,
			 u32 packets, u32 bytes, u64 now_ns)
{
	struct levee_offender *new, *rec = NULL;

	if (!offender_budget(off, now_ns))
		return false;
	new = kmem_cache_zalloc(levee_offender_cache,
				GFP_ATOMIC | __GFP_NOWARN);
	if (!new)
		return false;
	if (!offender_reserve(off, packets, now_ns))
		goto out_free;

	memcpy(&new->key, key, sizeof(*key));
	new->first_ns = now_ns;
	offender_count(new, reason, dropped, packets, bytes, now_ns);
	rec = offender_link(off, hash, new);
	if (rec == new)
		return true;
	if (rec)
		offender_count(rec, reason, dropped, packets, bytes, now_ns);
	atomic_dec(&off->held);

out_free:
	kmem_cache_free(levee_offender_cache, new);
	return rec;
}

/**
 * levee_offender_over - record an offence
 * @off: the table
 * @key: whom it is about, zeroed before it was filled
 * @reason: which limit, or what else
 * @dropped: the packets were dropped, otherwise they would have been
 * @packets: how many packets
 * @bytes: how many bytes
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 */
void levee_offender_over(struct levee_offenders *off,
			 const struct levee_offender_key *key,
			 enum levee_reason reason, bool dropped,
			 u32 packets, u32 bytes, u64 now_ns)
{
	unsigned long hash = levee_offender_hash(off, key);
	struct levee_offender *rec;

	rec = offender_find(off, hash, key);
	if (rec)
		offender_count(rec, reason, dropped, packets, bytes, now_ns);
	else if (!offender_new(off, hash, key, reason, dropped, packets, bytes,
			       now_ns))
		levee_counters_add(off->counters, LEVEE_OFFENDER_MISSED,
				   packets);
}
LEVEE_EXPORT_FOR_TEST(levee_offender_over);

/**
 * levee_offender_passed - count packets of an offender that passed
 * @off: the table
 * @key: whom they are from, zeroed before it was filled
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Does nothing for a source that has no record.
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 */
void levee_offender_passed(struct levee_offenders *off,
			   const struct levee_offender_key *key,
			   u32 packets, u32 bytes)
{
	struct levee_offender *rec;

	if (!atomic_read(&off->held))
		return;
	rec = offender_find(off, levee_offender_hash(off, key), key);
	if (rec)
		shared_count_add(&rec->passed, packets, bytes);
}
LEVEE_EXPORT_FOR_TEST(levee_offender_passed);

/**
 * levee_offender_init - make ready for tables
 *
 * Records are not accounted to a control group: who happens to run when a
 * packet comes is not who sent it. The table's bound is the operator's.
 *
 * Return: 0 or -ENOMEM.
 */
int levee_offender_init(void)
{
	levee_offender_cache = KMEM_CACHE(levee_offender, SLAB_HWCACHE_ALIGN);
	return levee_offender_cache ? 0 : -ENOMEM;
}

/**
 * levee_offender_exit - undo levee_offender_init(), when all tables are freed
 *
 * Context: process, may sleep.
 */
void levee_offender_exit(void)
{
	/* Records on their way to the cache; and our code that they run. */
	rcu_barrier();
	kmem_cache_destroy(levee_offender_cache);
}
