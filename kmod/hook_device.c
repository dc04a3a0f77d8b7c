// SPDX-License-Identifier: GPL-2.0
/*
 * Learns when devices go away that have hooks.
 */
#include "hook.h"

#include <linux/netdevice.h>
#include <linux/notifier.h>

#include "pernet.h"

/*
 * A device that goes away, or moves to another network namespace, takes its
 * hook along; one that is renamed keeps it.
 */
static int levee_hook_netdev_event(struct notifier_block *nb,
				   unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_UNREGISTER)
		levee_hook_lost(levee_pernet(dev_net(dev)), dev);
	return NOTIFY_DONE;
}

static struct notifier_block levee_hook_netdev_nb = {
	.notifier_call = levee_hook_netdev_event,
};

/**
 * levee_hook_init - learn when devices go away
 *
 * Context: process; every network namespace has its &struct levee_net.
 * Return: 0 or a negative error.
 */
int levee_hook_init(void)
{
	return register_netdevice_notifier(&levee_hook_netdev_nb);
}

/**
 * levee_hook_exit - stop to watch devices
 *
 * The notifier is told that every device is gone, which removes the hooks on
 * devices as well.
 */
void levee_hook_exit(void)
{
	unregister_netdevice_notifier(&levee_hook_netdev_nb);
}
