// SPDX-License-Identifier: GPL-2.0
/*
 * Where levee sees packets: ingress of a device, or PREROUTING.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/if_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "drop.h"
#include "egress.h"
#include "event.h"
#include "packet.h"
#include "pernet.h"
#include "publish.h"
#include "verdict.h"

/*
 * Before everything: at ingress before nft's filter chains (priority 0), at
 * PREROUTING before fragments are gathered (-400) and before iptables' raw
 * table, even if that was told to come before defragmentation (-450).
 */
#define LEVEE_HOOK_PRIORITY	-500

/*
 * What this host says to itself comes from nowhere; and a VRF device shows
 * PREROUTING once more what its port has shown.
 */
static bool seen_elsewhere(const struct net_device *in)
{
	return in && (in->flags & IFF_LOOPBACK || netif_is_l3_master(in));
}

/*
 * The packet path. Ingress and PREROUTING run in softirq, or with bottom
 * halves disabled where a tun device feeds the stack, and under RCU.
 */
static unsigned int levee_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	enum levee_action action = LEVEE_ACTION_PASS;
	struct levee_hook *hook = priv;
	struct levee_net *ln = hook->ln;
	struct levee_outcome outcome __uninitialized;
	struct levee_packet pkt __uninitialized;
	enum levee_parse parsed;

	if (unlikely(hook->type == LEVEE_HOOK_TYPE_PREROUTING &&
		     seen_elsewhere(state->in)))
		return NF_ACCEPT;

	parsed = levee_packet_parse(skb, rcu_dereference(ln->reflectors),
				    &pkt);
	pkt.in = state->in;
	if (unlikely(parsed == LEVEE_PARSE_EXEMPT))
		levee_net_stats_exempt(ln->stats, pkt.segs);
	else
		action = levee_verdict(ln, &pkt,
				       parsed == LEVEE_PARSE_MALFORMED,
				       &outcome);

	levee_hook_stats_seen(hook->stats, action == LEVEE_ACTION_DROP,
			      pkt.segs, pkt.len);
	if (action == LEVEE_ACTION_DROP)
		return levee_drop(skb, state, &pkt, &outcome);
	if (unlikely(action == LEVEE_ACTION_MARK))
		skb->mark = (skb->mark & ~outcome.mark_mask) | outcome.mark;
	return NF_ACCEPT;
}

static void hook_free_rcu(struct rcu_head *rcu)
{
	struct levee_hook *hook = container_of(rcu, struct levee_hook, rcu);

	levee_hook_stats_free(hook->stats);
	kfree(hook);
}

static void hook_unregister(struct levee_hook *hook)
{
	struct net *net = hook->ln->net;

	levee_egress_unhook(hook);
	nf_unregister_net_hook(net, &hook->ops[0]);
	if (hook->type == LEVEE_HOOK_TYPE_PREROUTING)
		nf_unregister_net_hook(net, &hook->ops[1]);
}

/* Unhooks, and frees once no packet is in the hook. */
static void hook_remove(struct levee_hook *hook)
{
	lockdep_assert_held(&hook->ln->hooks_lock);
	hook_unregister(hook);
	list_del(&hook->node);
	hook->ln->hooks_seq++;
	atomic_inc(&hook->ln->generation);
	levee_egress_settle(hook->ln, 0);
	call_rcu(&hook->rcu, hook_free_rcu);
}

static int hook_register(struct levee_hook *hook)
{
	struct net *net = hook->ln->net;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(hook->ops); i++) {
		hook->ops[i].hook = levee_hook;
		hook->ops[i].priv = hook;
		hook->ops[i].priority = LEVEE_HOOK_PRIORITY;
	}
	if (hook->type == LEVEE_HOOK_TYPE_DEVICE) {
		hook->ops[0].dev = hook->dev;
		hook->ops[0].pf = NFPROTO_NETDEV;
		hook->ops[0].hooknum = NF_NETDEV_INGRESS;
		return nf_register_net_hook(net, &hook->ops[0]);
	}

	hook->ops[0].pf = NFPROTO_IPV4;
	hook->ops[0].hooknum = NF_INET_PRE_ROUTING;
	err = nf_register_net_hook(net, &hook->ops[0]);
	if (err)
		return err;
	hook->ops[1].pf = NFPROTO_IPV6;
	hook->ops[1].hooknum = NF_INET_PRE_ROUTING;
	err = nf_register_net_hook(net, &hook->ops[1]);
	if (err)
		nf_unregister_net_hook(net, &hook->ops[0]);
	return err;
}

/* Some can do without, where the kernel has no egress hooks. */
static int hook_see_egress(struct levee_hook *hook,
			   struct netlink_ext_ack *extack)
{
	u32 wishes = hook->ln->egress_wishes;

	if (wishes & LEVEE_EGRESS_NEEDED)
		return levee_egress_hook(hook, extack);
	if (wishes)
		levee_egress_hook(hook, NULL);
	return 0;
}

static int hook_new(struct levee_net *ln, enum levee_hook_type type,
		    struct net_device *dev, bool fresh,
		    struct netlink_ext_ack *extack)
{
	struct levee_hook *hook;
	int err;

	hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);
	if (!hook)
		goto err_nomem;
	hook->ln = ln;
	hook->type = type;
	hook->dev = dev;
	hook->fresh = fresh;
	hook->stats = levee_hook_stats_alloc();
	if (!hook->stats) {
		kfree(hook);
		goto err_nomem;
	}
	err = hook_see_egress(hook, extack);
	if (err)
		goto err_free_rcu;
	err = hook_register(hook);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter did not take the hook");
		goto err_unhook_egress;
	}
	hook->id = ln->next_hook_id++;
	list_add_tail(&hook->node, &ln->hooks);
	ln->hooks_seq++;
	atomic_inc(&ln->generation);
	levee_egress_settle(ln, ln->egress_wishes);
	return 0;

err_unhook_egress:
	levee_egress_unhook(hook);
err_free_rcu:
	/* Packets may have got into what looks at what goes out. */
	call_rcu(&hook->rcu, hook_free_rcu);
	return err;

err_nomem:
	NL_SET_ERR_MSG(extack, "not enough memory for the hook");
	return -ENOMEM;
}

/* Finds the device of a hook that is to be; NULL for one without. */
static int hook_dev(const struct levee_net *ln, enum levee_hook_type type,
		    u32 ifindex, struct net_device **dev,
		    struct netlink_ext_ack *extack)
{
	*dev = NULL;
	if (type != LEVEE_HOOK_TYPE_DEVICE)
		return 0;
	*dev = __dev_get_by_index(ln->net, ifindex);
	if (!*dev) {
		NL_SET_ERR_MSG(extack, "no such device");
		return -ENODEV;
	}
	if ((*dev)->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack,
			       "a loopback device carries only this host's own packets");
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * levee_hook_add - start to look at packets
 * @ln: the network namespace
 * @type: where
 * @ifindex: the device, if @type is LEVEE_HOOK_TYPE_DEVICE
 * @extack: receives the reason of a failure
 *
 * Context: process, takes the RTNL and locks of @ln.
 * Return: 0; -ENODEV, -EEXIST, -EOPNOTSUPP, -ENOMEM; -EBUSY if packets would
 * be judged twice.
 */
int levee_hook_add(struct levee_net *ln, enum levee_hook_type type,
		   u32 ifindex, struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	int err;

	mutex_lock(&ln->lock);
	err = levee_pernet_alloc_tables(ln, &ln->sizes, extack);
	if (!err)
		err = levee_publish_ready(ln, extack);
	mutex_unlock(&ln->lock);
	if (err)
		return err;

	rtnl_lock();
	err = hook_dev(ln, type, ifindex, &dev, extack);
	if (err)
		goto out_unlock_rtnl;
	mutex_lock(&ln->hooks_lock);
	err = levee_hook_check(ln, type, dev, extack);
	if (!err)
		err = hook_new(ln, type, dev, false, extack);
	mutex_unlock(&ln->hooks_lock);
out_unlock_rtnl:
	rtnl_unlock();
	return err;
}

/**
 * levee_hook_del - stop to look at packets
 * @ln: the network namespace
 * @type: where
 * @ifindex: the device, if @type is LEVEE_HOOK_TYPE_DEVICE
 * @extack: receives the reason of a failure
 *
 * Context: process, takes the RTNL and locks of @ln.
 * Return: 0; -ENODEV if there is no such device, -ENOENT if it has no hook.
 */
int levee_hook_del(struct levee_net *ln, enum levee_hook_type type,
		   u32 ifindex, struct netlink_ext_ack *extack)
{
	struct net_device *dev = NULL;
	struct levee_hook *hook;
	int err = 0;

	rtnl_lock();
	if (type == LEVEE_HOOK_TYPE_DEVICE) {
		dev = __dev_get_by_index(ln->net, ifindex);
		if (!dev) {
			NL_SET_ERR_MSG(extack, "no such device");
			err = -ENODEV;
			goto out_unlock_rtnl;
		}
	}
	mutex_lock(&ln->hooks_lock);
	hook = levee_hook_find(ln, type, dev);
	if (hook) {
		hook_remove(hook);
	} else {
		NL_SET_ERR_MSG(extack, "no such hook");
		err = -ENOENT;
	}
	mutex_unlock(&ln->hooks_lock);
out_unlock_rtnl:
	rtnl_unlock();
	return err;
}

/**
 * levee_hook_del_all - stop to look at packets, everywhere
 * @ln: the network namespace, on its way out
 *
 * Context: process, takes @ln->hooks_lock.
 */
void levee_hook_del_all(struct levee_net *ln)
{
	struct levee_hook *hook, *next;

	mutex_lock(&ln->hooks_lock);
	list_for_each_entry_safe(hook, next, &ln->hooks, node)
		hook_remove(hook);
	mutex_unlock(&ln->hooks_lock);
}

/* Lets a hook stay, if there is one. */
static int hook_stay(struct levee_net *ln, const struct levee_hook_key *key,
		     struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct levee_hook *hook;
	int err;

	err = hook_dev(ln, key->type, key->ifindex, &dev, extack);
	if (err)
		return err;
	hook = levee_hook_find(ln, key->type, dev);
	if (hook)
		hook->leaving = false;
	return 0;
}

/* Makes a hook, if there is none, and it does not collide with another. */
static int hook_come(struct levee_net *ln, const struct levee_hook_key *key,
		     struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	int err;

	err = hook_dev(ln, key->type, key->ifindex, &dev, extack);
	if (err || levee_hook_find(ln, key->type, dev))
		return err;
	err = levee_hook_check(ln, key->type, dev, extack);
	return err ?: hook_new(ln, key->type, dev, true, extack);
}

static int hooks_replace(struct levee_net *ln,
			 const struct levee_hook_key *keys, u32 count,
			 u32 *at, struct netlink_ext_ack *extack)
{
	struct levee_hook *hook;
	int err;

	list_for_each_entry(hook, &ln->hooks, node)
		hook->leaving = true;
	for (*at = 0; *at < count; ++*at) {
		err = hook_stay(ln, &keys[*at], extack);
		if (err)
			return err;
	}
	for (*at = 0; *at < count; ++*at) {
		err = hook_come(ln, &keys[*at], extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * levee_hooks_replace_begin - make new hooks, before others are removed
 * @ln: the network namespace; has its tables, if there is to be a hook
 * @seq: &levee_net.hooks_seq as it was when somebody looked
 * @keys: all hooks that are to be there
 * @count: number of @keys
 * @at: set to that of @keys which cannot be there, or to @count
 * @extack: receives the reason of a failure
 *
 * While hooks at different places see the same packets, from here to
 * levee_hooks_replace_end(), these are judged twice; never not at all.
 *
 * Context: process. Takes the RTNL and @ln->hooks_lock, and unless it fails
 * keeps them for levee_hooks_replace_end(), which cannot fail.
 * Return: 0; -EAGAIN if hooks came or went since @seq; or an error as
 * levee_hook_add(). After an error nothing has changed.
 */
int levee_hooks_replace_begin(struct levee_net *ln, u32 seq,
			      const struct levee_hook_key *keys, u32 count,
			      u32 *at, struct netlink_ext_ack *extack)
{
	struct levee_hook *hook, *next;
	int err;

	rtnl_lock();
	mutex_lock(&ln->hooks_lock);
	*at = count;
	if (seq != ln->hooks_seq) {
		NL_SET_ERR_MSG(extack,
			       "the configuration in force was changed meanwhile");
		err = -EAGAIN;
		goto out_unlock;
	}
	err = hooks_replace(ln, keys, count, at, extack);
	if (!err)
		return 0;

	list_for_each_entry_safe(hook, next, &ln->hooks, node) {
		hook->leaving = false;
		if (hook->fresh)
			hook_remove(hook);
	}
out_unlock:
	mutex_unlock(&ln->hooks_lock);
	rtnl_unlock();
	return err;
}

/**
 * levee_hooks_replace_end - remove hooks that are not to be there any more
 * @ln: the network namespace
 *
 * Context: process; gives back what levee_hooks_replace_begin() took.
 */
void levee_hooks_replace_end(struct levee_net *ln)
{
	struct levee_hook *hook, *next;

	list_for_each_entry_safe(hook, next, &ln->hooks, node) {
		hook->fresh = false;
		if (hook->leaving)
			hook_remove(hook);
	}
	mutex_unlock(&ln->hooks_lock);
	rtnl_unlock();
}

/**
 * levee_hook_lost - the device of a hook goes away, if it has one
 * @ln: the network namespace
 * @dev: the device
 *
 * Context: process, RTNL held; takes @ln->hooks_lock.
 */
void levee_hook_lost(struct levee_net *ln, struct net_device *dev)
{
	struct levee_hook *hook;

	mutex_lock(&ln->hooks_lock);
	hook = levee_hook_find(ln, LEVEE_HOOK_TYPE_DEVICE, dev);
	if (hook) {
		/* In the log never for those of containers, who could fill it. */
		if (levee_pernet_is_host(ln))
			pr_info("hook on %s is gone\n", dev->name);
		levee_event_hook_lost(ln, dev);
		hook_remove(hook);
	}
	mutex_unlock(&ln->hooks_lock);
}
