// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-history: whatever is overwritten, what is shown is what was
 * counted, once, in the order of time, and under the right name.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "attack_log.h"
#include "history.h"

#define TICK_NS	(10 * NSEC_PER_SEC)

/* Small rings: 8 fine intervals, and 4 coarse ones. */
static const struct levee_history_sizes sizes = {
	.intervals = {
		[LEVEE_HISTORY_COARSE] = 4,
		[LEVEE_HISTORY_FINE] = 8,
	},
	.samples = {
		[LEVEE_HISTORY_COARSE] = 64,
		[LEVEE_HISTORY_FINE] = 64,
	},
};

/* A policy as the history sees it. */
struct policy {
	const char *name;
	struct levee_policy_stats *stats;
	struct levee_history_seen seen;
	u32 id;
};

struct past {
	struct kunit *test;
	struct levee_history *history;
	u64 begin_ns;
	u64 now_ns;
};

static void past_begin(struct kunit *test, struct past *past,
		       const struct levee_history_sizes *of)
{
	past->test = test;
	/* Beyond what 32 bits have, as is all that follows. */
	past->begin_ns = 1ull << 40;
	past->now_ns = past->begin_ns;
	past->history = levee_history_alloc(of, past->now_ns);
	KUNIT_ASSERT_NOT_NULL(test, past->history);
}

static struct policy *policy_new(struct kunit *test, u32 id, const char *name)
{
	struct policy *policy = kunit_kzalloc(test, sizeof(*policy),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, policy);
	policy->stats = levee_policy_stats_alloc();
	KUNIT_ASSERT_NOT_NULL(test, policy->stats);
	policy->id = id;
	policy->name = name;
	return policy;
}

/* Not inline: x86 cannot add a constant of more than 31 bits to a counter. */
static noinline void pass(struct policy *policy, enum levee_class class, u32 packets)
{
	local_bh_disable();
	levee_policy_stats_passed(policy->stats, class, packets, 100 * packets);
	local_bh_enable();
}

static noinline void drop(struct policy *policy, enum levee_class class,
			  enum levee_reason reason, u32 packets)
{
	local_bh_disable();
	levee_policy_stats_over(policy->stats, class, reason, true, packets,
				100 * packets);
	local_bh_enable();
}

static void take(struct past *past, struct policy *policy, bool coarse)
{
	KUNIT_EXPECT_EQ(past->test, 0,
			levee_history_take(past->history, policy->id,
					   policy->name, policy->stats,
					   &policy->seen, coarse));
}

static void tick(struct past *past, struct policy *policy)
{
	if (policy)
		take(past, policy, levee_history_is_coarse(past->history));
	past->now_ns += TICK_NS;
	levee_history_tick(past->history, past->now_ns);
}

/* Classes of which there is a packet in a tick of history_crowded(). */
static int crowd(u32 number)
{
	return 1 + number % LEVEE_CLASS_MAX;
}

/* What a walk has shown. */
struct shown {
	struct kunit *test;
	u64 until_ns;		/* end of the last interval */
	u64 first_ns;		/* beginning of the first */
	u64 time_ns;		/* length of all of them */
	u32 gaps;		/* between them */
	u32 intervals;
	u32 coarse;
	u32 entries;
	u64 passed;
	u64 dropped;
	u64 crowd;		/* packets that passed, if they were a crowd */
	u64 begin_ns;		/* of the history */
	const char *policy;	/* of the last entry */
	int stop_after;		/* entries and intervals */
};

static int show(const struct levee_history_entry *entry, void *arg)
{
	struct shown *shown = arg;
	int reason;
	u32 i;

	if (shown->stop_after && !--shown->stop_after)
		return -EMSGSIZE;
	if (!entry->policy) {
		/* In order, and nothing twice. */
		KUNIT_EXPECT_GE(shown->test, entry->since_ns, shown->until_ns);
		if (!shown->intervals)
			shown->first_ns = entry->since_ns;
		else if (entry->since_ns != shown->until_ns)
			shown->gaps++;
		shown->time_ns += entry->until_ns - entry->since_ns;
		for (i = div64_u64(entry->since_ns - shown->begin_ns, TICK_NS);
		     i < div64_u64(entry->until_ns - shown->begin_ns, TICK_NS);
		     i++)
			shown->crowd += crowd(i) * (i + 1);
		shown->until_ns = entry->until_ns;
		shown->intervals++;
		shown->coarse += entry->until_ns - entry->since_ns ==
				 LEVEE_HISTORY_FACTOR * TICK_NS;
		return 0;
	}
	KUNIT_EXPECT_EQ(shown->test, entry->until_ns, shown->until_ns);
	shown->entries++;
	shown->policy = entry->policy;
	KUNIT_EXPECT_EQ(shown->test, entry->stats.passed.bytes,
			100 * entry->stats.passed.packets);
	shown->passed += entry->stats.passed.packets;
	for (reason = 1; reason <= LEVEE_REASON_MAX; reason++) {
		shown->dropped += entry->stats.dropped[reason].packets;
		KUNIT_EXPECT_EQ(shown->test,
				entry->stats.would[reason].packets, 0);
	}
	return 0;
}

static void walk(struct past *past, struct shown *shown)
{
	struct levee_history_pos pos = {};

	memset(shown, 0, sizeof(*shown));
	shown->test = past->test;
	shown->begin_ns = past->begin_ns;
	KUNIT_EXPECT_EQ(past->test, 0,
			levee_history_walk(past->history, &pos, past->now_ns,
					   show, shown));
	KUNIT_EXPECT_EQ(past->test, shown->until_ns, past->now_ns);
}

/* As walk(), but what is shown at once is one thing less each time it stops. */
static void walk_piecemeal(struct past *past, struct shown *shown)
{
	struct levee_history_pos pos = {};
	int ret, turns = 0;

	memset(shown, 0, sizeof(*shown));
	shown->test = past->test;
	shown->begin_ns = past->begin_ns;
	do {
		shown->stop_after = 2;
		ret = levee_history_walk(past->history, &pos, past->now_ns,
					 show, shown);
	} while (ret && ++turns < 1000);
	KUNIT_EXPECT_EQ(past->test, ret, 0);
	KUNIT_EXPECT_EQ(past->test, turns + 1, shown->intervals + shown->entries);
}

/*
 * Each tick something is counted. For a while all of it is shown, by fine
 * intervals and, when those are gone, by coarse ones; then the oldest is gone.
 */
static void history_wraps(struct kunit *test)
{
	struct policy *www = policy_new(test, 7, "www");
	struct shown shown, piecemeal;
	u64 all = 0;
	struct past past;
	u32 i, lost;

	past_begin(test, &past, &sizes);
	for (i = 1; i <= 60; i++) {
		pass(www, LEVEE_CLASS_UDP, i);
		drop(www, LEVEE_CLASS_UDP, LEVEE_REASON_LIMIT, 1000);
		all += i;
		tick(&past, www);
		walk(&past, &shown);
		walk_piecemeal(&past, &piecemeal);
		KUNIT_EXPECT_EQ(test, shown.intervals, piecemeal.intervals);
		KUNIT_EXPECT_EQ(test, shown.passed, piecemeal.passed);
		KUNIT_EXPECT_EQ(test, shown.gaps, 0);
		/* What is before the first that is shown, and only that. */
		lost = div64_u64(shown.first_ns - past.begin_ns, TICK_NS);
		KUNIT_EXPECT_EQ_MSG(test, shown.passed,
				    all - lost * (lost + 1) / 2,
				    "after %u intervals", i);
		KUNIT_EXPECT_EQ(test, shown.dropped, 1000 * (i - lost));
		KUNIT_EXPECT_EQ(test, shown.entries, shown.intervals - 1);
		/* Four coarse ones, of which some are shown as fine ones. */
		KUNIT_EXPECT_EQ(test, lost, i < 30 ? 0 : (i / 6 - 4) * 6);
		KUNIT_EXPECT_LE(test, shown.intervals, 4 + 8 + 1);
	}
	KUNIT_EXPECT_STREQ(test, shown.policy, "www");
	KUNIT_EXPECT_EQ(test, shown.coarse, 3);
	levee_history_free(past.history);
	levee_policy_stats_free(www->stats);
}

/* Between two ticks: what is counted is not shown before it is taken. */
static void history_now(struct kunit *test)
{
	struct policy *www = policy_new(test, 7, "www");
	struct levee_history_entry entry;
	struct shown shown;
	struct past past;

	past_begin(test, &past, &sizes);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.intervals, 1);
	KUNIT_EXPECT_EQ(test, shown.entries, 0);
	pass(www, LEVEE_CLASS_SYN, 3);
	tick(&past, www);
	pass(www, LEVEE_CLASS_SYN, 4);
	/* A reset is nothing that happened to packets. */
	levee_policy_stats_reset(www->stats);
	drop(www, LEVEE_CLASS_SYN, LEVEE_REASON_DENY, 5);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.passed, 3);
	KUNIT_EXPECT_TRUE(test, levee_history_present(past.history,
						      LEVEE_CLASS_SYN,
						      www->stats, &www->seen,
						      &entry));
	KUNIT_EXPECT_EQ(test, entry.since_ns, past.now_ns);
	KUNIT_EXPECT_EQ(test, entry.class, LEVEE_CLASS_SYN);
	KUNIT_EXPECT_EQ(test, entry.stats.passed.packets, 4);
	KUNIT_EXPECT_EQ(test,
			entry.stats.dropped[LEVEE_REASON_DENY].packets, 5);
	KUNIT_EXPECT_FALSE(test, levee_history_present(past.history,
						       LEVEE_CLASS_OTHER,
						       www->stats, &www->seen,
						       &entry));
	take(&past, www, false);
	KUNIT_EXPECT_FALSE(test, levee_history_present(past.history,
						       LEVEE_CLASS_SYN,
						       www->stats, &www->seen,
						       &entry));
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.passed, 7);
	KUNIT_EXPECT_EQ(test, shown.dropped, 5);
	levee_history_free(past.history);
	levee_policy_stats_free(www->stats);
}

/* Every counter has its place, and its number may be more than 32 bits. */
static void history_counters(struct kunit *test)
{
	struct policy *www = policy_new(test, 7, "www");
	struct levee_history_entry entry;
	struct shown shown;
	struct past past;
	int class, reason, i;

	past_begin(test, &past, &sizes);
	for (class = 1; class <= LEVEE_CLASS_MAX; class++)
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++)
			drop(www, class, reason, 10 * class + reason);
	for (class = 1; class <= LEVEE_CLASS_MAX; class++) {
		KUNIT_EXPECT_TRUE(test, levee_history_present(past.history,
							      class, www->stats,
							      &www->seen,
							      &entry));
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++)
			KUNIT_EXPECT_EQ(test,
					entry.stats.dropped[reason].packets,
					10 * class + reason);
	}
	tick(&past, www);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.entries, LEVEE_CLASS_MAX);
	/* 2^34 packets, 2^34 * 100 bytes. */
	for (i = 0; i < 1 << 9; i++)
		pass(www, LEVEE_CLASS_TCP, 1 << 25);
	tick(&past, www);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.passed, 1ull << 34);
	levee_history_free(past.history);
	levee_policy_stats_free(www->stats);
}

/* A policy that is gone keeps its name as long as there is anything of it. */
static void history_gone(struct kunit *test)
{
	struct policy *old = policy_new(test, 7, "old");
	struct policy *new = policy_new(test, 8, "new");
	struct shown shown;
	struct past past;
	int i;

	past_begin(test, &past, &sizes);
	pass(old, LEVEE_CLASS_ICMP, 5);
	take(&past, old, true);
	levee_policy_stats_free(old->stats);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.passed, 5);
	KUNIT_EXPECT_STREQ(test, shown.policy, "old");
	for (i = 0; i < 100; i++) {
		tick(&past, new);
		walk(&past, &shown);
		KUNIT_EXPECT_EQ(test, shown.passed, i < 29 ? 5 : 0);
	}
	/* Now its samples are overwritten, and its name is forgotten with them. */
	for (i = 0; i < 100 * LEVEE_HISTORY_FACTOR; i++) {
		pass(new, LEVEE_CLASS_ICMP, 1);
		tick(&past, new);
	}
	walk(&past, &shown);
	KUNIT_EXPECT_STREQ(test, shown.policy, "new");
	levee_history_free(past.history);
	levee_policy_stats_free(new->stats);
}

/*
 * More than there is room for: the history is shorter, down to nothing but the
 * present interval, and what is shown is true.
 */
static void history_crowded(struct kunit *test)
{
	static const struct levee_history_sizes few = {
		.intervals = {
			[LEVEE_HISTORY_COARSE] = 4,
			[LEVEE_HISTORY_FINE] = 8,
		},
		.samples = {
			[LEVEE_HISTORY_COARSE] = 16,
			[LEVEE_HISTORY_FINE] = 16,
		},
	};
	struct policy *www = policy_new(test, 7, "www");
	struct shown shown;
	struct past past;
	int i, class;

	past_begin(test, &past, &few);
	for (i = 0; i < 100; i++) {
		for (class = 1; class <= crowd(i); class++)
			pass(www, class, i + 1);
		tick(&past, www);
		walk(&past, &shown);
		KUNIT_EXPECT_EQ(test, shown.passed, shown.crowd);
		/* There is room for the last tick, and more often than not others. */
		KUNIT_EXPECT_GE(test, shown.time_ns, TICK_NS);
	}
	/* More in one interval than there is room for in all. */
	for (class = 1; class <= LEVEE_CLASS_MAX; class++)
		for (i = 1; i <= LEVEE_REASON_MAX; i++)
			drop(www, class, i, 1);
	take(&past, www, true);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.intervals, 1);
	KUNIT_EXPECT_EQ(test, shown.dropped, 16);
	tick(&past, www);
	walk(&past, &shown);
	KUNIT_EXPECT_EQ(test, shown.intervals, 1);
	KUNIT_EXPECT_EQ(test, shown.entries, 0);
	levee_history_free(past.history);
	levee_policy_stats_free(www->stats);
}

static void attack_log(struct kunit *test)
{
	struct levee_attack_log *log = levee_attack_log_alloc(4);
	struct levee_attack_record record = { .policy = "www" };
	u64 number, i;

	KUNIT_ASSERT_NOT_NULL(test, log);
	number = 0;
	KUNIT_EXPECT_FALSE(test, levee_attack_log_read(log, &number, &record));
	for (i = 0; i < 10; i++) {
		record.since_ns = i;
		levee_attack_log_add(log, &record);
		KUNIT_EXPECT_EQ(test, levee_attack_log_count(log), i + 1);
		number = 0;
		KUNIT_EXPECT_TRUE(test,
				  levee_attack_log_read(log, &number, &record));
		KUNIT_EXPECT_EQ(test, number, i < 4 ? 0 : i - 3);
		KUNIT_EXPECT_EQ(test, record.since_ns, number);
	}
	number = 9;
	KUNIT_EXPECT_TRUE(test, levee_attack_log_read(log, &number, &record));
	KUNIT_EXPECT_EQ(test, record.since_ns, 9);
	KUNIT_EXPECT_STREQ(test, record.policy, "www");
	number = 10;
	KUNIT_EXPECT_FALSE(test, levee_attack_log_read(log, &number, &record));
	levee_attack_log_free(log);
}

static struct kunit_case history_cases[] = {
	KUNIT_CASE(history_wraps),
	KUNIT_CASE(history_now),
	KUNIT_CASE(history_counters),
	KUNIT_CASE(history_gone),
	KUNIT_CASE(history_crowded),
	KUNIT_CASE(attack_log),
	{}
};

static struct kunit_suite history_suite = {
	.name = "levee-history",
	.test_cases = history_cases,
};

kunit_test_suites(&history_suite);
