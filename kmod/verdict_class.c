// SPDX-License-Identifier: GPL-2.0
/*
 * Which class a packet is of that may be an answer.
 *
 * What somebody has asked for is plain udp, tcp or icmp, and so is everything
 * while nobody can tell: because it was not noted for long enough, because
 * what the policy's destinations send goes out elsewhere, or because this kernel
 * has no egress hooks. Only a fragment, which has a class of its own, stays
 * what it is unless somebody is known to have asked for it.
 *
 * In mode monitor it is the same as in mode enforce. But a segment of no connection
 * that is not dropped may be answered, and then its source has one.
 */
#include "verdict_class.h"

#include <linux/in.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>
#include <net/tcp.h>

#include "packet.h"
#include "path.h"
#include "pernet.h"
#include "ruleset.h"
#include "solicited.h"
#include "verdict_ban.h"

static u8 class_of_proto(const struct levee_packet *pkt)
{
	switch (pkt->proto) {
	case IPPROTO_TCP:
		return LEVEE_CLASS_TCP;
	case IPPROTO_UDP:
		return LEVEE_CLASS_UDP;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return LEVEE_CLASS_ICMP;
	default:
		return LEVEE_CLASS_OTHER;
	}
}

/* Who answered a challenge is proven before its SYN has come in. */
static bool is_stray(const struct levee_net *ln, const struct levee_packet *pkt,
		     u64 now_ns)
{
	return levee_solicited_stray(&ln->solicited, &ln->key, pkt, now_ns) &&
	       !levee_verdict_is_proven(ln, pkt, now_ns);
}

/*
 * RFC 9293, 3.10.7.1: to a SYN, a port that is closed answers RST with ACK; to
 * what has ACK, RST without. So the former may be what a reflector says.
 */
static u8 class_of_stray(const struct levee_policy *policy,
			 const struct levee_packet *pkt)
{
	if (pkt->answer == LEVEE_ANSWER_RST && pkt->flags & TCPHDR_ACK &&
	    policy->answers & LEVEE_ANSWERS_REFLECT)
		return LEVEE_CLASS_REFLECT;
	return LEVEE_CLASS_TCP_STRAY;
}

/**
 * levee_verdict_class - tell what nobody asked for from the rest
 * @ln: the network namespace
 * @policy: the policy that decides, which wants to know
 * @pkt: the packet, well-formed, and some answer; its class is set
 *
 * Context: RCU read lock. Packet path.
 */
void levee_verdict_class(struct levee_net *ln,
			 const struct levee_policy *policy,
			 struct levee_packet *pkt)
{
	bool here = levee_path_is_here(policy);
	u64 now_ns = ktime_get_ns();

	switch (pkt->answer) {
	case LEVEE_ANSWER_FRAG:
		if (levee_solicited_asked(&ln->solicited, &ln->key, pkt,
					  now_ns))
			pkt->class = class_of_proto(pkt);
		break;
	case LEVEE_ANSWER_RST:
	case LEVEE_ANSWER_TCP:
		if (here && is_stray(ln, pkt, now_ns))
			pkt->class = class_of_stray(policy, pkt);
		break;
	default:
		if (here && levee_solicited_unasked(&ln->solicited, &ln->key,
						    rcu_dereference(ln->reflectors),
						    pkt, now_ns))
			pkt->class = LEVEE_CLASS_REFLECT;
		else
			pkt->class = class_of_proto(pkt);
	}
}
