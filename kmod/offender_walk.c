// SPDX-License-Identifier: GPL-2.0
/*
 * The table of offenders, record by record: for who shows them, or asks who is
 * proven.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "offender_table.h"

#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "compat.h"

/* Chains that a walk visits before it lets others run. */
#define LEVEE_OFFENDER_CHUNK		256

/* Chains in which who is proven is asked at once: some ms. */
#define LEVEE_OFFENDER_PROVE		65536UL

static void shared_count_sum(const struct levee_shared_count *count,
			     struct levee_count *to)
{
	to->packets += atomic64_read(&count->packets);
	to->bytes += atomic64_read(&count->bytes);
}

/* The record of a chain with the least hash that is not less than @from. */
static struct levee_offender *
chain_next(struct levee_offender __rcu * const *chain, u64 from)
{
	struct levee_offender *rec, *next = NULL;

	for (rec = rcu_dereference(*chain); rec;
	     rec = rcu_dereference(rec->next))
		if (rec->hash >= from && (!next || rec->hash < next->hash))
			next = rec;
	return next;
}

static void offender_info(const struct levee_offender *rec,
			  struct levee_offender_info *info)
{
	int i;

	memset(info, 0, sizeof(*info));
	info->prefix.addr = rec->key.addr;
	info->prefix.family = rec->key.family;
	info->prefix.len = rec->key.len;
	info->policy_id = rec->key.policy_id;
	info->class = rec->key.class;
	info->reason = READ_ONCE(rec->reason);
	info->proof = READ_ONCE(rec->proof);
	info->first_ns = U64_MAX;
	for (i = 0; i < levee_offender_lanes; i++) {
		const struct levee_offender_lane *lane = &rec->lane[i];
		u64 first_ns = atomic64_read(&lane->first_ns);

		if (first_ns)
			info->first_ns = min(info->first_ns, first_ns);
		info->last_ns = max_t(u64, info->last_ns,
				      atomic64_read(&lane->last_ns));
		shared_count_sum(&lane->passed, &info->passed);
		shared_count_sum(&lane->dropped, &info->dropped);
		shared_count_sum(&lane->would, &info->would);
	}
}

static int chain_walk(struct levee_offender __rcu * const *chain, u64 *cursor,
		      int (*show)(const struct levee_offender_info *info,
				  void *arg), void *arg)
{
	struct levee_offender_info info;
	struct levee_offender *rec;
	int ret;

	while ((rec = chain_next(chain, *cursor))) {
		offender_info(rec, &info);
		ret = show(&info, arg);
		*cursor = ret < 0 ? rec->hash : rec->hash + 1;
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
int levee_offenders_walk(struct levee_offenders *off, u64 *cursor,
			 int (*show)(const struct levee_offender_info *info,
				     void *arg), void *arg)
{
	unsigned long index = levee_offender_index(off, *cursor);
	unsigned long chains = 1UL << off->bits;
	int i, ret = 0;

	if (*cursor == LEVEE_OFFENDERS_END)
		return 0;
	while (!ret && index < chains) {
		rcu_read_lock();
		for (i = 0; i < LEVEE_OFFENDER_CHUNK && index < chains; i++) {
			ret = chain_walk(&off->chains[index++], cursor, show,
					 arg);
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

/* What levee_offenders_prove() was called with. */
struct prove {
	u64 since_ns;
	enum levee_proof (*ask)(const struct levee_prefix *prefix, void *arg);
	void *arg;
};

static void chain_prove(struct levee_offender __rcu * const *chain,
			const struct prove *prove)
{
	struct levee_offender_info info;
	struct levee_offender *rec;

	for (rec = rcu_dereference(*chain); rec;
	     rec = rcu_dereference(rec->next)) {
		if (rec->proof == LEVEE_PROOF_PROVEN)
			continue;
		offender_info(rec, &info);
		/* Only written here, and in a table that nobody uses. */
		if ((s64)(info.last_ns - prove->since_ns) >= 0)
			WRITE_ONCE(rec->proof,
				   prove->ask(&info.prefix, prove->arg));
	}
}

/**
 * levee_offenders_prove - find out who of the offenders is proven
 * @off: the table; may be used meanwhile
 * @cursor: where to begin, 0 at first; set to where to go on, or to 0 when all
 *	were looked at: of a table of the default size that is so each time
 * @since_ns: only those whose last offence was not before, CLOCK_MONOTONIC
 * @ask: called for them under the RCU read lock
 * @arg: for @ask
 *
 * Context: process, may sleep; one caller at a time.
 */
void levee_offenders_prove(struct levee_offenders *off, u64 *cursor,
			   u64 since_ns,
			   enum levee_proof (*ask)(const struct levee_prefix *prefix,
						   void *arg), void *arg)
{
	const struct prove prove = {
		.since_ns = since_ns,
		.ask = ask,
		.arg = arg,
	};
	unsigned long index = levee_offender_index(off, *cursor);
	unsigned long chains = 1UL << off->bits;
	unsigned long end;
	int i;

	end = min(chains, index + LEVEE_OFFENDER_PROVE);
	while (index < end) {
		rcu_read_lock();
		for (i = 0; i < LEVEE_OFFENDER_CHUNK && index < end; i++)
			chain_prove(&off->chains[index++], &prove);
		rcu_read_unlock();
		cond_resched();
	}
	*cursor = end < chains ? (u64)end << (64 - off->bits) : 0;
}
LEVEE_EXPORT_FOR_TEST(levee_offenders_prove);
