// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations that are being made, to be put in force in one step.
 *
 * Each belongs to the socket that began it, and is gone with that.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "config.h"

#include <linux/netlink.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "list.h"
#include "lists.h"
#include "reflector.h"
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
 * levee_config_refused - a command was refused before it was looked at further
 * @info: the command
 *
 * If its socket makes a configuration, that is not what was wanted.
 *
 * Context: process, takes the lock.
 */
void levee_config_refused(struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config;

	mutex_lock(&ln->lock);
	config = levee_config_find(ln, info->snd_portid);
	if (config)
		config->failed = true;
	mutex_unlock(&ln->lock);
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
 * levee_config_list_part - that part of a configuration which is a list
 * @kind: enum levee_list_kind
 *
 * Return: one of enum levee_config_what.
 */
u32 levee_config_list_part(int kind)
{
	return kind == LEVEE_LIST_KIND_ALLOW ? LEVEE_CONFIG_WHAT_ALLOW :
					       LEVEE_CONFIG_WHAT_DENY;
}

/**
 * levee_config_list - a list as a socket is shown it
 * @ln: the network namespace
 * @portid: the socket
 * @kind: enum levee_list_kind
 *
 * Context: process, @ln->lock held.
 * Return: that of the configuration that it makes, or else that in force; NULL
 * if it is empty.
 */
struct levee_list *levee_config_list(const struct levee_net *ln, u32 portid,
				     int kind)
{
	struct levee_config *config = levee_config_find(ln, portid);

	if (config && config->what & levee_config_list_part(kind))
		return config->list[kind];
	return levee_lists_get(ln, kind);
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
	int kind;

	list_del(&config->node);
	/* Read without the lock when a socket is closed. */
	WRITE_ONCE(ln->config_count, ln->config_count - 1);
	levee_ruleset_free(config->rules);
	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++)
		levee_list_free(config->list[kind]);
	levee_reflectors_free(config->reflectors);
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
	if (config->what & LEVEE_CONFIG_WHAT_REFLECT) {
		config->reflectors = levee_reflectors_builtin();
		if (!config->reflectors)
			return -ENOMEM;
	}
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
		levee_reflectors_free(config->reflectors);
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
