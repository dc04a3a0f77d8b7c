/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where levee sees packets: ingress of a device, or PREROUTING.
 */
#ifndef _LEVEE_HOOK_H
#define _LEVEE_HOOK_H

#include <linux/levee.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include "stats.h"

struct levee_net;
struct netlink_ext_ack;

/**
 * struct levee_hook - one place where packets are seen
 * @ops: netfilter's side of it; the second for IPv6 at PREROUTING
 * @egress_ops: likewise, of where the answers are seen
 * @egress_count: how many of those are registered
 * @ln: the network namespace
 * @stats: counters
 * @type: enum levee_hook_type
 * @id: number of the hook, never used again in this network namespace
 * @fresh: new in a configuration that is not in force yet
 * @leaving: not in that configuration
 * @dev: the device, NULL at PREROUTING; a hook does not outlive its device
 * @node: in &levee_net.hooks
 * @rcu: frees the hook once no packet is in it
 */
struct levee_hook {
	struct nf_hook_ops ops[2];
	struct nf_hook_ops egress_ops[2];
	unsigned int egress_count;
	struct levee_net *ln;
	struct levee_hook_stats *stats;
	enum levee_hook_type type;
	u32 id;
	bool fresh;
	bool leaving;
	struct net_device *dev;
	struct list_head node;
	struct rcu_head rcu;
};

/**
 * struct levee_hook_key - where a hook is to be
 * @type: where
 * @ifindex: the device, if @type is LEVEE_HOOK_TYPE_DEVICE
 * @seq: sequence number of the request that says so
 */
struct levee_hook_key {
	enum levee_hook_type type;
	u32 ifindex;
	u32 seq;
};

struct levee_hook *levee_hook_find(struct levee_net *ln,
				   enum levee_hook_type type,
				   const struct net_device *dev);
int levee_hook_check(struct levee_net *ln, enum levee_hook_type type,
		     struct net_device *dev, struct netlink_ext_ack *extack);
int levee_hook_add(struct levee_net *ln, enum levee_hook_type type,
		   u32 ifindex, struct netlink_ext_ack *extack);
int levee_hook_del(struct levee_net *ln, enum levee_hook_type type,
		   u32 ifindex, struct netlink_ext_ack *extack);
void levee_hook_del_all(struct levee_net *ln);
void levee_hook_lost(struct levee_net *ln, struct net_device *dev);
int levee_hooks_replace_begin(struct levee_net *ln, u32 seq,
			      const struct levee_hook_key *keys, u32 count,
			      u32 *at, struct netlink_ext_ack *extack);
void levee_hooks_replace_end(struct levee_net *ln);

int levee_hook_init(void);
void levee_hook_exit(void);

/**
 * levee_hook_name - name of a hook's device
 * @hook: the hook, of a device
 * @name: where to put it, IFNAMSIZ bytes
 *
 * Who renames the device at this moment holds the RTNL, which we do not: then
 * it is a mixture of both names, but always terminated.
 *
 * Context: @hook->ln->hooks_lock, which keeps the device.
 */
static inline void levee_hook_name(const struct levee_hook *hook, char *name)
{
	strscpy(name, hook->dev->name, IFNAMSIZ);
}

#endif /* _LEVEE_HOOK_H */
