// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-ban: who is banned is what a model says; bans grow, decay,
 * end and give way as documented, and can be walked in pieces.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "ban_table.h"
#include "race.h"
#include "source.h"

static const siphash_key_t ban_key = { { 0x1ee4ee, 0xba2 } };

/* Each CPU may make 6400 bans a second: far from it. */
#define STEP	NSEC_PER_MSEC
#define FIRST_S	60
#define LONGEST_S	3600

static struct levee_bans *bans_new(struct kunit *test, u32 max)
{
	struct levee_bans *bans = levee_bans_alloc(max, &ban_key);

	KUNIT_ASSERT_NOT_NULL(test, bans);
	return bans;
}

static struct levee_prefix host4(u32 host)
{
	struct levee_prefix prefix = { .family = NFPROTO_IPV4, .len = 32 };

	prefix.addr.ip = cpu_to_be32(0xc6120000 + host);
	return prefix;
}

static u64 offend_at(struct levee_bans *bans, const struct levee_prefix *prefix,
		     bool would, u64 now_ns)
{
	struct levee_ban_offence offence = {
		.prefix = prefix,
		.hash = levee_source_hash(&ban_key, prefix->family,
					  &prefix->addr, prefix->len),
		.now_ns = now_ns,
		.policy = "www",
		.class = LEVEE_CLASS_SYN,
		.would = would,
		.first_s = FIRST_S,
		.longest_s = LONGEST_S,
	};
	u64 until_ns;

	local_bh_disable();
	rcu_read_lock();
	until_ns = levee_bans_offend(bans, &offence);
	rcu_read_unlock();
	local_bh_enable();
	return until_ns;
}

/* By the clock of the machine, as lookups are. */
static bool banned(const struct levee_bans *bans,
		   const struct levee_prefix *prefix, bool would)
{
	struct levee_ban_hit hit;
	bool found;

	rcu_read_lock();
	found = levee_bans_lookup(bans, prefix->family, &prefix->addr, would,
				  &hit);
	rcu_read_unlock();
	return found;
}

static int set_for(struct levee_bans *bans, const struct levee_prefix *prefix,
		   u64 now_ns, u64 until_ns)
{
	struct levee_ban_info info = {
		.prefix = *prefix, .since_ns = now_ns, .until_ns = until_ns,
	};

	return levee_bans_set(bans, &info);
}

static void totals_are(struct kunit *test, struct levee_bans *bans, u64 live,
		       u64 held)
{
	struct levee_ban_totals totals;

	levee_bans_read(bans, &totals);
	KUNIT_EXPECT_EQ(test, totals.live, live);
	KUNIT_EXPECT_EQ(test, totals.held, held);
}

/* 60 s, 120 s, ... 3600 s; each quiet hour is one level less. */
static void ban_escalates(struct kunit *test)
{
	static const u32 times[] = { 60, 120, 240, 480, 960, 1920, 3600, 3600 };
	struct levee_bans *bans = bans_new(test, 100);
	struct levee_prefix prefix = host4(1);
	u64 now = ktime_get_ns(), until;
	int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		until = offend_at(bans, &prefix, false, now);
		KUNIT_EXPECT_EQ(test, until, now + times[i] * NSEC_PER_SEC);
		/* While it is in force, nothing makes it longer. */
		KUNIT_EXPECT_EQ(test, offend_at(bans, &prefix, false,
						until - 1), 0ull);
		now = until + STEP;
	}
	/* Seven levels: an hour and a bit forgets one, and so on. */
	now = until + (3600 + 1) * NSEC_PER_SEC;
	until = offend_at(bans, &prefix, false, now);
	KUNIT_EXPECT_EQ(test, until, now + 3600 * NSEC_PER_SEC);
	now = until + (4 * 3600 + 1) * NSEC_PER_SEC;
	until = offend_at(bans, &prefix, false, now);
	KUNIT_EXPECT_EQ(test, until, now + 480 * NSEC_PER_SEC);
	/* Level 4: remembered for four hours, and then as new. */
	levee_bans_sweep(bans, until + (4 * 3600 - 1) * NSEC_PER_SEC);
	totals_are(test, bans, 0, 1);
	levee_bans_sweep(bans, until + 4 * 3600 * NSEC_PER_SEC);
	totals_are(test, bans, 0, 0);
	now = until + 4 * 3600 * NSEC_PER_SEC + STEP;
	until = offend_at(bans, &prefix, false, now);
	KUNIT_EXPECT_EQ(test, until, now + 60 * NSEC_PER_SEC);
	levee_bans_free(bans);
}

/* A fixed time stays what it is. */
static void ban_fixed(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 100);
	struct levee_prefix prefix = host4(1);
	struct levee_ban_offence offence = {
		.prefix = &prefix, .policy = "p", .first_s = 7, .longest_s = 7,
		.now_ns = ktime_get_ns(),
	};
	u64 until;
	int i;

	for (i = 0; i < 3; i++) {
		local_bh_disable();
		until = levee_bans_offend(bans, &offence);
		local_bh_enable();
		KUNIT_EXPECT_EQ(test, until,
				offence.now_ns + 7 * NSEC_PER_SEC);
		offence.now_ns = until + STEP;
	}
	levee_bans_free(bans);
}

/* What only counts is apart from what drops, and gives way to it. */
static void ban_would(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 1);
	struct levee_prefix a = host4(1), b = host4(2);
	struct levee_ban_totals totals;
	u64 now = ktime_get_ns();

	offend_at(bans, &a, true, now);
	KUNIT_EXPECT_TRUE(test, banned(bans, &a, true));
	KUNIT_EXPECT_FALSE(test, banned(bans, &a, false));
	/* Full: another one that only counts has no place. */
	KUNIT_EXPECT_EQ(test, offend_at(bans, &b, true, now), 0ull);
	levee_bans_read(bans, &totals);
	KUNIT_EXPECT_EQ(test, totals.missed, 1ull);
	KUNIT_EXPECT_NE(test, offend_at(bans, &b, false, now), 0ull);
	KUNIT_EXPECT_FALSE(test, banned(bans, &a, true));
	KUNIT_EXPECT_TRUE(test, banned(bans, &b, false));
	KUNIT_EXPECT_FALSE(test, banned(bans, &b, true));
	totals_are(test, bans, 1, 1);
	levee_bans_free(bans);
}

/* Full of bans in force: no more are made, but some by hand, until one ends. */
static void ban_full(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 64);
	struct levee_prefix prefix;
	struct levee_ban_totals totals;
	u64 now = ktime_get_ns();
	u32 i;

	for (i = 0; i < 60; i++, now += STEP) {
		prefix = host4(i);
		KUNIT_EXPECT_NE(test, offend_at(bans, &prefix, false, now),
				0ull);
	}
	prefix = host4(64);
	KUNIT_EXPECT_EQ(test, offend_at(bans, &prefix, false, now), 0ull);
	for (; i < 64; i++) {
		prefix = host4(i);
		KUNIT_EXPECT_EQ(test, set_for(bans, &prefix, now,
					      LEVEE_BAN_FOREVER), 0);
	}
	prefix = host4(64);
	KUNIT_EXPECT_EQ(test, set_for(bans, &prefix, now, LEVEE_BAN_FOREVER),
			-ENOSPC);
	levee_bans_read(bans, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	KUNIT_EXPECT_EQ(test, totals.max, 64ull);
	KUNIT_EXPECT_EQ(test, totals.missed, 1ull);

	/* Ended, but remembered: they give way. */
	now += FIRST_S * NSEC_PER_SEC;
	KUNIT_EXPECT_NE(test, offend_at(bans, &prefix, false, now), 0ull);
	levee_bans_read(bans, &totals);
	KUNIT_EXPECT_EQ(test, totals.held, 64ull);
	levee_bans_free(bans);
}

/* A search that was in vain is not made again at once, unless one goes. */
static void ban_full_for_a_while(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 2);
	struct levee_prefix a = host4(1), b = host4(2), c = host4(3);
	u64 now = ktime_get_ns(), soon = now + NSEC_PER_MSEC;

	/* They end while others look. */
	set_for(bans, &a, now, soon);
	set_for(bans, &b, now, soon);
	KUNIT_EXPECT_EQ(test, offend_at(bans, &c, false, now), 0ull);
	KUNIT_EXPECT_EQ(test, offend_at(bans, &c, false, soon), 0ull);

	levee_bans_flush(bans);
	set_for(bans, &a, now, LEVEE_BAN_FOREVER);
	set_for(bans, &b, now, LEVEE_BAN_FOREVER);
	KUNIT_EXPECT_EQ(test, offend_at(bans, &c, false, now), 0ull);
	levee_bans_del(bans, &a);
	KUNIT_EXPECT_NE(test, offend_at(bans, &c, false, now), 0ull);
	levee_bans_free(bans);
}

/* A flood of offenders: so many bans at a moment, and no more. */
static void ban_budget(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 4096);
	struct levee_ban_totals totals;
	u64 now = ktime_get_ns();
	u32 i;

	for (i = 0; i < 4096; i++) {
		struct levee_prefix prefix = host4(i);

		offend_at(bans, &prefix, false, now);
	}
	levee_bans_read(bans, &totals);
	/* On another CPU it may have begun anew. */
	KUNIT_EXPECT_GE(test, totals.held, 64ull);
	KUNIT_EXPECT_LE(test, totals.held, 64ull * num_possible_cpus());
	KUNIT_EXPECT_EQ(test, totals.held + totals.missed, 4096ull);
	levee_bans_free(bans);
}

#define MODEL_BANS	300
#define MODEL_STEPS	6000

struct model {
	struct levee_prefix prefix;
	u64 until_ns;
};

static struct levee_prefix model_prefix(struct rnd_state *rnd)
{
	struct levee_prefix prefix = {};
	u32 r = prandom_u32_state(rnd);

	/* Few bits differ, so that prefixes hold, and equal, each other. */
	if (r & 1) {
		prefix.family = NFPROTO_IPV4;
		prefix.addr.ip = cpu_to_be32(0xc6120000 | (r >> 8 & 0xf0f));
		prefix.len = r >> 1 & 1 ? 32 : 20 + (r >> 24) % 13;
	} else {
		prefix.family = NFPROTO_IPV6;
		prefix.addr.be[0] = cpu_to_be64(0x20010db800000000ull |
						(r >> 8 & 0xf));
		prefix.addr.be[1] = cpu_to_be64(r >> 16 & 3);
		prefix.len = 56 + (r >> 24) % 73;
	}
	return prefix;
}

static bool model_banned(const struct model *model, u32 count,
			 const struct levee_prefix *addr, u64 now_ns)
{
	u32 i;

	for (i = 0; i < count; i++) {
		union levee_addr masked = addr->addr;

		if (model[i].until_ns <= now_ns ||
		    model[i].prefix.family != addr->family)
			continue;
		levee_prefix_mask(&masked, addr->family, model[i].prefix.len);
		if (!memcmp(&masked, &model[i].prefix.addr, sizeof(masked)))
			return true;
	}
	return false;
}

static u32 model_find(const struct model *model, u32 count,
		      const struct levee_prefix *prefix)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!memcmp(&model[i].prefix, prefix, sizeof(*prefix)))
			break;
	return i;
}

/* Long past or far away, so that the clock does not matter. */
static void ban_model(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, MODEL_BANS);
	u64 now = ktime_get_ns(), far = now + 86400 * NSEC_PER_SEC;
	struct model *model = kcalloc(MODEL_BANS, sizeof(*model), GFP_KERNEL);
	u32 step, i, count = 0, hits = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, model);
	prandom_seed_state(&rnd, 0xba2);
	for (step = 0; step < MODEL_STEPS; step++) {
		struct levee_prefix prefix = model_prefix(&rnd);
		struct levee_prefix addr = model_prefix(&rnd);
		bool is;

		levee_prefix_mask(&prefix.addr, prefix.family, prefix.len);
		i = model_find(model, count, &prefix);
		switch (prandom_u32_state(&rnd) % 4) {
		case 0:
			if (i == count && count == MODEL_BANS)
				break;
			model[i].prefix = prefix;
			model[i].until_ns = prandom_u32_state(&rnd) % 4 ?
					    far : now;
			KUNIT_ASSERT_EQ(test,
					set_for(bans, &prefix, now,
						model[i].until_ns), 0);
			count += i == count;
			break;
		case 1:
			is = levee_bans_del(bans, &prefix);
			/* What has ended may have been forgotten. */
			if (i == count || model[i].until_ns > now)
				KUNIT_ASSERT_EQ(test, is, i < count);
			if (i < count)
				model[i] = model[--count];
			break;
		default:
			if (step % 100 == 0)
				levee_bans_sweep(bans, ktime_get_ns());
		}
		is = banned(bans, &addr, false);
		hits += is;
		KUNIT_ASSERT_EQ(test, is,
				model_banned(model, count, &addr,
					     ktime_get_ns()));
	}
	/* It is a test only if both happen. */
	KUNIT_EXPECT_GT(test, hits, MODEL_STEPS / 20);
	KUNIT_EXPECT_LT(test, hits, MODEL_STEPS - MODEL_STEPS / 20);
	levee_bans_flush(bans);
	totals_are(test, bans, 0, 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(bans->lens[0], LEVEE_BAN_LENS));
	KUNIT_EXPECT_TRUE(test, bitmap_empty(bans->lens[1], LEVEE_BAN_LENS));
	kfree(model);
	levee_bans_free(bans);
}

#define WALKED	200

struct walk {
	u8 seen[WALKED];
	int stop_after;
	int refuse;
};

static int walk_show(const struct levee_ban_info *info, void *arg)
{
	struct walk *walk = arg;

	/* Every third is refused once, as a message without room does. */
	if (walk->refuse++ % 3 == 2)
		return -1;
	walk->seen[be32_to_cpu(info->prefix.addr.ip) - 0xc6120000]++;
	return --walk->stop_after <= 0;
}

/* In pieces of 7, while others come and go: each that stays is shown once. */
static void ban_walk(struct kunit *test)
{
	struct levee_bans *bans = bans_new(test, 1000);
	u64 cursor = 0, now = ktime_get_ns();
	struct walk *walk = kzalloc(sizeof(*walk), GFP_KERNEL);
	struct levee_prefix prefix;
	u32 i, extra = 0;

	KUNIT_ASSERT_NOT_NULL(test, walk);
	for (i = 0; i < WALKED; i++) {
		prefix = host4(i);
		KUNIT_EXPECT_EQ(test, set_for(bans, &prefix, now,
					      i % 4 ? LEVEE_BAN_FOREVER : now),
				0);
	}
	while (cursor != LEVEE_BANS_END) {
		walk->stop_after = 7;
		levee_bans_walk(bans, now, &cursor, walk_show, walk);
		prefix = host4(0x10000 + extra++);
		prefix.len = 31;
		prefix.addr.ip &= htonl(~1);
		KUNIT_EXPECT_EQ(test, set_for(bans, &prefix, now, now), 0);
	}
	for (i = 0; i < WALKED; i++)
		KUNIT_EXPECT_EQ(test, (int)walk->seen[i], i % 4 ? 1 : 0);
	kfree(walk);
	levee_bans_free(bans);
}

#define RACE_ROUNDS	400

struct ban_race {
	struct levee_bans *bans;
	u64 now_ns;
	atomic_t made;
};

/* All at the same sources: they ban, ask, take back, forget and count. */
static void race_run(void *arg, int index)
{
	struct ban_race *race = arg;
	struct levee_ban_totals totals;
	u32 i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		struct levee_prefix prefix = host4(i % 40);

		if (offend_at(race->bans, &prefix, false,
			      race->now_ns + i * STEP))
			atomic_inc(&race->made);
		banned(race->bans, &prefix, false);
		if (index == 1 && i % 5 == 0)
			levee_bans_del(race->bans, &prefix);
		if (index == 2 && i % 50 == 0)
			levee_bans_sweep(race->bans, ktime_get_ns());
		if (index == 3 && i % 100 == 99)
			levee_bans_flush(race->bans);
		levee_bans_read(race->bans, &totals);
		cond_resched();
	}
}

static void ban_race(struct kunit *test)
{
	struct ban_race shared = {
		.bans = bans_new(test, 32), .now_ns = ktime_get_ns(),
	};
	struct levee_prefix prefix = host4(1000);
	struct race race;

	race_begin(test, &race, RACERS, race_run, &shared);
	race_end(&race);
	KUNIT_EXPECT_GT(test, atomic_read(&shared.made), 32);
	levee_bans_flush(shared.bans);
	totals_are(test, shared.bans, 0, 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(shared.bans->lens[0],
					     LEVEE_BAN_LENS));
	KUNIT_EXPECT_EQ(test, set_for(shared.bans, &prefix, shared.now_ns,
				      LEVEE_BAN_FOREVER), 0);
	KUNIT_EXPECT_TRUE(test, banned(shared.bans, &prefix, false));
	levee_bans_free(shared.bans);
}

static struct kunit_case ban_cases[] = {
	KUNIT_CASE(ban_escalates),
	KUNIT_CASE(ban_fixed),
	KUNIT_CASE(ban_would),
	KUNIT_CASE(ban_full),
	KUNIT_CASE(ban_full_for_a_while),
	KUNIT_CASE(ban_budget),
	KUNIT_CASE(ban_model),
	KUNIT_CASE(ban_walk),
	KUNIT_CASE(ban_race),
	{}
};

static struct kunit_suite ban_suite = {
	.name = "levee-ban",
	.test_cases = ban_cases,
};

kunit_test_suite(ban_suite);
