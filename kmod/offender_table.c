// SPDX-License-Identifier: GPL-2.0
/*
 * The table of offenders outside the packet path: made, emptied, replaced.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "offender_table.h"

#include <linux/bitops.h>
#include <linux/bottom_half.h>
#include <linux/bsearch.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"

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
	for (i = 0; i < LEVEE_OFFENDER_LOCKS; i++)
		spin_lock_init(&off->lock[i]);

	off->chains = kvcalloc(1UL << off->bits, sizeof(*off->chains),
			       GFP_KERNEL_ACCOUNT);
	off->marks = kvcalloc(1UL << off->bits, sizeof(*off->marks),
			      GFP_KERNEL_ACCOUNT);
	if (!off->chains || !off->marks)
		goto err_free_chains;
	off->cpu = alloc_percpu_gfp(struct levee_offender_cpu,
				    GFP_KERNEL_ACCOUNT);
	if (!off->cpu)
		goto err_free_chains;
	for_each_possible_cpu(i)
		per_cpu_ptr(off->cpu, i)->cursor = get_random_u32();
	off->counters = levee_counters_alloc(LEVEE_OFFENDER_COUNTERS);
	if (!off->counters)
		goto err_free_cpu;
	return off;

err_free_cpu:
	free_percpu(off->cpu);
err_free_chains:
	kvfree(off->marks);
	kvfree(off->chains);
	kfree(off);
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_alloc);

/**
 * struct ids - some policies
 * @id: their numbers, in order
 * @count: how many
 */
struct ids {
	const u32 *id;
	u32 count;
};

static int id_compare(const void *a, const void *b)
{
	u32 p = *(const u32 *)a, q = *(const u32 *)b;

	return p < q ? -1 : p > q;
}

/* Removes the records of a group that are of these policies, or all. */
static void group_remove(struct levee_offenders *off, unsigned long group,
			 const struct ids *ids)
{
	spinlock_t *lock = levee_offender_lock(off, group);
	struct levee_offender __rcu **link;
	struct levee_offender *rec;
	unsigned long index;
	int i;

	spin_lock_bh(lock);
	for (i = 0; i < LEVEE_OFFENDER_GROUP; i++) {
		index = group * LEVEE_OFFENDER_GROUP + i;
		link = &off->chains[index];
		while ((rec = rcu_dereference_protected(*link,
							lockdep_is_held(lock)))) {
			if (ids && !bsearch(&rec->key.policy_id, ids->id,
					    ids->count, sizeof(*ids->id),
					    id_compare)) {
				link = &rec->next;
				continue;
			}
			levee_offender_unlink(off, index, link, rec, lock);
			atomic_dec(&off->held);
		}
	}
	spin_unlock_bh(lock);
}

static void offenders_remove(struct levee_offenders *off,
			     const struct ids *ids)
{
	unsigned long group;

	for (group = 0; group < levee_offender_groups(off); group++) {
		group_remove(off, group, ids);
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
 * levee_offenders_forget_policies - remove the records of some policies
 * @off: the table; may be used meanwhile
 * @ids: the policies, in order; since a grace period no packet is judged by
 *	them, or new records appear while old ones go
 * @count: how many
 *
 * Context: process, may sleep.
 */
void levee_offenders_forget_policies(struct levee_offenders *off,
				     const u32 *ids, u32 count)
{
	offenders_remove(off, &(struct ids){ ids, count });
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_forget_policies);

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
	kvfree(off->marks);
	kvfree(off->chains);
	kfree(off);
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_free);

/* Adds what a record has counted to another one of the same offender. */
static void shared_count_merge(struct levee_shared_count *to,
			       const struct levee_shared_count *count)
{
	atomic64_add(atomic64_read(&count->packets), &to->packets);
	atomic64_add(atomic64_read(&count->bytes), &to->bytes);
}

static void offender_merge(struct levee_offender *to,
			   const struct levee_offender *rec)
{
	int i;

	for (i = 0; i < levee_offender_lanes; i++) {
		struct levee_offender_lane *sum = &to->lane[i];
		const struct levee_offender_lane *lane = &rec->lane[i];

		/* The last offence is that of the newer record, if it had one. */
		if (atomic64_read(&lane->first_ns)) {
			atomic64_set(&sum->first_ns,
				     atomic64_read(&lane->first_ns));
			atomic64_cmpxchg(&sum->last_ns, 0,
					 atomic64_read(&lane->last_ns));
		}
		shared_count_merge(&sum->passed, &lane->passed);
		shared_count_merge(&sum->dropped, &lane->dropped);
		shared_count_merge(&sum->would, &lane->would);
	}
	to->proof = max(to->proof, rec->proof);
}

/*
 * Moves the record that @link points to into another table, or what it has
 * counted to the one that was made there meanwhile. Returns false if there is
 * no room for it, or it is not needed there: then it is still where it was.
 */
static bool offender_move(struct levee_offender __rcu **link,
			  struct levee_offenders *to, u64 now_ns)
{
	struct levee_offender *rec, *there, *next;
	u64 worth, last_ns;

	rec = rcu_dereference_protected(*link, true);
	next = rcu_dereference_protected(rec->next, true);
	/* First, or it might be the one to make room. */
	there = levee_offender_find(to, rec->hash, &rec->key);
	if (there) {
		offender_merge(there, rec);
		return false;
	}

	worth = levee_offender_worth(rec, now_ns, &last_ns);
	if (!levee_offender_reserve(to, min_t(u64, worth, U32_MAX), now_ns)) {
		levee_counters_add(to->counters, LEVEE_OFFENDER_EVICTED, 1);
		return false;
	}
	RCU_INIT_POINTER(rec->next, NULL);
	there = levee_offender_link(to, rec);
	if (there == rec) {
		RCU_INIT_POINTER(*link, next);
		return true;
	}
	RCU_INIT_POINTER(rec->next, next);
	atomic_dec(&to->held);
	if (there)
		offender_merge(there, rec);
	else
		levee_counters_add(to->counters, LEVEE_OFFENDER_EVICTED, 1);
	return false;
}

static void chain_move(struct levee_offenders *off, unsigned long index,
		       struct levee_offenders *to, u64 now_ns)
{
	struct levee_offender __rcu **link = &off->chains[index];
	struct levee_offender *rec;

	while ((rec = rcu_dereference_protected(*link, true))) {
		if (offender_move(link, to, now_ns))
			atomic_dec(&off->held);
		else
			link = &rec->next;
	}
}

/**
 * levee_offenders_replace - put another table in the place of one in use
 * @where: what points to the table in use, for packets under the RCU read lock
 * @new: the new one, empty
 *
 * Records are moved with what they have counted; if the new table is too small
 * for them, less valuable ones are given up, as for newcomers. A walk may be
 * resumed in the new table, whose order is the same. What an offender has
 * passed while its record was on its way, some ms, is not counted. The old
 * table is freed.
 *
 * Context: process, may sleep for a grace period. The caller holds the lock
 * that protects *@where, and keeps out who walks or reads.
 */
void levee_offenders_replace(struct levee_offenders __rcu **where,
			     struct levee_offenders *new)
{
	struct levee_offenders *old = rcu_dereference_protected(*where, true);
	unsigned long i, last = (1UL << old->bits) - 1;
	u64 now_ns = ktime_get_ns();

	levee_counters_free(new->counters);
	new->counters = old->counters;
	rcu_assign_pointer(*where, new);
	/* From here on no packet is in the old table. */
	synchronize_rcu();
	/*
	 * Not in order, or the records would all be at one end of a smaller
	 * table when it is full, and not where it looks for one to give up. The
	 * factor is odd: every chain has its turn.
	 */
	for (i = 0; i <= last; i++) {
		local_bh_disable();
		/* Another CPU may evict what was just moved. */
		rcu_read_lock();
		chain_move(old, i * GOLDEN_RATIO_32 & last, new, now_ns);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	}
	old->counters = NULL;
	levee_offenders_free(old);
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_replace);

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
	totals->bytes = (sizeof(*off->chains) + sizeof(*off->marks)) <<
			off->bits;
	totals->bytes += totals->held *
			 struct_size((struct levee_offender *)NULL, lane,
				     levee_offender_lanes);
	totals->evicted = value[LEVEE_OFFENDER_EVICTED];
	totals->missed = value[LEVEE_OFFENDER_MISSED];
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_read);

