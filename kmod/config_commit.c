// SPDX-License-Identifier: GPL-2.0
/*
 * Puts a configuration in force in one step.
 *
 * What can fail is done before anything is changed; then the ruleset, and with it
 * the lists, is replaced by one pointer, so that every packet is judged by the old
 * ones or by the new ones.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "config.h"

#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/sort.h>

#include "lists.h"
#include "offender.h"
#include "publish.h"
#include "ruleset.h"

static int config_check(struct levee_net *ln,
			const struct levee_config *config,
			struct netlink_ext_ack *extack)
{
	if (config->failed) {
		NL_SET_ERR_MSG(extack,
			       "a command of this configuration was refused");
		return -ECANCELED;
	}
	if ((config->what & LEVEE_CONFIG_WHAT_RULESET &&
	     config->rules_seq != ln->rules_seq) ||
	    (config->what & LEVEE_CONFIG_WHAT_TABLES &&
	     memcmp(&config->sizes_before, &ln->sizes, sizeof(ln->sizes)))) {
		NL_SET_ERR_MSG(extack,
			       "the configuration in force was changed meanwhile");
		return -EAGAIN;
	}
	return 0;
}

/* Tells the sender which of its requests is to blame. */
static void blame(struct netlink_ext_ack *extack, u32 seq)
{
	nl_set_extack_cookie_u64(extack, seq);
}

static int rules_prepare(struct levee_config *config,
			 struct netlink_ext_ack *extack)
{
	int err;

	if (!config->rules)
		return 0;
	levee_ruleset_order(config->rules);
	err = levee_ruleset_compile(config->rules, extack);
	if (err && config->rules->matches.culprit)
		blame(extack, config->rules->matches.culprit->seq);
	return err;
}

/* Makes the tables, if there are to be hooks; *@made if there were none. */
static int tables_prepare(struct levee_net *ln,
			  const struct levee_config *config,
			  struct levee_resize *resize, bool *made,
			  struct netlink_ext_ack *extack)
{
	const struct levee_sizes *sizes = &ln->sizes;
	int err;

	if (config->what & LEVEE_CONFIG_WHAT_TABLES)
		sizes = &config->sizes;
	err = levee_pernet_resize_begin(ln, sizes, resize, extack);
	if (err || !config->hook_count || rcu_access_pointer(ln->map))
		return err;
	err = levee_pernet_alloc_tables(ln, sizes, extack);
	*made = !err;
	return err;
}

static int hooks_prepare(struct levee_net *ln,
			 const struct levee_config *config,
			 struct netlink_ext_ack *extack)
{
	u32 at;
	int err;

	err = levee_hooks_replace_begin(ln, config->hooks_seq, config->hooks,
					config->hook_count, &at, extack);
	if (err && at < config->hook_count)
		blame(extack, config->hooks[at].seq);
	return err;
}

/**
 * struct gone - policies that are in the ruleset in force and not in the next
 * @ids: their numbers, in order; from kvmalloc()
 * @count: how many
 */
struct gone {
	u32 *ids;
	u32 count;
};

static int id_compare(const void *a, const void *b)
{
	u32 p = *(const u32 *)a, q = *(const u32 *)b;

	return p < q ? -1 : p > q;
}

static struct levee_ruleset *rules_in_force(const struct levee_net *ln)
{
	return rcu_dereference_protected(ln->rules, lockdep_is_held(&ln->lock));
}

static int gone_find(const struct levee_net *ln,
		     const struct levee_ruleset *rules, struct gone *gone,
		     struct netlink_ext_ack *extack)
{
	const struct levee_ruleset *live = rules_in_force(ln);
	const struct levee_policy *policy, *next;

	if (!rules)
		return 0;
	gone->ids = kvmalloc_array(live->count, sizeof(*gone->ids),
				   GFP_KERNEL_ACCOUNT);
	if (!gone->ids) {
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the configuration");
		return -ENOMEM;
	}
	list_for_each_entry(policy, &live->policies, node) {
		next = levee_policy_find(rules, policy->state->name);
		if (!next || next->state != policy->state)
			gone->ids[gone->count++] = policy->state->id;
	}
	sort(gone->ids, gone->count, sizeof(*gone->ids), id_compare, NULL);
	return 0;
}

/* Removes what is known about sources under policies that are gone. */
static void gone_forget(const struct levee_net *ln, const struct gone *gone)
{
	struct levee_offenders *offenders;

	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (!offenders || !gone->count)
		return;
	/* Until no packet can be judged by them. */
	synchronize_net();
	levee_offenders_forget_policies(offenders, gone->ids, gone->count);
}

static bool has_list(const struct levee_config *config, int kind)
{
	return config->what & levee_config_list_part(kind);
}

/* Lists alone: one after the other. */
static void lists_publish(struct levee_net *ln, struct levee_config *config)
{
	int kind;

	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++) {
		if (!has_list(config, kind))
			continue;
		levee_lists_publish(ln, kind, config->list[kind]);
		config->list[kind] = NULL;
	}
}

/* By the same pointer, rules and all lists. */
static void rules_publish(struct levee_net *ln, struct levee_config *config)
{
	struct levee_list *old[__LEVEE_LIST_KIND_MAX] = {};
	int kind;

	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++) {
		if (!has_list(config, kind))
			continue;
		old[kind] = levee_lists_swap(ln, kind, config->list[kind]);
		config->list[kind] = NULL;
	}
	levee_publish_replace(ln, config->rules);
	config->rules = NULL;
	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++)
		levee_lists_retire(ln, old[kind]);
}

/* Puts in force what was prepared; cannot fail. */
static void config_publish(struct levee_net *ln, struct levee_config *config,
			   const struct levee_resize *resize,
			   const struct gone *gone)
{
	if (config->rules)
		rules_publish(ln, config);
	else
		lists_publish(ln, config);
	if (config->reflectors)
		levee_publish_reflectors(ln, config->reflectors);
	config->reflectors = NULL;
	if (config->what & LEVEE_CONFIG_WHAT_HOOKS)
		levee_hooks_replace_end(ln);
	levee_publish_settle(ln);
	gone_forget(ln, gone);
	levee_pernet_resize_end(ln, resize);
}

/**
 * levee_config_commit - put a configuration in force
 * @ln: the network namespace
 * @config: the configuration; to be dropped afterwards
 * @extack: receives the reason of a failure; if a certain request is to blame,
 *	its sequence number as the cookie
 *
 * Context: process, @ln->lock held; takes the RTNL, may wait for some grace
 * periods.
 * Return: 0; -ECANCELED if a command was refused, -EAGAIN if what is in force
 * was changed meanwhile, or what levee_ruleset_compile(), levee_publish_begin()
 * and levee_hook_add() return. After a failure nothing has changed.
 */
int levee_config_commit(struct levee_net *ln, struct levee_config *config,
			struct netlink_ext_ack *extack)
{
	const struct levee_sizes before = ln->sizes;
	struct levee_publish_made limits = {};
	struct levee_resize resize;
	struct gone gone = {};
	bool made = false;
	int err;

	err = config_check(ln, config, extack);
	if (!err)
		err = rules_prepare(config, extack);
	if (!err)
		err = gone_find(ln, config->rules, &gone, extack);
	if (err)
		goto out_free_gone;
	err = tables_prepare(ln, config, &resize, &made, extack);
	if (err)
		goto err_free_tables;
	/* Before the hooks, which then look at what goes out if they are to. */
	err = levee_publish_begin(ln, config->rules ?: rules_in_force(ln),
				  &limits, extack);
	if (err)
		goto err_free_tables;
	if (config->what & LEVEE_CONFIG_WHAT_HOOKS)
		err = hooks_prepare(ln, config, extack);
	if (err)
		goto err_abort_limits;
	config_publish(ln, config, &resize, &gone);
	goto out_free_gone;

err_abort_limits:
	levee_publish_abort(ln, &limits);
err_free_tables:
	levee_pernet_resize_abort(&resize);
	if (made) {
		levee_pernet_free_tables(ln);
		ln->sizes = before;
	}
out_free_gone:
	kvfree(gone.ids);
	return err;
}
