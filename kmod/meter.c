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

/* How often a charge is tried when other CPUs charge the same meter. */
#define LEVEE_CHARGE_TRIES	4

/*
 * CPUs do not agree on the time to the last ns. A TAT that seems too far away
 * by less than this is not corrected, so that the over-limit path stays
 * read-only.
 */
#define LEVEE_CLOCK_SLACK_NS	NSEC_PER_MSEC

/* Binary places of a byte's time: 8e9 ns with so many are just a u64. */
#define BYTE_SHIFT_MAX		30

static u32 add_sat(u32 a, u32 b)
{
	return min_t(u64, (u64)a + b, U32_MAX);
}

/*
 * Packets: no more than @most are asked for, and those take 75 years at the
 * most. Bytes: both factors have 32 bits.
 */
static __always_inline u64 rate_cost_ns(const struct levee_rate *rate,
					u32 amount)
{
	return (amount * rate->mult) >> rate->shift;
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
	rate->tau_ns = rate_cost_ns(rate, burst);
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_rate_init_bits);

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
enum levee_meter levee_gcra(const struct levee_rate *rate, u64 until_ns,
			    u64 now_ns, u32 amount, u64 *next_ns)
{
	u64 farthest = rate_cost_ns(rate, rate->most);
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
	cost = rate_cost_ns(rate, amount);
	need = min(cost, rate->tau_ns);
	if (ahead + need > rate->tau_ns)
		return LEVEE_METER_OVER;

	*next_ns = tat + cost;
	if (ahead + need > rate->tau_ns / 2)
		return LEVEE_METER_HIGH;
	return LEVEE_METER_CONFORMS;
}
LEVEE_EXPORT_FOR_TEST(levee_gcra);

/* The lower bits of a tag choose the bucket: take others for the meter. */
static atomic64_t *overflow_meter(const struct levee_charge *charge)
{
	return &charge->overflow->until[(charge->tag >> 32) %
					LEVEE_OVERFLOW_METERS];
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
enum levee_meter levee_meter_check(const struct levee_map *map,
				   struct levee_charge *charge, u64 now_ns)
{
	enum levee_meter answer;
	u64 until;

	charge->ref = levee_map_lookup(map, charge->tag, now_ns);
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
LEVEE_EXPORT_FOR_TEST(levee_meter_check);

/**
 * levee_meter_commit - charge a packet that conforms
 * @map: where the meters are
 * @charge: what levee_meter_check() filled
 * @now_ns: present time
 *
 * If another CPU charged the same meter in between, it is asked again. After
 * LEVEE_CHARGE_TRIES lost races the packet passes uncharged: of the packets
 * that n CPUs let through at once, at least one in n was charged each time, and
 * the meter was moved on by all that won, so the excess is at most n - 1
 * packets for each LEVEE_CHARGE_TRIES charged ones, only while that lasts.
 *
 * Context: RCU read lock, for @map and the limit.
 * Return: the answer; LEVEE_METER_OVER if others used up the rest meanwhile.
 */
enum levee_meter levee_meter_commit(const struct levee_map *map,
				    struct levee_charge *charge, u64 now_ns)
{
	enum levee_meter answer = LEVEE_METER_CONFORMS;
	int tries;

	for (tries = 0; tries < LEVEE_CHARGE_TRIES; tries++) {
		if (unlikely(charge->overflowed)) {
			s64 seen = atomic64_read(overflow_meter(charge));

			answer = levee_gcra(charge->rate, seen, now_ns,
					    charge->amount,
					    &charge->next_ns);
			if (answer == LEVEE_METER_OVER ||
			    atomic64_try_cmpxchg(overflow_meter(charge), &seen,
						 charge->next_ns))
				return answer;
			continue;
		}
		if (levee_map_store(&charge->ref, charge->tag,
				    charge->next_ns))
			return answer;
		answer = levee_meter_check(map, charge, now_ns);
		if (answer == LEVEE_METER_OVER)
			return answer;
	}
	return answer;
}
LEVEE_EXPORT_FOR_TEST(levee_meter_commit);

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
