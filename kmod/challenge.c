// SPDX-License-Identifier: GPL-2.0
/*
 * Challenges: when a policy has sources prove that they are real, and the
 * number that only a real one can give back.
 *
 * A SYN of who is not proven is dropped, and answered with an ACK that nobody
 * has asked for. Its acknowledgment number is a keyed hash of addresses, ports
 * and time. A TCP that has sent that SYN, or that has not, answers with an RST
 * whose sequence number is that number (RFC 9293, 3.10.7): so there is somebody
 * at that address. A client then sends its SYN again, Linux after 2 jiffies, and
 * that passes as it is: nothing is proxied, and no option lost.
 *
 * The number has 32 bits, and each RST is compared with two of them, as the
 * epoch may have changed since the challenge. So of blind RSTs one in 2^31
 * proves an address, for a minute: 0.0047 of 10 million. Between 4.3 and 8.6 s
 * after it was sent a number becomes worthless.
 *
 * What becomes of special cases:
 * - SYN with data (Fast Open): as any other. The number is not one that
 *   acknowledges it but by chance, one in 2^32 for each byte; then the client
 *   says nothing, and is challenged again when it retransmits.
 * - Simultaneous open: the SYN of the peer is one of who is not proven; both
 *   send theirs again.
 * - A port that is used again while the server still has the old connection
 *   (TIME_WAIT, or lost state): the server answers the SYN with an ACK of its
 *   own (RFC 5961, 4.2), for which it needs the client's RST. That RST has
 *   not our number, and passes; it is counted as failed, like any RST without
 *   ACK meanwhile.
 * - Clients behind one address: the proof of one serves all.
 * - Somebody else's connection that a forged SYN names: its client takes our ACK
 *   for an old one and says so to its server, as it would for any forged one.
 * - Who answers for an address may still be named by others. What is proven is
 *   that it is real, and limits and bans are for that.
 * - Clients behind a firewall that drops the ACK: see verdict_challenge.c.
 */
#include "challenge.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netfilter.h>
#include <linux/slab.h>

#include "compat.h"
#include "packet.h"
#include "ruleset.h"

/* Intervals in which nobody sends are no longer than that, to count with. */
#define LEVEE_CHALLENGE_LONGEST_NS	(10ull * NSEC_PER_SEC)
/* All that CPUs count for themselves is one in so many of an interval's SYNs. */
#define LEVEE_CHALLENGE_UNSEEN		8
/* The share of the trigger that SYNs which come again may have. */
#define LEVEE_CHALLENGE_RETRY_SHARE	10

/* What is hashed besides addresses, ports and numbers; says for what. */
#define LEVEE_CHALLENGE_SYN		1

static u32 per_interval(u32 pps)
{
	return DIV_ROUND_UP(pps, (u32)(NSEC_PER_SEC /
				       LEVEE_CHALLENGE_INTERVAL_NS));
}

/* As many packets at once as 100 ms have. */
static int rate_init(struct levee_rate *rate, u32 pps)
{
	return levee_rate_init(rate, pps, 1, per_interval(pps));
}

/**
 * levee_challenge_rule_init - make a rule ready for the packet path
 * @rule: what to fill
 * @above_pps: SYNs per second above which a challenge begins
 * @below_pps: SYNs per second up to which it ends
 * @rate_pps: most challenges per second
 *
 * Return: 0; -ERANGE if a rate is not 1 to LEVEE_RATE_MAX; -EINVAL if @below_pps
 * is more than @above_pps.
 */
int levee_challenge_rule_init(struct levee_challenge_rule *rule, u32 above_pps,
			      u32 below_pps, u32 rate_pps)
{
	u32 retry_pps = max_t(u32, above_pps / LEVEE_CHALLENGE_RETRY_SHARE, 1);

	if (!above_pps || above_pps > LEVEE_RATE_MAX || !below_pps)
		return -ERANGE;
	if (below_pps > above_pps)
		return -EINVAL;
	if (rate_init(&rule->send, rate_pps) ||
	    rate_init(&rule->retry, retry_pps))
		return -ERANGE;
	rule->above = per_interval(above_pps);
	rule->batch = max_t(u32, rule->above / (LEVEE_CHALLENGE_UNSEEN *
						num_possible_cpus()), 1);
	rule->above_pps = above_pps;
	rule->below_pps = below_pps;
	rule->rate_pps = rate_pps;
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_rule_init);

/**
 * levee_challenge_alloc - make what a challenge keeps
 *
 * Return: not active, nothing counted; or NULL if memory is short.
 */
struct levee_challenge *levee_challenge_alloc(void)
{
	struct levee_challenge *challenge;
	int i;

	challenge = kzalloc(sizeof(*challenge), GFP_KERNEL_ACCOUNT);
	if (!challenge)
		return NULL;
	challenge->counters = levee_counters_alloc(LEVEE_CHALLENGE_COUNTERS);
	challenge->cpu = alloc_percpu_gfp(struct levee_challenge_cpu,
					  GFP_KERNEL_ACCOUNT);
	if (!challenge->counters || !challenge->cpu) {
		levee_challenge_free(challenge);
		return NULL;
	}
	for_each_possible_cpu(i)
		per_cpu_ptr(challenge->cpu, i)->until = jiffies;
	return challenge;
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_alloc);

/**
 * levee_challenge_free - free what a challenge keeps
 * @challenge: that, or NULL; no packet meets it
 */
void levee_challenge_free(struct levee_challenge *challenge)
{
	if (!challenge)
		return;
	free_percpu(challenge->cpu);
	levee_counters_free(challenge->counters);
	kfree(challenge);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_free);

static void become_loud(struct levee_challenge *challenge, u64 now_ns)
{
	atomic64_set(&challenge->loud_ns, now_ns);
	if (READ_ONCE(challenge->active))
		return;
	/* Of CPUs that find the same, each may write: there is little between. */
	atomic64_set(&challenge->since_ns, now_ns);
	WRITE_ONCE(challenge->active, true);
}

/* An interval is over. It may have been long, if there were no SYNs. */
static void interval_end(struct levee_challenge *challenge,
			 const struct levee_challenge_rule *rule, u64 syns,
			 u64 elapsed, u64 now_ns)
{
	bool active = READ_ONCE(challenge->active);
	u64 limit = active ? rule->below_pps : rule->above_pps;

	elapsed = min_t(u64, elapsed, LEVEE_CHALLENGE_LONGEST_NS);
	if (syns * NSEC_PER_SEC > limit * elapsed)
		become_loud(challenge, now_ns);
	else if (active && (s64)(now_ns - atomic64_read(&challenge->loud_ns)) >=
			   (s64)LEVEE_CHALLENGE_QUIET_NS)
		WRITE_ONCE(challenge->active, false);
}

/**
 * levee_challenge_add - some SYNs have come
 * @challenge: the challenge
 * @rule: when it is active
 * @syns: how many
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * It becomes active as soon as an interval has too many, or was too fast; and
 * stops to be so when no interval has for LEVEE_CHALLENGE_QUIET_NS.
 *
 * Context: packet path.
 */
void levee_challenge_add(struct levee_challenge *challenge,
			 const struct levee_challenge_rule *rule, u32 syns,
			 u64 now_ns)
{
	s64 begin = atomic64_read(&challenge->begin_ns);
	u32 sum = atomic_add_return(syns, &challenge->syns);
	s64 elapsed = now_ns - begin;

	/* The clock of another CPU may be a little ahead. */
	if (elapsed < (s64)LEVEE_CHALLENGE_INTERVAL_NS) {
		if (sum > rule->above)
			become_loud(challenge, now_ns);
		return;
	}
	/*
	 * One of several CPUs ends the interval. What others add before it has
	 * taken the sum, they compare with more than theirs; that is too many
	 * only if both intervals are close to it.
	 */
	if (!atomic64_try_cmpxchg(&challenge->begin_ns, &begin, now_ns))
		return;
	sum = atomic_xchg(&challenge->syns, 0);
	interval_end(challenge, rule, sum, elapsed, now_ns);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_add);

/**
 * levee_challenge_take - take one from a budget that all CPUs share
 * @tat: theoretical arrival time of the budget
 * @rate: its rate
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Nothing is written where nothing is left.
 *
 * Context: packet path.
 * Return: false if nothing is left, or other CPUs were faster all the time.
 */
bool levee_challenge_take(atomic64_t *tat, const struct levee_rate *rate,
			  u64 now_ns)
{
	s64 until = atomic64_read(tat);
	int tries;
	u64 next;

	for (tries = 0; tries < LEVEE_CHARGE_TRIES; tries++) {
		if (levee_gcra(rate, until, now_ns, 1, &next) ==
		    LEVEE_METER_OVER) {
			if (unlikely(next != until))
				atomic64_try_cmpxchg(tat, &until, next);
			return false;
		}
		if (atomic64_try_cmpxchg(tat, &until, next))
			return true;
	}
	return false;
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_take);

static u64 hash_packet(const siphash_key_t *key, const struct levee_packet *pkt,
		       u32 number, u32 what)
{
	const struct {
		union levee_addr saddr;
		union levee_addr daddr;
		__be16 sport;
		__be16 dport;
		u32 number;
		u64 what;
	} __aligned(SIPHASH_ALIGNMENT) in = {
		pkt->saddr, pkt->daddr, pkt->sport, pkt->dport, number, what,
	};
	u32 ports;

	if (pkt->family != NFPROTO_IPV4)
		return siphash(&in, sizeof(in), key);
	ports = (__force u32)pkt->sport << 16 | (__force u32)pkt->dport;
	return siphash_3u64((u64)(__force u32)pkt->saddr.ip << 32 |
			    (__force u32)pkt->daddr.ip,
			    (u64)ports << 32 | number, what, key);
}

/**
 * levee_challenge_cookie - the number of a challenge
 * @key: secret of the numbers
 * @pkt: the SYN that is challenged, or what comes from there later
 * @epoch: when the challenge is sent, levee_challenge_epoch()
 *
 * Return: the number.
 */
u32 levee_challenge_cookie(const siphash_key_t *key,
			   const struct levee_packet *pkt, u32 epoch)
{
	return hash_packet(key, pkt, epoch, 0);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_cookie);

/**
 * levee_challenge_verify - does an RST answer a challenge?
 * @key: secret of the numbers
 * @pkt: the RST
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Return: true if it has the number of a challenge of this epoch, or the one
 * before.
 */
bool levee_challenge_verify(const siphash_key_t *key,
			    const struct levee_packet *pkt, u64 now_ns)
{
	u32 epoch = levee_challenge_epoch(now_ns);
	u32 number = ntohl(pkt->seq);

	return number == levee_challenge_cookie(key, pkt, epoch) ||
	       number == levee_challenge_cookie(key, pkt, epoch - 1);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_verify);

/**
 * levee_challenge_syn_tag - tag of a SYN, by which it is known when it comes again
 * @key: secret of the tags
 * @pkt: the SYN
 *
 * Return: the tag.
 */
u64 levee_challenge_syn_tag(const siphash_key_t *key,
			    const struct levee_packet *pkt)
{
	return hash_packet(key, pkt, (__force u32)pkt->seq,
			   LEVEE_CHALLENGE_SYN);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_syn_tag);

/**
 * levee_challenge_read - what challenges have come to
 * @challenge: the challenge
 * @now_ns: present time, CLOCK_MONOTONIC
 * @totals: set to it
 *
 * Where no more SYNs come, none says that the challenge is over.
 *
 * Context: process.
 */
void levee_challenge_read(struct levee_challenge *challenge, u64 now_ns,
			  struct levee_challenge_totals *totals)
{
	s64 quiet = now_ns - atomic64_read(&challenge->loud_ns);

	totals->since_ns = 0;
	if (READ_ONCE(challenge->active) &&
	    quiet < (s64)(LEVEE_CHALLENGE_QUIET_NS +
			  LEVEE_CHALLENGE_INTERVAL_NS))
		totals->since_ns = atomic64_read(&challenge->since_ns);
	levee_counters_read(challenge->counters, 0, LEVEE_CHALLENGE_COUNTERS,
			    totals->count);
}
LEVEE_EXPORT_FOR_TEST(levee_challenge_read);

/**
 * levee_challenge_wanted - is there a policy that challenges?
 * @rules: the ruleset
 *
 * Return: true if there is one that is not in mode off.
 */
bool levee_challenge_wanted(const struct levee_ruleset *rules)
{
	const struct levee_policy *policy;

	list_for_each_entry(policy, &rules->policies, node)
		if (policy->challenge && policy->mode != LEVEE_MODE_OFF)
			return true;
	return false;
}
