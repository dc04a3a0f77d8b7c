// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-solicited: which questions are known, to whom, for how long;
 * who has connections; which ports attacks are reflected from; and by which
 * device answers leave.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/time64.h>
#include <net/tcp.h>

#include "map.h"
#include "packet.h"
#include "path.h"
#include "reflector.h"
#include "solicited.h"

#define START	(100 * NSEC_PER_SEC)
#define ASKED	((u64)LEVEE_ASKED_S * NSEC_PER_SEC)
#define MET	((u64)LEVEE_MET_S * NSEC_PER_SEC)
#define HALF	((u64)LEVEE_MET_HALF_S * NSEC_PER_SEC)
#define SLOTS	1024

#define SYN	TCPHDR_SYN
#define RST	TCPHDR_RST
#define ACK	TCPHDR_ACK
#define FIN	TCPHDR_FIN

static const siphash_key_t key = { { 0x1ee4ee, 0x50111c17ed } };

/* What is known, and what of it is there, in a test. */
struct scene {
	struct levee_solicited sol;
	struct levee_reflectors *reflectors;
};

static int scene_init(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, scene);
	test->priv = scene;
	levee_solicited_init(&scene->sol);
	RCU_INIT_POINTER(scene->sol.asked, levee_map_alloc(SLOTS));
	RCU_INIT_POINTER(scene->sol.met, levee_map_alloc(SLOTS));
	scene->reflectors = levee_reflectors_builtin();
	atomic64_set(&scene->sol.asked_from_ns, START);
	atomic64_set(&scene->sol.met_from_ns, START);
	return rcu_access_pointer(scene->sol.asked) &&
	       rcu_access_pointer(scene->sol.met) && scene->reflectors ?
	       0 : -ENOMEM;
}

static void scene_exit(struct kunit *test)
{
	struct scene *scene = test->priv;

	levee_map_free(rcu_dereference_protected(scene->sol.asked, true));
	levee_map_free(rcu_dereference_protected(scene->sol.met, true));
	levee_reflectors_free(scene->reflectors);
}

/* Addresses for "us" and for peer number @host, of either family. */
static union levee_addr addr_of(bool v6, u32 host)
{
	union levee_addr addr = {};

	if (v6) {
		addr.ip6.s6_addr32[0] = htonl(0x20010db8);
		addr.ip6.s6_addr32[1] = htonl(host);
		addr.ip6.s6_addr32[3] = htonl(host);
	} else {
		addr.ip = htonl(0xc6120000 + host);
	}
	return addr;
}

static struct levee_packet packet(bool v6, bool out, u32 host, u8 proto)
{
	struct levee_packet pkt = {
		.saddr = addr_of(v6, out ? 0 : host),
		.daddr = addr_of(v6, out ? host : 0),
		.family = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.proto = proto,
		.class = LEVEE_CLASS_OTHER,
	};

	return pkt;
}

static bool udp_out(struct scene *scene, bool v6, u32 host, u16 here, u16 there,
		    u64 now_ns)
{
	struct levee_packet pkt = packet(v6, true, host, IPPROTO_UDP);
	bool noted;

	pkt.sport = htons(here);
	pkt.dport = htons(there);
	rcu_read_lock();
	noted = levee_solicited_note(&scene->sol, &key, scene->reflectors, &pkt,
				     now_ns);
	rcu_read_unlock();
	return noted;
}

static bool udp_unasked(struct scene *scene, bool v6, u32 host, u16 port,
			u64 now_ns)
{
	struct levee_packet pkt = packet(v6, false, host, IPPROTO_UDP);
	bool unasked;

	pkt.sport = htons(port);
	pkt.answer = LEVEE_ANSWER_UDP;
	rcu_read_lock();
	unasked = levee_solicited_unasked(&scene->sol, &key, scene->reflectors,
					  &pkt, now_ns);
	rcu_read_unlock();
	return unasked;
}

static bool frag_asked(struct scene *scene, bool v6, u32 host, u64 now_ns)
{
	struct levee_packet pkt = packet(v6, false, host, IPPROTO_UDP);
	bool asked;

	pkt.answer = LEVEE_ANSWER_FRAG;
	rcu_read_lock();
	asked = levee_solicited_asked(&scene->sol, &key, &pkt, now_ns);
	rcu_read_unlock();
	return asked;
}

static void flags_out(struct scene *scene, bool v6, u32 host, u8 proto,
		      u8 flags, u64 now_ns)
{
	struct levee_packet pkt = packet(v6, true, host, proto);

	pkt.flags = flags;
	rcu_read_lock();
	levee_solicited_note(&scene->sol, &key, scene->reflectors, &pkt, now_ns);
	rcu_read_unlock();
}

static bool unasked(struct scene *scene, bool v6, u32 host, u8 proto,
		    enum levee_answer answer, u64 now_ns)
{
	struct levee_packet pkt = packet(v6, false, host, proto);
	bool is;

	pkt.answer = answer;
	rcu_read_lock();
	is = levee_solicited_unasked(&scene->sol, &key, scene->reflectors, &pkt,
				     now_ns);
	rcu_read_unlock();
	return is;
}

static bool stray(struct scene *scene, bool v6, u32 host, u64 now_ns)
{
	struct levee_packet pkt = packet(v6, false, host, IPPROTO_TCP);
	bool is;

	pkt.answer = LEVEE_ANSWER_TCP;
	rcu_read_lock();
	is = levee_solicited_stray(&scene->sol, &key, &pkt, now_ns);
	rcu_read_unlock();
	return is;
}

/* Fails when an answer is taken for another one, or is asked for too long. */
static void solicited_udp(struct kunit *test)
{
	struct scene *scene = test->priv;
	int v6;

	for (v6 = 0; v6 <= 1; v6++) {
		KUNIT_EXPECT_TRUE(test, udp_unasked(scene, v6, 1, 53, START));
		KUNIT_EXPECT_TRUE(test, udp_out(scene, v6, 1, 40000, 53, START));
		KUNIT_EXPECT_FALSE(test, udp_unasked(scene, v6, 1, 53, START));
		KUNIT_EXPECT_TRUE(test, udp_unasked(scene, v6, 1, 123, START));
		KUNIT_EXPECT_TRUE(test, udp_unasked(scene, v6, 2, 53, START));
		KUNIT_EXPECT_TRUE(test, frag_asked(scene, v6, 1, START));
		KUNIT_EXPECT_FALSE(test, frag_asked(scene, v6, 2, START));
		KUNIT_EXPECT_FALSE(test, udp_unasked(scene, v6, 1, 53,
						     START + ASKED - 1));
		KUNIT_EXPECT_TRUE(test, udp_unasked(scene, v6, 1, 53,
						    START + ASKED));
		KUNIT_EXPECT_FALSE(test, frag_asked(scene, v6, 1,
						    START + ASKED));
	}
}

/* Fails when each question is written, or none in time. */
static void solicited_refresh(struct kunit *test)
{
	struct scene *scene = test->priv;

	KUNIT_EXPECT_TRUE(test, udp_out(scene, false, 1, 40000, 53, START));
	KUNIT_EXPECT_FALSE(test, udp_out(scene, false, 1, 40001, 53,
					 START + ASKED / 2 - 1));
	KUNIT_EXPECT_TRUE(test, udp_out(scene, false, 1, 40002, 53,
					START + ASKED / 2));
	KUNIT_EXPECT_FALSE(test, udp_unasked(scene, false, 1, 53,
					     START + ASKED / 2 + ASKED - 1));
}

/* Fails when what a service of ours answers passes for a question. */
static void solicited_questions(struct kunit *test)
{
	static const struct {
		u16 here, there;
		bool port, frag;
	} cases[] = {
		{ 40000, 53, true, true },	/* client of DNS */
		{ 53, 40000, false, false },	/* our DNS server answers */
		{ 53, 53, false, false },	/* or whoever made it so */
		{ 123, 123, true, true },	/* a clock asks another */
		{ 53, 19, false, false },	/* ours, asked in its name */
		{ 123, 123, true, true },	/* NTP among servers */
		{ 443, 50000, false, false },	/* our HTTP/3 server answers */
		{ 50000, 443, false, true },	/* client of HTTP/3 */
		{ 51820, 51820, false, true },	/* a tunnel */
	};
	struct scene *scene = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 host = 10 + i;

		udp_out(scene, false, host, cases[i].here, cases[i].there,
			START);
		if (levee_reflectors_has(scene->reflectors, cases[i].there))
			KUNIT_EXPECT_EQ_MSG(test, cases[i].port,
					    !udp_unasked(scene, false, host,
							 cases[i].there, START),
					    "%u to %u", cases[i].here,
					    cases[i].there);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].frag,
				    frag_asked(scene, false, host, START),
				    "%u to %u", cases[i].here, cases[i].there);
	}
}

static void solicited_syn_and_echo(struct kunit *test)
{
	struct scene *scene = test->priv;
	int v6;

	for (v6 = 0; v6 <= 1; v6++) {
		u8 icmp = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

		flags_out(scene, v6, 1, IPPROTO_TCP, SYN, START);
		flags_out(scene, v6, 2, IPPROTO_TCP, SYN | ACK, START);
		flags_out(scene, v6, 3, IPPROTO_TCP, ACK, START);
		flags_out(scene, v6, 4, icmp, v6 ? ICMPV6_ECHO_REQUEST :
						   ICMP_ECHO, START);
		flags_out(scene, v6, 5, icmp, v6 ? ICMPV6_ECHO_REPLY :
						   ICMP_ECHOREPLY, START);
		KUNIT_EXPECT_FALSE(test, unasked(scene, v6, 1, IPPROTO_TCP,
						 LEVEE_ANSWER_SYNACK, START));
		KUNIT_EXPECT_TRUE(test, unasked(scene, v6, 2, IPPROTO_TCP,
						LEVEE_ANSWER_SYNACK, START));
		KUNIT_EXPECT_TRUE(test, unasked(scene, v6, 3, IPPROTO_TCP,
						LEVEE_ANSWER_SYNACK, START));
		KUNIT_EXPECT_FALSE(test, unasked(scene, v6, 4, icmp,
						 LEVEE_ANSWER_ECHO, START));
		KUNIT_EXPECT_TRUE(test, unasked(scene, v6, 5, icmp,
						LEVEE_ANSWER_ECHO, START));
		KUNIT_EXPECT_TRUE(test, unasked(scene, v6, 1, icmp,
						LEVEE_ANSWER_ECHO, START));
		KUNIT_EXPECT_TRUE(test, frag_asked(scene, v6, 4, START));
		KUNIT_EXPECT_FALSE(test, frag_asked(scene, v6, 5, START));
	}
}

/* Fails when who has a connection passes for stray, or a flood does not. */
static void solicited_connections(struct kunit *test)
{
	static const struct {
		u8 flags;
		u64 life;
	} cases[] = {
		{ SYN, ASKED },		/* of our own */
		{ SYN | ACK, HALF },
		{ ACK, MET },
		{ ACK | FIN, MET },
		{ RST, 0 },
		{ RST | ACK, 0 },
	};
	struct scene *scene = test->priv;
	int i, v6;

	for (v6 = 0; v6 <= 1; v6++) {
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			flags_out(scene, v6, i, IPPROTO_TCP, cases[i].flags,
				  START);
			KUNIT_EXPECT_EQ(test, !cases[i].life,
					stray(scene, v6, i, START));
			KUNIT_EXPECT_TRUE(test, stray(scene, v6, i, START +
						      cases[i].life));
			if (cases[i].life)
				KUNIT_EXPECT_FALSE(test, stray(scene, v6, i,
							       START + cases[i].life - 1));
		}
	}
	/* A SYN/ACK later takes nothing away. */
	flags_out(scene, false, 2, IPPROTO_TCP, SYN | ACK, START + HALF);
	KUNIT_EXPECT_FALSE(test, stray(scene, false, 2, START + MET - 1));
}

/* Nothing is held against anybody before it is known. */
static void solicited_warmup(struct kunit *test)
{
	struct scene *scene = test->priv;
	u16 ports[] = { 53, 19132 };
	struct levee_reflectors *more = levee_reflectors_new(ports, 2);

	KUNIT_ASSERT_NOT_NULL(test, more);
	KUNIT_EXPECT_FALSE(test, udp_unasked(scene, false, 1, 53, START - 1));
	KUNIT_EXPECT_FALSE(test, stray(scene, false, 1, START - 1));
	levee_reflectors_follow(more, scene->reflectors, START + 1000);
	levee_reflectors_free(scene->reflectors);
	scene->reflectors = more;
	KUNIT_EXPECT_TRUE(test, udp_unasked(scene, false, 1, 53, START));
	KUNIT_EXPECT_FALSE(test, udp_unasked(scene, false, 1, 19132,
					     START + 999));
	KUNIT_EXPECT_TRUE(test, udp_unasked(scene, false, 1, 19132,
					    START + 1000));
	atomic64_set(&scene->sol.asked_from_ns, LEVEE_SOLICITED_NEVER);
	atomic64_set(&scene->sol.met_from_ns, LEVEE_SOLICITED_NEVER);
	KUNIT_EXPECT_FALSE(test, udp_unasked(scene, false, 1, 53, START));
	KUNIT_EXPECT_FALSE(test, stray(scene, false, 1, START));
}

/*
 * A flood of forged SYNs, each of which is answered: who has a connection keeps
 * it, who gets one gets room, and nobody is held for stray of whom nobody can
 * tell.
 */
static void solicited_full(struct kunit *test)
{
	struct scene *scene = test->priv;
	u32 host, strays = 0;

	for (host = 0; host < SLOTS / 4; host++)
		flags_out(scene, false, host, IPPROTO_TCP, ACK, START);
	for (; host < 16 * SLOTS; host++)
		flags_out(scene, false, host, IPPROTO_TCP, SYN | ACK, START);
	for (; host < 16 * SLOTS + SLOTS / 4; host++)
		flags_out(scene, false, host, IPPROTO_TCP, ACK, START);
	for (host = 0; host < SLOTS / 4; host++) {
		strays += stray(scene, false, host, START);
		strays += stray(scene, false, 16 * SLOTS + host, START);
	}
	KUNIT_EXPECT_EQ(test, strays, 0);
	KUNIT_EXPECT_GT(test, atomic64_read(&scene->sol.met_missed), 0);
	/* Once the half-open ones are over, those with connections are left. */
	for (host = 0; host < SLOTS / 4; host++) {
		strays += stray(scene, false, host, START + HALF);
		strays += stray(scene, false, 16 * SLOTS + host, START + HALF);
	}
	KUNIT_EXPECT_EQ(test, strays, 0);
}

/* Fails when the list of services loses one, or takes in all. */
static void solicited_ports(struct kunit *test)
{
	static const u16 yes[] = {
		17, 19, 53, 69, 111, 123, 137, 161, 177, 389, 427, 500, 520,
		623, 1434, 1604, 1900, 3283, 3389, 3478, 3702, 4500, 5060, 5093,
		5351, 5353, 5683, 6881, 10001, 10074, 11211, 17185, 20800,
		27015, 27960, 30718, 32410, 32414, 33848, 37810, 47808,
	};
	struct scene *scene = test->priv;
	u32 port, n = 0;

	for (port = 0; port < 65536; port++) {
		bool is = n < ARRAY_SIZE(yes) && port == yes[n];

		KUNIT_EXPECT_EQ(test, is,
				levee_reflectors_has(scene->reflectors, port));
		n += is;
	}
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(yes));
	KUNIT_EXPECT_TRUE(test, scene->reflectors->builtin);
}

/* Fails when a judgement takes too little, or is not taken back. */
static void solicited_path(struct kunit *test)
{
	struct levee_path_state path = {};

	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 0, 0), LEVEE_PATH_UNSEEN);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 63, 0), LEVEE_PATH_UNSEEN);
	path.now = LEVEE_PATH_HERE;
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 63, 1), LEVEE_PATH_HERE);
	/* One answer to 64 SYNs is enough to stay, none, or one to 65, is not. */
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 64, 1), LEVEE_PATH_HERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 129, 2),
			LEVEE_PATH_ELSEWHERE);
	path = (struct levee_path_state){ .now = LEVEE_PATH_HERE };
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 128, 0),
			LEVEE_PATH_ELSEWHERE);
	/* 31 are not enough to come back, 32 are; SYNs or not. */
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 192, 31),
			LEVEE_PATH_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 256, 63), LEVEE_PATH_HERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 320, 63),
			LEVEE_PATH_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 320, 126),
			LEVEE_PATH_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 320, 127),
			LEVEE_PATH_HERE);
	/* Counters that were set to zero say nothing. */
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 0, 0), LEVEE_PATH_HERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 63, 0), LEVEE_PATH_HERE);
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 64, 0),
			LEVEE_PATH_ELSEWHERE);
	/* From the beginning. */
	path = (struct levee_path_state){};
	KUNIT_EXPECT_EQ(test, levee_path_judge(&path, 64, 0),
			LEVEE_PATH_ELSEWHERE);
}

static struct kunit_case solicited_cases[] = {
	KUNIT_CASE(solicited_udp),
	KUNIT_CASE(solicited_refresh),
	KUNIT_CASE(solicited_questions),
	KUNIT_CASE(solicited_syn_and_echo),
	KUNIT_CASE(solicited_connections),
	KUNIT_CASE(solicited_warmup),
	KUNIT_CASE(solicited_full),
	KUNIT_CASE(solicited_ports),
	KUNIT_CASE(solicited_path),
	{}
};

static struct kunit_suite solicited_suite = {
	.name = "levee-solicited",
	.init = scene_init,
	.exit = scene_exit,
	.test_cases = solicited_cases,
};

kunit_test_suite(solicited_suite);
