// SPDX-License-Identifier: GPL-2.0
/*
 * The table of bans as readers see it: walked in pieces, and summed up.
 */
#include "ban_table.h"

#include <linux/bottom_half.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "compat.h"

static void ban_info(const struct levee_ban *ban, struct levee_ban_info *info)
{
	memset(info, 0, sizeof(*info));
	info->prefix = ban->prefix;
	info->since_ns = ban->since_ns;
	info->until_ns = atomic64_read(&ban->until_ns);
	info->level = ban->level;
	info->decay_s = ban->decay_s;
	info->class = ban->class;
	info->would = ban->would;
	info->comment = ban->comment;
	strscpy(info->policy, ban->policy, sizeof(info->policy));
}

/* The ban of a chain with the least hash that is not less than @from. */
static const struct levee_ban *chain_next(const struct hlist_head *chain,
					  u64 from, u64 now_ns)
{
	const struct levee_ban *ban, *next = NULL;

	hlist_for_each_entry(ban, chain, node)
		if ((u64)atomic64_read(&ban->until_ns) > now_ns &&
		    ban->hash >= from && (!next || ban->hash < next->hash))
			next = ban;
	return next;
}

static int chain_walk(const struct hlist_head *chain, u64 now_ns, u64 *cursor,
		      int (*show)(const struct levee_ban_info *info, void *arg),
		      void *arg)
{
	const struct levee_ban *ban;
	struct levee_ban_info info;
	int ret;

	while ((ban = chain_next(chain, *cursor, now_ns))) {
		ban_info(ban, &info);
		ret = show(&info, arg);
		*cursor = ret < 0 ? ban->hash : ban->hash + 1;
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * levee_bans_walk - show the bans in force
 * @bans: the table; may be used meanwhile
 * @now_ns: present time, CLOCK_MONOTONIC
 * @cursor: where to begin, 0 at first; set to where to go on, or to
 *	LEVEE_BANS_END when all were shown
 * @show: called for each with the lock of the table held; returns 0 to go on,
 *	more to stop after this ban, less to stop before it
 * @arg: for @show
 *
 * The cursor is a place in the order of hashes, which nothing changes: a ban
 * that is there all the time is shown exactly once.
 *
 * Context: process, may sleep.
 * Return: what @show returned last, 0 if all were shown.
 */
int levee_bans_walk(struct levee_bans *bans, u64 now_ns, u64 *cursor,
		    int (*show)(const struct levee_ban_info *info, void *arg),
		    void *arg)
{
	unsigned long index = levee_ban_index(bans, *cursor);
	unsigned long end, chains = 1UL << bans->bits;
	int ret = 0;

	if (*cursor == LEVEE_BANS_END)
		return 0;
	while (!ret && index < chains) {
		end = min(index + LEVEE_BAN_CHUNK, chains);
		spin_lock_bh(&bans->lock);
		while (!ret && index < end)
			ret = chain_walk(&bans->chains[index++], now_ns,
					 cursor, show, arg);
		spin_unlock_bh(&bans->lock);
		cond_resched();
	}
	if (!ret)
		*cursor = LEVEE_BANS_END;
	return ret;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_walk);

/**
 * levee_bans_match - show the ban that packets from an address meet
 * @bans: the table; may be used meanwhile
 * @addr: the address, of full length
 * @would: ask for bans that only count, and not for the others
 * @show: called for it with the lock of the table held
 * @arg: for @show
 *
 * Context: process.
 * Return: what @show returned, 0 if there is no such ban.
 */
int levee_bans_match(struct levee_bans *bans, const struct levee_prefix *addr,
		     bool would,
		     int (*show)(const struct levee_ban_info *info, void *arg),
		     void *arg)
{
	struct levee_prefix prefix = *addr;
	const struct levee_ban *ban;
	struct levee_ban_info info;
	struct levee_ban_hit hit;
	int ret = 0;

	spin_lock_bh(&bans->lock);
	rcu_read_lock();
	if (levee_bans_lookup(bans, addr->family, &addr->addr, would, &hit)) {
		prefix.len = hit.len;
		levee_prefix_mask(&prefix.addr, prefix.family, prefix.len);
		ban = levee_ban_find(bans, levee_ban_hash(bans, hit.hash, would),
				     &prefix, would);
		ban_info(ban, &info);
		ret = show(&info, arg);
	}
	rcu_read_unlock();
	spin_unlock_bh(&bans->lock);
	return ret;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_match);

/**
 * levee_bans_read - how the table is doing
 * @bans: the table
 * @totals: where to put it
 *
 * Context: process.
 */
void levee_bans_read(struct levee_bans *bans, struct levee_ban_totals *totals)
{
	totals->live = READ_ONCE(bans->live);
	totals->held = READ_ONCE(bans->held);
	totals->max = bans->max;
	totals->bytes = (sizeof(*bans->chains) << bans->bits) +
			totals->held * sizeof(struct levee_ban);
	levee_counters_read(bans->counters, 0, 1, &totals->missed);
}
LEVEE_EXPORT_FOR_TEST(levee_bans_read);
