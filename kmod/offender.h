/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of sources that exceeded a limit: bounded, for people to read.
 */
#ifndef _LEVEE_OFFENDER_H
#define _LEVEE_OFFENDER_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/ktime.h>
#include <linux/levee.h>
#include <linux/limits.h>
#include <linux/types.h>
#include "prefix.h"
#include "stats.h"

struct levee_offenders;

/* Most records that a table may be made for. */
#define LEVEE_OFFENDERS_MAX	BIT(24)

/* Cursor of a walk that has shown all records. */
#define LEVEE_OFFENDERS_END	U64_MAX

/**
 * struct levee_offender_key - whom a record is about
 * @addr: source address, masked to @len
 * @policy_id: the policy of the limit that was exceeded
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: prefix length of that limit
 * @class: class of the packets, never LEVEE_CLASS_ANY
 */
struct levee_offender_key {
	union levee_addr addr;
	u32 policy_id;
	u8 family;
	u8 len;
	u8 class;
};

static_assert(sizeof(struct levee_offender_key) == 24);

/**
 * struct levee_offender_info - a record as readers see it
 * @prefix: source prefix
 * @policy_id: the policy
 * @class: class of the packets
 * @reason: enum levee_reason of the last offence
 * @proof: enum levee_proof
 * @first_ns: time of the first offence, CLOCK_MONOTONIC
 * @last_ns: time of the last offence, CLOCK_MONOTONIC
 * @passed: passed since then while more than half the burst was used up
 * @dropped: dropped
 * @would: would have been dropped in mode enforce
 */
struct levee_offender_info {
	struct levee_prefix prefix;
	u32 policy_id;
	u8 class;
	u8 reason;
	u8 proof;
	u64 first_ns;
	u64 last_ns;
	struct levee_count passed;
	struct levee_count dropped;
	struct levee_count would;
};

/**
 * struct levee_offender_totals - how the table itself is doing
 * @held: records held
 * @max: most that will be held
 * @bytes: memory of the table and its records, without per-CPU parts
 * @evicted: given up for more valuable ones
 * @missed: offences that were counted but left no record (budget, memory, no
 *	record that was worth less)
 */
struct levee_offender_totals {
	u64 held;
	u64 max;
	u64 bytes;
	u64 evicted;
	u64 missed;
};

struct levee_offenders *levee_offenders_alloc(u32 max);
void levee_offenders_free(struct levee_offenders *off);
void levee_offenders_replace(struct levee_offenders __rcu **where,
			     struct levee_offenders *new);
void levee_offenders_flush(struct levee_offenders *off);
void levee_offenders_forget_policies(struct levee_offenders *off,
				     const u32 *ids, u32 count);

/*
 * Packet path. @hash is a keyed hash of @key that is the same whenever the key
 * is: no two keys of a table may have the same, and no sender may know it.
 */
bool levee_offender_unwanted(struct levee_offenders *off, u64 hash,
			     u32 packets, u64 now_ns);
void levee_offender_over(struct levee_offenders *off,
			 const struct levee_offender_key *key, u64 hash,
			 enum levee_reason reason, bool dropped,
			 u32 packets, u32 bytes, u64 now_ns);
void levee_offender_passed(struct levee_offenders *off,
			   const struct levee_offender_key *key, u64 hash,
			   u32 packets, u32 bytes);

/*
 * Readers: resumable walk over all records. *cursor is 0 at first. @show returns
 * 0 to go on, more to stop after this record, less to stop before it.
 */
int levee_offenders_walk(struct levee_offenders *off, u64 *cursor,
			 int (*show)(const struct levee_offender_info *info,
				     void *arg), void *arg);
void levee_offenders_prove(struct levee_offenders *off, u64 *cursor,
			   u64 since_ns,
			   enum levee_proof (*ask)(const struct levee_prefix *prefix,
						   void *arg), void *arg);
void levee_offenders_read(struct levee_offenders *off,
			  struct levee_offender_totals *totals);

/**
 * levee_real_ns - time of a record as people reckon it
 * @mono_ns: time in ns of CLOCK_MONOTONIC
 *
 * Return: ns since the epoch.
 */
static inline u64 levee_real_ns(u64 mono_ns)
{
	return ktime_to_ns(ktime_mono_to_real(ns_to_ktime(mono_ns)));
}

int levee_offender_init(void);
void levee_offender_exit(void);

#endif /* _LEVEE_OFFENDER_H */
