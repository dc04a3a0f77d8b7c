// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-learn: what is learned, against meters and a plain count.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/sort.h>
#include <linux/time64.h>

#include "learn.h"
#include "meter.h"

#define PACKETS		2000
#define SOURCES		500
#define START_NS	(1000 * NSEC_PER_SEC)

/* A source that comes in bursts, now fast, now slow; always the same ones. */
struct traffic {
	u64 when_ns[PACKETS];
	u32 packets[PACKETS];
};

static void traffic_make(struct traffic *traffic, u32 seed)
{
	struct rnd_state rnd;
	u64 now_ns = START_NS;
	int i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < PACKETS; i++) {
		if (prandom_u32_state(&rnd) % 50)
			now_ns += prandom_u32_state(&rnd) %
				  (NSEC_PER_MSEC << seed % 8);
		else
			now_ns += prandom_u32_state(&rnd) % NSEC_PER_SEC *
				  (seed % 3);
		traffic->when_ns[i] = now_ns;
		traffic->packets[i] = prandom_u32_state(&rnd) % 10 ?
				      1 : 1 + prandom_u32_state(&rnd) % 40;
	}
}

/* What a meter with that rate and burst would drop. */
static u32 meter_drops(const struct traffic *traffic, unsigned int rate,
		       u32 burst)
{
	const u64 interval_ns = levee_learn_interval_ns(rate);
	const struct levee_rate limit = {
		.mult = interval_ns,
		.tau_ns = interval_ns * burst,
		.most = burst + LEVEE_DEBT_SEGS,
		.unit = LEVEE_UNIT_PACKETS,
		.burst = burst,
	};
	u64 until_ns = 0;
	u32 drops = 0;
	int i;

	for (i = 0; i < PACKETS; i++)
		drops += levee_gcra(&limit, until_ns, traffic->when_ns[i],
				    traffic->packets[i], &until_ns) ==
			 LEVEE_METER_OVER;
	return drops;
}

static struct levee_learned_class *learn_all(struct kunit *test,
					     const struct traffic *traffic)
{
	struct levee_learn *learn = levee_learn_alloc(4);
	struct levee_learned_class *learned;
	int i;

	learned = kunit_kzalloc(test, sizeof(*learned), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, learned);
	KUNIT_ASSERT_NOT_NULL(test, learn);
	local_bh_disable();
	for (i = 0; i < PACKETS; i++)
		levee_learn_packet(learn, learned, 42, traffic->packets[i],
				   traffic->when_ns[i]);
	local_bh_enable();
	levee_learn_free(learn);
	return learned;
}

/*
 * A limit with the burst that was learned drops nothing. One with less does,
 * beyond what is lost by counting in 256ths of packets.
 */
static void learn_enough(struct kunit *test)
{
	struct traffic *traffic = kunit_kzalloc(test, sizeof(*traffic),
						GFP_KERNEL);
	struct levee_learned_class *learned;
	u32 seed, burst, less;
	int rate;

	KUNIT_ASSERT_NOT_NULL(test, traffic);
	for (seed = 0; seed < 24; seed++) {
		traffic_make(traffic, seed);
		learned = learn_all(test, traffic);
		for (rate = 0; rate < LEVEE_LEARN_RATES; rate++) {
			burst = levee_learned_burst(learned, rate);
			KUNIT_EXPECT_GE(test, burst, 1);
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    meter_drops(traffic, rate, burst),
					    "seed %u rate %d burst %u", seed,
					    rate, burst);
			less = burst - burst / 64 - 2 - PACKETS / 256;
			if ((s32)less < 41)
				continue;
			KUNIT_EXPECT_NE_MSG(test, 0,
					    meter_drops(traffic, rate, less),
					    "seed %u rate %d burst %u", seed,
					    rate, less);
		}
	}
}

/* Between two rates a straight line is enough. */
static void learn_between(struct kunit *test)
{
	struct traffic *traffic = kunit_kzalloc(test, sizeof(*traffic),
						GFP_KERNEL);
	struct levee_learned_class *learned;
	u32 seed, low, high;
	int rate;

	KUNIT_ASSERT_NOT_NULL(test, traffic);
	for (seed = 0; seed < 24; seed++) {
		traffic_make(traffic, seed);
		learned = learn_all(test, traffic);
		for (rate = 0; rate + 2 < LEVEE_LEARN_RATES; rate++) {
			low = levee_learned_burst(learned, rate);
			high = levee_learned_burst(learned, rate + 2);
			/* At 4 of 16 - 1 intervals' rates. */
			KUNIT_EXPECT_LE(test,
					levee_learned_burst(learned, rate + 1),
					low - (low - high) / 5 + 1 +
					PACKETS / 256);
		}
	}
}

static void learn_bins(struct kunit *test)
{
	u32 first, next;
	int bin;

	KUNIT_EXPECT_EQ(test, levee_learn_bin_first(0), 0);
	for (bin = 1; bin < LEVEE_LEARN_BINS; bin++) {
		struct levee_learn *learn = levee_learn_alloc(4);
		struct levee_learned_class *learned;

		learned = kunit_kzalloc(test, sizeof(*learned), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, learned);
		KUNIT_ASSERT_NOT_NULL(test, learn);
		first = levee_learn_bin_first(bin);
		next = bin + 1 < LEVEE_LEARN_BINS ?
		       levee_learn_bin_first(bin + 1) : U32_MAX;
		KUNIT_EXPECT_GT(test, next, first);
		/* A quarter is the widest. */
		if (bin + 1 < LEVEE_LEARN_BINS)
			KUNIT_EXPECT_LE(test, next - first, first / 4 + 1);
		local_bh_disable();
		levee_learn_packet(learn, learned, 1, first, START_NS);
		KUNIT_EXPECT_EQ(test, atomic_read(&learned->sources[bin]), 1);
		levee_learn_packet(learn, learned, 1, next - first - 1,
				   START_NS);
		KUNIT_EXPECT_EQ(test, atomic_read(&learned->sources[bin]), 1);
		KUNIT_EXPECT_EQ(test, (u32)atomic_read(&learned->peak),
				next - 1);
		local_bh_enable();
		levee_learn_free(learn);
	}
}

static int cmp_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Many sources at once: who is at a percentile is in the bin of that one. */
static void learn_percentiles(struct kunit *test)
{
	struct levee_learned_class *learned;
	struct levee_learn *learn = levee_learn_alloc(4 * SOURCES);
	u32 *sent = kunit_kcalloc(test, SOURCES, sizeof(*sent), GFP_KERNEL);
	struct rnd_state rnd;
	u32 i, j, percent, below;
	int bin;

	learned = kunit_kzalloc(test, sizeof(*learned), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sent);
	KUNIT_ASSERT_NOT_NULL(test, learned);
	KUNIT_ASSERT_NOT_NULL(test, learn);
	prandom_seed_state(&rnd, 7);
	local_bh_disable();
	for (i = 0; i < SOURCES; i++) {
		sent[i] = 1 + (prandom_u32_state(&rnd) & 0x3fff) %
			  (1 << prandom_u32_state(&rnd) % 14);
		/* Not all in the same second; most are in the second one. */
		levee_learn_packet(learn, learned, i + 1, sent[i] / 3 + 1,
				   START_NS + i);
		for (j = 0; j < 2; j++)
			levee_learn_packet(learn, learned, i + 1,
					   j ? sent[i] / 2 : sent[i] - sent[i] / 2,
					   START_NS + NSEC_PER_SEC + i + j);
	}
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, atomic64_read(&learned->missed), 0);
	sort(sent, SOURCES, sizeof(*sent), cmp_u32, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&learned->peak), sent[SOURCES - 1]);
	for (percent = 1; percent <= 100; percent++) {
		i = DIV_ROUND_UP(SOURCES * percent, 100);
		below = 0;
		for (bin = 0; below < i && bin < LEVEE_LEARN_BINS; bin++)
			below += atomic_read(&learned->sources[bin]);
		KUNIT_EXPECT_GE(test, sent[i - 1],
				levee_learn_bin_first(bin - 1));
		KUNIT_EXPECT_LT(test, sent[i - 1], levee_learn_bin_first(bin));
	}
	levee_learn_free(learn);
}

/* Who finds no room is counted, and takes nobody's; who is idle makes room. */
static void learn_full(struct kunit *test)
{
	struct levee_learn *learn = levee_learn_alloc(4);
	struct levee_learned *learned = kunit_kzalloc(test, sizeof(*learned),
						      GFP_KERNEL);
	struct levee_learned_class *c;
	u64 later_ns = START_NS + levee_learn_interval_ns(0);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, learn);
	KUNIT_ASSERT_NOT_NULL(test, learned);
	c = &learned->class[LEVEE_CLASS_UDP];
	local_bh_disable();
	for (i = 1; i <= 6; i++)
		levee_learn_packet(learn, c, i, 1, START_NS);
	KUNIT_EXPECT_EQ(test, atomic64_read(&c->missed), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&c->sources[1]), 4);
	levee_learn_packet(learn, c, 7, 3, later_ns - 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&c->missed), 2 + 3);
	levee_learn_packet(learn, c, 7, 3, later_ns);
	KUNIT_EXPECT_EQ(test, atomic64_read(&c->missed), 2 + 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&c->sources[1]), 4);
	KUNIT_EXPECT_EQ(test, atomic_read(&c->sources[3]), 1);
	local_bh_enable();

	levee_learn_flush(learn);
	levee_learned_clear(learned);
	KUNIT_EXPECT_EQ(test, atomic_read(&c->peak), 0);
	local_bh_disable();
	for (i = 1; i <= 4; i++)
		levee_learn_packet(learn, c, i + 10, 1, START_NS);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, atomic64_read(&c->missed), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&c->sources[1]), 4);
	levee_learn_free(learn);
}

static struct kunit_case learn_cases[] = {
	KUNIT_CASE(learn_enough),
	KUNIT_CASE(learn_between),
	KUNIT_CASE(learn_bins),
	KUNIT_CASE(learn_percentiles),
	KUNIT_CASE(learn_full),
	{}
};

static struct kunit_suite learn_suite = {
	.name = "levee-learn",
	.test_cases = learn_cases,
};

kunit_test_suites(&learn_suite);
