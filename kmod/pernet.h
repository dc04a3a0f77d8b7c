/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What levee keeps for each network namespace.
 */
#ifndef _LEVEE_PERNET_H
#define _LEVEE_PERNET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include "stats.h"

struct levee_map;
struct levee_offenders;
struct levee_ruleset;
struct net;
struct netlink_ext_ack;
struct proc_dir_entry;

/**
 * struct levee_net - levee in one network namespace
 * @rules: the ruleset in force; never NULL
 * @map: the meters; NULL before the first hook
 * @offenders: records of offenders; NULL before the first hook, then kept
 * @key: secret of the tags
 * @stats: counters
 * @net: the network namespace
 * @proc: directory /proc/net/levee
 * @lock: protects changes of @rules, @map, @offenders, @hooks, @next_id and
 *	@generation; inside the RTNL where both are held
 * @hooks: list of &struct levee_hook
 * @next_id: number of the next policy, limit or hook
 * @generation: changes of the configuration so far; tells dumps of them
 */
struct levee_net {
	/* packet path, read only */
	struct levee_ruleset __rcu *rules;
	struct levee_map __rcu *map;
	struct levee_offenders __rcu *offenders;
	siphash_key_t key;
	struct levee_net_stats *stats;

	/* configuration */
	struct net *net;
	struct proc_dir_entry *proc;
	struct mutex lock;
	struct list_head hooks;
	u32 next_id;
	u32 generation;
};

struct levee_net *levee_pernet(const struct net *net);
int levee_pernet_alloc_tables(struct levee_net *ln,
			      struct netlink_ext_ack *extack);
void levee_pernet_publish(struct levee_net *ln, struct levee_ruleset *rules);

int levee_pernet_init(void);
void levee_pernet_exit(void);

#endif /* _LEVEE_PERNET_H */
