// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-offender-resize: a table of another size has what matters.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/ktime.h>

#include "offender_test.h"

/* In another table, larger or smaller, are the records that matter most. */
static void offender_resize(struct kunit *test)
{
	struct levee_offenders __rcu *off;
	struct levee_offender_totals totals;
	u64 now = ktime_get_ns(), kept = 0;
	struct search found;
	u32 i;

	RCU_INIT_POINTER(off, offenders_new(test, 4096));
	for (i = 0; i < WALKED; i++)
		offend(rcu_access_pointer(off), i, 1, i % 10 ? 1 : 1000,
		       now + i * STEP);
	pass(rcu_access_pointer(off), 7, 3);
	levee_offenders_replace(&off, offenders_new(test, 100000));
	levee_offenders_read(rcu_access_pointer(off), &totals);
	KUNIT_EXPECT_EQ(test, totals.held, (u64)WALKED);
	KUNIT_EXPECT_EQ(test, totals.max, 100000ull);
	KUNIT_EXPECT_EQ(test, totals.evicted + totals.missed, 0ull);
	for (i = 0; i < WALKED; i++) {
		found = find(rcu_access_pointer(off), i);
		KUNIT_ASSERT_EQ(test, found.seen, 1);
		KUNIT_EXPECT_EQ(test, found.info.dropped.packets,
				i % 10 ? 1ull : 1000ull);
		KUNIT_EXPECT_EQ(test, found.info.first_ns, now + i * STEP);
		KUNIT_EXPECT_EQ(test, found.info.passed.packets,
				i == 7 ? 3ull : 0ull);
	}

	/*
	 * Fifty of them are heavy; by chance, ten would be kept. A heavy one may
	 * give way to another where a few are looked at. All are counted.
	 */
	levee_offenders_replace(&off, offenders_new(test, 100));
	levee_offenders_read(rcu_access_pointer(off), &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 100ull);
	KUNIT_EXPECT_EQ(test, totals.evicted, (u64)WALKED - 100);
	for (i = 0; i < WALKED; i += 10)
		kept += find(rcu_access_pointer(off), i).seen;
	KUNIT_EXPECT_GE(test, kept, 30ull);

	/* Both tables count what was evicted and missed as one. */
	levee_offenders_replace(&off, offenders_new(test, 1));
	levee_offenders_read(rcu_access_pointer(off), &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 1ull);
	KUNIT_EXPECT_EQ(test, totals.evicted, (u64)WALKED - 1);
	levee_offenders_free(rcu_access_pointer(off));
}

/* A walk that began in one table ends in another: who stays is shown once. */
static void offender_resize_walk(struct kunit *test)
{
	struct walk *walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);
	struct levee_offenders __rcu *off;
	u64 cursor = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, walk);
	RCU_INIT_POINTER(off, offenders_new(test, 4096));
	for (i = 0; i < WALKED; i++)
		offend(rcu_access_pointer(off), i, 1, 1, START + i * STEP);
	for (i = 0; cursor != LEVEE_OFFENDERS_END && i < 10 * WALKED; i++) {
		walk->stop_after = 3;
		levee_offenders_walk(rcu_access_pointer(off), &cursor,
				     walk_show, walk);
		if (i == 10 || i == 30)
			levee_offenders_replace(&off,
						offenders_new(test, 600 * i));
	}
	KUNIT_EXPECT_EQ(test, cursor, LEVEE_OFFENDERS_END);
	for (i = 0; i < WALKED; i++)
		KUNIT_EXPECT_EQ(test, (int)walk->seen[i], 1);
	levee_offenders_free(rcu_access_pointer(off));
}

/* Threads that offend while the table is replaced: every offence is counted. */
struct resize_race {
	struct levee_offenders __rcu *off;
	atomic_t offences;
	bool stop;
};

static void offender_resize_race_run(void *arg, int index)
{
	struct resize_race *race = arg;
	struct levee_offender_key key;
	u64 hash;
	u32 i;

	for (i = 0; !READ_ONCE(race->stop); i++) {
		hash = offender_key_of(&key, i % RACE_HOSTS, 1);
		local_bh_disable();
		rcu_read_lock();
		levee_offender_over(rcu_dereference(race->off), &key, hash,
				    LEVEE_REASON_LIMIT, true, 1, 100, START);
		rcu_read_unlock();
		local_bh_enable();
		atomic_inc(&race->offences);
		if (i % 64 == 0)
			cond_resched();
	}
}

static void offender_resize_race(struct kunit *test)
{
	static struct resize_race race;
	struct levee_offender_totals totals;
	u64 cursor = 0;
	struct race racers;
	u64 sum = 0;
	int i;

	memset(&race, 0, sizeof(race));
	RCU_INIT_POINTER(race.off, offenders_new(test, 1000));
	race_begin(test, &racers, RACERS, offender_resize_race_run, &race);
	for (i = 0; i < 20; i++) {
		struct levee_offenders *off;

		off = levee_offenders_alloc(i % 2 ? 100 : 10000);
		if (off)
			levee_offenders_replace(&race.off, off);
	}
	WRITE_ONCE(race.stop, true);
	race_end(&racers);
	levee_offenders_walk(rcu_access_pointer(race.off), &cursor, race_show,
			     &sum);
	levee_offenders_read(rcu_access_pointer(race.off), &totals);
	KUNIT_EXPECT_EQ(test, totals.held, (u64)RACE_HOSTS);
	KUNIT_EXPECT_EQ(test, totals.evicted, 0ull);
	KUNIT_EXPECT_EQ(test, sum + totals.missed,
			(u64)atomic_read(&race.offences));
	KUNIT_EXPECT_GT(test, sum, 1000ull);
	levee_offenders_free(rcu_access_pointer(race.off));
}

static struct kunit_case resize_cases[] = {
	KUNIT_CASE(offender_resize),
	KUNIT_CASE(offender_resize_walk),
	KUNIT_CASE(offender_resize_race),
	{}
};

static struct kunit_suite resize_suite = {
	.name = "levee-offender-resize",
	.test_cases = resize_cases,
};

kunit_test_suites(&resize_suite);
