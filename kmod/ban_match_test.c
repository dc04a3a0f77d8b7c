// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-ban-match: what is shown of an address is the ban that its
 * packets meet.
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/timekeeping.h>

#include "ban.h"

static const siphash_key_t match_key = { { 0x1ee4ee, 0x3a7c4 } };

static struct levee_prefix prefix4(u32 host, u8 len)
{
	struct levee_prefix prefix = { .family = NFPROTO_IPV4, .len = len };

	prefix.addr.ip = cpu_to_be32(0xc6120000 + host);
	return prefix;
}

static void set(struct kunit *test, struct levee_bans *bans,
		const struct levee_prefix *prefix, bool would)
{
	struct levee_ban_info info = {
		.prefix = *prefix,
		.since_ns = ktime_get_ns(),
		.until_ns = LEVEE_BAN_FOREVER,
		.would = would,
	};

	KUNIT_ASSERT_EQ(test, levee_bans_set(bans, &info), 0);
}

static int keep_ban(const struct levee_ban_info *info, void *arg)
{
	*(struct levee_ban_info *)arg = *info;
	return 1;
}

static void ban_match(struct kunit *test)
{
	struct levee_prefix net = prefix4(0, 24), host = prefix4(7, 32);
	struct levee_prefix other = prefix4(256, 32);
	struct levee_bans *bans = levee_bans_alloc(100, &match_key);
	struct levee_ban_info info;

	KUNIT_ASSERT_NOT_NULL(test, bans);
	set(test, bans, &net, false);
	set(test, bans, &host, true);
	KUNIT_EXPECT_EQ(test, levee_bans_match(bans, &host, false, keep_ban,
					       &info), 1);
	KUNIT_EXPECT_EQ(test, info.prefix.len, 24);
	KUNIT_EXPECT_EQ(test, levee_bans_match(bans, &host, true, keep_ban,
					       &info), 1);
	KUNIT_EXPECT_EQ(test, info.prefix.len, 32);
	KUNIT_EXPECT_EQ(test, levee_bans_match(bans, &other, false, keep_ban,
					       &info), 0);
	levee_bans_free(bans);
}

static struct kunit_case ban_match_cases[] = {
	KUNIT_CASE(ban_match),
	{}
};

static struct kunit_suite ban_match_suite = {
	.name = "levee-ban-match",
	.test_cases = ban_match_cases,
};

kunit_test_suite(ban_match_suite);
