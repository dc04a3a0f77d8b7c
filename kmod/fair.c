// SPDX-License-Identifier: GPL-2.0
/*
 * Fair share: what each source may send when all together send too much.
 *
 * A limit for all sources together has one meter, whose theoretical arrival
 * time is ahead of the present by what they have sent too much of late. As long
 * as that is less than half of the burst, nobody is touched. From there on each
 * source is metered, too, and what it may send, its allowance L, follows from
 * how far the meter of all is ahead: from the whole rate C down to the least
 * that is worth while, an octave for each equal step. If more than C passes, the
 * meter gets further ahead and L gets smaller, and the other way round; so it
 * stands still where the sum of min(rate of a source, L) is C. That is the
 * max-min fair L: who sends less than it loses nothing, all others get the same.
 *
 * So nothing has to be measured, or to be guessed, to find L: neither what
 * passes nor how many are above it, and there is no interval that a sender could
 * time its pulses to. More than C and the burst never passes, whatever comes.
 *
 * A meter of a source holds a time. L is that time's cost for a packet, and may
 * change from packet to packet; what a source may be ahead is a time that does
 * not. So a source at its limit goes on at the new L at once, in both directions.
 *
 * When not even the least allowance fits, because there are too many sources,
 * those that are proven come first. They no longer share with the others, who
 * have what is left; and what is left of the burst is theirs alone. If it comes
 * to that, they are cut in the same way: the largest first.
 *
 * How the upper half of the burst is divided: three quarters for L, an eighth
 * for the rest at the least allowance, an eighth for who is proven alone.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "fair.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "compat.h"

/*
 * Least burst: below this L could not be told apart. A packet is as long as one
 * of Ethernet.
 */
#define FAIR_BURST_PACKETS	32u
#define FAIR_PACKET_BYTES	1500u
#define FAIR_BURST_NS		(20 * NSEC_PER_MSEC)
/* Burst of a limit in packets that names none; more if a second has more. */
#define FAIR_BURST_DEFAULT	256u

/* At the least allowance, a packet takes so long, within the octaves there are. */
#define FAIR_LEAST_NS		(4ull * NSEC_PER_SEC)

/* The meter of a source takes no more bytes: they have to fit into 64 bits. */
#define FAIR_MOST		(1024u * 1024 * 1024)

/*
 * How often the allowance is looked at, and over how many such times it is
 * smoothed, 2 to the power of.
 */
#define FAIR_SAMPLE_SHIFT	20
#define FAIR_SMOOTH		7
/* What is smoothed is taken for the least allowance a quarter of an octave off. */
#define FAIR_NEAR		(1u << (LEVEE_FAIR_SHIFT - 2))
/* How long one counts what passes, and who is above the allowance. */
#define FAIR_INTERVAL_NS	((u64)NSEC_PER_SEC)

static u32 fair_packet(u8 unit)
{
	return unit == LEVEE_UNIT_BITS ? FAIR_PACKET_BYTES : 1;
}

/* Octaves per ns for so many in @ns; what is shifted out must be set. */
static u64 fair_slope(const struct levee_fair *fair, u64 ns)
{
	return div64_u64((u64)fair->octaves << (LEVEE_FAIR_SHIFT + 32),
			 ns >> fair->shift);
}

/**
 * levee_fair_init - make the sharing of a limit ready for the packet path
 * @fair: what to fill
 * @rate: rate and burst of the limit
 * @per4: IPv4 prefix length of a source
 * @per6: likewise for IPv6
 *
 * Return: 0; -ERANGE if the burst is too small to share: less than 32 packets,
 * or 48000 bytes, or what the rate has in 20 ms.
 */
int levee_fair_init(struct levee_fair *fair, const struct levee_rate *rate,
		    u8 per4, u8 per6)
{
	u32 packet = fair_packet(rate->unit);
	u64 half_ns = rate->tau_ns / 2, eighth_ns = half_ns / 8;
	u64 packet_ns = levee_rate_cost_ns(rate, packet);

	if (rate->burst < FAIR_BURST_PACKETS * packet ||
	    rate->tau_ns < FAIR_BURST_NS)
		return -ERANGE;
	*fair = (struct levee_fair){
		.free_ns = half_ns,
		.least_ns = half_ns + 6 * eighth_ns,
		.closed_ns = half_ns + 7 * eighth_ns,
		.shift = max(fls64(6 * eighth_ns) - 32, 0),
		.per4 = per4,
		.per6 = per6,
		.most = min(rate->burst / 4 * 3, FAIR_MOST),
	};
	fair->tau_ns = levee_rate_cost_ns(rate, fair->most);
	fair->octaves = clamp_t(u64, ilog2(div64_u64(FAIR_LEAST_NS,
						     max(packet_ns, 1ull)) | 1),
				LEVEE_FAIR_OCTAVES_MIN, LEVEE_FAIR_OCTAVES_MAX);
	fair->slope = fair_slope(fair, 6 * eighth_ns);
	fair->proven_slope = fair_slope(fair, eighth_ns);
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_fair_init);

/**
 * levee_fair_burst - burst of a limit that is shared and names none
 * @amount: packets per period, or bits per second
 * @period_s: the period in seconds
 * @unit: enum levee_unit
 *
 * Return: packets or bytes: those of a second, or more if that has few.
 */
u32 levee_fair_burst(u64 amount, u32 period_s, u8 unit)
{
	u32 packet = fair_packet(unit);

	if (unit == LEVEE_UNIT_BITS)
		amount = div_u64(amount, BITS_PER_BYTE);
	else
		amount = div_u64(amount, period_s);
	return clamp_t(u64, amount, FAIR_BURST_DEFAULT * packet, U32_MAX);
}
LEVEE_EXPORT_FOR_TEST(levee_fair_burst);

/**
 * levee_fair_rate - the rate of a source
 * @fair: how the limit is shared
 * @rate: rate of the limit
 * @octaves: the allowance, from levee_fair_octaves()
 * @source: set to a rate for the meter of the source
 *
 * Between octaves the cost of a packet is on a straight line.
 */
void levee_fair_rate(const struct levee_fair *fair,
		     const struct levee_rate *rate, u32 octaves,
		     struct levee_rate *source)
{
	u32 whole = octaves >> LEVEE_FAIR_SHIFT;
	u32 part = octaves & ((1u << LEVEE_FAIR_SHIFT) - 1);
	u32 unshift = min_t(u32, whole, rate->shift);

	source->mult = rate->mult + ((rate->mult * part) >> LEVEE_FAIR_SHIFT);
	source->mult <<= whole - unshift;
	source->shift = rate->shift - unshift;
	source->unit = rate->unit;
	source->tau_ns = fair->tau_ns;
	/* No less than @tau_ns, and what one packet may take more. */
	source->burst = (fair->most >> whole) + 1;
	source->most = source->burst + (rate->unit == LEVEE_UNIT_BITS ?
					LEVEE_DEBT_BYTES : LEVEE_DEBT_SEGS);
}
LEVEE_EXPORT_FOR_TEST(levee_fair_rate);

/**
 * levee_fair_share - the allowance as a number
 * @amount: rate of the limit, less than 2^50
 * @octaves: how often it is halved
 *
 * Return: the allowance, in what @amount is in.
 */
u64 levee_fair_share(u64 amount, u32 octaves)
{
	/* So many binary places are left beside the rate. */
	u32 part = (octaves & ((1u << LEVEE_FAIR_SHIFT) - 1)) >> 3;

	return div_u64(amount << 13, (1u << 13) + part) >>
	       (octaves >> LEVEE_FAIR_SHIFT);
}
LEVEE_EXPORT_FOR_TEST(levee_fair_share);

/**
 * levee_fair_state_alloc - make what a limit keeps that is shared
 *
 * Context: process, may sleep.
 * Return: the state, to be freed by kfree(), or NULL if memory is short.
 */
struct levee_fair_state *levee_fair_state_alloc(void)
{
	return kzalloc(sizeof(struct levee_fair_state), GFP_KERNEL_ACCOUNT);
}
LEVEE_EXPORT_FOR_TEST(levee_fair_state_alloc);

/* What passed in an interval that ends, and who was above the allowance. */
static void fair_count(struct levee_fair_state *state, u64 ns, u64 tat_ns,
		       u64 now_ns)
{
	u64 sent_ns = tat_ns - state->began_tat_ns;

	WRITE_ONCE(state->accepted,
		   min(div64_u64(sent_ns << LEVEE_FAIR_SHIFT, ns),
		       (u64)U32_MAX));
	WRITE_ONCE(state->over_count,
		   min(levee_sketch_count(&state->over), (u64)U32_MAX));
	levee_sketch_clear(&state->over);
	atomic64_set(&state->ended_ns, now_ns);
}

/**
 * levee_fair_sample - look at the allowance, for who asks how it is
 * @state: what the limit keeps
 * @octaves: the allowance of who is not proven, when a packet passed
 * @tat_ns: how far the meter of all is with that packet
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Nothing that is decided depends on this. Of what passes the meter of all
 * knows: it moves on by as much, as long as it is ahead.
 *
 * Context: packet path; writes about once in a millisecond.
 */
void levee_fair_sample(struct levee_fair_state *state, u32 octaves, u64 tat_ns,
		       u64 now_ns)
{
	s64 last = atomic64_read(&state->sampled_ns);
	s64 since = now_ns - last, off, ns;
	u32 was, times;

	/* The clock of another CPU may be a little ahead. */
	if (since < (s64)BIT_ULL(FAIR_SAMPLE_SHIFT))
		return;
	/* One of several CPUs, which has until the next sample. */
	if (!atomic64_try_cmpxchg(&state->sampled_ns, &last, now_ns))
		return;
	if (since >= (s64)FAIR_INTERVAL_NS) {
		/* Nobody was touched meanwhile. */
		WRITE_ONCE(state->octaves, octaves);
		levee_sketch_clear(&state->over);
		atomic64_set(&state->ended_ns, 0);
		state->began_tat_ns = tat_ns;
		atomic64_set(&state->began_ns, now_ns);
		return;
	}
	was = READ_ONCE(state->octaves);
	times = min_t(u32, since >> FAIR_SAMPLE_SHIFT, 1u << FAIR_SMOOTH);
	off = (s64)octaves - was;
	WRITE_ONCE(state->octaves, was + ((off * times) >> FAIR_SMOOTH));
	ns = now_ns - atomic64_read(&state->began_ns);
	if (ns < (s64)FAIR_INTERVAL_NS)
		return;
	fair_count(state, ns, tat_ns, now_ns);
	state->began_tat_ns = tat_ns;
	atomic64_set(&state->began_ns, now_ns);
}
LEVEE_EXPORT_FOR_TEST(levee_fair_sample);

/**
 * levee_fair_read - how a limit is shared at present
 * @fair: how the limit is shared
 * @state: what the limit keeps; packets may change it meanwhile
 * @now_ns: present time, CLOCK_MONOTONIC
 * @info: set to it
 *
 * Return: false if nobody was touched of late, or only for less than a second.
 */
bool levee_fair_read(const struct levee_fair *fair,
		     struct levee_fair_state *state, u64 now_ns,
		     struct levee_fair_info *info)
{
	s64 since = now_ns - atomic64_read(&state->sampled_ns);

	if (!atomic64_read(&state->ended_ns) || since > (s64)FAIR_INTERVAL_NS)
		return false;
	info->octaves = READ_ONCE(state->octaves);
	info->accepted = READ_ONCE(state->accepted);
	info->over = READ_ONCE(state->over_count);
	info->proven_first = info->octaves + FAIR_NEAR >=
			     fair->octaves << LEVEE_FAIR_SHIFT;
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_fair_read);
