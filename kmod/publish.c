// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a ruleset in force, with what its limits need.
 *
 * That comes before, as it may not be had; what no limit needs any more goes
 * after. In between, the ruleset is replaced by one pointer.
 */
#include "publish.h"

#include <linux/atomic.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

#include "attack.h"
#include "ban.h"
#include "challenge.h"
#include "egress.h"
#include "history_work.h"
#include "map.h"
#include "pernet.h"
#include "reflector.h"
#include "ruleset.h"

static bool is_fair(const struct levee_ruleset *rules)
{
	const struct levee_policy *policy;
	u32 i;

	list_for_each_entry(policy, &rules->policies, node) {
		if (policy->mode == LEVEE_MODE_OFF)
			continue;
		for (i = 0; i < policy->limit_count; i++)
			if (policy->limits[i].fair)
				return true;
	}
	return false;
}

/* Why the limits of a ruleset want to see what goes out. */
static u32 egress_wishes(const struct levee_ruleset *rules)
{
	u8 answers = levee_ruleset_answers(rules);
	u32 wishes = 0;

	if (levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_PROVEN) ||
	    levee_challenge_wanted(rules) || is_fair(rules))
		wishes |= LEVEE_EGRESS_PROOF;
	if (answers)
		wishes |= LEVEE_EGRESS_ASKED;
	if (answers & LEVEE_ANSWERS_STRAY)
		wishes |= LEVEE_EGRESS_MET;
	return wishes;
}

static int make_bans(struct levee_net *ln, const struct levee_ruleset *rules,
		     struct levee_publish_made *made,
		     struct netlink_ext_ack *extack)
{
	struct levee_bans *bans;

	if (rcu_access_pointer(ln->bans) ||
	    (!levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_PROVEN) &&
	     !levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_ALL)))
		return 0;
	bans = levee_pernet_bans(ln, extack);
	made->bans = bans;
	return bans ? 0 : -ENOMEM;
}

static int make_maps(struct levee_net *ln, const struct levee_ruleset *rules,
		     u32 wishes, struct levee_publish_made *made,
		     struct netlink_ext_ack *extack)
{
	if (wishes & LEVEE_EGRESS_PROOF && !rcu_access_pointer(ln->proofs)) {
		made->proofs = levee_pernet_proofs(ln, extack);
		if (!made->proofs)
			return -ENOMEM;
	}
	if (levee_challenge_wanted(rules) && !rcu_access_pointer(ln->syns)) {
		made->syns = levee_pernet_syns(ln, extack);
		if (!made->syns)
			return -ENOMEM;
	}
	/* Nobody asks these before there are hooks. */
	if (!rcu_access_pointer(ln->map))
		return 0;
	if (wishes & LEVEE_EGRESS_ASKED &&
	    !rcu_access_pointer(ln->solicited.asked)) {
		made->asked = levee_pernet_asked(ln, extack);
		if (!made->asked)
			return -ENOMEM;
	}
	if (wishes & LEVEE_EGRESS_MET &&
	    !rcu_access_pointer(ln->solicited.met)) {
		made->met = levee_pernet_met(ln, extack);
		if (!made->met)
			return -ENOMEM;
	}
	return 0;
}

/**
 * levee_publish_begin - make what the limits of a ruleset need
 * @ln: the network namespace
 * @rules: the ruleset, compiled
 * @made: set to what was made, for levee_publish_abort()
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held until the end; takes @ln->hooks_lock.
 * Return: 0 or a negative error; then nothing has changed.
 */
int levee_publish_begin(struct levee_net *ln, const struct levee_ruleset *rules,
			struct levee_publish_made *made,
			struct netlink_ext_ack *extack)
{
	u32 wishes = egress_wishes(rules);
	int err;

	*made = (struct levee_publish_made){};
	err = make_bans(ln, rules, made, extack);
	if (!err)
		err = make_maps(ln, rules, wishes, made, extack);
	/* What the ruleset in force wants, it wants until it is replaced. */
	if (!err)
		err = levee_egress_want(ln, ln->egress_wishes | wishes,
					extack);
	if (err)
		levee_publish_abort(ln, made);
	return err;
}

/**
 * levee_publish_abort - take back what was made for a ruleset
 * @ln: the network namespace
 * @made: what levee_publish_begin() has made
 *
 * Context: process, @ln->lock held; takes @ln->hooks_lock, may wait for a grace
 * period.
 */
void levee_publish_abort(struct levee_net *ln,
			 const struct levee_publish_made *made)
{
	levee_publish_settle(ln);
	if (!made->bans && !made->proofs && !made->asked && !made->met &&
	    !made->syns)
		return;
	if (made->bans)
		RCU_INIT_POINTER(ln->bans, NULL);
	if (made->proofs)
		RCU_INIT_POINTER(ln->proofs, NULL);
	if (made->asked)
		RCU_INIT_POINTER(ln->solicited.asked, NULL);
	if (made->met)
		RCU_INIT_POINTER(ln->solicited.met, NULL);
	if (made->syns)
		RCU_INIT_POINTER(ln->syns, NULL);
	synchronize_net();
	levee_bans_free(made->bans);
	levee_map_free(made->proofs);
	levee_map_free(made->syns);
	levee_map_free(made->asked);
	levee_map_free(made->met);
}

/**
 * levee_publish_ready - make what the limits in force need, for the first hook
 * @ln: the network namespace, which has its tables
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held; takes @ln->hooks_lock.
 * Return: 0 or a negative error.
 */
int levee_publish_ready(struct levee_net *ln, struct netlink_ext_ack *extack)
{
	struct levee_publish_made made;

	return levee_publish_begin(ln,
				   rcu_dereference_protected(ln->rules,
							     lockdep_is_held(&ln->lock)),
				   &made, extack);
}

/*
 * What was counted for policies that go is known on. What packets that are being
 * judged just now add to that is not.
 */
static void publish_leave(struct levee_net *ln, const struct levee_ruleset *old,
			  const struct levee_ruleset *new)
{
	const struct levee_policy *policy, *next;

	list_for_each_entry(policy, &old->policies, node) {
		next = levee_policy_find(new, policy->state->name);
		if (!next || next->state != policy->state) {
			levee_history_leave(ln, policy->state);
			levee_attack_leave(ln, policy->state);
		}
		cond_resched();
	}
}

/**
 * levee_publish_replace - put a ruleset in force, and the lists with it
 * @ln: the network namespace
 * @rules: the ruleset, after levee_publish_begin(); the one before is freed
 *	when no packet looks at it any more
 *
 * Context: process, @ln->lock held.
 */
void levee_publish_replace(struct levee_net *ln, struct levee_ruleset *rules)
{
	struct levee_ruleset *old;
	int kind;

	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++)
		RCU_INIT_POINTER(rules->list[kind], ln->list[kind]);
	old = rcu_replace_pointer(ln->rules, rules,
				  lockdep_is_held(&ln->lock));
	publish_leave(ln, old, rules);
	ln->rules_seq++;
	atomic_inc(&ln->generation);
	levee_ruleset_free_rcu(old);
}

/**
 * levee_publish_settle - stop what no limit in force needs
 * @ln: the network namespace
 *
 * The tables stay: what they know does not become wrong.
 *
 * Context: process, @ln->lock held; takes @ln->hooks_lock.
 */
void levee_publish_settle(struct levee_net *ln)
{
	const struct levee_ruleset *rules =
		rcu_dereference_protected(ln->rules,
					  lockdep_is_held(&ln->lock));

	/* Of wishes that were there already, none is refused. */
	levee_egress_want(ln, egress_wishes(rules) & ln->egress_wishes, NULL);
}

/**
 * levee_publish - put a ruleset in force, with all that belongs to it
 * @ln: the network namespace
 * @rules: the ruleset, compiled; the one before is freed when no packet looks
 *	at it any more
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held; takes @ln->hooks_lock.
 * Return: 0 or a negative error; then nothing has changed, and @rules is still
 * the caller's.
 */
int levee_publish(struct levee_net *ln, struct levee_ruleset *rules,
		  struct netlink_ext_ack *extack)
{
	struct levee_publish_made made;
	int err;

	err = levee_publish_begin(ln, rules, &made, extack);
	if (err)
		return err;
	levee_publish_replace(ln, rules);
	levee_publish_settle(ln);
	return 0;
}

/**
 * levee_publish_reflectors - put another list of reflectors' ports in force
 * @ln: the network namespace
 * @list: the list; the one before is freed when no packet looks at it any more
 *
 * What a port was asked before it was in the list is not known. So what comes
 * from one that is new passes for asked for a while.
 *
 * Context: process, @ln->lock held.
 */
void levee_publish_reflectors(struct levee_net *ln,
			      struct levee_reflectors *list)
{
	struct levee_reflectors *old;

	old = rcu_dereference_protected(ln->reflectors,
					lockdep_is_held(&ln->lock));
	levee_reflectors_follow(list, old, ktime_get_ns() +
					   (u64)LEVEE_WARMUP_S * NSEC_PER_SEC);
	rcu_assign_pointer(ln->reflectors, list);
	kfree_rcu(old, rcu);
}
