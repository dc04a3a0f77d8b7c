/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for the parser's tests, layer by layer, and what they are.
 */
#ifndef _LEVEE_PACKET_SAMPLES_H
#define _LEVEE_PACKET_SAMPLES_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <net/ipv6.h>

#include "packet.h"

enum layer_type {
	LAYER_NONE,
	LAYER_TAG,	/* VLAN tag; argument: its ethertype */
	LAYER_LINK,	/* no IP; ethertype */
	LAYER_IP4,	/* header length in words */
	LAYER_IP6,	/* hop limit */
	LAYER_FRAG4,	/* frag_off of the IPv4 header */
	LAYER_FRAG6,	/* frag_off of a fragment header */
	LAYER_EXT,	/* other extension header: type, length field */
	LAYER_TCP,	/* flags */
	LAYER_UDP,	/* source port */
	LAYER_ICMP6,	/* type */
	LAYER_NEXT,	/* number of a protocol that is not built here */
	LAYER_DATA,	/* bytes */
	LAYER_TAIL,	/* bytes behind the IP packet */
};

#define LAYER(type, arg)	((u32)(arg) << 8 | LAYER_##type)
#define LAYER_TYPE(layer)	((layer) & 0xff)
#define LAYER_ARG(layer)	((layer) >> 8)

#define TAG(type)		LAYER(TAG, type)
#define LINK(type)		LAYER(LINK, type)
#define IP4(words)		LAYER(IP4, words)
#define IP6(hop_limit)		LAYER(IP6, hop_limit)
#define FRAG4(start, more)	LAYER(FRAG4, (start) / 8 | (more) << 13)
#define FRAG6(start, more)	LAYER(FRAG6, (start) | (more))
#define EXT(type, len)		LAYER(EXT, (type) | (len) << 8)
#define TCP(flags)		LAYER(TCP, flags)
#define UDP(port)		LAYER(UDP, port)
#define ICMP6(type)		LAYER(ICMP6, type)
#define NEXT(proto)		LAYER(NEXT, proto)
#define ICMP			NEXT(IPPROTO_ICMP), DATA(8)
#define DATA(len)		LAYER(DATA, len)
#define TAIL(len)		LAYER(TAIL, len)

#define HOP	NEXTHDR_HOP
#define ROUTING	NEXTHDR_ROUTING
#define DEST	NEXTHDR_DEST
#define AH	NEXTHDR_AUTH

#define FIN	0x001
#define SYN	0x002
#define RST	0x004
#define PSH	0x008
#define ACK	0x010
#define URG	0x020
#define ECE	0x040
#define CWR	0x080
#define AE	0x100

/* Overwrites bytes of the finished packet. */
struct patch {
	u8 off;
	u8 len;
	u8 bytes[16];
};

#define BYTES(at, ...) \
	{ .off = (at), .len = sizeof((u8[]){ __VA_ARGS__ }), \
	  .bytes = { __VA_ARGS__ } }

/**
 * struct sample - a packet and what the parser has to say of it
 * @name: in the test's output
 * @layers: what it is made of
 * @patch: what is then changed
 * @parse: what levee_packet_parse() returns
 * @class: of the packet
 * @malformed: in what way
 * @open_end: the packet has no length of its own
 */
struct sample {
	const char *name;
	u32 layers[14];
	struct patch patch[3];
	enum levee_parse parse;
	enum levee_class class;
	enum levee_malformed malformed;
	bool open_end;
};

#define L(...)		{ __VA_ARGS__ }
#define P(...)		.patch = { __VA_ARGS__ }
#define IS(c)		.parse = LEVEE_PARSE_JUDGE, .class = LEVEE_CLASS_##c
#define EXEMPT(c)	.parse = LEVEE_PARSE_EXEMPT, .class = LEVEE_CLASS_##c
#define BAD(m, c)	.parse = LEVEE_PARSE_MALFORMED, \
			.class = LEVEE_CLASS_##c, \
			.malformed = LEVEE_MALFORMED_##m
#define SADDR4(...)	BYTES(12, __VA_ARGS__)
#define SADDR6(...)	BYTES(8, __VA_ARGS__)

static const struct sample samples[] = {
	/* TCP flags */
	{ "SYN", L(IP4(5), TCP(SYN)), IS(SYN) },
	{ "SYN, ECN", L(IP4(5), TCP(SYN | ECE | CWR)), IS(SYN) },
	{ "SYN, AccECN", L(IP4(5), TCP(SYN | ECE | CWR | AE)), IS(SYN) },
	{ "SYN, PSH, URG", L(IP4(5), TCP(SYN | PSH | URG)), IS(SYN) },
	{ "SYN with data", L(IP4(5), TCP(SYN), DATA(64)), IS(SYN) },
	{ "SYN, ACK", L(IP4(5), TCP(SYN | ACK)), IS(REFLECT) },
	{ "ACK", L(IP4(5), TCP(ACK)), IS(TCP) },
	{ "ACK with data", L(IP4(5), TCP(ACK | PSH), DATA(64)), IS(TCP) },
	{ "FIN, ACK", L(IP4(5), TCP(FIN | ACK)), IS(TCP) },
	{ "FIN, ACK, URG, PSH", L(IP4(5), TCP(FIN | ACK | URG | PSH)),
	  IS(TCP) },
	{ "RST", L(IP4(5), TCP(RST)), IS(TCP) },
	{ "RST, ACK", L(IP4(5), TCP(RST | ACK)), IS(TCP) },
	{ "RST, FIN", L(IP4(5), TCP(RST | FIN)), IS(TCP) },
	{ "NULL scan", L(IP4(5), TCP(0)), BAD(TCP_FLAGS, TCP) },
	{ "ECN bits alone", L(IP4(5), TCP(ECE | CWR)), BAD(TCP_FLAGS, TCP) },
	{ "FIN scan", L(IP4(5), TCP(FIN)), BAD(TCP_FLAGS, TCP) },
	{ "XMAS scan", L(IP4(5), TCP(FIN | PSH | URG)), BAD(TCP_FLAGS, TCP) },
	{ "PSH alone", L(IP4(5), TCP(PSH)), BAD(TCP_FLAGS, TCP) },
	{ "URG alone", L(IP4(5), TCP(URG)), BAD(TCP_FLAGS, TCP) },
	{ "SYN, FIN", L(IP4(5), TCP(SYN | FIN)), BAD(TCP_FLAGS, SYN) },
	{ "SYN, RST", L(IP4(5), TCP(SYN | RST)), BAD(TCP_FLAGS, SYN) },
	{ "all flags", L(IP4(5), TCP(0xff)), BAD(TCP_FLAGS, REFLECT) },
	/* TCP lengths */
	{ "TCP options", L(IP4(5), TCP(SYN), DATA(40)), P(BYTES(32, 0xf0)),
	  IS(SYN) },
	{ "TCP options cut", L(IP4(5), TCP(SYN), DATA(39)),
	  P(BYTES(32, 0xf0)), BAD(LENGTH, SYN) },
	{ "TCP header too short", L(IP4(5), TCP(SYN), DATA(8)),
	  P(BYTES(32, 0x40)), BAD(LENGTH, SYN) },
	{ "TCP header cut", L(IP4(5), NEXT(IPPROTO_TCP), DATA(19)),
	  BAD(LENGTH, TCP) },
	{ "TCP header in the padding", L(IP4(5), NEXT(IPPROTO_TCP), TAIL(26)),
	  BAD(LENGTH, TCP) },
	/* UDP */
	{ "UDP", L(IP4(5), UDP(40000)), IS(UDP) },
	{ "UDP from port 0", L(IP4(5), UDP(0)), IS(UDP) },
	{ "UDP from DNS", L(IP4(5), UDP(53)), IS(REFLECT) },
	{ "UDP shorter than IP", L(IP4(5), UDP(53), DATA(8)), IS(REFLECT) },
	{ "UDP longer than IP", L(IP4(5), UDP(40000), DATA(8)),
	  P(BYTES(24, 0, 17)), BAD(LENGTH, UDP) },
	{ "UDP of its whole length", L(IP4(5), UDP(40000), DATA(8)),
	  P(BYTES(24, 0, 16)), IS(UDP) },
	{ "UDP into the padding", L(IP4(5), UDP(53), TAIL(8)),
	  P(BYTES(24, 0, 16)), BAD(LENGTH, REFLECT) },
	{ "UDP length 7", L(IP4(5), UDP(40000)), P(BYTES(24, 0, 7)),
	  BAD(LENGTH, UDP) },
	{ "UDP length 0", L(IP6(64), UDP(40000)), P(BYTES(44, 0, 0)),
	  BAD(LENGTH, UDP) },
	{ "UDP header cut", L(IP4(5), NEXT(IPPROTO_UDP), DATA(7)),
	  BAD(LENGTH, UDP) },
	/* Other protocols */
	{ "ICMP", L(IP4(5), ICMP), IS(ICMP) },
	{ "ICMP cut", L(IP4(5), NEXT(IPPROTO_ICMP), DATA(7)),
	  BAD(LENGTH, ICMP) },
	{ "ICMPv6 in IPv4", L(IP4(5), ICMP6(135)), IS(OTHER) },
	{ "ICMP in IPv6", L(IP6(64), ICMP), IS(OTHER) },
	{ "ICMPv6 echo", L(IP6(64), ICMP6(128)), IS(ICMP) },
	{ "ICMPv6 cut", L(IP6(64), NEXT(IPPROTO_ICMPV6), DATA(7)),
	  BAD(LENGTH, ICMP) },
	{ "GRE", L(IP4(5), NEXT(IPPROTO_GRE), DATA(8)), IS(OTHER) },
	{ "IP in IP", L(IP4(5), NEXT(IPPROTO_IPIP), DATA(20)), IS(OTHER) },
	{ "ESP", L(IP4(5), NEXT(IPPROTO_ESP), DATA(8)), IS(OTHER) },
	{ "SCTP without header", L(IP4(5), NEXT(IPPROTO_SCTP)), IS(OTHER) },
	/* IPv4 header */
	{ "IPv4 options", L(IP4(15), TCP(SYN)), IS(SYN) },
	{ "IPv4 padding", L(IP4(5), TCP(SYN), TAIL(6)), IS(SYN) },
	{ "IPv4 header too short", L(IP4(5), TCP(SYN)), P(BYTES(0, 0x44)),
	  BAD(LENGTH, OTHER) },
	{ "IPv4 options cut", L(IP4(5), ICMP), P(BYTES(0, 0x4f)),
	  BAD(LENGTH, OTHER) },
	{ "IPv4 options in the padding", L(IP4(5), ICMP, TAIL(60)),
	  P(BYTES(0, 0x4f)), BAD(LENGTH, OTHER) },
	{ "IPv4 length too long", L(IP4(5), ICMP), P(BYTES(2, 0, 29)),
	  BAD(LENGTH, OTHER) },
	{ "IPv4 length too short", L(IP4(5), ICMP), P(BYTES(2, 0, 19)),
	  BAD(LENGTH, OTHER) },
	{ "IPv4 length 0", L(IP4(5), ICMP), P(BYTES(2, 0, 0)),
	  BAD(LENGTH, OTHER) },
	{ "IPv4 version", L(IP4(5), ICMP), P(BYTES(0, 0x65)),
	  BAD(LENGTH, OTHER) },
	/* IPv4 fragments */
	{ "first fragment", L(IP4(5), FRAG4(0, 1), TCP(SYN), DATA(4)),
	  IS(SYN) },
	{ "first fragment, all unfragmentable",
	  L(IP4(5), FRAG4(0, 1), TCP(SYN), DATA(4)), P(BYTES(6, 0x60)),
	  IS(SYN) },
	{ "first fragment, TCP cut",
	  L(IP4(5), FRAG4(0, 1), NEXT(IPPROTO_TCP), DATA(16)),
	  BAD(FRAGMENT, TCP) },
	{ "first fragment, TCP options cut",
	  L(IP4(5), FRAG4(0, 1), TCP(SYN), DATA(4)), P(BYTES(32, 0x70)),
	  BAD(FRAGMENT, SYN) },
	{ "first fragment, UDP", L(IP4(5), FRAG4(0, 1), UDP(53)),
	  P(BYTES(24, 8, 0)), IS(REFLECT) },
	{ "first fragment, ICMP", L(IP4(5), FRAG4(0, 1), ICMP), IS(ICMP) },
	{ "first fragment, odd length", L(IP4(5), FRAG4(0, 1), ICMP, DATA(4)),
	  BAD(FRAGMENT, OTHER) },
	{ "first fragment, empty", L(IP4(5), FRAG4(0, 1), NEXT(47)),
	  BAD(FRAGMENT, OTHER) },
	{ "later fragment",
	  L(IP4(5), FRAG4(1480, 1), NEXT(IPPROTO_UDP), DATA(64)), IS(FRAG) },
	{ "last fragment",
	  L(IP4(5), FRAG4(1480, 0), NEXT(IPPROTO_TCP), DATA(1)), IS(FRAG) },
	{ "later fragment, odd length",
	  L(IP4(5), FRAG4(1480, 1), NEXT(IPPROTO_UDP), DATA(63)),
	  BAD(FRAGMENT, FRAG) },
	{ "last fragment, empty", L(IP4(5), FRAG4(1480, 0), NEXT(17)),
	  BAD(FRAGMENT, FRAG) },
	{ "TCP rewritten at 8",
	  L(IP4(5), FRAG4(8, 0), NEXT(IPPROTO_TCP), DATA(32)),
	  BAD(FRAGMENT, FRAG) },
	{ "TCP rewritten at 16",
	  L(IP4(5), FRAG4(16, 0), NEXT(IPPROTO_TCP), DATA(32)),
	  BAD(FRAGMENT, FRAG) },
	{ "TCP fragment at 24",
	  L(IP4(5), FRAG4(24, 0), NEXT(IPPROTO_TCP), DATA(32)), IS(FRAG) },
	{ "UDP fragment at 8",
	  L(IP4(5), FRAG4(8, 0), NEXT(IPPROTO_UDP), DATA(32)), IS(FRAG) },
	{ "fragment up to the end",
	  L(IP4(5), FRAG4(65504, 0), NEXT(IPPROTO_UDP), DATA(11)), IS(FRAG) },
	{ "fragment beyond the end",
	  L(IP4(5), FRAG4(65504, 0), NEXT(IPPROTO_UDP), DATA(12)),
	  BAD(FRAGMENT, FRAG) },
	/* Addresses */
	{ "land", L(IP4(5), TCP(SYN)), P(SADDR4(198, 51, 100, 1)),
	  BAD(LAND, SYN) },
	{ "land, IPv6", L(IP6(64), TCP(SYN)),
	  P(SADDR6(0x20, 1, 0x0d, 0xb8, 0, 1)), BAD(LAND, SYN) },
	{ "from a multicast group", L(IP4(5), UDP(9)), P(SADDR4(224, 0, 0, 1)),
	  BAD(ADDRESS, UDP) },
	{ "from broadcast", L(IP4(5), ICMP), P(SADDR4(255, 255, 255, 255)),
	  BAD(ADDRESS, ICMP) },
	{ "from loopback", L(IP4(5), TCP(ACK)), P(SADDR4(127, 1, 2, 3)),
	  BAD(ADDRESS, TCP) },
	{ "fragment from loopback",
	  L(IP4(5), FRAG4(1480, 0), NEXT(IPPROTO_TCP), DATA(8)),
	  P(SADDR4(127, 0, 0, 1)), BAD(ADDRESS, FRAG) },
	{ "from class E", L(IP4(5), UDP(9)), P(SADDR4(240, 0, 0, 1)), IS(UDP) },
	{ "DHCP", L(IP4(5), UDP(68)),
	  P(SADDR4(0, 0, 0, 0, 255, 255, 255, 255)), IS(UDP) },
	{ "from and to nobody", L(IP4(5), NEXT(IPPROTO_IGMP), DATA(8)),
	  P(SADDR4(0, 0, 0, 0, 0, 0, 0, 0)), IS(OTHER) },
	{ "from a multicast group, IPv6", L(IP6(255), ICMP6(135)),
	  P(SADDR6(0xff, 2)), BAD(ADDRESS, ICMP) },
	{ "from loopback, IPv6", L(IP6(64), TCP(SYN)),
	  P(SADDR6(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
	  BAD(ADDRESS, SYN) },
	/* IPv6 header and extension headers */
	{ "IPv6", L(IP6(64), TCP(SYN)), IS(SYN) },
	{ "IPv6 padding", L(IP6(64), TCP(SYN), TAIL(6)), IS(SYN) },
	{ "IPv6 version", L(IP6(64), TCP(SYN)), P(BYTES(0, 0x45)),
	  BAD(LENGTH, OTHER) },
	{ "IPv6 length too long", L(IP6(64), TCP(SYN)), P(BYTES(4, 0, 21)),
	  BAD(LENGTH, OTHER) },
	{ "IPv6 length 0", L(IP6(64), TCP(SYN)), P(BYTES(4, 0, 0)),
	  BAD(LENGTH, TCP) },
	{ "jumbogram", L(IP6(64), EXT(HOP, 0), TCP(SYN)), P(BYTES(4, 0, 0)),
	  IS(SYN), .open_end = true },
	{ "hop-by-hop", L(IP6(64), EXT(HOP, 1), TCP(SYN)), IS(SYN) },
	{ "routing", L(IP6(64), EXT(ROUTING, 2), TCP(SYN)), IS(SYN) },
	{ "destination", L(IP6(64), EXT(DEST, 0), UDP(53)), IS(REFLECT) },
	{ "AH", L(IP6(64), EXT(AH, 4), TCP(SYN)), IS(SYN) },
	{ "AH without data", L(IP6(64), EXT(AH, 1), TCP(SYN)), IS(SYN) },
	{ "the recommended order",
	  L(IP6(64), EXT(HOP, 0), EXT(DEST, 0), EXT(ROUTING, 2), FRAG6(0, 0),
	    EXT(AH, 4), EXT(DEST, 0), TCP(SYN)), IS(SYN) },
	{ "eight headers",
	  L(IP6(64), EXT(HOP, 0), EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0),
	    EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0), TCP(SYN)),
	  IS(SYN) },
	{ "nine headers",
	  L(IP6(64), EXT(HOP, 0), EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0),
	    EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0), EXT(DEST, 0),
	    EXT(DEST, 0), TCP(SYN)), BAD(ENCAP, OTHER) },
	{ "hop-by-hop later",
	  L(IP6(64), EXT(DEST, 0), EXT(HOP, 0), TCP(SYN)), BAD(ENCAP, OTHER) },
	{ "extension header cut", L(IP6(64), EXT(DEST, 0), TCP(SYN)),
	  P(BYTES(41, 3)), BAD(LENGTH, OTHER) },
	{ "extension header up to the end", L(IP6(64), EXT(DEST, 2), NEXT(6)),
	  BAD(LENGTH, TCP) },
	{ "no next header", L(IP6(64), NEXT(NEXTHDR_NONE), DATA(20)),
	  IS(OTHER) },
	{ "mobility", L(IP6(64), EXT(NEXTHDR_MOBILITY, 0), TCP(SYN)),
	  IS(OTHER) },
	{ "ESP, IPv6", L(IP6(64), NEXT(NEXTHDR_ESP), DATA(20)), IS(OTHER) },
	/* IPv6 fragments */
	{ "atomic fragment", L(IP6(64), FRAG6(0, 0), TCP(SYN)), IS(SYN) },
	{ "atomic fragment of nothing",
	  L(IP6(64), FRAG6(0, 0), NEXT(NEXTHDR_NONE)), IS(OTHER) },
	{ "two fragment headers", L(IP6(64), FRAG6(0, 0), FRAG6(0, 0), UDP(9)),
	  BAD(FRAGMENT, OTHER) },
	{ "first fragment, IPv6",
	  L(IP6(64), FRAG6(0, 1), EXT(DEST, 0), TCP(SYN), DATA(4)), IS(SYN) },
	{ "first fragment, chain cut",
	  L(IP6(64), FRAG6(0, 1), EXT(DEST, 0), NEXT(IPPROTO_TCP)),
	  BAD(FRAGMENT, TCP) },
	{ "first fragment, header cut",
	  L(IP6(64), FRAG6(0, 1), EXT(DEST, 0), TCP(SYN), DATA(4)),
	  P(BYTES(49, 4)), BAD(FRAGMENT, OTHER) },
	{ "fragment header cut", L(IP6(64), NEXT(NEXTHDR_FRAGMENT), DATA(7)),
	  BAD(LENGTH, OTHER) },
	{ "later fragment, IPv6",
	  L(IP6(64), EXT(DEST, 0), FRAG6(1448, 1), NEXT(IPPROTO_TCP),
	    DATA(64)), IS(FRAG) },
	{ "later fragment of a chain",
	  L(IP6(64), FRAG6(8, 0), NEXT(NEXTHDR_DEST), DATA(20)), IS(FRAG) },
	{ "later fragment, odd length, IPv6",
	  L(IP6(64), FRAG6(1448, 1), NEXT(IPPROTO_UDP), DATA(63)),
	  BAD(FRAGMENT, FRAG) },
	{ "TCP rewritten at 8, IPv6",
	  L(IP6(64), FRAG6(8, 0), NEXT(IPPROTO_TCP), DATA(32)),
	  BAD(FRAGMENT, FRAG) },
	{ "fragment up to the end, IPv6",
	  L(IP6(64), EXT(HOP, 0), FRAG6(65504, 0), NEXT(44), DATA(23)),
	  IS(FRAG) },
	{ "fragment beyond the end, IPv6",
	  L(IP6(64), EXT(HOP, 0), FRAG6(65504, 0), NEXT(44), DATA(24)),
	  BAD(FRAGMENT, FRAG) },
	/* Link control */
	{ "router solicitation", L(IP6(255), ICMP6(133)), EXEMPT(ICMP) },
	{ "router advertisement", L(IP6(255), ICMP6(134)), EXEMPT(ICMP) },
	{ "neighbour solicitation", L(IP6(255), ICMP6(135)), EXEMPT(ICMP) },
	{ "neighbour advertisement", L(IP6(255), ICMP6(136)), EXEMPT(ICMP) },
	{ "redirect", L(IP6(255), EXT(HOP, 0), ICMP6(137)), EXEMPT(ICMP) },
	{ "duplicate address detection", L(IP6(255), ICMP6(135)),
	  P(SADDR6(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
	  EXEMPT(ICMP) },
	{ "ND from afar", L(IP6(254), ICMP6(135)), IS(ICMP) },
	{ "ND with a code", L(IP6(255), ICMP6(135)), P(BYTES(41, 1)),
	  IS(ICMP) },
	{ "ND in a fragment", L(IP6(255), FRAG6(0, 0), ICMP6(135)), IS(ICMP) },
	{ "ND behind options", L(IP6(255), EXT(DEST, 0), ICMP6(135)),
	  IS(ICMP) },
	{ "ND behind both", L(IP6(255), EXT(HOP, 0), EXT(DEST, 0), ICMP6(135)),
	  IS(ICMP) },
	{ "ICMPv6 138", L(IP6(255), ICMP6(138)), IS(ICMP) },
	{ "MLD", L(IP6(1), EXT(HOP, 0), ICMP6(143)), P(SADDR6(0xfe, 0x80)),
	  EXEMPT(ICMP) },
	{ "MLD query", L(IP6(1), EXT(HOP, 0), ICMP6(130)),
	  P(SADDR6(0xfe, 0xbf)), EXEMPT(ICMP) },
	{ "MLD from afar", L(IP6(1), EXT(HOP, 0), ICMP6(143)), IS(ICMP) },
	{ "MLD with hop limit 2", L(IP6(2), EXT(HOP, 0), ICMP6(131)),
	  P(SADDR6(0xfe, 0x80)), IS(ICMP) },
	/* Below IP */
	{ "ARP", L(LINK(ETH_P_ARP), DATA(28)), EXEMPT(OTHER) },
	{ "MPLS", L(LINK(ETH_P_MPLS_UC), DATA(28)), EXEMPT(OTHER) },
	{ "ARP in a VLAN", L(TAG(ETH_P_8021Q), LINK(ETH_P_ARP), DATA(28)),
	  EXEMPT(OTHER) },
	{ "one tag", L(TAG(ETH_P_8021Q), IP4(5), TCP(SYN)), IS(SYN) },
	{ "QinQ", L(TAG(ETH_P_8021AD), TAG(ETH_P_8021Q), IP6(64), TCP(SYN)),
	  IS(SYN) },
	{ "old QinQ", L(TAG(ETH_P_QINQ1), TAG(ETH_P_8021Q), IP4(5), TCP(SYN)),
	  IS(SYN) },
	{ "four tags", L(TAG(ETH_P_8021Q), TAG(ETH_P_8021Q), TAG(ETH_P_8021Q),
			 TAG(ETH_P_8021Q), IP4(5), TCP(SYN)), IS(SYN) },
	{ "five tags", L(TAG(ETH_P_8021Q), TAG(ETH_P_8021Q), TAG(ETH_P_8021Q),
			 TAG(ETH_P_8021Q), TAG(ETH_P_8021Q), IP4(5), TCP(SYN)),
	  BAD(ENCAP, OTHER) },
	{ "tag cut", L(TAG(ETH_P_8021Q), LINK(ETH_P_8021Q), DATA(3)),
	  BAD(LENGTH, OTHER) },
	{ "nothing behind the tag", L(TAG(ETH_P_8021Q), LINK(ETH_P_IPV6)),
	  BAD(LENGTH, OTHER) },
	{ "ND in a VLAN", L(TAG(ETH_P_8021Q), IP6(255), ICMP6(135)),
	  EXEMPT(ICMP) },
};

#endif /* _LEVEE_PACKET_SAMPLES_H */
