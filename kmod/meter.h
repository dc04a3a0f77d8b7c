/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rate limiting by GCRA over the expiring map.
 */
#ifndef _LEVEE_METER_H
#define _LEVEE_METER_H

#include <linux/atomic.h>
#include <linux/levee.h>
#include <linux/types.h>
#include "map.h"

/* Packets per period at the most; more could not be told apart in ns. */
#define LEVEE_RATE_MAX		100000000u
/* Longest period of a rate, in seconds. */
#define LEVEE_PERIOD_MAX	86400u
/* Rates in bits, per second: those at which a byte's time is exact enough. */
#define LEVEE_BPS_MIN		1000ull
#define LEVEE_BPS_MAX		1000000000000ull

/*
 * How many packets beyond the burst one aggregated packet may stand for. 362
 * segments of 1448 bytes are the largest that GRO makes (512 KiB, BIG TCP);
 * what is larger is made of tiny segments and nothing that a limit with a
 * small burst should let through.
 */
#define LEVEE_DEBT_SEGS		512u
/* Likewise in bytes: BIG TCP and the headers of its segments are 550 KiB. */
#define LEVEE_DEBT_BYTES	(1024u * 1024)

/* Overflow meters of a limit; each has the limit's rate. */
#define LEVEE_OVERFLOW_METERS	64

/**
 * struct levee_rate - a rate and burst, made ready for the packet path
 * @mult: time that one packet, or one byte, takes at this rate, in
 *	2^-@shift ns (emission interval)
 * @tau_ns: time that the burst takes
 * @most: packets or bytes that one aggregated packet may stand for
 * @shift: 0 for packets
 * @unit: enum levee_unit: what is charged, packets or the bytes they had on
 *	the wire
 * @burst: packets or bytes that may arrive at once
 */
struct levee_rate {
	u64 mult;
	u64 tau_ns;
	u32 most;
	u8 shift;
	u8 unit;
	u32 burst;
};

/**
 * struct levee_overflow - what sources share that find the map full
 * @until: theoretical arrival times; the source's tag chooses the meter
 */
struct levee_overflow {
	atomic64_t until[LEVEE_OVERFLOW_METERS];
};

/**
 * enum levee_meter - answer of a meter
 * @LEVEE_METER_CONFORMS: within the limit
 * @LEVEE_METER_HIGH: within the limit, but more than half the burst is used
 * @LEVEE_METER_OVER: exceeds the limit
 */
enum levee_meter {
	LEVEE_METER_CONFORMS,
	LEVEE_METER_HIGH,
	LEVEE_METER_OVER,
};

/**
 * struct levee_charge - one packet at one meter
 * @rate: rate of the limit
 * @overflow: overflow meters of the limit
 * @tag: tag of the meter
 * @amount: packets or bytes to charge, as @rate says
 * @overflowed: set if the map was full, and the overflow meter answered
 * @ref: where the meter is
 * @next_ns: theoretical arrival time to store
 */
struct levee_charge {
	const struct levee_rate *rate;
	struct levee_overflow *overflow;
	u64 tag;
	u32 amount;
	bool overflowed;
	struct levee_map_ref ref;
	u64 next_ns;
};

int levee_rate_init(struct levee_rate *rate, u64 packets, u32 period_s,
		    u32 burst);
int levee_rate_init_bits(struct levee_rate *rate, u64 bps, u32 burst);
enum levee_meter levee_gcra(const struct levee_rate *rate, u64 until_ns,
			    u64 now_ns, u32 amount, u64 *next_ns);
enum levee_meter levee_meter_check(const struct levee_map *map,
				   struct levee_charge *charge, u64 now_ns);
enum levee_meter levee_meter_commit(const struct levee_map *map,
				    struct levee_charge *charge, u64 now_ns);

void levee_overflow_clear(struct levee_overflow *overflow);

#endif /* _LEVEE_METER_H */
