// SPDX-License-Identifier: GPL-2.0
/*
 * Rate limiting by GCRA over the expiring map.
 *
 * The generic cell rate algorithm (ITU-T I.371, Annex A, virtual scheduling)
 * keeps one number per source, the theoretical arrival time (TAT): when the
 * packets that were let through so far would all have arrived, had they come
 * at exactly the rate. Once the TAT has passed, the source has its full burst
 * again, which is what a source never seen has. That is why the map may forget
 * an entry whose time has passed.
 */
#include "meter.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/time64.h>

#include "compat.h"

/* now + tau + debt must stay far below what the map takes for busy. */
#define LEVEE_TAU_MAX_NS	BIT_ULL(61)

/* Binary places of a byte's time: 8e9 ns with so many are just a u64. */
#define BYTE_SHIFT_MAX		30

static u32 add_sat(u32 a, u32 b)
{
	return min_t(u64, (u64)a + b, U32_MAX);
}

/**
 * levee_rate_init - make a rate ready for the packet path
 * @rate: what to fill
 * @packets: packets per period, 1 to LEVEE_RATE_MAX
 * @period_s: period in seconds, 1 to LEVEE_PERIOD_MAX
 * @burst: packets that may arrive at once, at least 1
 *
 * The emission interval is rounded to the nearest ns: the error of the rate is
 * at most half a ns per packet, that is 0.005 % at 100 k/s and 5 % at 100 M/s.
 *
 * Return: 0; -ERANGE if a value is out of its range, or if @burst packets take
 * more than 73 years at that rate.
 */
int levee_rate_init(struct levee_rate *rate, u64 packets, u32 period_s,
		    u32 burst)
{
	u64 period_ns = (u64)period_s * NSEC_PER_SEC;

	*rate = (struct levee_rate){ .unit = LEVEE_UNIT_PACKETS };
	if (!packets || packets > LEVEE_RATE_MAX || !burst)
		return -ERANGE;
	if (!period_s || period_s > LEVEE_PERIOD_MAX)
		return -ERANGE;

	rate->mult = div64_u64(period_ns + packets / 2, packets);
	rate->burst = burst;
	rate->most = add_sat(burst, LEVEE_DEBT_SEGS);
	if (check_mul_overflow(rate->mult, (u64)burst, &rate->tau_ns) ||
	    rate->tau_ns > LEVEE_TAU_MAX_NS)
		return -ERANGE;
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_rate_init);

/**
 * levee_rate_init_bits - make a rate in bits ready for the packet path
 * @rate: what to fill
 * @bps: bits per second, LEVEE_BPS_MIN to LEVEE_BPS_MAX
 * @burst: bytes that may arrive at once, at least 1
 *
 * A byte's time is kept in as many fractions of a ns as fit into 32 bits, or
 * 30 binary places: the rate is too high by at most 1.2e-7 (at 1 Tbit/s;
 * 1.2e-9 at 10 Gbit/s). To that comes that a packet's time is rounded down to
 * whole ns. So a source never gets less than its limit, and more by less than
 * a ns for each packet: 0.08 % with packets of 1500 bytes at 10 Gbit/s.
 *
 * Return: 0; -ERANGE if a value is out of its range.
 */
int levee_rate_init_bits(struct levee_rate *rate, u64 bps, u32 burst)
{
	const u64 byte_ns = (u64)BITS_PER_BYTE * NSEC_PER_SEC;

	*rate = (struct levee_rate){ .unit = LEVEE_UNIT_BITS };
	if (bps < LEVEE_BPS_MIN || bps > LEVEE_BPS_MAX || !burst)
		return -ERANGE;

	while (rate->shift < BYTE_SHIFT_MAX &&
	       div64_u64(byte_ns << (rate->shift + 1), bps) <= U32_MAX)
		rate->shift++;
	rate->mult = div64_u64(byte_ns << rate->shift, bps);
	rate->burst = burst;
	rate->most = add_sat(burst, LEVEE_DEBT_BYTES);
	rate->tau_ns = levee_rate_cost_ns(rate, burst);
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_rate_init_bits);

/* The lower bits of a tag choose the bucket: take others for the meter. */
static atomic64_t *overflow_meter(const struct levee_charge *charge)
{
	return &charge->overflow->until[(charge->tag >> 32) %
					LEVEE_OVERFLOW_METERS];
}

/**
 * levee_meter_search - ask a meter that is not where it most likely is
 * @map: where the meters are
 * @charge: as for levee_meter_check()
 * @now_ns: present time
 *
 * The slow half of levee_meter_check(): newcomers, second buckets, full ones.
 *
 * Context: as for levee_meter_check().
 * Return: the answer.
 */
enum levee_meter levee_meter_search(const struct levee_map *map,
				    struct levee_charge *charge, u64 now_ns)
{
	enum levee_meter answer;
	u64 until;

	charge->ref = levee_map_search(map, charge->tag, now_ns);
	charge->overflowed = !charge->ref.slot;
	if (unlikely(charge->overflowed))
		until = atomic64_read(overflow_meter(charge));
	else
		until = charge->ref.vacant ?
			levee_map_inherited(map, charge->tag, now_ns) :
			charge->ref.until;

	answer = levee_gcra(charge->rate, until, now_ns, charge->amount,
			    &charge->next_ns);
	if (answer == LEVEE_METER_OVER && unlikely(charge->next_ns != until)) {
		s64 seen = until;

		if (charge->overflowed)
			atomic64_try_cmpxchg(overflow_meter(charge), &seen,
					     charge->next_ns);
		else
			levee_map_store(&charge->ref, charge->tag,
					charge->next_ns);
	}
	return answer;
}
LEVEE_EXPORT_FOR_TEST(levee_meter_search);

/**
 * levee_meter_retry - charge a packet that others charged in between
 * @map: where the meters are
 * @charge: as for levee_meter_commit()
 * @now_ns: present time
 *
 * The slow half of levee_meter_commit(), and all of it for overflow meters.
 *
 * Context: as for levee_meter_commit().
 * Return: the answer.
 */
enum levee_meter levee_meter_retry(const struct levee_map *map,
				   struct levee_charge *charge, u64 now_ns)
{
	enum levee_meter answer = LEVEE_METER_CONFORMS;
	/* Once levee_meter_commit() has tried, of its own meter. */
	int tries = charge->overflowed ? 0 : 1;

	for (; tries < LEVEE_CHARGE_TRIES; tries++) {
		s64 seen;

		if (!charge->overflowed) {
			answer = levee_meter_check(map, charge, now_ns);
			if (answer == LEVEE_METER_OVER)
				return answer;
		}
		if (!charge->overflowed) {
			if (levee_map_store(&charge->ref, charge->tag,
					    charge->next_ns))
				return answer;
			continue;
		}
		seen = atomic64_read(overflow_meter(charge));
		answer = levee_gcra(charge->rate, seen, now_ns, charge->amount,
				    &charge->next_ns);
		if (answer == LEVEE_METER_OVER ||
		    atomic64_try_cmpxchg(overflow_meter(charge), &seen,
					 charge->next_ns))
			return answer;
	}
	return answer;
}
LEVEE_EXPORT_FOR_TEST(levee_meter_retry);

/**
 * levee_overflow_clear - give all sources that share meters their full burst
 * @overflow: overflow meters of a limit; packets may be charged meanwhile
 */
void levee_overflow_clear(struct levee_overflow *overflow)
{
	int i;

	for (i = 0; i < LEVEE_OVERFLOW_METERS; i++)
		atomic64_set(&overflow->until[i], 0);
}
LEVEE_EXPORT_FOR_TEST(levee_overflow_clear);
