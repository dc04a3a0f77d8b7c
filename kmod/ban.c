// SPDX-License-Identifier: GPL-2.0
/*
 * Bans on the packet path: who is banned, and who becomes it.
 *
 * A packet is looked up once for each prefix length of which there are bans in
 * force, in a hash table that is read without a lock. The hash is keyed, so
 * nobody can aim at a chain. A ban ends by itself: what is in the table with a
 * time that has passed bans nobody, but is remembered for a while, as the next
 * ban of the same source is to be longer.
 *
 * A limit's first ban of a source takes its first time, the next one twice
 * that, and so on, up to its longest time; that is the ban's level. With each
 * longest time that the source is quiet after the end of its ban, it is one
 * level less; without any, it is forgotten.
 *
 * What a flood of offenders can cost is bounded: by the number of bans held, by
 * how many each CPU may make in a time, by how many chains are looked at to make
 * room for one, and how often, all CPUs together. When there is no room, the
 * source is not banned; what it is limited to holds all the same.
 *
 * A policy in mode monitor makes bans that only count. They are apart from
 * those that drop, so that neither changes what the other would have been.
 */
#include "ban_table.h"

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "source.h"

/* Bans that each CPU may make, or try to, in each window: 6400 per second. */
#define LEVEE_BAN_BUDGET	64
#define LEVEE_BAN_WINDOW_NS	(10 * NSEC_PER_MSEC)

/* In force now, among those of one prefix length? */
static bool hash_banned(const struct levee_bans *bans, u8 family,
			const union levee_addr *addr, bool would,
			struct levee_ban_hit *hit)
{
	struct levee_prefix prefix = {
		.addr = *addr, .family = family, .len = hit->len,
	};
	const struct levee_ban *ban;
	u64 hash;

	levee_prefix_mask(&prefix.addr, family, hit->len);
	hit->hash = levee_source_hash(&bans->key, family, addr, hit->len);
	hash = levee_ban_hash(bans, hit->hash, would);
	ban = levee_ban_find(bans, hash, &prefix, would);
	if (!ban)
		return false;
	hit->now_ns = ktime_get_ns();
	return (u64)atomic64_read(&ban->until_ns) > hit->now_ns;
}

/**
 * levee_bans_lookup - is an address banned?
 * @bans: the table
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 * @would: ask for bans that only count, and not for the others
 * @hit: set to the ban
 *
 * Work: one look at a chain for each prefix length of the family of which there
 * are bans in force.
 *
 * Context: RCU read lock. Packet path.
 * Return: true if it is.
 */
bool levee_bans_lookup(const struct levee_bans *bans, u8 family,
		       const union levee_addr *addr, bool would,
		       struct levee_ban_hit *hit)
{
	const unsigned long *lens = bans->lens[levee_ban_set(would, family)];
	unsigned int word;

	/*
	 * A length that comes, or goes, at this moment may be seen or not, as
	 * the ban itself may be.
	 */
	if (!READ_ONCE(bans->live))
		return false;
	for (word = 0; word < BITS_TO_LONGS(LEVEE_BAN_LENS); word++) {
		unsigned long left = READ_ONCE(lens[word]);

		for (; left; left &= left - 1) {
			hit->len = word * BITS_PER_LONG + __ffs(left);
			if (hash_banned(bans, family, addr, would, hit))
				return true;
		}
	}
	return false;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_lookup);

/*
 * Whether this CPU may make one more ban. Bottom halves being disabled does
 * not keep others off this CPU on PREEMPT_RT, hence get_cpu_ptr().
 */
static bool ban_budget(struct levee_bans *bans, u64 now_ns)
{
	struct levee_ban_cpu *cpu = get_cpu_ptr(bans->cpu);
	bool granted;

	if ((s64)(now_ns - cpu->window_ns) >= LEVEE_BAN_WINDOW_NS) {
		cpu->window_ns = now_ns;
		cpu->used = 0;
	}
	granted = cpu->used < LEVEE_BAN_BUDGET;
	if (granted)
		cpu->used++;
	put_cpu_ptr(bans->cpu);
	return granted;
}

/* What is left of a level; the ban's time has passed. */
static u8 level_left(const struct levee_ban *ban, u64 now_ns)
{
	u64 quiet_ns = now_ns - atomic64_read(&ban->until_ns);
	u64 decayed;

	if (!ban->decay_s)
		return 0;
	decayed = div64_u64(quiet_ns, (u64)ban->decay_s * NSEC_PER_SEC);
	return decayed < ban->level ? ban->level - decayed : 0;
}

/*
 * How long the ban after one of level @level takes. Its own level is set, which
 * grows no further once the longest time is reached: else it would take as long
 * to forget as the source has offended.
 */
static u32 next_time(const struct levee_ban_offence *offence, u8 *level)
{
	u64 time_s = offence->first_s;
	u8 reached = 1;

	while (reached <= *level && reached < LEVEE_BAN_LEVEL_MAX &&
	       time_s < offence->longest_s) {
		time_s *= 2;
		reached++;
	}
	*level = reached;
	return min_t(u64, time_s, offence->longest_s);
}

/* Returns the end of the ban, or 0 if others have made it, or there is no room. */
static u64 ban_offend(struct levee_bans *bans,
		      const struct levee_ban_offence *offence, bool *missed)
{
	u64 hash = levee_ban_hash(bans, offence->hash, offence->would);
	u64 now_ns = offence->now_ns;
	struct levee_ban *ban;
	u64 until_ns;
	u8 level = 0;

	lockdep_assert_held(&bans->lock);
	ban = levee_ban_find(bans, hash, offence->prefix, offence->would);
	if (ban) {
		/* The clock of another CPU may be a little ahead. */
		if ((u64)atomic64_read(&ban->until_ns) >= now_ns)
			return 0;
		level = level_left(ban, now_ns);
	} else {
		ban = levee_ban_new(bans, hash, offence->prefix,
				    offence->would, now_ns,
				    bans->max - bans->max / LEVEE_BAN_BY_HAND);
		*missed = !ban;
		if (!ban)
			return 0;
	}
	strscpy(ban->policy, offence->policy, sizeof(ban->policy));
	ban->class = offence->class;
	kfree(ban->comment);
	ban->comment = NULL;
	until_ns = now_ns + (u64)next_time(offence, &level) * NSEC_PER_SEC;
	levee_ban_begin(bans, ban, now_ns, until_ns, level,
			offence->longest_s);
	return until_ns;
}

/*
 * Was there no room a moment ago? Else many CPUs would queue for the lock, each to
 * search in vain. On 32 bits the time may be torn: then one more CPU searches, or
 * one ban is made later.
 */
static bool bans_full(const struct levee_bans *bans,
		      const struct levee_ban_offence *offence)
{
	u64 full_ns = READ_ONCE(bans->full_ns[offence->would]);

	return unlikely(full_ns > offence->now_ns &&
			full_ns - offence->now_ns <= LEVEE_BAN_FULL_NS);
}

/**
 * levee_bans_offend - ban a source that exceeds a limit
 * @bans: the table
 * @offence: who, and what the limit says
 *
 * A ban in force stays as it is.
 *
 * Context: RCU read lock, and bottom halves disabled. Packet path.
 * Return: the end of the ban, CLOCK_MONOTONIC, if one was made; else 0.
 */
u64 levee_bans_offend(struct levee_bans *bans,
		      const struct levee_ban_offence *offence)
{
	bool missed = true;
	u64 until_ns = 0;

	if (!bans_full(bans, offence) && ban_budget(bans, offence->now_ns)) {
		spin_lock(&bans->lock);
		missed = false;
		until_ns = ban_offend(bans, offence, &missed);
		spin_unlock(&bans->lock);
	}
	if (unlikely(missed))
		levee_counters_add(bans->counters, 0, 1);
	return until_ns;
}
LEVEE_EXPORT_FOR_TEST(levee_bans_offend);
