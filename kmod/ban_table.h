/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of bans from inside: for ban.c, which the packet path calls,
 * ban_table.c, which makes and forgets bans, and ban_walk.c, which shows them.
 */
#ifndef _LEVEE_BAN_TABLE_H
#define _LEVEE_BAN_TABLE_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/workqueue.h>
#include "ban.h"
#include "stats.h"

/* Chains that are visited before others may have the lock, or the CPU. */
#define LEVEE_BAN_CHUNK		64

/* How long a search that found no room stands for others. */
#define LEVEE_BAN_FULL_NS	(10 * NSEC_PER_MSEC)

/* One in so many bans can only be made by hand: packets must not lock us out. */
#define LEVEE_BAN_BY_HAND	16

/* Prefix lengths that a ban may have. */
#define LEVEE_BAN_LENS		(128 + 1)

/**
 * struct levee_ban - a ban, or what is remembered of one that has ended
 * @node: in its chain
 * @hash: what chooses the chain; see levee_ban_hash()
 * @prefix: the source; never changed
 * @would: it only counts what would be dropped; never changed
 * @live: it is counted as in force
 * @level: as in &struct levee_ban_info
 * @class: likewise
 * @until_ns: end of the ban; read by the packet path
 * @since_ns: when it was made
 * @forget_ns: when nothing of it needs to be remembered any more
 * @decay_s: as in &struct levee_ban_info
 * @policy: likewise
 * @comment: likewise
 * @rcu: frees it
 *
 * But for @until_ns, what may change is only looked at with the table's lock.
 */
struct levee_ban {
	/* packet path */
	struct hlist_node node;
	u64 hash;
	struct levee_prefix prefix;
	bool would;
	bool live;
	u8 level;
	u8 class;
	atomic64_t until_ns;

	u64 since_ns;
	u64 forget_ns;
	u32 decay_s;
	char policy[LEVEE_NAME_MAX + 1];
	char *comment;
	struct rcu_head rcu;
};

/* Which bans are meant: real ones, or those that only count; of a family. */
#define LEVEE_BAN_SETS		4

static inline unsigned int levee_ban_set(bool would, u8 family)
{
	return (would ? 2 : 0) + (family == NFPROTO_IPV6);
}

/**
 * struct levee_ban_cpu - one CPU's budget of new bans
 * @window_ns: when it was last filled
 * @used: how much of it was used since
 */
struct levee_ban_cpu {
	u64 window_ns;
	u32 used;
};

/**
 * struct levee_bans - a table of bans
 * @key: secret of the hashes
 * @salt: what tells the hashes of bans that only count from the others
 * @chains: chains of bans
 * @bits: the number of chains is 2^@bits
 * @max: most bans held
 * @full_ns: until then, there is no room for bans that drop, or that only count
 * @lens: for each set, the prefix lengths of which there are bans in force
 * @live: bans counted as in force; while it is 0, packets look no further
 * @cpu: budgets
 * @counters: missed
 * @gc: forgets what has ended
 * @lock: protects the chains, and everything below
 * @held: bans in the chains
 * @used: for each set and prefix length, how many bans are in force
 * @gc_cursor: next chain that @gc looks at
 * @room_cursor: next chain that is searched for a ban to give up
 */
struct levee_bans {
	/* packet path, read only but for changes */
	siphash_key_t key;
	u64 salt;
	struct hlist_head *chains;
	unsigned int bits;
	u32 live;
	DECLARE_BITMAP(lens[LEVEE_BAN_SETS], LEVEE_BAN_LENS);

	u32 max;
	u64 full_ns[2];
	struct levee_ban_cpu __percpu *cpu;
	struct levee_counters *counters;
	struct delayed_work gc;

	/* protects the chains, and everything below */
	spinlock_t lock ____cacheline_aligned_in_smp;
	u32 held;
	u32 used[LEVEE_BAN_SETS][LEVEE_BAN_LENS];
	unsigned long gc_cursor;
	unsigned long room_cursor;
};

/* A walk ends at the last hash there is: no ban has it. */
static inline u64 levee_ban_hash(const struct levee_bans *bans,
				 u64 source_hash, bool would)
{
	return min(would ? source_hash ^ bans->salt : source_hash,
		   LEVEE_BANS_END - 1);
}

/*
 * The upper bits choose the chain, so that the order of hashes is the order
 * of chains, which is what a walk follows.
 */
static inline unsigned long levee_ban_index(const struct levee_bans *bans,
					    u64 hash)
{
	return hash >> (64 - bans->bits);
}

struct levee_ban *levee_ban_find(const struct levee_bans *bans, u64 hash,
				 const struct levee_prefix *prefix, bool would);
struct levee_ban *levee_ban_new(struct levee_bans *bans, u64 hash,
				const struct levee_prefix *prefix, bool would,
				u64 now_ns, u32 max);
void levee_ban_begin(struct levee_bans *bans, struct levee_ban *ban,
		     u64 now_ns, u64 until_ns, u8 level, u32 decay_s);
void levee_bans_sweep(struct levee_bans *bans, u64 now_ns);

#endif /* _LEVEE_BAN_TABLE_H */
