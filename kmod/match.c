// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the policies for one destination prefix decides: protocols, ports.
 *
 * Policies for one prefix are ranges of one number, made of protocol and port,
 * that contain one another or are apart. Compiled, they are who decides from
 * which number on, so a packet takes one search among these. What no policy for
 * the prefix is for goes on to the next shorter prefix.
 */
#include "match.h"

#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat.h"
#include "ruleset.h"

/**
 * struct span - a range of numbers that a policy is for
 * @from: the first
 * @to: the last
 * @policy: the policy
 * @outer: the range around it, while that is open
 */
struct span {
	u32 from;
	u32 to;
	const struct levee_policy *policy;
	const struct span *outer;
};

static const struct levee_policy *choice_find(const struct levee_choice *choice,
					      u32 key)
{
	const struct levee_segment *segments = choice->segments;
	u32 low = 0, high = choice->count, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (segments[mid].from <= key)
			low = mid;
		else
			high = mid;
	}
	return segments[low].policy;
}

/**
 * levee_match_find - who decides, where protocol and port matter
 * @value: what the longest prefix of a destination stands for
 * @key: levee_service_key() of a packet
 *
 * Takes one search for each prefix, among those that hold the destination, at
 * which no policy is for @key; and a policy without protocols ends it.
 *
 * Context: RCU read lock. Packet path.
 * Return: the policy, or NULL if there is none.
 */
const struct levee_policy *levee_match_find(const void *value, u32 key)
{
	const struct levee_policy *policy;
	const struct levee_match *match;

	while (levee_value_is_match(value)) {
		match = levee_value_match(value);
		policy = choice_find(match->choice, key);
		if (policy)
			return policy;
		value = match->shorter;
	}
	return value;
}
LEVEE_EXPORT_FOR_TEST(levee_match_find);

/**
 * levee_matches_alloc - make room for prefixes at which protocols matter
 * @matches: where
 * @count: how many there will be at the most
 *
 * Return: 0 or -ENOMEM.
 */
int levee_matches_alloc(struct levee_matches *matches, u32 count)
{
	if (!count)
		return 0;
	matches->match = kvcalloc(count, sizeof(*matches->match),
				  GFP_KERNEL_ACCOUNT);
	return matches->match ? 0 : -ENOMEM;
}

static struct levee_choice *choice_new(struct levee_matches *matches,
				       const struct levee_policy *policy,
				       const struct levee_choice *others)
{
	struct levee_choice *choice;

	choice = kzalloc(sizeof(*choice), GFP_KERNEL_ACCOUNT);
	if (!choice)
		return NULL;
	choice->last = policy;
	choice->others = others;
	choice->policies = others ? others->policies + 1 : 1;
	choice->next = matches->choices;
	matches->choices = choice;
	return choice;
}

/* The choice of one policy alone. */
static struct levee_choice *choice_of(struct levee_matches *matches,
				      struct levee_policy *policy)
{
	if (!policy->choice)
		policy->choice = choice_new(matches, policy, NULL);
	return policy->choice;
}

/* Its choice is NULL if there is no memory for that. */
static struct levee_match *match_new(struct levee_matches *matches,
				     const struct levee_prefix *prefix,
				     struct levee_choice *choice)
{
	struct levee_match *match = &matches->match[matches->count++];

	match->prefix = prefix;
	match->choice = choice;
	return match;
}

static void *match_value(const struct levee_match *match)
{
	return (void *)((unsigned long)match | LEVEE_MATCH_BIT);
}

static struct levee_choice *choice_grow(struct levee_matches *matches,
					struct levee_choice *choice,
					const struct levee_policy *policy)
{
	if (!choice->grown || choice->grown->last != policy)
		choice->grown = choice_new(matches, policy, choice);
	return choice->grown;
}

static int conflict_report(struct levee_matches *matches,
			   const struct levee_policy *a,
			   const struct levee_policy *b,
			   struct netlink_ext_ack *extack)
{
	/* Of two, the one that was said later. */
	matches->culprit = (s32)(a->seq - b->seq) > 0 ? a : b;
	if (a == b)
		NL_SET_ERR_MSG(extack, "destination prefix is given twice");
	else
		LEVEE_SET_ERR_MSG_NAMES(extack,
					"policy \"%.29s\" overlaps \"%.29s\"",
					"the policy overlaps another one",
					a->state->name, b->state->name);
	return -EEXIST;
}

/* Adds a policy to a prefix that has one already. */
static int match_grow(struct levee_matches *matches,
		      struct levee_prefix_trie *trie,
		      const struct levee_prefix *prefix,
		      struct levee_policy *policy,
		      struct netlink_ext_ack *extack)
{
	void *value = levee_prefix_find(trie, prefix);
	struct levee_match *match;

	if (!levee_value_is_match(value) && !policy->service) {
		matches->conflict = prefix;
		return conflict_report(matches, value, policy,
				       extack);
	}
	if (!levee_value_is_match(value)) {
		match = match_new(matches, prefix, choice_of(matches, value));
		levee_prefix_replace(trie, prefix, match_value(match));
	} else {
		match = levee_value_match(value);
	}
	if (!match->choice)
		return -ENOMEM;
	if (match->choice->policies == LEVEE_CHOICE_MAX) {
		NL_SET_ERR_MSG(extack,
			       "more than 512 policies for one destination prefix");
		matches->conflict = prefix;
		matches->culprit = policy;
		return -E2BIG;
	}
	match->choice = choice_grow(matches, match->choice, policy);
	return match->choice ? 0 : -ENOMEM;
}

/**
 * levee_matches_add - let a policy be for a destination prefix
 * @matches: of the ruleset, with room for one more
 * @trie: destination prefixes of the ruleset
 * @prefix: the prefix; kept
 * @policy: the policy
 * @extack: receives the reason of a failure, other than too little memory
 *
 * Return: 0; -ENOMEM; or, with @matches->conflict set to the prefix, -E2BIG if
 * it has too many policies, -EEXIST if two of them match everything.
 */
int levee_matches_add(struct levee_matches *matches,
		      struct levee_prefix_trie *trie,
		      const struct levee_prefix *prefix,
		      struct levee_policy *policy,
		      struct netlink_ext_ack *extack)
{
	struct levee_match *match;
	int err;

	if (!policy->service) {
		err = levee_prefix_insert(trie, prefix, policy);
		return err == -EEXIST ? match_grow(matches, trie, prefix,
						   policy, extack) : err;
	}
	if (levee_prefix_find(trie, prefix))
		return match_grow(matches, trie, prefix, policy, extack);
	match = match_new(matches, prefix, choice_of(matches, policy));
	if (!match->choice)
		return -ENOMEM;
	return levee_prefix_insert(trie, prefix, match_value(match));
}

/* How many ranges a policy is. */
static u32 span_count(const struct levee_policy *policy)
{
	const struct levee_service *service = policy->service;

	if (!service)
		return 1;
	return service->proto_count * max_t(u32, service->ports_count, 1);
}

static struct span *spans_put(struct span *span,
			      const struct levee_policy *policy)
{
	const struct levee_service *service = policy->service;
	int i, j;

	if (!service) {
		*span++ = (struct span){ 0, LEVEE_SERVICE_MAX, policy };
		return span;
	}
	for (i = 0; i < service->proto_count; i++) {
		u32 from = levee_service_key(service->proto[i], 0);

		if (!service->ports_count)
			*span++ = (struct span){ from, from | U16_MAX, policy };
		for (j = 0; j < service->ports_count; j++)
			*span++ = (struct span){
				from | service->ports[j].first,
				from | service->ports[j].last, policy };
	}
	return span;
}

/* Wider ones first, where they begin together; then, older policies. */
static int span_compare(const void *a, const void *b)
{
	const struct span *p = a, *q = b;

	if (p->from != q->from)
		return p->from < q->from ? -1 : 1;
	if (p->to != q->to)
		return p->to > q->to ? -1 : 1;
	return p->policy->state->id < q->policy->state->id ? -1 : 1;
}

/* From here on, this range decides. */
static void segment_put(struct levee_choice *choice,
			struct levee_segment *segments, u32 from,
			const struct span *span)
{
	if (from > LEVEE_SERVICE_MAX)
		return;
	if (segments[choice->count - 1].from != from)
		choice->count++;
	segments[choice->count - 1].from = from;
	segments[choice->count - 1].policy = span ? span->policy : NULL;
}

static const struct span *span_close(struct levee_choice *choice,
				     struct levee_segment *segments,
				     const struct span *span)
{
	segment_put(choice, segments, span->to + 1, span->outer);
	return span->outer;
}

/* Of sorted ranges, makes segments. */
static int spans_compile(struct levee_matches *matches,
			 struct levee_choice *choice,
			 struct levee_segment *segments, struct span *spans,
			 u32 count, struct netlink_ext_ack *extack)
{
	const struct span *open = NULL;
	struct span *span;

	segments[0] = (struct levee_segment){};
	choice->count = 1;
	for (span = spans; span < spans + count; span++) {
		while (open && open->to < span->from)
			open = span_close(choice, segments, open);
		if (open && (open->to < span->to ||
			     (open->from == span->from &&
			      open->to == span->to)))
			return conflict_report(matches, open->policy,
					       span->policy, extack);
		segment_put(choice, segments, span->from, span);
		span->outer = open;
		open = span;
	}
	while (open)
		open = span_close(choice, segments, open);
	return 0;
}

static int choice_compile(struct levee_matches *matches,
			  struct levee_choice *choice,
			  struct netlink_ext_ack *extack)
{
	const struct levee_choice *c;
	struct levee_segment *segments;
	struct span *spans, *end;
	u32 count = 0;
	int err = -ENOMEM;

	for (c = choice; c; c = c->others)
		count += span_count(c->last);
	spans = kvmalloc_array(count, sizeof(*spans), GFP_KERNEL);
	if (!spans)
		return -ENOMEM;
	/* Each range begins one segment, and another one behind it. */
	segments = kvmalloc_array(2 * count + 1, sizeof(*segments),
				  GFP_KERNEL_ACCOUNT);
	if (!segments)
		goto out_free_spans;
	choice->segments = segments;

	end = spans;
	for (c = choice; c; c = c->others)
		end = spans_put(end, c->last);
	sort(spans, count, sizeof(*spans), span_compare, NULL);
	err = spans_compile(matches, choice, segments, spans, count, extack);
out_free_spans:
	kvfree(spans);
	return err;
}

/**
 * levee_matches_compile - make all prefixes ready for the packet path
 * @matches: of the ruleset, all added
 * @trie: destination prefixes of the ruleset, all added
 * @extack: receives the reason of a failure, other than too little memory
 *
 * Return: 0, -ENOMEM, or -EEXIST if policies overlap that have a prefix in
 * common; then @matches->conflict is that prefix.
 */
int levee_matches_compile(struct levee_matches *matches,
			  const struct levee_prefix_trie *trie,
			  struct netlink_ext_ack *extack)
{
	struct levee_match *match;
	int err;

	for (match = matches->match; match < matches->match + matches->count;
	     match++) {
		match->shorter = levee_prefix_shorter(trie, match->prefix);
		if (!match->choice->segments) {
			err = choice_compile(matches, match->choice,
					     extack);
			if (err == -EEXIST)
				matches->conflict = match->prefix;
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

/**
 * levee_matches_free - free what a ruleset has of these
 * @matches: of a ruleset that no packet looks at
 */
void levee_matches_free(struct levee_matches *matches)
{
	struct levee_choice *choice, *next;

	for (choice = matches->choices; choice; choice = next) {
		next = choice->next;
		kvfree(choice->segments);
		kfree(choice);
		cond_resched();
	}
	kvfree(matches->match);
}
