// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that begin, commit and abort a configuration.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "netlink_config.h"

#include <linux/netlink.h>
#include <linux/notifier.h>

#include "config.h"
#include "netlink_ops.h"
#include "pernet.h"

int levee_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	u32 what;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_CONFIG_WHAT)) {
		NL_SET_ERR_MSG(info->extack, "what to replace is missing");
		return -EINVAL;
	}
	what = nla_get_u32(info->attrs[LEVEE_A_CONFIG_WHAT]);
	if (!what) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_CONFIG_WHAT],
				    "nothing to replace");
		return -EINVAL;
	}
	mutex_lock(&ln->lock);
	err = levee_config_begin(ln, info->snd_portid, what, info->extack);
	mutex_unlock(&ln->lock);
	return err;
}

/* Takes the lock; NULL, and no lock, if the socket makes no configuration. */
static struct levee_config *config_lock(struct levee_net *ln,
					struct genl_info *info)
{
	struct levee_config *config;

	mutex_lock(&ln->lock);
	config = levee_config_find(ln, info->snd_portid);
	if (config)
		return config;
	mutex_unlock(&ln->lock);
	NL_SET_ERR_MSG(info->extack, "this socket makes no configuration");
	return NULL;
}

int levee_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config = config_lock(ln, info);
	int err;

	if (!config)
		return -ENOENT;
	err = levee_config_commit(ln, config, info->extack);
	levee_config_drop(ln, config);
	mutex_unlock(&ln->lock);
	return err;
}

int levee_nl_config_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config = config_lock(ln, info);

	if (!config)
		return -ENOENT;
	levee_config_drop(ln, config);
	mutex_unlock(&ln->lock);
	return 0;
}

/* A socket that is closed takes its configuration along. */
static int netlink_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	const struct netlink_notify *notify = ptr;
	struct levee_config *config;
	struct levee_net *ln;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;

	ln = levee_pernet(notify->net);
	/* Most sockets are not ours; what this one began, it sees here. */
	if (!READ_ONCE(ln->config_count))
		return NOTIFY_DONE;
	mutex_lock(&ln->lock);
	config = levee_config_find(ln, notify->portid);
	if (config)
		levee_config_drop(ln, config);
	mutex_unlock(&ln->lock);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_nb = {
	.notifier_call = netlink_event,
};

/**
 * levee_netlink_config_init - learn when sockets are closed
 *
 * Context: process; every network namespace has its &struct levee_net.
 * Return: 0 or a negative error.
 */
int levee_netlink_config_init(void)
{
	return netlink_register_notifier(&netlink_nb);
}

/**
 * levee_netlink_config_exit - stop to watch sockets
 *
 * Configurations that are left go with their network namespaces.
 */
void levee_netlink_config_exit(void)
{
	netlink_unregister_notifier(&netlink_nb);
}
