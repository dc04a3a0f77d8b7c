// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-offender: the table is bounded, keeps who matters, counts
 * exactly, and can be walked in pieces.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "offender_test.h"

static void would_offend(struct levee_offenders *off, u32 host, u32 packets)
{
	struct levee_offender_key key;
	u64 hash;

	hash = offender_key_of(&key, host, 1);
	local_bh_disable();
	rcu_read_lock();
	levee_offender_over(off, &key, hash, LEVEE_REASON_OVERFLOW, false,
			    packets, 100 * packets, START);
	rcu_read_unlock();
	local_bh_enable();
}

static u64 held(struct levee_offenders *off)
{
	struct levee_offender_totals totals;

	levee_offenders_read(off, &totals);
	return totals.held;
}

static void offender_counts(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 100);
	struct search found;

	pass(off, 7, 5);
	KUNIT_EXPECT_EQ(test, held(off), 0ull);
	offend(off, 7, 1, 3, START);
	offend(off, 7, 1, 4, START + STEP);
	pass(off, 7, 5);
	found = find(off, 7);
	KUNIT_ASSERT_EQ(test, found.seen, 1);
	KUNIT_EXPECT_EQ(test, found.info.dropped.packets, 7ull);
	KUNIT_EXPECT_EQ(test, found.info.dropped.bytes, 700ull);
	KUNIT_EXPECT_EQ(test, found.info.passed.packets, 5ull);
	KUNIT_EXPECT_EQ(test, found.info.passed.bytes, 50ull);
	KUNIT_EXPECT_EQ(test, found.info.would.packets, 0ull);
	KUNIT_EXPECT_EQ(test, found.info.first_ns, START);
	KUNIT_EXPECT_EQ(test, found.info.last_ns, START + STEP);
	KUNIT_EXPECT_EQ(test, (int)found.info.reason, LEVEE_REASON_LIMIT);

	/* Another policy's record of the same source is another record. */
	offend(off, 7, 2, 1, START);
	KUNIT_EXPECT_EQ(test, held(off), 2ull);
	would_offend(off, 8, 9);
	found = find(off, 8);
	KUNIT_EXPECT_EQ(test, found.info.dropped.packets, 0ull);
	KUNIT_EXPECT_EQ(test, found.info.would.packets, 9ull);
	KUNIT_EXPECT_EQ(test, found.info.would.bytes, 900ull);
	KUNIT_EXPECT_EQ(test, (int)found.info.reason, LEVEE_REASON_OVERFLOW);
	levee_offenders_flush(off);
	KUNIT_EXPECT_EQ(test, held(off), 0ull);
	levee_offenders_free(off);
}

/* Thousands of light newcomers do not push out a heavy one, nor the bound. */
static void offender_bounded(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 64);
	struct levee_offender_totals totals;
	struct search found;
	u64 now = START;
	u32 i;

	offend(off, 0, 1, 1000000, now);
	for (i = 1; i < 5000; i++) {
		now += STEP;
		offend(off, i, 1, 1, now);
		if (i % 16 == 0)
			offend(off, 0, 1, 1, now);
	}
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	KUNIT_EXPECT_EQ(test, totals.max, 64ull);
	KUNIT_EXPECT_GT(test, totals.evicted, 100ull);
	found = find(off, 0);
	KUNIT_EXPECT_EQ(test, found.seen, 1);
	KUNIT_EXPECT_EQ(test, found.info.dropped.packets, 1000000ull +
			4999 / 16);
	levee_offenders_free(off);
}

/* Newcomers find the table full of who is worse: they are only counted. */
static void offender_heavy(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 64);
	struct levee_offender_totals totals;
	u64 now = START;
	u32 i;

	for (i = 0; i < 64; i++, now += STEP)
		offend(off, i, 1, 1000, now);
	for (; i < 1064; i++, now += STEP / 2)
		offend(off, i, 1, 3, now);
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	KUNIT_EXPECT_EQ(test, totals.evicted, 0ull);
	KUNIT_EXPECT_EQ(test, totals.missed, 3000ull);

	/* Long quiet, they make room, the heaviest, too. */
	now += 60 * NSEC_PER_SEC;
	for (; i < 6064; i++, now += STEP)
		offend(off, i, 1, 1, now);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, find(off, i).seen, 0);
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	levee_offenders_flush(off);
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held + totals.evicted + totals.missed,
			0ull);
	levee_offenders_free(off);
}

/*
 * A burst of newcomers in one instant makes as many records as a CPU may; the
 * rest are counted. Ten ms later it may make as many again, and no earlier.
 */
static void offender_budget(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 100000);
	struct levee_offender_totals totals;
	u32 i;

	local_bh_disable();	/* stay on one CPU */
	for (i = 0; i < 1000; i++)
		offend(off, i, 1, 1, START);
	KUNIT_EXPECT_EQ(test, held(off), 64ull);
	offend(off, i++, 1, 1, START + 10 * NSEC_PER_MSEC - 1);
	KUNIT_EXPECT_EQ(test, held(off), 64ull);
	for (; i < 2000; i++)
		offend(off, i, 1, 1, START + 10 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, held(off), 128ull);
	/* A clock that is a little behind that of another CPU gives no more. */
	for (; i < 3000; i++)
		offend(off, i, 1, 1, START);
	KUNIT_EXPECT_EQ(test, held(off), 128ull);
	/* Who has a record needs none. */
	for (i = 0; i < 64; i++)
		offend(off, i, 1, 1, START);
	local_bh_enable();
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.missed, 3000ull - 128);
	levee_offenders_free(off);
}

/* Offends, and then passes, with a hash of the test's choice. */
static void offend_hash(struct levee_offenders *off, u32 host, u32 policy_id,
			u64 hash)
{
	struct levee_offender_key key;

	offender_key_of(&key, host, policy_id);
	local_bh_disable();
	rcu_read_lock();
	/* Passing makes no record: it counts only if the lookup finds one. */
	levee_offender_passed(off, &key, hash, 1, 1);
	levee_offender_over(off, &key, hash, LEVEE_REASON_LIMIT, true, 1, 1,
			    START);
	rcu_read_unlock();
	local_bh_enable();
}

/*
 * Records of one chain, some with the same mark, are all found again, whichever
 * of them are removed; and the last hash there is does not make a walk endless.
 */
static void offender_marks(struct kunit *test)
{
	static const u64 hash[] = { 0, 1, 64, 65, 128, 2, U64_MAX };
	struct levee_offenders *off = offenders_new(test, 64);
	u32 i, policy, gone[] = { 0, 0, 9 };

	for (policy = 0; policy < 2; policy++) {
		for (i = 0; i < ARRAY_SIZE(hash); i++)
			offend_hash(off, i, 1 + i % 2, hash[i]);
		gone[1] = 1 + policy;
		levee_offenders_forget_policies(off, gone, ARRAY_SIZE(gone));
		for (i = 0; i < ARRAY_SIZE(hash); i++)
			KUNIT_EXPECT_EQ(test, find(off, i).seen,
					i % 2 == policy ? 0 : 1);
		for (i = 0; i < ARRAY_SIZE(hash); i++)
			offend_hash(off, i, 1 + i % 2, hash[i]);
		KUNIT_EXPECT_EQ(test, held(off), (u64)ARRAY_SIZE(hash));
		for (i = 0; i < ARRAY_SIZE(hash); i++)
			KUNIT_EXPECT_EQ(test,
					find(off, i).info.passed.packets,
					i % 2 == policy ? 0ull : 1ull);
		levee_offenders_flush(off);
	}
	levee_offenders_free(off);
}

/* Who is unwanted is counted; whoever has a record, or may have one, is not. */
static void offender_unwanted(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 4096);
	struct levee_offender_totals totals;
	struct levee_offender_key key;
	u64 known, fresh;
	u32 host;

	known = offender_key_of(&key, 0, 1);
	fresh = offender_key_of(&key, 4000, 1);
	local_bh_disable();
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, levee_offender_unwanted(off, fresh, 1, START));
	/* All that this CPU may make. */
	for (host = 0; host < 64; host++)
		offend(off, host, 1, 1, START);
	KUNIT_EXPECT_FALSE(test, levee_offender_unwanted(off, known, 1, START));
	KUNIT_EXPECT_TRUE(test, levee_offender_unwanted(off, fresh, 5, START));
	KUNIT_EXPECT_FALSE(test, levee_offender_unwanted(off, fresh, 1, START +
							 10 * NSEC_PER_MSEC));
	rcu_read_unlock();
	local_bh_enable();
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	KUNIT_EXPECT_EQ(test, totals.missed, 5ull);
	levee_offenders_free(off);
}

/* Threads that offend as the same few sources: nothing is lost or doubled. */
#define RACE_ROUNDS	8000

static void offender_race_run(void *arg, int index)
{
	u32 i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		offend(arg, i % RACE_HOSTS, 1, 1, START);
		cond_resched();
	}
}

static void offender_race(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 1000);
	struct levee_offender_totals totals;
	u64 cursor = 0;
	struct race race;
	u64 sum = 0;
	int i;

	race_begin(test, &race, RACERS, offender_race_run, off);
	race_end(&race);
	levee_offenders_walk(off, &cursor, race_show, &sum);
	levee_offenders_read(off, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, (u64)RACE_HOSTS);
	for (i = 0; i < RACE_HOSTS; i++)
		KUNIT_EXPECT_EQ(test, find(off, i).seen, 1);
	KUNIT_EXPECT_EQ(test, sum + totals.missed,
			(u64)RACERS * RACE_ROUNDS);
	levee_offenders_free(off);
}

/* In pieces, with others coming and going: who stays is shown once. */
static void offender_walk(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 4096);
	struct walk *walk = kunit_kzalloc(test, sizeof(*walk), GFP_KERNEL);
	u64 cursor = 0;
	u64 now = START;
	u32 i, two = 2;

	KUNIT_ASSERT_NOT_NULL(test, walk);
	for (i = 0; i < WALKED; i++, now += STEP)
		offend(off, i, i < WALKED / 2 ? 1 : 2, 1, now);
	KUNIT_ASSERT_EQ(test, held(off), (u64)WALKED);
	for (i = 0; cursor != LEVEE_OFFENDERS_END && i < 10 * WALKED; i++) {
		walk->stop_after = 3;
		levee_offenders_walk(off, &cursor, walk_show, walk);
		if (i == 10)
			levee_offenders_forget_policies(off, &two, 1);
	}
	KUNIT_EXPECT_EQ(test, cursor, LEVEE_OFFENDERS_END);
	KUNIT_EXPECT_EQ(test, held(off), (u64)WALKED / 2);
	for (i = 0; i < WALKED; i++) {
		KUNIT_EXPECT_LE(test, (int)walk->seen[i], 1);
		if (i < WALKED / 2)
			KUNIT_EXPECT_EQ(test, (int)walk->seen[i], 1);
	}
	levee_offenders_free(off);
}

/* Even hosts are proven, when asked for the first time; later nobody is. */
struct proofs {
	bool asked;
	int count;
};

static enum levee_proof proofs_ask(const struct levee_prefix *prefix,
				   void *arg)
{
	struct proofs *proofs = arg;

	proofs->count++;
	return be32_to_cpu(prefix->addr.ip) % 2 == 0 && !proofs->asked ?
	       LEVEE_PROOF_PROVEN : LEVEE_PROOF_UNPROVEN;
}

/* Only who offended since is asked for, and who is proven never again. */
static void offender_proof(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 64);
	struct proofs proofs = {};
	u64 cursor = 0;
	u32 host;

	for (host = 0; host < 10; host++)
		offend(off, host, 1, 10, START + host * STEP);
	KUNIT_EXPECT_EQ(test, find(off, 5).info.proof, LEVEE_PROOF_UNKNOWN);
	levee_offenders_prove(off, &cursor, START + 4 * STEP, proofs_ask,
			      &proofs);
	KUNIT_EXPECT_EQ(test, cursor, 0);
	KUNIT_EXPECT_EQ(test, proofs.count, 6);
	KUNIT_EXPECT_EQ(test, find(off, 3).info.proof, LEVEE_PROOF_UNKNOWN);
	KUNIT_EXPECT_EQ(test, find(off, 4).info.proof, LEVEE_PROOF_PROVEN);
	KUNIT_EXPECT_EQ(test, find(off, 5).info.proof, LEVEE_PROOF_UNPROVEN);

	proofs = (struct proofs){ .asked = true };
	levee_offenders_prove(off, &cursor, START, proofs_ask, &proofs);
	KUNIT_EXPECT_EQ(test, proofs.count, 7);
	KUNIT_EXPECT_EQ(test, find(off, 4).info.proof, LEVEE_PROOF_PROVEN);
	KUNIT_EXPECT_EQ(test, find(off, 3).info.proof, LEVEE_PROOF_UNPROVEN);
	levee_offenders_free(off);
}

/* It is not lost in a table of another size. */
static void offender_proof_moved(struct kunit *test)
{
	struct levee_offenders __rcu *table;
	struct levee_offenders *off = offenders_new(test, 64);
	struct levee_offenders *new = offenders_new(test, 128);
	struct proofs proofs = {};
	u64 cursor = 0;
	u32 host;

	for (host = 4; host < 7; host++)
		offend(off, host, 1, 10, START);
	levee_offenders_prove(off, &cursor, START, proofs_ask, &proofs);
	/* As if it had offended again while records are moved. */
	offend(new, 6, 1, 10, START);
	RCU_INIT_POINTER(table, off);
	levee_offenders_replace(&table, new);
	off = rcu_dereference_protected(table, true);
	KUNIT_EXPECT_EQ(test, find(off, 4).info.proof, LEVEE_PROOF_PROVEN);
	KUNIT_EXPECT_EQ(test, find(off, 5).info.proof, LEVEE_PROOF_UNPROVEN);
	KUNIT_EXPECT_EQ(test, find(off, 6).info.proof, LEVEE_PROOF_PROVEN);
	levee_offenders_free(off);
}

/* A table that is larger than what is asked at once is asked in turns. */
static void offender_proof_turns(struct kunit *test)
{
	struct levee_offenders *off = offenders_new(test, 1 << 17);
	struct proofs proofs = {};
	u64 cursor = 0;
	u32 host;

	for (host = 0; host < 100; host++)
		offend(off, host, 1, 10, START + host * STEP);
	levee_offenders_prove(off, &cursor, START, proofs_ask, &proofs);
	KUNIT_EXPECT_EQ(test, cursor, 1ull << 63);
	KUNIT_EXPECT_GT(test, proofs.count, 20);
	KUNIT_EXPECT_LT(test, proofs.count, 80);
	levee_offenders_prove(off, &cursor, START, proofs_ask, &proofs);
	KUNIT_EXPECT_EQ(test, cursor, 0);
	KUNIT_EXPECT_EQ(test, proofs.count, 100);
	levee_offenders_free(off);
}

static struct kunit_case offender_cases[] = {
	KUNIT_CASE(offender_counts),
	KUNIT_CASE(offender_bounded),
	KUNIT_CASE(offender_heavy),
	KUNIT_CASE(offender_budget),
	KUNIT_CASE(offender_marks),
	KUNIT_CASE(offender_unwanted),
	KUNIT_CASE(offender_race),
	KUNIT_CASE(offender_walk),
	KUNIT_CASE(offender_proof),
	KUNIT_CASE(offender_proof_moved),
	KUNIT_CASE(offender_proof_turns),
	{}
};

static struct kunit_suite offender_suite = {
	.name = "levee-offender",
	.test_cases = offender_cases,
};

kunit_test_suites(&offender_suite);
