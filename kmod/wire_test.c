// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-wire: what aggregates had been on the wire, however they
 * describe themselves.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/limits.h>
#include <linux/skbuff.h>
#include <linux/udp.h>

#include "packet.h"
#include "reflector.h"
#include "wire.h"

/* Room for IP and UDP, and for what is in a tunnel, behind @tags. */
#define HEADERS		(sizeof(struct iphdr) + sizeof(struct udphdr))
#define FRAME_MAX	8192

static const struct levee_reflectors reflectors;

/* An aggregate of UDP with @data bytes behind its headers, and VLAN @tags. */
static struct sk_buff *aggregate(struct kunit *test, u32 tags, u32 data,
				 u16 size, u16 segs)
{
	struct sk_buff *skb = alloc_skb(FRAME_MAX, GFP_KERNEL);
	struct vlan_hdr *vlanh;
	struct udphdr *udph;
	struct iphdr *iph;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	for (i = 0; i < tags; i++) {
		vlanh = skb_put_zero(skb, sizeof(*vlanh));
		vlanh->h_vlan_encapsulated_proto =
			htons(i + 1 < tags ? ETH_P_8021Q : ETH_P_IP);
	}
	iph = skb_put_zero(skb, sizeof(*iph));
	*iph = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tot_len = htons(HEADERS + data),
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0xc0000201),
		.daddr = htonl(0xc6336401),
	};
	udph = skb_put_zero(skb, sizeof(*udph));
	udph->len = htons(sizeof(*udph) + data);
	skb_put_zero(skb, data);
	skb->protocol = htons(tags ? ETH_P_8021Q : ETH_P_IP);
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_segs = segs;
	return skb;
}

static void wire_aggregates(struct kunit *test)
{
	static const struct {
		const char *name;
		u32 tags, data;
		u16 size, segs;
		u32 want_segs, want_len;
	} cases[] = {
		{ "no aggregate", 0, 1000, 0, 0, 1, 1028 },
		{ "one segment", 0, 1000, 1000, 1, 1, 1028 },
		{ "four segments", 0, 4000, 1000, 4, 4, 4 * 1028 },
		{ "the last is short", 0, 3001, 1000, 4, 4, 3001 + 4 * 28 },
		{ "not counted", 0, 3001, 1000, 0, 4, 3001 + 4 * 28 },
		{ "tiny segments", 0, 1000, 1, 1000, 1000, 1000 * 29 },
		{ "tags are no part of it", 2, 4000, 1000, 4, 4, 4 * 1028 },
		/* 50 more of headers inside a tunnel, which are not read. */
		{ "tunnel", 0, 4050, 1000, 4, 4, 4 * 1078 },
		{ "tunnel, the last is short", 0, 3850, 1000, 4, 4,
		  3850 + 4 * 28 },
		/* GSO_BY_FRAGS is no size. */
		{ "sizes in a list", 0, 4000, GSO_BY_FRAGS, 4, 4,
		  4000 + 4 * 28 },
	};
	struct levee_packet pkt;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		skb = aggregate(test, cases[i].tags, cases[i].data,
				cases[i].size, cases[i].segs);
		KUNIT_EXPECT_EQ(test, levee_packet_parse(skb, &reflectors, &pkt),
				LEVEE_PARSE_JUDGE);
		KUNIT_EXPECT_EQ_MSG(test, pkt.segs, cases[i].want_segs, "%s",
				    cases[i].name);
		KUNIT_EXPECT_EQ_MSG(test, pkt.len, cases[i].want_len, "%s",
				    cases[i].name);
		kfree_skb(skb);
	}
}

/* What a virtual machine may claim: it costs what that would be, at the most. */
static void wire_claims(struct kunit *test)
{
	struct sk_buff *skb = aggregate(test, 0, 4000, 1, U16_MAX);
	struct levee_packet pkt = { .len = skb->len };
	const u32 half = 0x10001;

	levee_wire_measure(skb, &pkt, skb->len, skb->len);
	KUNIT_EXPECT_EQ(test, pkt.segs, U16_MAX);
	KUNIT_EXPECT_EQ(test, pkt.len, 4028u * U16_MAX);
	kfree_skb(skb);

	/* One half are headers, the other are segments of one byte. */
	skb = alloc_skb(2 * half, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, 2 * half);
	skb_shinfo(skb)->gso_size = 1;
	pkt.len = skb->len;
	levee_wire_measure(skb, &pkt, half, skb->len);
	KUNIT_EXPECT_EQ(test, pkt.segs, half);
	KUNIT_EXPECT_EQ(test, pkt.len, U32_MAX);
	kfree_skb(skb);
}

/* Short frames are padded; long ones are not, and count whole. */
static void wire_padding(struct kunit *test)
{
	static const struct {
		u32 len, trailer, want;
	} cases[] = {
		{ 28, 0, 28 }, { 28, 18, 28 }, { 28, 19, 47 }, { 46, 0, 46 },
		{ 45, 1, 45 }, { 40, 1460, 1500 }, { 1000, 4, 1004 },
	};
	struct levee_packet pkt;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		skb = aggregate(test, 0, cases[i].len - HEADERS, 0, 0);
		skb_put_zero(skb, cases[i].trailer);
		KUNIT_EXPECT_EQ(test, levee_packet_parse(skb, &reflectors, &pkt),
				LEVEE_PARSE_JUDGE);
		KUNIT_EXPECT_EQ(test, pkt.len, cases[i].want);
		kfree_skb(skb);
	}
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE(wire_aggregates),
	KUNIT_CASE(wire_claims),
	KUNIT_CASE(wire_padding),
	{}
};

static struct kunit_suite wire_suite = {
	.name = "levee-wire",
	.test_cases = wire_cases,
};

kunit_test_suites(&wire_suite);
