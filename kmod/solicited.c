// SPDX-License-Identifier: GPL-2.0
/*
 * What protected hosts have asked for, and who has connections with them.
 *
 * Both are learned from what goes out, which an attacker does not send. A
 * question is a datagram to a port that attacks are reflected from, a SYN, or an
 * ICMP echo request; whoever it is for may answer for a while. A connection is
 * what a TCP has that sends anything but SYN and RST: to somebody who only sends
 * segments in the name of others, it sends nothing but these two, and, while a
 * forged SYN is fresh, bare ACKs.
 *
 * Both are in expiring maps, in which what is known already is written again
 * only when half of its time is over. So nearly all packets write nothing.
 *
 * A map that is full where an entry belongs gives up what would expire first.
 * Questions all live equally long, so that is the oldest. Of sources it is one
 * whose SYN was only answered yet, as long as there are any: a flood of forged
 * SYNs does not drive out who has a connection.
 *
 * Who is not in a map has not been asked, or has no connection, if there was
 * room for it; where all slots are alive, nobody can tell, and it passes for
 * known.
 */
#include "solicited.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/time64.h>
#include <net/tcp.h>

#include "compat.h"
#include "map.h"
#include "packet.h"
#include "proof.h"
#include "reflector.h"
#include "source.h"

#define LEVEE_PORT_DNS		53

#define LEVEE_ASKED_NS		((u64)LEVEE_ASKED_S * NSEC_PER_SEC)
#define LEVEE_MET_NS		((u64)LEVEE_MET_S * NSEC_PER_SEC)
#define LEVEE_MET_HALF_NS	((u64)LEVEE_MET_HALF_S * NSEC_PER_SEC)

/* What kind of answer an entry is for; part of its tag. */
enum question {
	QUESTION_UDP,	/* from a certain port */
	QUESTION_SYN,
	QUESTION_ECHO,
	QUESTION_ANY,	/* a fragment of any of them, or of other UDP */
};

static u64 question_tag(const siphash_key_t *key, enum question question,
			u8 family, const union levee_addr *addr, __be16 port)
{
	u64 what = (u64)question << 56 | (u64)family << 48 |
		   (u64)ntohs(port) << 32;

	if (family == NFPROTO_IPV4)
		return siphash_1u64(what | (__force u32)addr->ip, key);
	return siphash_3u64(what, (__force u64)addr->be[0],
			    (__force u64)addr->be[1], key);
}

/* As proofs: an address, or the network that it may change in. */
static u64 met_tag(const siphash_key_t *key, u8 family,
		   const union levee_addr *addr)
{
	return levee_source_hash(key, family, addr,
				 family == NFPROTO_IPV4 ? LEVEE_PROOF_LEN4 :
							  LEVEE_PROOF_LEN6);
}

/* Lets an entry live for @life_ns from now on; true if that was written. */
static bool entry_extend(const struct levee_map *map, u64 tag, u64 now_ns,
			 u64 life_ns, atomic64_t *missed)
{
	struct levee_map_ref ref = levee_map_lookup(map, tag, now_ns);

	if (!ref.slot) {
		atomic64_inc(missed);
		ref = levee_map_earliest(map, tag, now_ns + life_ns);
		if (!ref.slot)
			return false;
	} else if (!ref.vacant && ref.until > now_ns + life_ns / 2) {
		return false;
	}
	/* Who was faster has written the same, or the next packet will. */
	return levee_map_store(&ref, tag, now_ns + life_ns);
}

enum known { KNOWN, UNKNOWN, NOBODY_CAN_TELL };

static enum known entry_known(const struct levee_map *map, u64 tag, u64 now_ns)
{
	struct levee_map_ref ref = levee_map_lookup(map, tag, now_ns);

	if (!ref.slot)
		return NOBODY_CAN_TELL;
	return !ref.vacant && ref.until > now_ns ? KNOWN : UNKNOWN;
}

/**
 * levee_solicited_init - nothing is known yet
 * @sol: what is known, zeroed
 */
void levee_solicited_init(struct levee_solicited *sol)
{
	atomic64_set(&sol->asked_from_ns, LEVEE_SOLICITED_NEVER);
	atomic64_set(&sol->met_from_ns, LEVEE_SOLICITED_NEVER);
}
LEVEE_EXPORT_FOR_TEST(levee_solicited_init);

static bool ask(struct levee_solicited *sol, const struct levee_map *asked,
		const siphash_key_t *key, const struct levee_packet *pkt,
		enum question question, u64 now_ns)
{
	__be16 port = question == QUESTION_UDP ? pkt->dport : 0;
	u64 tag = question_tag(key, question, pkt->family, &pkt->daddr, port);

	return entry_extend(asked, tag, now_ns, LEVEE_ASKED_NS,
			    &sol->asked_missed);
}

/*
 * Not every datagram is a question. One from a port of the list is the answer of
 * a service, unless it is for the same port, as some services ask each other. DNS
 * is not one of these: its servers ask from any port (RFC 5452), and one that
 * answers a question from port 53 to its port 53 was asked in another's name.
 * Else whoever can send a question in the name of a reflector had it asked by
 * us. Of other services, clients have the higher port; what they get is only
 * told from the rest if it is fragments.
 */
static bool note_udp(struct levee_solicited *sol, const struct levee_map *asked,
		     const siphash_key_t *key,
		     const struct levee_reflectors *reflectors,
		     const struct levee_packet *pkt, u64 now_ns)
{
	u16 here = ntohs(pkt->sport), there = ntohs(pkt->dport);
	bool noted = false;

	if ((here != there || here == LEVEE_PORT_DNS) &&
	    levee_reflectors_has(reflectors, here))
		return false;
	if (levee_reflectors_has(reflectors, there))
		noted = ask(sol, asked, key, pkt, QUESTION_UDP, now_ns);
	else if (there > here)
		return false;
	return ask(sol, asked, key, pkt, QUESTION_ANY, now_ns) || noted;
}

static bool note_echo(struct levee_solicited *sol,
		      const struct levee_map *asked, const siphash_key_t *key,
		      const struct levee_packet *pkt, u64 now_ns)
{
	bool noted;

	if (pkt->flags != (pkt->proto == IPPROTO_ICMP ? ICMP_ECHO :
							ICMPV6_ECHO_REQUEST))
		return false;
	noted = ask(sol, asked, key, pkt, QUESTION_ECHO, now_ns);
	return ask(sol, asked, key, pkt, QUESTION_ANY, now_ns) || noted;
}

static bool note_syn(struct levee_solicited *sol, const struct levee_map *asked,
		     const siphash_key_t *key, const struct levee_packet *pkt,
		     u64 now_ns)
{
	bool noted = ask(sol, asked, key, pkt, QUESTION_SYN, now_ns);

	return ask(sol, asked, key, pkt, QUESTION_ANY, now_ns) || noted;
}

static bool note_met(struct levee_solicited *sol, const siphash_key_t *key,
		     const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *met = rcu_dereference(sol->met);

	if (!met || pkt->flags & TCPHDR_RST)
		return false;
	return entry_extend(met, met_tag(key, pkt->family, &pkt->daddr), now_ns,
			    pkt->flags & TCPHDR_SYN ? LEVEE_MET_HALF_NS :
						      LEVEE_MET_NS,
			    &sol->met_missed);
}

/**
 * levee_solicited_note - learn from a packet that goes out
 * @sol: what is known
 * @key: secret of the tags
 * @reflectors: ports that attacks are reflected from
 * @pkt: the packet, after LEVEE_PARSE_JUDGE
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: true if something was new.
 */
bool levee_solicited_note(struct levee_solicited *sol,
			  const siphash_key_t *key,
			  const struct levee_reflectors *reflectors,
			  const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *asked = rcu_dereference(sol->asked);

	if (!asked || pkt->class == LEVEE_CLASS_FRAG)
		return false;
	switch (pkt->proto) {
	case IPPROTO_TCP:
		if ((pkt->flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN)
			return note_syn(sol, asked, key, pkt, now_ns);
		return note_met(sol, key, pkt, now_ns);
	case IPPROTO_UDP:
		return note_udp(sol, asked, key, reflectors, pkt, now_ns);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return note_echo(sol, asked, key, pkt, now_ns);
	default:
		return false;
	}
}
LEVEE_EXPORT_FOR_TEST(levee_solicited_note);

/* Which question a packet would be the answer to. */
static u64 answer_tag(const siphash_key_t *key, const struct levee_packet *pkt)
{
	enum question question = QUESTION_SYN;
	__be16 port = 0;

	switch (pkt->answer) {
	case LEVEE_ANSWER_UDP:
		question = QUESTION_UDP;
		port = pkt->sport;
		break;
	case LEVEE_ANSWER_ECHO:
		question = QUESTION_ECHO;
		break;
	case LEVEE_ANSWER_FRAG:
		question = QUESTION_ANY;
		break;
	}
	return question_tag(key, question, pkt->family, &pkt->saddr, port);
}

/**
 * levee_solicited_unasked - is it known that nobody asked for a packet?
 * @sol: what is known
 * @key: secret of the tags
 * @reflectors: ports that attacks are reflected from
 * @pkt: a packet that comes in, and is some answer
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: true if nobody did; false if somebody did, or nobody can tell.
 */
bool levee_solicited_unasked(const struct levee_solicited *sol,
			     const siphash_key_t *key,
			     const struct levee_reflectors *reflectors,
			     const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *asked = rcu_dereference(sol->asked);
	const struct levee_reflector *reflector;

	if (!asked || now_ns < (u64)atomic64_read(&sol->asked_from_ns))
		return false;
	if (pkt->answer == LEVEE_ANSWER_UDP) {
		/* It was in the list when the packet was parsed. */
		reflector = levee_reflectors_find(reflectors,
						  ntohs(pkt->sport));
		if (!reflector || now_ns < reflector->from_ns)
			return false;
	}
	return entry_known(asked, answer_tag(key, pkt), now_ns) == UNKNOWN;
}
LEVEE_EXPORT_FOR_TEST(levee_solicited_unasked);

/**
 * levee_solicited_asked - is it known that somebody asked for a packet?
 * @sol: what is known
 * @key: secret of the tags
 * @pkt: a packet that comes in, and is some answer
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: true if somebody did; false if nobody did, or nobody can tell.
 */
bool levee_solicited_asked(const struct levee_solicited *sol,
			   const siphash_key_t *key,
			   const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *asked = rcu_dereference(sol->asked);

	return asked &&
	       entry_known(asked, answer_tag(key, pkt), now_ns) == KNOWN;
}
LEVEE_EXPORT_FOR_TEST(levee_solicited_asked);

/**
 * levee_solicited_stray - is it known that a segment is of no connection?
 * @sol: what is known
 * @key: secret of the tags
 * @pkt: TCP that comes in, and opens no connection
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Its source has no connection, was sent no SYN, and has sent none that was
 * answered.
 *
 * Context: RCU read lock.
 * Return: true if it is; false if it is not, or nobody can tell.
 */
bool levee_solicited_stray(const struct levee_solicited *sol,
			   const siphash_key_t *key,
			   const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *asked = rcu_dereference(sol->asked);
	const struct levee_map *met = rcu_dereference(sol->met);

	if (!asked || !met || now_ns < (u64)atomic64_read(&sol->met_from_ns))
		return false;
	if (entry_known(met, met_tag(key, pkt->family, &pkt->saddr), now_ns) !=
	    UNKNOWN)
		return false;
	return entry_known(asked, answer_tag(key, pkt), now_ns) == UNKNOWN;
}
LEVEE_EXPORT_FOR_TEST(levee_solicited_stray);
