// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet: lists, bans, policy, meters, counters, offenders.
 *
 * A packet meets every limit of its policy that is for its class or for any.
 * All of them are asked first, then all are charged: a packet that one limit
 * drops is charged to none. A limit that marks is not charged either by a packet
 * that is over it, but that goes on to the others, and is charged to those if
 * none drops it. (Between asking and charging, another CPU may use
 * up the rest of a later limit; then an earlier one was charged for nothing,
 * by this one packet.)
 */
#include "verdict.h"

#include <linux/bits.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#include "ban.h"
#include "compat.h"
#include "learn.h"
#include "lists.h"
#include "meter.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"
#include "source.h"
#include "verdict_ban.h"
#include "verdict_challenge.h"
#include "verdict_class.h"
#include "verdict_fair.h"
#include "verdict_mark.h"
#include "verdict_meet.h"

/* What is one source where no limit says so: a host, an IPv6 subnet. */
#define SOURCE_PER4	32
#define SOURCE_PER6	64

static u8 limit_per(const struct levee_limit *limit, u8 family)
{
	return family == NFPROTO_IPV4 ? limit->per4 : limit->per6;
}

static u64 packet_hash(const struct levee_net *ln,
		       const struct levee_packet *pkt, u8 per)
{
	return levee_source_hash(&ln->key, pkt->family, &pkt->saddr, per);
}

/*
 * What the meters found, and when: the limit that is over, or one that is high.
 * @limit, @hash and @per are only set for these, @overflowed for the first, @now_ns
 * if any meter was asked. Each bit of @marks is a limit that is over and marks, by
 * its place in the policy's chain; each of @shares one that is shared fairly, and
 * has asked the packet's source. Of a packet that is malformed, or from a banned source, @hash,
 * @per and @now_ns are set.
 */
struct finding {
	u64 now_ns;
	const struct levee_limit *limit;
	u64 hash;
	enum levee_meter meter;
	bool overflowed;
	u8 per;
	u8 marks;
	u8 shares;
};

static __always_inline void meeting_begin(struct levee_meeting *m,
					  const struct levee_map *map,
					  const struct levee_limit *limit,
					  const struct levee_packet *pkt,
					  u8 per, u8 place, u64 hash)
{
	m->place = place;
	m->hash = hash;
	m->per = per;
	m->charge.rate = &limit->rate;
	m->charge.overflow = &limit->state->overflow;
	m->charge.amount = limit->rate.unit == LEVEE_UNIT_BITS ? pkt->len :
								 pkt->segs;
	/* "All sources together" means both families. */
	m->charge.tag = limit->salt ^ (per ? hash : 0);
	levee_map_prefetch(map, m->charge.tag);
}

/* Whom a packet meets, with its meters on their way from memory; how many. */
static int meetings_begin(struct levee_meeting *meet, const struct levee_net *ln,
			  const struct levee_map *map,
			  const struct levee_policy *policy,
			  const struct levee_packet *pkt)
{
	int i, count = 0;

	for (i = 0; i < policy->chain_len[pkt->class]; i++) {
		const struct levee_limit *limit;
		struct levee_meeting *m = &meet[count];
		u64 hash;
		u8 per;

		limit = &policy->limits[policy->chain[pkt->class][i]];
		per = limit_per(limit, pkt->family);
		if (per == LEVEE_PER_NONE)
			continue;
		if (count && per == m[-1].per)
			hash = m[-1].hash;
		else
			hash = packet_hash(ln, pkt, per);
		meeting_begin(m, map, limit, pkt, per, i, hash);
		count++;
	}
	return count;
}

static __always_inline void found_over(struct finding *found,
				       const struct levee_meeting *m)
{
	found->limit = levee_meeting_limit(m);
	found->hash = m->hash;
	found->per = m->per;
	found->meter = LEVEE_METER_OVER;
	found->overflowed = m->charge.overflowed;
}

/* A bit for each. */
static_assert(BITS_PER_BYTE * sizeof_field(struct finding, marks) >=
	      LEVEE_CHAIN_MAX);

/*
 * A packet is over the limit of a meeting: it is dropped for it, or goes on to
 * be marked. Returns whether it is dropped.
 */
static __always_inline bool meeting_over(struct finding *found,
					 const struct levee_meeting *m)
{
	if (unlikely(levee_meeting_limit(m)->mark_mask)) {
		found->marks |= BIT(m->place);
		return false;
	}
	found_over(found, m);
	return true;
}

static __always_inline void meetings_ask(struct levee_meeting *meet, int count,
					 struct levee_net *ln,
					 const struct levee_map *map,
					 const struct levee_packet *pkt,
					 struct finding *found)
{
	enum levee_meter answer;
	struct levee_meeting *m;

	found->meter = LEVEE_METER_CONFORMS;
	found->marks = 0;
	found->shares = 0;
	/* Reading the clock takes about as long as the prefetch. */
	found->now_ns = ktime_get_ns();
	for (m = meet; m < meet + count; m++) {
		answer = levee_meter_check(map, &m->charge, found->now_ns);
		if (answer == LEVEE_METER_CONFORMS)
			continue;
		if (unlikely(levee_meeting_limit(m)->fair)) {
			answer = levee_verdict_fair(ln, map, pkt, m, answer,
						    found->now_ns);
			found->shares |= BIT(m->place);
		}
		if (answer == LEVEE_METER_OVER && meeting_over(found, m))
			return;
		if (answer == LEVEE_METER_HIGH &&
		    found->meter == LEVEE_METER_CONFORMS) {
			found->limit = levee_meeting_limit(m);
			found->hash = m->hash;
			found->per = m->per;
			found->meter = answer;
		}
	}
	for (m = meet; m < meet + count; m++) {
		if (unlikely(found->marks & BIT(m->place)))
			continue;
		answer = levee_meter_commit(map, &m->charge, found->now_ns);
		if (unlikely(m->charge.overflowed)) {
			levee_limit_stats_overflow(levee_meeting_limit(m)->state->stats,
						   pkt->segs);
			levee_net_stats_overflow(ln->stats, pkt->segs);
			levee_pernet_pressure(ln, found->now_ns);
		}
		if (answer == LEVEE_METER_OVER) {
			if (meeting_over(found, m))
				return;
			/* Another CPU was faster: this limit is not charged. */
			continue;
		}
		if (unlikely(found->shares & BIT(m->place)))
			levee_verdict_fair_charge(ln, map, pkt, m,
						  found->now_ns);
	}
}

static noinline void ask_many(struct levee_net *ln, const struct levee_map *map,
			      const struct levee_policy *policy,
			      const struct levee_packet *pkt,
			      struct finding *found)
{
	struct levee_meeting meet[LEVEE_CHAIN_MAX] __uninitialized;

	meetings_ask(meet, meetings_begin(meet, ln, map, policy, pkt), ln, map,
		     pkt, found);
}

/* Nearly all packets meet one limit: the same without a loop. */
static __always_inline void ask_one(struct levee_net *ln,
				    const struct levee_map *map,
				    const struct levee_policy *policy,
				    const struct levee_packet *pkt,
				    struct finding *found)
{
	const struct levee_limit *limit;
	struct levee_meeting meet __uninitialized;
	u8 per;

	limit = &policy->limits[policy->chain[pkt->class][0]];
	per = limit_per(limit, pkt->family);
	if (unlikely(per == LEVEE_PER_NONE)) {
		found->meter = LEVEE_METER_CONFORMS;
		found->marks = 0;
		return;
	}
	meeting_begin(&meet, map, limit, pkt, per, 0, packet_hash(ln, pkt, per));
	meetings_ask(&meet, 1, ln, map, pkt, found);
}

static __always_inline void meters_ask(struct levee_net *ln,
				       const struct levee_map *map,
				       const struct levee_policy *policy,
				       const struct levee_packet *pkt,
				       struct finding *found)
{
	switch (policy->chain_len[pkt->class]) {
	case 0:
		found->meter = LEVEE_METER_CONFORMS;
		found->marks = 0;
		break;
	case 1:
		ask_one(ln, map, policy, pkt, found);
		break;
	default:
		ask_many(ln, map, policy, pkt, found);
	}
}

static void offender_key(struct levee_offender_key *key,
			 const struct levee_policy *policy,
			 const struct levee_packet *pkt, u8 per)
{
	key->addr = pkt->saddr;
	levee_prefix_mask(&key->addr, pkt->family, per);
	key->policy_id = policy->state->id;
	key->family = pkt->family;
	key->len = per;
	key->class = pkt->class;
}

/* Hash of the key that belongs to the hash of a source. */
static u64 salted_hash(const struct levee_policy *policy,
		       const struct levee_packet *pkt, u64 hash)
{
	/* Odd, so that each class has a salt of its own. */
	return hash ^ policy->state->salt * (2 * pkt->class + 1);
}

static __always_inline void account_over(struct levee_net *ln,
					 const struct levee_policy *policy,
					 const struct levee_packet *pkt,
					 enum levee_reason reason,
					 const struct finding *found)
{
	bool drop = policy->mode == LEVEE_MODE_ENFORCE;
	struct levee_attack_class *attack;
	struct levee_offenders *off;
	struct levee_offender_key key __uninitialized;
	u64 hash;

	levee_policy_stats_over(policy->state->stats, pkt->class, reason,
				drop, pkt->segs, pkt->len);
	attack = &policy->state->attack.class[pkt->class];
	if (unlikely(levee_sketch_news(&attack->sources, found->hash)))
		levee_attack_note(ln, policy->state, pkt->class, found->hash,
				  found->now_ns);
	off = rcu_dereference(ln->offenders);
	if (!off || !pkt->family)
		return;
	hash = salted_hash(policy, pkt, found->hash);
	if (levee_offender_unwanted(off, hash, pkt->segs, found->now_ns))
		return;
	offender_key(&key, policy, pkt, found->per);
	levee_offender_over(off, &key, hash, reason, drop, pkt->segs, pkt->len,
			    found->now_ns);
}

static void account_passed(struct levee_net *ln,
			   const struct levee_policy *policy,
			   const struct levee_packet *pkt,
			   const struct finding *found)
{
	struct levee_offenders *off;
	struct levee_offender_key key __uninitialized;
	u64 hash;

	levee_policy_stats_passed(policy->state->stats, pkt->class,
				  pkt->segs, pkt->len);
	if (found->meter != LEVEE_METER_HIGH)
		return;
	off = rcu_dereference(ln->offenders);
	if (!off)
		return;
	hash = salted_hash(policy, pkt, found->hash);
	offender_key(&key, policy, pkt, found->per);
	levee_offender_passed(off, &key, hash, pkt->segs, pkt->len);
}

/* Mode monitor has time for that. */
static noinline void learn(struct levee_net *ln,
			   const struct levee_policy *policy,
			   const struct levee_packet *pkt)
{
	struct levee_learn *sources = rcu_dereference(ln->learn);
	struct levee_learned *learned;
	u64 hash;
	u8 per;

	/* Paired with levee_policy_state_learn(). */
	learned = smp_load_acquire(&policy->state->learned);
	if (!sources || !learned)
		return;
	per = pkt->family == NFPROTO_IPV4 ? SOURCE_PER4 : SOURCE_PER6;
	hash = salted_hash(policy, pkt, packet_hash(ln, pkt, per));
	levee_learn_packet(sources, &learned->class[pkt->class], hash,
			   pkt->segs, ktime_get_ns());
}

/*
 * The lists decide before everything else, also about what is malformed. What is
 * denied is counted for the policy, in whose mode it is dropped or not, and no
 * meter is charged. It leaves no record: who it is, the list says already.
 */
static noinline enum levee_listed
judge_lists(const struct levee_list *allow, const struct levee_list *deny,
	    const struct levee_policy *policy, const struct levee_packet *pkt)
{
	enum levee_listed listed = levee_lists_judge(allow, deny, pkt);

	if (listed == LEVEE_LISTED_ALLOW)
		levee_policy_stats_passed(policy->state->stats, pkt->class,
					  pkt->segs, pkt->len);
	else if (listed == LEVEE_LISTED_DENY)
		levee_policy_stats_over(policy->state->stats, pkt->class,
					LEVEE_REASON_DENY,
					policy->mode == LEVEE_MODE_ENFORCE,
					pkt->segs, pkt->len);
	return listed;
}

/*
 * A banned source is dropped whole: no meter is asked or charged. In mode
 * monitor, who would be banned in mode enforce counts as well.
 */
static noinline bool judge_banned(struct levee_net *ln,
				  const struct levee_bans *bans,
				  const struct levee_policy *policy,
				  const struct levee_packet *pkt)
{
	struct levee_ban_hit hit;
	struct finding found;

	if (!pkt->family)
		return false;
	if (!levee_bans_lookup(bans, pkt->family, &pkt->saddr, false, &hit) &&
	    (policy->mode == LEVEE_MODE_ENFORCE ||
	     !levee_bans_lookup(bans, pkt->family, &pkt->saddr, true, &hit)))
		return false;
	found.hash = hit.hash;
	found.now_ns = hit.now_ns;
	found.per = hit.len;
	account_over(ln, policy, pkt, LEVEE_REASON_BANNED, &found);
	return true;
}

/**
 * levee_verdict - decide about a packet, and count it
 * @ln: the network namespace
 * @pkt: the packet; its class is no longer what it could be, but what it is
 * @malformed: it is malformed; then meters are not asked
 * @outcome: set if the packet is not simply to pass
 *
 * Context: RCU read lock and bottom halves disabled.
 * Return: what is to be done with the packet.
 */
enum levee_action levee_verdict(struct levee_net *ln,
				struct levee_packet *pkt, bool malformed,
				struct levee_outcome *outcome)
{
	const struct levee_list *allow, *deny;
	const struct levee_ruleset *rules;
	const struct levee_policy *policy;
	const struct levee_bans *bans;
	enum levee_reason reason;
	struct levee_map *map;
	struct finding found __uninitialized;

	rules = rcu_dereference(ln->rules);
	policy = levee_ruleset_match(rules, pkt);
	map = rcu_dereference(ln->map);
	if (unlikely(policy->mode == LEVEE_MODE_OFF || !map)) {
		levee_policy_stats_passed(policy->state->stats, pkt->class,
					  pkt->segs, pkt->len);
		return LEVEE_ACTION_PASS;
	}

	if (unlikely(policy->answers & BIT(pkt->answer)) && !malformed)
		levee_verdict_class(ln, policy, pkt);

	/* One branch where there are no lists. */
	allow = rcu_dereference(rules->list[LEVEE_LIST_KIND_ALLOW]);
	deny = rcu_dereference(rules->list[LEVEE_LIST_KIND_DENY]);
	if (unlikely((unsigned long)allow | (unsigned long)deny)) {
		switch (judge_lists(allow, deny, policy, pkt)) {
		case LEVEE_LISTED_ALLOW:
			return LEVEE_ACTION_PASS;
		case LEVEE_LISTED_DENY:
			if (policy->mode != LEVEE_MODE_ENFORCE)
				return LEVEE_ACTION_PASS;
			outcome->policy = policy;
			outcome->reason = LEVEE_REASON_DENY;
			return LEVEE_ACTION_DROP;
		case LEVEE_LISTED_NOT:
			break;
		}
	}

	bans = rcu_dereference(ln->bans);
	if (unlikely(bans) && judge_banned(ln, bans, policy, pkt)) {
		reason = LEVEE_REASON_BANNED;
		goto over;
	}

	if (unlikely(malformed)) {
		levee_net_stats_malformed(ln->stats, pkt->malformed,
					  pkt->segs);
		reason = LEVEE_REASON_MALFORMED;
		found.per = pkt->family == NFPROTO_IPV4 ? SOURCE_PER4 :
							  SOURCE_PER6;
		found.hash = packet_hash(ln, pkt, found.per);
		found.now_ns = ktime_get_ns();
	} else if (unlikely(policy->challenge) &&
		   levee_verdict_challenge(ln, policy, pkt, outcome)) {
		reason = LEVEE_REASON_CHALLENGE;
		goto over;
	} else {
		if (policy->mode == LEVEE_MODE_MONITOR)
			learn(ln, policy, pkt);
		meters_ask(ln, map, policy, pkt, &found);
		if (found.meter != LEVEE_METER_OVER) {
			account_passed(ln, policy, pkt, &found);
			if (unlikely(found.marks))
				return levee_verdict_mark(policy, pkt,
							  found.marks,
							  outcome);
			return LEVEE_ACTION_PASS;
		}
		levee_limit_stats_over(found.limit->state->stats, pkt->segs);
		reason = found.overflowed ? LEVEE_REASON_OVERFLOW :
			 found.limit->fair ? LEVEE_REASON_FAIR :
					     LEVEE_REASON_LIMIT;
		/* A meter that others share says nothing about the source. */
		if (unlikely(found.limit->ban) && !found.overflowed)
			levee_verdict_ban(ln, policy, found.limit, pkt,
					  found.hash, found.now_ns);
	}
	account_over(ln, policy, pkt, reason, &found);
over:
	if (policy->mode != LEVEE_MODE_ENFORCE)
		return LEVEE_ACTION_PASS;
	outcome->policy = policy;
	outcome->reason = reason;
	return LEVEE_ACTION_DROP;
}
