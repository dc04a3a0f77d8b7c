// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-fair: who gets how much of a limit that is shared fairly.
 *
 * All of it happens in virtual time, and always in the same way: what is expected
 * are the promises, not the results.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "fair_sim.h"

#include <linux/math64.h>

#include "map.h"

#define RATE	20000u
/* A burst of one second, as a limit has that names none. */
#define BURST	RATE

/* @value is within so many percent of @wanted. */
static void expect_near(struct kunit *test, u64 value, u64 wanted, u32 percent,
			const char *what)
{
	u64 off = div_u64(wanted * percent, 100);

	KUNIT_EXPECT_GE_MSG(test, value, wanted - off, "%s", what);
	KUNIT_EXPECT_LE_MSG(test, value, wanted + off, "%s", what);
}

/* Of what was sent, no more than so many in 1000 were lost. */
static void expect_loss(struct kunit *test, struct sim_sum sum, u32 per_mille,
			const char *what)
{
	KUNIT_EXPECT_LE_MSG(test, sum.sent - sum.passed,
			    div_u64(sum.sent * per_mille, 1000), "%s", what);
}

static struct sim *sim_packets(struct kunit *test, u32 count)
{
	return sim_new(test, LEVEE_UNIT_PACKETS, RATE, BURST, count);
}

/* Sends of all sources together, in packets per second. */
static void set_all(struct sim *sim, u32 first, u32 count, u32 pps)
{
	u32 i;

	for (i = first; i < first + count; i++)
		sim->source[i].pps = pps / count;
}

/* Rates as 1, 1/2, 1/3, ..., of which a thousand are 7.485 together. */
static void set_zipf(struct sim *sim, u64 pps)
{
	u32 i;

	for (i = 0; i < sim->count; i++)
		sim->source[i].pps = div_u64(pps * 1000, 7485 * (i + 1));
}

/* What the issue asks for, from @ms after the beginning on. */
static void expect_fair(struct sim *sim, const char *what)
{
	u64 exact = sim_exact_milli(sim, RATE);
	struct kunit *test = sim->test;
	struct sim_sum all;

	sim_forget(sim);
	sim_run(sim, 4000);
	all = sim_sum(sim, 0, sim->count);
	expect_near(test, all.passed, 4 * RATE, 5, what);
	expect_near(test, sim_allowance_milli(sim), exact, 10, what);
	expect_loss(test, sim_sum_below(sim, exact), 5, what);
	expect_near(test, sim_info(sim).accepted, 1 << LEVEE_FAIR_SHIFT, 5,
		    what);
}

static u64 count_above(const struct sim *sim, u64 milli)
{
	u64 above = 0;
	u32 i;

	for (i = 0; i < sim->count; i++)
		above += sim->source[i].pps * 1000ull > milli;
	return above;
}

/* A thousand sources, the largest of which alone sends half the rate. */
static void fair_zipf(struct kunit *test)
{
	struct sim *sim;
	u64 exact, above;
	int even;

	for (even = 0; even < 2; even++) {
		sim = sim_packets(test, 1000);
		sim->even = even;
		set_zipf(sim, 4 * RATE);
		exact = sim_exact_milli(sim, RATE);
		above = count_above(sim, exact);
		KUNIT_EXPECT_GT(test, above, 380);
		KUNIT_EXPECT_LT(test, above, 420);
		/* It has a second to settle. */
		sim_run(sim, 1000);
		expect_fair(sim, even ? "evenly" : "at random");
		expect_near(test, sim_info(sim).over, above, 27, "above");
		/* Who sends most has no more than others who send too much. */
		expect_near(test, sim->source[0].passed * 1000, 4 * exact, 10,
			    "the largest");
		expect_near(test, sim->source[99].passed * 1000, 4 * exact, 10,
			    "the hundredth");
		sim_free(sim);
	}
}

/* Nobody is touched, and nobody has a meter, as long as there is enough for all. */
static void fair_below(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 500);
	struct levee_fair_info info;

	set_all(sim, 0, 499, RATE / 2);
	sim->source[499].pps = RATE * 4 / 10;
	sim_run(sim, 3000);
	expect_loss(test, sim_sum(sim, 0, 500), 0, "all");
	KUNIT_EXPECT_LE(test, levee_map_live(sim->map, sim->now_ns), 1);
	KUNIT_EXPECT_FALSE(test, levee_fair_read(&sim->limit->share,
						 sim->limit->state->fair,
						 sim->now_ns, &info));
	sim_free(sim);
}

/* A hundred come to those that there is enough for, and send seven times that. */
static void fair_step(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 1000);
	u32 i;

	set_all(sim, 0, 900, RATE / 2);
	set_all(sim, 900, 100, RATE * 7 / 2);
	for (i = 900; i < 1000; i++)
		sim->source[i].late_ms = 2000;
	sim_run(sim, 3000);
	/* While it settles, who sends little loses nothing either. */
	expect_loss(test, sim_sum(sim, 0, 900), 1, "from the beginning on");
	expect_fair(sim, "a second after the step");
	/* They go: soon nobody has an allowance any more. */
	set_all(sim, 900, 100, 0);
	sim->source[0].pps = RATE * 4 / 10;
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 1000);
	expect_loss(test, sim_sum(sim, 0, 1000), 0, "a second after the end");
	sim_run(sim, 1000);
	KUNIT_EXPECT_EQ(test, sim_allowance_milli(sim), 0);
	sim_free(sim);
}

/* As many as the allowance goes down for, and none is better than another. */
static void fair_crowd(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 2000);
	u32 i, most = 0, least = U32_MAX;

	set_all(sim, 0, 2000, 4 * RATE);
	sim_run(sim, 1000);
	expect_fair(sim, "a crowd");
	for (i = 0; i < 2000; i++) {
		most = max_t(u32, most, sim->source[i].passed);
		least = min_t(u32, least, sim->source[i].passed);
	}
	/* 40 packets, and what there is of a burst at either end. */
	KUNIT_EXPECT_GE(test, least, 30);
	KUNIT_EXPECT_LE(test, most, 50);
	sim_free(sim);
}

/* One that sends twice the rate leaves all others alone. */
static void fair_giant(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 1001);
	struct sim_sum others;

	set_all(sim, 0, 1000, RATE * 8 / 10);
	sim->source[1000].pps = 2 * RATE;
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 4000);
	others = sim_sum(sim, 0, 1000);
	expect_loss(test, others, 0, "the others");
	expect_near(test, sim->source[1000].passed, 4 * RATE - others.passed,
		    5, "what is left");
	expect_near(test, sim_info(sim).over, 1, 0, "above");
	sim_free(sim);
}

/* What the pulsing 100 of 600 got, in @ms. */
static u64 pulse_run(struct kunit *test, u32 pulse_ms, u32 ms)
{
	struct sim *sim = sim_packets(test, 600);
	struct sim_sum pulsing, all;
	u32 i;

	set_all(sim, 0, 500, RATE / 2);
	set_all(sim, 500, 100, RATE * 7 / 2);
	for (i = 500; i < 600; i++)
		sim->source[i].pulse_ms = pulse_ms;
	sim_run(sim, max(2 * pulse_ms, 2000u));
	sim_forget(sim);
	sim_run(sim, ms);
	all = sim_sum(sim, 0, 600);
	pulsing = sim_sum(sim, 500, 100);
	KUNIT_EXPECT_LE_MSG(test, all.passed,
			    RATE * (u64)ms / MSEC_PER_SEC + BURST,
			    "all, at %u ms", pulse_ms);
	expect_loss(test, sim_sum(sim, 0, 500), 5, "who does not pulse");
	sim_free(sim);
	return pulsing.passed;
}

/* Who pulses has no more than 1.1 times what it has who sends all the time. */
static void fair_pulse(struct kunit *test)
{
	static const u32 pulse_ms[] = { 100, 300, 1000, 3000, 10000 };
	u64 always, pulsing;
	int i;

	always = pulse_run(test, 0, 6000);
	expect_near(test, always, 6 * RATE / 2, 5, "who does not pulse");
	for (i = 0; i < ARRAY_SIZE(pulse_ms); i++) {
		u32 ms = max(2 * pulse_ms[i], 6000u);

		pulsing = pulse_run(test, pulse_ms[i], ms);
		KUNIT_EXPECT_LE_MSG(test, pulsing * 10,
				    div_u64(11 * always * ms, 6000),
				    "pulses of %u ms", pulse_ms[i]);
	}
}

/*
 * More sources than even the least allowance fits for. Who is proven passes, the
 * others have the rest.
 */
static void fair_proven(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 30000);
	struct sim_sum proven, others;
	u32 i;

	sim->even = false;
	for (i = 0; i < 30000; i++) {
		sim->source[i].proven = i < 300;
		sim->source[i].pps = i < 300 ? RATE * 6 / 10 / 300 : 4;
	}
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 2000);
	proven = sim_sum(sim, 0, 300);
	others = sim_sum(sim, 300, 29700);
	expect_loss(test, proven, 5, "proven");
	expect_near(test, others.passed, 2 * RATE - proven.passed, 5,
		    "the others have the rest");
	KUNIT_EXPECT_TRUE(test, sim_info(sim).proven_first);

	/* They want more than there is: they share it, the largest are cut. */
	sim->source[0].pps = 2 * RATE;
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 2000);
	expect_loss(test, sim_sum(sim, 1, 299), 5, "proven, and small");
	expect_near(test, sim_sum(sim, 0, 300).passed, 2 * RATE, 5, "proven");
	KUNIT_EXPECT_LE(test, sim_sum(sim, 300, 29700).passed, RATE / 50);
	sim_free(sim);
}

/* Where the least allowance fits, proof is worth nothing. */
static void fair_proven_alike(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 1000);
	u32 i;

	set_all(sim, 0, 1000, 4 * RATE);
	for (i = 0; i < 500; i++)
		sim->source[i].proven = true;
	sim_run(sim, 1000);
	expect_fair(sim, "half of them proven");
	expect_near(test, sim_sum(sim, 0, 500).passed, 2 * RATE, 5, "proven");
	KUNIT_EXPECT_FALSE(test, sim_info(sim).proven_first);
	sim_free(sim);
}

/* Bits are shared, whatever packets they come in. */
static void fair_bits(struct kunit *test)
{
	const u64 bps = 80 * 1000 * 1000;
	struct sim *sim;
	u64 large = 0, small = 0;
	u32 i;

	sim = sim_new(test, LEVEE_UNIT_BITS, bps,
		      levee_fair_burst(bps, 1, LEVEE_UNIT_BITS), 100);
	for (i = 0; i < 100; i++) {
		sim->source[i].bytes = i % 2 ? 1500 : 100;
		/* 4 Mbit/s; each should have 0.8. */
		sim->source[i].pps = 500000 / sim->source[i].bytes;
	}
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 4000);
	for (i = 0; i < 100; i++) {
		u64 bits = sim->source[i].passed * sim->source[i].bytes * 8;

		*(i % 2 ? &large : &small) += bits;
		expect_near(test, bits, 4 * bps / 100, 15, "a source");
	}
	expect_near(test, large + small, 4 * bps, 5, "all");
	expect_near(test, large, small, 5, "1500 bytes, and 100");
	expect_near(test, sim_allowance_milli(sim), bps * 10, 10, "L");
	sim_free(sim);
}

/* Who has sent while the allowance was small does not have to wait for that. */
static void fair_recover(struct kunit *test)
{
	struct sim *sim = sim_packets(test, 3000);

	set_all(sim, 0, 3000, 20 * RATE);
	sim_run(sim, 2000);
	/* All but one of them go; that one has nobody to share with. */
	set_all(sim, 1, 2999, 0);
	sim->source[0].pps = 2 * RATE;
	sim_run(sim, 1000);
	sim_forget(sim);
	sim_run(sim, 1000);
	expect_near(test, sim->source[0].passed, RATE, 5, "alone");
	sim_free(sim);
}

static struct kunit_case fair_cases[] = {
	KUNIT_CASE(fair_zipf),
	KUNIT_CASE(fair_below),
	KUNIT_CASE(fair_step),
	KUNIT_CASE(fair_crowd),
	KUNIT_CASE(fair_giant),
	KUNIT_CASE(fair_pulse),
	KUNIT_CASE(fair_proven),
	KUNIT_CASE(fair_proven_alike),
	KUNIT_CASE(fair_bits),
	KUNIT_CASE(fair_recover),
	{}
};

static struct kunit_suite fair_suite = {
	.name = "levee-fair",
	.test_cases = fair_cases,
};

kunit_test_suite(fair_suite);
