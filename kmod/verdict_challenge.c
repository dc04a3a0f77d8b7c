// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet while its source has to prove that it is real.
 *
 * That is asked before the meters: what is sent in the name of others shall
 * neither use up a limit that sources share, nor fill the table.
 *
 * Not every real client can answer. Some are behind a firewall that drops an ACK
 * which it does not expect, or the RST. Such a client only sends its SYN again,
 * after a second or so, which few senders of forged SYNs do; and a SYN that was
 * seen half a second to three seconds ago, with the same sequence number, may
 * pass. All of those together are no more than a tenth of the trigger, so who
 * forges that as well gains little. Each further try is another chance, so nobody
 * is locked out for good. SYNs are remembered in an expiring map: where it is
 * full, those that come are not.
 *
 * In mode monitor nothing is sent, so nobody can answer: all SYNs of who is not
 * proven by other means count as what mode enforce would have dropped.
 */
#include "verdict_challenge.h"

#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/tcp.h>

#include "attack.h"
#include "challenge.h"
#include "map.h"
#include "pernet.h"
#include "proof.h"
#include "ruleset.h"
#include "source.h"
#include "verdict.h"

static u64 proof_tag(const struct levee_net *ln, const struct levee_packet *pkt)
{
	return levee_proof_tag(&ln->key, pkt->in->ifindex, pkt->family,
			       &pkt->saddr);
}

static bool is_proven(const struct levee_net *ln,
		      const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *proofs = rcu_dereference(ln->proofs);

	return proofs && levee_proof_holds(proofs, proof_tag(ln, pkt), now_ns);
}

/* Is it a SYN that has come before, and may pass for that? */
static bool may_pass_again(const struct levee_net *ln,
			   const struct levee_policy *policy,
			   const struct levee_packet *pkt, u64 now_ns)
{
	const struct levee_map *syns = rcu_dereference(ln->syns);
	const u64 until_ns = now_ns + LEVEE_CHALLENGE_RETRY_MAX_NS;
	struct levee_map_ref ref;
	u64 tag;

	if (!syns)
		return false;
	tag = levee_challenge_syn_tag(&ln->challenge_key, pkt);
	ref = levee_map_lookup(syns, tag, now_ns);
	if (!ref.slot)
		return false;
	if (!ref.vacant && ref.until > now_ns) {
		/* It was seen when it had all of that time left. */
		if (ref.until > until_ns - LEVEE_CHALLENGE_RETRY_MIN_NS)
			return false;
		if (levee_challenge_take(&policy->state->challenge->retry_ns,
					 &policy->challenge_rule.retry, now_ns))
			return true;
	}
	/* Who was faster has written the same. */
	levee_map_store(&ref, tag, until_ns);
	return false;
}

static void account(struct levee_net *ln, const struct levee_policy *policy,
		    const struct levee_packet *pkt, u64 now_ns)
{
	struct levee_attack_class *attack;
	u64 hash;

	levee_policy_stats_over(policy->state->stats, pkt->class,
				LEVEE_REASON_CHALLENGE,
				policy->mode == LEVEE_MODE_ENFORCE,
				pkt->segs, pkt->len);
	if (pkt->class != LEVEE_CLASS_SYN)
		return;
	/* No record of an offender: it has not exceeded anything. */
	attack = &policy->state->attack.class[pkt->class];
	hash = levee_source_hash(&ln->key, pkt->family, &pkt->saddr,
				 pkt->family == NFPROTO_IPV4 ?
				 LEVEE_PROOF_LEN4 : LEVEE_PROOF_LEN6);
	if (unlikely(levee_sketch_news(&attack->sources, hash)))
		levee_attack_note(ln, policy->state, pkt->class, hash, now_ns);
}

static bool judge_syn(struct levee_net *ln, const struct levee_policy *policy,
		      const struct levee_packet *pkt,
		      struct levee_outcome *outcome)
{
	struct levee_challenge *challenge = policy->state->challenge;
	bool enforce = policy->mode == LEVEE_MODE_ENFORCE;
	u64 now_ns = ktime_get_ns();

	if (is_proven(ln, pkt, now_ns))
		return false;
	if (enforce && may_pass_again(ln, policy, pkt, now_ns)) {
		levee_challenge_count(challenge, LEVEE_CHALLENGE_RETRIED);
		return false;
	}
	account(ln, policy, pkt, now_ns);
	if (!enforce)
		return true;
	outcome->answer = levee_challenge_take(&challenge->send_ns,
					       &policy->challenge_rule.send,
					       now_ns);
	if (outcome->answer)
		outcome->cookie =
			levee_challenge_cookie(&ln->challenge_key, pkt,
					       levee_challenge_epoch(now_ns));
	else
		levee_challenge_count(challenge, LEVEE_CHALLENGE_SUPPRESSED);
	return true;
}

/* The server knows nothing of what we have said in its name. */
static bool judge_rst(struct levee_net *ln, const struct levee_policy *policy,
		      const struct levee_packet *pkt,
		      struct levee_outcome *outcome)
{
	struct levee_challenge *challenge = policy->state->challenge;
	const struct levee_map *proofs = rcu_dereference(ln->proofs);
	u64 now_ns = ktime_get_ns();

	if (!levee_challenge_verify(&ln->challenge_key, pkt, now_ns)) {
		levee_challenge_count(challenge, LEVEE_CHALLENGE_FAILED);
		return false;
	}
	if (proofs &&
	    !levee_proof_note_answer(proofs, proof_tag(ln, pkt), now_ns))
		levee_net_stats_unproven(ln->stats);
	levee_challenge_count(challenge, LEVEE_CHALLENGE_ANSWERED);
	account(ln, policy, pkt, now_ns);
	outcome->answer = false;
	return true;
}

/**
 * levee_verdict_challenge - has the source of a packet to prove itself?
 * @ln: the network namespace
 * @policy: the policy that decides, which has a challenge
 * @pkt: the packet
 * @outcome: whether it is to be answered, if it is dropped
 *
 * Context: RCU read lock and bottom halves disabled. Packet path.
 * Return: true if the packet is to be dropped for it, and was counted; false if
 * it goes on to the meters.
 */
bool levee_verdict_challenge(struct levee_net *ln,
			     const struct levee_policy *policy,
			     const struct levee_packet *pkt,
			     struct levee_outcome *outcome)
{
	struct levee_challenge *challenge = policy->state->challenge;

	if (pkt->class == LEVEE_CLASS_SYN)
		return levee_challenge_syn(challenge,
					   &policy->challenge_rule) &&
		       judge_syn(ln, policy, pkt, outcome);
	if (likely(pkt->answer != LEVEE_ANSWER_RST || pkt->flags & TCPHDR_ACK))
		return false;
	return READ_ONCE(challenge->active) &&
	       policy->mode == LEVEE_MODE_ENFORCE &&
	       judge_rst(ln, policy, pkt, outcome);
}
