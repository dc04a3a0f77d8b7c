// SPDX-License-Identifier: GPL-2.0
/*
 * Policies and limits of a ruleset that is being made or changed.
 */
#include "ruleset.h"

#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "history.h"
#include "learn.h"

static struct levee_limit_state *limit_state_new(u32 id)
{
	struct levee_limit_state *state;

	state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);
	if (!state)
		return NULL;
	state->stats = levee_limit_stats_alloc();
	if (!state->stats) {
		kfree(state);
		return NULL;
	}
	refcount_set(&state->refs, 1);
	state->id = id;
	return state;
}

static void limit_state_put(struct levee_limit_state *state)
{
	if (!refcount_dec_and_test(&state->refs))
		return;
	levee_limit_stats_free(state->stats);
	kfree(state->fair);
	kfree(state);
}

/**
 * levee_policy_state_learn - make room for what is learned of a policy
 * @state: state of a policy that is to be in mode monitor
 *
 * Context: process, the lock of the configuration held.
 * Return: 0, also if there is room already, or -ENOMEM.
 */
int levee_policy_state_learn(struct levee_policy_state *state)
{
	struct levee_learned *learned;

	if (state->learned)
		return 0;
	learned = kzalloc(sizeof(*learned), GFP_KERNEL_ACCOUNT);
	if (!learned)
		return -ENOMEM;
	/* Packets may use it at once; paired with levee_verdict(). */
	smp_store_release(&state->learned, learned);
	return 0;
}

/**
 * levee_policy_state_challenge - make room for the state of a challenge
 * @state: state of a policy that is to have one
 *
 * Packets look at it only once they are judged by a ruleset that has it.
 *
 * Context: process, the lock of the configuration held.
 * Return: 0, also if there is room already, or -ENOMEM.
 */
int levee_policy_state_challenge(struct levee_policy_state *state)
{
	if (!state->challenge)
		state->challenge = levee_challenge_alloc();
	return state->challenge ? 0 : -ENOMEM;
}

/**
 * levee_policy_state_put - let go of what outlives a ruleset
 * @state: the state; freed with its last reference
 *
 * Context: process.
 */
void levee_policy_state_put(struct levee_policy_state *state)
{
	if (!refcount_dec_and_test(&state->refs))
		return;
	levee_policy_stats_free(state->stats);
	levee_challenge_free(state->challenge);
	kfree(state->seen);
	kfree(state->learned);
	kfree(state);
}

static struct levee_policy_state *policy_state_new(const char *name, u32 id)
{
	struct levee_policy_state *state;

	state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);
	if (!state)
		return NULL;
	refcount_set(&state->refs, 1);
	state->stats = levee_policy_stats_alloc();
	state->seen = kzalloc(sizeof(*state->seen), GFP_KERNEL_ACCOUNT);
	if (!state->stats || !state->seen) {
		levee_policy_state_put(state);
		return NULL;
	}
	state->salt = get_random_u64();
	state->id = id;
	strscpy(state->name, name, sizeof(state->name));
	return state;
}

/**
 * levee_policy_free - free a policy that is in no ruleset
 * @policy: the policy
 */
void levee_policy_free(struct levee_policy *policy)
{
	u32 i;

	for (i = 0; i < policy->limit_count; i++)
		limit_state_put(policy->limits[i].state);
	kfree(policy->limits);
	kvfree(policy->dst);
	kfree(policy->service);
	levee_policy_state_put(policy->state);
	kfree(policy);
}

static void policy_link(struct levee_ruleset *rules,
			struct levee_policy *policy)
{
	list_add_tail(&policy->node, &rules->policies);
	hash_add(rules->names, &policy->named,
		 levee_policy_name_hash(policy->state->name));
	rules->count++;
	rules->dst_count += policy->dst_count;
}

/**
 * levee_policy_clone - copy a policy to another ruleset
 * @rules: the other ruleset, which is being changed
 * @old: the policy
 *
 * Return: the copy, which shares what outlives rulesets with @old, or NULL if
 * there is no memory for it.
 */
struct levee_policy *levee_policy_clone(struct levee_ruleset *rules,
					const struct levee_policy *old)
{
	struct levee_policy *policy;
	u32 i;

	policy = kmemdup(old, sizeof(*old), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return NULL;
	policy->limits = NULL;
	policy->dst = NULL;
	policy->choice = NULL;

	if (old->limit_count) {
		policy->limits = kmemdup(old->limits, old->limit_count *
					 sizeof(*old->limits),
					 GFP_KERNEL_ACCOUNT);
		if (!policy->limits)
			goto err_free_policy;
	}
	if (old->dst_count) {
		policy->dst = kvmalloc_array(old->dst_count,
					     sizeof(*old->dst),
					     GFP_KERNEL_ACCOUNT);
		if (!policy->dst)
			goto err_free_limits;
		memcpy(policy->dst, old->dst,
		       old->dst_count * sizeof(*old->dst));
	}
	if (old->service) {
		policy->service = kmemdup(old->service, sizeof(*old->service),
					  GFP_KERNEL_ACCOUNT);
		if (!policy->service)
			goto err_free_dst;
	}

	refcount_inc(&policy->state->refs);
	for (i = 0; i < policy->limit_count; i++)
		refcount_inc(&policy->limits[i].state->refs);
	policy_link(rules, policy);
	return policy;

err_free_dst:
	kvfree(policy->dst);
err_free_limits:
	kfree(policy->limits);
err_free_policy:
	kfree(policy);
	return NULL;
}

/**
 * levee_policy_add - add a policy without destinations and limits
 * @rules: ruleset that is being changed
 * @name: name, not in use
 * @next_id: counter of ids
 * @live: if it has a policy of this name, what outlives rulesets is taken over
 *	from that; may be NULL
 *
 * Return: the policy, in mode off, or NULL if there is no memory for it.
 */
struct levee_policy *levee_policy_add(struct levee_ruleset *rules,
				      const char *name, u32 *next_id,
				      const struct levee_ruleset *live)
{
	const struct levee_policy *old;
	struct levee_policy *policy;

	old = live ? levee_policy_find(live, name) : NULL;

	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return NULL;
	if (old) {
		policy->state = old->state;
		refcount_inc(&policy->state->refs);
	} else {
		policy->state = policy_state_new(name, (*next_id)++);
	}
	if (!policy->state) {
		kfree(policy);
		return NULL;
	}
	policy_link(rules, policy);
	return policy;
}
LEVEE_EXPORT_FOR_TEST(levee_policy_add);

/**
 * levee_policy_del - take a policy out of a ruleset that is being changed
 * @rules: the ruleset, not compiled
 * @policy: the policy
 */
void levee_policy_del(struct levee_ruleset *rules, struct levee_policy *policy)
{
	list_del(&policy->node);
	hash_del(&policy->named);
	rules->count--;
	rules->dst_count -= policy->dst_count;
	levee_policy_free(policy);
}

/**
 * levee_policy_set_dst - replace the destinations of a policy
 * @rules: ruleset that is being changed
 * @policy: policy of it
 * @dst: prefixes, from kvmalloc(); belongs to the policy from now on
 * @count: their number
 */
void levee_policy_set_dst(struct levee_ruleset *rules,
			  struct levee_policy *policy,
			  struct levee_prefix *dst, u32 count)
{
	rules->dst_count += count - policy->dst_count;
	kvfree(policy->dst);
	policy->dst = dst;
	policy->dst_count = count;
}
LEVEE_EXPORT_FOR_TEST(levee_policy_set_dst);

/**
 * levee_policy_set_service - replace the protocols and ports of a policy
 * @policy: policy of a ruleset that is being changed
 * @service: copied, if there is a protocol in it; else the policy is for all
 *
 * Return: 0 or -ENOMEM; then nothing has changed.
 */
int levee_policy_set_service(struct levee_policy *policy,
			     const struct levee_service *service)
{
	struct levee_service *copy = NULL;

	if (service->proto_count) {
		copy = kmemdup(service, sizeof(*service), GFP_KERNEL_ACCOUNT);
		if (!copy)
			return -ENOMEM;
	}
	kfree(policy->service);
	policy->service = copy;
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_policy_set_service);

/**
 * levee_limit_find - find a limit
 * @policy: policy that it is in
 * @key: which one
 *
 * Return: the limit, or NULL.
 */
struct levee_limit *levee_limit_find(const struct levee_policy *policy,
				     const struct levee_limit_key *key)
{
	u32 i;

	for (i = 0; i < policy->limit_count; i++) {
		struct levee_limit *limit = &policy->limits[i];

		if (limit->class == key->class && limit->per4 == key->per4 &&
		    limit->per6 == key->per6 && limit->rate.unit == key->unit)
			return limit;
	}
	return NULL;
}

/**
 * levee_limit_add - add a limit; its rate is to be set next
 * @policy: policy of a ruleset that is being changed
 * @key: what it is for, not in use
 * @next_id: counter of ids
 * @live: if it has a limit of this key, what outlives rulesets is taken over
 *	from that; may be NULL
 *
 * Return: the limit, valid until the next one is added or deleted, or NULL if
 * there is no memory for it.
 */
struct levee_limit *levee_limit_add(struct levee_policy *policy,
				    const struct levee_limit_key *key,
				    u32 *next_id,
				    const struct levee_policy *live)
{
	struct levee_limit *limits, *limit, *end;
	struct levee_limit_state *state;
	const struct levee_limit *old;

	limits = krealloc(policy->limits, (policy->limit_count + 1) *
			  sizeof(*limits), GFP_KERNEL_ACCOUNT);
	if (!limits)
		return NULL;
	policy->limits = limits;

	old = live ? levee_limit_find(live, key) : NULL;
	if (old) {
		state = old->state;
		refcount_inc(&state->refs);
	} else {
		state = limit_state_new((*next_id)++);
		if (!state)
			return NULL;
	}

	/* In the order of their numbers, as dumps want them. */
	end = &limits[policy->limit_count];
	for (limit = end; limit > limits; limit--)
		if (limit[-1].state->id < state->id)
			break;
	memmove(limit + 1, limit, (end - limit) * sizeof(*limit));
	memset(limit, 0, sizeof(*limit));
	limit->class = key->class;
	limit->per4 = key->per4;
	limit->per6 = key->per6;
	limit->rate.unit = key->unit;
	limit->salt = old ? old->salt : get_random_u64();
	limit->state = state;
	policy->limit_count++;
	return limit;
}

/**
 * levee_limit_del - take a limit out of a policy
 * @policy: policy of a ruleset that is being changed
 * @limit: the limit
 */
void levee_limit_del(struct levee_policy *policy, struct levee_limit *limit)
{
	struct levee_limit *end = policy->limits + policy->limit_count;

	limit_state_put(limit->state);
	memmove(limit, limit + 1, (end - limit - 1) * sizeof(*limit));
	policy->limit_count--;
}

/**
 * levee_ruleset_bans - is there a limit that bans?
 * @rules: the ruleset
 * @whom: whom it is to ban
 *
 * Return: true if there is one.
 */
bool levee_ruleset_bans(const struct levee_ruleset *rules,
			enum levee_limit_ban whom)
{
	const struct levee_policy *policy;
	u32 i;

	list_for_each_entry(policy, &rules->policies, node)
		for (i = 0; i < policy->limit_count; i++)
			if (policy->limits[i].ban == whom)
				return true;
	return false;
}
