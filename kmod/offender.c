// SPDX-License-Identifier: GPL-2.0
/*
 * Records of sources that exceeded a limit: bounded, for people to read.
 *
 * A hash table with at least as many chains as it may hold records. Lookups
 * are lock-free; what changes a chain holds its lock. The hash is keyed,
 * so nobody can aim at a chain. Each CPU counts in a cache line of the
 * record that it shares with no other, or with few, so that all CPUs together
 * can be flooded by the same source; a reader's sums are exact.
 *
 * What a flood of new offenders can cost is bounded three times: by the number
 * of records, by how many each CPU may make in a time, and by how many records
 * are looked at to make room for one. A record that gives way to another stays
 * allocated for a grace period; since each eviction is paid for by an
 * insertion, a CPU leaves at most LEVEE_OFFENDER_BUDGET of them behind per
 * LEVEE_OFFENDER_WINDOW_NS: 2 MB per second of grace period, at most.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "offender_table.h"

#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/time64.h>

#include "compat.h"

/* New records that each CPU may make in each window: 6400 per second. */
#define LEVEE_OFFENDER_BUDGET		64
#define LEVEE_OFFENDER_WINDOW_NS	(10 * NSEC_PER_MSEC)

/*
 * Longest chain. With a load of at most one, less than one chain in 10^13
 * would want more.
 */
#define LEVEE_OFFENDER_CHAIN		16

/* Groups that are sampled, until one has a record to give up. */
#define LEVEE_OFFENDER_SAMPLE		4

/* Each 2^30 ns, about a second, without an offence halve a record's worth. */
#define LEVEE_OFFENDER_HALVE_SHIFT	30

static struct kmem_cache *levee_offender_cache __read_mostly;
unsigned int levee_offender_lanes __read_mostly;

/* A walk ends at the last hash there is: no record has it. */
static u64 usable_hash(u64 hash)
{
	return min(hash, LEVEE_OFFENDERS_END - 1);
}

static bool same_key(const struct levee_offender_key *a,
		     const struct levee_offender_key *b)
{
	return a->addr.be[0] == b->addr.be[0] &&
	       a->addr.be[1] == b->addr.be[1] &&
	       a->policy_id == b->policy_id && a->family == b->family &&
	       a->len == b->len && a->class == b->class;
}

/**
 * levee_offender_find - find a record
 * @off: the table
 * @hash: hash of @key
 * @key: whom it is about
 *
 * Context: RCU read lock.
 * Return: the record, or NULL if there is none.
 */
struct levee_offender *
levee_offender_find(const struct levee_offenders *off, u64 hash,
		    const struct levee_offender_key *key)
{
	unsigned long index = levee_offender_index(off, hash);
	struct levee_offender *rec;

	/*
	 * A mark that comes too late hides a record, for this packet: whoever
	 * wants to insert looks again, with the lock. One that stays too long
	 * costs a look at the chain.
	 */
	if (!(READ_ONCE(off->marks[index]) & levee_offender_mark(hash)))
		return NULL;
	rec = rcu_dereference(off->chains[index]);
	for (; rec; rec = rcu_dereference(rec->next))
		if (rec->hash == hash && same_key(&rec->key, key))
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
 * @off: the table
 * @index: the chain
 * @link: what points to it
 * @rec: the record; readers may still be at it
 * @lock: lock of its chain
 *
 * Context: @lock is held.
 */
void levee_offender_unlink(struct levee_offenders *off, unsigned long index,
			   struct levee_offender __rcu **link,
			   struct levee_offender *rec, spinlock_t *lock)
{
	u16 marks = 0;

	rcu_assign_pointer(*link,
			   rcu_dereference_protected(rec->next,
						     lockdep_is_held(lock)));
	call_rcu(&rec->rcu, offender_free_rcu);

	rec = rcu_dereference_protected(off->chains[index],
					lockdep_is_held(lock));
	while (rec) {
		marks |= levee_offender_mark(rec->hash);
		rec = rcu_dereference_protected(rec->next,
						lockdep_is_held(lock));
	}
	/* Read without the lock by levee_offender_find(). */
	WRITE_ONCE(off->marks[index], marks);
}

/* Bottom halves are disabled; on PREEMPT_RT any lane will do. */
static struct levee_offender_lane *offender_lane(struct levee_offender *rec)
{
	return &rec->lane[raw_smp_processor_id() & (levee_offender_lanes - 1)];
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
	struct levee_offender_lane *lane = offender_lane(rec);

	if (unlikely(!atomic64_read(&lane->first_ns)))
		atomic64_cmpxchg(&lane->first_ns, 0, now_ns);
	atomic64_set(&lane->last_ns, now_ns);
	/* In the line that every lookup reads: written only if it changes. */
	if (unlikely(READ_ONCE(rec->reason) != reason))
		WRITE_ONCE(rec->reason, reason);
	shared_count_add(dropped ? &lane->dropped : &lane->would,
			 packets, bytes);
}

/**
 * levee_offender_worth - what a record is worth
 * @rec: the record
 * @now_ns: present time, CLOCK_MONOTONIC
 * @last_ns: set to the time of the last offence
 *
 * Return: its offences, fewer the longer it has been quiet.
 */
u64 levee_offender_worth(const struct levee_offender *rec, u64 now_ns,
			 u64 *last_ns)
{
	u64 over = 0;
	s64 quiet_ns;
	int i;

	*last_ns = 0;
	for (i = 0; i < levee_offender_lanes; i++) {
		const struct levee_offender_lane *lane = &rec->lane[i];

		over += atomic64_read(&lane->dropped.packets) +
			atomic64_read(&lane->would.packets);
		*last_ns = max_t(u64, *last_ns, atomic64_read(&lane->last_ns));
	}
	quiet_ns = now_ns - *last_ns;
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
	unsigned long index, least_index = 0;
	u64 worth, last_ns, least_worth = packets, least_last_ns = 0;
	spinlock_t *lock = levee_offender_lock(off, group);
	struct levee_offender *rec, *least = NULL;
	int i;

	spin_lock(lock);
	for (i = 0; i < LEVEE_OFFENDER_GROUP; i++) {
		index = group * LEVEE_OFFENDER_GROUP + i;
		for (link = &off->chains[index];
		     (rec = rcu_dereference_protected(*link,
						      lockdep_is_held(lock)));
		     link = &rec->next) {
			worth = levee_offender_worth(rec, now_ns, &last_ns);
			if (worth > least_worth ||
			    (least && worth == least_worth &&
			     last_ns >= least_last_ns))
				continue;
			least = rec;
			least_index = index;
			least_link = link;
			least_worth = worth;
			least_last_ns = last_ns;
		}
	}
	if (least)
		levee_offender_unlink(off, least_index, least_link, least,
				      lock);
	spin_unlock(lock);
	return least;
}

/**
 * levee_offender_reserve - make room for one more record
 * @off: the table
 * @packets: offences of the newcomer
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * If need be, it is that of one which is worth no more.
 *
 * Context: bottom halves disabled.
 * Return: false if no room was found.
 */
bool levee_offender_reserve(struct levee_offenders *off, u32 packets,
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

/**
 * levee_offender_link - put a complete record at the end of its chain
 * @off: the table
 * @new: the record
 *
 * Context: bottom halves disabled.
 * Return: @new, or the record that another CPU made meanwhile, or NULL if the
 * chain is as long as it may be.
 */
struct levee_offender *levee_offender_link(struct levee_offenders *off,
					   struct levee_offender *new)
{
	unsigned long index = levee_offender_index(off, new->hash);
	struct levee_offender __rcu **link = &off->chains[index];
	spinlock_t *lock = levee_offender_lock(off,
					       index / LEVEE_OFFENDER_GROUP);
	struct levee_offender *rec = NULL;
	int len;

	spin_lock(lock);
	for (len = 0; len < LEVEE_OFFENDER_CHAIN; len++) {
		rec = rcu_dereference_protected(*link, lockdep_is_held(lock));
		if (!rec) {
			/* Read without the lock by levee_offender_find(). */
			WRITE_ONCE(off->marks[index], off->marks[index] |
				   levee_offender_mark(new->hash));
			rcu_assign_pointer(*link, new);
			rec = new;
			break;
		}
		if (same_key(&rec->key, &new->key))
			break;
		link = &rec->next;
		rec = NULL;
	}
	spin_unlock(lock);
	return rec;
}

/* Records the offence of a source that has no record, if it may have one. */
static bool offender_new(struct levee_offenders *off,
			 const struct levee_offender_key *key, u64 hash,
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
	if (!levee_offender_reserve(off, packets, now_ns))
		goto out_free;

	new->key = *key;
	new->hash = hash;
	offender_count(new, reason, dropped, packets, bytes, now_ns);
	rec = levee_offender_link(off, new);
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
 * levee_offender_unwanted - tell early that an offence will leave no record
 * @off: the table
 * @hash: hash of whom it is about
 * @packets: how many packets
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * What nearly all packets of a flood of many sources ask. If so, they are
 * counted as missed; otherwise, levee_offender_over() is to be called.
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 * Return: true if the offence will leave no record.
 */
bool levee_offender_unwanted(struct levee_offenders *off, u64 hash,
			     u32 packets, u64 now_ns)
{
	const struct levee_offender_cpu *cpu;

	hash = usable_hash(hash);
	if (READ_ONCE(off->marks[levee_offender_index(off, hash)]) &
	    levee_offender_mark(hash))
		return false;
	/* A guess, if this is preempted: levee_offender_over() will know. */
	cpu = raw_cpu_ptr(off->cpu);
	if (READ_ONCE(cpu->used) < LEVEE_OFFENDER_BUDGET ||
	    (s64)(now_ns - READ_ONCE(cpu->window_ns)) >=
	    LEVEE_OFFENDER_WINDOW_NS)
		return false;
	levee_counters_add(off->counters, LEVEE_OFFENDER_MISSED, packets);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_offender_unwanted);

/**
 * levee_offender_over - record an offence
 * @off: the table
 * @key: whom it is about
 * @hash: hash of @key
 * @reason: which limit, or what else
 * @dropped: the packets were dropped, otherwise they would have been
 * @packets: how many packets
 * @bytes: how many bytes
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 */
void levee_offender_over(struct levee_offenders *off,
			 const struct levee_offender_key *key, u64 hash,
			 enum levee_reason reason, bool dropped,
			 u32 packets, u32 bytes, u64 now_ns)
{
	struct levee_offender *rec;

	hash = usable_hash(hash);
	rec = levee_offender_find(off, hash, key);
	if (rec)
		offender_count(rec, reason, dropped, packets, bytes, now_ns);
	else if (!offender_new(off, key, hash, reason, dropped, packets, bytes,
			       now_ns))
		levee_counters_add(off->counters, LEVEE_OFFENDER_MISSED,
				   packets);
}
LEVEE_EXPORT_FOR_TEST(levee_offender_over);

/**
 * levee_offender_passed - count packets of an offender that passed
 * @off: the table
 * @key: whom they are from
 * @hash: hash of @key
 * @packets: how many packets
 * @bytes: how many bytes
 *
 * Does nothing for a source that has no record.
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 */
void levee_offender_passed(struct levee_offenders *off,
			   const struct levee_offender_key *key, u64 hash,
			   u32 packets, u32 bytes)
{
	struct levee_offender *rec;

	rec = levee_offender_find(off, usable_hash(hash), key);
	if (rec)
		shared_count_add(&offender_lane(rec)->passed, packets, bytes);
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
	struct levee_offender *rec;

	levee_offender_lanes = roundup_pow_of_two(min_t(unsigned int,
							num_possible_cpus(),
							LEVEE_OFFENDER_LANES_MAX));
	levee_offender_cache =
		kmem_cache_create("levee_offender",
				  struct_size(rec, lane, levee_offender_lanes),
				  __alignof__(*rec), SLAB_HWCACHE_ALIGN, NULL);
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
