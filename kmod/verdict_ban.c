// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a source that exceeds a limit which bans.
 */
#include "verdict_ban.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>

#include "ban.h"
#include "event.h"
#include "packet.h"
#include "pernet.h"
#include "proof.h"
#include "ruleset.h"

/**
 * levee_verdict_is_proven - is the source of a packet proven?
 * @ln: the network namespace
 * @pkt: the packet
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock. Packet path.
 * Return: true if it is; false also while nobody looks for proof.
 */
bool levee_verdict_is_proven(const struct levee_net *ln,
			     const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *proofs = rcu_dereference(ln->proofs);

	return proofs &&
	       levee_proof_holds(proofs,
				 levee_proof_tag(&ln->key, pkt->in->ifindex,
						 pkt->family, &pkt->saddr),
				 now_ns);
}

/**
 * levee_verdict_ban - ban the source of a packet, if it may be banned
 * @ln: the network namespace
 * @policy: the policy that decides
 * @limit: its limit that the source exceeds, by a meter of its own
 * @pkt: the packet
 * @hash: levee_source_hash() of the source, as the limit has it
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock and bottom halves disabled. Packet path.
 */
void levee_verdict_ban(struct levee_net *ln, const struct levee_policy *policy,
		       const struct levee_limit *limit,
		       const struct levee_packet *pkt, u64 hash, u64 now_ns)
{
	struct levee_bans *bans = rcu_dereference(ln->bans);
	struct levee_prefix source = {
		.addr = pkt->saddr,
		.family = pkt->family,
		.len = pkt->family == NFPROTO_IPV4 ? limit->per4 : limit->per6,
	};
	const struct levee_ban_offence offence = {
		.prefix = &source,
		.hash = hash,
		.now_ns = now_ns,
		.policy = policy->state->name,
		.class = pkt->class,
		.would = policy->mode != LEVEE_MODE_ENFORCE,
		.first_s = limit->ban_min_s,
		.longest_s = limit->ban_max_s,
	};
	u64 until_ns;

	if (limit->ban == LEVEE_LIMIT_BAN_PROVEN &&
	    !levee_verdict_is_proven(ln, pkt, now_ns))
		return;
	levee_prefix_mask(&source.addr, source.family, source.len);
	/* It was made before the first limit that bans. */
	if (!bans)
		return;
	until_ns = levee_bans_offend(bans, &offence);
	if (until_ns && !offence.would)
		levee_event_ban(ln, &source, offence.policy, pkt->class,
				until_ns);
}
