// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-sketch: the estimate of how many sources there were.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "sketch.h"

/* Always the same sources, so that a result is always the same. */
static u64 source(u32 number)
{
	static const siphash_key_t key = { { 0x1ee1ee1ee1ee1ee1, 42 } };

	return siphash_1u32(number, &key);
}

static void add(struct levee_sketch *sketch, u32 first, u32 count)
{
	u32 i;

	for (i = first; i < first + count; i++)
		if (levee_sketch_news(sketch, source(i)))
			levee_sketch_add(sketch, source(i));
}

static void sketch_none(struct kunit *test)
{
	struct levee_sketch sketch = {};

	KUNIT_EXPECT_EQ(test, levee_sketch_count(&sketch), 0);
	add(&sketch, 0, 1000);
	levee_sketch_clear(&sketch);
	KUNIT_EXPECT_EQ(test, levee_sketch_count(&sketch), 0);
}

/* The same ones again are nobody new. */
static void sketch_again(struct kunit *test)
{
	struct levee_sketch sketch = {};
	u64 count;

	add(&sketch, 0, 1);
	KUNIT_EXPECT_EQ(test, levee_sketch_count(&sketch), 1);
	KUNIT_EXPECT_FALSE(test, levee_sketch_news(&sketch, source(0)));
	add(&sketch, 0, 5000);
	count = levee_sketch_count(&sketch);
	add(&sketch, 0, 5000);
	KUNIT_EXPECT_EQ(test, levee_sketch_count(&sketch), count);
}

/* Three times the standard error, and one for the first few. */
static void sketch_error(struct kunit *test)
{
	struct levee_sketch sketch = {};
	u32 n, last = 0;
	u64 count;

	for (n = 1; n <= 1000000; n += n / 3 + 1) {
		add(&sketch, last, n - last);
		last = n;
		count = levee_sketch_count(&sketch);
		KUNIT_EXPECT_GE_MSG(test, count, n - n * 27 / 100 - 1,
				    "of %u sources", n);
		KUNIT_EXPECT_LE_MSG(test, count, n + n * 27 / 100 + 1,
				    "of %u sources", n);
	}
}

/* The extremes of a hash stay within the sketch, and nothing overflows. */
static void sketch_extremes(struct kunit *test)
{
	struct levee_sketch sketch = {};
	u64 place;

	KUNIT_EXPECT_EQ(test, levee_sketch_rank(U64_MAX), 1);
	KUNIT_EXPECT_EQ(test, levee_sketch_rank(0), LEVEE_SKETCH_RANK_MAX);
	for (place = 0; place < LEVEE_SKETCH_LEN; place++)
		levee_sketch_add(&sketch, place);
	KUNIT_EXPECT_GT(test, levee_sketch_count(&sketch), 1ull << 40);
}

static struct kunit_case sketch_cases[] = {
	KUNIT_CASE(sketch_none),
	KUNIT_CASE(sketch_again),
	KUNIT_CASE(sketch_error),
	KUNIT_CASE(sketch_extremes),
	{}
};

static struct kunit_suite sketch_suite = {
	.name = "levee-sketch",
	.test_cases = sketch_cases,
};

kunit_test_suites(&sketch_suite);
