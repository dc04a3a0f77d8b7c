/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What protected hosts have asked for, and who has connections with them.
 */
#ifndef _LEVEE_SOLICITED_H
#define _LEVEE_SOLICITED_H

#include <linux/atomic.h>
#include <linux/levee.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/types.h>

struct levee_map;
struct levee_packet;
struct levee_reflectors;

/*
 * How long an answer is asked for after the question, in seconds: RFC 4787,
 * REQ-5, as long as a NAT keeps a mapping of UDP at the least.
 */
#define LEVEE_ASKED_S		120
/*
 * How long a source has a connection after the last segment that was sent to
 * it: RFC 5382, REQ-5, as long as a NAT keeps one that is idle at the least. TCP
 * asks whether the peer is still there after two hours.
 */
#define LEVEE_MET_S		7440
/* Likewise after a SYN/ACK, which anybody can cause to be sent to anybody. */
#define LEVEE_MET_HALF_S	60
/*
 * How long questions are noted before what was not asked for is told from the
 * rest. Longer than the pauses of whatever keeps a NAT's mapping alive: 15 s in
 * ICE (RFC 8445), 20 s in IPsec (RFC 3948), 24 to 29 s in SIP (RFC 5626).
 */
#define LEVEE_WARMUP_S		30

/* Time from which it is known what was asked for, if it will not be. */
#define LEVEE_SOLICITED_NEVER	S64_MAX

/**
 * struct levee_solicited - what is known of a network namespace
 * @asked: questions; NULL until a limit needs to know them
 * @met: sources with connections; NULL until a limit needs to know them
 * @asked_from_ns: from then on, CLOCK_MONOTONIC, what is not in @asked was not
 *	asked for; LEVEE_SOLICITED_NEVER while nobody looks
 * @met_from_ns: likewise for @met
 * @asked_missed: entries of @asked that were left out, or given up early, for
 *	want of room
 * @met_missed: likewise of @met
 */
struct levee_solicited {
	struct levee_map __rcu *asked;
	struct levee_map __rcu *met;
	atomic64_t asked_from_ns;
	atomic64_t met_from_ns;

	/* written only where the maps are full */
	atomic64_t asked_missed;
	atomic64_t met_missed;
};

void levee_solicited_init(struct levee_solicited *sol);

/* Packet path. */
bool levee_solicited_note(struct levee_solicited *sol,
			  const siphash_key_t *key,
			  const struct levee_reflectors *reflectors,
			  const struct levee_packet *pkt, u64 now_ns);
bool levee_solicited_unasked(const struct levee_solicited *sol,
			     const siphash_key_t *key,
			     const struct levee_reflectors *reflectors,
			     const struct levee_packet *pkt, u64 now_ns);
bool levee_solicited_asked(const struct levee_solicited *sol,
			   const siphash_key_t *key,
			   const struct levee_packet *pkt, u64 now_ns);
bool levee_solicited_stray(const struct levee_solicited *sol,
			   const siphash_key_t *key,
			   const struct levee_packet *pkt, u64 now_ns);

#endif /* _LEVEE_SOLICITED_H */
