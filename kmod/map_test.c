// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-map: what is stored is found until its time, and no live
 * entry is ever lost.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/bottom_half.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/siphash.h>

#include "map.h"
#include "race.h"

#define NOW		1000000000ull
#define LATER		(NOW + 1000)

static struct levee_map *map_new(struct kunit *test, u32 slots)
{
	struct levee_map *map = levee_map_alloc(slots);

	KUNIT_ASSERT_NOT_NULL(test, map);
	return map;
}

static bool map_put(struct levee_map *map, u64 tag, u64 now, u64 until)
{
	struct levee_map_ref ref = levee_map_lookup(map, tag, now);

	return ref.slot && levee_map_store(&ref, tag, until);
}

static void map_size(struct kunit *test)
{
	static const struct {
		u32 asked, got;
	} cases[] = {
		{ 0, LEVEE_MAP_SLOTS_MIN },
		{ 1, LEVEE_MAP_SLOTS_MIN },
		{ 1024, 1024 },
		{ 1025, 2048 },
		{ 65536, 65536 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct levee_map *map = map_new(test, cases[i].asked);

		KUNIT_EXPECT_EQ(test, levee_map_slots(map), cases[i].got);
		KUNIT_EXPECT_EQ(test, (unsigned long)map->buckets %
				sizeof(struct levee_bucket), 0ul);
		levee_map_free(map);
	}
	levee_map_free(NULL);
}

/* An entry is there, with its time, until that has passed. */
static void map_expiry(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024);
	struct levee_map_ref ref;

	ref = levee_map_lookup(map, 42, NOW);
	KUNIT_ASSERT_NOT_NULL(test, ref.slot);
	KUNIT_EXPECT_TRUE(test, ref.vacant);
	KUNIT_EXPECT_TRUE(test, levee_map_store(&ref, 42, LATER));
	KUNIT_EXPECT_FALSE(test, levee_map_store(&ref, 42, LATER));

	ref = levee_map_lookup(map, 42, NOW);
	KUNIT_ASSERT_FALSE(test, ref.vacant);
	KUNIT_EXPECT_EQ(test, ref.until, LATER);
	KUNIT_EXPECT_TRUE(test, levee_map_store(&ref, 42, LATER + 1));

	/* Moved on meanwhile: a store of what was seen before fails. */
	ref.until = LATER;
	KUNIT_EXPECT_FALSE(test, levee_map_store(&ref, 42, LATER + 2));

	levee_map_clear(map);
	ref = levee_map_lookup(map, 42, NOW);
	KUNIT_EXPECT_LE(test, ref.until, NOW);
	levee_map_free(map);
}

/*
 * Eight each of two buckets are kept, whichever of them came first; the next has
 * no room until one has expired.
 */
static void map_full_bucket(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024);
	u64 step = map->mask + 1;
	struct levee_map_ref ref;
	int i, room = 2 * LEVEE_MAP_WAYS;

	for (i = 0; i < room; i++)
		KUNIT_EXPECT_TRUE(test, map_put(map, 7 + i * step, NOW,
						LATER + i));
	ref = levee_map_lookup(map, 7 + i * step, NOW);
	KUNIT_EXPECT_NULL(test, ref.slot);
	/* Nor has one whose first bucket is the other's second. */
	ref = levee_map_lookup(map, levee_map_second(7, 0) + i * step, NOW);
	KUNIT_EXPECT_NULL(test, ref.slot);
	for (i = 0; i < room; i++) {
		ref = levee_map_lookup(map, 7 + i * step, NOW);
		KUNIT_EXPECT_FALSE(test, ref.vacant);
		KUNIT_EXPECT_EQ(test, ref.until, LATER + i);
	}
	/* The first has expired at its very time; the others have not. */
	KUNIT_EXPECT_TRUE(test, map_put(map, 7 + room * step, LATER,
					LATER + 99));
	ref = levee_map_lookup(map, 7 + room * step, LATER);
	KUNIT_EXPECT_FALSE(test, ref.vacant);
	ref = levee_map_lookup(map, 7 + step, LATER);
	KUNIT_EXPECT_FALSE(test, ref.vacant);
	ref = levee_map_lookup(map, 7, LATER);
	KUNIT_EXPECT_NULL(test, ref.slot);
	levee_map_free(map);
}

/* A slot that came alive after it was seen free can not be taken over. */
static void map_no_theft(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024);
	struct levee_map_ref one, two;

	one = levee_map_lookup(map, 5, NOW);
	two = levee_map_lookup(map, 5 + map->mask + 1, NOW);
	KUNIT_ASSERT_PTR_EQ(test, one.slot, two.slot);
	KUNIT_EXPECT_TRUE(test, levee_map_store(&one, 5, LATER));
	KUNIT_EXPECT_FALSE(test, levee_map_store(&two, 5 + map->mask + 1,
						 LATER));
	one = levee_map_lookup(map, 5, NOW);
	KUNIT_EXPECT_EQ(test, one.until, LATER);
	levee_map_free(map);
}

/*
 * Random tags. At half the slots next to none finds no room (Erlang's formula for
 * a single bucket says three in a hundred); at all of them, one in seven. What
 * found room is all there.
 */
static void map_occupancy(struct kunit *test)
{
	static const struct {
		u32 share, least, most;	/* percent; missed per 100000 */
	} fill[] = { { 25, 0, 0 }, { 50, 0, 20 }, { 75, 50, 2000 },
		     { 100, 5000, 12000 } };
	struct levee_map *map = map_new(test, 65536);
	u32 i, j, put, missed, lost;
	struct rnd_state rnd;
	u64 tag;

	for (j = 0; j < ARRAY_SIZE(fill); j++) {
		levee_map_clear(map);
		put = levee_map_slots(map) / 100 * fill[j].share;
		prandom_seed_state(&rnd, 1);
		for (i = 0, missed = 0; i < put; i++) {
			prandom_bytes_state(&rnd, &tag, sizeof(tag));
			missed += !map_put(map, tag, NOW, LATER);
		}
		prandom_seed_state(&rnd, 1);
		for (i = 0, lost = 0; i < put; i++) {
			prandom_bytes_state(&rnd, &tag, sizeof(tag));
			lost += levee_map_lookup(map, tag, NOW).vacant;
		}
		KUNIT_EXPECT_EQ(test, lost, missed);
		missed = missed * 100000ull / put;
		kunit_info(test, "%u %% full: %u of 100000 found no room\n",
			   fill[j].share, missed);
		KUNIT_EXPECT_GE(test, missed, fill[j].least);
		KUNIT_EXPECT_LE(test, missed, fill[j].most);
	}
	levee_map_free(map);
}

/*
 * Sources that somebody chose, next to each other, far apart, or with the bits
 * that a plain hash would look at alike, are as evenly spread over buckets as
 * random ones: the variance of Poisson's distribution is its mean.
 */
static void map_spread(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 step, shift;
	} set[] = { { "sequential", 1, 0 }, { "each /24", 256, 0 },
		    { "each /16 and /8", 65536 + 1, 0 }, { "odd", 2, 0 },
		    { "upper half", 1, 16 }, { "prime", 40503, 0 } };
	static const siphash_key_t key = { { 0x5eed, 0x1e4ee } };
	const u32 buckets = 4096, mean = 4;
	u32 i, j, *count;
	u64 squares;

	count = kunit_kcalloc(test, buckets, sizeof(*count), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, count);
	for (j = 0; j < ARRAY_SIZE(set); j++) {
		memset(count, 0, buckets * sizeof(*count));
		for (i = 0; i < buckets * mean; i++) {
			u32 addr = 0x0a000000 + i * set[j].step;

			addr = rol32(addr, set[j].shift);
			count[siphash_1u64(addr, &key) % buckets]++;
		}
		for (i = 0, squares = 0; i < buckets; i++)
			squares += (count[i] - mean) * (count[i] - mean);
		/* 16384, give or take 5 standard deviations of 384 each */
		kunit_info(test, "%s: %llu\n", set[j].name, squares);
		KUNIT_EXPECT_GT(test, squares, 14464ull);
		KUNIT_EXPECT_LT(test, squares, 18304ull);
	}
}

/* Threads that count in the same few entries: no count may be lost. */
#define ROUNDS		20000
#define ENTRIES		4

static void map_race_run(void *arg, int index)
{
	struct levee_map *map = arg;
	struct levee_map_ref ref;
	int i, entry;

	for (i = 0; i < ROUNDS * ENTRIES; i++) {
		entry = i % ENTRIES;
		do {
			rcu_read_lock();
			ref = levee_map_lookup(map, entry + 1, NOW);
			rcu_read_unlock();
		} while (!ref.slot ||
			 !levee_map_store(&ref, entry + 1,
					  (ref.vacant ? LATER : ref.until) + 1));
		if (i % 64 == 0)
			cond_resched();
	}
}

static void map_race(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024);
	struct race race;
	int entry;

	/* There first, so that no two threads insert the same entry. */
	for (entry = 0; entry < ENTRIES; entry++)
		KUNIT_ASSERT_TRUE(test, map_put(map, entry + 1, NOW, LATER));
	race_begin(test, &race, RACERS, map_race_run, map);
	race_end(&race);
	for (entry = 0; entry < ENTRIES; entry++)
		KUNIT_EXPECT_EQ(test,
				levee_map_lookup(map, entry + 1, NOW).until,
				LATER + RACERS * ROUNDS);
	levee_map_free(map);
}

/* A map in the place of another, as it is while that is being copied. */
static struct levee_map *map_follow(struct kunit *test, struct levee_map *prev,
				    u32 slots)
{
	struct levee_map *map = map_new(test, slots);

	levee_map_follow(map, prev);
	return map;
}

/* Who is not yet in the new map goes on from the time in the old one. */
static void map_inherit(struct kunit *test)
{
	struct levee_map *old = map_new(test, 2048);
	struct levee_map *map;
	struct levee_map_ref ref;

	KUNIT_ASSERT_TRUE(test, map_put(old, 1, NOW, LATER));
	KUNIT_ASSERT_TRUE(test, map_put(old, 2, NOW, LATER + 2));
	map = map_follow(test, old, 1024);

	ref = levee_map_lookup(map, 1, NOW);
	KUNIT_ASSERT_NOT_NULL(test, ref.slot);
	KUNIT_EXPECT_TRUE(test, ref.vacant);
	KUNIT_EXPECT_EQ(test, levee_map_inherited(map, 1, NOW), LATER);
	KUNIT_EXPECT_TRUE(test, levee_map_store(&ref, 1, LATER + 1));
	ref = levee_map_lookup(map, 1, NOW);
	KUNIT_EXPECT_FALSE(test, ref.vacant);
	KUNIT_EXPECT_EQ(test, ref.until, LATER + 1);
	ref = levee_map_lookup(map, 3, NOW);
	KUNIT_EXPECT_TRUE(test, ref.vacant);
	KUNIT_EXPECT_EQ(test, levee_map_inherited(map, 3, NOW), 0ull);

	/* Who clears the new map does not want to inherit. */
	levee_map_clear(map);
	KUNIT_EXPECT_LE(test, levee_map_inherited(map, 2, NOW), NOW);
	ref = levee_map_lookup(map, 1, NOW);
	KUNIT_EXPECT_LE(test, ref.until, NOW);
	levee_map_free(map);
	levee_map_free(old);
}

/* Of both sizes: what lives is copied, what is there already stays. */
static void map_copy(struct kunit *test)
{
	static const u32 slots[] = { 1024, 4096, 32768 };
	struct levee_map *old, *map;
	struct levee_map_ref ref;
	u64 tag;
	int i;

	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		old = map_new(test, 4096);
		/* Two in each bucket of the smallest. */
		for (tag = 1; tag <= 256; tag++)
			KUNIT_ASSERT_TRUE(test, map_put(old, tag << 20 | tag, NOW,
							LATER + tag));
		KUNIT_ASSERT_TRUE(test, map_put(old, 300, NOW, NOW));
		KUNIT_EXPECT_EQ(test, levee_map_live(old, NOW), 256u);
		map = map_follow(test, old, slots[i]);
		KUNIT_ASSERT_TRUE(test, map_put(map, 7ull << 20 | 7, NOW,
						LATER + 999));
		levee_map_copy(map, NOW);
		levee_map_follow(map, NULL);
		levee_map_free(old);

		KUNIT_EXPECT_EQ(test, levee_map_live(map, NOW), 256u);
		for (tag = 1; tag <= 256; tag++) {
			ref = levee_map_lookup(map, tag << 20 | tag, NOW);
			KUNIT_ASSERT_FALSE(test, ref.vacant);
			KUNIT_EXPECT_EQ(test, ref.until,
					LATER + (tag == 7 ? 999 : tag));
		}
		KUNIT_EXPECT_TRUE(test, levee_map_lookup(map, 300, NOW).vacant);
		levee_map_free(map);
	}
}

/* Too many for two buckets of the smaller map: those that live longest are kept. */
static void map_shrink(struct kunit *test)
{
	struct levee_map *old = map_new(test, 4096);
	struct levee_map *map = map_follow(test, old, 1024);
	u64 tag, step = map->mask + 1;
	int i;

	/* Thirty-two; every fifth of the times is the next. */
	for (i = 0; i < 4 * LEVEE_MAP_WAYS; i++)
		KUNIT_ASSERT_TRUE(test, map_put(old, 1 + i * step, NOW,
						LATER + i * 5 % 32));
	levee_map_copy(map, NOW);
	levee_map_follow(map, NULL);
	levee_map_free(old);
	for (i = 0; i < 4 * LEVEE_MAP_WAYS; i++) {
		tag = 1 + i * step;
		KUNIT_EXPECT_EQ(test, levee_map_lookup(map, tag, NOW).vacant,
				i * 5 % 32 < 2 * LEVEE_MAP_WAYS);
	}
	KUNIT_EXPECT_EQ(test, levee_map_live(map, NOW),
			2u * LEVEE_MAP_WAYS);
	levee_map_free(map);
}

/* A sample tells the share of a map that is too large to be looked through. */
static void map_live(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024 * 1024);
	u32 i, bucket, slots = levee_map_slots(map);

	KUNIT_EXPECT_EQ(test, levee_map_bytes(map), 16ull * slots);
	KUNIT_EXPECT_EQ(test, levee_map_live(map, NOW), 0u);
	for (i = 0; i < slots / 4; i++) {
		bucket = i % (map->mask + 1);
		atomic64_set(&map->buckets[bucket].slot[i % 7 % 2 * 4 +
			     i / (map->mask + 1)].until, LATER);
	}
	KUNIT_EXPECT_GT(test, levee_map_live(map, NOW), slots / 100 * 24);
	KUNIT_EXPECT_LT(test, levee_map_live(map, NOW), slots / 100 * 26);
	KUNIT_EXPECT_EQ(test, levee_map_live(map, LATER), 0u);
	levee_map_free(map);
}

/*
 * Threads that charge while the map is replaced, again and again: a thread that
 * looks at the old map only once more may lose one charge for each other one.
 */
#define REPLACED	20
/* For levee_map_replace(), which looks at the clock. */
#define MUCH_LATER	BIT_ULL(60)

struct replace_race {
	struct levee_map __rcu *map;
	atomic_t charges;
	bool stop;
};

static void replace_race_run(void *arg, int index)
{
	struct replace_race *race = arg;
	const struct levee_map *map;
	struct levee_map_ref ref;
	u64 tag, until;
	bool done;
	int i;

	for (i = 0; !READ_ONCE(race->stop); i++) {
		tag = i % ENTRIES + 1;
		local_bh_disable();
		rcu_read_lock();
		do {
			map = rcu_dereference(race->map);
			ref = levee_map_lookup(map, tag, NOW);
			until = ref.vacant ?
				levee_map_inherited(map, tag, NOW) : ref.until;
			done = ref.slot && levee_map_store(&ref, tag,
							   max(until, MUCH_LATER) + 1);
		} while (!done);
		atomic_inc(&race->charges);
		rcu_read_unlock();
		local_bh_enable();
		if (i % 64 == 0)
			cond_resched();
	}
}

static void map_replace_race(struct kunit *test)
{
	static struct replace_race race;
	struct race racers;
	u64 sum = 0;
	int i;

	memset(&race, 0, sizeof(race));
	RCU_INIT_POINTER(race.map, map_new(test, 1024));
	race_begin(test, &racers, RACERS, replace_race_run, &race);
	for (i = 0; i < REPLACED; i++) {
		struct levee_map *map = levee_map_alloc(i % 2 ? 1024 : 65536);

		if (map)
			levee_map_replace(&race.map, map);
	}
	WRITE_ONCE(race.stop, true);
	race_end(&racers);
	for (i = 0; i < ENTRIES; i++)
		sum += levee_map_lookup(rcu_access_pointer(race.map), i + 1,
					NOW).until - MUCH_LATER;
	kunit_info(test, "%d charges, %llu kept over %d maps",
		   atomic_read(&race.charges), sum, REPLACED);
	KUNIT_EXPECT_LE(test, sum, (u64)atomic_read(&race.charges));
	/* A few of each thread; had any map been lost, that were thousands. */
	KUNIT_EXPECT_GE(test, sum + REPLACED * RACERS * ENTRIES,
			(u64)atomic_read(&race.charges));
	KUNIT_EXPECT_GT(test, sum, 1000ull);
	levee_map_free(rcu_access_pointer(race.map));
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(map_size),
	KUNIT_CASE(map_expiry),
	KUNIT_CASE(map_full_bucket),
	KUNIT_CASE(map_no_theft),
	KUNIT_CASE(map_occupancy),
	KUNIT_CASE(map_spread),
	KUNIT_CASE(map_race),
	KUNIT_CASE(map_inherit),
	KUNIT_CASE(map_copy),
	KUNIT_CASE(map_shrink),
	KUNIT_CASE(map_live),
	KUNIT_CASE(map_replace_race),
	{}
};

static struct kunit_suite map_suite = {
	.name = "levee-map",
	.test_cases = map_cases,
};

kunit_test_suites(&map_suite);
