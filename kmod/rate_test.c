// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-rate: limits in bits, at their extremes and in the long
 * run, against exact arithmetic.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "meter.h"

#define START	(5 * NSEC_PER_SEC)
#define KBIT	1000ull
#define MBIT	1000000ull
#define GBIT	1000000000ull

/* A byte's time at one bit per second. */
#define BYTE_NS	((u64)BITS_PER_BYTE * NSEC_PER_SEC)

/* What levee_rate_init_bits() states: 1.2e-7, and less than a ns a packet. */
#define ERROR_PART	8300000u

/* A full aggregate of GRO and of BIG TCP, as they were on the wire. */
#define GRO_BYTES	67823u
#define BIG_BYTES	(362u * 1500)

static struct levee_rate bits_of(struct kunit *test, u64 bps, u32 burst)
{
	struct levee_rate rate;

	KUNIT_ASSERT_EQ(test, levee_rate_init_bits(&rate, bps, burst), 0);
	return rate;
}

static bool passes(const struct levee_rate *rate, u64 *until, u64 now,
		   u32 bytes)
{
	u64 next;
	bool pass;

	pass = levee_gcra(rate, *until, now, bytes, &next) != LEVEE_METER_OVER;
	*until = next;
	return pass;
}

/* Rounded down. */
static u64 exact_ns(u64 bps, u64 bytes)
{
	return mul_u64_u64_div_u64(bytes, BYTE_NS, bps);
}

static const u64 rates_bps[] = {
	LEVEE_BPS_MIN, 1001, 9600, 64 * KBIT, 999983, 20 * MBIT, GBIT,
	10 * GBIT, 400 * GBIT, LEVEE_BPS_MAX,
};

/* The time of a packet of any size, within what is promised. */
static void rate_cost(struct kunit *test)
{
	static const u32 sizes[] = {
		1, 20, 40, 64, 1500, 9000, GRO_BYTES, BIG_BYTES,
	};
	u64 exact, cost, next;
	struct levee_rate rate;
	int r, s;

	for (r = 0; r < ARRAY_SIZE(rates_bps); r++) {
		rate = bits_of(test, rates_bps[r], BIG_BYTES);
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			levee_gcra(&rate, 0, START, sizes[s], &next);
			cost = next - START;
			exact = exact_ns(rates_bps[r], sizes[s]);
			KUNIT_EXPECT_LE(test, cost, exact);
			KUNIT_EXPECT_GE(test, cost + 1 +
					div_u64(exact, ERROR_PART), exact);
		}
		KUNIT_EXPECT_EQ(test, rate.unit, LEVEE_UNIT_BITS);
	}
}

static void rate_range(struct kunit *test)
{
	static const struct {
		u64 bps;
		u32 burst;
		int err;
	} cases[] = {
		{ LEVEE_BPS_MIN, 1, 0 },
		{ LEVEE_BPS_MIN, U32_MAX, 0 },
		{ 400 * GBIT, 1, 0 },
		{ LEVEE_BPS_MAX, U32_MAX, 0 },
		{ 0, 1000, -ERANGE },
		{ LEVEE_BPS_MIN - 1, 1000, -ERANGE },
		{ LEVEE_BPS_MAX + 1, 1000, -ERANGE },
		{ U64_MAX, U32_MAX, -ERANGE },
		{ MBIT, 0, -ERANGE },
	};
	struct levee_rate rate;
	u64 tau, until;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, levee_rate_init_bits(&rate, cases[i].bps,
							   cases[i].burst),
				cases[i].err);
		if (cases[i].err)
			continue;
		tau = exact_ns(cases[i].bps, cases[i].burst);
		KUNIT_EXPECT_LE(test, rate.tau_ns, tau);
		KUNIT_EXPECT_GE(test, rate.tau_ns + 1 +
				div_u64(tau, ERROR_PART), tau);
		/* The whole burst at once, and nothing has wrapped around. */
		until = 0;
		KUNIT_EXPECT_TRUE(test, passes(&rate, &until, START,
					       cases[i].burst));
		KUNIT_EXPECT_EQ(test, until, START + rate.tau_ns);
		/* A burst of a byte takes no ns at 400 Gbit/s, and is full. */
		passes(&rate, &until, START, 1500);
		KUNIT_EXPECT_FALSE(test, passes(&rate, &until, START, 1500));
	}
}

/* Exactly the burst passes at once, then each packet when it is due. */
static void rate_burst(struct kunit *test)
{
	struct levee_rate rate = bits_of(test, 8 * MBIT, 15000);
	u64 until = 0, due;
	int i, passed = 0;

	for (i = 0; i < 20; i++)
		passed += passes(&rate, &until, START, 1500);
	KUNIT_EXPECT_EQ(test, passed, 10);
	for (i = 1; i < 5; i++) {
		due = START + i * 1500 * NSEC_PER_USEC;
		KUNIT_EXPECT_FALSE(test, passes(&rate, &until, due - 1, 1500));
		KUNIT_EXPECT_TRUE(test, passes(&rate, &until, due, 1500));
	}
	/* What is left of the burst is for what fits into it. */
	due += 99 * NSEC_PER_USEC;
	KUNIT_EXPECT_FALSE(test, passes(&rate, &until, due, 100));
	KUNIT_EXPECT_TRUE(test, passes(&rate, &until, due, 99));
	KUNIT_EXPECT_FALSE(test, passes(&rate, &until, due, 1));
}

/*
 * Offered ten times the rate in packets of all sizes, aggregates among them, a
 * source gets its burst and its rate, to within the error that is stated: never
 * less than that, and more by a ns for each packet, and by what the last packet
 * is larger than the burst. With a burst smaller than a packet it has to wait
 * for the next packet when it may send, a tenth of one here.
 */
static void rate_long_run(struct kunit *test)
{
	static const u32 bursts[] = { 1, 2000, 100000, 10000000 };
	u64 now, until, bytes, packets, least, most;
	struct levee_rate rate;
	struct rnd_state rnd;
	u32 len;
	int r, b, i;

	prandom_seed_state(&rnd, 7);
	for (r = 0; r < ARRAY_SIZE(rates_bps); r++)
		for (b = 0; b < ARRAY_SIZE(bursts); b++) {
			rate = bits_of(test, rates_bps[r], bursts[b]);
			now = START;
			until = 0;
			bytes = 0;
			packets = 0;
			for (i = 0; i < 20000; i++) {
				len = 40 + prandom_u32_state(&rnd) % 1461;
				if (i % 1000 == 7)
					len = GRO_BYTES;
				if (passes(&rate, &until, now, len)) {
					bytes += len;
					packets++;
				}
				now += exact_ns(rates_bps[r], 770) / 10 + 1;
			}
			now -= START;
			least = mul_u64_u64_div_u64(now, rates_bps[r],
						    BYTE_NS);
			most = mul_u64_u64_div_u64(now + packets, rates_bps[r],
						   BYTE_NS);
			most += div_u64(most, ERROR_PART) + bursts[b];
			if (bursts[b] < 2000)
				least = least / 5 * 4;
			KUNIT_EXPECT_GE(test, bytes, least);
			KUNIT_EXPECT_LE(test, bytes, most + GRO_BYTES);
		}
}

/* A burst too small for a packet: it passes all the same, and is charged whole. */
static void rate_debt(struct kunit *test)
{
	struct levee_rate rate = bits_of(test, 8 * MBIT, 100);
	u64 until = 0, now = START, bytes = 0;
	int i;

	KUNIT_EXPECT_FALSE(test, passes(&rate, &until, START,
					100 + LEVEE_DEBT_BYTES + 1));
	KUNIT_EXPECT_FALSE(test, passes(&rate, &until, START, U32_MAX));
	KUNIT_EXPECT_TRUE(test, passes(&rate, &until, START,
				       100 + LEVEE_DEBT_BYTES));
	KUNIT_EXPECT_EQ(test, until, START +
			(100 + LEVEE_DEBT_BYTES) * NSEC_PER_USEC);
	/* The rest of the burst is not enough: it has to be full. */
	until = START + 1;
	KUNIT_EXPECT_FALSE(test, passes(&rate, &until, START, 1500));

	/* 100 s of 1500 bytes each ms: 1 MB/s of the 1.5 pass. */
	until = 0;
	for (i = 0; i < 100000; i++, now += NSEC_PER_MSEC)
		if (passes(&rate, &until, now, 1500))
			bytes += 1500;
	KUNIT_EXPECT_GE(test, bytes, 75000000ull);
	KUNIT_EXPECT_LE(test, bytes, 100003000ull);
}

/* A source in debt under the slowest limit waits no longer under a new one. */
static void rate_lowered(struct kunit *test)
{
	struct levee_rate old = bits_of(test, LEVEE_BPS_MIN, U32_MAX);
	struct levee_rate new = bits_of(test, 8 * MBIT, 1000);
	u64 until = START + old.tau_ns;

	KUNIT_EXPECT_FALSE(test, passes(&new, &until, START, 1));
	KUNIT_EXPECT_EQ(test, until, START +
			(1000 + LEVEE_DEBT_BYTES) * NSEC_PER_USEC);
	KUNIT_EXPECT_TRUE(test, passes(&new, &until, until, 1000));
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate_cost),
	KUNIT_CASE(rate_range),
	KUNIT_CASE(rate_burst),
	KUNIT_CASE(rate_long_run),
	KUNIT_CASE(rate_debt),
	KUNIT_CASE(rate_lowered),
	{}
};

static struct kunit_suite rate_suite = {
	.name = "levee-rate",
	.test_cases = rate_cases,
};

kunit_test_suites(&rate_suite);
