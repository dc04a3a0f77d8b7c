// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit suite levee-packet: hand-made, cut and mutated packets.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>
#include <net/ipv6.h>

#include "packet.h"
#include "packet_samples.h"
#include "reflector.h"

#define FRAME_MAX	320
#define MUTATIONS	40000

static struct levee_reflectors *reflectors;

struct frame {
	u8 data[FRAME_MAX];	/* as skb->data */
	u32 len;
	u16 protocol;		/* as skb->protocol */
	int ip;			/* offset of the IP header, -1: there is none */
	u32 end;		/* offset of what is behind the IP packet */
};

static void put_be16(u16 val, u8 *at)
{
	at[0] = val >> 8;
	at[1] = val;
}

static u8 *frame_push(struct frame *f, u32 len)
{
	u8 *at = f->data + f->len;

	memset(at, 0, len);
	f->len += len;
	return at;
}

/* Says in the header before what this one is. */
static void frame_link(struct frame *f, int *link, u16 type)
{
	if (*link < 0)
		f->protocol = type;
	else
		put_be16(type, f->data + *link);
	*link = f->len + 2;
}

static void frame_push_ip(struct frame *f, u32 layer, int *next)
{
	static const u8 ip4[] = { 192, 0, 2, 1, 198, 51, 100, 1 };
	static const u8 ip6[] = {
		0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	};
	u8 *at;

	f->ip = f->len;
	if (LAYER_TYPE(layer) == LAYER_IP4) {
		at = frame_push(f, LAYER_ARG(layer) * 4);
		at[0] = 0x40 | LAYER_ARG(layer);
		at[8] = 64;
		memcpy(at + 12, ip4, sizeof(ip4));
		*next = f->ip + 9;
	} else {
		at = frame_push(f, 40);
		at[0] = 0x60;
		at[7] = LAYER_ARG(layer);
		memcpy(at + 8, ip6, sizeof(ip6));
		*next = f->ip + 6;
	}
}

static void frame_push_layer(struct frame *f, u32 layer, int *link, int *next)
{
	u32 arg = LAYER_ARG(layer);
	u8 *at;

	switch (LAYER_TYPE(layer)) {
	case LAYER_TAG:
		frame_link(f, link, arg);
		frame_push(f, 4);
		break;
	case LAYER_LINK:
		frame_link(f, link, arg);
		break;
	case LAYER_IP4:
	case LAYER_IP6:
		frame_link(f, link, LAYER_TYPE(layer) == LAYER_IP4 ?
			   ETH_P_IP : ETH_P_IPV6);
		frame_push_ip(f, layer, next);
		break;
	case LAYER_FRAG4:
		put_be16(arg, f->data + f->ip + 6);
		break;
	case LAYER_EXT:
		f->data[*next] = arg & 0xff;
		*next = f->len;
		at = frame_push(f, (arg & 0xff) == IPPROTO_AH ?
				((arg >> 8) + 2) * 4 : ((arg >> 8) + 1) * 8);
		at[1] = arg >> 8;
		break;
	case LAYER_FRAG6:
		f->data[*next] = IPPROTO_FRAGMENT;
		*next = f->len;
		put_be16(arg, frame_push(f, 8) + 2);
		break;
	case LAYER_TCP:
		f->data[*next] = IPPROTO_TCP;
		at = frame_push(f, 20);
		put_be16(1024, at);
		put_be16(80, at + 2);
		put_be16(5 << 12 | arg, at + 12);
		break;
	case LAYER_UDP:
		f->data[*next] = IPPROTO_UDP;
		at = frame_push(f, 8);
		put_be16(arg, at);
		put_be16(7777, at + 2);
		put_be16(8, at + 4);
		break;
	case LAYER_NEXT:
		f->data[*next] = arg;
		break;
	case LAYER_ICMP6:
		f->data[*next] = IPPROTO_ICMPV6;
		frame_push(f, 24)[0] = arg;
		break;
	case LAYER_DATA:
	case LAYER_TAIL:
		frame_push(f, arg);
		break;
	}
	if (LAYER_TYPE(layer) != LAYER_TAIL)
		f->end = f->len;
}

/* Lets the IP header say that the packet ends at @end. */
static void frame_set_end(struct frame *f, u32 end)
{
	if (f->ip < 0)
		return;
	if (f->data[f->ip] >> 4 == 4)
		put_be16(end - f->ip, f->data + f->ip + 2);
	else
		put_be16(end - f->ip - 40, f->data + f->ip + 4);
}

static void frame_build(struct frame *f, const struct sample *s)
{
	int link = -1, next = 0;
	unsigned int i;

	f->len = 0;
	f->ip = -1;
	for (i = 0; i < ARRAY_SIZE(s->layers) && s->layers[i]; i++)
		frame_push_layer(f, s->layers[i], &link, &next);
	frame_set_end(f, f->end);
	for (i = 0; i < ARRAY_SIZE(s->patch) && s->patch[i].len; i++)
		memcpy(f->data + s->patch[i].off, s->patch[i].bytes,
		       s->patch[i].len);
}

/* An skb with @head bytes in its linear part and the others in a page. */
static struct sk_buff *frame_to_skb(struct kunit *test, const struct frame *f,
				    u32 len, u32 head)
{
	struct sk_buff *skb = alloc_skb(FRAME_MAX, GFP_KERNEL);
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, f->data, head);
	if (head < len) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), f->data + head, len - head);
		skb_add_rx_frag(skb, 0, page, 0, len - head, PAGE_SIZE);
	}
	skb_reset_network_header(skb);
	skb->protocol = htons(f->protocol);
	return skb;
}

static enum levee_parse frame_parse(struct kunit *test, const struct frame *f,
				    u32 len, u32 head, struct levee_packet *pkt)
{
	struct sk_buff *skb = frame_to_skb(test, f, len, head);
	enum levee_parse parse;

	memset(pkt, 0xaa, sizeof(*pkt));
	parse = levee_packet_parse(skb, reflectors, pkt);
	kfree_skb(skb);
	return parse;
}

static void sample_desc(const struct sample *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sample, samples, sample_desc);

/* Fails when a rule of the parser is lost. */
static void packet_sample(struct kunit *test)
{
	const struct sample *s = test->param_value;
	struct levee_packet pkt;
	struct frame f;

	frame_build(&f, s);
	KUNIT_EXPECT_EQ(test, frame_parse(test, &f, f.len, f.len, &pkt),
			s->parse);
	KUNIT_EXPECT_EQ(test, pkt.class, s->class);
	KUNIT_EXPECT_EQ(test, pkt.malformed, s->malformed);
	KUNIT_EXPECT_EQ(test, pkt.segs, 1);
	if (f.ip >= 0 && s->malformed != LEVEE_MALFORMED_ENCAP)
		KUNIT_EXPECT_EQ(test, pkt.len, (f.len - f.ip > ETH_ZLEN - ETH_HLEN ?
						f.len : f.end) - f.ip);
}

/* Fails when a header is read without regard to where its bytes lie. */
static void packet_nonlinear(struct kunit *test)
{
	const struct sample *s = test->param_value;
	struct levee_packet whole, pkt;
	enum levee_parse parse;
	struct frame f;
	u32 head;

	frame_build(&f, s);
	parse = frame_parse(test, &f, f.len, f.len, &whole);
	for (head = 0; head < f.len; head++) {
		KUNIT_ASSERT_EQ(test, frame_parse(test, &f, f.len, head, &pkt),
				parse);
		KUNIT_ASSERT_TRUE(test, !memcmp(&pkt, &whole, sizeof(pkt)));
	}
}

/* A SYN, or what is exempt, must not become something laxer. */
static void expect_no_laxer(struct kunit *test, const struct sample *s,
			    enum levee_parse parse,
			    const struct levee_packet *pkt, u32 len)
{
	if (parse == LEVEE_PARSE_EXEMPT)
		KUNIT_EXPECT_EQ_MSG(test, s->parse, LEVEE_PARSE_EXEMPT,
				    "exempt at %u bytes", len);
	if (parse == LEVEE_PARSE_JUDGE && s->parse == LEVEE_PARSE_JUDGE)
		KUNIT_EXPECT_EQ_MSG(test, pkt->class, s->class,
				    "class at %u bytes", len);
}

/*
 * Cut at every byte, with the length that it had and with the length that it
 * has. Fails when a header that is not there is taken for read.
 */
static void packet_cut(struct kunit *test)
{
	const struct sample *s = test->param_value;
	struct levee_packet pkt;
	enum levee_parse parse;
	struct frame f;
	u32 len;

	frame_build(&f, s);
	for (len = 0; len < f.end; len++) {
		parse = frame_parse(test, &f, len, len, &pkt);
		expect_no_laxer(test, s, parse, &pkt, len);
		if (f.ip >= 0 && s->parse != LEVEE_PARSE_MALFORMED &&
		    !s->open_end)
			KUNIT_EXPECT_EQ(test, parse, LEVEE_PARSE_MALFORMED);
	}
	if (f.ip < 0 || s->parse == LEVEE_PARSE_MALFORMED)
		return;
	for (len = f.ip + (f.data[f.ip] >> 4 == 4 ? 20 : 40); len < f.end;
	     len++) {
		frame_set_end(&f, len);
		parse = frame_parse(test, &f, len, len, &pkt);
		expect_no_laxer(test, s, parse, &pkt, len);
	}
}

/* Whether the kernel's own code finds a SYN in an IPv6 packet. */
static bool ip6_finds_syn(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = (const void *)skb->data;
	u8 proto, flags, buf;
	const u8 *at;
	__be16 frag;
	int off;

	if (skb->len < sizeof(*ip6h) || ip6h->version != 6)
		return false;
	proto = ip6h->nexthdr;
	off = ipv6_skip_exthdr(skb, sizeof(*ip6h), &proto, &frag);
	if (off < 0 || proto != IPPROTO_TCP || (frag & htons(IP6_OFFSET)))
		return false;
	at = skb_header_pointer(skb, off + 13, 1, &buf);
	if (!at)
		return false;
	flags = *at;
	return (flags & (SYN | ACK)) == SYN;
}

static void expect_sane(struct kunit *test, const struct sk_buff *skb,
			enum levee_parse parse, const struct levee_packet *pkt)
{
	KUNIT_ASSERT_LE(test, parse, LEVEE_PARSE_MALFORMED);
	KUNIT_ASSERT_GT(test, pkt->class, LEVEE_CLASS_ANY);
	KUNIT_ASSERT_LE(test, pkt->class, LEVEE_CLASS_MAX);
	KUNIT_ASSERT_LE(test, pkt->malformed, LEVEE_MALFORMED_MAX);
	KUNIT_ASSERT_GE(test, pkt->segs, 1);
	KUNIT_ASSERT_LE(test, pkt->segs, 65535);
	KUNIT_ASSERT_LE(test, pkt->len, skb->len * pkt->segs);
	KUNIT_ASSERT_TRUE(test, pkt->family == NFPROTO_IPV4 ||
			  pkt->family == NFPROTO_IPV6 || !pkt->family);
	if (parse == LEVEE_PARSE_JUDGE)
		KUNIT_ASSERT_NE(test, pkt->family, 0);
	if (skb->protocol == htons(ETH_P_IPV6) && ip6_finds_syn(skb) &&
	    parse != LEVEE_PARSE_MALFORMED) {
		KUNIT_ASSERT_EQ(test, parse, LEVEE_PARSE_JUDGE);
		KUNIT_ASSERT_EQ(test, pkt->class, LEVEE_CLASS_SYN);
	}
}

/* Bits flipped, and bytes set to what has a meaning somewhere. */
static void mutate(u8 *data, u32 len, struct rnd_state *rnd)
{
	static const u8 telling[] = {
		0, 1, 4, 5, 6, 17, 43, 44, 45, 50, 51, 58, 59, 60, 69, 96, 127,
		128, 135, 224, 255,
	};
	u32 n = 1 + prandom_u32_state(rnd) % 4, at;

	while (n--) {
		/* Most of what matters lies in front. */
		at = prandom_u32_state(rnd) % len;
		if (prandom_u32_state(rnd) & 1)
			at = prandom_u32_state(rnd) % (at + 1);
		if (prandom_u32_state(rnd) & 1)
			data[at] ^= 1 << prandom_u32_state(rnd) % 8;
		else
			data[at] = telling[prandom_u32_state(rnd) %
					   ARRAY_SIZE(telling)];
	}
}

/* Fails when a packet gets past what the table of samples thought of. */
static void packet_mutated(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(FRAME_MAX, GFP_KERNEL);
	struct levee_packet pkt;
	enum levee_parse parse;
	struct rnd_state rnd;
	struct frame f;
	u32 i, len;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	prandom_seed_state(&rnd, 20221123);
	for (i = 0; i < MUTATIONS; i++) {
		frame_build(&f, &samples[i % ARRAY_SIZE(samples)]);
		len = f.len - (i % 5 ? 0 : prandom_u32_state(&rnd) % f.len);
		mutate(f.data, len, &rnd);
		skb_trim(skb, 0);
		skb_put_data(skb, f.data, len);
		skb_reset_network_header(skb);
		skb->protocol = htons(f.protocol);
		skb_shinfo(skb)->gso_size = i % 7 ? 0 : 1 + i % 1448;
		skb_shinfo(skb)->gso_segs = i % 3;
		parse = levee_packet_parse(skb, reflectors, &pkt);
		expect_sane(test, skb, parse, &pkt);
	}
	kfree_skb(skb);
}

static void packet_fields(struct kunit *test)
{
	static const struct sample tcp = { .layers = { IP4(5), TCP(SYN) } };
	static const struct sample udp = {
		.layers = { TAG(ETH_P_8021Q), IP6(64), EXT(HOP, 0), UDP(53) },
	};
	static const u8 saddr[] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };
	struct levee_packet pkt;
	struct frame f;

	frame_build(&f, &tcp);
	frame_parse(test, &f, f.len, f.len, &pkt);
	KUNIT_EXPECT_EQ(test, pkt.family, NFPROTO_IPV4);
	KUNIT_EXPECT_EQ(test, pkt.proto, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, ntohl(pkt.saddr.ip), 0xc0000201);
	KUNIT_EXPECT_EQ(test, ntohl(pkt.daddr.ip), 0xc6336401);
	KUNIT_EXPECT_TRUE(test, !pkt.saddr.ip6.s6_addr32[1] &&
			  !pkt.saddr.be[1] && !pkt.daddr.be[1]);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.sport), 1024);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.dport), 80);

	frame_build(&f, &udp);
	frame_parse(test, &f, f.len, f.len, &pkt);
	KUNIT_EXPECT_EQ(test, pkt.family, NFPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, pkt.proto, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, memcmp(&pkt.saddr, saddr, sizeof(saddr)), 0);
	KUNIT_EXPECT_EQ(test, pkt.daddr.ip6.s6_addr[5], 1);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.sport), 53);
	KUNIT_EXPECT_EQ(test, ntohs(pkt.dport), 7777);
	KUNIT_EXPECT_EQ(test, pkt.len, f.len - 4);
}

static const struct gso_sample {
	struct sample s;
	u16 size, segs;
	u32 want_segs, headers;
} gso_samples[] = {
	{ { "counted", { IP4(5), TCP(ACK), DATA(150) } }, 100, 3, 3, 40 },
	{ { "not counted", { IP4(5), TCP(ACK), DATA(200) } }, 100, 0, 2, 40 },
	{ { "not counted, last short", { IP4(5), TCP(ACK), DATA(201) } },
	  100, 0, 3, 40 },
	{ { "no payload", { IP4(5), TCP(ACK) } }, 100, 0, 1, 40 },
	{ { "IPv4 longer than 64k", { IP4(5), TCP(ACK), DATA(200) },
	    .patch = { BYTES(2, 0, 0) } }, 100, 2, 2, 40 },
	{ { "IPv6 longer than 64k", { IP6(64), TCP(ACK), DATA(200) },
	    .patch = { BYTES(4, 0, 0) } }, 100, 2, 2, 60 },
	{ { "IPv6 jumbo option",
	    { IP6(64), EXT(HOP, 0), TCP(ACK), DATA(200) },
	    .patch = { BYTES(4, 0, 0), BYTES(42, 0xc2, 4, 0, 1, 0, 0) } },
	  100, 2, 2, 68 },
	{ { "UDP length of one segment", { IP4(5), UDP(9999), DATA(200) } },
	  100, 2, 2, 28 },
	{ { "UDP length 0", { IP4(5), UDP(9999), DATA(200) },
	    .patch = { BYTES(24, 0, 0) } }, 100, 0, 2, 28 },
};

static void packet_gso(struct kunit *test)
{
	const struct gso_sample *g;
	struct levee_packet pkt;
	struct sk_buff *skb;
	struct frame f;

	for (g = gso_samples; g < gso_samples + ARRAY_SIZE(gso_samples); g++) {
		frame_build(&f, &g->s);
		skb = frame_to_skb(test, &f, f.len, 20);
		skb_shinfo(skb)->gso_size = g->size;
		skb_shinfo(skb)->gso_segs = g->segs;
		KUNIT_EXPECT_EQ_MSG(test,
				    levee_packet_parse(skb, reflectors, &pkt),
				    LEVEE_PARSE_JUDGE, "%s", g->s.name);
		KUNIT_EXPECT_EQ_MSG(test, pkt.segs, g->want_segs, "%s",
				    g->s.name);
		KUNIT_EXPECT_EQ(test, pkt.len, f.len + (pkt.segs - 1) * g->headers);
		kfree_skb(skb);
	}
}

static int packet_init(struct kunit *test)
{
	reflectors = levee_reflectors_builtin();
	return reflectors ? 0 : -ENOMEM;
}

static void packet_exit(struct kunit *test)
{
	levee_reflectors_free(reflectors);
}

static struct kunit_case packet_cases[] = {
	KUNIT_CASE_PARAM(packet_sample, sample_gen_params),
	KUNIT_CASE_PARAM(packet_nonlinear, sample_gen_params),
	KUNIT_CASE_PARAM(packet_cut, sample_gen_params),
	KUNIT_CASE(packet_fields),
	KUNIT_CASE(packet_gso),
	KUNIT_CASE(packet_mutated),
	{}
};

static struct kunit_suite packet_suite = {
	.name = "levee-packet",
	.init = packet_init,
	.exit = packet_exit,
	.test_cases = packet_cases,
};

kunit_test_suites(&packet_suite);
