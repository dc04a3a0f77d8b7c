// SPDX-License-Identifier: GPL-2.0
/*
 * The expiring map: a fixed array of slots in which what has expired is empty.
 *
 * Nothing is ever removed. A slot whose time has passed is as good as an
 * empty one, and the next newcomer of its bucket takes it. So there is no
 * allocation, no garbage collection and no lock on the packet path.
 *
 * Who may write what:
 *
 * - A slot changes hands, or its time moves, only by a compare-and-exchange of
 *   @until from the value that was seen. Two CPUs that see the same slot free
 *   can therefore not both take it, and a slot that became alive after it was
 *   looked at can not be taken at all: a live entry is never lost.
 * - Who takes a slot over writes LEVEE_SLOT_BUSY to @until first, then the new
 *   @tag, then the new @until. While it is busy, a lookup neither matches the
 *   slot nor finds it free.
 *
 * What races cost: an entry that two CPUs insert at the same moment may end up
 * in two slots; lookups find the first of them, the other expires untouched. A
 * lookup that read a tag just before its expired slot was taken over may move
 * the new owner's time, once: by its own cost, or, if the new owner's limit is
 * far slower than its own, back to what its own allows. Otherwise nobody's time
 * goes backwards.
 */
#include "map.h"

#include <linux/bits.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"

/* Buckets that are looked at to tell how many slots are alive. */
#define LEVEE_MAP_SAMPLE	4096u

/**
 * levee_map_alloc - make an empty map
 * @slots: least number of slots; rounded up to a power of two, and kept
 *	between LEVEE_MAP_SLOTS_MIN and LEVEE_MAP_SLOTS_MAX
 *
 * Context: may sleep. The memory is accounted to the caller's control group.
 * Return: the map, or NULL if there is no memory for it.
 */
struct levee_map *levee_map_alloc(u32 slots)
{
	struct levee_map *map;
	u32 buckets;

	slots = clamp(slots, LEVEE_MAP_SLOTS_MIN, LEVEE_MAP_SLOTS_MAX);
	buckets = roundup_pow_of_two(slots) / LEVEE_MAP_WAYS;

	map = kzalloc(sizeof(*map), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;

	/* Page-aligned, and zero: expired since boot. */
	map->buckets = levee_vzalloc_huge(array_size(buckets,
						     sizeof(*map->buckets)));
	if (!map->buckets) {
		kfree(map);
		return NULL;
	}
	map->mask = buckets - 1;
	return map;
}
LEVEE_EXPORT_FOR_TEST(levee_map_alloc);

/**
 * levee_map_free - free a map that nobody looks at any more
 * @map: the map, or NULL
 *
 * Context: may sleep.
 */
void levee_map_free(struct levee_map *map)
{
	if (!map)
		return;
	vfree(map->buckets);
	kfree(map);
}
LEVEE_EXPORT_FOR_TEST(levee_map_free);

/**
 * levee_map_clear - let everything expire
 * @map: the map; lookups and stores may go on meanwhile
 *
 * Also in the map that @map takes the place of, and there first, so that
 * nothing is inherited that was cleared.
 *
 * Context: may sleep; not while @map is being replaced by another task.
 */
void levee_map_clear(struct levee_map *map)
{
	struct levee_map *prev = rcu_dereference_protected(map->prev, true);
	u32 bucket;
	int way;

	if (prev)
		levee_map_clear(prev);

	for (bucket = 0; bucket <= map->mask; bucket++) {
		for (way = 0; way < LEVEE_MAP_WAYS; way++) {
			struct levee_slot *slot;
			s64 until;

			slot = &map->buckets[bucket].slot[way];
			until = atomic64_read(&slot->until);
			/*
			 * A busy slot belongs to a newcomer: leave it. Not
			 * zero, which would say that it was never taken.
			 */
			if (until && until != LEVEE_SLOT_BUSY)
				atomic64_try_cmpxchg(&slot->until, &until, 1);
		}
		cond_resched();
	}
}
LEVEE_EXPORT_FOR_TEST(levee_map_clear);

/**
 * levee_map_slots - how many entries a map holds at the most
 * @map: the map
 *
 * Return: the number of slots.
 */
u32 levee_map_slots(const struct levee_map *map)
{
	return (map->mask + 1) * LEVEE_MAP_WAYS;
}
LEVEE_EXPORT_FOR_TEST(levee_map_slots);

/**
 * levee_map_bytes - how much memory the slots of a map take
 * @map: the map
 *
 * Return: bytes.
 */
u64 levee_map_bytes(const struct levee_map *map)
{
	return (map->mask + 1ull) * sizeof(struct levee_bucket);
}
LEVEE_EXPORT_FOR_TEST(levee_map_bytes);

static int bucket_live(const struct levee_bucket *bucket, u64 now_ns)
{
	int way, live = 0;

	for (way = 0; way < LEVEE_MAP_WAYS; way++)
		live += (u64)atomic64_read(&bucket->slot[way].until) > now_ns;
	return live;
}

/**
 * levee_map_live - how many slots hold an entry whose time has not passed
 * @map: the map; may be used meanwhile
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Work: at most LEVEE_MAP_SAMPLE buckets. Of a larger map they are chosen at
 * random, and the result is an estimate: the share of the slots is right
 * within 0.6 percentage points 19 times out of 20.
 *
 * Context: may sleep; something keeps @map from being freed.
 * Return: the number of slots.
 */
u32 levee_map_live(const struct levee_map *map, u64 now_ns)
{
	u32 i, live = 0, all = map->mask + 1;
	u32 looked = min(all, LEVEE_MAP_SAMPLE);

	for (i = 0; i < looked; i++) {
		u32 bucket = looked == all ? i : get_random_u32() & map->mask;

		live += bucket_live(&map->buckets[bucket], now_ns);
		cond_resched();
	}
	/* Both are powers of two. */
	return live * (all / looked);
}
LEVEE_EXPORT_FOR_TEST(levee_map_live);

/**
 * struct bucket_view - what one look at a bucket has found
 * @until: times of the slots
 * @found: the slots that hold the entry; a bit for each
 * @live: the slots that hold something alive
 */
struct bucket_view {
	u64 until[LEVEE_MAP_WAYS];
	u8 found;
	u8 live;
};

/* As in levee_bucket_match(), nothing here depends on a guess. */
static void bucket_look(const struct levee_bucket *bucket, u64 tag, u64 now_ns,
			struct bucket_view *view)
{
	unsigned int same, busy = 0, live = 0;
	int way;

	same = levee_bucket_match(bucket, tag);
	/* As in levee_map_find(). */
	smp_rmb();
#pragma GCC unroll 8
	for (way = 0; way < LEVEE_MAP_WAYS; way++) {
		u64 until = atomic64_read(&bucket->slot[way].until);

		view->until[way] = until;
		busy |= (unsigned int)(until == LEVEE_SLOT_BUSY) << way;
		live |= (unsigned int)(until > now_ns) << way;
	}
	view->found = same & ~busy;
	view->live = live;
}

static struct levee_map_ref view_ref(struct levee_bucket *bucket,
				     const struct bucket_view *view,
				     unsigned int ways, bool vacant)
{
	int way = __ffs(ways);

	return (struct levee_map_ref){
		.slot = &bucket->slot[way],
		.until = view->until[way],
		.vacant = vacant,
	};
}

/*
 * Newcomers take the first free way, and are sent to the second bucket when
 * there is one left at the most. So as long as the last but one was never
 * taken, nobody was sent away. (It is never zero again, see levee_map_clear().)
 * After a flood that filled the table this saves nothing any more, until it is
 * given another size.
 */
static bool nobody_sent_away(const struct bucket_view *view)
{
	return !view->until[LEVEE_MAP_WAYS - 2];
}

/**
 * levee_map_search - find an entry, or room for it, wherever it may be
 * @map: the map
 * @tag: tag of the entry
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * The slow half of levee_map_lookup(), for who has called levee_map_find().
 *
 * Context: as for levee_map_lookup().
 * Return: as of levee_map_lookup().
 */
struct levee_map_ref levee_map_search(const struct levee_map *map, u64 tag,
				      u64 now_ns)
{
	const unsigned int all = BIT(LEVEE_MAP_WAYS) - 1;
	struct bucket_view view __uninitialized;
	struct bucket_view view2 __uninitialized;
	struct levee_bucket *first, *second;
	u32 index = tag & map->mask;
	unsigned int live, live2;

	first = &map->buckets[index];
	bucket_look(first, tag, now_ns, &view);
	if (view.found)
		return view_ref(first, &view, view.found, false);
	if (nobody_sent_away(&view))
		return view_ref(first, &view, all & ~view.live, true);

	second = &map->buckets[levee_map_second(index, tag)];
	bucket_look(second, tag, now_ns, &view2);
	if (view2.found)
		return view_ref(second, &view2, view2.found, false);

	live = hweight8(view.live);
	live2 = hweight8(view2.live);
	if (live >= LEVEE_MAP_WAYS - 1 && live2 < live)
		return view_ref(second, &view2, all & ~view2.live, true);
	if (live < LEVEE_MAP_WAYS)
		return view_ref(first, &view, all & ~view.live, true);
	return (struct levee_map_ref){ .vacant = true };
}
LEVEE_EXPORT_FOR_TEST(levee_map_search);

/**
 * levee_map_lookup - find an entry, or room for it
 * @map: the map
 * @tag: tag of the entry
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * An entry of that tag whose time has passed is found as well: for the caller
 * it is the same as a new one that needs no new slot.
 *
 * An entry has two buckets where it may be. It goes to the second if the first
 * has at most one slot left and the second has more: the power of two choices
 * (Mitzenmacher, 2001), but as the first is nearly always the one, what is known
 * already is found there. With half of all slots alive, one newcomer in 50000
 * finds both buckets full; with a single bucket it would be one in 30.
 *
 * If it is not there, see levee_map_inherited().
 *
 * Work: eight slots of one bucket for what is found there, of two at the most.
 * The tag, a keyed hash, chooses them; so a sender can neither make it more nor
 * aim at a bucket.
 *
 * Context: RCU read lock, or whatever else keeps @map from being freed.
 * Return: what was found; @slot is NULL if the entry is not there and all
 * slots of its buckets are alive.
 */
struct levee_map_ref levee_map_lookup(const struct levee_map *map, u64 tag,
				      u64 now_ns)
{
	struct levee_map_ref ref;

	if (levee_map_find(map, tag, &ref))
		return ref;
	return levee_map_search(map, tag, now_ns);
}
LEVEE_EXPORT_FOR_TEST(levee_map_lookup);

/**
 * levee_map_insert - put a new entry in its slot
 * @ref: a vacant slot
 * @tag: tag of the entry
 * @until_ns: its time, not 0
 *
 * The slow half of levee_map_store().
 *
 * Context: as for levee_map_lookup().
 * Return: as of levee_map_store().
 */
bool levee_map_insert(const struct levee_map_ref *ref, u64 tag, u64 until_ns)
{
	struct levee_slot *slot = ref->slot;
	s64 seen = ref->until;

	/* Fully ordered, so that no one sees the tag before the slot is busy. */
	if (!atomic64_try_cmpxchg(&slot->until, &seen, LEVEE_SLOT_BUSY))
		return false;
	WRITE_ONCE(slot->tag, tag);
	/* Who sees the new time sees the tag, too. */
	atomic64_set_release(&slot->until, until_ns);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_map_insert);
