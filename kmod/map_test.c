// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-map: what is stored is found until its time, and no live
 * entry is ever lost.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/prandom.h>

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

/* Eight of a bucket are kept, the ninth has no room until one has expired. */
static void map_full_bucket(struct kunit *test)
{
	struct levee_map *map = map_new(test, 1024);
	u64 step = map->mask + 1;
	struct levee_map_ref ref;
	int i;

	for (i = 0; i < LEVEE_MAP_WAYS; i++)
		KUNIT_EXPECT_TRUE(test, map_put(map, 7 + i * step, NOW,
						LATER + i));
	ref = levee_map_lookup(map, 7 + i * step, NOW);
	KUNIT_EXPECT_NULL(test, ref.slot);
	for (i = 0; i < LEVEE_MAP_WAYS; i++) {
		ref = levee_map_lookup(map, 7 + i * step, NOW);
		KUNIT_EXPECT_FALSE(test, ref.vacant);
		KUNIT_EXPECT_EQ(test, ref.until, LATER + i);
	}
	/* The first has expired at its very time; the others have not. */
	KUNIT_EXPECT_TRUE(test, map_put(map, 7 + 8 * step, LATER, LATER + 99));
	ref = levee_map_lookup(map, 7 + 8 * step, LATER);
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
 * Random tags at half the slots: those that found no room must be as few as
 * Poisson's distribution has beyond eight in a bucket at a mean of four (2.1 %
 * of buckets hold more than eight; 0.86 % of entries find no room). What found
 * room is all there.
 */
static void map_occupancy(struct kunit *test)
{
	struct levee_map *map = map_new(test, 16384);
	u32 i, missed = 0, lost = 0, put = levee_map_slots(map) / 2;
	struct rnd_state rnd;
	u64 tag;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < put; i++) {
		prandom_bytes_state(&rnd, &tag, sizeof(tag));
		missed += !map_put(map, tag, NOW, LATER);
	}
	prandom_seed_state(&rnd, 1);
	for (i = 0; i < put; i++) {
		prandom_bytes_state(&rnd, &tag, sizeof(tag));
		lost += levee_map_lookup(map, tag, NOW).vacant;
	}
	KUNIT_EXPECT_EQ(test, lost, missed);
	KUNIT_EXPECT_GT(test, missed, put / 1000);
	KUNIT_EXPECT_LT(test, missed, put / 50);
	levee_map_free(map);
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

static struct kunit_case map_cases[] = {
	KUNIT_CASE(map_size),
	KUNIT_CASE(map_expiry),
	KUNIT_CASE(map_full_bucket),
	KUNIT_CASE(map_no_theft),
	KUNIT_CASE(map_occupancy),
	KUNIT_CASE(map_race),
	{}
};

static struct kunit_suite map_suite = {
	.name = "levee-map",
	.test_cases = map_cases,
};

kunit_test_suites(&map_suite);
