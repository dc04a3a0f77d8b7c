/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rate limiting by GCRA over the expiring map.
 */
#ifndef _LEVEE_METER_H
#define _LEVEE_METER_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/levee.h>
#include <linux/minmax.h>
#include <linux/time64.h>
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

/* How often a charge is tried when other CPUs charge the same meter. */
#define LEVEE_CHARGE_TRIES	4

/*
 * CPUs do not agree on the time to the last ns. A TAT that seems too far away
 * by less than this is not corrected, so that the over-limit path stays
 * read-only.
 */
#define LEVEE_CLOCK_SLACK_NS	NSEC_PER_MSEC

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
enum levee_meter levee_meter_search(const struct levee_map *map,
				    struct levee_charge *charge, u64 now_ns);
enum levee_meter levee_meter_retry(const struct levee_map *map,
				   struct levee_charge *charge, u64 now_ns);

void levee_overflow_clear(struct levee_overflow *overflow);

/*
 * The time that so many packets or bytes take. No more than @most packets are
 * asked for, and those take 75 years at the most; of bytes, both factors have
 * 32 bits.
 */
static __always_inline u64 levee_rate_cost_ns(const struct levee_rate *rate,
					      u32 amount)
{
	return (amount * rate->mult) >> rate->shift;
}

/**
 * levee_gcra - judge a packet by a theoretical arrival time
 * @rate: rate and burst
 * @until_ns: TAT so far, 0 if there is none
 * @now_ns: present time
 * @amount: packets that arrived as one, or their bytes, as @rate says
 * @next_ns: set to the TAT to store; if the packet is over the limit, only
 *	differs from @until_ns if that was further away than @rate allows
 *
 * Exactly the burst passes at once. What is larger than the burst, alone,
 * needs the full burst, and is charged whole, so that the rate stays exact; what
 * is larger by more than LEVEE_DEBT_SEGS or LEVEE_DEBT_BYTES never passes.
 *
 * Return: the answer.
 */
static __always_inline enum levee_meter
levee_gcra(const struct levee_rate *rate, u64 until_ns, u64 now_ns, u32 amount,
	   u64 *next_ns)
{
	u64 farthest = levee_rate_cost_ns(rate, rate->most);
	u64 tat = max(until_ns, now_ns);
	u64 ahead = tat - now_ns;
	u64 cost, need;

	*next_ns = until_ns;

	/* The limit was lowered: wait no longer than it allows today. */
	if (unlikely(ahead > farthest + LEVEE_CLOCK_SLACK_NS)) {
		*next_ns = now_ns + farthest;
		return LEVEE_METER_OVER;
	}
	if (unlikely(amount > rate->most))
		return LEVEE_METER_OVER;
	cost = levee_rate_cost_ns(rate, amount);
	need = min(cost, rate->tau_ns);
	if (ahead + need > rate->tau_ns)
		return LEVEE_METER_OVER;

	*next_ns = tat + cost;
	if (ahead + need > rate->tau_ns / 2)
		return LEVEE_METER_HIGH;
	return LEVEE_METER_CONFORMS;
}

/**
 * levee_meter_check - ask a meter about a packet, and charge nothing
 * @map: where the meters are
 * @charge: the packet and the limit; @overflowed, @ref and @next_ns are filled
 * @now_ns: present time
 *
 * Nothing shared is written unless the limit was lowered since.
 *
 * Context: RCU read lock, for @map and the limit.
 * Return: the answer.
 */
static __always_inline enum levee_meter
levee_meter_check(const struct levee_map *map, struct levee_charge *charge,
		  u64 now_ns)
{
	enum levee_meter answer;

	if (!levee_map_find(map, charge->tag, &charge->ref))
		return levee_meter_search(map, charge, now_ns);
	charge->overflowed = false;
	answer = levee_gcra(charge->rate, charge->ref.until, now_ns,
			    charge->amount, &charge->next_ns);
	if (answer == LEVEE_METER_OVER &&
	    unlikely(charge->next_ns != charge->ref.until))
		levee_map_store(&charge->ref, charge->tag, charge->next_ns);
	return answer;
}

/**
 * levee_meter_commit - charge a packet that conforms
 * @map: where the meters are
 * @charge: what levee_meter_check() filled
 * @now_ns: present time
 *
 * If another CPU charged the same meter in between, it is asked again. After
 * LEVEE_CHARGE_TRIES lost races the packet passes, not asked again and
 * uncharged: of the packets that n CPUs let through at once, at least one in n
 * was charged each time, and the meter was moved on by all that won, so the
 * excess is at most n - 1 packets for each LEVEE_CHARGE_TRIES charged ones,
 * only while that lasts.
 *
 * Context: RCU read lock, for @map and the limit.
 * Return: the answer; LEVEE_METER_OVER if others used up the rest meanwhile.
 */
static __always_inline enum levee_meter
levee_meter_commit(const struct levee_map *map, struct levee_charge *charge,
		   u64 now_ns)
{
	if (likely(!charge->overflowed &&
		   levee_map_store(&charge->ref, charge->tag,
				   charge->next_ns)))
		return LEVEE_METER_CONFORMS;
	return levee_meter_retry(map, charge, now_ns);
}

#endif /* _LEVEE_METER_H */
