// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration as a whole: loading and writing it.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "err.h"
#include "names.h"
#include "object.h"
#include "out.h"

/**
 * config_load - Ask the kernel for the configuration.
 * @config: empty but for how it is to be written; to be freed even after an error
 *
 * Hooks are those in force, even if a configuration is being made.
 *
 * Return: enum exit_status.
 */
int config_load(struct config *config)
{
	int ret;

	ret = size_load(&config->size);
	if (!ret)
		ret = policy_load(&config->policies, NULL);
	if (!ret)
		ret = limit_load(&config->limits, NULL);
	if (!ret && !config->without_lists)
		ret = list_load(&config->lists);
	if (!ret)
		ret = reflect_load(&config->reflect);
	if (!ret)
		ret = hook_load(&config->hooks);
	return ret;
}

/**
 * config_load_brief - Ask the kernel for policies, limits and hooks.
 * @config: empty; to be freed even after an error
 *
 * Return: enum exit_status.
 */
int config_load_brief(struct config *config)
{
	int ret;

	ret = policy_load(&config->policies, NULL);
	if (!ret)
		ret = limit_load(&config->limits, NULL);
	if (!ret)
		ret = hook_load(&config->hooks);
	return ret;
}

/**
 * config_free - Free what a configuration holds and leave it empty.
 * @config: configuration to empty
 */
void config_free(struct config *config)
{
	policy_free(&config->policies);
	free(config->limits.limit);
	list_free(&config->lists);
	ban_free(&config->bans);
	free(config->hooks.hook);
	memset(config, 0, sizeof(*config));
}

static bool is_builtin(const struct policy *policy)
{
	return !strcmp(policy->name, POLICY_DEFAULT);
}

/* Limits are sorted by policy; @at is where to begin to look for it. */
static size_t write_limits(const struct limit_list *limits, const char *policy,
			   size_t at)
{
	char text[256];

	while (at < limits->count &&
	       strcmp(limits->limit[at].policy, policy) < 0)
		at++;
	for (; at < limits->count &&
	     !strcmp(limits->limit[at].policy, policy); at++) {
		limit_text(&limits->limit[at], text, sizeof(text));
		out_text("limit set %s %s\n", policy, text);
	}
	return at;
}

/* A paragraph for each: the policy, and its limits. */
static size_t write_policy(const struct policy *policy,
			   const struct limit_list *limits, size_t at)
{
	bool builtin = is_builtin(policy);

	out_text("\npolicy %s %s", builtin ? "set" : "add", policy->name);
	prefix_list_out("dst", &policy->dst);
	service_out(&policy->service);
	out_text(" mode %s", names_text(&names_mode, policy->mode));
	challenge_out_config(&policy->challenge);
	out_text("\n");
	/* It comes with limits, which may have been deleted. */
	if (builtin)
		out_text("limit flush %s\n", policy->name);
	return write_limits(limits, policy->name, at);
}

/*
 * What is built in comes after the others: where those are there already, a
 * batch is refused at the first of them, and nothing has been changed.
 */
static void write_policies(const struct config *config)
{
	const struct policy_list *list = &config->policies;
	size_t i, at = 0;

	out_text("\n# What some traffic may do, and how much a source may send.\n");
	for (i = 0; i < list->count; i++)
		if (!is_builtin(&list->policy[i]))
			at = write_policy(&list->policy[i], &config->limits,
					  at);
	out_text("\n# The same for everything else.\n");
	for (i = 0; i < list->count; i++)
		if (is_builtin(&list->policy[i]))
			write_policy(&list->policy[i], &config->limits, 0);
}

static int compare_hooks(const void *a, const void *b)
{
	const struct hook *p = a, *q = b;

	if (p->type != q->type)
		return p->type < q->type ? -1 : 1;
	return strcmp(p->ifname, q->ifname);
}

static void write_hooks(struct hook_list *hooks)
{
	char quoted[4 * IF_NAMESIZE + 3];
	const struct hook *hook;
	size_t i;

	if (hooks->count)
		qsort(hooks->hook, hooks->count, sizeof(*hooks->hook),
		      compare_hooks);
	out_text("\n# Where packets are looked at%s\n\n",
		 hooks->count ? "." : ": nowhere.");
	for (i = 0; i < hooks->count; i++) {
		hook = &hooks->hook[i];
		if (hook->type == LEVEE_HOOK_TYPE_DEVICE)
			out_text("hook add dev %s\n",
				 batch_quote(hook->ifname, quoted,
					     sizeof(quoted)));
		else
			out_text("hook add %s\n",
				 names_text(&names_hook_type, hook->type));
	}
}

/**
 * config_write - Write the commands that make a configuration.
 * @config: the configuration; its parts are sorted
 *
 * The same configuration always gives the same text.
 */
void config_write(struct config *config)
{
	policy_sort(&config->policies);
	limit_sort(&config->limits);
	out_text("# levee " LEVEE_TOOL_VERSION ". To put this in force: levee apply FILE\n");
	reflect_save(&config->reflect);
	write_policies(config);
	/* Before the hooks, so that the tables are made in that size. */
	size_save(&config->size);
	if (!config->without_lists) {
		out_text("\n# Sources that pass, or are dropped, whatever they send.\n\n");
		list_save(&config->lists, config->one_each);
	}
	ban_save(&config->bans);
	/* Last, so that a batch does not judge by half a configuration. */
	write_hooks(&config->hooks);
}

/**
 * config_write_brief - Write the commands that make policies, limits and hooks.
 * @config: what config_load_brief() has read
 * @policy: leave out all other policies; NULL for all
 */
void config_write_brief(struct config *config, const char *policy)
{
	const struct policy_list *list = &config->policies;
	size_t i;

	policy_sort(&config->policies);
	limit_sort(&config->limits);
	for (i = 0; i < list->count; i++)
		if (!policy || !strcmp(list->policy[i].name, policy))
			write_policy(&list->policy[i], &config->limits, 0);
	write_hooks(&config->hooks);
}
