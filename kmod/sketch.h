/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many different sources there were, in 128 bytes (HyperLogLog).
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_SKETCH_H
#define _LEVEE_SKETCH_H

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/types.h>

#define LEVEE_SKETCH_LEN	128
/* Highest rank: more different sources than this tells there are not. */
#define LEVEE_SKETCH_RANK_MAX	41

/**
 * struct levee_sketch - who was seen
 * @rank: for each part of all sources, how rare the rarest hash was; 0 if none
 *	of them was seen
 */
struct levee_sketch {
	u8 rank[LEVEE_SKETCH_LEN];
};

/*
 * Rank of a hash: one in two has 1, one in four has 2, and so on. It comes
 * from other bits than the place.
 */
static inline u8 levee_sketch_rank(u64 hash)
{
	return __ffs64(hash >> ilog2(LEVEE_SKETCH_LEN) |
		       BIT_ULL(LEVEE_SKETCH_RANK_MAX - 1)) + 1;
}

static inline u8 *levee_sketch_place(struct levee_sketch *sketch, u64 hash)
{
	return &sketch->rank[hash & (LEVEE_SKETCH_LEN - 1)];
}

/**
 * levee_sketch_news - whether a source would change a sketch
 * @sketch: who was seen
 * @hash: keyed hash of the source
 *
 * What nearly all packets ask. A lost race leaves out one source.
 *
 * Context: any.
 * Return: false if one that counts as much was seen already.
 */
static inline bool levee_sketch_news(struct levee_sketch *sketch, u64 hash)
{
	return READ_ONCE(*levee_sketch_place(sketch, hash)) <
	       levee_sketch_rank(hash);
}

/**
 * levee_sketch_add - remember that a source was seen
 * @sketch: who was seen
 * @hash: keyed hash of the source; levee_sketch_news() said true
 *
 * Context: any.
 */
static inline void levee_sketch_add(struct levee_sketch *sketch, u64 hash)
{
	WRITE_ONCE(*levee_sketch_place(sketch, hash), levee_sketch_rank(hash));
}

void levee_sketch_clear(struct levee_sketch *sketch);
u64 levee_sketch_count(const struct levee_sketch *sketch);

#endif /* _LEVEE_SKETCH_H */
