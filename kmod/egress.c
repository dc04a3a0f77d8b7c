// SPDX-License-Identifier: GPL-2.0
/*
 * Where levee sees what goes out, for who wants to learn from it.
 *
 * Beside each hook where packets come in there is one where the answers go out:
 * egress of the device, or POSTROUTING; but only while somebody wants to learn
 * from it. It changes no packet.
 */
#include "egress.h"

#include <linux/bottom_half.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "hook.h"
#include "packet.h"
#include "path.h"
#include "pernet.h"
#include "prefix.h"
#include "proof.h"
#include "ruleset.h"
#include "solicited.h"
#include "stats.h"

/* After all others: what they drop is not sent. */
#define LEVEE_EGRESS_PRIORITY	INT_MAX

/*
 * Is an address one that we protect: the destination of a policy, other than
 * that of all prefixes? Who sends to those is not on our side but on the other,
 * which may be anybody.
 */
static bool is_protected(const struct levee_ruleset *rules,
			 const struct levee_packet *pkt)
{
	const struct levee_prefix all = { .family = pkt->family };
	const void *value = levee_prefix_lookup(&rules->dst, pkt->family,
						&pkt->daddr);

	return value && value != levee_prefix_find(&rules->dst, &all);
}

/* Most packets find that their address is proven, and write nothing. */
static void learn_proof(struct levee_net *ln, const struct levee_map *proofs,
			const struct levee_packet *pkt, int ifindex, u64 now_ns)
{
	u64 tag = levee_proof_tag(&ln->key, ifindex, pkt->family, &pkt->daddr);

	if (!levee_proof_fresh(proofs, tag, now_ns) &&
	    !levee_proof_note(proofs, tag, now_ns))
		levee_net_stats_unproven(ln->stats);
}

/**
 * levee_egress_learn - learn from a packet that goes out
 * @ln: the network namespace
 * @pkt: the packet, after LEVEE_PARSE_JUDGE
 * @ifindex: the device by which it does
 *
 * At POSTROUTING, or with hooks on both sides, it may also be one that comes in;
 * that teaches nothing.
 *
 * Context: RCU read lock and bottom halves disabled.
 */
void levee_egress_learn(struct levee_net *ln, const struct levee_packet *pkt,
			int ifindex)
{
	const struct levee_ruleset *rules = rcu_dereference(ln->rules);
	const struct levee_map *proofs = rcu_dereference(ln->proofs);
	u64 now_ns;
	bool new;

	if (is_protected(rules, pkt))
		return;
	now_ns = ktime_get_ns();
	if (proofs && levee_proof_shown(pkt))
		learn_proof(ln, proofs, pkt, ifindex, now_ns);
	new = levee_solicited_note(&ln->solicited, &ln->key,
				   rcu_dereference(ln->reflectors), pkt,
				   now_ns);
	if (new || levee_path_is_answer(pkt))
		levee_path_note(rules, pkt);
	else if (unlikely(READ_ONCE(ln->path_unseen)))
		levee_path_see(rules, pkt);
}

/*
 * What leaves by the device that it came in by was not sent by whom we protect:
 * else anybody could make somebody known by sending to him through us. What this
 * host says to itself goes nowhere; and a VRF device shows POSTROUTING what its
 * port will show, under another name, challenges among it.
 */
static bool is_ours(const struct sk_buff *skb, const struct net_device *out)
{
	return skb->skb_iif != out->ifindex &&
	       !(out->flags & IFF_LOOPBACK) && !netif_is_l3_master(out);
}

/* In softirq, or in a process with or without bottom halves disabled. */
static unsigned int egress_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	const struct levee_hook *hook = priv;
	struct levee_net *ln = hook->ln;
	struct levee_packet pkt __uninitialized;

	if (!is_ours(skb, state->out) ||
	    levee_packet_parse(skb, rcu_dereference(ln->reflectors), &pkt) !=
	    LEVEE_PARSE_JUDGE)
		return NF_ACCEPT;
	local_bh_disable();
	levee_egress_learn(ln, &pkt, state->out->ifindex);
	local_bh_enable();
	return NF_ACCEPT;
}

/**
 * levee_egress_hook - look at what goes out where a hook's packets come in
 * @hook: the hook, which does not yet
 * @extack: receives the reason of a failure
 *
 * Context: process, @hook->ln->hooks_lock held.
 * Return: 0 or a negative error.
 */
int levee_egress_hook(struct levee_hook *hook, struct netlink_ext_ack *extack)
{
	struct nf_hook_ops *ops = hook->egress_ops;
	int i, err, count = 2;

	lockdep_assert_held(&hook->ln->hooks_lock);
	memset(ops, 0, sizeof(hook->egress_ops));
	for (i = 0; i < ARRAY_SIZE(hook->egress_ops); i++) {
		ops[i].hook = egress_hook;
		ops[i].priv = hook;
		ops[i].priority = LEVEE_EGRESS_PRIORITY;
		ops[i].hooknum = NF_INET_POST_ROUTING;
	}
	ops[0].pf = NFPROTO_IPV4;
	ops[1].pf = NFPROTO_IPV6;
	if (hook->type == LEVEE_HOOK_TYPE_DEVICE) {
		ops[0].dev = hook->dev;
		ops[0].pf = NFPROTO_NETDEV;
		ops[0].hooknum = NF_NETDEV_EGRESS;
		count = 1;
	}
	err = nf_register_net_hooks(hook->ln->net, ops, count);
	if (!err)
		hook->egress_count = count;
	else if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack,
			       "this kernel has no egress hooks (CONFIG_NETFILTER_EGRESS), so nobody can be proven: no challenge, fair, or ban without ban-unproven");
	else
		NL_SET_ERR_MSG(extack,
			       "netfilter did not take the hook that looks at what goes out");
	return err;
}

/**
 * levee_egress_unhook - no longer look at what goes out
 * @hook: the hook, which may not do so
 *
 * Context: process, @hook->ln->hooks_lock held. Packets may be looked at until
 * a grace period has passed.
 */
void levee_egress_unhook(struct levee_hook *hook)
{
	nf_unregister_net_hooks(hook->ln->net, hook->egress_ops,
				hook->egress_count);
	hook->egress_count = 0;
}

/**
 * levee_egress_blind - is there a hook whose answers nobody sees?
 * @ln: the network namespace
 *
 * Context: process, @ln->hooks_lock held.
 * Return: true if there is, while somebody wants to see them.
 */
bool levee_egress_blind(const struct levee_net *ln)
{
	const struct levee_hook *hook;

	lockdep_assert_held(&ln->hooks_lock);
	if (!ln->egress_wishes)
		return false;
	list_for_each_entry(hook, &ln->hooks, node)
		if (!hook->egress_count)
			return true;
	return false;
}

static void settle(atomic64_t *from_ns, bool sees, bool anew)
{
	s64 now_ns = ktime_get_ns();

	/* Packets read it without a lock; it is about no other memory. */
	if (!sees)
		atomic64_set(from_ns, LEVEE_SOLICITED_NEVER);
	else if (anew || atomic64_read(from_ns) == LEVEE_SOLICITED_NEVER)
		atomic64_set(from_ns, now_ns + (s64)LEVEE_WARMUP_S * NSEC_PER_SEC);
}

/**
 * levee_egress_settle - since when is everything seen that goes out?
 * @ln: the network namespace, whose hooks or wishes have changed
 * @anew: wishes for which that begins now: what goes out is seen where it was not
 *
 * Context: process, @ln->hooks_lock held.
 */
void levee_egress_settle(struct levee_net *ln, u32 anew)
{
	bool sees = !list_empty(&ln->hooks) && !levee_egress_blind(ln);

	settle(&ln->solicited.asked_from_ns,
	       sees && ln->egress_wishes & LEVEE_EGRESS_ASKED,
	       anew & LEVEE_EGRESS_ASKED);
	settle(&ln->solicited.met_from_ns,
	       sees && ln->egress_wishes & LEVEE_EGRESS_MET,
	       anew & LEVEE_EGRESS_MET);
	levee_path_watch(ln, sees && ln->egress_wishes & LEVEE_EGRESS_ASKED);
}

static int egress_hook_all(struct levee_net *ln, bool needed,
			   struct netlink_ext_ack *extack)
{
	struct levee_hook *hook;
	int err;

	list_for_each_entry(hook, &ln->hooks, node) {
		if (hook->egress_count)
			continue;
		err = levee_egress_hook(hook, needed ? extack : NULL);
		if (err && needed)
			return err;
	}
	return 0;
}

static void egress_unhook_all(struct levee_net *ln)
{
	struct levee_hook *hook;

	list_for_each_entry(hook, &ln->hooks, node)
		levee_egress_unhook(hook);
}

/**
 * levee_egress_want - let all hooks see what goes out, or no longer
 * @ln: the network namespace
 * @wishes: all of enum levee_egress_wish there are from now on
 * @extack: receives the reason of a failure
 *
 * Context: process, takes @ln->hooks_lock.
 * Return: 0 or a negative error; then nothing has changed. Where the kernel has
 * no egress hooks, only LEVEE_EGRESS_NEEDED are refused.
 */
int levee_egress_want(struct levee_net *ln, u32 wishes,
		      struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&ln->hooks_lock);
	if (wishes == ln->egress_wishes)
		goto out_unlock;
	if (wishes)
		err = egress_hook_all(ln, wishes & LEVEE_EGRESS_NEEDED, extack);
	if (!err)
		ln->egress_wishes = wishes;
	if (!ln->egress_wishes)
		egress_unhook_all(ln);
	levee_egress_settle(ln, 0);
out_unlock:
	mutex_unlock(&ln->hooks_lock);
	return err;
}
