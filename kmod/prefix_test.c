// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-prefix: the trie against a list that is searched whole.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>

#include "prefix.h"
#include "race.h"

#define PREFIXES	600
#define LOOKUPS		4000

struct prefix_test {
	struct rnd_state rnd;
	struct levee_prefix_trie trie;
	struct levee_prefix list[PREFIXES];
	u32 count;
};

static u8 bits_of(u8 family)
{
	return family == NFPROTO_IPV4 ? 32 : 128;
}

static void addr_random(struct prefix_test *t, u8 family,
			union levee_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	prandom_bytes_state(&t->rnd, addr, bits_of(family) / 8);
}

/* Slow, and nothing in common with the trie: compares bit by bit. */
static bool model_matches(const struct levee_prefix *prefix, u8 family,
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

static struct levee_prefix *model_lookup(struct prefix_test *t, u8 family,
					 const union levee_addr *addr)
{
	struct levee_prefix *best = NULL;
	u32 i;

	for (i = 0; i < t->count; i++)
		if (model_matches(&t->list[i], family, addr) &&
		    (!best || t->list[i].len > best->len))
			best = &t->list[i];
	return best;
}

static bool model_has(struct prefix_test *t, const struct levee_prefix *prefix)
{
	u32 i;

	for (i = 0; i < t->count; i++)
		if (!memcmp(&t->list[i], prefix, sizeof(*prefix)))
			return true;
	return false;
}

static struct prefix_test *prefix_test_new(struct kunit *test)
{
	struct prefix_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	prandom_seed_state(&t->rnd, 20221123);
	return t;
}

/* Half of them share bits with one that is there, so that they nest. */
static void prefix_random(struct prefix_test *t, struct levee_prefix *prefix)
{
	u32 pick = prandom_u32_state(&t->rnd);

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = pick & 1 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	addr_random(t, prefix->family, &prefix->addr);
	if (t->count && pick & 2) {
		*prefix = t->list[(pick >> 8) % t->count];
		((u8 *)&prefix->addr)[(pick >> 4) % 4] ^= pick >> 24 & 3;
	}
	prefix->len = prandom_u32_state(&t->rnd) %
		      (bits_of(prefix->family) + 1);
	levee_prefix_mask(&prefix->addr, prefix->family, prefix->len);
}

static void prefix_fill(struct kunit *test, struct prefix_test *t)
{
	while (t->count < PREFIXES) {
		struct levee_prefix prefix;
		bool known;
		int err;

		prefix_random(t, &prefix);
		KUNIT_ASSERT_TRUE(test, levee_prefix_valid(&prefix));
		known = model_has(t, &prefix);
		t->list[t->count] = prefix;
		err = levee_prefix_insert(&t->trie, &prefix,
					  &t->list[t->count]);
		KUNIT_ASSERT_EQ(test, err, known ? -EEXIST : 0);
		if (!err)
			t->count++;
	}
	KUNIT_EXPECT_EQ(test, t->trie.count, t->count);
}

static void prefix_lookup(struct kunit *test)
{
	struct prefix_test *t = prefix_test_new(test);
	union levee_addr addr;
	int i;

	prefix_fill(test, t);
	rcu_read_lock();
	for (i = 0; i < LOOKUPS; i++) {
		const struct levee_prefix *near;
		u8 family = i & 1 ? NFPROTO_IPV4 : NFPROTO_IPV6;

		addr_random(t, family, &addr);
		near = &t->list[prandom_u32_state(&t->rnd) % t->count];
		if (i & 2 && near->family == family) {
			addr = near->addr;
			((u8 *)&addr)[i % 4] ^= i >> 8 & 1;
		}
		KUNIT_EXPECT_PTR_EQ(test,
				    levee_prefix_lookup(&t->trie, family,
							&addr),
				    (void *)model_lookup(t, family, &addr));
	}
	rcu_read_unlock();
	levee_prefix_destroy(&t->trie);
}

static void prefix_find(struct kunit *test)
{
	struct prefix_test *t = prefix_test_new(test);
	struct levee_prefix prefix;
	u32 i;

	prefix_fill(test, t);
	for (i = 0; i < t->count; i++)
		KUNIT_EXPECT_PTR_EQ(test,
				    levee_prefix_find(&t->trie, &t->list[i]),
				    (void *)&t->list[i]);
	for (i = 0; i < PREFIXES; i++) {
		prefix_random(t, &prefix);
		if (!model_has(t, &prefix))
			KUNIT_EXPECT_NULL(test, levee_prefix_find(&t->trie,
								  &prefix));
	}
	levee_prefix_destroy(&t->trie);
	KUNIT_EXPECT_EQ(test, t->trie.count, 0u);
	KUNIT_EXPECT_NULL(test, levee_prefix_find(&t->trie, &t->list[0]));
}

static void prefix_edges(struct kunit *test)
{
	struct levee_prefix_trie trie = {};
	struct levee_prefix all = { .family = NFPROTO_IPV4 };
	struct levee_prefix host = {
		.addr.ip = cpu_to_be32(0xffffffff),
		.family = NFPROTO_IPV4,
		.len = 32,
	};
	union levee_addr zero = {};
	int a, b;

	rcu_read_lock();
	KUNIT_EXPECT_NULL(test,
			  levee_prefix_lookup(&trie, NFPROTO_IPV4, &zero));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, levee_prefix_insert(&trie, &host, &a), 0);
	KUNIT_EXPECT_EQ(test, levee_prefix_insert(&trie, &all, &b), 0);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, levee_prefix_lookup(&trie, NFPROTO_IPV4,
						      &zero), (void *)&b);
	KUNIT_EXPECT_PTR_EQ(test, levee_prefix_lookup(&trie, NFPROTO_IPV4,
						      &host.addr), (void *)&a);
	KUNIT_EXPECT_NULL(test,
			  levee_prefix_lookup(&trie, NFPROTO_IPV6, &zero));
	KUNIT_EXPECT_NULL(test, levee_prefix_lookup(&trie, 0, &zero));
	rcu_read_unlock();
	levee_prefix_destroy(&trie);

	host.len = 31;
	KUNIT_EXPECT_FALSE(test, levee_prefix_valid(&host));
	KUNIT_EXPECT_EQ(test, levee_prefix_insert(&trie, &host, &a), -EINVAL);
	host.len = 33;
	KUNIT_EXPECT_FALSE(test, levee_prefix_valid(&host));
	all.family = 0;
	KUNIT_EXPECT_FALSE(test, levee_prefix_valid(&all));
}

/* The next order of numbers, as a dictionary has them; false after the last. */
static bool order_next(u8 *order, int n)
{
	int i, j;

	for (i = n - 2; i >= 0 && order[i] > order[i + 1]; i--)
		;
	if (i < 0)
		return false;
	for (j = n - 1; order[j] < order[i]; j--)
		;
	swap(order[i], order[j]);
	for (i++, j = n - 1; i < j; i++, j--)
		swap(order[i], order[j]);
	return true;
}

/* Whether a lookup finds what the model does. */
static bool lookup_agrees(struct prefix_test *t, u8 family,
			  const union levee_addr *addr)
{
	const struct levee_prefix *found;

	rcu_read_lock();
	found = levee_prefix_lookup(&t->trie, family, addr);
	rcu_read_unlock();
	return found == model_lookup(t, family, addr);
}

/* Inserts all in the given order, and looks up all that differ in one bit. */
static u32 order_try(struct prefix_test *t, const u8 *order)
{
	const struct levee_prefix *host = &t->list[4];
	u32 i, wrong = 0;

	for (i = 0; i < t->count; i++) {
		struct levee_prefix *prefix = &t->list[order[i]];

		wrong += !!levee_prefix_insert(&t->trie, prefix, prefix);
	}
	for (i = 0; i < bits_of(host->family); i++) {
		union levee_addr addr = host->addr;

		((u8 *)&addr)[i / 8] ^= 0x80 >> i % 8;
		wrong += !lookup_agrees(t, host->family, &addr);
	}
	wrong += !lookup_agrees(t, host->family, &host->addr);
	levee_prefix_destroy(&t->trie);
	cond_resched();
	return wrong;
}

/* All lengths that matter nested, and one beside them, in every order. */
static void prefix_orders(struct kunit *test)
{
	static const u8 lens[][6] = {
		{ 0, 1, 8, 31, 32, 8 }, { 0, 32, 64, 127, 128, 65 },
	};
	struct prefix_test *t = prefix_test_new(test);
	union levee_addr addr;
	u32 wrong = 0;
	int f;

	for (f = 0; f < 2; f++) {
		u8 family = f ? NFPROTO_IPV6 : NFPROTO_IPV4;
		u8 order[] = { 0, 1, 2, 3, 4, 5 };

		addr_random(t, family, &addr);
		for (t->count = 0; t->count < 6; t->count++) {
			struct levee_prefix *prefix = &t->list[t->count];

			memset(prefix, 0, sizeof(*prefix));
			prefix->addr = addr;
			prefix->family = family;
			prefix->len = lens[f][t->count];
			if (t->count == 5)
				prefix->addr.ip6.s6_addr[0] ^= 1;
			levee_prefix_mask(&prefix->addr, family, prefix->len);
		}
		do {
			wrong += order_try(t, order);
		} while (order_next(order, 6));
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
}

struct prefix_reader {
	struct prefix_test *t;
	bool stop;
	u32 rounds, wrong;
};

/* What an address finds matches it, and never gets shorter. */
static void prefix_read_run(void *arg, int index)
{
	struct prefix_reader *reader = arg;
	struct prefix_test *t = reader->t;
	u8 last[16] = {};
	u32 i = 0;

	while (!READ_ONCE(reader->stop)) {
		const struct levee_prefix *near = &t->list[i * 37];
		const struct levee_prefix *found;

		rcu_read_lock();
		found = levee_prefix_lookup(&t->trie, near->family,
					    &near->addr);
		rcu_read_unlock();
		if (found && !model_matches(found, near->family, &near->addr))
			reader->wrong++;
		if ((found ? found->len : 0) < last[i])
			reader->wrong++;
		last[i] = found ? found->len : 0;
		if (++i == ARRAY_SIZE(last)) {
			WRITE_ONCE(reader->rounds, reader->rounds + 1);
			i = 0;
			cond_resched();
		}
	}
}

/* Readers are right while prefixes are inserted above, below and beside. */
static void prefix_race(struct kunit *test)
{
	struct prefix_test *t = prefix_test_new(test);
	struct prefix_reader reader = { .t = t };
	struct race race;
	u32 i;

	/* The same prefixes again, this time under the reader's eyes. */
	prefix_fill(test, t);
	levee_prefix_destroy(&t->trie);
	race_begin(test, &race, 1, prefix_read_run, &reader);
	for (i = 0; i < t->count; i++) {
		struct levee_prefix *prefix = &t->list[i];

		KUNIT_EXPECT_EQ(test, levee_prefix_insert(&t->trie, prefix,
							  prefix), 0);
		/* Neither runs away from the other. */
		while (i % 8 == 0 && atomic_read(&race.running) &&
		       READ_ONCE(reader.rounds) < i / 8)
			schedule();
	}
	WRITE_ONCE(reader.stop, true);
	race_end(&race);
	KUNIT_EXPECT_EQ(test, reader.wrong, 0u);
	levee_prefix_destroy(&t->trie);
}

static struct kunit_case prefix_cases[] = {
	KUNIT_CASE(prefix_lookup),
	KUNIT_CASE(prefix_find),
	KUNIT_CASE(prefix_edges),
	KUNIT_CASE(prefix_orders),
	KUNIT_CASE(prefix_race),
	{}
};

static struct kunit_suite prefix_suite = {
	.name = "levee-prefix",
	.test_cases = prefix_cases,
};

kunit_test_suites(&prefix_suite);
