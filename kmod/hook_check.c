// SPDX-License-Identifier: GPL-2.0
/*
 * Which hooks there are, and which there may be next to them.
 */
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>

#include "hook.h"
#include "pernet.h"

/**
 * levee_hook_find - the hook at a place
 * @ln: the network namespace
 * @type: where
 * @dev: its device, or NULL
 *
 * Context: @ln->hooks_lock held.
 * Return: the hook, or NULL.
 */
struct levee_hook *levee_hook_find(struct levee_net *ln,
				   enum levee_hook_type type,
				   const struct net_device *dev)
{
	struct levee_hook *hook;

	lockdep_assert_held(&ln->hooks_lock);
	list_for_each_entry(hook, &ln->hooks, node)
		if (hook->type == type && hook->dev == dev)
			return hook;
	return NULL;
}

static int dev_has_hook(struct net_device *dev, struct netdev_nested_priv *priv)
{
	struct levee_hook *hook;

	hook = levee_hook_find(priv->data, LEVEE_HOOK_TYPE_DEVICE, dev);
	return hook && !hook->leaving;
}

/*
 * Is there a hook at a device that this one is stacked on, or below (VLAN, bridge
 * port, bond member)? Then the ingress of both sees the same packets. Most
 * devices have none of either, so many hooks are added in little time.
 */
static bool stacked_has_hook(struct levee_net *ln, struct net_device *dev)
{
	struct netdev_nested_priv priv = { .data = ln };
	bool has;

	if (netdev_walk_all_lower_dev(dev, dev_has_hook, &priv))
		return true;
	rcu_read_lock();
	has = netdev_walk_all_upper_dev_rcu(dev, dev_has_hook, &priv);
	rcu_read_unlock();
	return has;
}

/**
 * levee_hook_check - may there be another hook?
 * @ln: the network namespace
 * @type: where
 * @dev: its device, or NULL
 * @extack: receives the reason of a failure
 *
 * No packet may be judged, and charged, twice. Hooks that are leaving do not
 * count.
 *
 * Context: process, @ln->hooks_lock and the RTNL held.
 * Return: 0; -EEXIST if it is there, -EBUSY if another sees the same packets.
 */
int levee_hook_check(struct levee_net *ln, enum levee_hook_type type,
		     struct net_device *dev, struct netlink_ext_ack *extack)
{
	struct levee_hook *hook;

	list_for_each_entry(hook, &ln->hooks, node) {
		if (hook->leaving)
			continue;
		if (hook->type == type && hook->dev == dev) {
			NL_SET_ERR_MSG(extack, "hook exists already");
			return -EEXIST;
		}
		if (hook->type != type) {
			NL_SET_ERR_MSG(extack,
				       "prerouting and device hooks together would judge packets twice");
			return -EBUSY;
		}
	}
	if (dev && stacked_has_hook(ln, dev)) {
		NL_SET_ERR_MSG(extack,
			       "a device below or above this one has a hook already, which would judge packets twice");
		return -EBUSY;
	}
	return 0;
}
