// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-stats: each counter is its own, and a flush under traffic
 * neither loses nor invents anything.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>

#include "race.h"
#include "stats.h"

/* A number that is different for each counter of a policy. */
static u32 number_of(int class, int reason, bool dropped)
{
	return 1 + class * 100 + reason * 2 + dropped;
}

static void count_all(struct levee_policy_stats *stats)
{
	int class, reason, dropped;

	local_bh_disable();
	for (class = 1; class <= LEVEE_CLASS_MAX; class++) {
		levee_policy_stats_passed(stats, class, number_of(class, 0, 0),
					  1000 * number_of(class, 0, 0));
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++)
			for (dropped = 0; dropped < 2; dropped++) {
				u32 n = number_of(class, reason, dropped);

				levee_policy_stats_over(stats, class, reason,
							dropped, n, 1000 * n);
			}
	}
	local_bh_enable();
}

static void expect_count(struct kunit *test, const struct levee_count *count,
			 u64 times, u32 n)
{
	KUNIT_EXPECT_EQ(test, count->packets, times * n);
	KUNIT_EXPECT_EQ(test, count->bytes, times * 1000 * n);
}

static void expect_all(struct kunit *test, struct levee_policy_stats *stats,
		       u64 times)
{
	struct levee_class_stats sum;
	int class, reason;

	for (class = 1; class <= LEVEE_CLASS_MAX; class++) {
		levee_policy_stats_read(stats, class, &sum);
		expect_count(test, &sum.passed, times, number_of(class, 0, 0));
		expect_count(test, &sum.dropped[0], 0, 0);
		expect_count(test, &sum.would[0], 0, 0);
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++) {
			expect_count(test, &sum.dropped[reason], times,
				     number_of(class, reason, true));
			expect_count(test, &sum.would[reason], times,
				     number_of(class, reason, false));
		}
	}
	levee_policy_stats_read(stats, LEVEE_CLASS_ANY, &sum);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(&sum, 0, sizeof(sum)));
}

static void stats_policy(struct kunit *test)
{
	struct levee_policy_stats *stats = levee_policy_stats_alloc();

	KUNIT_ASSERT_NOT_NULL(test, stats);
	expect_all(test, stats, 0);
	count_all(stats);
	count_all(stats);
	expect_all(test, stats, 2);
	levee_policy_stats_reset(stats);
	expect_all(test, stats, 0);
	count_all(stats);
	expect_all(test, stats, 1);
	levee_policy_stats_free(stats);
	levee_policy_stats_free(NULL);
}

static void stats_others(struct kunit *test)
{
	struct levee_limit_stats *limit = levee_limit_stats_alloc();
	struct levee_hook_stats *hook = levee_hook_stats_alloc();
	struct levee_net_stats *net = levee_net_stats_alloc();
	struct levee_limit_totals limit_sum;
	struct levee_hook_totals hook_sum;
	struct levee_net_totals net_sum;
	int kind;

	KUNIT_ASSERT_TRUE(test, limit && hook && net);
	local_bh_disable();
	levee_limit_stats_over(limit, 3);
	levee_limit_stats_overflow(limit, 4);
	levee_hook_stats_seen(hook, false, 5, 5000);
	levee_hook_stats_seen(hook, true, 2, 2000);
	levee_net_stats_exempt(net, 6);
	levee_net_stats_overflow(net, 7);
	for (kind = 0; kind <= LEVEE_MALFORMED_MAX; kind++)
		levee_net_stats_malformed(net, kind, 10 + kind);
	local_bh_enable();

	levee_limit_stats_read(limit, &limit_sum);
	KUNIT_EXPECT_EQ(test, limit_sum.over, 3ull);
	KUNIT_EXPECT_EQ(test, limit_sum.overflow, 4ull);
	levee_hook_stats_read(hook, &hook_sum);
	expect_count(test, &hook_sum.seen, 1, 7);
	expect_count(test, &hook_sum.dropped, 1, 2);
	levee_net_stats_read(net, &net_sum);
	KUNIT_EXPECT_EQ(test, net_sum.exempt, 6ull);
	KUNIT_EXPECT_EQ(test, net_sum.overflow, 7ull);
	for (kind = 0; kind <= LEVEE_MALFORMED_MAX; kind++)
		KUNIT_EXPECT_EQ(test, net_sum.malformed[kind], 10ull + kind);

	levee_net_stats_reset(net);
	levee_net_stats_read(net, &net_sum);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(&net_sum, 0, sizeof(net_sum)));
	levee_limit_stats_free(limit);
	levee_hook_stats_free(hook);
	levee_net_stats_free(net);
}

/* Threads that count, wherever they run, while readers read and flush. */
#define ROUNDS		20000

static void stats_race_run(void *arg, int index)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		local_bh_disable();
		levee_counters_add(arg, 0, 1);
		levee_counters_add(arg, 1, 3);
		local_bh_enable();
		if (i % 64 == 0)
			cond_resched();
	}
}

static void stats_race(struct kunit *test)
{
	struct levee_counters *counters = levee_counters_alloc(2);
	const u64 total = RACERS * ROUNDS;
	u64 sum[2], reads = 0, wrong = 0;
	struct race race;

	KUNIT_ASSERT_NOT_NULL(test, counters);
	race_begin(test, &race, RACERS, stats_race_run, counters);
	while (atomic_read(&race.running)) {
		levee_counters_read(counters, 0, 2, sum);
		wrong += sum[0] > total || sum[1] > 3 * total;
		if (++reads % 16 == 0)
			levee_counters_reset(counters);
		schedule();
	}
	race_end(&race);
	KUNIT_EXPECT_EQ(test, wrong, 0ull);

	/* What was flushed is only out of sight. */
	memset(counters->base, 0, 2 * sizeof(u64));
	levee_counters_read(counters, 0, 2, sum);
	KUNIT_EXPECT_EQ(test, sum[0], total);
	KUNIT_EXPECT_EQ(test, sum[1], 3 * total);
	levee_counters_free(counters);
}

static struct kunit_case stats_cases[] = {
	KUNIT_CASE(stats_policy),
	KUNIT_CASE(stats_others),
	KUNIT_CASE(stats_race),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "levee-stats",
	.test_cases = stats_cases,
};

kunit_test_suites(&stats_suite);
