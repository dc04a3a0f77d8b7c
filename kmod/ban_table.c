// SPDX-License-Identifier: GPL-2.0
/*
 * The table of bans: its records, who makes and takes them back by hand, and
 * what forgets them.
 */
#include "ban_table.h"

#include <linux/bottom_half.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "source.h"

/* Chains that are looked at, with the lock held, for a ban to give up. */
#define LEVEE_BAN_ROOM_CHAINS	256
/* Chains that the worker visits at a time. */
#define LEVEE_BAN_SWEEP		16384u
/* How often it visits all of them. */
#define LEVEE_BAN_SWEEP_PERIOD	HZ

static struct kmem_cache *levee_ban_cache __read_mostly;

static bool same_prefix(const struct levee_prefix *a,
			const struct levee_prefix *b)
{
	return a->addr.be[0] == b->addr.be[0] &&
	       a->addr.be[1] == b->addr.be[1] && a->family == b->family &&
	       a->len == b->len;
}

/**
 * levee_ban_find - find a ban, in force or remembered
 * @bans: the table
 * @hash: levee_ban_hash() of it
 * @prefix: the source
 * @would: it only counts
 *
 * Context: RCU read lock, or @bans->lock.
 * Return: the ban, or NULL.
 */
struct levee_ban *levee_ban_find(const struct levee_bans *bans, u64 hash,
				 const struct levee_prefix *prefix, bool would)
{
	struct levee_ban *ban;

	hlist_for_each_entry_rcu(ban, &bans->chains[levee_ban_index(bans, hash)],
				 node, lockdep_is_held(&bans->lock))
		if (ban->hash == hash && ban->would == would &&
		    same_prefix(&ban->prefix, prefix))
			return ban;
	return NULL;
}

/* Counts a ban as in force, or not; packets then know its length, or not. */
static void ban_set_live(struct levee_bans *bans, struct levee_ban *ban,
			 bool live)
{
	unsigned int set = levee_ban_set(ban->would, ban->prefix.family);
	u32 *used = &bans->used[set][ban->prefix.len];

	lockdep_assert_held(&bans->lock);
	if (ban->live == live)
		return;
	ban->live = live;
	if (live && !(*used)++)
		set_bit(ban->prefix.len, bans->lens[set]);
	if (!live && !--(*used))
		clear_bit(ban->prefix.len, bans->lens[set]);
	WRITE_ONCE(bans->live, live ? bans->live + 1 : bans->live - 1);
}

static void ban_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(levee_ban_cache,
			container_of(rcu, struct levee_ban, rcu));
}

static void ban_del(struct levee_bans *bans, struct levee_ban *ban)
{
	ban_set_live(bans, ban, false);
	hlist_del_rcu(&ban->node);
	WRITE_ONCE(bans->full_ns[0], 0);
	WRITE_ONCE(bans->full_ns[1], 0);
	WRITE_ONCE(bans->held, bans->held - 1);
	/* Packets never look at it. */
	kfree(ban->comment);
	call_rcu(&ban->rcu, ban_free_rcu);
}

/*
 * What has ended gives way to who is to be banned, although it is still
 * remembered; and what only counts gives way to what drops.
 */
static bool ban_gives_way(const struct levee_ban *ban, bool would, u64 now_ns)
{
	return (u64)atomic64_read(&ban->until_ns) <= now_ns ||
	       (ban->would && !would);
}

static bool bans_make_room(struct levee_bans *bans, bool would, u64 now_ns,
			   u32 max)
{
	unsigned long chains = 1UL << bans->bits;
	struct levee_ban *ban;
	int i;

	if (bans->held < max)
		return true;
	for (i = 0; i < LEVEE_BAN_ROOM_CHAINS; i++) {
		unsigned long index = bans->room_cursor++ % chains;

		hlist_for_each_entry(ban, &bans->chains[index], node) {
			if (!ban_gives_way(ban, would, now_ns))
				continue;
			ban_del(bans, ban);
			return true;
		}
	}
	WRITE_ONCE(bans->full_ns[would], now_ns + LEVEE_BAN_FULL_NS);
	return false;
}

/**
 * levee_ban_new - make a record that bans nobody yet
 * @bans: the table
 * @hash: levee_ban_hash() of it
 * @prefix: the source
 * @would: it will only count
 * @now_ns: present time, CLOCK_MONOTONIC
 * @max: how many there may be
 *
 * Context: @bans->lock, which is all that keeps others from making the same.
 * Return: the record; NULL if there is no room, or no memory.
 */
struct levee_ban *levee_ban_new(struct levee_bans *bans, u64 hash,
				const struct levee_prefix *prefix, bool would,
				u64 now_ns, u32 max)
{
	struct levee_ban *ban;

	lockdep_assert_held(&bans->lock);
	if (!bans_make_room(bans, would, now_ns, max))
		return NULL;
	ban = kmem_cache_zalloc(levee_ban_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!ban)
		return NULL;
	ban->hash = hash;
	ban->prefix = *prefix;
	ban->would = would;
	hlist_add_head_rcu(&ban->node,
			   &bans->chains[levee_ban_index(bans, hash)]);
	WRITE_ONCE(bans->held, bans->held + 1);
	return ban;
}

/**
 * levee_ban_begin - let a ban begin
 * @bans: the table
 * @ban: the ban, new or not
 * @now_ns: present time, CLOCK_MONOTONIC
 * @until_ns: its end, CLOCK_MONOTONIC, or LEVEE_BAN_FOREVER
 * @level: its level, or 0
 * @decay_s: after so many seconds without an offence, a level is forgotten
 *
 * Context: @bans->lock.
 */
void levee_ban_begin(struct levee_bans *bans, struct levee_ban *ban,
		     u64 now_ns, u64 until_ns, u8 level, u32 decay_s)
{
	lockdep_assert_held(&bans->lock);
	ban->since_ns = now_ns;
	ban->level = level;
	ban->decay_s = decay_s;
	ban->forget_ns = until_ns;
	if (until_ns != LEVEE_BAN_FOREVER)
		ban->forget_ns += (u64)level * decay_s * NSEC_PER_SEC;
	atomic64_set(&ban->until_ns, until_ns);
	ban_set_live(bans, ban, true);
	/* Does nothing if it is to run anyway. */
	queue_delayed_work(system_power_efficient_wq, &bans->gc,
			   LEVEE_BAN_SWEEP_PERIOD);
}

static void chain_sweep(struct levee_bans *bans, unsigned long index,
			u64 now_ns)
{
	struct hlist_node *next;
	struct levee_ban *ban;

	hlist_for_each_entry_safe(ban, next, &bans->chains[index], node) {
		if ((u64)atomic64_read(&ban->until_ns) > now_ns)
			continue;
		if (ban->forget_ns <= now_ns)
			ban_del(bans, ban);
		else
			ban_set_live(bans, ban, false);
	}
}

/* Returns where to go on; 0 at the end. */
static unsigned long sweep_chunk(struct levee_bans *bans, unsigned long index,
				 u64 now_ns)
{
	unsigned long end = min(index + LEVEE_BAN_CHUNK, 1UL << bans->bits);

	spin_lock_bh(&bans->lock);
	for (; index < end; index++)
		chain_sweep(bans, index, now_ns);
	spin_unlock_bh(&bans->lock);
	cond_resched();
	return index >> bans->bits ? 0 : index;
}

/**
 * levee_bans_sweep - forget what has ended
 * @bans: the table
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: process, may sleep.
 */
void levee_bans_sweep(struct levee_bans *bans, u64 now_ns)
{
	unsigned long index = 0;

	do
		index = sweep_chunk(bans, index, now_ns);
	while (index);
}
LEVEE_EXPORT_FOR_TEST(levee_bans_sweep);

/* A part at a time, until there is nothing left that will end. */
static void bans_gc(struct work_struct *work)
{
	struct levee_bans *bans = container_of(to_delayed_work(work),
					       struct levee_bans, gc);
	u64 now_ns = ktime_get_ns();
	u32 left = LEVEE_BAN_SWEEP / LEVEE_BAN_CHUNK;

	do
		bans->gc_cursor = sweep_chunk(bans, bans->gc_cursor, now_ns);
	while (bans->gc_cursor && --left);

	if (bans->gc_cursor)
		queue_delayed_work(system_power_efficient_wq, &bans->gc, 1);
	/* A ban that begins after this look queues the work itself. */
	else if (READ_ONCE(bans->held))
		queue_delayed_work(system_power_efficient_wq, &bans->gc,
				   LEVEE_BAN_SWEEP_PERIOD);
}

/**
 * levee_bans_alloc - make an empty table
 * @max: most bans it will hold, 1 to LEVEE_BANS_MAX
 * @key: secret of the hashes
 *
 * Context: process, may sleep.
 * Return: the table, or NULL if memory is short.
 */
struct levee_bans *levee_bans_alloc(u32 max, const siphash_key_t *key)
{
	struct levee_bans *bans;

	bans = kzalloc(sizeof(*bans), GFP_KERNEL_ACCOUNT);
	if (!bans)
		return NULL;
	bans->key = *key;
	bans->salt = get_random_u64();
	bans->max = clamp_t(u32, max, 1, LEVEE_BANS_MAX);
	bans->bits = order_base_2(max_t(u32, bans->max, LEVEE_BAN_CHUNK));
	spin_lock_init(&bans->lock);
	INIT_DELAYED_WORK(&bans->gc, bans_gc);

	bans->chains = kvcalloc(1UL << bans->bits, sizeof(*bans->chains),
				GFP_KERNEL_ACCOUNT);
	if (!bans->chains)
		goto err_free;
	bans->cpu = alloc_percpu_gfp(struct levee_ban_cpu, GFP_KERNEL_ACCOUNT);
	if (!bans->cpu)
		goto err_free_chains;
	bans->counters = levee_counters_alloc(1);
	if (!bans->counters)
		goto err_free_cpu;
	return bans;

err_free_cpu:
	free_percpu(bans->cpu);
err_free_chains:
	kvfree(bans->chains);
err_free:
	kfree(bans);
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_alloc);

/**
 * levee_bans_free - free a table that nobody looks at any more
 * @bans: the table, or NULL
 *
 * Context: process, may sleep.
 */
void levee_bans_free(struct levee_bans *bans)
{
	if (!bans)
		return;
	levee_bans_flush(bans);
	cancel_delayed_work_sync(&bans->gc);
	levee_counters_free(bans->counters);
	free_percpu(bans->cpu);
	kvfree(bans->chains);
	kfree(bans);
}
LEVEE_EXPORT_FOR_TEST(levee_bans_free);

/**
 * levee_bans_set - ban a source by hand, or as it was banned before
 * @bans: the table
 * @info: the ban; @since_ns is the present time. A ban of the same source is
 *	replaced.
 *
 * Context: process.
 * Return: 0; -ENOSPC if there is no room for it, -ENOMEM.
 */
int levee_bans_set(struct levee_bans *bans, const struct levee_ban_info *info)
{
	char *comment = NULL;
	struct levee_ban *ban;
	u64 hash;
	int err = 0;

	if (info->comment) {
		comment = kstrdup(info->comment, GFP_KERNEL_ACCOUNT);
		if (!comment)
			return -ENOMEM;
	}
	hash = levee_source_hash(&bans->key, info->prefix.family,
				 &info->prefix.addr, info->prefix.len);
	hash = levee_ban_hash(bans, hash, info->would);

	spin_lock_bh(&bans->lock);
	ban = levee_ban_find(bans, hash, &info->prefix, info->would);
	if (!ban)
		ban = levee_ban_new(bans, hash, &info->prefix, info->would,
				    info->since_ns, bans->max);
	if (ban) {
		swap(ban->comment, comment);
		strscpy(ban->policy, info->policy, sizeof(ban->policy));
		ban->class = info->class;
		levee_ban_begin(bans, ban, info->since_ns, info->until_ns,
				info->level, info->decay_s);
	} else {
		err = bans->held < bans->max ? -ENOMEM : -ENOSPC;
	}
	spin_unlock_bh(&bans->lock);
	kfree(comment);
	return err;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_set);

/**
 * levee_bans_del - forget the bans of a source, of exactly this prefix
 * @bans: the table
 * @prefix: the source
 *
 * What is remembered of those that have ended goes, too, as do those that only
 * count.
 *
 * Context: process.
 * Return: false if there was none.
 */
bool levee_bans_del(struct levee_bans *bans, const struct levee_prefix *prefix)
{
	u64 hash = levee_source_hash(&bans->key, prefix->family, &prefix->addr,
				     prefix->len);
	bool found = false;
	int would;

	spin_lock_bh(&bans->lock);
	for (would = 0; would <= 1; would++) {
		struct levee_ban *ban;

		ban = levee_ban_find(bans, levee_ban_hash(bans, hash, would),
				     prefix, would);
		if (!ban)
			continue;
		ban_del(bans, ban);
		found = true;
	}
	spin_unlock_bh(&bans->lock);
	return found;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_del);

/**
 * levee_bans_flush - forget all bans
 * @bans: the table
 *
 * Context: process, may sleep.
 */
void levee_bans_flush(struct levee_bans *bans)
{
	/* What lasts forever has ended by then, too. */
	levee_bans_sweep(bans, U64_MAX);
}
LEVEE_EXPORT_FOR_TEST(levee_bans_flush);

/**
 * levee_ban_init - make what all tables share
 *
 * Return: 0 or -ENOMEM.
 */
int levee_ban_init(void)
{
	levee_ban_cache = kmem_cache_create("levee_ban",
					    sizeof(struct levee_ban), 0,
					    SLAB_HWCACHE_ALIGN, NULL);
	return levee_ban_cache ? 0 : -ENOMEM;
}

/**
 * levee_ban_exit - free it, once all records are freed
 */
void levee_ban_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(levee_ban_cache);
}
