// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-match: compiled policies against a list searched whole.
 */
#include <kunit/test.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "packet.h"
#include "ruleset.h"

#define ROUNDS		400
#define POLICIES	14
#define DSTS		3
#define PACKETS		300

struct model_policy {
	const struct levee_policy *policy;
	struct levee_prefix dst[DSTS];
	struct levee_service service;
	u32 dst_count;
};

struct match_test {
	struct kunit *test;
	struct rnd_state rnd;
	struct model_policy list[POLICIES];
	u32 count;
	u32 next_id;
	u32 conflicts;
	u32 found;
};

static u32 rnd(struct match_test *t, u32 n)
{
	return prandom_u32_state(&t->rnd) % n;
}

/* Prefixes that are often the same, or in one another. */
static void prefix_random(struct match_test *t, struct levee_prefix *prefix)
{
	static const u8 len4[] = { 0, 8, 24, 25, 31, 32 };
	static const u8 len6[] = { 0, 32, 64, 127, 128 };

	memset(prefix, 0, sizeof(*prefix));
	if (rnd(t, 3)) {
		prefix->family = NFPROTO_IPV4;
		prefix->addr.ip = htonl(0xcb007100 + rnd(t, 4) * 0x55);
		prefix->len = len4[rnd(t, ARRAY_SIZE(len4))];
	} else {
		prefix->family = NFPROTO_IPV6;
		prefix->addr.ip6.s6_addr32[0] = htonl(0x20010db8);
		prefix->addr.ip6.s6_addr32[3] = htonl(rnd(t, 3));
		prefix->len = len6[rnd(t, ARRAY_SIZE(len6))];
	}
	levee_prefix_mask(&prefix->addr, prefix->family, prefix->len);
}

static u8 proto_random(struct match_test *t)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, 0, 255
	};

	return protos[rnd(t, ARRAY_SIZE(protos))];
}

/* Ranges that are often in one another, and sometimes not. */
static void service_random(struct match_test *t, struct levee_service *service)
{
	u32 i, n = rnd(t, 4), width;

	do {
		memset(service, 0, sizeof(*service));
		for (i = 0; i < n; i++)
			service->proto[service->proto_count++] =
				proto_random(t);
		for (i = n ? rnd(t, 4) : 0; i; i--) {
			struct levee_ports *ports =
				&service->ports[service->ports_count++];

			width = 1 << rnd(t, 5);
			ports->first = 64 + rnd(t, 32 / width) * width;
			ports->last = ports->first + width - !!rnd(t, 3);
		}
		if (!rnd(t, 9) && n)
			service->ports[0] = (struct levee_ports){ 1, 65535 };
	} while (levee_service_check(service));
}

/* A range of protocols and ports as numbers; false if there is no such one. */
static bool model_span(const struct levee_service *service, u32 i, u32 *from,
		       u32 *to)
{
	u32 ports = service->ports_count;

	if (!service->proto_count) {
		*from = 0;
		*to = 256 * 65536 + 65535;
		return !i;
	}
	if (i >= service->proto_count * (ports ?: 1))
		return false;
	*from = *to = service->proto[i / (ports ?: 1)] * 65536;
	*from += ports ? service->ports[i % ports].first : 0;
	*to += ports ? service->ports[i % ports].last : 65535;
	return true;
}

static bool services_conflict(const struct levee_service *a,
			      const struct levee_service *b)
{
	u32 i, j, from, to, from2, to2;

	for (i = 0; model_span(a, i, &from, &to); i++) {
		for (j = 0; model_span(b, j, &from2, &to2); j++) {
			if (to < from2 || to2 < from)
				continue;
			if (from == from2 && to == to2)
				return true;
			if (!(from <= from2 && to2 <= to) &&
			    !(from2 <= from && to <= to2))
				return true;
		}
	}
	return false;
}

static bool dst_shared(const struct model_policy *a,
		       const struct model_policy *b)
{
	u32 i, j;

	for (i = 0; i < (a->dst_count ?: 2); i++) {
		for (j = 0; j < (b->dst_count ?: 2); j++) {
			struct levee_prefix p = { .family = i ? NFPROTO_IPV6 :
							    NFPROTO_IPV4 };
			struct levee_prefix q = { .family = j ? NFPROTO_IPV6 :
							    NFPROTO_IPV4 };

			if (a->dst_count)
				p = a->dst[i];
			if (b->dst_count)
				q = b->dst[j];
			if (!memcmp(&p, &q, sizeof(p)))
				return true;
		}
	}
	return false;
}

static bool model_conflicts(const struct match_test *t,
			    const struct model_policy *m)
{
	u32 i;

	for (i = 0; i < t->count; i++)
		if (dst_shared(&t->list[i], m) &&
		    services_conflict(&t->list[i].service, &m->service))
			return true;
	return false;
}

static void policy_random(struct match_test *t, struct model_policy *m)
{
	u32 i, j;

	memset(m, 0, sizeof(*m));
	service_random(t, &m->service);
	m->dst_count = rnd(t, DSTS + 1);
	if (!m->service.proto_count && !m->dst_count)
		m->dst_count = 1;
	for (i = 0; i < m->dst_count; i++) {
		prefix_random(t, &m->dst[i]);
		for (j = 0; j < i; j++)
			if (!memcmp(&m->dst[j], &m->dst[i], sizeof(m->dst[i])))
				break;
		if (j < i) {
			m->dst_count = i;
			break;
		}
	}
}

static void policy_insert(struct match_test *t, struct levee_ruleset *rules,
			  struct model_policy *m)
{
	struct levee_prefix *dst;
	struct levee_policy *policy;

	policy = levee_policy_add(rules, "x", &t->next_id, NULL);
	KUNIT_ASSERT_NOT_NULL(t->test, policy);
	dst = kmemdup(m->dst, sizeof(m->dst), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(t->test, dst);
	levee_policy_set_dst(rules, policy, dst, m->dst_count);
	KUNIT_ASSERT_EQ(t->test, levee_policy_set_service(policy, &m->service),
			0);
	m->policy = policy;
}

static bool prefix_holds(const struct levee_prefix *prefix,
			 const struct levee_packet *pkt)
{
	union levee_addr addr = pkt->daddr;

	if (prefix->family != pkt->family)
		return false;
	levee_prefix_mask(&addr, pkt->family, prefix->len);
	return !memcmp(&addr, &prefix->addr, sizeof(addr));
}

/* The longest prefix, then the narrowest range: slow, and as documented. */
static const struct levee_policy *model_find(const struct match_test *t,
					     const struct levee_packet *pkt)
{
	const struct levee_policy *best = NULL;
	u32 key = pkt->proto * 65536 + ntohs(pkt->dport);
	u32 i, j, from, to, best_width = 0;
	int len, best_len = -1;

	for (i = 0; i < t->count; i++) {
		const struct model_policy *m = &t->list[i];

		len = m->dst_count ? -1 : 0;
		for (j = 0; j < m->dst_count; j++)
			if (prefix_holds(&m->dst[j], pkt))
				len = max_t(int, len, m->dst[j].len);
		if (len < 0)
			continue;
		for (j = 0; model_span(&m->service, j, &from, &to); j++) {
			if (key < from || key > to || len < best_len ||
			    (len == best_len && to - from >= best_width))
				continue;
			best = m->policy;
			best_len = len;
			best_width = to - from;
		}
	}
	return best;
}

static void packet_random(struct match_test *t, struct levee_packet *pkt)
{
	struct levee_prefix prefix;

	prefix_random(t, &prefix);
	memset(pkt, 0, sizeof(*pkt));
	pkt->family = prefix.family;
	pkt->daddr = prefix.addr;
	pkt->proto = proto_random(t);
	if (rnd(t, 4))
		pkt->dport = htons(60 + rnd(t, 40));
}

static void match_round(struct match_test *t)
{
	struct levee_ruleset *rules;
	struct levee_packet pkt;
	bool conflict = false;
	u32 i, policies;

	t->next_id = 1;
	t->count = 0;
	rules = levee_ruleset_new(&t->next_id, 1000, NULL);
	KUNIT_ASSERT_NOT_NULL(t->test, rules);
	/* It has been compiled: nothing was in it. */
	for (policies = rnd(t, POLICIES); policies; policies--) {
		struct model_policy *m = &t->list[t->count];

		policy_random(t, m);
		if (model_conflicts(t, m)) {
			if (rnd(t, 8))
				continue;
			conflict = true;
		}
		policy_insert(t, rules, m);
		t->count++;
	}
	KUNIT_EXPECT_EQ(t->test, levee_ruleset_compile(rules, NULL),
			conflict ? -EEXIST : 0);
	KUNIT_EXPECT_EQ(t->test, !!rules->matches.conflict, conflict);
	t->conflicts += conflict;

	for (i = 0; !conflict && i < PACKETS; i++) {
		const struct levee_policy *policy;

		packet_random(t, &pkt);
		policy = model_find(t, &pkt);
		t->found += !!policy;
		rcu_read_lock();
		KUNIT_EXPECT_PTR_EQ(t->test, levee_ruleset_match(rules, &pkt),
				    policy ?: rules->fallback);
		rcu_read_unlock();
	}
	levee_ruleset_free(rules);
}

static void match_model(struct kunit *test)
{
	struct match_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	prandom_seed_state(&t->rnd, 20221123);
	for (i = 0; i < ROUNDS; i++)
		match_round(t);
	/* Neither case is missing. */
	KUNIT_EXPECT_GT(test, t->conflicts, ROUNDS / 20u);
	KUNIT_EXPECT_GT(test, t->found, ROUNDS * PACKETS / 4u);
}

/* Many policies for the same many prefixes are compiled once. */
static void match_shared(struct kunit *test)
{
	struct levee_service service = { .proto_count = 1, .ports_count = 1 };
	struct levee_choice *choice;
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	struct levee_prefix *dst;
	u32 i, p, id = 1, choices = 0;

	rules = levee_ruleset_new(&id, 100000, NULL);
	KUNIT_ASSERT_NOT_NULL(test, rules);
	for (p = 0; p < 20; p++) {
		policy = levee_policy_add(rules, "x", &id, NULL);
		dst = kvcalloc(1000, sizeof(*dst), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, policy);
		KUNIT_ASSERT_NOT_NULL(test, dst);
		for (i = 0; i < 1000; i++) {
			dst[i].family = NFPROTO_IPV4;
			dst[i].len = 32;
			dst[i].addr.ip = htonl(0xc6120000 + i);
		}
		levee_policy_set_dst(rules, policy, dst, 1000);
		service.proto[0] = IPPROTO_TCP;
		service.ports[0] = (struct levee_ports){ 100 + p, 100 + p };
		KUNIT_ASSERT_EQ(test, levee_policy_set_service(policy, &service),
				0);
	}
	KUNIT_EXPECT_EQ(test, levee_ruleset_compile(rules, NULL), 0);
	KUNIT_EXPECT_EQ(test, rules->dst.count, 1000u);
	for (choice = rules->matches.choices; choice; choice = choice->next)
		choices++;
	KUNIT_EXPECT_EQ(test, choices, 20u);
	levee_ruleset_free(rules);
}

/* No more policies for a prefix than are allowed. */
static void match_full(struct kunit *test)
{
	struct levee_service service = { .proto_count = 1, .ports_count = 1 };
	struct netlink_ext_ack extack = {};
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	u32 p, id = 1;

	rules = levee_ruleset_new(&id, 1, NULL);
	KUNIT_ASSERT_NOT_NULL(test, rules);
	for (p = 1; p <= LEVEE_CHOICE_MAX + 1; p++) {
		policy = levee_policy_add(rules, "x", &id, NULL);
		KUNIT_ASSERT_NOT_NULL(test, policy);
		service.proto[0] = IPPROTO_UDP;
		service.ports[0] = (struct levee_ports){ p, p };
		KUNIT_ASSERT_EQ(test, levee_policy_set_service(policy, &service),
				0);
	}
	KUNIT_EXPECT_EQ(test, levee_ruleset_compile(rules, &extack), -E2BIG);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "more than 512 policies for one destination prefix");
	KUNIT_ASSERT_NOT_NULL(test, rules->matches.conflict);
	KUNIT_EXPECT_EQ(test, rules->matches.conflict->len, 0);
	levee_ruleset_free(rules);
}

static void service_check(struct kunit *test)
{
	struct levee_service s = {
		.proto_count = 2,
		.proto = { IPPROTO_UDP, IPPROTO_TCP },
		.ports_count = 3,
		.ports = { { 443, 443 }, { 8000, 8100 }, { 80, 80 } },
	};
	const struct levee_ports *ports;

	KUNIT_EXPECT_EQ(test, levee_service_check(&s), 0);
	KUNIT_EXPECT_EQ(test, s.ports[0].first, 80u);
	KUNIT_EXPECT_EQ(test, s.ports[2].last, 8100u);
	KUNIT_EXPECT_TRUE(test, levee_service_has(&s, levee_service_key(IPPROTO_TCP, 8100),
						  &ports));
	KUNIT_EXPECT_PTR_EQ(test, ports, &s.ports[2]);
	KUNIT_EXPECT_FALSE(test, levee_service_has(&s, levee_service_key(IPPROTO_TCP, 8101),
						   &ports));
	KUNIT_EXPECT_FALSE(test, levee_service_has(&s, levee_service_key(IPPROTO_ICMP, 80),
						   &ports));
	s.ports[1] = (struct levee_ports){ 400, 8000 };
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), -EINVAL);
	s.ports_count = 1;
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), 0);
	s.proto[0] = IPPROTO_UDP;
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), -EEXIST);
	s.proto[1] = IPPROTO_ICMP;
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), -EPROTOTYPE);
	s.ports_count = 0;
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), 0);
	s.ports_count = 1;
	s.proto_count = 0;
	KUNIT_EXPECT_EQ(test, levee_service_check(&s), -EPROTOTYPE);
}

static struct kunit_case match_cases[] = {
	KUNIT_CASE(match_model),
	KUNIT_CASE(match_shared),
	KUNIT_CASE(match_full),
	KUNIT_CASE(service_check),
	{}
};

static struct kunit_suite match_suite = {
	.name = "levee-match",
	.test_cases = match_cases,
};

kunit_test_suites(&match_suite);
