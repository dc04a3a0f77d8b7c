// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet: policy, meters, counters, offenders.
 *
 * A packet meets every limit of its policy that is for its class or for any.
 * All of them are asked first, then all are charged: a packet that one limit
 * drops is charged to none. (Between asking and charging, another CPU may use
 * up the rest of a later limit; then an earlier one was charged for nothing,
 * by this one packet.)
 */
#include "verdict.h"

#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/timekeeping.h>

#include "meter.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

/* Source prefix of records about malformed packets, which meet no limit. */
#define MALFORMED_PER4	32
#define MALFORMED_PER6	64

static u8 limit_per(const struct levee_limit *limit, u8 family)
{
	return family == NFPROTO_IPV4 ? limit->per4 : limit->per6;
}

/*
 * "All sources together" means both families. The first word holds the prefix
 * length too, as a limit of /24 and /32 might be reached with the same bits.
 */
static u64 meter_tag(const struct levee_net *ln,
		     const struct levee_limit *limit,
		     const struct levee_packet *pkt)
{
	u8 per = limit_per(limit, pkt->family);
	union levee_addr addr = pkt->saddr;
	u64 what = (u64)limit->state->id << 16;

	if (!per)
		return siphash_1u64(what, &ln->key);
	levee_prefix_mask(&addr, pkt->family, per);
	what |= (u64)pkt->family << 8 | per;
	if (pkt->family == NFPROTO_IPV4)
		return siphash_2u64(what, (__force u32)addr.ip, &ln->key);
	return siphash_3u64(what, (__force u64)addr.be[0],
			    (__force u64)addr.be[1], &ln->key);
}

static void offender_key(struct levee_offender_key *key,
			 const struct levee_policy *policy,
			 const struct levee_packet *pkt, u8 per)
{
	memset(key, 0, sizeof(*key));
	key->prefix.family = pkt->family;
	key->prefix.len = per;
	key->prefix.addr = pkt->saddr;
	levee_prefix_mask(&key->prefix.addr, pkt->family, per);
	key->policy_id = policy->state->id;
	key->class = pkt->class;
}

/* What the meters found: the limit that is over, or one that is high. */
struct finding {
	const struct levee_limit *limit;
	enum levee_meter meter;
	bool overflowed;
};

static struct finding meters_ask(struct levee_net *ln,
				 const struct levee_map *map,
				 const struct levee_policy *policy,
				 const struct levee_packet *pkt, u64 now_ns)
{
	struct levee_charge charge[LEVEE_CHAIN_MAX];
	const struct levee_limit *limits[LEVEE_CHAIN_MAX];
	struct finding found = { .meter = LEVEE_METER_CONFORMS };
	enum levee_meter answer;
	int i, count = 0;

	for (i = 0; i < policy->chain_len[pkt->class]; i++) {
		const struct levee_limit *limit;

		limit = &policy->limits[policy->chain[pkt->class][i]];
		if (limit_per(limit, pkt->family) == LEVEE_PER_NONE)
			continue;
		limits[count] = limit;
		charge[count].rate = &limit->rate;
		charge[count].overflow = &limit->state->overflow;
		charge[count].segs = pkt->segs;
		charge[count].tag = meter_tag(ln, limit, pkt);
		levee_map_prefetch(map, charge[count].tag);
		count++;
	}

	for (i = 0; i < count; i++) {
		answer = levee_meter_check(map, &charge[i], now_ns);
		if (answer == LEVEE_METER_OVER)
			goto over;
		if (answer == LEVEE_METER_HIGH && !found.limit) {
			found.limit = limits[i];
			found.meter = answer;
		}
	}
	for (i = 0; i < count; i++) {
		answer = levee_meter_commit(map, &charge[i], now_ns);
		if (unlikely(charge[i].overflowed)) {
			levee_limit_stats_overflow(limits[i]->state->stats,
						   pkt->segs);
			levee_net_stats_overflow(ln->stats, pkt->segs);
		}
		if (answer == LEVEE_METER_OVER)
			goto over;
	}
	return found;

over:
	found.limit = limits[i];
	found.meter = LEVEE_METER_OVER;
	found.overflowed = charge[i].overflowed;
	return found;
}

static void account_over(struct levee_net *ln,
			 const struct levee_policy *policy,
			 const struct levee_packet *pkt,
			 enum levee_reason reason, u8 per, u64 now_ns)
{
	bool drop = policy->mode == LEVEE_MODE_ENFORCE;
	struct levee_offenders *off;
	struct levee_offender_key key;

	levee_policy_stats_over(policy->state->stats, pkt->class, reason,
				drop, pkt->segs, pkt->len);
	off = rcu_dereference(ln->offenders);
	if (!off || !pkt->family)
		return;
	offender_key(&key, policy, pkt, per);
	levee_offender_over(off, &key, reason, drop, pkt->segs, pkt->len,
			    now_ns);
}

static void account_passed(struct levee_net *ln,
			   const struct levee_policy *policy,
			   const struct levee_packet *pkt,
			   const struct finding *found)
{
	struct levee_offenders *off;
	struct levee_offender_key key;

	levee_policy_stats_passed(policy->state->stats, pkt->class,
				  pkt->segs, pkt->len);
	if (found->meter != LEVEE_METER_HIGH)
		return;
	off = rcu_dereference(ln->offenders);
	if (!off)
		return;
	offender_key(&key, policy, pkt, limit_per(found->limit, pkt->family));
	levee_offender_passed(off, &key, pkt->segs, pkt->len);
}

/**
 * levee_verdict - decide about a packet, and count it
 * @ln: the network namespace
 * @pkt: the packet
 * @malformed: it is malformed; then meters are not asked
 *
 * Context: RCU read lock and bottom halves disabled.
 * Return: true if the packet is to be dropped.
 */
bool levee_verdict(struct levee_net *ln, const struct levee_packet *pkt,
		   bool malformed)
{
	const struct levee_policy *policy;
	enum levee_reason reason;
	struct levee_map *map;
	struct finding found = {};
	u64 now_ns;
	u8 per;

	policy = levee_ruleset_match(rcu_dereference(ln->rules), pkt->family,
				     &pkt->daddr);
	map = rcu_dereference(ln->map);
	if (unlikely(policy->mode == LEVEE_MODE_OFF || !map)) {
		levee_policy_stats_passed(policy->state->stats, pkt->class,
					  pkt->segs, pkt->len);
		return false;
	}

	now_ns = ktime_get_ns();
	if (unlikely(malformed)) {
		levee_net_stats_malformed(ln->stats, pkt->malformed,
					  pkt->segs);
		reason = LEVEE_REASON_MALFORMED;
		per = pkt->family == NFPROTO_IPV4 ? MALFORMED_PER4 :
						    MALFORMED_PER6;
	} else {
		found = meters_ask(ln, map, policy, pkt, now_ns);
		if (found.meter != LEVEE_METER_OVER) {
			account_passed(ln, policy, pkt, &found);
			return false;
		}
		levee_limit_stats_over(found.limit->state->stats, pkt->segs);
		reason = found.overflowed ? LEVEE_REASON_OVERFLOW :
					    LEVEE_REASON_LIMIT;
		per = limit_per(found.limit, pkt->family);
	}
	account_over(ln, policy, pkt, reason, per, now_ns);
	return policy->mode == LEVEE_MODE_ENFORCE;
}
