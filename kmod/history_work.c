// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the history of a network namespace: the work that feeds it.
 *
 * Every ten seconds it takes the counters of all policies, and asks for those
 * offenders that were seen since whether they are proven, as that is forgotten
 * sooner than they are. Packets do nothing for it.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "history_work.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "egress.h"
#include "event.h"
#include "history.h"
#include "hook.h"
#include "map.h"
#include "offender.h"
#include "pernet.h"
#include "proof.h"
#include "ruleset.h"

/*
 * 85 minutes in intervals of ten seconds, and 34 hours in minutes, as long as
 * in each no more than 64 or 32 pairs of counters grow: 2.3 MiB. In a container
 * an eighth of the pairs, in 350 KiB.
 */
static const struct levee_history_sizes sizes_host = {
	.intervals = {
		[LEVEE_HISTORY_COARSE] = 2048,
		[LEVEE_HISTORY_FINE] = 512,
	},
	.samples = {
		[LEVEE_HISTORY_COARSE] = 65536,
		[LEVEE_HISTORY_FINE] = 32768,
	},
};

static const struct levee_history_sizes sizes_container = {
	.intervals = {
		[LEVEE_HISTORY_COARSE] = 2048,
		[LEVEE_HISTORY_FINE] = 512,
	},
	.samples = {
		[LEVEE_HISTORY_COARSE] = 8192,
		[LEVEE_HISTORY_FINE] = 4096,
	},
};

static void history_queue(struct levee_net *ln)
{
	queue_delayed_work(levee_event_wq, &ln->history_work,
			   LEVEE_HISTORY_FINE_S * HZ);
}

/* If there is no memory for a name, the policy is taken the next time. */
static void history_policy(struct levee_history *history,
			   struct levee_policy_state *state, bool coarse)
{
	levee_history_take(history, state->id, state->name, state->stats,
			   state->seen, coarse);
}

/* Devices by which somebody may be proven; if there are more, who is not is unknown. */
#define DEVICES_MAX	32

/**
 * struct history_proofs - proofs of sources, ready to be asked for
 * @proofs: the proofs
 * @ln: the network namespace
 * @now_ns: present time, CLOCK_MONOTONIC
 * @count: number of @ifindex
 * @more: there are more
 * @ifindex: devices by which sources are reached, each with proofs of its own
 */
struct history_proofs {
	const struct levee_map *proofs;
	const struct levee_net *ln;
	u64 now_ns;
	u32 count;
	bool more;
	int ifindex[DEVICES_MAX];
};

static void proofs_add(struct history_proofs *ask, const struct net_device *dev)
{
	if (ask->count == DEVICES_MAX)
		ask->more = true;
	else
		ask->ifindex[ask->count++] = dev->ifindex;
}

/* Collects the devices; false if nobody looks for proof. */
static bool proofs_begin(struct history_proofs *ask, struct levee_net *ln)
{
	const struct levee_hook *hook;
	struct net_device *dev;
	bool wanted;

	mutex_lock(&ln->hooks_lock);
	wanted = ln->egress_wishes & LEVEE_EGRESS_PROOF;
	list_for_each_entry(hook, &ln->hooks, node) {
		if (hook->type == LEVEE_HOOK_TYPE_DEVICE) {
			proofs_add(ask, hook->dev);
			continue;
		}
		rcu_read_lock();
		for_each_netdev_rcu(ln->net, dev)
			proofs_add(ask, dev);
		rcu_read_unlock();
	}
	mutex_unlock(&ln->hooks_lock);
	return wanted;
}

static enum levee_proof history_proof(const struct levee_prefix *prefix,
				      void *arg)
{
	const struct history_proofs *ask = arg;
	u8 len;
	u64 tag;
	u32 i;

	len = prefix->family == NFPROTO_IPV4 ? LEVEE_PROOF_LEN4 :
					       LEVEE_PROOF_LEN6;
	/* More than one source, of which some may be proven. */
	if (prefix->len < len)
		return LEVEE_PROOF_UNKNOWN;
	for (i = 0; i < ask->count; i++) {
		tag = levee_proof_tag(&ask->ln->key, ask->ifindex[i],
				      prefix->family, &prefix->addr);
		if (levee_proof_holds(ask->proofs, tag, ask->now_ns))
			return LEVEE_PROOF_PROVEN;
	}
	return ask->more ? LEVEE_PROOF_UNKNOWN : LEVEE_PROOF_UNPROVEN;
}

static void history_prove(struct levee_net *ln, u64 now_ns)
{
	struct history_proofs ask = { .ln = ln, .now_ns = now_ns };
	struct levee_offenders *offenders;

	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	/* Not freed, nor replaced, as long as the lock is held. */
	ask.proofs = rcu_dereference_protected(ln->proofs,
					       lockdep_is_held(&ln->lock));
	/* Each round is about who offended since the one before began. */
	if (!ln->history_cursor) {
		ln->history_since_ns = ln->history_begun_ns;
		ln->history_begun_ns = now_ns;
	}
	if (ask.proofs && offenders && proofs_begin(&ask, ln))
		levee_offenders_prove(offenders, &ln->history_cursor,
				      ln->history_since_ns, history_proof,
				      &ask);
}

static void history_work(struct work_struct *work)
{
	struct levee_net *ln = container_of(to_delayed_work(work),
					    struct levee_net, history_work);
	const struct levee_ruleset *rules;
	struct levee_policy *policy;
	bool coarse;

	mutex_lock(&ln->lock);
	if (!ln->history)
		goto out_unlock;
	rules = rcu_dereference_protected(ln->rules,
					  lockdep_is_held(&ln->lock));
	coarse = levee_history_is_coarse(ln->history);
	list_for_each_entry(policy, &rules->policies, node) {
		history_policy(ln->history, policy->state, coarse);
		cond_resched();
	}
	levee_history_tick(ln->history, ktime_get_ns());
	history_prove(ln, ktime_get_ns());
	history_queue(ln);
out_unlock:
	mutex_unlock(&ln->lock);
}

/**
 * levee_history_leave - take what was counted by a policy that goes
 * @ln: the network namespace
 * @state: state of the policy
 *
 * Context: process, @ln->lock held.
 */
void levee_history_leave(struct levee_net *ln, struct levee_policy_state *state)
{
	if (ln->history)
		history_policy(ln->history, state, true);
}

/**
 * levee_history_start - keep the history of a network namespace
 * @ln: the network namespace, which has none
 * @container: it belongs to one, and gets less
 *
 * Context: process, @ln->lock held.
 * Return: 0 or -ENOMEM.
 */
int levee_history_start(struct levee_net *ln, bool container)
{
	ln->history = levee_history_alloc(container ? &sizes_container :
						      &sizes_host,
					  ktime_get_ns());
	if (!ln->history)
		return -ENOMEM;
	history_queue(ln);
	return 0;
}

/**
 * levee_history_stop - forget the history of a network namespace
 * @ln: the network namespace
 *
 * Context: process, @ln->lock held, or nobody else can reach @ln.
 */
void levee_history_stop(struct levee_net *ln)
{
	levee_history_free(ln->history);
	ln->history = NULL;
}

/**
 * levee_history_net_init - a network namespace may have a history from now on
 * @ln: the network namespace
 */
void levee_history_net_init(struct levee_net *ln)
{
	INIT_DELAYED_WORK(&ln->history_work, history_work);
}

/**
 * levee_history_net_exit - a network namespace has no history any more
 * @ln: the network namespace, where no packet is judged any more
 *
 * Context: process, may sleep.
 */
void levee_history_net_exit(struct levee_net *ln)
{
	cancel_delayed_work_sync(&ln->history_work);
	levee_history_stop(ln);
}
