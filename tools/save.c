// SPDX-License-Identifier: GPL-2.0
/*
 * Save: print the commands that restore the configuration.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "err.h"
#include "hook.h"
#include "limit.h"
#include "names.h"
#include "object.h"
#include "out.h"
#include "policy.h"
#include "size.h"

const char save_usage[] =
	"Usage: levee save\n"
	"Prints the commands that restore policies, limits, hooks and the size of the\n"
	"tables with levee -b FILE.\n";

struct config {
	struct size size;
	struct policy_list policies;
	struct limit_list limits;
	struct hook_list hooks;
};

static int load(struct config *config)
{
	int ret;

	ret = size_load(&config->size);
	if (!ret)
		ret = policy_load(&config->policies, NULL);
	if (!ret)
		ret = limit_load(&config->limits, NULL);
	if (!ret)
		ret = hook_load(&config->hooks);
	return ret;
}

static bool is_builtin(const struct policy *policy)
{
	return !strcmp(policy->name, POLICY_DEFAULT);
}

static void print_policy(const struct policy *policy,
			 const struct limit_list *limits)
{
	bool builtin = is_builtin(policy);
	char text[256];
	size_t i;

	printf("policy %s %s", builtin ? "set" : "add", policy->name);
	prefix_list_out("dst", &policy->dst);
	service_out(&policy->service);
	printf(" mode %s\n", names_text(&names_mode, policy->mode));
	/* It comes with limits, which may have been deleted. */
	if (builtin)
		printf("limit flush %s\n", policy->name);
	for (i = 0; i < limits->count; i++) {
		if (strcmp(limits->limit[i].policy, policy->name))
			continue;
		limit_text(&limits->limit[i], text, sizeof(text));
		printf("limit set %s %s\n", policy->name, text);
	}
}

/*
 * What is built in comes after the others: where those are there already, the
 * first of them is refused, and nothing has been changed.
 */
static void print_policies(const struct config *config)
{
	const struct policy_list *list = &config->policies;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!is_builtin(&list->policy[i]))
			print_policy(&list->policy[i], &config->limits);
	for (i = 0; i < list->count; i++)
		if (is_builtin(&list->policy[i]))
			print_policy(&list->policy[i], &config->limits);
}

static int compare_hooks(const void *a, const void *b)
{
	const struct hook *p = a, *q = b;

	if (p->type != q->type)
		return p->type < q->type ? -1 : 1;
	return strcmp(p->ifname, q->ifname);
}

static void print_hooks(struct hook_list *hooks)
{
	char quoted[4 * IF_NAMESIZE + 3];
	const struct hook *hook;
	size_t i;

	if (hooks->count)
		qsort(hooks->hook, hooks->count, sizeof(*hooks->hook),
		      compare_hooks);
	for (i = 0; i < hooks->count; i++) {
		hook = &hooks->hook[i];
		if (hook->type == LEVEE_HOOK_TYPE_DEVICE)
			printf("hook add dev %s\n",
			       batch_quote(hook->ifname, quoted,
					   sizeof(quoted)));
		else
			printf("hook add %s\n",
			       names_text(&names_hook_type, hook->type));
	}
}

int save_run(struct args *args)
{
	struct config config = { 0 };
	int ret = EXIT_OK;

	if (args->n && !strcmp(args->v[0], "help")) {
		args->prev = *args->v++;
		args->n--;
		return args_help(args);
	}
	ret = args_end(args);
	if (!ret && out_json)
		ret = err_usage("save prints commands, not JSON; for JSON use policy show and hook show");
	if (!ret)
		ret = load(&config);
	if (!ret) {
		printf("# Configuration of levee %s; restore it with: levee -b FILE\n",
		       LEVEE_TOOL_VERSION);
		/* First, so that the tables are made in that size. */
		size_save(&config.size);
		policy_sort(&config.policies);
		limit_sort(&config.limits);
		print_policies(&config);
		/* Last, so that nothing is judged by half a configuration. */
		print_hooks(&config.hooks);
	}
	policy_free(&config.policies);
	free(config.limits.limit);
	free(config.hooks.hook);
	return ret;
}
