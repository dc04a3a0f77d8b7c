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
#include "offender.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
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

/* Neighbouring buckets that share a lock and are sampled together. */
#define LEVEE_OFFENDER_GROUP		8
#define LEVEE_OFFENDER_LOCKS		64

/* Groups that are sampled, until one has a record to give up. */
#define LEVEE_OFFENDER_SAMPLE		4

/* Each 2^30 ns, about a second, without an offence halve a record's worth. */
#define LEVEE_OFFENDER_HALVE_SHIFT	30

/* Buckets that a walk visits before it lets others run. */
#define LEVEE_OFFENDER_CHUNK		256

/* A pair of counters that all CPUs add to. */
struct shared_count {
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
	struct shared_count passed;
	struct shared_count dropped;
	struct shared_count would;
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

static struct kmem_cache *levee_offender_cache __read_mostly;

/*
 * The upper bits choose the bucket, so that the order of hashes is the order
 * of buckets, which is what a walk follows. LEVEE_OFFENDERS_END is no hash.
 */
static unsigned long offender_hash(const struct levee_offenders *off,
				   const struct levee_offender_key *key)
{
	unsigned long hash = siphash(key, sizeof(*key), &off->hash_key);

	return min(hash, LEVEE_OFFENDERS_END - 1);
}

static unsigned long hash_bucket(const struct levee_offenders *off,
				 unsigned long hash)
{
	return hash >> (BITS_PER_LONG - off->bits);
}

static unsigned long group_count(const struct levee_offenders *off)
{
	return (1UL << off->bits) / LEVEE_OFFENDER_GROUP;
}

static spinlock_t *group_lock(struct levee_offenders *off, unsigned long group)
{
	return &off->lock[group % LEVEE_OFFENDER_LOCKS];
}

static spinlock_t *bucket_lock(struct levee_offenders *off,
			       unsigned long bucket)
{
	return group_lock(off, bucket / LEVEE_OFFENDER_GROUP);
}

static struct levee_offender *
offender_find(const struct levee_offenders *off, unsigned long hash,
	      const struct levee_offender_key *key)
{
	struct levee_offender *rec;

	for (rec = rcu_dereference(off->buckets[hash_bucket(off, hash)]); rec;
	     rec = rcu_dereference(rec->next))
		if (!memcmp(&rec->key, key, sizeof(*key)))
			break;
	return rec;
}

static void offender_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(levee_offender_cache,
			container_of(rcu, struct levee_offender, rcu));
}

/* Takes a record out of its chain; readers may still be at it. */
static void offender_unlink(struct levee_offender __rcu **link,
			    struct levee_offender *rec, spinlock_t *lock)
{
	rcu_assign_pointer(*link,
			   rcu_dereference_protected(rec->next,
						     lockdep_is_held(lock)));
	call_rcu(&rec->rcu, offender_free_rcu);
}

static void shared_count_add(struct shared_count *count, u32 packets,
			     u32 bytes)
{
	atomic64_add(packets, &count->packets);
	atomic64_add(bytes, &count->bytes);
}

static void shared_count_read(const struct shared_count *count,
			      struct levee_count *to)
{
	to->packets = atomic64_read(&count->packets);
	to->bytes = atomic64_read(&count->bytes);
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
	struct levee_offender *rec, *least = NULL;
	spinlock_t *lock = group_lock(off, group);
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
		offender_unlink(least_link, least, lock);
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
				      group_count(off);

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

/* Puts a complete record at the end of its chain, if it is the only one. */
static struct levee_offender *
offender_link(struct levee_offenders *off, unsigned long hash,
	      struct levee_offender *new)
{
	unsigned long bucket = hash_bucket(off, hash);
	spinlock_t *lock = bucket_lock(off, bucket);
	struct levee_offender __rcu **link;
	struct levee_offender *rec;
	int len = 0;

	spin_lock(lock);
	link = &off->buckets[bucket];
	while ((rec = rcu_dereference_protected(*link,
						lockdep_is_held(lock)))) {
		if (!memcmp(&rec->key, &new->key, sizeof(new->key)))
			break;
		if (++len == LEVEE_OFFENDER_CHAIN)
			break;
		link = &rec->next;
	}
	if (!rec) {
		rcu_assign_pointer(*link, new);
		rec = new;
	} else if (len == LEVEE_OFFENDER_CHAIN) {
		rec = NULL;
	}
	spin_unlock(lock);
	return rec;
}

/*
 * Makes a record. Returns it, or the one that another CPU made meanwhile, or
 * NULL if there is no budget, memory or room.
 */
static struct levee_offender *
offender_new(struct levee_offenders *off, unsigned long hash,
	     const struct levee_offender_key *key, u32 packets, u64 now_ns)
{
	struct levee_offender *new, *rec;

	if (!offender_budget(off, now_ns))
		return NULL;
	new = kmem_cache_zalloc(levee_offender_cache,
				GFP_ATOMIC | __GFP_NOWARN);
	if (!new)
		return NULL;
	if (!offender_reserve(off, packets, now_ns))
		goto err_free;

	memcpy(&new->key, key, sizeof(*key));
	new->first_ns = now_ns;
	atomic64_set(&new->last_ns, now_ns);

	rec = offender_link(off, hash, new);
	if (rec == new)
		return rec;
	atomic_dec(&off->held);
	kmem_cache_free(levee_offender_cache, new);
	return rec;

err_free:
	kmem_cache_free(levee_offender_cache, new);
	return NULL;
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
	unsigned long hash = offender_hash(off, key);
	struct levee_offender *rec;

	rec = offender_find(off, hash, key);
	if (!rec)
		rec = offender_new(off, hash, key, packets, now_ns);
	if (rec)
		offender_count(rec, reason, dropped, packets, bytes, now_ns);
	else
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
	rec = offender_find(off, offender_hash(off, key), key);
	if (rec)
		shared_count_add(&rec->passed, packets, bytes);
}
LEVEE_EXPORT_FOR_TEST(levee_offender_passed);

/**
 * levee_offenders_alloc - make an empty table
 * @max: most records it will hold, 1 to LEVEE_OFFENDERS_MAX
 *
 * Context: process, may sleep.
 * Return: the table, or NULL if memory is short.
 */
struct levee_offenders *levee_offenders_alloc(u32 max)
{
	struct levee_offenders *off;
	int i;

	off = kzalloc(sizeof(*off), GFP_KERNEL_ACCOUNT);
	if (!off)
		return NULL;
	off->max = clamp_t(u32, max, 1, LEVEE_OFFENDERS_MAX);
	off->bits = order_base_2(max_t(u32, off->max, LEVEE_OFFENDER_GROUP));
	get_random_bytes(&off->hash_key, sizeof(off->hash_key));
	for (i = 0; i < LEVEE_OFFENDER_LOCKS; i++)
		spin_lock_init(&off->lock[i]);

	off->buckets = kvcalloc(1UL << off->bits, sizeof(*off->buckets),
				GFP_KERNEL_ACCOUNT);
	if (!off->buckets)
		goto err_free;
	off->cpu = alloc_percpu_gfp(struct levee_offender_cpu,
				    GFP_KERNEL_ACCOUNT);
	if (!off->cpu)
		goto err_free_buckets;
	for_each_possible_cpu(i)
		per_cpu_ptr(off->cpu, i)->cursor = get_random_u32();
	off->counters = levee_counters_alloc(LEVEE_OFFENDER_COUNTERS);
	if (!off->counters)
		goto err_free_cpu;
	return off;

err_free_cpu:
	free_percpu(off->cpu);
err_free_buckets:
	kvfree(off->buckets);
err_free:
	kfree(off);
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_alloc);

/* Removes the records of a group that @policy_id names, or all. */
static void group_remove(struct levee_offenders *off, unsigned long group,
			 const u32 *policy_id)
{
	spinlock_t *lock = group_lock(off, group);
	struct levee_offender __rcu **link;
	struct levee_offender *rec;
	int i;

	spin_lock_bh(lock);
	for (i = 0; i < LEVEE_OFFENDER_GROUP; i++) {
		link = &off->buckets[group * LEVEE_OFFENDER_GROUP + i];
		while ((rec = rcu_dereference_protected(*link,
							lockdep_is_held(lock)))) {
			if (policy_id && rec->key.policy_id != *policy_id) {
				link = &rec->next;
				continue;
			}
			offender_unlink(link, rec, lock);
			atomic_dec(&off->held);
		}
	}
	spin_unlock_bh(lock);
}

static void offenders_remove(struct levee_offenders *off, const u32 *policy_id)
{
	unsigned long group;

	for (group = 0; group < group_count(off); group++) {
		group_remove(off, group, policy_id);
		cond_resched();
	}
}

/**
 * levee_offenders_flush - remove all records, and count evicted and missed anew
 * @off: the table; may be used meanwhile
 *
 * Context: process, may sleep.
 */
void levee_offenders_flush(struct levee_offenders *off)
{
	offenders_remove(off, NULL);
	levee_counters_reset(off->counters);
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_flush);

/**
 * levee_offenders_forget_policy - remove the records of a policy
 * @off: the table; may be used meanwhile
 * @policy_id: the policy; since a grace period no packet is judged by it, or
 *	new records appear while old ones go
 *
 * Context: process, may sleep.
 */
void levee_offenders_forget_policy(struct levee_offenders *off, u32 policy_id)
{
	offenders_remove(off, &policy_id);
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_forget_policy);

/**
 * levee_offenders_free - free a table
 * @off: the table, or NULL; since a grace period nobody can reach it
 *
 * Its records follow after another grace period; levee_offender_exit() waits
 * for them.
 *
 * Context: process, may sleep.
 */
void levee_offenders_free(struct levee_offenders *off)
{
	if (!off)
		return;
	offenders_remove(off, NULL);
	levee_counters_free(off->counters);
	free_percpu(off->cpu);
	kvfree(off->buckets);
	kfree(off);
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_free);

/* The record of a bucket with the least hash that is not less than @from. */
static struct levee_offender *
bucket_next(const struct levee_offenders *off, unsigned long bucket,
	    unsigned long from, unsigned long *hash)
{
	struct levee_offender *rec, *next = NULL;
	unsigned long rec_hash;

	for (rec = rcu_dereference(off->buckets[bucket]); rec;
	     rec = rcu_dereference(rec->next)) {
		rec_hash = offender_hash(off, &rec->key);
		if (rec_hash < from || (next && rec_hash >= *hash))
			continue;
		next = rec;
		*hash = rec_hash;
	}
	return next;
}

static void offender_info(const struct levee_offender *rec,
			  struct levee_offender_info *info)
{
	memset(info, 0, sizeof(*info));
	memcpy(&info->key, &rec->key, sizeof(info->key));
	info->reason = READ_ONCE(rec->reason);
	info->first_ns = rec->first_ns;
	info->last_ns = atomic64_read(&rec->last_ns);
	shared_count_read(&rec->passed, &info->passed);
	shared_count_read(&rec->dropped, &info->dropped);
	shared_count_read(&rec->would, &info->would);
}

static int bucket_walk(const struct levee_offenders *off, unsigned long bucket,
		       unsigned long *cursor,
		       int (*show)(const struct levee_offender_info *info,
				   void *arg), void *arg)
{
	struct levee_offender_info info;
	struct levee_offender *rec;
	unsigned long hash;
	int ret;

	while ((rec = bucket_next(off, bucket, *cursor, &hash))) {
		offender_info(rec, &info);
		ret = show(&info, arg);
		*cursor = ret < 0 ? hash : hash + 1;
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * levee_offenders_walk - show records
 * @off: the table; may be used meanwhile
 * @cursor: where to begin, 0 at first; set to where to go on, or to
 *	LEVEE_OFFENDERS_END when all were shown
 * @show: called for each record under the RCU read lock; returns 0 to go on,
 *	more to stop after this record, less to stop before it
 * @arg: for @show
 *
 * The cursor is a place in the order of hashes, which no insertion or removal
 * changes: a record that is there all the time is shown exactly once.
 *
 * Context: process, may sleep.
 * Return: what @show returned last, 0 if all records were shown.
 */
int levee_offenders_walk(struct levee_offenders *off, unsigned long *cursor,
			 int (*show)(const struct levee_offender_info *info,
				     void *arg), void *arg)
{
	unsigned long bucket = hash_bucket(off, *cursor);
	unsigned long buckets = 1UL << off->bits;
	int i, ret = 0;

	if (*cursor == LEVEE_OFFENDERS_END)
		return 0;
	while (!ret && bucket < buckets) {
		rcu_read_lock();
		for (i = 0; i < LEVEE_OFFENDER_CHUNK && bucket < buckets; i++) {
			ret = bucket_walk(off, bucket++, cursor, show, arg);
			if (ret)
				break;
		}
		rcu_read_unlock();
		cond_resched();
	}
	if (!ret)
		*cursor = LEVEE_OFFENDERS_END;
	return ret;
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_walk);

/**
 * levee_offenders_read - how the table is doing
 * @off: the table
 * @totals: where to put it
 *
 * Context: process.
 */
void levee_offenders_read(struct levee_offenders *off,
			  struct levee_offender_totals *totals)
{
	u64 value[LEVEE_OFFENDER_COUNTERS];

	levee_counters_read(off->counters, 0, ARRAY_SIZE(value), value);
	totals->held = atomic_read(&off->held);
	totals->max = off->max;
	totals->evicted = value[LEVEE_OFFENDER_EVICTED];
	totals->missed = value[LEVEE_OFFENDER_MISSED];
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_read);

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
