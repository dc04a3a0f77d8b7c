/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fair share: what each source may send when all together send too much.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_FAIR_H
#define _LEVEE_FAIR_H

#include <linux/atomic.h>
#include <linux/types.h>
#include "meter.h"
#include "sketch.h"

/* Octaves have so many binary places. */
#define LEVEE_FAIR_SHIFT	16
/* How far below the rate of all an allowance goes, in octaves. */
#define LEVEE_FAIR_OCTAVES_MIN	4
#define LEVEE_FAIR_OCTAVES_MAX	18

/**
 * struct levee_fair - how a limit is shared, made ready for the packet path
 * @free_ns: time to which the meter of all may be ahead with nobody touched
 * @least_ns: from here on, the least allowance does not fit
 * @closed_ns: from here on, nobody passes who is not proven
 * @tau_ns: time that the burst of a source takes, at any allowance
 * @slope: octaves per ns from @free_ns to @least_ns, in 2^-32 of what they are
 *	counted in
 * @proven_slope: likewise from @closed_ns to the end, for who is proven
 * @shift: binary places that ns have too many for that
 * @octaves: the least allowance is the rate of all halved so often
 * @per4: IPv4 prefix length of a source
 * @per6: likewise for IPv6
 * @most: packets or bytes that @tau_ns has at the rate of all
 */
struct levee_fair {
	u64 free_ns;
	u64 least_ns;
	u64 closed_ns;
	u64 tau_ns;
	u64 slope;
	u64 proven_slope;
	u8 shift;
	u8 octaves;
	u8 per4;
	u8 per6;
	u32 most;
};

/**
 * struct levee_fair_state - what a limit that is shared keeps
 * @overflow: meters for sources that find the map full
 * @over: sources above the allowance since @began_ns
 * @sampled_ns: when the allowance was last looked at
 * @began_ns: where the present interval began
 * @began_tat_ns: how far the meter of all was then
 * @ended_ns: where the last whole interval ended; 0 if there was none
 * @octaves: the allowance, smoothed: the rate of all halved so often
 * @accepted: what passed in that interval, as a share of the rate of all in
 *	2^-LEVEE_FAIR_SHIFT
 * @over_count: sources above the allowance in it
 *
 * The packet that moves @sampled_ns writes all but the first two.
 */
struct levee_fair_state {
	struct levee_overflow overflow;
	struct levee_sketch over;
	atomic64_t sampled_ns;
	atomic64_t began_ns;
	u64 began_tat_ns;
	atomic64_t ended_ns;
	u32 octaves;
	u32 accepted;
	u32 over_count;
};

/**
 * struct levee_fair_info - how a limit is shared at present
 * @octaves: allowance of a source: the rate of all halved so often, in
 *	2^-LEVEE_FAIR_SHIFT
 * @accepted: what passes, as a share of the rate of all in the same
 * @over: sources above the allowance, an estimate
 * @proven_first: the least allowance does not fit
 */
struct levee_fair_info {
	u32 octaves;
	u32 accepted;
	u32 over;
	bool proven_first;
};

int levee_fair_init(struct levee_fair *fair, const struct levee_rate *rate,
		    u8 per4, u8 per6);
u32 levee_fair_burst(u64 amount, u32 period_s, u8 unit);
void levee_fair_rate(const struct levee_fair *fair,
		     const struct levee_rate *rate, u32 octaves,
		     struct levee_rate *source);
u64 levee_fair_share(u64 amount, u32 octaves);

struct levee_fair_state *levee_fair_state_alloc(void);
void levee_fair_sample(struct levee_fair_state *state, u32 octaves, u64 tat_ns,
		       u64 now_ns);
bool levee_fair_read(const struct levee_fair *fair,
		     struct levee_fair_state *state, u64 now_ns,
		     struct levee_fair_info *info);

/* How often the rate of all is halved, @ns after that begins. */
static inline u32 levee_fair_halve(const struct levee_fair *fair, u64 slope,
				   u64 ns)
{
	return ((ns >> fair->shift) * slope) >> 32;
}

/**
 * levee_fair_octaves - the allowance of a source
 * @fair: how the limit is shared
 * @ahead_ns: how far the meter of all is ahead, more than @fair->free_ns
 * @proven: the source is proven; only matters from @fair->least_ns on
 * @octaves: set to the allowance: the rate of all halved so often
 *
 * Return: false if the source may send nothing.
 */
static inline bool levee_fair_octaves(const struct levee_fair *fair,
				      u64 ahead_ns, bool proven, u32 *octaves)
{
	if (likely(ahead_ns < fair->least_ns)) {
		*octaves = levee_fair_halve(fair, fair->slope,
					    ahead_ns - fair->free_ns);
		return true;
	}
	if (ahead_ns < fair->closed_ns) {
		*octaves = proven ? 0 : fair->octaves << LEVEE_FAIR_SHIFT;
		return true;
	}
	*octaves = levee_fair_halve(fair, fair->proven_slope,
				    ahead_ns - fair->closed_ns);
	return proven;
}

#endif /* _LEVEE_FAIR_H */
