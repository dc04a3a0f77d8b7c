// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a packet of which nothing has been validated yet, and says what it is.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/math.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "compat.h"
#include "cursor.h"
#include "link.h"
#include "reflector.h"
#include "wire.h"

/* Tags in the payload, besides the one in the metadata. QinQ has one. */
#define LEVEE_VLAN_TAGS_MAX	4
/* The order that RFC 8200, 4.1 recommends has six. */
#define LEVEE_EXTHDRS_MAX	8
/* RFC 791 and RFC 8200: no reassembled packet is longer. */
#define LEVEE_IP_LEN_MAX	65535

/*
 * RFC 9293, 3.10.7: only a SYN or an RST may lack ACK, so this takes in NULL,
 * FIN and XMAS scans. SYN with FIN or RST contradicts itself. FIN with RST, URG
 * or PSH anywhere, and the ECN and reserved bits occur in the wild.
 */
static bool tcp_flags_possible(const struct tcphdr *tcph)
{
	if (tcph->syn)
		return !tcph->fin && !tcph->rst;
	return tcph->ack || tcph->rst;
}

static __always_inline enum levee_answer tcp_answers(const struct tcphdr *tcph)
{
	if (tcph->syn)
		return tcph->ack ? LEVEE_ANSWER_SYNACK : LEVEE_ANSWER_NONE;
	return tcph->rst ? LEVEE_ANSWER_RST : LEVEE_ANSWER_TCP;
}

static __always_inline enum levee_parse parse_tcp(struct levee_cursor *c)
{
	struct levee_packet *pkt = c->pkt;
	const struct tcphdr *tcph;
	struct tcphdr buf __uninitialized;

	pkt->class = LEVEE_CLASS_TCP;
	tcph = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!tcph)
		return levee_cursor_cut_short(c);
	pkt->sport = tcph->source;
	pkt->dport = tcph->dest;
	pkt->seq = tcph->seq;
	pkt->flags = tcp_flag_byte(tcph);
	if (tcph->syn)
		pkt->class = tcph->ack ? LEVEE_CLASS_REFLECT : LEVEE_CLASS_SYN;

	if (tcph->doff * 4 < sizeof(buf))
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);
	if (tcph->doff * 4 > c->end - c->off)
		return levee_cursor_cut_short(c);
	c->off += tcph->doff * 4;
	if (!tcp_flags_possible(tcph))
		return levee_cursor_malformed(c, LEVEE_MALFORMED_TCP_FLAGS);
	pkt->answer = tcp_answers(tcph);
	pkt->payload = c->off < c->end && !c->first_fragment;
	return LEVEE_PARSE_JUDGE;
}

/*
 * The length of an aggregate is not checked: it may be that of one segment, of
 * all, or zero. RFC 2675: zero stands for a length that does not fit, too.
 */
static bool udp_len_possible(const struct levee_cursor *c,
			     const struct udphdr *udph)
{
	u32 there = c->end - c->off;
	u32 len = ntohs(udph->len);

	if (skb_is_gso(c->skb))
		return true;
	if (len == 0)
		return there > LEVEE_IP_LEN_MAX;
	return len >= sizeof(*udph) && (len <= there || c->first_fragment);
}

static __always_inline enum levee_parse parse_udp(struct levee_cursor *c)
{
	struct levee_packet *pkt = c->pkt;
	const struct udphdr *udph;
	struct udphdr buf __uninitialized;

	pkt->class = LEVEE_CLASS_UDP;
	udph = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!udph)
		return levee_cursor_cut_short(c);
	pkt->sport = udph->source;
	pkt->dport = udph->dest;
	if (levee_reflectors_has(c->reflectors, ntohs(udph->source))) {
		pkt->class = LEVEE_CLASS_REFLECT;
		pkt->answer = LEVEE_ANSWER_UDP;
	}
	if (!udp_len_possible(c, udph))
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);
	c->off += sizeof(buf);
	return LEVEE_PARSE_JUDGE;
}

static __always_inline enum levee_parse parse_icmp(struct levee_cursor *c)
{
	const struct icmphdr *icmph;
	struct icmphdr buf __uninitialized;

	c->pkt->class = LEVEE_CLASS_ICMP;
	icmph = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!icmph)
		return levee_cursor_cut_short(c);
	c->pkt->flags = icmph->type;
	if (icmph->type == ICMP_ECHOREPLY)
		c->pkt->answer = LEVEE_ANSWER_ECHO;
	return LEVEE_PARSE_JUDGE;
}

static enum levee_parse parse_icmp6(struct levee_cursor *c, u8 hop_limit)
{
	const struct icmp6hdr *icmp6h;
	struct icmp6hdr buf __uninitialized;

	c->pkt->class = LEVEE_CLASS_ICMP;
	icmp6h = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!icmp6h)
		return levee_cursor_cut_short(c);
	c->pkt->flags = icmp6h->icmp6_type;
	if (icmp6h->icmp6_type == ICMPV6_ECHO_REPLY)
		c->pkt->answer = LEVEE_ANSWER_ECHO;
	return levee_link_is_control(c, icmp6h, hop_limit) ?
	       LEVEE_PARSE_EXEMPT : LEVEE_PARSE_JUDGE;
}

/*
 * A fragment that begins at @start of a packet whose fragments are preceded by
 * @before bytes of headers. It leaves class frag unless it is the first.
 */
static enum levee_parse parse_fragment(struct levee_cursor *c, u32 start,
				       bool more, u32 before)
{
	struct levee_packet *pkt = c->pkt;
	u32 len = c->end - c->off;

	if (start) {
		pkt->class = LEVEE_CLASS_FRAG;
		pkt->answer = LEVEE_ANSWER_FRAG;
	} else {
		c->first_fragment = more;
	}

	/* Stacks round down the length of a fragment that is not the last. */
	if (len == 0 || (more && len % 8) ||
	    before + start + len > LEVEE_IP_LEN_MAX)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_FRAGMENT);
	/* RFC 1858 and RFC 3128: would rewrite ports and flags already seen. */
	if (start && start < sizeof(struct tcphdr) && pkt->proto == IPPROTO_TCP)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_FRAGMENT);
	return LEVEE_PARSE_JUDGE;
}

/* The unspecified address is for who has no address yet. */
static __always_inline enum levee_parse
parse_addresses(const struct levee_cursor *c)
{
	const struct levee_packet *pkt = c->pkt;
	__be32 ip = pkt->saddr.ip;
	bool martian;

	if (pkt->family == NFPROTO_IPV4) /* RFC 1122, 3.2.1.3 */
		martian = ipv4_is_multicast(ip) || ipv4_is_lbcast(ip) ||
			  ipv4_is_loopback(ip);
	else /* RFC 4291, 2.5.3 and 2.7 */
		martian = ipv6_addr_is_multicast(&pkt->saddr.ip6) ||
			  ipv6_addr_loopback(&pkt->saddr.ip6);
	if (martian)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_ADDRESS);
	if (!ipv6_addr_any(&pkt->saddr.ip6) &&
	    ipv6_addr_equal(&pkt->saddr.ip6, &pkt->daddr.ip6))
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LAND);
	return LEVEE_PARSE_JUDGE;
}

static __always_inline enum levee_parse
parse_ip4_payload(struct levee_cursor *c, const struct iphdr *iph)
{
	u16 frag = ntohs(iph->frag_off);
	enum levee_parse parse;
	u32 start;

	if (frag & (IP_MF | IP_OFFSET)) {
		start = (frag & IP_OFFSET) * 8;
		parse = parse_fragment(c, start, frag & IP_MF, iph->ihl * 4);
		if (start || parse != LEVEE_PARSE_JUDGE)
			return parse;
	}

	switch (c->pkt->proto) {
	case IPPROTO_TCP:
		return parse_tcp(c);
	case IPPROTO_UDP:
		return parse_udp(c);
	case IPPROTO_ICMP:
		return parse_icmp(c);
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_UDPLITE:
		return levee_cursor_ports(c);
	default:
		return LEVEE_PARSE_JUDGE;
	}
}

/*
 * The checksum is left to the stack: it costs as much as all of this, and a
 * packet that the stack will drop does no harm if it was counted.
 */
static __always_inline enum levee_parse parse_ip4(struct levee_cursor *c)
{
	struct levee_packet *pkt = c->pkt;
	const struct iphdr *iph;
	struct iphdr buf __uninitialized;
	u32 len;

	iph = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!iph || iph->version != 4)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);

	pkt->family = NFPROTO_IPV4;
	pkt->saddr.ip = iph->saddr;
	pkt->daddr.ip = iph->daddr;
	pkt->proto = iph->protocol;

	len = ntohs(iph->tot_len);
	/* An aggregate that is longer than the field can say (BIG TCP). */
	if (!len && skb_is_gso(c->skb))
		len = c->end - c->off;
	if (iph->ihl * 4 < sizeof(buf) || len < iph->ihl * 4 ||
	    len > c->end - c->off)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);
	c->end = c->off + len;
	c->off += iph->ihl * 4;

	return parse_ip4_payload(c, iph);
}

static enum levee_parse parse_ip6_fragment(struct levee_cursor *c, u32 nhoff)
{
	u32 before = c->off - nhoff - sizeof(struct ipv6hdr);
	const struct frag_hdr *fh;
	struct frag_hdr buf __uninitialized;
	u16 frag;

	fh = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!fh)
		return levee_cursor_cut_short(c);
	/* As the stack does: a fragment of a fragment is nobody's. */
	if (c->fragment)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_FRAGMENT);
	c->fragment = true;
	c->bare = false;
	c->pkt->proto = fh->nexthdr;
	c->off += sizeof(buf);
	frag = ntohs(fh->frag_off);
	/* An atomic fragment is a whole packet (RFC 6946). */
	if (!(frag & (IP6_OFFSET | IP6_MF)))
		return LEVEE_PARSE_JUDGE;
	return parse_fragment(c, frag & IP6_OFFSET, frag & IP6_MF, before);
}

static enum levee_parse parse_ip6_exthdr(struct levee_cursor *c, u32 nhoff)
{
	struct levee_packet *pkt = c->pkt;
	const struct ipv6_opt_hdr *eh;
	struct ipv6_opt_hdr buf __uninitialized;
	u32 len;

	if (pkt->proto == NEXTHDR_FRAGMENT)
		return parse_ip6_fragment(c, nhoff);

	eh = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!eh)
		return levee_cursor_cut_short(c);
	len = pkt->proto == NEXTHDR_AUTH ? ipv6_authlen(eh) : ipv6_optlen(eh);
	if (len > c->end - c->off)
		return levee_cursor_cut_short(c);
	c->bare = c->bare && pkt->proto == NEXTHDR_HOP;
	c->off += len;
	pkt->proto = eh->nexthdr;
	return LEVEE_PARSE_JUDGE;
}

/* Mobility, HIP and Shim6 are last headers: hosts seek nothing behind them. */
static enum levee_parse parse_ip6_payload(struct levee_cursor *c, u32 nhoff,
					  u8 hop_limit)
{
	struct levee_packet *pkt = c->pkt;
	enum levee_parse parse;
	int i;

	for (i = 0; i <= LEVEE_EXTHDRS_MAX; i++) {
		switch (pkt->proto) {
		case IPPROTO_TCP:
			return parse_tcp(c);
		case IPPROTO_UDP:
			return parse_udp(c);
		case IPPROTO_ICMPV6:
			return parse_icmp6(c, hop_limit);
		case IPPROTO_SCTP:
		case IPPROTO_DCCP:
		case IPPROTO_UDPLITE:
			return levee_cursor_ports(c);
		case NEXTHDR_HOP:
			/* RFC 8200, 4.3: directly behind the IPv6 header. */
			if (i)
				return levee_cursor_malformed(c, LEVEE_MALFORMED_ENCAP);
			break;
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
		case NEXTHDR_FRAGMENT:
		case NEXTHDR_AUTH:
			break;
		default:
			return LEVEE_PARSE_JUDGE;
		}
		parse = parse_ip6_exthdr(c, nhoff);
		if (parse != LEVEE_PARSE_JUDGE ||
		    pkt->class == LEVEE_CLASS_FRAG)
			return parse;
	}
	return levee_cursor_malformed(c, LEVEE_MALFORMED_ENCAP);
}

static enum levee_parse parse_ip6(struct levee_cursor *c)
{
	struct levee_packet *pkt = c->pkt;
	const struct ipv6hdr *ip6h;
	u32 nhoff = c->off, len;
	struct ipv6hdr buf __uninitialized;

	ip6h = levee_cursor_peek(c, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);

	pkt->family = NFPROTO_IPV6;
	pkt->saddr.ip6 = ip6h->saddr;
	pkt->daddr.ip6 = ip6h->daddr;
	pkt->proto = ip6h->nexthdr;
	c->off += sizeof(buf);
	c->bare = true;

	/*
	 * Zero is a jumbogram (RFC 2675), or an aggregate longer than the field
	 * can say (BIG TCP), with or without that option; then all is payload.
	 */
	len = ntohs(ip6h->payload_len);
	if (!len && (ip6h->nexthdr == NEXTHDR_HOP || skb_is_gso(c->skb)))
		len = c->end - c->off;
	if (len > c->end - c->off)
		return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);
	c->end = c->off + len;

	return parse_ip6_payload(c, nhoff, ip6h->hop_limit);
}

/* The old QinQ types are no tags to the stack, but to switches behind a bridge. */
static enum levee_parse parse_link(struct levee_cursor *c)
{
	__be16 proto = c->skb->protocol;
	const struct vlan_hdr *vlanh;
	struct vlan_hdr buf __uninitialized;
	int i;

	for (i = 0; ; i++) {
		switch (proto) {
		case htons(ETH_P_IP):
			return parse_ip4(c);
		case htons(ETH_P_IPV6):
			return parse_ip6(c);
		case htons(ETH_P_8021Q):
		case htons(ETH_P_8021AD):
		case htons(ETH_P_QINQ1):
		case htons(ETH_P_QINQ2):
		case htons(ETH_P_QINQ3):
			break;
		default:
			return LEVEE_PARSE_EXEMPT;
		}
		if (i == LEVEE_VLAN_TAGS_MAX)
			return levee_cursor_malformed(c, LEVEE_MALFORMED_ENCAP);
		vlanh = levee_cursor_peek(c, sizeof(buf), &buf);
		if (!vlanh)
			return levee_cursor_malformed(c, LEVEE_MALFORMED_LENGTH);
		proto = vlanh->h_vlan_encapsulated_proto;
		c->off += sizeof(buf);
		c->pkt->len -= sizeof(buf);
	}
}

/*
 * Field by field: for a structure, the compiler takes "rep stos", which needs
 * longer to begin than all of these stores take.
 */
static __always_inline void packet_begin(struct levee_packet *pkt, u32 len)
{
	pkt->saddr.be[0] = 0;
	pkt->saddr.be[1] = 0;
	pkt->daddr.be[0] = 0;
	pkt->daddr.be[1] = 0;
	pkt->len = len;
	pkt->segs = 1;
	pkt->sport = 0;
	pkt->dport = 0;
	pkt->family = 0;
	pkt->proto = 0;
	pkt->class = LEVEE_CLASS_OTHER;
	pkt->malformed = 0;
	pkt->seq = 0;
	pkt->answer = LEVEE_ANSWER_NONE;
	pkt->flags = 0;
	pkt->payload = false;
}

static __always_inline enum levee_parse
parse_packet(const struct sk_buff *skb,
	     const struct levee_reflectors *reflectors,
	     struct levee_packet *pkt,
	     enum levee_parse (*parse_headers)(struct levee_cursor *c))
{
	struct levee_cursor c = {
		.skb = skb,
		.reflectors = reflectors,
		.pkt = pkt,
		.off = skb_network_offset(skb),
		.end = skb->len,
	};
	enum levee_parse parse;

	packet_begin(pkt, c.end - c.off);
	parse = parse_headers(&c);
	levee_wire_measure(skb, pkt, c.off, c.end);
	if (pkt->family && parse != LEVEE_PARSE_MALFORMED &&
	    parse_addresses(&c) == LEVEE_PARSE_MALFORMED)
		return LEVEE_PARSE_MALFORMED;
	return parse;
}

static noinline enum levee_parse
parse_other(const struct sk_buff *skb,
	    const struct levee_reflectors *reflectors, struct levee_packet *pkt)
{
	return parse_packet(skb, reflectors, pkt, parse_link);
}

/**
 * levee_packet_parse - read what levee wants to know of a packet
 * @skb: packet as netdev ingress or PREROUTING have it: network header set,
 *	@skb->protocol the one of that header; nothing else is relied on, and
 *	nothing is changed
 * @reflectors: UDP from which ports is of class reflect
 * @pkt: filled in whatever is returned
 *
 * Context: Any; softirq on the packet path.
 * Return: what to do with the packet, see &enum levee_parse.
 */
enum levee_parse levee_packet_parse(const struct sk_buff *skb,
				    const struct levee_reflectors *reflectors,
				    struct levee_packet *pkt)
{
	/* Most packets, in one piece of code with its variables in registers. */
	if (likely(skb->protocol == htons(ETH_P_IP)))
		return parse_packet(skb, reflectors, pkt, parse_ip4);
	return parse_other(skb, reflectors, pkt);
}
LEVEE_EXPORT_FOR_TEST(levee_packet_parse);
