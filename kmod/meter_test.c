// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-meter: GCRA against an exact, slow token bucket, rates at
 * their extremes, and what happens when the map is full.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "meter.h"
#include "race.h"

#define START	(5 * NSEC_PER_SEC)

static struct levee_rate rate_of(struct kunit *test, u64 packets, u32 period_s,
				 u32 burst)
{
	struct levee_rate rate;

	KUNIT_ASSERT_EQ(test, levee_rate_init(&rate, packets, period_s, burst),
			0);
	return rate;
}

/*
 * The model: a bucket of @burst tokens, counted in ns worth of tokens, filled
 * as time goes by. It keeps the level and the time of the last packet, not a
 * theoretical arrival time.
 */
struct bucket {
	u64 level_ns;
	u64 last_ns;
};

static bool bucket_takes(struct bucket *bucket, const struct levee_rate *rate,
			 u64 now_ns, u32 segs)
{
	u64 full = rate->mult * rate->burst;
	u64 need = rate->mult * segs;

	bucket->level_ns = min(full, bucket->level_ns + now_ns -
				     bucket->last_ns);
	bucket->last_ns = now_ns;
	if (bucket->level_ns < need)
		return false;
	bucket->level_ns -= need;
	return true;
}

static void meter_model(struct kunit *test)
{
	static const u32 rates[] = { 1, 7, 50, 1000, 999983, 10000000 };
	static const u32 bursts[] = { 1, 2, 10, 1000 };
	struct rnd_state rnd;
	int r, b, i;

	prandom_seed_state(&rnd, 42);
	for (r = 0; r < ARRAY_SIZE(rates); r++)
		for (b = 0; b < ARRAY_SIZE(bursts); b++) {
			struct levee_rate rate = rate_of(test, rates[r], 1,
							 bursts[b]);
			struct bucket bucket = { rate.tau_ns, START };
			u64 now = START, until = 0, next;
			u32 segs;

			for (i = 0; i < 2000; i++) {
				enum levee_meter answer;
				bool takes;

				now += prandom_u32_state(&rnd) %
				       (2 * rate.mult);
				segs = prandom_u32_state(&rnd) % bursts[b] + 1;
				if (i % 4)
					segs = 1;
				answer = levee_gcra(&rate, until, now, segs,
						    &next);
				takes = bucket_takes(&bucket, &rate, now, segs);
				KUNIT_ASSERT_EQ(test,
						answer != LEVEE_METER_OVER,
						takes);
				until = next;
			}
		}
}

/* Exactly the burst passes at once, then one packet each emission interval. */
static void meter_burst(struct kunit *test)
{
	static const u32 bursts[] = { 1, 2, 100, 65536, U32_MAX };
	int b, i;

	for (b = 0; b < ARRAY_SIZE(bursts); b++) {
		struct levee_rate rate = rate_of(test, 1000, 1, bursts[b]);
		u64 until = 0, passed = 0, tries, next;

		/* The largest burst is not counted out, but jumped to. */
		if (bursts[b] == U32_MAX) {
			until = START + rate.tau_ns - 10 * rate.mult;
			passed = bursts[b] - 10;
		}
		tries = passed;
		while (tries++ < (u64)bursts[b] + 5) {
			if (levee_gcra(&rate, until, START, 1, &next) !=
			    LEVEE_METER_OVER)
				passed++;
			until = next;
		}
		KUNIT_EXPECT_EQ(test, passed, (u64)bursts[b]);

		for (i = 1; i < 5; i++) {
			u64 due = START + i * rate.mult;

			KUNIT_EXPECT_EQ(test, levee_gcra(&rate, until, due - 1,
							 1, &next),
					LEVEE_METER_OVER);
			KUNIT_EXPECT_NE(test, levee_gcra(&rate, until, due, 1,
							 &next),
					LEVEE_METER_OVER);
			until = next;
		}
	}
}

/*
 * Offered ten times the rate, in steps that do not divide the interval, a
 * source gets its burst and then the rate as configured, within one packet and
 * what rounding the interval to whole ns costs.
 */
static void meter_long_run(struct kunit *test)
{
	static const struct {
		u32 packets, period_s, burst;
	} cases[] = {
		{ 1, 86400, 1 }, { 1, 86400, 100 }, { 3, 1, 2 }, { 7, 60, 7 },
		{ 50, 1, 100 }, { 999, 1, 10 }, { 999983, 1, 1000 },
	};
	u64 next, passed, until, now, span_ns, due, slack;
	int c, i;

	for (c = 0; c < ARRAY_SIZE(cases); c++) {
		u32 period_s = cases[c].period_s, packets = cases[c].packets;
		struct levee_rate rate = rate_of(test, packets, period_s,
						 cases[c].burst);

		for (now = START, until = 0, passed = 0, i = 0; i < 50000;
		     i++) {
			passed += levee_gcra(&rate, until, now, 1, &next) !=
				  LEVEE_METER_OVER;
			until = next;
			now += rate.mult / 10 + 1;
		}
		span_ns = now - START;
		due = cases[c].burst +
		      mul_u64_u64_div_u64(span_ns, packets,
					  period_s * NSEC_PER_SEC);
		slack = 1 + div64_u64(due, 2 * rate.mult);
		KUNIT_EXPECT_GE(test, passed + slack, due);
		KUNIT_EXPECT_LE(test, passed, due + slack);
	}
}

/* The same just after boot and after a century; and idle for that long. */
static void meter_times(struct kunit *test)
{
	const u64 century = 36525ull * 86400 * NSEC_PER_SEC;
	const u64 times[] = { 0, 1, century };
	struct levee_rate rate = rate_of(test, 1, LEVEE_PERIOD_MAX, 5);
	u64 until, next;
	int t, i;

	for (t = 0; t < ARRAY_SIZE(times); t++) {
		for (until = 0, i = 0; i < 8; i++) {
			KUNIT_EXPECT_EQ(test,
					levee_gcra(&rate, until, times[t], 1,
						   &next) != LEVEE_METER_OVER,
					i < 5);
			until = next;
		}
		/* Not before the day is over. */
		KUNIT_EXPECT_EQ(test, levee_gcra(&rate, until, times[t] +
						 rate.mult - 1, 1, &next),
				LEVEE_METER_OVER);
		KUNIT_EXPECT_NE(test, levee_gcra(&rate, until, times[t] +
						 rate.mult, 1, &next),
				LEVEE_METER_OVER);
		/* After a long rest the burst is full, and no more than full. */
		for (i = 0; i < 8; i++) {
			KUNIT_EXPECT_EQ(test,
					levee_gcra(&rate, until,
						   times[t] + century, 1,
						   &next) != LEVEE_METER_OVER,
					i < 5);
			until = next;
		}
	}
}

/* More than half the burst used: high, which offenders' records rely on. */
static void meter_high(struct kunit *test)
{
	struct levee_rate rate = rate_of(test, 10, 1, 10);
	u64 until = 0, next;
	int i;

	for (i = 1; i <= 10; i++) {
		KUNIT_EXPECT_EQ(test, levee_gcra(&rate, until, START, 1, &next),
				i > 5 ? LEVEE_METER_HIGH :
					LEVEE_METER_CONFORMS);
		until = next;
	}
}

/* Over the limit, nothing is to be stored: that path stays read-only. */
static void meter_over_reads(struct kunit *test)
{
	struct levee_rate rate = rate_of(test, 10, 1, 1);
	u64 until, next;

	levee_gcra(&rate, 0, START, 1, &until);
	KUNIT_EXPECT_EQ(test, levee_gcra(&rate, until, START + 1, 1, &next),
			LEVEE_METER_OVER);
	KUNIT_EXPECT_EQ(test, next, until);
}

/* A source that waited for hours under an old limit waits no longer. */
static void meter_lowered(struct kunit *test)
{
	struct levee_rate old = rate_of(test, 1, 3600, 100);
	struct levee_rate new = rate_of(test, 1000, 1, 100);
	u64 until = START + old.tau_ns, next;

	KUNIT_EXPECT_EQ(test, levee_gcra(&new, until, START, 1, &next),
			LEVEE_METER_OVER);
	KUNIT_EXPECT_EQ(test, next, START + new.tau_ns +
			LEVEE_DEBT_SEGS * new.mult);
	until = next;
	KUNIT_EXPECT_NE(test, levee_gcra(&new, until, until, 1, &next),
			LEVEE_METER_OVER);
}

/* Aggregates larger than the burst are let through whole, and charged whole. */
static void meter_aggregate(struct kunit *test)
{
	struct levee_rate rate = rate_of(test, 100, 1, 10);
	u64 now = START, until = 0, next, passed = 0;
	int i;

	KUNIT_EXPECT_EQ(test, levee_gcra(&rate, 0, START,
					 10 + LEVEE_DEBT_SEGS + 1, &next),
			LEVEE_METER_OVER);
	KUNIT_EXPECT_EQ(test, levee_gcra(&rate, 0, START, U32_MAX, &next),
			LEVEE_METER_OVER);
	/* 100 s of 40 segments each 10 ms: 100 packets/s pass all the same. */
	for (i = 0; i < 10000; i++, now += 10 * NSEC_PER_MSEC) {
		if (levee_gcra(&rate, until, now, 40, &next) !=
		    LEVEE_METER_OVER)
			passed += 40;
		until = next;
	}
	KUNIT_EXPECT_GE(test, passed, 9960ull);
	KUNIT_EXPECT_LE(test, passed, 10050ull);
}

static void meter_rate_extremes(struct kunit *test)
{
	static const struct {
		u64 packets;
		u32 period_s, burst;
		int err;
		u64 cost_ns;
	} cases[] = {
		{ 1, 1, 1, 0, NSEC_PER_SEC },
		{ 1, LEVEE_PERIOD_MAX, 1, 0, 86400 * NSEC_PER_SEC },
		{ 3, 1, 1, 0, 333333333 },
		{ 3, 2, 1, 0, 666666667 },
		{ 7, 60, 1, 0, 8571428571ull },
		{ LEVEE_RATE_MAX, 1, U32_MAX, 0, 10 },
		{ LEVEE_RATE_MAX, LEVEE_PERIOD_MAX, 1, 0, 864000 },
		{ 1, LEVEE_PERIOD_MAX, 26687, 0, 86400 * NSEC_PER_SEC },
		{ 1, LEVEE_PERIOD_MAX, 26689, -ERANGE },
		{ 1, LEVEE_PERIOD_MAX, U32_MAX, -ERANGE },
		{ 0, 1, 1, -ERANGE },
		{ 1, 0, 1, -ERANGE },
		{ 1, LEVEE_PERIOD_MAX + 1, 1, -ERANGE },
		{ 1, 1, 0, -ERANGE },
		{ LEVEE_RATE_MAX + 1ull, 1, 1, -ERANGE },
		{ U64_MAX, U32_MAX, U32_MAX, -ERANGE },
	};
	struct levee_rate rate;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, levee_rate_init(&rate, cases[i].packets,
						      cases[i].period_s,
						      cases[i].burst),
				cases[i].err);
		if (cases[i].err)
			continue;
		KUNIT_EXPECT_EQ(test, rate.mult, cases[i].cost_ns);
		KUNIT_EXPECT_EQ(test, rate.tau_ns,
				cases[i].cost_ns * cases[i].burst);
	}
}

/* As one limit sees packets from one source. */
struct gate {
	struct levee_map *map;
	struct levee_overflow overflow;
	struct levee_rate rate;
};

static struct gate *gate_new(struct kunit *test, u32 packets, u32 burst)
{
	struct gate *gate = kunit_kzalloc(test, sizeof(*gate), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gate);
	gate->map = levee_map_alloc(1024);
	KUNIT_ASSERT_NOT_NULL(test, gate->map);
	gate->rate = rate_of(test, packets, 1, burst);
	return gate;
}

static bool gate_passes(struct gate *gate, u64 tag, u64 now, bool *overflowed)
{
	struct levee_charge charge = {
		.rate = &gate->rate,
		.overflow = &gate->overflow,
		.tag = tag,
		.amount = 1,
	};
	bool passes;

	rcu_read_lock();
	passes = levee_meter_check(gate->map, &charge, now) !=
		 LEVEE_METER_OVER &&
		 levee_meter_commit(gate->map, &charge, now) !=
		 LEVEE_METER_OVER;
	rcu_read_unlock();
	if (overflowed)
		*overflowed = charge.overflowed;
	return passes;
}

/* Each source has its own burst; one that is over does not hurt the next. */
static void meter_sources(struct kunit *test)
{
	struct gate *gate = gate_new(test, 10, 3);
	int i, passed;
	u64 tag;

	for (tag = 1; tag < 100; tag++) {
		for (passed = 0, i = 0; i < 10; i++)
			passed += gate_passes(gate, tag << 32 | tag, START,
					      NULL);
		KUNIT_EXPECT_EQ(test, passed, 3);
	}
	/* A second later, ten more are due, but the burst is three. */
	for (passed = 0, i = 0; i < 10; i++)
		passed += gate_passes(gate, 1ull << 32 | 1,
				      START + NSEC_PER_SEC, NULL);
	KUNIT_EXPECT_EQ(test, passed, 3);
	levee_map_free(gate->map);
}

/*
 * Full buckets: newcomers are neither all let through nor all refused, but
 * share a burst for each overflow meter; who is there already loses nothing.
 */
static void meter_full(struct kunit *test)
{
	struct gate *gate = gate_new(test, 10, 2);
	u64 step = gate->map->mask + 1;
	int i, room = 2 * LEVEE_MAP_WAYS, passed = 0;
	bool overflowed;

	for (i = 0; i < room; i++) {
		KUNIT_EXPECT_TRUE(test, gate_passes(gate, 3 + i * step, START,
						    &overflowed));
		KUNIT_EXPECT_FALSE(test, overflowed);
	}
	for (i = 0; i < 10000; i++) {
		u64 tag = (3 + (room + (u64)i) * step) |
			  (u64)i << 32;

		passed += gate_passes(gate, tag, START, &overflowed);
		KUNIT_EXPECT_TRUE(test, overflowed);
	}
	KUNIT_EXPECT_EQ(test, passed, 2 * LEVEE_OVERFLOW_METERS);
	for (i = 0; i < room; i++)
		KUNIT_EXPECT_TRUE(test, gate_passes(gate, 3 + i * step, START,
						    NULL));
	levee_overflow_clear(&gate->overflow);
	KUNIT_EXPECT_TRUE(test, gate_passes(gate, 3 + 99 * step, START, NULL));
	levee_map_free(gate->map);
}

/* Another CPU charges between the question and the charge: asked again. */
static void meter_lost(struct kunit *test)
{
	struct gate *gate = gate_new(test, 10, 3);
	struct levee_charge charge = {
		.rate = &gate->rate,
		.overflow = &gate->overflow,
		.tag = 1,
		.amount = 1,
	};
	enum levee_meter answer;
	int i;

	rcu_read_lock();
	/* The other one was first to insert the meter, then to move it. */
	for (i = 0; i < 2; i++) {
		answer = levee_meter_check(gate->map, &charge, START);
		KUNIT_EXPECT_NE(test, answer, LEVEE_METER_OVER);
		KUNIT_EXPECT_TRUE(test, gate_passes(gate, 1, START, NULL));
		answer = levee_meter_commit(gate->map, &charge, START);
		/* The second time, it also was the last of the burst. */
		KUNIT_EXPECT_EQ(test, answer == LEVEE_METER_OVER, i == 1);
	}
	KUNIT_EXPECT_EQ(test, levee_map_lookup(gate->map, 1, START).until,
			START + gate->rate.tau_ns);
	rcu_read_unlock();
	levee_map_free(gate->map);
}

/* Threads that share one meter, which is charged at one moment. */
#define RACE_BURST	50000

struct meter_race {
	struct gate *gate;
	u32 passed[RACERS];
};

static void meter_race_run(void *arg, int index)
{
	struct meter_race *shared = arg;
	u32 i, passed = 0;

	for (i = 0; i < RACE_BURST; i++) {
		passed += gate_passes(shared->gate, 1, START, NULL);
		if (i % 64 == 0)
			cond_resched();
	}
	shared->passed[index] = passed;
}

/*
 * The burst and the excess that levee_meter_commit() states, no more; nor less,
 * which would be charges for what did not pass.
 */
static void meter_race(struct kunit *test)
{
	struct meter_race shared = { gate_new(test, 1, RACE_BURST) };
	struct race race;
	u32 passed = 0;
	int i;

	race_begin(test, &race, RACERS, meter_race_run, &shared);
	race_end(&race);
	for (i = 0; i < RACERS; i++)
		passed += shared.passed[i];
	KUNIT_EXPECT_GE(test, passed, (u32)RACE_BURST);
	KUNIT_EXPECT_LE(test, passed, (u32)(RACE_BURST + RACERS +
				      RACE_BURST / 4 * (RACERS - 1)));
	levee_map_free(shared.gate->map);
}

static struct kunit_case meter_cases[] = {
	KUNIT_CASE(meter_model),
	KUNIT_CASE(meter_burst),
	KUNIT_CASE(meter_long_run),
	KUNIT_CASE(meter_times),
	KUNIT_CASE(meter_high),
	KUNIT_CASE(meter_over_reads),
	KUNIT_CASE(meter_lowered),
	KUNIT_CASE(meter_aggregate),
	KUNIT_CASE(meter_rate_extremes),
	KUNIT_CASE(meter_sources),
	KUNIT_CASE(meter_full),
	KUNIT_CASE(meter_lost),
	KUNIT_CASE(meter_race),
	{}
};

static struct kunit_suite meter_suite = {
	.name = "levee-meter",
	.test_cases = meter_cases,
};

kunit_test_suites(&meter_suite);
