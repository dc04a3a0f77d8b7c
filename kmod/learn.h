/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Learns, in mode monitor, what sources send, so that a limit can be proposed.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LEARN_H
#define _LEVEE_LEARN_H

#include <linux/atomic.h>
#include <linux/levee.h>
#include <linux/types.h>

/*
 * Rates for which is learned what burst a limit would need: one packet each
 * 2^30 ns, about a second, and four times as many from each to the next.
 */
#define LEVEE_LEARN_RATES	10
#define LEVEE_LEARN_INTERVAL	30

/* Bins of packets per second: exact up to 7, then four for each power of two. */
#define LEVEE_LEARN_BINS	80

/**
 * struct levee_learned_class - what was learned of one class of packets
 * @missed: packets of sources for which there was no room
 * @burst: for each rate, the burst that the limit would need that no source
 *	exceeds, in 2^-LEVEE_LEARN_FRACTION packets
 * @peak: most packets that a source sent in a second
 * @sources: for each bin, how many sources sent so many packets in the second
 *	in which they sent most
 */
struct levee_learned_class {
	atomic64_t missed;
	atomic_t burst[LEVEE_LEARN_RATES];
	atomic_t peak;
	atomic_t sources[LEVEE_LEARN_BINS];
};

#define LEVEE_LEARN_FRACTION	8

/**
 * struct levee_learned - what was learned of a policy
 * @class: the classes; that of LEVEE_CLASS_ANY is not used
 */
struct levee_learned {
	struct levee_learned_class class[__LEVEE_CLASS_MAX];
};

struct levee_learn;

struct levee_learn *levee_learn_alloc(u32 sources);
void levee_learn_free(struct levee_learn *learn);
void levee_learn_packet(struct levee_learn *learn,
			struct levee_learned_class *learned, u64 tag,
			u32 packets, u64 now_ns);
void levee_learn_flush(struct levee_learn *learn);
void levee_learned_clear(struct levee_learned *learned);

u32 levee_learn_bin_first(unsigned int bin);
u64 levee_learn_interval_ns(unsigned int rate);
u32 levee_learned_burst(const struct levee_learned_class *learned,
			unsigned int rate);

#endif /* _LEVEE_LEARN_H */
