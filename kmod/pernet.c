// SPDX-License-Identifier: GPL-2.0
/*
 * What levee keeps for each network namespace.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "pernet.h"

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/time64.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "ban.h"
#include "config.h"
#include "history_work.h"
#include "hook.h"
#include "learn.h"
#include "lists.h"
#include "map.h"
#include "offender.h"
#include "path.h"
#include "proc.h"
#include "reflector.h"
#include "ruleset.h"

/*
 * Size of the tables: one 256th of memory for the meters (64 MiB, 4 M slots,
 * on a machine with 16 GiB) within these bounds. A network namespace that
 * belongs to a container gets the least, as its root chooses how many there
 * are.
 */
#define LEVEE_SLOTS_SHARE	256
#define LEVEE_SLOTS_LEAST	(64u * 1024)
#define LEVEE_SLOTS_MOST	(8u * 1024 * 1024)

#define LEVEE_OFFENDERS_HOST		65536u
#define LEVEE_OFFENDERS_CONTAINER	512u

/* The most that root of a container may ask for; it is charged to its group. */
#define LEVEE_SLOTS_CONTAINER_MAX	(1024u * 1024)
#define LEVEE_OFFENDERS_CONTAINER_MAX	4096u

/* Sources that are remembered at once to learn from: 1.3 MiB, or 80 KiB. */
#define LEVEE_LEARN_HOST	16384u
#define LEVEE_LEARN_CONTAINER	1024u

/* Destination prefixes of all policies together. */
#define LEVEE_DST_HOST		(1024u * 1024)
#define LEVEE_DST_CONTAINER	(64u * 1024)

/* Prefixes of each list. */
#define LEVEE_LIST_HOST		(4u * 1024 * 1024)
#define LEVEE_LIST_CONTAINER	(64u * 1024)

/* A full table is announced when it was not full for so long. */
#define LEVEE_PRESSURE_GAP_NS	(60ll * NSEC_PER_SEC)

static unsigned int levee_net_id __read_mostly;

/**
 * levee_pernet - levee in a network namespace
 * @net: the network namespace
 *
 * Return: what levee keeps for it; valid as long as @net and the module.
 */
struct levee_net *levee_pernet(const struct net *net)
{
	return net_generic(net, levee_net_id);
}

/* Else its root may be anybody, who can have many of them. */
static bool net_is_host(const struct net *net)
{
	return net->user_ns == &init_user_ns;
}

/**
 * levee_pernet_is_host - is it a network namespace of the host itself?
 * @ln: the network namespace
 *
 * Return: false if it belongs to a container.
 */
bool levee_pernet_is_host(const struct levee_net *ln)
{
	return net_is_host(ln->net);
}

/**
 * levee_pernet_sizes_default - how large tables are that nobody has resized
 * @net: the network namespace
 * @sizes: set to the sizes
 */
void levee_pernet_sizes_default(const struct net *net,
				struct levee_sizes *sizes)
{
	u64 bytes = (u64)totalram_pages() * PAGE_SIZE / LEVEE_SLOTS_SHARE;

	sizes->slots = LEVEE_SLOTS_LEAST;
	sizes->sources = LEVEE_OFFENDERS_CONTAINER;
	if (!net_is_host(net))
		return;
	bytes = clamp_t(u64, bytes / sizeof(struct levee_slot),
			LEVEE_SLOTS_LEAST, LEVEE_SLOTS_MOST);
	sizes->slots = roundup_pow_of_two((u32)bytes);
	sizes->sources = LEVEE_OFFENDERS_HOST;
}

/**
 * levee_pernet_alloc_tables - make the tables, unless they are there
 * @ln: the network namespace
 * @sizes: how large; @ln->sizes from now on
 * @extack: receives the reason of a failure
 *
 * Not done for every network namespace, only where there is a hook.
 *
 * Context: process, @ln->lock held.
 * Return: 0 or -ENOMEM.
 */
int levee_pernet_alloc_tables(struct levee_net *ln,
			      const struct levee_sizes *sizes,
			      struct netlink_ext_ack *extack)
{
	struct levee_offenders *offenders;
	struct levee_learn *learn;
	struct levee_map *map;

	lockdep_assert_held(&ln->lock);
	if (rcu_access_pointer(ln->map))
		return 0;

	map = levee_map_alloc(sizes->slots);
	if (!map)
		goto err_nomem;
	offenders = levee_offenders_alloc(sizes->sources);
	if (!offenders)
		goto err_free_map;
	learn = levee_learn_alloc(net_is_host(ln->net) ? LEVEE_LEARN_HOST :
							 LEVEE_LEARN_CONTAINER);
	if (!learn)
		goto err_free_offenders;
	if (levee_history_start(ln, !net_is_host(ln->net)))
		goto err_free_learn;
	if (levee_attack_log_start(ln, !net_is_host(ln->net)))
		goto err_stop_history;

	ln->sizes = *sizes;
	rcu_assign_pointer(ln->learn, learn);
	rcu_assign_pointer(ln->offenders, offenders);
	rcu_assign_pointer(ln->map, map);
	return 0;

err_stop_history:
	levee_history_stop(ln);
err_free_learn:
	levee_learn_free(learn);
err_free_offenders:
	levee_offenders_free(offenders);
err_free_map:
	levee_map_free(map);
err_nomem:
	NL_SET_ERR_MSG(extack, "not enough memory for the tables");
	return -ENOMEM;
}

/**
 * levee_pernet_sizes_check - may tables be as large as that
 * @ln: the network namespace
 * @sizes: the sizes, within what the tables can have
 * @extack: receives the reason of a failure
 *
 * Return: 0, or -ERANGE if a container may not have that much.
 */
int levee_pernet_sizes_check(const struct levee_net *ln,
			     const struct levee_sizes *sizes,
			     struct netlink_ext_ack *extack)
{
	if (net_is_host(ln->net))
		return 0;
	if (sizes->slots > LEVEE_SLOTS_CONTAINER_MAX) {
		NL_SET_ERR_MSG(extack,
			       "in a container there are at most 1048576 slots");
		return -ERANGE;
	}
	if (sizes->sources > LEVEE_OFFENDERS_CONTAINER_MAX) {
		NL_SET_ERR_MSG(extack,
			       "in a container there are at most 4096 sources");
		return -ERANGE;
	}
	return 0;
}

/**
 * levee_pernet_free_tables - free tables that no hook needs
 * @ln: the network namespace
 *
 * Context: process, @ln->lock held; waits for a grace period.
 */
void levee_pernet_free_tables(struct levee_net *ln)
{
	struct levee_offenders *offenders;
	struct levee_learn *learn;
	struct levee_map *map;

	map = rcu_replace_pointer(ln->map, NULL, lockdep_is_held(&ln->lock));
	offenders = rcu_replace_pointer(ln->offenders, NULL,
					lockdep_is_held(&ln->lock));
	learn = rcu_replace_pointer(ln->learn, NULL,
				    lockdep_is_held(&ln->lock));
	synchronize_net();
	levee_attack_log_stop(ln);
	levee_history_stop(ln);
	levee_learn_free(learn);
	levee_map_free(map);
	levee_offenders_free(offenders);
}

/**
 * levee_pernet_resize_begin - get ready to give the tables another size
 * @ln: the network namespace
 * @sizes: the sizes, within what the tables can have
 * @resize: for levee_pernet_resize_end(), or levee_pernet_resize_abort()
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held until the end.
 * Return: 0; -ERANGE if a container may not have that much; -ENOMEM.
 */
int levee_pernet_resize_begin(struct levee_net *ln,
			      const struct levee_sizes *sizes,
			      struct levee_resize *resize,
			      struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&ln->lock);
	*resize = (struct levee_resize){ .sizes = *sizes };
	err = levee_pernet_sizes_check(ln, sizes, extack);
	if (err || !rcu_access_pointer(ln->map))
		return err;

	if (sizes->slots != ln->sizes.slots) {
		resize->map = levee_map_alloc(sizes->slots);
		if (!resize->map)
			goto err_nomem;
	}
	if (sizes->sources != ln->sizes.sources) {
		resize->offenders = levee_offenders_alloc(sizes->sources);
		if (!resize->offenders)
			goto err_free_map;
	}
	return 0;

err_free_map:
	levee_map_free(resize->map);
	resize->map = NULL;
err_nomem:
	NL_SET_ERR_MSG(extack, "not enough memory for the tables");
	return -ENOMEM;
}

/**
 * levee_pernet_resize_end - give the tables another size
 * @ln: the network namespace
 * @resize: what levee_pernet_resize_begin() made
 *
 * Before there are tables, the sizes are those that they will have. Packets
 * are judged meanwhile, and no source has its charges forgotten but for what
 * levee_map_replace() says.
 *
 * Context: process, @ln->lock held; waits for some grace periods.
 */
void levee_pernet_resize_end(struct levee_net *ln,
			     const struct levee_resize *resize)
{
	ln->sizes = resize->sizes;
	if (resize->map)
		levee_map_replace(&ln->map, resize->map);
	if (resize->offenders)
		levee_offenders_replace(&ln->offenders, resize->offenders);
}

/**
 * levee_pernet_resize_abort - leave the tables as they are
 * @resize: what levee_pernet_resize_begin() made
 */
void levee_pernet_resize_abort(const struct levee_resize *resize)
{
	levee_map_free(resize->map);
	levee_offenders_free(resize->offenders);
}

/**
 * levee_pernet_pressure - a packet was charged to an overflow meter
 * @ln: the network namespace
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Tells it by an event, and in the kernel log, once for each time that the table
 * is full: at most once in LEVEE_PRESSURE_GAP_NS for each network namespace; in
 * the log never for those of containers, which could fill it. Most calls read one
 * time stamp; one call in a second writes it.
 *
 * Context: packet path.
 */
void levee_pernet_pressure(struct levee_net *ln, u64 now_ns)
{
	s64 last = atomic64_read(&ln->pressure_ns);
	s64 since = now_ns - last;

	/* The clock of another CPU may be a little ahead. */
	if (last && since < (s64)NSEC_PER_SEC)
		return;
	/* One of several CPUs that see the same, and only it, goes on. */
	if (!atomic64_try_cmpxchg(&ln->pressure_ns, &last, now_ns))
		return;
	if (last && since < (s64)LEVEE_PRESSURE_GAP_NS)
		return;
	levee_event_table_pressure(ln);
	if (net_is_host(ln->net))
		pr_warn_ratelimited("the table of meters is full: sources share meters; see levee table show\n");
}

static int __net_init levee_net_init(struct net *net)
{
	struct levee_net *ln = levee_pernet(net);
	struct levee_reflectors *reflectors;
	struct levee_ruleset *rules;
	int err = -ENOMEM;

	ln->net = net;
	ln->next_id = 1;
	/* 0 would mean that dumps need not be consistent. */
	atomic_set(&ln->generation, 1);
	ln->next_hook_id = 1;
	mutex_init(&ln->lock);
	mutex_init(&ln->hooks_lock);
	INIT_LIST_HEAD(&ln->hooks);
	INIT_LIST_HEAD(&ln->configs);
	get_random_bytes(&ln->key, sizeof(ln->key));
	get_random_bytes(&ln->challenge_key, sizeof(ln->challenge_key));
	levee_pernet_sizes_default(net, &ln->sizes);
	levee_event_net_init(ln);
	levee_attack_net_init(ln);
	levee_path_net_init(ln);
	levee_solicited_init(&ln->solicited);
	levee_history_net_init(ln);
	levee_lists_net_init(ln, net_is_host(net) ? LEVEE_LIST_HOST :
						    LEVEE_LIST_CONTAINER);

	ln->stats = levee_net_stats_alloc();
	if (!ln->stats)
		return -ENOMEM;
	reflectors = levee_reflectors_builtin();
	if (!reflectors)
		goto err_free_stats;
	rcu_assign_pointer(ln->reflectors, reflectors);
	rules = levee_ruleset_new(&ln->next_id, net_is_host(net) ?
				  LEVEE_DST_HOST : LEVEE_DST_CONTAINER, NULL);
	if (!rules)
		goto err_free_reflectors;
	rcu_assign_pointer(ln->rules, rules);
	err = levee_proc_net_init(ln);
	if (err)
		goto err_free_rules;
	return 0;

err_free_rules:
	levee_ruleset_free(rules);
err_free_reflectors:
	levee_reflectors_free(reflectors);
err_free_stats:
	levee_net_stats_free(ln->stats);
	return err;
}

/* A grace period follows, so that no packet is in a hook at exit. */
static void __net_exit levee_net_pre_exit(struct net *net)
{
	struct levee_net *ln = levee_pernet(net);

	levee_proc_net_exit(ln);
	levee_hook_del_all(ln);
}

static void __net_exit levee_net_exit(struct net *net)
{
	struct levee_net *ln = levee_pernet(net);

	/* Nobody can reach @ln any more: neither packets nor commands. */
	levee_config_drop_all(ln);
	levee_history_net_exit(ln);
	levee_attack_net_exit(ln);
	levee_path_net_exit(ln);
	levee_event_net_exit(ln);
	levee_lists_net_exit(ln);
	levee_ruleset_free(rcu_dereference_protected(ln->rules, true));
	levee_map_free(rcu_dereference_protected(ln->map, true));
	levee_offenders_free(rcu_dereference_protected(ln->offenders, true));
	levee_learn_free(rcu_dereference_protected(ln->learn, true));
	levee_bans_free(rcu_dereference_protected(ln->bans, true));
	levee_map_free(rcu_dereference_protected(ln->proofs, true));
	levee_map_free(rcu_dereference_protected(ln->solicited.asked, true));
	levee_map_free(rcu_dereference_protected(ln->solicited.met, true));
	levee_reflectors_free(rcu_dereference_protected(ln->reflectors, true));
	levee_map_free(rcu_dereference_protected(ln->syns, true));
	levee_net_stats_free(ln->stats);
	mutex_destroy(&ln->hooks_lock);
	mutex_destroy(&ln->lock);
}

static struct pernet_operations levee_net_ops = {
	.init = levee_net_init,
	.pre_exit = levee_net_pre_exit,
	.exit = levee_net_exit,
	.id = &levee_net_id,
	.size = sizeof(struct levee_net),
};

/**
 * levee_pernet_init - start to keep state for every network namespace
 *
 * Return: 0 or a negative error.
 */
int levee_pernet_init(void)
{
	return register_pernet_subsys(&levee_net_ops);
}

/**
 * levee_pernet_exit - remove every hook, and free all state
 */
void levee_pernet_exit(void)
{
	unregister_pernet_subsys(&levee_net_ops);
}
