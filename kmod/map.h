/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The expiring map: a fixed array of slots in which what has expired is empty.
 */
#ifndef _LEVEE_MAP_H
#define _LEVEE_MAP_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#define LEVEE_MAP_WAYS		8
#define LEVEE_MAP_SLOTS_MIN	1024u
#define LEVEE_MAP_SLOTS_MAX	(256u * 1024 * 1024)

/* Never reached by the clock, so a busy slot is never free. */
#define LEVEE_SLOT_BUSY		((u64)S64_MAX)

/**
 * struct levee_slot - one entry
 * @tag: keyed hash of what the entry is about: its lowest bits choose its
 *	bucket, its five highest the other one that it may be in
 * @until: time until which the entry lives, in ns of CLOCK_MONOTONIC, or
 *	LEVEE_SLOT_BUSY; 0 only as long as the slot was never taken
 */
struct levee_slot {
	u64 tag;
	atomic64_t until;
};

struct levee_bucket {
	struct levee_slot slot[LEVEE_MAP_WAYS];
};

/* Two adjacent cache lines, which the prefetcher of x86 fetches as a pair. */
static_assert(sizeof(struct levee_bucket) == 128);

/**
 * struct levee_map - an array of buckets
 * @buckets: the array, aligned to the size of a bucket
 * @mask: number of buckets less one; the number is a power of two
 * @prev: while the map takes the place of another one: that one; else NULL
 */
struct levee_map {
	struct levee_bucket *buckets;
	u32 mask;
	struct levee_map __rcu *prev;
};

/**
 * struct levee_map_ref - what a lookup found
 * @slot: the entry, or the slot a new one may take, or NULL if there is none
 * @until: what @slot->until was
 * @vacant: @slot is not the entry, but free for it
 */
struct levee_map_ref {
	struct levee_slot *slot;
	u64 until;
	bool vacant;
};

/*
 * The other bucket of an entry, in the same 4 KiB: a look at it costs no page
 * walk. Never the same bucket; and that of a second one is its first.
 */
#define LEVEE_MAP_NEAR	32u

static inline u32 levee_map_second(u32 index, u64 tag)
{
	return index ^ ((u32)(tag >> 59) ?: LEVEE_MAP_NEAR / 2);
}

/*
 * The slots with that tag, a bit for each. In which one a source sits is random:
 * to branch on each tag would be to guess wrong for most packets, which costs
 * more than to compare all.
 */
static inline unsigned int
levee_bucket_match(const struct levee_bucket *bucket, u64 tag)
{
	unsigned int same = 0;
	int way;

#pragma GCC unroll 8
	for (way = 0; way < LEVEE_MAP_WAYS; way++) {
		/*
		 * On 32 bit the load may be torn by a takeover; what it yields
		 * then matches by chance only, and the slot was expired.
		 */
		u64 is = READ_ONCE(bucket->slot[way].tag);

		same |= (unsigned int)(is == tag) << way;
	}
	return same;
}

struct levee_map *levee_map_alloc(u32 slots);
void levee_map_free(struct levee_map *map);
void levee_map_clear(struct levee_map *map);
u32 levee_map_slots(const struct levee_map *map);
u64 levee_map_bytes(const struct levee_map *map);
u32 levee_map_live(const struct levee_map *map, u64 now_ns);
struct levee_map_ref levee_map_lookup(const struct levee_map *map, u64 tag,
				      u64 now_ns);
struct levee_map_ref levee_map_search(const struct levee_map *map, u64 tag,
				      u64 now_ns);
bool levee_map_insert(const struct levee_map_ref *ref, u64 tag, u64 until_ns);

/* Resizing; map_resize.c. */
u64 levee_map_until(const struct levee_map *map, u64 tag, u64 now_ns);
void levee_map_follow(struct levee_map *map, struct levee_map *prev);
void levee_map_copy(struct levee_map *map, u64 now_ns);
struct levee_map_ref levee_map_earliest(const struct levee_map *map, u64 tag,
					u64 until_ns);
void levee_map_replace(struct levee_map __rcu **where, struct levee_map *map);

/**
 * levee_map_prefetch - start to load the bucket of an entry
 * @map: the map
 * @tag: tag of the entry
 */
static inline void levee_map_prefetch(const struct levee_map *map, u64 tag)
{
	const struct levee_bucket *bucket = &map->buckets[tag & map->mask];

	prefetch(&bucket->slot[0]);
	prefetch(&bucket->slot[LEVEE_MAP_WAYS / 2]);
}

/**
 * levee_map_find - find an entry where it most likely is
 * @map: the map
 * @tag: tag of the entry
 * @ref: set to it, if it is there
 *
 * Context: as for levee_map_lookup().
 * Return: false if it is not in its first bucket: levee_map_search() for it.
 */
static __always_inline bool levee_map_find(const struct levee_map *map,
					   u64 tag, struct levee_map_ref *ref)
{
	struct levee_bucket *bucket = &map->buckets[tag & map->mask];
	unsigned int same = levee_bucket_match(bucket, tag);
	struct levee_slot *slot;
	u64 until;

	if (!same)
		return false;
	slot = &bucket->slot[__ffs(same)];
	/*
	 * Paired with the full barrier of the exchange in levee_map_insert():
	 * who sees the new tag also sees the slot busy, or the new time.
	 */
	smp_rmb();
	until = atomic64_read(&slot->until);
	if (unlikely(until == LEVEE_SLOT_BUSY))
		return false;
	ref->slot = slot;
	ref->until = until;
	ref->vacant = false;
	return true;
}

/**
 * levee_map_store - move an entry's time, or put a new entry in its slot
 * @ref: what levee_map_lookup() found, @slot not NULL
 * @tag: tag of the entry
 * @until_ns: new time of the entry, not 0
 *
 * One locked instruction, for a new entry as well.
 *
 * Context: as for levee_map_lookup().
 * Return: true if it is done; false if the slot was changed since the lookup:
 * look again.
 */
static __always_inline bool levee_map_store(const struct levee_map_ref *ref,
					    u64 tag, u64 until_ns)
{
	s64 seen = ref->until;

	if (ref->vacant)
		return levee_map_insert(ref, tag, until_ns);
	return atomic64_try_cmpxchg(&ref->slot->until, &seen, until_ns);
}

/**
 * levee_map_inherited - what a new entry goes on from
 * @map: the map
 * @tag: tag of the entry, which a lookup in @map has just not found
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: the same RCU read lock as that lookup.
 * Return: while @map takes the place of another one, the time that the entry
 * has there; otherwise, or if it is not there, 0.
 */
static inline u64 levee_map_inherited(const struct levee_map *map, u64 tag,
				      u64 now_ns)
{
	const struct levee_map *prev = rcu_dereference_check(map->prev, true);

	return unlikely(prev) ? levee_map_until(prev, tag, now_ns) : 0;
}

#endif /* _LEVEE_MAP_H */
