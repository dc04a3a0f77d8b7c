// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and their limits: immutable once published, replaced as a whole.
 *
 * A change clones the ruleset in force, edits the clone, compiles it and
 * publishes it with one pointer swap; if anything fails on the way the clone
 * is freed and nothing has changed. What must survive, counters and meters,
 * hangs on the states, to which old and new ruleset both hold a reference.
 */
#include "ruleset.h"

#include <linux/list_sort.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"

/* Freeing may have to walk a large trie: not in softirq. */
static struct workqueue_struct *levee_free_wq;

static struct levee_ruleset *ruleset_alloc(u32 dst_max)
{
	struct levee_ruleset *rules;

	rules = kzalloc(sizeof(*rules), GFP_KERNEL_ACCOUNT);
	if (!rules)
		return NULL;
	INIT_LIST_HEAD(&rules->policies);
	hash_init(rules->names);
	rules->dst_max = dst_max;
	return rules;
}

/*
 * What one source may send before it counts as an offender where nobody has
 * said anything: several times what one client of a busy site or resolver
 * does, far below what one machine of an attack sends. They only count until
 * somebody sets the default policy to mode enforce.
 */
static const struct {
	enum levee_class class;
	u32 packets;
	u32 burst;
} default_limits[] = {
	{ LEVEE_CLASS_SYN,	100,	400 },
	{ LEVEE_CLASS_TCP,	20000,	40000 },
	{ LEVEE_CLASS_UDP,	5000,	10000 },
	{ LEVEE_CLASS_REFLECT,	5000,	10000 },
	{ LEVEE_CLASS_ICMP,	100,	200 },
	{ LEVEE_CLASS_FRAG,	500,	2000 },
	{ LEVEE_CLASS_OTHER,	20000,	40000 },
};

/* Source prefixes of the default limits: one host, one IPv6 subnet. */
#define DEFAULT_PER4	32
#define DEFAULT_PER6	64

/**
 * levee_ruleset_new - the ruleset where nobody has said anything
 * @next_id: counter of ids
 * @dst_max: most destination prefixes of all policies together
 * @live: ruleset in force, from which it takes over what outlives rulesets, or
 *	NULL
 *
 * It holds the policy "default", in mode monitor, with the built-in limits.
 *
 * Return: the ruleset, compiled, or NULL if there is no memory for it.
 */
struct levee_ruleset *levee_ruleset_new(u32 *next_id, u32 dst_max,
					const struct levee_ruleset *live)
{
	struct levee_ruleset *rules;
	struct levee_policy *policy;
	struct levee_limit *limit;
	int i;

	rules = ruleset_alloc(dst_max);
	if (!rules)
		return NULL;
	policy = levee_policy_add(rules, "default", next_id, live);
	if (!policy)
		goto err_free;
	policy->mode = LEVEE_MODE_MONITOR;
	for (i = 0; i < ARRAY_SIZE(default_limits); i++) {
		const struct levee_limit_key key = {
			.class = default_limits[i].class,
			.per4 = DEFAULT_PER4,
			.per6 = DEFAULT_PER6,
			.unit = LEVEE_UNIT_PACKETS,
		};

		limit = levee_limit_add(policy, &key, next_id,
					live ? live->fallback : NULL);
		if (!limit)
			goto err_free;
		if (levee_limit_set_rate(limit, default_limits[i].packets, 1,
					 default_limits[i].burst))
			goto err_free;
	}
	if (levee_ruleset_compile(rules, NULL))
		goto err_free;
	return rules;

err_free:
	levee_ruleset_free(rules);
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_ruleset_new);

/**
 * levee_ruleset_clone - copy a ruleset to change the copy
 * @old: the ruleset in force; the caller keeps it from being replaced
 *
 * Return: the copy, not compiled yet, or NULL if there is no memory for it.
 */
struct levee_ruleset *levee_ruleset_clone(const struct levee_ruleset *old)
{
	const struct levee_policy *from;
	struct levee_ruleset *rules;

	rules = ruleset_alloc(old->dst_max);
	if (!rules)
		return NULL;
	list_for_each_entry(from, &old->policies, node) {
		if (!levee_policy_clone(rules, from)) {
			levee_ruleset_free(rules);
			return NULL;
		}
	}
	return rules;
}

static int policy_compare(void *priv, const struct list_head *a,
			  const struct list_head *b)
{
	const struct levee_policy *p = list_entry(a, struct levee_policy, node);
	const struct levee_policy *q = list_entry(b, struct levee_policy, node);

	return p->state->id < q->state->id ? -1 : 1;
}

/**
 * levee_ruleset_order - sort policies by their numbers, as dumps want them
 * @rules: ruleset that is being changed
 *
 * New policies have the highest numbers, and come last anyway; but one that has
 * taken over the state of another has the number of that. "default", which
 * nothing else can be in place of, has the lowest.
 */
void levee_ruleset_order(struct levee_ruleset *rules)
{
	list_sort(NULL, &rules->policies, policy_compare);
}

/* Of which answers a policy wants to know whether somebody has asked. */
static u8 policy_answers(const struct levee_policy *policy)
{
	u8 answers = 0;
	u32 i;

	for (i = 0; i < policy->limit_count; i++) {
		switch (policy->limits[i].class) {
		case LEVEE_CLASS_REFLECT:
			answers |= LEVEE_ANSWERS_REFLECT;
			break;
		case LEVEE_CLASS_FRAG:
			answers |= BIT(LEVEE_ANSWER_FRAG);
			break;
		case LEVEE_CLASS_TCP_STRAY:
			answers |= LEVEE_ANSWERS_STRAY;
			break;
		}
	}
	return answers;
}

/**
 * levee_policy_compile - which limits the packets of each class meet
 * @policy: policy of a ruleset that is being changed
 * @extack: receives the reason of a failure, or NULL
 *
 * Return: 0, -ENOMEM, or -E2BIG if they are too many.
 */
int levee_policy_compile(struct levee_policy *policy,
			 struct netlink_ext_ack *extack)
{
	u32 i;
	u8 class;

	if ((policy->mode == LEVEE_MODE_MONITOR &&
	     levee_policy_state_learn(policy->state)) ||
	    (policy->challenge &&
	     levee_policy_state_challenge(policy->state))) {
		NL_SET_ERR_MSG(extack, "not enough memory for the ruleset");
		return -ENOMEM;
	}
	policy->answers = policy_answers(policy);
	memset(policy->chain_len, 0, sizeof(policy->chain_len));
	for (i = 0; i < policy->limit_count; i++) {
		const struct levee_limit *limit = &policy->limits[i];

		for (class = 1; class < __LEVEE_CLASS_MAX; class++) {
			if (limit->class != LEVEE_CLASS_ANY &&
			    limit->class != class)
				continue;
			if (policy->chain_len[class] == LEVEE_CHAIN_MAX) {
				NL_SET_ERR_MSG(extack,
					       "a packet would meet more than 8 limits of this policy");
				return -E2BIG;
			}
			policy->chain[class][policy->chain_len[class]++] = i;
		}
	}
	return 0;
}

/* Destinations of a policy that names none. */
static const struct levee_prefix everywhere[] = {
	{ .family = NFPROTO_IPV4 },
	{ .family = NFPROTO_IPV6 },
};

/* The prefixes that a policy is for, and how many. */
static u32 policy_prefixes(const struct levee_policy *policy,
			   const struct levee_prefix **prefixes)
{
	*prefixes = policy->dst;
	if (policy->dst_count || !policy->service)
		return policy->dst_count;
	*prefixes = everywhere;
	return ARRAY_SIZE(everywhere);
}

/* Makes room for the prefixes at which protocols will matter. */
static int matches_alloc(struct levee_ruleset *rules)
{
	const struct levee_prefix *prefixes;
	const struct levee_policy *policy;
	u32 count = 0;

	list_for_each_entry(policy, &rules->policies, node)
		if (policy->service)
			count += policy_prefixes(policy, &prefixes);
	return levee_matches_alloc(&rules->matches, count);
}

static int policy_add_prefixes(struct levee_ruleset *rules,
			       struct levee_policy *policy,
			       struct netlink_ext_ack *extack)
{
	const struct levee_prefix *prefixes;
	u32 i, count;
	int err;

	count = policy_prefixes(policy, &prefixes);
	for (i = 0; i < count; i++) {
		err = levee_matches_add(&rules->matches, &rules->dst,
					&prefixes[i], policy, extack);
		if (err)
			return err;
	}
	return 0;
}

static int prefixes_compile(struct levee_ruleset *rules,
			    struct netlink_ext_ack *extack)
{
	struct levee_policy *policy;
	int err;

	err = matches_alloc(rules);
	if (err)
		return err;
	list_for_each_entry(policy, &rules->policies, node) {
		err = policy_add_prefixes(rules, policy, extack);
		if (err)
			return err;
		cond_resched();
	}
	return levee_matches_compile(&rules->matches, &rules->dst, extack);
}

/**
 * levee_ruleset_compile - make a changed ruleset ready to be published
 * @rules: the ruleset
 * @extack: receives the reason of a failure, or NULL
 *
 * Return: 0; -ENOMEM; -EEXIST if two policies overlap; -E2BIG if there are too
 * many limits. After the last two, @rules->matches.culprit is the policy.
 */
int levee_ruleset_compile(struct levee_ruleset *rules,
			  struct netlink_ext_ack *extack)
{
	struct levee_policy *policy;
	int err;

	rules->fallback = list_first_entry(&rules->policies,
					   struct levee_policy, node);
	list_for_each_entry(policy, &rules->policies, node) {
		err = levee_policy_compile(policy, extack);
		if (err) {
			rules->matches.culprit = policy;
			return err;
		}
	}
	err = prefixes_compile(rules, extack);
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "not enough memory for the ruleset");
	return err;
}
LEVEE_EXPORT_FOR_TEST(levee_ruleset_compile);

/**
 * levee_ruleset_free - free a ruleset that no packet looks at
 * @rules: the ruleset, or NULL
 */
void levee_ruleset_free(struct levee_ruleset *rules)
{
	struct levee_policy *policy, *next;

	if (!rules)
		return;
	levee_prefix_destroy(&rules->dst);
	levee_matches_free(&rules->matches);
	list_for_each_entry_safe(policy, next, &rules->policies, node)
		levee_policy_free(policy);
	kfree(rules);
}
LEVEE_EXPORT_FOR_TEST(levee_ruleset_free);

static void ruleset_free_work(struct work_struct *work)
{
	levee_ruleset_free(container_of(to_rcu_work(work),
					struct levee_ruleset, rwork));
}

/**
 * levee_ruleset_free_rcu - free a ruleset that was in force until now
 * @rules: the ruleset
 *
 * Context: any; the ruleset is freed after a grace period.
 */
void levee_ruleset_free_rcu(struct levee_ruleset *rules)
{
	INIT_RCU_WORK(&rules->rwork, ruleset_free_work);
	queue_rcu_work(levee_free_wq, &rules->rwork);
}

/**
 * levee_policy_find - find a policy by its name
 * @rules: the ruleset
 * @name: the name
 *
 * Return: the policy, or NULL.
 */
struct levee_policy *levee_policy_find(const struct levee_ruleset *rules,
				       const char *name)
{
	struct levee_policy *policy;

	hash_for_each_possible(rules->names, policy, named,
			       levee_policy_name_hash(name))
		if (!strcmp(policy->state->name, name))
			return policy;
	return NULL;
}

/**
 * levee_policy_find_id - find a policy by its number
 * @rules: the ruleset
 * @id: the number
 *
 * Return: the policy, or NULL.
 */
struct levee_policy *levee_policy_find_id(const struct levee_ruleset *rules,
					  u32 id)
{
	struct levee_policy *policy;

	list_for_each_entry(policy, &rules->policies, node)
		if (policy->state->id == id)
			return policy;
	return NULL;
}

/**
 * levee_ruleset_answers - what its policies want to know of answers
 * @rules: the ruleset, compiled
 *
 * Return: bits of enum levee_answer, of policies that are not in mode off.
 */
u8 levee_ruleset_answers(const struct levee_ruleset *rules)
{
	const struct levee_policy *policy;
	u8 answers = 0;

	list_for_each_entry(policy, &rules->policies, node)
		if (policy->mode != LEVEE_MODE_OFF)
			answers |= policy->answers;
	return answers;
}

static void count_add(struct levee_count *sum, const struct levee_count *count)
{
	sum->packets += count->packets;
	sum->bytes += count->bytes;
}

/* Adds one policy's counters to @sum. */
static void policy_sum_add(const struct levee_policy *policy,
			   struct levee_ruleset_totals *sum)
{
	struct levee_class_stats stats;
	int class, reason;

	for (class = 1; class <= LEVEE_CLASS_MAX; class++) {
		levee_policy_stats_read(policy->state->stats, class, &stats);
		count_add(&sum->judged, &stats.passed);
		count_add(&sum->passed, &stats.passed);
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++) {
			count_add(&sum->judged, &stats.dropped[reason]);
			count_add(&sum->dropped, &stats.dropped[reason]);
			count_add(&sum->judged, &stats.would[reason]);
			count_add(&sum->would, &stats.would[reason]);
		}
	}
}

/**
 * levee_policy_sum - sum up a policy's counters
 * @policy: the policy
 * @sum: the sums over all classes and reasons
 */
void levee_policy_sum(const struct levee_policy *policy,
		      struct levee_ruleset_totals *sum)
{
	memset(sum, 0, sizeof(*sum));
	policy_sum_add(policy, sum);
}

/**
 * levee_ruleset_sum - sum up the counters of all policies
 * @rules: the ruleset
 * @sum: the sums over all policies, classes and reasons
 */
void levee_ruleset_sum(const struct levee_ruleset *rules,
		       struct levee_ruleset_totals *sum)
{
	const struct levee_policy *policy;

	memset(sum, 0, sizeof(*sum));
	list_for_each_entry(policy, &rules->policies, node) {
		policy_sum_add(policy, sum);
		cond_resched();
	}
}

/**
 * levee_ruleset_init - get ready to free rulesets
 *
 * Return: 0 or -ENOMEM.
 */
int levee_ruleset_init(void)
{
	levee_free_wq = alloc_workqueue("levee", WQ_UNBOUND | WQ_MEM_RECLAIM,
					0);
	return levee_free_wq ? 0 : -ENOMEM;
}

/**
 * levee_ruleset_exit - wait until every ruleset is freed
 */
void levee_ruleset_exit(void)
{
	/* Works are queued by RCU callbacks; then destroy drains them. */
	rcu_barrier();
	destroy_workqueue(levee_free_wq);
}
