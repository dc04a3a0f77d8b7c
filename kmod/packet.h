/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What levee reads from a packet: addresses, class and lengths.
 */
#ifndef _LEVEE_PACKET_H
#define _LEVEE_PACKET_H

#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/in6.h>
#include <linux/levee.h>
#include <linux/types.h>

struct net_device;
struct levee_reflectors;
struct sk_buff;

/**
 * union levee_addr - an address of either family
 * @ip: IPv4, network byte order; the other bytes are then zero
 * @ip6: IPv6
 * @be: the same bytes as two words, for hashing and masking
 */
union levee_addr {
	__be32 ip;
	struct in6_addr ip6;
	__be64 be[2];
};

/**
 * enum levee_parse - what to do with a parsed packet
 * @LEVEE_PARSE_JUDGE: &struct levee_packet is complete; policies decide
 * @LEVEE_PARSE_EXEMPT: not IP, or control of the link itself (neighbour
 *	discovery, multicast listener discovery): passes in every mode
 * @LEVEE_PARSE_MALFORMED: no honest sender makes it; @malformed says why,
 *	@family is 0 if not even the addresses could be read, @class is the
 *	best that is known
 */
enum levee_parse {
	LEVEE_PARSE_JUDGE,
	LEVEE_PARSE_EXEMPT,
	LEVEE_PARSE_MALFORMED,
};

/**
 * enum levee_answer - what a packet answers, if somebody has asked
 * @LEVEE_ANSWER_NONE: nothing
 * @LEVEE_ANSWER_UDP: UDP from a port that attacks are reflected from
 * @LEVEE_ANSWER_SYNACK: TCP SYN/ACK
 * @LEVEE_ANSWER_ECHO: ICMP echo reply
 * @LEVEE_ANSWER_FRAG: fragment that is not the first of its packet
 * @LEVEE_ANSWER_RST: TCP RST
 * @LEVEE_ANSWER_TCP: any other TCP that opens no connection
 */
enum levee_answer {
	LEVEE_ANSWER_NONE,
	LEVEE_ANSWER_UDP,
	LEVEE_ANSWER_SYNACK,
	LEVEE_ANSWER_ECHO,
	LEVEE_ANSWER_FRAG,
	LEVEE_ANSWER_RST,
	LEVEE_ANSWER_TCP,
};

/**
 * struct levee_packet - a packet as the policies see it
 * @saddr: source address
 * @daddr: destination address
 * @in: the device that it came in by; not set by the parser
 * @len: bytes of the IP packet on the wire, without the framing of the link;
 *	if it was aggregated, of all segments, each with its headers
 * @segs: packets that it stands for: segments if it was aggregated, else 1
 * @sport: source port of what levee_proto_has_ports(), 0 if there is none
 * @dport: destination port of these, 0 if there is none
 * @seq: sequence number of TCP, 0 if there is none
 * @family: NFPROTO_IPV4, NFPROTO_IPV6 or 0
 * @proto: IPPROTO_* of the last header that was followed
 * @class: enum levee_class, never LEVEE_CLASS_ANY
 * @malformed: enum levee_malformed, valid after LEVEE_PARSE_MALFORMED
 * @answer: enum levee_answer, valid after LEVEE_PARSE_JUDGE
 * @flags: flags of TCP, as its header has them; type of ICMP and ICMPv6; else 0
 * @payload: it is a whole packet of TCP, and has data
 */
struct levee_packet {
	union levee_addr saddr;
	union levee_addr daddr;
	const struct net_device *in;
	u32 len;
	u32 segs;
	__be16 sport;
	__be16 dport;
	__be32 seq;
	u8 family;
	u8 proto;
	u8 class;
	u8 malformed;
	u8 answer;
	u8 flags;
	bool payload;
};

/* Whoever adds a field sets it in packet_begin(); the hook sets @in. */
static_assert(sizeof(struct levee_packet) ==
	      ALIGN(55 + sizeof(void *), __alignof__(struct levee_packet)));

enum levee_parse levee_packet_parse(const struct sk_buff *skb,
				    const struct levee_reflectors *reflectors,
				    struct levee_packet *pkt);

#endif /* _LEVEE_PACKET_H */
