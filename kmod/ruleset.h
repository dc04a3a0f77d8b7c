/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies and their limits: immutable once published, replaced as a whole.
 */
#ifndef _LEVEE_RULESET_H
#define _LEVEE_RULESET_H

#include <linux/levee.h>
#include <linux/bits.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/stringhash.h>
#include <linux/workqueue.h>
#include "attack.h"
#include "challenge.h"
#include "fair.h"
#include "match.h"
#include "meter.h"
#include "packet.h"
#include "prefix.h"
#include "stats.h"

struct levee_history_seen;
struct levee_learned;
struct netlink_ext_ack;

/* Limits that one packet may meet: those of its class, and those of any. */
#define LEVEE_CHAIN_MAX		8
/* Limits of one policy. */
#define LEVEE_LIMITS_MAX	(LEVEE_CHAIN_MAX * __LEVEE_CLASS_MAX)
/* Policies of a network namespace, and destination prefixes of a policy. */
#define LEVEE_POLICIES_MAX	4096
#define LEVEE_DST_MAX		65536
/* Chains by which policies are found by name, 2 to the power of. */
#define LEVEE_NAMES_BITS	8

/**
 * struct levee_limit_state - what a limit keeps when the ruleset is replaced
 * @overflow: meters for sources that find the map full
 * @stats: counters
 * @fair: if it is, or was, shared fairly: what belongs to that; else NULL
 * @refs: limits that point here, one in each ruleset
 * @id: number of the limit, never used again in this network namespace
 */
struct levee_limit_state {
	struct levee_overflow overflow;
	struct levee_limit_stats *stats;
	struct levee_fair_state *fair;
	refcount_t refs;
	u32 id;
};

/**
 * enum levee_limit_ban - whom a limit bans who exceeds it
 * @LEVEE_LIMIT_BAN_NONE: nobody
 * @LEVEE_LIMIT_BAN_PROVEN: sources that were shown to be real
 * @LEVEE_LIMIT_BAN_ALL: everybody
 */
enum levee_limit_ban {
	LEVEE_LIMIT_BAN_NONE,
	LEVEE_LIMIT_BAN_PROVEN,
	LEVEE_LIMIT_BAN_ALL,
};

/**
 * struct levee_limit - a limit of a policy
 * @rate: ready for the packet path
 * @state: what outlives the ruleset
 * @salt: secret of the tags of its meters, the same in every ruleset
 * @class: enum levee_class
 * @per4: IPv4 prefix length of a source, or LEVEE_PER_NONE
 * @per6: likewise for IPv6
 * @ban: enum levee_limit_ban
 * @fair: it is shared fairly
 * @mark: what packets over the limit get in their mark
 * @mark_mask: in which of its bits; 0 if they are dropped
 * @period_s: period of @configured in seconds; 1 if that is in bits
 * @ban_min_s: if it bans: seconds of a source's first ban
 * @ban_max_s: likewise: seconds that a ban takes at the most
 * @configured: packets per period, or bits per second
 * @share: if it is shared fairly: how
 */
struct levee_limit {
	/* packet path */
	struct levee_rate rate;
	struct levee_limit_state *state;
	u64 salt;
	u8 class;
	u8 per4;
	u8 per6;
	u8 ban;
	bool fair;

	/* packets over the limit */
	u32 mark;
	u32 mark_mask;

	/* configuration, and who is banned */
	u32 period_s;
	u32 ban_min_s;
	u32 ban_max_s;
	u64 configured;

	/* packet path, once somebody has to be touched */
	struct levee_fair share;
} __aligned(64);

/* What each packet reads is in one cache line. */
static_assert(offsetof(struct levee_limit, period_s) <= 64);

/**
 * struct levee_limit_key - what tells the limits of a policy apart
 * @class: enum levee_class
 * @per4: IPv4 source prefix length or LEVEE_PER_NONE
 * @per6: IPv6 source prefix length or LEVEE_PER_NONE
 * @unit: enum levee_unit
 */
struct levee_limit_key {
	u8 class;
	u8 per4;
	u8 per6;
	u8 unit;
};

/**
 * struct levee_path_state - where what a policy's destinations send goes out
 * @now: enum levee_path
 * @in: SYNs that had passed when it was last judged
 * @out: answers that had gone out
 */
struct levee_path_state {
	u8 now;

	/* only for the work */
	u64 in;
	u64 out;
};

/**
 * struct levee_policy_state - what a policy keeps when the ruleset is replaced
 * @stats: counters
 * @salt: secret of the hashes of its offenders
 * @refs: policies that point here, one in each ruleset
 * @id: number of the policy, never used again in this network namespace
 * @name: its name
 * @learned: what was learned in mode monitor; NULL if it never was in that mode
 * @seen: the counters when the history took them last
 * @attack: tells whether it is attacked
 * @path: tells whether it is seen what its destinations send
 * @challenge: state of its challenge; NULL if it never had one
 */
struct levee_policy_state {
	struct levee_policy_stats *stats;
	u64 salt;
	refcount_t refs;
	u32 id;
	char name[LEVEE_NAME_MAX + 1];
	struct levee_learned *learned;
	struct levee_history_seen *seen;
	struct levee_attack attack;
	struct levee_path_state path;
	struct levee_challenge *challenge;
};

/**
 * struct levee_policy - a policy in one ruleset
 * @mode: enum levee_mode
 * @answers: bits of enum levee_answer: of which of them it matters whether
 *	somebody has asked
 * @challenge: it has sources prove themselves, by @challenge_rule
 * @chain_len: for each class, how many limits its packets meet
 * @chain: for each class, which of @limits those are
 * @limits: the limits
 * @state: what outlives the ruleset
 * @challenge_rule: when sources have to prove themselves
 * @limit_count: number of @limits
 * @dst_count: number of @dst
 * @dst: destination prefixes; without any, those that hold everything, if there
 *	is a @service
 * @service: protocols and destination ports, NULL for all packets
 * @choice: this policy alone, of the ruleset's matches; NULL if not made yet
 * @seq: sequence number of the request that last said what it is for
 * @node: in the ruleset's list, in the order of their numbers
 * @named: in the ruleset's chains of names
 */
struct levee_policy {
	/* packet path */
	u8 mode;
	u8 answers;
	bool challenge;
	u8 chain_len[__LEVEE_CLASS_MAX];
	u8 chain[__LEVEE_CLASS_MAX][LEVEE_CHAIN_MAX];
	struct levee_limit *limits;
	struct levee_policy_state *state;
	struct levee_challenge_rule challenge_rule;

	/* configuration only */
	u32 limit_count;
	u32 dst_count;
	struct levee_prefix *dst;
	struct levee_service *service;
	struct levee_choice *choice;
	u32 seq;
	struct list_head node;
	struct hlist_node named;
};

/**
 * struct levee_ruleset - all policies of a network namespace
 * @dst: destination prefix to &struct levee_policy or &struct levee_match
 * @fallback: the policy "default"
 * @list: the lists that hold with it, by enum levee_list_kind; NULL for one that
 *	is empty. They are here so that rules and lists can be replaced at once;
 *	they belong to the network namespace
 * @matches: where protocol and port matter
 * @policies: all policies, "default" first
 * @names: the same by name
 * @count: their number
 * @dst_count: destination prefixes of all policies together
 * @dst_max: how many there may be
 * @rwork: frees the ruleset once no packet looks at it
 */
struct levee_ruleset {
	struct levee_prefix_trie dst;
	struct levee_policy *fallback;
	struct levee_list __rcu *list[__LEVEE_LIST_KIND_MAX];
	struct levee_matches matches;
	struct list_head policies;
	DECLARE_HASHTABLE(names, LEVEE_NAMES_BITS);
	u32 count;
	u32 dst_count;
	u32 dst_max;
	struct rcu_work rwork;
};

/* By which policies are found by name. */
static inline u32 levee_policy_name_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

/**
 * levee_ruleset_match - which policy decides about a packet
 * @rules: the ruleset
 * @pkt: the packet; if its family is 0, nothing else is known either
 *
 * Context: RCU read lock.
 * Return: the policy; never NULL.
 */
static inline const struct levee_policy *
levee_ruleset_match(const struct levee_ruleset *rules,
		    const struct levee_packet *pkt)
{
	const void *value = NULL;

	if (pkt->family)
		value = levee_prefix_lookup(&rules->dst, pkt->family,
					    &pkt->daddr);
	if (unlikely(levee_value_is_match(value)))
		value = levee_match_find(value,
					 levee_service_key(pkt->proto,
							   ntohs(pkt->dport)));
	return value ?: rules->fallback;
}

/**
 * struct levee_ruleset_totals - summed counters of policies
 * @judged: all packets that policies decided about
 * @passed: those that passed
 * @dropped: those that were dropped
 * @would: those that mode enforce would have dropped
 */
struct levee_ruleset_totals {
	struct levee_count judged;
	struct levee_count passed;
	struct levee_count dropped;
	struct levee_count would;
};

void levee_policy_sum(const struct levee_policy *policy,
		      struct levee_ruleset_totals *sum);
void levee_ruleset_sum(const struct levee_ruleset *rules,
		       struct levee_ruleset_totals *sum);

/* Configuration; all of it in process context, may sleep. */
struct levee_ruleset *levee_ruleset_new(u32 *next_id, u32 dst_max,
					const struct levee_ruleset *live);
void levee_ruleset_order(struct levee_ruleset *rules);
struct levee_ruleset *levee_ruleset_clone(const struct levee_ruleset *old);
int levee_ruleset_compile(struct levee_ruleset *rules,
			  struct netlink_ext_ack *extack);
void levee_ruleset_free(struct levee_ruleset *rules);
void levee_ruleset_free_rcu(struct levee_ruleset *rules);

struct levee_policy *levee_policy_find(const struct levee_ruleset *rules,
				       const char *name);
struct levee_policy *levee_policy_find_id(const struct levee_ruleset *rules,
					  u32 id);
struct levee_policy *levee_policy_add(struct levee_ruleset *rules,
				      const char *name, u32 *next_id,
				      const struct levee_ruleset *live);
int levee_policy_compile(struct levee_policy *policy,
			 struct netlink_ext_ack *extack);
struct levee_policy *levee_policy_clone(struct levee_ruleset *rules,
					const struct levee_policy *old);
void levee_policy_free(struct levee_policy *policy);
int levee_policy_state_learn(struct levee_policy_state *state);
int levee_policy_state_challenge(struct levee_policy_state *state);
void levee_policy_state_put(struct levee_policy_state *state);
void levee_policy_del(struct levee_ruleset *rules,
		      struct levee_policy *policy);
void levee_policy_set_dst(struct levee_ruleset *rules,
			  struct levee_policy *policy,
			  struct levee_prefix *dst, u32 count);
int levee_policy_set_service(struct levee_policy *policy,
			     const struct levee_service *service);

/* Answers that are told apart by questions, and those by connections. */
#define LEVEE_ANSWERS_REFLECT	(BIT(LEVEE_ANSWER_UDP) | \
				 BIT(LEVEE_ANSWER_SYNACK) | \
				 BIT(LEVEE_ANSWER_ECHO))
#define LEVEE_ANSWERS_STRAY	(BIT(LEVEE_ANSWER_RST) | BIT(LEVEE_ANSWER_TCP))

u8 levee_ruleset_answers(const struct levee_ruleset *rules);
bool levee_ruleset_bans(const struct levee_ruleset *rules,
			enum levee_limit_ban whom);

struct levee_limit *levee_limit_find(const struct levee_policy *policy,
				     const struct levee_limit_key *key);
struct levee_limit *levee_limit_add(struct levee_policy *policy,
				    const struct levee_limit_key *key,
				    u32 *next_id,
				    const struct levee_policy *live);
void levee_limit_del(struct levee_policy *policy, struct levee_limit *limit);
int levee_limit_set_rate(struct levee_limit *limit, u64 packets, u32 period_s,
			 u32 burst);
int levee_limit_set_mark(struct levee_limit *limit, u32 mark, u32 mask);
int levee_limit_set_bits(struct levee_limit *limit, u64 bps, u32 burst);
int levee_limit_set_fair(struct levee_limit *limit, u8 per4, u8 per6);

int levee_ruleset_init(void);
void levee_ruleset_exit(void);

#endif /* _LEVEE_RULESET_H */
