// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-proof: which outgoing packets prove an address, and for how
 * long.
 */
#include <kunit/test.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/time64.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "map.h"
#include "packet.h"
#include "proof.h"
#include "reflector.h"

#define START	(10 * NSEC_PER_SEC)

static const struct levee_reflectors reflectors;

static const siphash_key_t proof_key = { { 0x1ee4ee, 0x94007 } };

/**
 * struct sample - an outgoing packet
 * @what: what it is
 * @proves: the answer
 * @flags: flags of TCP
 * @payload: bytes behind the TCP header
 * @padding: bytes behind the packet
 * @proto: protocol of the IP header, if it is not TCP
 * @frag_off: of the IPv4 header
 * @doff: data offset, if it is not 5
 * @big: an aggregate, and the IP header has no length
 */
struct sample {
	const char *what;
	bool proves;
	u8 flags;
	u16 payload;
	u16 padding;
	u8 proto;
	u16 frag_off;
	u8 doff;
	bool big;
};

#define FIN	TCPHDR_FIN
#define SYN	TCPHDR_SYN
#define RST	TCPHDR_RST
#define PSH	TCPHDR_PSH
#define ACK	TCPHDR_ACK

static const struct sample samples[] = {
	{ "data", true, ACK, 100 },
	{ "data, pushed", true, ACK | PSH, 1 },
	{ "the last data", true, ACK | FIN, 1 },
	{ "bare ACK", false, ACK, 0 },
	{ "bare ACK, padded", false, ACK, 0, .padding = 6 },
	{ "bare FIN", false, ACK | FIN, 0 },
	{ "SYN/ACK", false, SYN | ACK, 0 },
	{ "SYN/ACK with data", false, SYN | ACK, 100 },
	{ "SYN with data", false, SYN, 100 },
	{ "RST", false, RST, 0 },
	{ "RST with text", false, RST | ACK, 10 },
	{ "data without ACK", false, PSH, 10 },
	{ "data, UDP", false, ACK, 100, .proto = IPPROTO_UDP },
	{ "data behind options", true, ACK, 21, .doff = 10 },
	{ "options only", false, ACK, 20, .doff = 10 },
	{ "header too short", false, ACK, 100, .doff = 4 },
	{ "data of many segments", true, ACK, 1400, .big = true },
};

static const u8 addr4[] = { 198, 51, 100, 7 };
static const u8 addr6[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 7, 0, 0,
			    1, 2, 3, 4, 5, 6, 7, 8 };

static void put_tcp(struct sk_buff *skb, const struct sample *sample)
{
	struct tcphdr *tcp = skb_put_zero(skb, sizeof(*tcp));

	tcp->doff = sample->doff ?: 5;
	((u8 *)tcp)[13] = sample->flags;
	skb_put_zero(skb, sample->payload + sample->padding);
}

static void put_ip(struct sk_buff *skb, const struct sample *sample, bool v6)
{
	u8 proto = sample->proto ?: IPPROTO_TCP;
	u16 len = sizeof(struct tcphdr) + sample->payload;

	if (v6) {
		struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

		ip6->version = 6;
		ip6->nexthdr = proto;
		ip6->payload_len = sample->big ? 0 : htons(len);
		memcpy(&ip6->daddr, addr6, sizeof(addr6));
		skb->protocol = htons(ETH_P_IPV6);
	} else {
		struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

		ip->version = 4;
		ip->ihl = 5;
		ip->protocol = proto;
		ip->frag_off = htons(sample->frag_off);
		ip->tot_len = sample->big ? 0 : htons(len + sizeof(*ip));
		memcpy(&ip->daddr, addr4, sizeof(addr4));
		skb->protocol = htons(ETH_P_IP);
	}
}

/* As what leaves by a device does it. */
static bool seen(const struct levee_map *proofs, int ifindex, u8 family,
		 const union levee_addr *addr, u64 now_ns)
{
	u64 tag = levee_proof_tag(&proof_key, ifindex, family, addr);

	return levee_proof_fresh(proofs, tag, now_ns) ||
	       levee_proof_note(proofs, tag, now_ns);
}

/* As what comes in by a device is asked. */
static bool holds(const struct levee_map *proofs, int ifindex, u8 family,
		  const union levee_addr *addr, u64 now_ns)
{
	return levee_proof_holds(proofs,
				 levee_proof_tag(&proof_key, ifindex, family,
						 addr), now_ns);
}

/* As egress sees it: with the header of the link. */
static struct sk_buff *packet(struct kunit *test, const struct sample *sample,
			      bool v6)
{
	struct sk_buff *skb = alloc_skb(2048, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, ETH_HLEN);
	skb_set_network_header(skb, ETH_HLEN);
	put_ip(skb, sample, v6);
	put_tcp(skb, sample);
	if (sample->big)
		skb_shinfo(skb)->gso_size = sample->payload / 2;
	return skb;
}

static bool is_proof(const struct sk_buff *skb, struct levee_packet *pkt)
{
	return levee_packet_parse(skb, &reflectors, pkt) ==
	       LEVEE_PARSE_JUDGE && levee_proof_shown(pkt);
}

static void proof_reads(struct kunit *test)
{
	struct levee_packet pkt;
	int i, v6;

	for (v6 = 0; v6 <= 1; v6++) {
		for (i = 0; i < ARRAY_SIZE(samples); i++) {
			struct sk_buff *skb = packet(test, &samples[i], v6);
			bool proves = is_proof(skb, &pkt);

			KUNIT_EXPECT_EQ_MSG(test, proves, samples[i].proves,
					    "IPv%d: %s", v6 ? 6 : 4,
					    samples[i].what);
			if (proves && v6)
				KUNIT_EXPECT_EQ(test, 0,
						memcmp(&pkt.daddr, addr6,
						       sizeof(addr6)));
			if (proves && !v6)
				KUNIT_EXPECT_EQ(test, 0,
						memcmp(&pkt.daddr, addr4,
						       sizeof(addr4)));
			kfree_skb(skb);
		}
	}
}

/* What is cut short, or a part of something, proves nothing. */
static void proof_reads_parts(struct kunit *test)
{
	static const struct sample first = {
		.flags = ACK, .payload = 100, .frag_off = IP_MF,
	};
	static const struct sample later = {
		.flags = ACK, .payload = 100, .frag_off = 8,
	};
	struct levee_packet pkt;
	struct sk_buff *skb;
	int len;

	skb = packet(test, &first, false);
	KUNIT_EXPECT_FALSE(test, is_proof(skb, &pkt));
	kfree_skb(skb);
	skb = packet(test, &later, false);
	KUNIT_EXPECT_FALSE(test, is_proof(skb, &pkt));
	kfree_skb(skb);
	for (len = ETH_HLEN; len < ETH_HLEN + 60; len++) {
		skb = packet(test, &samples[0], true);
		skb_trim(skb, len);
		KUNIT_EXPECT_FALSE(test, is_proof(skb, &pkt));
		skb->protocol = htons(ETH_P_ARP);
		KUNIT_EXPECT_FALSE(test, is_proof(skb, &pkt));
		kfree_skb(skb);
	}
}

/* An IPv4 address is proven, and of IPv6 its /64, for ten minutes. */
static void proof_lasts(struct kunit *test)
{
	struct levee_map *proofs = levee_map_alloc(1024);
	const u64 lasts = (u64)LEVEE_PROOF_S * NSEC_PER_SEC;
	union levee_addr a = {}, b = {}, c = {};

	KUNIT_ASSERT_NOT_NULL(test, proofs);
	memcpy(&a, addr4, sizeof(addr4));
	b = a;
	b.ip ^= htonl(1);
	KUNIT_EXPECT_TRUE(test, seen(proofs, 1, NFPROTO_IPV4, &a, START));
	KUNIT_EXPECT_TRUE(test, holds(proofs, 1, NFPROTO_IPV4, &a, START));
	KUNIT_EXPECT_FALSE(test, holds(proofs, 1, NFPROTO_IPV4, &b, START));
	KUNIT_EXPECT_TRUE(test, holds(proofs, 1, NFPROTO_IPV4, &a,
				      START + lasts - 1));
	KUNIT_EXPECT_FALSE(test, holds(proofs, 1, NFPROTO_IPV4, &a,
				       START + lasts));
	/* Shown again when half is over, it lasts longer; at once, it does not. */
	seen(proofs, 1, NFPROTO_IPV4, &a, START + 1);
	KUNIT_EXPECT_FALSE(test, holds(proofs, 1, NFPROTO_IPV4, &a,
				       START + lasts));
	seen(proofs, 1, NFPROTO_IPV4, &a, START + lasts / 2);
	KUNIT_EXPECT_TRUE(test, holds(proofs, 1, NFPROTO_IPV4, &a,
				      START + lasts + lasts / 4));

	memcpy(&b, addr6, sizeof(addr6));
	seen(proofs, 1, NFPROTO_IPV6, &b, START);
	c = b;
	c.be[1] ^= cpu_to_be64(0xff);
	KUNIT_EXPECT_TRUE(test, holds(proofs, 1, NFPROTO_IPV6, &c, START));
	c.be[0] ^= cpu_to_be64(1);
	KUNIT_EXPECT_FALSE(test, holds(proofs, 1, NFPROTO_IPV6, &c, START));
	levee_map_free(proofs);
}

/* Who is reached by one device is not proven for what comes in by another. */
static void proof_device(struct kunit *test)
{
	struct levee_map *proofs = levee_map_alloc(1024);
	union levee_addr addr = {};

	KUNIT_ASSERT_NOT_NULL(test, proofs);
	memcpy(&addr, addr4, sizeof(addr4));
	seen(proofs, 2, NFPROTO_IPV4, &addr, START);
	KUNIT_EXPECT_TRUE(test, holds(proofs, 2, NFPROTO_IPV4, &addr, START));
	KUNIT_EXPECT_FALSE(test, holds(proofs, 1, NFPROTO_IPV4, &addr, START));
	KUNIT_EXPECT_FALSE(test, holds(proofs, 3, NFPROTO_IPV4, &addr, START));
	levee_map_free(proofs);
}

/* Full: who is proven stays so, newcomers do not become it. */
static void proof_full(struct kunit *test)
{
	struct levee_map *proofs = levee_map_alloc(1024);
	union levee_addr addr = {};
	int i, proven = 0, noted = 0;

	KUNIT_ASSERT_NOT_NULL(test, proofs);
	for (i = 0; i < 4096; i++) {
		addr.ip = htonl(0xc6120000 + i);
		noted += seen(proofs, 1, NFPROTO_IPV4, &addr, START);
	}
	for (i = 0; i < 4096; i++) {
		addr.ip = htonl(0xc6120000 + i);
		proven += holds(proofs, 1, NFPROTO_IPV4, &addr, START + 1);
	}
	KUNIT_EXPECT_EQ(test, proven, noted);
	KUNIT_EXPECT_GT(test, proven, 900);
	KUNIT_EXPECT_LE(test, proven, 1024);
	levee_map_free(proofs);
}

/* Full of answers to challenges: the oldest give way, to answers and to data. */
static void proof_full_of_answers(struct kunit *test)
{
	struct levee_map *proofs = levee_map_alloc(1024);
	const u64 later = START + NSEC_PER_SEC;
	union levee_addr addr = {};
	int i, data = 0, before = 0;
	u64 tag;

	KUNIT_ASSERT_NOT_NULL(test, proofs);
	for (i = 0; i < 256; i++) {
		addr.ip = htonl(0xc6110000 + i);
		seen(proofs, 1, NFPROTO_IPV4, &addr, START);
	}
	for (i = 0; i < 8192; i++) {
		addr.ip = htonl(0xc6120000 + i);
		tag = levee_proof_tag(&proof_key, 1, NFPROTO_IPV4, &addr);
		levee_proof_note_answer(proofs, tag, START);
	}
	for (i = 0; i < 128; i++) {
		addr.ip = htonl(0xc6130000 + i);
		tag = levee_proof_tag(&proof_key, 1, NFPROTO_IPV4, &addr);
		KUNIT_EXPECT_TRUE(test, levee_proof_note_answer(proofs, tag,
								later));
		KUNIT_EXPECT_TRUE(test, levee_proof_holds(proofs, tag, later));
		addr.ip = htonl(0xc6140000 + i);
		data += seen(proofs, 1, NFPROTO_IPV4, &addr, later);
	}
	KUNIT_EXPECT_EQ(test, data, 128);
	for (i = 0; i < 256; i++) {
		addr.ip = htonl(0xc6110000 + i);
		before += holds(proofs, 1, NFPROTO_IPV4, &addr, later);
	}
	KUNIT_EXPECT_EQ(test, before, 256);
	levee_map_free(proofs);
}

static struct kunit_case proof_cases[] = {
	KUNIT_CASE(proof_reads),
	KUNIT_CASE(proof_reads_parts),
	KUNIT_CASE(proof_lasts),
	KUNIT_CASE(proof_device),
	KUNIT_CASE(proof_full),
	KUNIT_CASE(proof_full_of_answers),
	{}
};

static struct kunit_suite proof_suite = {
	.name = "levee-proof",
	.test_cases = proof_cases,
};

kunit_test_suite(proof_suite);
