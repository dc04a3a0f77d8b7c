/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What levee keeps for each network namespace.
 */
#ifndef _LEVEE_PERNET_H
#define _LEVEE_PERNET_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "attack.h"
#include "event.h"
#include "solicited.h"
#include "stats.h"

struct levee_bans;
struct levee_history;
struct levee_learn;
struct levee_list;
struct levee_map;
struct levee_offenders;
struct levee_reflectors;
struct levee_ruleset;
struct net;
struct netlink_ext_ack;
struct proc_dir_entry;

/**
 * struct levee_sizes - how large the tables of a network namespace are
 * @slots: slots of the table of meters, a power of two
 * @sources: most offenders that are held
 */
struct levee_sizes {
	u32 slots;
	u32 sources;
};

/**
 * struct levee_resize - tables that are about to get another size
 * @sizes: the new sizes
 * @map: new table of meters, NULL if that is to stay
 * @offenders: new table of offenders, NULL if that is to stay
 */
struct levee_resize {
	struct levee_sizes sizes;
	struct levee_map *map;
	struct levee_offenders *offenders;
};

/**
 * struct levee_net - levee in one network namespace
 * @rules: the ruleset in force; never NULL
 * @map: the meters; NULL before the first hook
 * @offenders: records of offenders; NULL before the first hook, then kept
 * @learn: what sources send to policies in mode monitor; NULL before the first
 *	hook, then kept
 * @bans: banned sources; NULL before a limit may ban, or somebody does
 * @proofs: sources that are proven; NULL before a limit or a policy
 *	asks for that
 * @syns: SYNs that were challenged; NULL before a policy challenges
 * @reflectors: ports that attacks are reflected from; never NULL
 * @solicited: what was asked for, and who has connections
 * @list: the lists, by enum levee_list_kind; NULL for one that is empty.
 *	Packets find them in @rules
 * @key: secret of the tags
 * @challenge_key: secret of challenges, and of the tags of @syns
 * @path_unseen: of a policy, nothing was seen yet that its destinations send
 * @stats: counters
 * @net: the network namespace
 * @proc: directory /proc/net/levee
 * @lock: protects changes of @rules, @map, @offenders, @bans, @proofs, @syns,
 *	the maps of @solicited, @reflectors, @list with what is in it, @sizes,
 *	@configs and @next_id, and @history; never taken under the RTNL, as what it
 *	protects may take a while to change
 * @sizes: of the tables, or of those that the first hook will make
 * @next_id: number of the next policy or limit
 * @rules_seq: changes of @rules so far
 * @generation: changes of the configuration so far; tells dumps of them
 * @list_max: most prefixes of each list
 * @list_generation: changes of the lists so far; tells dumps of them
 * @list_reap: @list_gc comes soon, to free what was taken out
 * @list_gc: takes out what has expired, and frees what was taken out
 * @configs: list of &struct levee_config
 * @config_count: number of @configs
 * @history: what was counted in the past; NULL before the first hook
 * @history_cursor: which offenders are next to be asked whether they are proven
 * @history_since_ns: in this round, of those that offended since
 * @history_begun_ns: when this round began
 * @history_work: adds to it
 * @hooks_lock: protects @hooks, @hooks_seq, @next_hook_id and @egress_wishes,
 *	which only who holds @lock as well changes;
 *	inside the RTNL, and inside @lock, where both are held
 * @hooks: list of &struct levee_hook
 * @hooks_seq: changes of @hooks so far
 * @next_hook_id: number of the next hook
 * @egress_wishes: enum levee_egress_wish: why each hook is to look at what goes
 *	out
 * @path_watched: @path_work is to run
 * @path_work: tells where what policies' destinations send goes out
 * @pressure_ns: when the table of meters was last seen full, within a second;
 *	0 if never
 * @attacks: watches the policies that packets exceed
 * @events: what may be told of that and else
 */
struct levee_net {
	/* packet path, read only */
	struct levee_ruleset __rcu *rules;
	struct levee_map __rcu *map;
	struct levee_offenders __rcu *offenders;
	struct levee_learn __rcu *learn;
	struct levee_bans __rcu *bans;
	struct levee_map __rcu *proofs;
	struct levee_reflectors __rcu *reflectors;
	struct levee_map __rcu *syns;
	struct levee_list *list[__LEVEE_LIST_KIND_MAX];
	siphash_key_t key;
	siphash_key_t challenge_key;
	bool path_unseen;
	struct levee_net_stats *stats;
	struct levee_solicited solicited;

	/* configuration */
	struct net *net;
	struct proc_dir_entry *proc;
	/* protects the ruleset, the tables and the lists */
	struct mutex lock;
	struct levee_sizes sizes;
	u32 next_id;
	u32 rules_seq;
	atomic_t generation;
	u32 list_max;
	u32 list_generation;
	bool list_reap;
	struct delayed_work list_gc;
	struct list_head configs;
	u32 config_count;
	struct levee_history *history;
	u64 history_cursor;
	u64 history_since_ns;
	u64 history_begun_ns;
	struct delayed_work history_work;
	/* protects hooks */
	struct mutex hooks_lock;
	struct list_head hooks;
	u32 hooks_seq;
	u32 next_hook_id;
	u32 egress_wishes;
	bool path_watched;
	struct delayed_work path_work;

	/* packet path, while the table is full; written once a second */
	atomic64_t pressure_ns;

	/* written when something happens */
	struct levee_attacks attacks;
	struct levee_events events;
};

struct levee_net *levee_pernet(const struct net *net);
int levee_pernet_alloc_tables(struct levee_net *ln,
			      const struct levee_sizes *sizes,
			      struct netlink_ext_ack *extack);
void levee_pernet_free_tables(struct levee_net *ln);
void levee_pernet_sizes_default(const struct net *net,
				struct levee_sizes *sizes);
int levee_pernet_sizes_check(const struct levee_net *ln,
			     const struct levee_sizes *sizes,
			     struct netlink_ext_ack *extack);
int levee_pernet_resize_begin(struct levee_net *ln,
			      const struct levee_sizes *sizes,
			      struct levee_resize *resize,
			      struct netlink_ext_ack *extack);
void levee_pernet_resize_end(struct levee_net *ln,
			     const struct levee_resize *resize);
void levee_pernet_resize_abort(const struct levee_resize *resize);
void levee_pernet_pressure(struct levee_net *ln, u64 now_ns);
struct levee_bans *levee_pernet_bans(struct levee_net *ln,
				     struct netlink_ext_ack *extack);
struct levee_map *levee_pernet_proofs(struct levee_net *ln,
				      struct netlink_ext_ack *extack);
struct levee_map *levee_pernet_syns(struct levee_net *ln,
				    struct netlink_ext_ack *extack);
struct levee_map *levee_pernet_asked(struct levee_net *ln,
				     struct netlink_ext_ack *extack);
struct levee_map *levee_pernet_met(struct levee_net *ln,
				   struct netlink_ext_ack *extack);
bool levee_pernet_is_host(const struct levee_net *ln);

int levee_pernet_init(void);
void levee_pernet_exit(void);

#endif /* _LEVEE_PERNET_H */
