// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the expiring map: which of its two buckets an entry goes to.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "map.h"

#include <kunit/test.h>

#define NOW	1000000000ull
#define LATER	(NOW + 1000000000ull)
#define LATEST	(LATER + 1000000000ull)

/* Bucket 5; the second one is bucket 6. */
#define FIRST	5ull
#define TAG(n)	((n) << 32 | FIRST | 3ull << 59)

/* Each entry has two buckets, and the second of the second is the first. */
static void map_two_choices(struct kunit *test)
{
	u32 index = 0x155, other;
	u64 high;

	for (high = 0; high < 32; high++) {
		other = levee_map_second(index, high << 59);
		KUNIT_EXPECT_NE(test, other, index);
		KUNIT_EXPECT_EQ(test, other / LEVEE_MAP_NEAR,
				index / LEVEE_MAP_NEAR);
		KUNIT_EXPECT_EQ(test, levee_map_second(other, high << 59),
				index);
	}
}

static bool in_bucket(const struct levee_map *map, u32 bucket, u64 tag,
		      u64 now_ns)
{
	struct levee_map_ref ref = levee_map_lookup(map, tag, now_ns);

	return !ref.vacant && ref.slot >= map->buckets[bucket].slot &&
	       ref.slot < map->buckets[bucket + 1].slot;
}

static void put(struct kunit *test, const struct levee_map *map, u64 n,
		u64 until_ns)
{
	struct levee_map_ref ref = levee_map_lookup(map, TAG(n), NOW);

	KUNIT_ASSERT_NOT_NULL(test, ref.slot);
	KUNIT_ASSERT_TRUE(test, ref.vacant);
	KUNIT_ASSERT_TRUE(test, levee_map_store(&ref, TAG(n), until_ns));
}

/*
 * Who was sent to the second bucket is found there, even when the first has been
 * empty again for long, and when everything else was told to expire.
 */
static void map_sent_away(struct kunit *test)
{
	struct levee_map *map = levee_map_alloc(LEVEE_MAP_SLOTS_MIN);
	u64 n;

	KUNIT_ASSERT_NOT_NULL(test, map);
	for (n = 0; n < LEVEE_MAP_WAYS; n++)
		put(test, map, n, n < LEVEE_MAP_WAYS - 1 ? LATER : LATEST);
	for (n = 0; n < LEVEE_MAP_WAYS - 1; n++)
		KUNIT_EXPECT_TRUE(test, in_bucket(map, FIRST, TAG(n), NOW));
	KUNIT_EXPECT_TRUE(test, in_bucket(map, FIRST ^ 3, TAG(n), NOW));
	KUNIT_EXPECT_TRUE(test, in_bucket(map, FIRST ^ 3, TAG(n), LATER));

	/* Cleared, and with a newcomer where the first seven were. */
	levee_map_clear(map);
	put(test, map, 2 * LEVEE_MAP_WAYS, LATER);
	KUNIT_EXPECT_EQ(test, levee_map_live(map, NOW), 1);
	KUNIT_EXPECT_EQ(test, levee_map_until(map, TAG(n), NOW), 1);
	levee_map_free(map);
}

static struct kunit_case map_choice_cases[] = {
	KUNIT_CASE(map_two_choices),
	KUNIT_CASE(map_sent_away),
	{}
};

static struct kunit_suite map_choice_suite = {
	.name = "levee-map-choice",
	.test_cases = map_choice_cases,
};

kunit_test_suites(&map_choice_suite);
