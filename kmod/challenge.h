/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Challenges: when a policy has sources prove that they are real, and the
 * number that only a real one can give back.
 */
#ifndef _LEVEE_CHALLENGE_H
#define _LEVEE_CHALLENGE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/siphash.h>
#include <linux/time64.h>
#include <linux/types.h>
#include "meter.h"
#include "stats.h"

struct levee_packet;
struct levee_ruleset;

/* SYNs are counted in intervals of so long. */
#define LEVEE_CHALLENGE_INTERVAL_NS	(100 * NSEC_PER_MSEC)
/* No CPU keeps what it has counted to itself for longer. */
#define LEVEE_CHALLENGE_BATCH_MS	50
/* It ends when they were few for so long. */
#define LEVEE_CHALLENGE_QUIET_NS	NSEC_PER_SEC
/* Answers are taken in the epoch of the challenge, and the next; 4.3 s each. */
#define LEVEE_CHALLENGE_EPOCH_SHIFT	32
#define LEVEE_CHALLENGE_EPOCH_NS	BIT_ULL(LEVEE_CHALLENGE_EPOCH_SHIFT)
/* A SYN that comes again after so long has not met who answers challenges. */
#define LEVEE_CHALLENGE_RETRY_MIN_NS	(500 * NSEC_PER_MSEC)
#define LEVEE_CHALLENGE_RETRY_MAX_NS	(3ull * NSEC_PER_SEC)

/* Challenges per second where nobody says so: the SYNs of some 600 Mbit/s. */
#define LEVEE_CHALLENGE_RATE_DEFAULT	1000000u

/**
 * struct levee_challenge_rule - when a policy challenges, and how often
 * @above: SYNs in an interval above which it begins at once
 * @batch: SYNs that a CPU counts for itself before it adds them to the rest
 * @send: challenges
 * @retry: SYNs that pass because they came again
 * @above_pps: SYNs per second above which it begins
 * @below_pps: SYNs per second up to which it ends, not more than @above_pps
 * @rate_pps: challenges per second at the most
 */
struct levee_challenge_rule {
	u32 above;
	u32 batch;
	struct levee_rate send;
	struct levee_rate retry;
	u32 above_pps;
	u32 below_pps;
	u32 rate_pps;
};

/* What is counted of challenges. */
enum levee_challenge_counter {
	LEVEE_CHALLENGE_SENT,
	LEVEE_CHALLENGE_ANSWERED,
	LEVEE_CHALLENGE_FAILED,
	LEVEE_CHALLENGE_SUPPRESSED,
	LEVEE_CHALLENGE_RETRIED,
	LEVEE_CHALLENGE_COUNTERS,
};

/**
 * struct levee_challenge_cpu - SYNs that one CPU has yet to add to the rest
 * @syns: how many
 * @until: when it adds them even if they are few, in jiffies
 */
struct levee_challenge_cpu {
	u32 syns;
	unsigned long until;
};

/**
 * struct levee_challenge - what a challenge keeps when the ruleset is replaced
 * @active: sources have to prove themselves
 * @cpu: SYNs not in @syns yet
 * @counters: by enum levee_challenge_counter
 * @since_ns: when it became @active
 * @syns: SYNs in the present interval
 * @begin_ns: when that began
 * @loud_ns: when there were last too many
 * @send_ns: when the next challenge may be sent; TAT of @send of the rule
 * @retry_ns: likewise of @retry
 */
struct levee_challenge {
	/* packet path, read */
	bool active;
	struct levee_challenge_cpu __percpu *cpu;
	struct levee_counters *counters;
	atomic64_t since_ns;

	/* packet path, written by batches of SYNs */
	atomic_t syns ____cacheline_aligned_in_smp;
	atomic64_t begin_ns;
	atomic64_t loud_ns;

	/* packet path, written by challenges */
	atomic64_t send_ns ____cacheline_aligned_in_smp;
	atomic64_t retry_ns;
};

/**
 * struct levee_challenge_totals - what challenges have come to
 * @since_ns: when sources had to prove themselves from on, CLOCK_MONOTONIC; 0 if
 *	they need not
 * @count: by enum levee_challenge_counter
 */
struct levee_challenge_totals {
	u64 since_ns;
	u64 count[LEVEE_CHALLENGE_COUNTERS];
};

/* Configuration; process context. */
int levee_challenge_rule_init(struct levee_challenge_rule *rule, u32 above_pps,
			      u32 below_pps, u32 rate_pps);
struct levee_challenge *levee_challenge_alloc(void);
void levee_challenge_free(struct levee_challenge *challenge);
void levee_challenge_read(struct levee_challenge *challenge, u64 now_ns,
			  struct levee_challenge_totals *totals);
bool levee_challenge_wanted(const struct levee_ruleset *rules);

/* Packet path. */
void levee_challenge_add(struct levee_challenge *challenge,
			 const struct levee_challenge_rule *rule, u32 syns,
			 u64 now_ns);
bool levee_challenge_take(atomic64_t *tat, const struct levee_rate *rate,
			  u64 now_ns);
u32 levee_challenge_cookie(const siphash_key_t *key,
			   const struct levee_packet *pkt, u32 epoch);
bool levee_challenge_verify(const siphash_key_t *key,
			    const struct levee_packet *pkt, u64 now_ns);
u64 levee_challenge_syn_tag(const siphash_key_t *key,
			    const struct levee_packet *pkt);

static inline u32 levee_challenge_epoch(u64 now_ns)
{
	return now_ns >> LEVEE_CHALLENGE_EPOCH_SHIFT;
}

/**
 * levee_challenge_count - count something
 * @challenge: the challenge
 * @counter: what
 *
 * Context: softirq, or bottom halves disabled.
 */
static inline void levee_challenge_count(struct levee_challenge *challenge,
					 enum levee_challenge_counter counter)
{
	levee_counters_add(challenge->counters, counter, 1);
}

/**
 * levee_challenge_syn - a SYN has come
 * @challenge: the challenge
 * @rule: when it is active
 *
 * Most SYNs touch nothing that other CPUs do.
 *
 * Context: softirq, or bottom halves disabled; RCU read lock.
 * Return: whether its source has to prove itself.
 */
static inline bool levee_challenge_syn(struct levee_challenge *challenge,
				       const struct levee_challenge_rule *rule)
{
	struct levee_challenge_cpu *cpu = this_cpu_ptr(challenge->cpu);

	if (++cpu->syns >= rule->batch || time_after_eq(jiffies, cpu->until)) {
		levee_challenge_add(challenge, rule, cpu->syns,
				    ktime_get_ns());
		cpu->syns = 0;
		cpu->until = jiffies +
			     msecs_to_jiffies(LEVEE_CHALLENGE_BATCH_MS);
	}
	/* Written by levee_challenge_add(); nothing else hangs on it. */
	return READ_ONCE(challenge->active);
}

#endif /* _LEVEE_CHALLENGE_H */
