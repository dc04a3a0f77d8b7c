/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For KUnit suites about offenders: sources that offend, and who has a record.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_OFFENDER_TEST_H
#define _LEVEE_OFFENDER_TEST_H

#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/time64.h>

#include "offender.h"
#include "race.h"

#define START	(10 * NSEC_PER_SEC)
/* One new record each ms is well within the budget of a CPU. */
#define STEP	NSEC_PER_MSEC

/* Even if all threads of a CPU try to make all records, that is in its budget. */
#define RACE_HOSTS	(64 / RACERS)

/* Fills the key, and returns its hash. */
static u64 offender_key_of(struct levee_offender_key *key, u32 host,
			   u32 policy_id)
{
	static const siphash_key_t secret = { { 0x1ee4ee, 0xf100d } };

	memset(key, 0, sizeof(*key));
	key->family = NFPROTO_IPV4;
	key->len = 32;
	key->addr.ip = cpu_to_be32(0xc6120000 + host);
	key->policy_id = policy_id;
	key->class = LEVEE_CLASS_UDP;
	return siphash(key, sizeof(*key), &secret);
}

static void offend(struct levee_offenders *off, u32 host, u32 policy_id,
		   u32 packets, u64 now_ns)
{
	struct levee_offender_key key;
	u64 hash;

	hash = offender_key_of(&key, host, policy_id);
	local_bh_disable();
	rcu_read_lock();
	levee_offender_over(off, &key, hash, LEVEE_REASON_LIMIT, true,
			    packets, 100 * packets, now_ns);
	rcu_read_unlock();
	local_bh_enable();
}

static void pass(struct levee_offenders *off, u32 host, u32 packets)
{
	struct levee_offender_key key;
	u64 hash;

	hash = offender_key_of(&key, host, 1);
	local_bh_disable();
	rcu_read_lock();
	levee_offender_passed(off, &key, hash, packets, 10 * packets);
	rcu_read_unlock();
	local_bh_enable();
}

static struct levee_offenders *offenders_new(struct kunit *test, u32 max)
{
	struct levee_offenders *off = levee_offenders_alloc(max);

	KUNIT_ASSERT_NOT_NULL(test, off);
	return off;
}

struct search {
	u32 host;
	int seen;
	struct levee_offender_info info;
};

static int search_show(const struct levee_offender_info *info, void *arg)
{
	struct search *search = arg;

	if (be32_to_cpu(info->prefix.addr.ip) != 0xc6120000 + search->host)
		return 0;
	search->seen++;
	search->info = *info;
	return 0;
}

static struct search find(struct levee_offenders *off, u32 host)
{
	struct search search = { .host = host };
	u64 cursor = 0;

	levee_offenders_walk(off, &cursor, search_show, &search);
	return search;
}

static int race_show(const struct levee_offender_info *info, void *arg)
{
	*(u64 *)arg += info->dropped.packets;
	return 0;
}

#define WALKED	500

struct walk {
	u8 seen[WALKED];
	int stop_after;
	int refuse;
};

static int walk_show(const struct levee_offender_info *info, void *arg)
{
	struct walk *walk = arg;

	/* Every third is refused once, as a message without room does. */
	if (walk->refuse++ % 3 == 2)
		return -1;
	walk->seen[be32_to_cpu(info->prefix.addr.ip) - 0xc6120000]++;
	return --walk->stop_after <= 0;
}

#endif /* _LEVEE_OFFENDER_TEST_H */
