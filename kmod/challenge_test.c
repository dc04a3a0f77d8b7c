// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-challenge: when a challenge begins and ends, which numbers
 * answer it, and the packet that carries it.
 */
#include <kunit/test.h>
#include <linux/bottom_half.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "answer.h"
#include "challenge.h"
#include "packet.h"
#include "proof.h"

#define START	(1000 * NSEC_PER_SEC)
#define MS	NSEC_PER_MSEC

#define ABOVE	20000
#define BELOW	10000

static const siphash_key_t test_key = { { 0x1ee4ee, 0xc4a11 } };

static struct levee_packet syn_of(u8 family, u8 host)
{
	struct levee_packet pkt = {
		.sport = htons(40000),
		.dport = htons(80),
		.seq = htonl(0x11223344),
		.family = family,
		.proto = IPPROTO_TCP,
		.class = LEVEE_CLASS_SYN,
		.flags = TCPHDR_SYN,
	};

	if (family == NFPROTO_IPV4) {
		pkt.saddr.ip = htonl(0xc6336400 + host);
		pkt.daddr.ip = htonl(0xcb00710a);
	} else {
		pkt.saddr.be[0] = cpu_to_be64(0x20010db800010000ull);
		pkt.saddr.be[1] = cpu_to_be64(host);
		pkt.daddr.be[0] = cpu_to_be64(0x20010db800020000ull);
		pkt.daddr.be[1] = cpu_to_be64(0x10);
	}
	return pkt;
}

static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };

/* ---- when it begins and ends ---- */

struct setting {
	struct levee_challenge *challenge;
	struct levee_challenge_rule rule;
	u64 now_ns;
};

/* Once more, too: nothing of before is left. */
static void setting_make(struct kunit *test, struct setting *s)
{
	levee_challenge_free(s->challenge);
	s->now_ns = START;
	KUNIT_ASSERT_EQ(test, 0,
			levee_challenge_rule_init(&s->rule, ABOVE, BELOW,
						  1000));
	s->challenge = levee_challenge_alloc();
	KUNIT_ASSERT_NOT_NULL(test, s->challenge);
}

/* SYNs at a rate, ten at a time; returns after how many ms it changes. */
static int send_until(struct setting *s, u32 pps, bool active, int ms)
{
	u64 step = 10 * NSEC_PER_SEC / pps, end = s->now_ns + ms * MS;
	u64 begin = s->now_ns;

	while (s->now_ns < end) {
		s->now_ns += step;
		levee_challenge_add(s->challenge, &s->rule, 10, s->now_ns);
		if (s->challenge->active == active)
			return (int)((s->now_ns - begin) / MS);
	}
	return -1;
}

static void begins(struct kunit *test)
{
	struct setting s = {};

	setting_make(test, &s);
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE, true, 3000));
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE / 20, true, 3000));
	/* Slowly more; at once much more. */
	KUNIT_EXPECT_LE(test, (unsigned int)send_until(&s, ABOVE * 11 / 10,
						       true, 3000), 200);
	setting_make(test, &s);
	KUNIT_EXPECT_LE(test, (unsigned int)send_until(&s, ABOVE * 2, true,
						       3000), 100);
	setting_make(test, &s);
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE / 2, true, 1000));
	KUNIT_EXPECT_LE(test, (unsigned int)send_until(&s, ABOVE * 20, true,
						       3000), 15);
	levee_challenge_free(s.challenge);
}

static void ends(struct kunit *test)
{
	struct levee_challenge_totals totals;
	struct setting s = {};
	int ms;

	setting_make(test, &s);
	KUNIT_ASSERT_GE(test, send_until(&s, ABOVE * 5, true, 1000), 0);
	levee_challenge_read(s.challenge, s.now_ns, &totals);
	KUNIT_EXPECT_EQ(test, s.now_ns, totals.since_ns);
	/* Between both, it stays as it is. */
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE * 3 / 4, false, 5000));
	levee_challenge_read(s.challenge, s.now_ns, &totals);
	KUNIT_EXPECT_NE(test, 0ull, totals.since_ns);
	/* A short pause is not its end. */
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, BELOW / 10, false, 800));
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE, false, 300));
	ms = send_until(&s, BELOW, false, 3000);
	KUNIT_EXPECT_GE(test, ms, 900);
	KUNIT_EXPECT_LE(test, ms, 1200);
	levee_challenge_read(s.challenge, s.now_ns, &totals);
	KUNIT_EXPECT_EQ(test, 0ull, totals.since_ns);
	/* And it does not begin again for less than what began it. */
	KUNIT_EXPECT_EQ(test, -1, send_until(&s, ABOVE, true, 3000));
	levee_challenge_free(s.challenge);
}

static void ends_in_silence(struct kunit *test)
{
	struct levee_challenge_totals totals;
	struct setting s = {};

	setting_make(test, &s);
	KUNIT_ASSERT_GE(test, send_until(&s, ABOVE * 5, true, 1000), 0);
	s.now_ns += 3600 * NSEC_PER_SEC;
	levee_challenge_read(s.challenge, s.now_ns, &totals);
	KUNIT_EXPECT_EQ(test, 0ull, totals.since_ns);
	/* The first SYN afterwards is not one of a flood. */
	levee_challenge_add(s.challenge, &s.rule, 1, s.now_ns);
	KUNIT_EXPECT_FALSE(test, s.challenge->active);
	levee_challenge_free(s.challenge);
}

static void counts_by_cpu(struct kunit *test)
{
	struct setting s = {};
	int i;

	setting_make(test, &s);
	local_bh_disable();
	for (i = 0; i < ABOVE && !levee_challenge_syn(s.challenge, &s.rule);
	     i++)
		;
	local_bh_enable();
	KUNIT_EXPECT_GT(test, i, ABOVE / 20);
	KUNIT_EXPECT_LT(test, i, ABOVE);
	levee_challenge_free(s.challenge);
}

static void rules(struct kunit *test)
{
	struct levee_challenge_rule rule;

	KUNIT_EXPECT_EQ(test, 0, levee_challenge_rule_init(&rule, 1, 1, 1));
	KUNIT_EXPECT_EQ(test, 1u, rule.batch);
	KUNIT_EXPECT_EQ(test, 0,
			levee_challenge_rule_init(&rule, LEVEE_RATE_MAX,
						  LEVEE_RATE_MAX,
						  LEVEE_RATE_MAX));
	KUNIT_EXPECT_LE(test, rule.batch * num_possible_cpus(),
			rule.above / 8);
	KUNIT_EXPECT_EQ(test, -ERANGE, levee_challenge_rule_init(&rule, 0, 1, 1));
	KUNIT_EXPECT_EQ(test, -ERANGE, levee_challenge_rule_init(&rule, 1, 0, 1));
	KUNIT_EXPECT_EQ(test, -ERANGE, levee_challenge_rule_init(&rule, 1, 1, 0));
	KUNIT_EXPECT_EQ(test, -ERANGE,
			levee_challenge_rule_init(&rule, LEVEE_RATE_MAX + 1, 1,
						  1));
	KUNIT_EXPECT_EQ(test, -EINVAL, levee_challenge_rule_init(&rule, 1, 2, 1));
}

static void budget(struct kunit *test)
{
	struct setting s = {};
	atomic64_t tat = ATOMIC64_INIT(0);
	int i, taken = 0;

	setting_make(test, &s);
	for (i = 0; i < 1000; i++)
		taken += levee_challenge_take(&tat, &s.rule.send, START);
	KUNIT_EXPECT_EQ(test, 100, taken);
	for (i = 0; i < 10000; i++)
		taken += levee_challenge_take(&tat, &s.rule.send,
					      START + i * MS / 10);
	KUNIT_EXPECT_GE(test, taken, 1098);
	KUNIT_EXPECT_LE(test, taken, 1101);
	/* Of SYNs that come again, a tenth of the trigger. */
	KUNIT_EXPECT_EQ(test, NSEC_PER_SEC / (ABOVE / 10), s.rule.retry.mult);
	levee_challenge_free(s.challenge);
}

/* ---- numbers ---- */

static void cookies_differ(struct kunit *test)
{
	int f;

	for (f = 0; f < ARRAY_SIZE(families); f++) {
		const struct levee_packet syn = syn_of(families[f], 1);
		u32 is = levee_challenge_cookie(&test_key, &syn, 7);
		const siphash_key_t other_key = { { 1, 2 } };
		struct levee_packet other = syn;

		other.seq = 0;
		other.flags = TCPHDR_RST;
		KUNIT_EXPECT_EQ(test, is,
				levee_challenge_cookie(&test_key, &other, 7));
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&test_key, &syn, 8));
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&other_key, &syn, 7));
		other.sport = htons(40001);
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&test_key, &other, 7));
		other = syn;
		other.dport = htons(81);
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&test_key, &other, 7));
		other = syn_of(families[f], 2);
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&test_key, &other, 7));
		other = syn;
		other.daddr.ip ^= htonl(1 << 8);
		KUNIT_EXPECT_NE(test, is,
				levee_challenge_cookie(&test_key, &other, 7));
	}
}

static void epochs(struct kunit *test)
{
	const u64 sent_ns = START;
	const u64 next_ns = round_up(START, LEVEE_CHALLENGE_EPOCH_NS);
	struct levee_packet rst;
	int f;

	for (f = 0; f < ARRAY_SIZE(families); f++) {
		rst = syn_of(families[f], 1);
		rst.seq = htonl(levee_challenge_cookie(&test_key, &rst,
						       levee_challenge_epoch(sent_ns)));
		KUNIT_EXPECT_TRUE(test, levee_challenge_verify(&test_key, &rst,
							       sent_ns));
		KUNIT_EXPECT_TRUE(test, levee_challenge_verify(&test_key, &rst,
							       next_ns));
		KUNIT_EXPECT_TRUE(test,
				  levee_challenge_verify(&test_key, &rst,
							 next_ns +
							 LEVEE_CHALLENGE_EPOCH_NS - 1));
		KUNIT_EXPECT_FALSE(test,
				   levee_challenge_verify(&test_key, &rst,
							  next_ns +
							  LEVEE_CHALLENGE_EPOCH_NS));
		KUNIT_EXPECT_FALSE(test,
				   levee_challenge_verify(&test_key, &rst,
							  next_ns - 2 *
							  LEVEE_CHALLENGE_EPOCH_NS));
		rst.seq ^= htonl(1);
		KUNIT_EXPECT_FALSE(test, levee_challenge_verify(&test_key, &rst,
								sent_ns));
	}
}

#define BLIND		10000000
#define BLIND_BITS	16

/*
 * Who does not know the key: 2 of 2^32 numbers are right, of 10 million none is
 * (0.0047). With a known seed it is always the same; of 16 bits of the number
 * 305 guesses are right, which tells that all of them count.
 */
static void blind_guesses(struct kunit *test)
{
	u32 hits = 0, partly = 0, epoch = levee_challenge_epoch(START);
	struct levee_packet rst = syn_of(NFPROTO_IPV4, 0);
	struct rnd_state rnd;
	int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < BLIND; i++) {
		rst.saddr.ip = (__force __be32)prandom_u32_state(&rnd);
		rst.seq = (__force __be32)prandom_u32_state(&rnd);
		hits += levee_challenge_verify(&test_key, &rst, START);
		partly += !((levee_challenge_cookie(&test_key, &rst, epoch) ^
			     ntohl(rst.seq)) >> BLIND_BITS);
		partly += !((u16)levee_challenge_cookie(&test_key, &rst, epoch) ^
			    (u16)ntohl(rst.seq));
		if (!(i % 65536))
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, 0u, hits);
	/* Five standard deviations. */
	KUNIT_EXPECT_GT(test, partly, 305u - 88);
	KUNIT_EXPECT_LT(test, partly, 305u + 88);
}

static void syn_tags(struct kunit *test)
{
	int f;

	for (f = 0; f < ARRAY_SIZE(families); f++) {
		const struct levee_packet syn = syn_of(families[f], 1);
		u64 tag = levee_challenge_syn_tag(&test_key, &syn);
		struct levee_packet other = syn;

		KUNIT_EXPECT_EQ(test, tag,
				levee_challenge_syn_tag(&test_key, &other));
		KUNIT_EXPECT_NE(test, (u32)tag,
				levee_challenge_cookie(&test_key, &syn,
						       (__force u32)syn.seq));
		other.seq ^= htonl(1);
		KUNIT_EXPECT_NE(test, tag,
				levee_challenge_syn_tag(&test_key, &other));
		other = syn;
		other.sport = 0;
		KUNIT_EXPECT_NE(test, tag,
				levee_challenge_syn_tag(&test_key, &other));
	}
}

/* ---- the packet ---- */

static void check_tcp(struct kunit *test, const struct levee_packet *syn,
		      const struct tcphdr *tcph)
{
	KUNIT_EXPECT_EQ(test, TCPHDR_ACK, tcp_flag_byte(tcph));
	KUNIT_EXPECT_EQ(test, 0x12345678u, ntohl(tcph->ack_seq));
	KUNIT_EXPECT_EQ(test, (int)sizeof(*tcph), tcph->doff * 4);
	KUNIT_EXPECT_EQ(test, 80, ntohs(tcph->source));
	KUNIT_EXPECT_EQ(test, 40000, ntohs(tcph->dest));
	KUNIT_EXPECT_EQ(test, 0, ntohs(tcph->window));
}

/* A sum over what has its checksum in it is zero. */
static void answer4(struct kunit *test)
{
	const struct levee_packet syn = syn_of(NFPROTO_IPV4, 1);
	const struct iphdr *iph;
	struct sk_buff *skb;

	skb = levee_answer_make(&syn, 0x12345678, 63, 32, 0);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	iph = ip_hdr(skb);
	KUNIT_EXPECT_EQ(test, 40u, skb->len);
	KUNIT_EXPECT_EQ(test, 40, ntohs(iph->tot_len));
	KUNIT_EXPECT_EQ(test, 0x45, skb->data[0]);
	KUNIT_EXPECT_EQ(test, 63, iph->ttl);
	KUNIT_EXPECT_EQ(test, IPPROTO_TCP, iph->protocol);
	KUNIT_EXPECT_EQ(test, htons(IP_DF), iph->frag_off);
	KUNIT_EXPECT_EQ(test, syn.saddr.ip, iph->daddr);
	KUNIT_EXPECT_EQ(test, syn.daddr.ip, iph->saddr);
	KUNIT_EXPECT_EQ(test, 0, ip_fast_csum(iph, iph->ihl));
	KUNIT_EXPECT_EQ(test, 0,
			csum_tcpudp_magic(iph->saddr, iph->daddr, 20,
					  IPPROTO_TCP,
					  skb_checksum(skb, 20, 20, 0)));
	check_tcp(test, &syn, tcp_hdr(skb));
	kfree_skb(skb);
}

static void answer6(struct kunit *test)
{
	const struct levee_packet syn = syn_of(NFPROTO_IPV6, 1);
	const struct ipv6hdr *ip6h;
	struct sk_buff *skb;

	skb = levee_answer_make(&syn, 0x12345678, 63, 32, 0);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	ip6h = ipv6_hdr(skb);
	KUNIT_EXPECT_EQ(test, 60u, skb->len);
	KUNIT_EXPECT_EQ(test, 20, ntohs(ip6h->payload_len));
	KUNIT_EXPECT_EQ(test, 0x60, skb->data[0]);
	KUNIT_EXPECT_EQ(test, 63, ip6h->hop_limit);
	KUNIT_EXPECT_EQ(test, IPPROTO_TCP, ip6h->nexthdr);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ip6h->daddr, &syn.saddr.ip6));
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ip6h->saddr, &syn.daddr.ip6));
	KUNIT_EXPECT_EQ(test, 0,
			csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, 20,
					IPPROTO_TCP,
					skb_checksum(skb, 40, 20, 0)));
	check_tcp(test, &syn, tcp_hdr(skb));
	kfree_skb(skb);
}

/* ---- proof ---- */

static void proof_of_answer(struct kunit *test)
{
	const u64 lasts_ns = LEVEE_PROOF_ANSWER_S * NSEC_PER_SEC;
	struct levee_map *map = levee_map_alloc(LEVEE_MAP_SLOTS_MIN);
	const u64 tag = 0x123456789abcdef0;

	KUNIT_ASSERT_NOT_NULL(test, map);
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, levee_proof_note_answer(map, tag, START));
	KUNIT_EXPECT_TRUE(test, levee_proof_holds(map, tag,
						  START + lasts_ns - 1));
	KUNIT_EXPECT_FALSE(test, levee_proof_holds(map, tag,
						   START + lasts_ns));
	/* Data makes it last, and an answer does not shorten that. */
	KUNIT_EXPECT_TRUE(test, levee_proof_note(map, tag, START));
	KUNIT_EXPECT_TRUE(test, levee_proof_note_answer(map, tag, START));
	KUNIT_EXPECT_TRUE(test, levee_proof_holds(map, tag, START +
						  (LEVEE_PROOF_S - 1) *
						  NSEC_PER_SEC));
	rcu_read_unlock();
	levee_map_free(map);
}

static struct kunit_case challenge_cases[] = {
	KUNIT_CASE(rules),
	KUNIT_CASE(begins),
	KUNIT_CASE(ends),
	KUNIT_CASE(ends_in_silence),
	KUNIT_CASE(counts_by_cpu),
	KUNIT_CASE(budget),
	KUNIT_CASE(cookies_differ),
	KUNIT_CASE(epochs),
	KUNIT_CASE(blind_guesses),
	KUNIT_CASE(syn_tags),
	KUNIT_CASE(answer4),
	KUNIT_CASE(answer6),
	KUNIT_CASE(proof_of_answer),
	{}
};

static struct kunit_suite challenge_suite = {
	.name = "levee-challenge",
	.test_cases = challenge_cases,
};

kunit_test_suite(challenge_suite);
