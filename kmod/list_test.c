// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-list: lists against an array that is searched whole, and under
 * readers.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>
#include <linux/sched.h>

#include "list.h"
#include "race.h"

#define MODEL_MAX	1500
#define STEPS		6000
#define LOOKUPS		8

/* Expired since boot, and not in our time. */
#define PAST_NS		1
#define FUTURE_NS	((u64)S64_MAX)

struct model_entry {
	struct levee_prefix prefix;
	u64 until_ns;
};

struct list_test {
	struct rnd_state rnd;
	struct levee_list *list;
	struct model_entry entry[MODEL_MAX];
	u32 count;
	u32 wrong;
};

static u32 random_below(struct list_test *t, u32 n)
{
	return prandom_u32_state(&t->rnd) % n;
}

static struct list_test *list_test_new(struct kunit *test)
{
	struct list_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	prandom_seed_state(&t->rnd, 20221123);
	t->list = levee_list_new();
	KUNIT_ASSERT_NOT_NULL(test, t->list);
	return t;
}

/* Slow, and nothing in common with the list: compares bit by bit. */
static bool covers(const struct levee_prefix *prefix, u8 family,
		   const union levee_addr *addr)
{
	const u8 *a = (const u8 *)&prefix->addr, *b = (const u8 *)addr;
	int bit;

	if (prefix->family != family)
		return false;
	for (bit = 0; bit < prefix->len; bit++)
		if ((a[bit / 8] ^ b[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return true;
}

static const struct model_entry *model_match(const struct list_test *t,
					     u8 family,
					     const union levee_addr *addr)
{
	const struct model_entry *best = NULL;
	u32 i;

	for (i = 0; i < t->count; i++)
		if (t->entry[i].until_ns != PAST_NS &&
		    covers(&t->entry[i].prefix, family, addr) &&
		    (!best || t->entry[i].prefix.len > best->prefix.len))
			best = &t->entry[i];
	return best;
}

static struct model_entry *model_find(struct list_test *t,
				      const struct levee_prefix *prefix)
{
	u32 i;

	for (i = 0; i < t->count; i++)
		if (!memcmp(&t->entry[i].prefix, prefix, sizeof(*prefix)))
			return &t->entry[i];
	return NULL;
}

static void addr_random(struct list_test *t, u8 family, union levee_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	prandom_bytes_state(&t->rnd, addr, levee_family_bits(family) / 8);
}

/* Most are near one that is there, so that they nest. */
static void addr_near(struct list_test *t, u8 *family, union levee_addr *addr)
{
	u32 bit;

	*family = random_below(t, 2) ? NFPROTO_IPV4 : NFPROTO_IPV6;
	addr_random(t, *family, addr);
	if (!t->count || !random_below(t, 4))
		return;
	bit = random_below(t, t->count);
	*family = t->entry[bit].prefix.family;
	*addr = t->entry[bit].prefix.addr;
	bit = random_below(t, levee_family_bits(*family));
	((u8 *)addr)[bit / 8] ^= 0x80 >> bit % 8;
}

static void prefix_random(struct list_test *t, struct levee_prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	addr_near(t, &prefix->family, &prefix->addr);
	prefix->len = random_below(t, levee_family_bits(prefix->family) + 1);
	levee_prefix_mask(&prefix->addr, prefix->family, prefix->len);
}

static void list_put(struct kunit *test, struct levee_list *list,
		     const struct levee_prefix *prefix, u64 until_ns)
{
	struct levee_list_entry *entry;

	entry = levee_list_entry_new(prefix, until_ns, "x", prefix->len % 2);
	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_EQ(test, levee_list_reserve(list, 1), 0);
	levee_list_add(list, entry);
}

static void add_random(struct kunit *test, struct list_test *t)
{
	const u64 until[] = { 0, 0, PAST_NS, FUTURE_NS };
	struct levee_prefix prefix;
	struct model_entry *model;
	u64 until_ns;

	prefix_random(t, &prefix);
	until_ns = until[random_below(t, ARRAY_SIZE(until))];
	model = model_find(t, &prefix);
	if (!model && t->count == MODEL_MAX)
		return;
	if (!model)
		model = &t->entry[t->count++];
	model->prefix = prefix;
	model->until_ns = until_ns;
	list_put(test, t->list, &prefix, until_ns);
}

static void del_random(struct kunit *test, struct list_test *t)
{
	struct levee_prefix prefix;
	struct model_entry *model;

	prefix_random(t, &prefix);
	if (t->count && random_below(t, 4))
		prefix = t->entry[random_below(t, t->count)].prefix;
	model = model_find(t, &prefix);
	KUNIT_EXPECT_EQ(test, levee_list_del(t->list, &prefix), !!model);
	if (model)
		*model = t->entry[--t->count];
	KUNIT_EXPECT_EQ(test, levee_list_reserve(t->list, 0), 0);
}

/* Counted, as one that is wrong is seldom alone, and would fill the log. */
static void compare_match(struct list_test *t, u8 family,
			  const union levee_addr *addr)
{
	const struct model_entry *model = model_match(t, family, addr);
	const struct levee_list_entry *entry;
	struct levee_prefix prefix;

	rcu_read_lock();
	entry = levee_list_match(t->list, family, addr);
	if (entry && model) {
		levee_list_entry_prefix(entry, &prefix);
		if (memcmp(&prefix, &model->prefix, sizeof(prefix)) ||
		    entry->until_ns != model->until_ns)
			t->wrong++;
	} else if (entry || model) {
		t->wrong++;
	}
	rcu_read_unlock();
}

/* Every entry is walked over once, and is the model's. */
static void expect_walk(struct kunit *test, struct list_test *t)
{
	const struct levee_list_entry *entry;
	struct levee_list_pos pos = {};
	struct levee_prefix prefix;
	u32 count = 0;

	while ((entry = levee_list_walk(t->list, &pos))) {
		levee_list_entry_prefix(entry, &prefix);
		KUNIT_EXPECT_NOT_NULL(test, model_find(t, &prefix));
		count++;
	}
	KUNIT_EXPECT_EQ(test, count, t->count);
	KUNIT_EXPECT_EQ(test, t->list->count, t->count);
}

/* Adds, replaces and deletes, more of the one and then more of the other. */
static void list_model(struct kunit *test)
{
	struct list_test *t = list_test_new(test);
	union levee_addr addr;
	int step, i;
	u8 family;

	for (step = 0; step < STEPS; step++) {
		if (random_below(t, 10) < (step / 1500 % 2 ? 2 : 8))
			add_random(test, t);
		else
			del_random(test, t);
		for (i = 0; i < LOOKUPS; i++) {
			addr_near(t, &family, &addr);
			compare_match(t, family, &addr);
		}
		if (step % 500 == 499)
			expect_walk(test, t);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, t->wrong, 0);
	levee_list_free(t->list);
}

/* All prefixes of one address, and its neighbours at each length. */
static void nest_all(struct kunit *test, struct list_test *t, u8 family)
{
	struct levee_prefix prefix = { .family = family };
	union levee_addr full, near;
	int len;

	addr_random(t, family, &full);
	for (len = 0; len <= levee_family_bits(family); len++) {
		prefix.addr = full;
		prefix.len = len;
		levee_prefix_mask(&prefix.addr, family, len);
		t->entry[t->count].prefix = prefix;
		t->entry[t->count++].until_ns = 0;
		list_put(test, t->list, &prefix, 0);
		compare_match(t, family, &full);
	}
	for (len = levee_family_bits(family); len >= 0; len--) {
		near = full;
		if (len)
			((u8 *)&near)[(len - 1) / 8] ^= 0x80 >> (len - 1) % 8;
		compare_match(t, family, &near);
		KUNIT_EXPECT_TRUE(test, levee_list_del(t->list, &t->entry[--t->count].prefix));
		compare_match(t, family, &full);
	}
}

static void list_lengths(struct kunit *test)
{
	struct list_test *t = list_test_new(test);

	nest_all(test, t, NFPROTO_IPV4);
	nest_all(test, t, NFPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, t->list->count, 0);
	KUNIT_EXPECT_EQ(test, t->wrong, 0);
	levee_list_free(t->list);
}

static void expire_all(struct list_test *t, u64 now_ns)
{
	while (levee_list_expire(t->list, now_ns, 7))
		cond_resched();
}

/* Entry I of 300 expires at I + 1, but for those that never do. */
static void list_expiry(struct kunit *test)
{
	struct levee_prefix prefix = { .family = NFPROTO_IPV4, .len = 32 };
	struct list_test *t = list_test_new(test);
	u32 i;

	for (i = 0; i < 300; i++) {
		prefix.addr.ip = htonl(i);
		list_put(test, t->list, &prefix, i % 3 ? i + 1 : 0);
	}
	KUNIT_EXPECT_EQ(test, t->list->timed, 200);
	KUNIT_EXPECT_EQ(test, t->list->next_expiry_ns, 2);
	expire_all(t, 1);
	KUNIT_EXPECT_EQ(test, t->list->count, 300);
	expire_all(t, 150);
	KUNIT_EXPECT_EQ(test, t->list->count, 200);
	KUNIT_EXPECT_EQ(test, t->list->next_expiry_ns, 152);
	/* Behind the search that has begun: it must not be forgotten. */
	KUNIT_EXPECT_TRUE(test, levee_list_expire(t->list, 155, 7));
	for (i = 1000; i < 1100; i++) {
		prefix.addr.ip = htonl(i);
		list_put(test, t->list, &prefix, 160);
	}
	expire_all(t, 155);
	KUNIT_EXPECT_LE(test, t->list->next_expiry_ns, 157);
	expire_all(t, 160);
	expire_all(t, 1000);
	KUNIT_EXPECT_EQ(test, t->list->count, 100);
	KUNIT_EXPECT_EQ(test, t->list->timed, 0);
	levee_list_free(t->list);
}

/* Memory is given back, and what is reckoned is what there is. */
static void list_sizes(struct kunit *test)
{
	struct levee_prefix prefix = { .family = NFPROTO_IPV4, .len = 32 };
	struct list_test *t = list_test_new(test);
	u64 empty = levee_list_bytes(t->list), full;
	u32 i;

	for (i = 0; i < 20000; i++) {
		prefix.addr.ip = htonl(i);
		list_put(test, t->list, &prefix, 0);
	}
	full = levee_list_bytes(t->list);
	KUNIT_EXPECT_GT(test, full, empty + 20000 * (32 + 8 + 4));
	KUNIT_EXPECT_LT(test, full, empty + 20000 * (32 + 16 + 8));
	for (i = 0; i < 20000; i++) {
		prefix.addr.ip = htonl(i);
		KUNIT_EXPECT_TRUE(test, levee_list_del(t->list, &prefix));
		KUNIT_EXPECT_EQ(test, levee_list_reserve(t->list, 0), 0);
	}
	KUNIT_EXPECT_EQ(test, levee_list_bytes(t->list), empty);
	levee_list_free(t->list);
}

#define STABLE		64
#define RACE_STEPS	3000

struct list_race {
	struct list_test *t;
	bool stop;
	atomic_t looked;
	atomic_t missed;
};

static void prefix_stable(struct levee_prefix *prefix, u32 i)
{
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = i % 2 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	prefix->len = 32;
	prefix->addr.ip = htonl(0xc6330000 + i);
}

/* What is in the list all the time must always be found. */
static void race_read(void *arg, int index)
{
	struct list_race *race = arg;
	struct levee_prefix prefix;
	u32 i = index;

	while (!READ_ONCE(race->stop)) {
		prefix_stable(&prefix, i++ % STABLE);
		rcu_read_lock();
		if (!levee_list_match(race->t->list, prefix.family,
				      &prefix.addr))
			atomic_inc(&race->missed);
		rcu_read_unlock();
		atomic_inc(&race->looked);
		cond_resched();
	}
}

static void reap(struct levee_list *list)
{
	struct levee_list_entry *dead[2];

	if (!levee_list_take_dead(list, dead))
		return;
	synchronize_rcu();
	levee_list_free_dead(dead);
}

/* Others come and go in waves, so the table grows and shrinks meanwhile. */
static void race_write(struct kunit *test, struct list_test *t)
{
	struct levee_prefix prefix;
	int step;

	for (step = 0; step < RACE_STEPS; step++) {
		if (step / 500 % 2)
			del_random(test, t);
		else
			add_random(test, t);
		prefix_stable(&prefix, step % STABLE);
		list_put(test, t->list, &prefix, step % 5 ? 0 : FUTURE_NS);
		if (step % 100 == 99)
			reap(t->list);
		cond_resched();
	}
}

static void list_readers(struct kunit *test)
{
	struct list_test *t = list_test_new(test);
	struct list_race state = { .t = t };
	struct levee_prefix prefix;
	struct race race;
	u32 i;

	for (i = 0; i < STABLE; i++) {
		prefix_stable(&prefix, i);
		list_put(test, t->list, &prefix, 0);
	}
	t->list->live = true;
	race_begin(test, &race, 2, race_read, &state);
	race_write(test, t);
	WRITE_ONCE(state.stop, true);
	race_end(&race);
	KUNIT_EXPECT_GT(test, atomic_read(&state.looked), RACE_STEPS / 100);
	KUNIT_EXPECT_EQ(test, atomic_read(&state.missed), 0);
	reap(t->list);
	levee_list_free(t->list);
}

static struct kunit_case list_cases[] = {
	KUNIT_CASE(list_model),
	KUNIT_CASE(list_lengths),
	KUNIT_CASE(list_expiry),
	KUNIT_CASE(list_sizes),
	KUNIT_CASE(list_readers),
	{}
};

static struct kunit_suite list_suite = {
	.name = "levee-list",
	.test_cases = list_cases,
};

kunit_test_suite(list_suite);
