/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the policies for one destination prefix decides: protocols, ports.
 */
#ifndef _LEVEE_MATCH_H
#define _LEVEE_MATCH_H

#include <linux/types.h>
#include "prefix.h"
#include "service.h"

struct levee_policy;
struct netlink_ext_ack;

/* Policies that have the same destination prefix. */
#define LEVEE_CHOICE_MAX	512

/**
 * struct levee_segment - who decides, up to where the next segment begins
 * @policy: the policy, or NULL: one for a shorter prefix
 * @from: levee_service_key() of the first that it decides about
 */
struct levee_segment {
	const struct levee_policy *policy;
	u32 from;
};

/**
 * struct levee_choice - policies that have some prefix in common
 * @segments: who decides, in order; the first begins at 0
 * @count: number of @segments
 * @policies: number of policies
 * @last: the policy that was added last
 * @others: the other ones, NULL if there is none
 * @grown: what was last made of this one by adding a policy to it; so prefixes
 *	that have the same policies have one choice
 * @next: in the list of all that belong to a ruleset
 */
struct levee_choice {
	/* packet path */
	const struct levee_segment *segments;
	u32 count;

	/* configuration only */
	u32 policies;
	const struct levee_policy *last;
	const struct levee_choice *others;
	struct levee_choice *grown;
	struct levee_choice *next;
};

/**
 * struct levee_match - a prefix at which protocol and port matter
 * @choice: who decides
 * @shorter: what the next shorter prefix stands for, if @choice has nobody
 * @prefix: the prefix
 */
struct levee_match {
	/* packet path */
	struct levee_choice *choice;
	const void *shorter;

	/* configuration only */
	const struct levee_prefix *prefix;
};

/**
 * struct levee_matches - all of a ruleset
 * @match: prefixes at which protocol and port matter
 * @count: number of @match
 * @choices: list of their choices
 * @conflict: prefix at which two policies overlap, NULL if none do
 * @culprit: policy that cannot be as it is, NULL if all can
 */
struct levee_matches {
	struct levee_match *match;
	u32 count;
	struct levee_choice *choices;
	const struct levee_prefix *conflict;
	const struct levee_policy *culprit;
};

/*
 * A prefix stands for a policy, or, if the lowest bit of the pointer is set,
 * for a struct levee_match. So policies without protocols cost one test of what
 * is in a register already.
 */
#define LEVEE_MATCH_BIT		1UL

static inline bool levee_value_is_match(const void *value)
{
	return (unsigned long)value & LEVEE_MATCH_BIT;
}

static inline struct levee_match *levee_value_match(const void *value)
{
	return (void *)((unsigned long)value & ~LEVEE_MATCH_BIT);
}

const struct levee_policy *levee_match_find(const void *value, u32 key);

/* Configuration; all of it in process context, may sleep. */
int levee_matches_alloc(struct levee_matches *matches, u32 count);
int levee_matches_add(struct levee_matches *matches,
		      struct levee_prefix_trie *trie,
		      const struct levee_prefix *prefix,
		      struct levee_policy *policy,
		      struct netlink_ext_ack *extack);
int levee_matches_compile(struct levee_matches *matches,
			  const struct levee_prefix_trie *trie,
			  struct netlink_ext_ack *extack);
void levee_matches_free(struct levee_matches *matches);

#endif /* _LEVEE_MATCH_H */
