// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a ruleset in force, with what its limits need.
 *
 * That comes before, as it may not be had; what no limit needs any more goes
 * after. In between, the ruleset is replaced by one pointer.
 */
#include "publish.h"

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>

#include "ban.h"
#include "map.h"
#include "pernet.h"
#include "proof.h"
#include "ruleset.h"

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
	bool proven = levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_PROVEN);
	bool had_proofs = rcu_access_pointer(ln->proofs);
	bool had_bans = rcu_access_pointer(ln->bans);
	struct levee_bans *bans;
	struct levee_map *proofs;
	int err;

	*made = (struct levee_publish_made){};
	if (!proven && !levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_ALL))
		return 0;
	bans = levee_pernet_bans(ln, extack);
	if (!bans)
		return -ENOMEM;
	if (!had_bans)
		made->bans = bans;
	if (!proven)
		return 0;
	err = -ENOMEM;
	proofs = levee_pernet_proofs(ln, extack);
	if (!proofs)
		goto err_abort;
	if (!had_proofs)
		made->proofs = proofs;
	err = levee_proof_want(ln, true, extack);
	if (err)
		goto err_abort;
	return 0;

err_abort:
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
	if (!made->bans && !made->proofs)
		return;
	if (made->bans)
		RCU_INIT_POINTER(ln->bans, NULL);
	if (made->proofs)
		RCU_INIT_POINTER(ln->proofs, NULL);
	synchronize_net();
	levee_bans_free(made->bans);
	levee_map_free(made->proofs);
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

	if (!levee_ruleset_bans(rules, LEVEE_LIMIT_BAN_PROVEN))
		levee_proof_want(ln, false, NULL);
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
