// SPDX-License-Identifier: GPL-2.0
/*
 * How many different sources there were, in 128 bytes (HyperLogLog).
 *
 * Copyright (C) 2026 The levee authors
 */
#include "sketch.h"

#include <linux/math64.h>

#include "compat.h"

/* The method's factor, 0.7213 / (1 + 1.079 / 128), times 128 squared. */
#define SKETCH_SCALE	11719ull
/* Up to so many the places that are still empty tell more. */
#define SKETCH_FEW	(5 * LEVEE_SKETCH_LEN / 2)

/**
 * levee_sketch_clear - forget who was seen
 * @sketch: who was seen; packets may add to it meanwhile
 *
 * Context: any.
 */
void levee_sketch_clear(struct levee_sketch *sketch)
{
	int i;

	for (i = 0; i < LEVEE_SKETCH_LEN; i++)
		WRITE_ONCE(sketch->rank[i], 0);
}
LEVEE_EXPORT_FOR_TEST(levee_sketch_clear);

/*
 * How many it takes, on the average, to leave no more than @empty places: with
 * k places empty, the next one comes after LEN / k others.
 */
static u64 count_few(unsigned int empty)
{
	u64 sum = 0;
	unsigned int k;

	for (k = LEVEE_SKETCH_LEN; k > empty; k--)
		sum += div_u64((u64)LEVEE_SKETCH_LEN << 16, k);
	return (sum + (1 << 15)) >> 16;
}

/**
 * levee_sketch_count - how many different sources were seen
 * @sketch: who was seen; packets may add to it meanwhile
 *
 * Context: any.
 * Return: an estimate: 0 if there was none, nearly exact up to some dozens,
 * then with a standard error of 9 %.
 */
u64 levee_sketch_count(const struct levee_sketch *sketch)
{
	unsigned int i, empty = 0;
	u64 sum = 0, count;
	u8 rank;

	/* In units of 2^-RANK_MAX; each is 1 at most, so 49 bits do. */
	for (i = 0; i < LEVEE_SKETCH_LEN; i++) {
		rank = READ_ONCE(sketch->rank[i]);
		empty += !rank;
		sum += 1ull << (LEVEE_SKETCH_RANK_MAX - rank);
	}
	count = div64_u64(SKETCH_SCALE << LEVEE_SKETCH_RANK_MAX, sum);
	if (count <= SKETCH_FEW && empty)
		return count_few(empty);
	return count;
}
LEVEE_EXPORT_FOR_TEST(levee_sketch_count);
