// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations that are being made, to be put in force in one step.
 *
 * Each belongs to the socket that began it, and is gone with that. What can
 * fail is done before anything is changed; then the ruleset is replaced by one
 * pointer, so that every packet is judged by the old one or by the new one.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "config.h"

#include <linux/netlink.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/genetlink.h>

#include "offender.h"
#include "ruleset.h"

static struct levee_ruleset *rules_of(const struct levee_net *ln)
{
	return rcu_dereference_protected(ln->rules,
					 lockdep_is_held(&ln->lock));
}

/**
 * levee_config_find - the configuration that a socket makes
 * @ln: the network namespace
 * @portid: the socket
 *
 * Context: process, @ln->lock held.
 * Return: the configuration, or NULL if it makes none.
 */
struct levee_config *levee_config_find(const struct levee_net *ln, u32 portid)
{
	struct levee_config *config;

	lockdep_assert_held(&ln->lock);
	list_for_each_entry(config, &ln->configs, node)
		if (config->portid == portid)
			return config;
	return NULL;
}

/**
 * levee_config_of - what a command is to change
 * @ln: the network namespace
 * @info: the command
 * @part: enum levee_config_what: what it is about
 * @config: set to the configuration that its socket makes, or to NULL: then it
 *	changes what is in force
 *
 * Context: process, @ln->lock held.
 * Return: 0, or -EBUSY if that configuration has no such part.
 */
int levee_config_of(const struct levee_net *ln, const struct genl_info *info,
		    u32 part, struct levee_config **config)
{
	*config = levee_config_find(ln, info->snd_portid);
	if (!*config || (*config)->what & part)
		return 0;
	(*config)->failed = true;
	NL_SET_ERR_MSG(info->extack,
		       "this socket makes a configuration that leaves that as it is");
	return -EBUSY;
}

/**
 * levee_config_rules - policies and limits as a socket is shown them
 * @ln: the network namespace
 * @portid: the socket
 *
 * Context: process, @ln->lock held.
 * Return: those of the configuration that it makes, or else those in force.
 */
const struct levee_ruleset *levee_config_rules(const struct levee_net *ln,
					       u32 portid)
{
	struct levee_config *config = levee_config_find(ln, portid);

	if (!config || !config->rules)
		return rules_of(ln);
	levee_ruleset_order(config->rules);
	return config->rules;
}

/**
 * levee_config_drop - forget a configuration
 * @ln: the network namespace
 * @config: the configuration
 *
 * Context: process, @ln->lock held, or nobody else can reach @ln.
 */
void levee_config_drop(struct levee_net *ln, struct levee_config *config)
{
	list_del(&config->node);
	/* Read without the lock when a socket is closed. */
	WRITE_ONCE(ln->config_count, ln->config_count - 1);
	levee_ruleset_free(config->rules);
	kvfree(config->hooks);
	kfree(config);
}

/**
 * levee_config_drop_all - forget all configurations that are being made
 * @ln: the network namespace; nobody else can reach it
 */
void levee_config_drop_all(struct levee_net *ln)
{
	struct levee_config *config, *next;

	list_for_each_entry_safe(config, next, &ln->configs, node)
		levee_config_drop(ln, config);
}

/* It begins with what there is where nobody has said anything. */
static int config_fill(struct levee_net *ln, struct levee_config *config)
{
	const struct levee_ruleset *live = rules_of(ln);

	config->rules_seq = ln->rules_seq;
	config->sizes_before = ln->sizes;
	levee_pernet_sizes_default(ln->net, &config->sizes);
	mutex_lock(&ln->hooks_lock);
	config->hooks_seq = ln->hooks_seq;
	mutex_unlock(&ln->hooks_lock);
	if (!(config->what & LEVEE_CONFIG_WHAT_RULESET))
		return 0;
	config->rules = levee_ruleset_new(&ln->next_id, live->dst_max, live);
	return config->rules ? 0 : -ENOMEM;
}

/**
 * levee_config_begin - begin a configuration
 * @ln: the network namespace
 * @portid: socket that makes it
 * @what: enum levee_config_what: what it replaces
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held.
 * Return: 0; -EBUSY if the socket makes one already, or too many others do;
 * -ENOMEM.
 */
int levee_config_begin(struct levee_net *ln, u32 portid, u32 what,
		       struct netlink_ext_ack *extack)
{
	struct levee_config *config;

	if (levee_config_find(ln, portid)) {
		NL_SET_ERR_MSG(extack,
			       "this socket makes a configuration already");
		return -EBUSY;
	}
	if (ln->config_count == LEVEE_CONFIGS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "8 configurations are being made already");
		return -EBUSY;
	}
	config = kzalloc(sizeof(*config), GFP_KERNEL_ACCOUNT);
	if (!config)
		goto err_nomem;
	config->portid = portid;
	config->what = what;
	if (config_fill(ln, config)) {
		kfree(config);
		goto err_nomem;
	}
	list_add(&config->node, &ln->configs);
	WRITE_ONCE(ln->config_count, ln->config_count + 1);
	return 0;

err_nomem:
	NL_SET_ERR_MSG(extack, "not enough memory for the configuration");
	return -ENOMEM;
}

static struct levee_hook_key *hook_find(const struct levee_config *config,
					const struct levee_hook_key *key)
{
	u32 i;

	for (i = 0; i < config->hook_count; i++)
		if (config->hooks[i].type == key->type &&
		    config->hooks[i].ifindex == key->ifindex)
			return &config->hooks[i];
	return NULL;
}

/**
 * levee_config_hook_add - add a hook to a configuration
 * @config: the configuration
 * @key: where the hook is to be; looked at when it is put in force
 * @extack: receives the reason of a failure
 *
 * Return: 0; -EEXIST if it is in there already, -E2BIG, -ENOMEM.
 */
int levee_config_hook_add(struct levee_config *config,
			  const struct levee_hook_key *key,
			  struct netlink_ext_ack *extack)
{
	if (hook_find(config, key)) {
		NL_SET_ERR_MSG(extack, "hook exists already");
		return -EEXIST;
	}
	if (config->hook_count == LEVEE_CONFIG_HOOKS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a configuration has at most 4096 hooks");
		return -E2BIG;
	}
	if (!config->hooks)
		config->hooks = kvmalloc_array(LEVEE_CONFIG_HOOKS_MAX,
					       sizeof(*config->hooks),
					       GFP_KERNEL_ACCOUNT);
	if (!config->hooks) {
		NL_SET_ERR_MSG(extack, "not enough memory for the hook");
		return -ENOMEM;
	}
	config->hooks[config->hook_count++] = *key;
	return 0;
}

/**
 * levee_config_hook_del - take a hook out of a configuration
 * @config: the configuration
 * @key: where the hook is
 * @extack: receives the reason of a failure
 *
 * Return: 0, or -ENOENT if it is not in there.
 */
int levee_config_hook_del(struct levee_config *config,
			  const struct levee_hook_key *key,
			  struct netlink_ext_ack *extack)
{
	struct levee_hook_key *hook = hook_find(config, key);

	if (!hook) {
		NL_SET_ERR_MSG(extack, "no such hook");
		return -ENOENT;
	}
	*hook = config->hooks[--config->hook_count];
	return 0;
}

static bool hooks_changed(struct levee_net *ln,
			  const struct levee_config *config)
{
	bool changed;

	mutex_lock(&ln->hooks_lock);
	changed = config->hooks_seq != ln->hooks_seq;
	mutex_unlock(&ln->hooks_lock);
	return changed;
}

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
	    (config->what & LEVEE_CONFIG_WHAT_HOOKS &&
	     hooks_changed(ln, config)) ||
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

	err = levee_hooks_replace_begin(ln, config->hooks, config->hook_count,
					&at, extack);
	if (err) {
		blame(extack, config->hooks[at].seq);
		return err;
	}
	return 0;
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

static int gone_find(const struct levee_net *ln,
		     const struct levee_ruleset *rules, struct gone *gone,
		     struct netlink_ext_ack *extack)
{
	const struct levee_ruleset *live = rules_of(ln);
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

/* Puts in force what was prepared; cannot fail. */
static void config_publish(struct levee_net *ln, struct levee_config *config,
			   const struct levee_resize *resize,
			   const struct gone *gone)
{
	if (config->rules)
		levee_pernet_publish(ln, config->rules);
	config->rules = NULL;
	if (config->what & LEVEE_CONFIG_WHAT_HOOKS)
		levee_hooks_replace_end(ln);
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
 * was changed meanwhile, or what levee_ruleset_compile() and levee_hook_add()
 * return. After a failure nothing has changed.
 */
int levee_config_commit(struct levee_net *ln, struct levee_config *config,
			struct netlink_ext_ack *extack)
{
	const struct levee_sizes before = ln->sizes;
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
	if (config->what & LEVEE_CONFIG_WHAT_HOOKS)
		err = hooks_prepare(ln, config, extack);
	if (err)
		goto err_free_tables;
	config_publish(ln, config, &resize, &gone);
	goto out_free_gone;

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
