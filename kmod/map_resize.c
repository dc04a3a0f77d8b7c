// SPDX-License-Identifier: GPL-2.0
/*
 * The expiring map gets another size while packets are charged to it.
 *
 * The new map is published empty, and knows the old one. Who does not find an
 * entry in the new map looks it up in the old one, and begins a new entry with
 * the time that it had there. When no CPU charges the old map any more, its
 * live entries are copied to where they are not yet, and it is forgotten.
 *
 * Three things may go wrong for one source, and this is what each may cost:
 *
 * - A CPU that took the old map just before the new one was published charges
 *   it after another CPU inherited. A packet is judged by one map, which it
 *   takes once, so that is one packet for each other CPU, at the most.
 * - A packet and the copy, or two packets, insert an entry at the same moment.
 *   Both inherit from the same time, and choose the first free slot of the
 *   same bucket. So they race for one slot, and who loses finds the winner's
 *   entry; unless another slot expires or is taken in between, or the winner is
 *   not yet done. Then there are two entries, the first of which counts: what
 *   was charged to the other by then is lost, one packet. The copy
 *   takes a slot over with bottom halves disabled, so that it is busy for no
 *   longer than when a packet does.
 * - The new map is smaller, and an entry finds both its buckets full. Of all of
 *   them the one that would expire first is left out. While others take up its
 *   buckets, its source shares an overflow meter; then it has its full burst.
 *
 * Only the last may be as much as one extra burst. Nobody else's time changes,
 * and no time goes backwards: the copy writes only slots that are free, or that
 * it takes from who would expire earlier.
 *
 * On 32 bit, times are read and written whole (atomic64_t), but not tags. The
 * old map's tags do not change any more when they are copied; for those of the
 * new map it is as with any lookup, see levee_bucket_match().
 *
 * Copyright (C) 2026 The levee authors
 */
#include "map.h"

#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "compat.h"

/* How often an entry is tried when packets change the bucket meanwhile. */
#define LEVEE_MAP_COPY_TRIES	16

/**
 * levee_map_until - the time of an entry
 * @map: the map
 * @tag: tag of the entry
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: as for levee_map_lookup().
 * Return: the time, 0 if there is no such entry.
 */
u64 levee_map_until(const struct levee_map *map, u64 tag, u64 now_ns)
{
	struct levee_map_ref ref = levee_map_lookup(map, tag, now_ns);

	return ref.vacant ? 0 : ref.until;
}
LEVEE_EXPORT_FOR_TEST(levee_map_until);

/**
 * levee_map_follow - let a map take the place of another one
 * @map: the new map, empty, not yet published
 * @prev: the one in use
 *
 * To be followed by publishing @map in the place of @prev.
 */
void levee_map_follow(struct levee_map *map, struct levee_map *prev)
{
	/* Who finds @map, which is published with a barrier, finds this. */
	RCU_INIT_POINTER(map->prev, prev);
}
LEVEE_EXPORT_FOR_TEST(levee_map_follow);

static void bucket_earliest(struct levee_bucket *bucket,
			    struct levee_map_ref *ref)
{
	int way;

	for (way = 0; way < LEVEE_MAP_WAYS; way++) {
		struct levee_slot *slot = &bucket->slot[way];
		/* Until it is taken, a packet may move it on. */
		u64 until = atomic64_read(&slot->until);

		/* A busy one expires last. */
		if (until < ref->until) {
			ref->slot = slot;
			ref->until = until;
		}
	}
}

/**
 * levee_map_earliest - which entry is to give way where there is no room
 * @map: the map
 * @tag: tag of the new entry, both of whose buckets are full
 * @until_ns: time of the new entry
 *
 * Context: as for levee_map_lookup().
 * Return: the entry there that expires first, to be stored over; @slot is NULL
 * if none does before @until_ns.
 */
struct levee_map_ref levee_map_earliest(const struct levee_map *map, u64 tag,
					u64 until_ns)
{
	struct levee_map_ref ref = { .until = until_ns, .vacant = true };
	u32 index = tag & map->mask;

	bucket_earliest(&map->buckets[index], &ref);
	bucket_earliest(&map->buckets[levee_map_second(index, tag)], &ref);
	return ref;
}
LEVEE_EXPORT_FOR_TEST(levee_map_earliest);

/*
 * Puts an entry of the old map where it is not yet. It inherits as packets do,
 * so that of two with the same tag the one counts that lookups find.
 */
static void copy_entry(struct levee_map *map, u64 tag, u64 now_ns)
{
	int tries;

	for (tries = 0; tries < LEVEE_MAP_COPY_TRIES; tries++) {
		struct levee_map_ref ref = levee_map_lookup(map, tag, now_ns);
		u64 until_ns;

		if (!ref.vacant)
			return;
		until_ns = levee_map_inherited(map, tag, now_ns);
		if (!until_ns)
			return;
		if (!ref.slot) {
			ref = levee_map_earliest(map, tag, until_ns);
			if (!ref.slot)
				return;
		}
		if (levee_map_store(&ref, tag, until_ns))
			return;
	}
}

/**
 * levee_map_copy - copy what is alive in the map that is being replaced
 * @map: the new map; lookups and stores may go on meanwhile
 * @now_ns: present time, CLOCK_MONOTONIC; if it is a little late, entries are
 *	copied that have just expired, and are the first to give way
 *
 * Context: process, may sleep. Nobody stores to the old map any more.
 */
void levee_map_copy(struct levee_map *map, u64 now_ns)
{
	const struct levee_map *prev;
	u32 bucket;
	int way;

	prev = rcu_dereference_protected(map->prev, true);
	for (bucket = 0; bucket <= prev->mask; bucket++) {
		/* So that no packet on this CPU finds a slot busy for long. */
		local_bh_disable();
		for (way = 0; way < LEVEE_MAP_WAYS; way++) {
			const struct levee_slot *slot;

			slot = &prev->buckets[bucket].slot[way];
			if ((u64)atomic64_read(&slot->until) > now_ns)
				copy_entry(map, slot->tag, now_ns);
		}
		local_bh_enable();
		cond_resched();
	}
}
LEVEE_EXPORT_FOR_TEST(levee_map_copy);

/**
 * levee_map_replace - put another map in the place of one that is in use
 * @where: what points to the map in use, for packets under the RCU read lock
 * @map: the new one, empty
 *
 * What was charged to the old map is charged to the new one, but for what is
 * said above. The old map is freed.
 *
 * Context: process, may sleep for some grace periods. The caller holds the lock
 * that protects *@where; so one map is replaced at a time, and not cleared.
 */
void levee_map_replace(struct levee_map __rcu **where, struct levee_map *map)
{
	struct levee_map *prev = rcu_dereference_protected(*where, true);

	levee_map_follow(map, prev);
	rcu_assign_pointer(*where, map);
	/* From here on nobody charges @prev, but many look into it. */
	synchronize_rcu();
	levee_map_copy(map, ktime_get_ns());
	/*
	 * Who did not find an entry in @map before it was copied asks @prev
	 * next, so that must not be gone yet.
	 */
	synchronize_rcu();
	RCU_INIT_POINTER(map->prev, NULL);
	/* From here on nobody looks into it. */
	synchronize_rcu();
	levee_map_free(prev);
}
LEVEE_EXPORT_FOR_TEST(levee_map_replace);
