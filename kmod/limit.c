// SPDX-License-Identifier: GPL-2.0
/*
 * What a limit of a ruleset that is being changed allows, and what it does.
 */
#include "ruleset.h"

#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/*
 * Burst of a limit in bits that names none. Where 100 ms are little, it still
 * has room for 64 KiB that GRO made one packet, with the headers of each.
 */
#define LEVEE_BURST_MS		100
#define LEVEE_BURST_BYTES	100000u

/**
 * levee_limit_set_rate - set what a limit in packets allows
 * @limit: limit of a ruleset that is being changed
 * @packets: packets per period
 * @period_s: period in seconds
 * @burst: packets that may arrive at once; 0 for those of one second, at
 *	least one
 *
 * Return: 0, or -ERANGE as levee_rate_init().
 */
int levee_limit_set_rate(struct levee_limit *limit, u64 packets, u32 period_s,
			 u32 burst)
{
	int err;

	if (!burst && period_s && packets <= LEVEE_RATE_MAX)
		burst = max_t(u32, 1, (u32)packets / period_s);
	err = levee_rate_init(&limit->rate, packets, period_s, burst);
	if (err)
		return err;
	limit->configured = packets;
	limit->period_s = period_s;
	return 0;
}

/**
 * levee_limit_set_bits - set what a limit in bits allows
 * @limit: limit of a ruleset that is being changed
 * @bps: bits per second
 * @burst: bytes that may arrive at once; 0 for those of LEVEE_BURST_MS, at
 *	least LEVEE_BURST_BYTES
 *
 * Return: 0, or -ERANGE as levee_rate_init_bits().
 */
int levee_limit_set_bits(struct levee_limit *limit, u64 bps, u32 burst)
{
	int err;

	if (!burst)
		burst = clamp_t(u64, div_u64(bps, BITS_PER_BYTE * MSEC_PER_SEC /
					     LEVEE_BURST_MS),
				LEVEE_BURST_BYTES, U32_MAX);
	err = levee_rate_init_bits(&limit->rate, bps, burst);
	if (err)
		return err;
	limit->configured = bps;
	limit->period_s = 1;
	return 0;
}

/**
 * levee_limit_set_mark - mark packets over a limit, or drop them
 * @limit: limit of a ruleset that is being changed
 * @mark: what they get in their mark
 * @mask: in which of its bits; 0 to drop them
 *
 * Return: 0, or -EINVAL if @mark has bits that @mask has not.
 */
int levee_limit_set_mark(struct levee_limit *limit, u32 mark, u32 mask)
{
	if (mark & ~mask)
		return -EINVAL;
	limit->mark = mark;
	limit->mark_mask = mask;
	return 0;
}

/**
 * levee_limit_set_fair - share a limit fairly among the sources
 * @limit: limit of a ruleset that is being changed, for all sources together, with
 *	its rate
 * @per4: IPv4 prefix length of a source
 * @per6: likewise for IPv6
 *
 * Context: process, the lock of the configuration held.
 * Return: 0; -ERANGE as levee_fair_init(); -ENOMEM.
 */
int levee_limit_set_fair(struct levee_limit *limit, u8 per4, u8 per6)
{
	int err = levee_fair_init(&limit->share, &limit->rate, per4, per6);

	if (err)
		return err;
	/* Packets look at it once a ruleset is in force that says so. */
	if (!limit->state->fair)
		limit->state->fair = levee_fair_state_alloc();
	if (!limit->state->fair)
		return -ENOMEM;
	limit->fair = true;
	return 0;
}
