// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: what traffic to some destinations may do.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "age.h"
#include "dead.h"
#include "err.h"
#include "limit.h"
#include "match.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"

const char policy_usage[] =
	"Usage: levee policy add NAME MATCH [ mode MODE ] [ challenge CHALLENGE ]\n"
	"       levee policy set NAME [ MATCH ] [ mode MODE ] [ challenge CHALLENGE ]\n"
	"       levee policy del NAME\n"
	"       levee policy match ADDR [ proto PROTO ] [ dport PORT ] [ from ADDR ]\n"
	"       levee [-s] policy [ show [ NAME ] ]\n"
	"MATCH := [ dst PREFIX[,PREFIX...] ] [ proto PROTO[,PROTO...] ]\n"
	"         [ dport PORT[-PORT][,PORT[-PORT]...] ]; each may be any\n"
	"PROTO := { tcp | udp | udplite | sctp | dccp | icmp | icmpv6 | gre | esp | ah |\n"
	"           ipip | ipv6 | NUMBER }\n"
	"MODE := { off | monitor | enforce }\n"
	"CHALLENGE := { off | above RATE [ below RATE ] [ rate RATE ] }\n"
	"             While there are more SYNs than above, as in 20k/s, and until there\n"
	"             are no more than below (default half of that), sources have to\n"
	"             prove that they are real before they may connect. rate: most\n"
	"             challenges that are sent, default 1M/s\n"
	"Of policies that match, the one with the longest dst decides; of these, the one\n"
	"with the narrowest dport, then one with proto, then one with neither.\n"
	"The policy \"default\" is built in: it matches what no other policy matches, and\n"
	"cannot be added or deleted.\n";

/*
 * The policy that a message is about: the last one if it goes on there,
 * because its destinations did not fit into one message, or a new one.
 */
static struct policy *policy_named(struct policy_list *list, const char *name)
{
	struct policy *policy;

	if (list->count && !strcmp(list->policy[list->count - 1].name, name))
		return &list->policy[list->count - 1];
	list->policy = err_grow(list->policy, list->count, sizeof(*policy));
	policy = &list->policy[list->count++];
	memset(policy, 0, sizeof(*policy));
	snprintf(policy->name, sizeof(policy->name), "%s", name);
	return policy;
}

static int take_policy(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct policy_list *list = data;
	const struct nlattr *attr;
	struct policy *policy;
	struct prefix prefix;

	nl_parse(nlh, tb);
	policy = policy_named(list, nl_str(tb[LEVEE_A_POLICY_NAME]));
	policy->id = nl_u32(tb[LEVEE_A_POLICY_ID]);
	policy->mode = nl_u32(tb[LEVEE_A_POLICY_MODE]);
	policy->path = tb[LEVEE_A_POLICY_PATH] ?
		       (int)nl_u32(tb[LEVEE_A_POLICY_PATH]) : -1;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_POLICY_DST)
			continue;
		prefix_decode(attr, &prefix);
		prefix_list_add(&policy->dst, &prefix);
	}
	service_decode(nlh, &policy->service);
	challenge_decode(tb[LEVEE_A_POLICY_CHALLENGE], &policy->challenge);
	return 0;
}

/**
 * policy_free - Free what a list holds and leave it empty.
 * @list: list to empty
 */
void policy_free(struct policy_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		prefix_list_free(&list->policy[i].dst);
		service_free(&list->policy[i].service);
	}
	free(list->policy);
	memset(list, 0, sizeof(*list));
}

static void forget(void *data)
{
	policy_free(data);
}

/**
 * policy_load - Ask the kernel for policies.
 * @list: empty list to fill; to be freed even after an error
 * @name: only this one; NULL for all
 *
 * Return: enum exit_status.
 */
int policy_load(struct policy_list *list, const char *name)
{
	int ret = nl_begin(LEVEE_CMD_POLICY_GET);

	if (ret)
		return ret;
	/* A dump even for one: its destinations may need several messages. */
	if (name)
		nl_put_str(LEVEE_A_POLICY_NAME, name);
	return nl_dump(take_policy, forget, list);
}

static int compare(const void *a, const void *b)
{
	const struct policy *p = a, *q = b;
	int p_named = strcmp(p->name, POLICY_DEFAULT) != 0;
	int q_named = strcmp(q->name, POLICY_DEFAULT) != 0;

	return p_named == q_named ? strcmp(p->name, q->name) :
				    p_named - q_named;
}

/**
 * policy_sort - Order policies by name, default first, and their prefixes.
 * @list: list to sort
 */
void policy_sort(struct policy_list *list)
{
	size_t i;

	if (list->count)
		qsort(list->policy, list->count, sizeof(*list->policy),
		      compare);
	for (i = 0; i < list->count; i++)
		prefix_list_sort(&list->policy[i].dst);
}

/* What somebody has to know who wonders why packets pass, or do not. */
static void print_state(const struct policy *policy)
{
	const char *what = NULL;
	char since[AGE_STRLEN];

	if (policy->path == LEVEE_PATH_ELSEWHERE)
		what = "answers go out elsewhere (asymmetric routing)";
	else if (policy->path == LEVEE_PATH_UNSEEN)
		what = "nothing was seen yet that goes out";
	if (what)
		out_text("    %s: what nobody asked for passes for asked\n",
			 what);
	if (policy->challenge.since)
		out_text("    sources have to prove that they are real; that began %s\n",
			 out_stats ?
			 age_date(policy->challenge.since, since) :
			 age_text(policy->challenge.since, since));
}

static void print_policy(const struct policy *policy,
			 const struct limit_list *limits)
{
	size_t i;

	out_object_open(NULL);
	out_str(OUT_ANY, "name", "policy %s", policy->name);
	out_u64(OUT_JSON, "id", NULL, policy->id);
	out_str(OUT_ANY, "mode", " mode %s",
		names_text(&names_mode, policy->mode));
	prefix_list_out("dst", &policy->dst);
	service_out(&policy->service);
	if (policy->path >= 0)
		out_str(OUT_JSON, "path", NULL,
			names_text(&names_path, policy->path));
	challenge_out(&policy->challenge);
	challenge_out_config(&policy->challenge);
	out_text("\n");
	print_state(policy);
	out_array_open("limits");
	for (i = 0; i < limits->count; i++) {
		if (strcmp(limits->limit[i].policy, policy->name))
			continue;
		out_text("    limit ");
		limit_print(&limits->limit[i]);
	}
	out_array_close();
	out_object_close();
}

static int take_name(struct args *args, const char **name)
{
	int ret = args_take(args, "NAME", name);

	return ret ? ret : args_name("policy", *name, name);
}

static int show(struct args *args)
{
	struct policy_list policies = { 0 };
	struct limit_list limits = { 0 };
	const char *name = NULL;
	int ret = EXIT_OK;
	size_t i;

	if (args->n)
		ret = take_name(args, &name);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = policy_load(&policies, name);
	if (!ret)
		ret = limit_load(&limits, name);
	if (!ret) {
		out_array_open(NULL);
		for (i = 0; i < policies.count; i++)
			print_policy(&policies.policy[i], &limits);
		out_array_close();
	}
	policy_free(&policies);
	free(limits.limit);
	return ret;
}

enum { DST, PROTO, DPORT, MODE, CHALLENGE, PARAMS };

/* What is to be changed, and which of it was given. */
struct change {
	const char *name;
	uint32_t mode;
	struct prefix_list dst;
	struct service service;
	struct challenge_param challenge;
	struct param params[PARAMS];
};

static int take_change(struct args *args, struct change *change)
{
	int ret = take_name(args, &change->name);

	change->params[DST] = (struct param){ "dst", ARGS_PREFIXES,
		prefix_list_parse, &change->dst, false };
	change->params[PROTO] = (struct param){ "proto", "PROTO[,PROTO...]",
		proto_list_parse, &change->service.proto, false };
	change->params[DPORT] = (struct param){ "dport", "PORT[-PORT][,PORT[-PORT]...]",
		ports_list_parse, &change->service.dport, false };
	change->params[MODE] = (struct param){ "mode", ARGS_MODE,
		args_mode, &change->mode, false };
	change->challenge.args = args;
	change->params[CHALLENGE] = (struct param){ "challenge", CHALLENGE_WHAT,
		challenge_parse, &change->challenge, false };
	if (!ret)
		ret = args_params(args, change->params, PARAMS);
	if (!ret && !strcmp(change->name, POLICY_DEFAULT) &&
	    (change->dst.count || change->service.proto.count ||
	     change->service.dport.count))
		ret = err_usage("the policy \"default\" has no dst, proto or dport; it matches what no other policy matches");
	return ret;
}

static void free_change(struct change *change)
{
	prefix_list_free(&change->dst);
	service_free(&change->service);
}

/* What was given as "any" or "off", enum levee_policy_part. */
static uint32_t cleared(const struct change *change)
{
	uint32_t clear = 0;

	if (change->params[DST].seen && !change->dst.count)
		clear |= LEVEE_POLICY_PART_DST;
	if (change->params[PROTO].seen && !change->service.proto.count)
		clear |= LEVEE_POLICY_PART_PROTO;
	if (change->params[DPORT].seen && !change->service.dport.count)
		clear |= LEVEE_POLICY_PART_DPORT;
	if (change->params[CHALLENGE].seen &&
	    !change->challenge.challenge.above)
		clear |= LEVEE_POLICY_PART_CHALLENGE;
	return clear;
}

static int send_change(const struct change *change, uint8_t cmd)
{
	uint32_t clear = cleared(change);
	int ret = nl_begin(cmd);
	size_t i;

	if (ret)
		return ret;
	nl_put_str(LEVEE_A_POLICY_NAME, change->name);
	if (change->params[MODE].seen)
		nl_put_u32(LEVEE_A_POLICY_MODE, change->mode);
	for (i = 0; i < change->dst.count; i++)
		prefix_put(LEVEE_A_POLICY_DST, &change->dst.prefix[i]);
	service_put(&change->service);
	if (change->challenge.challenge.above)
		challenge_put(LEVEE_A_POLICY_CHALLENGE,
			      &change->challenge.challenge);
	if (clear && cmd == LEVEE_CMD_POLICY_SET)
		nl_put_u32(LEVEE_A_POLICY_CLEAR, clear);
	ret = nl_do(NULL, NULL);
	if (!ret && !nl_collects() &&
	    (change->params[CHALLENGE].seen ||
	     (change->params[PROTO].seen && cmd == LEVEE_CMD_POLICY_SET)))
		dead_check_challenge(change->name);
	return ret;
}

static int add(struct args *args)
{
	struct change change = { 0 };
	int ret = take_change(args, &change);

	if (!ret && !strcmp(change.name, POLICY_DEFAULT))
		ret = err_usage("policy \"default\" is built in; to change it use levee policy set default");
	if (!ret && change.service.dport.count && !change.service.proto.count)
		ret = err_usage("dport: ports need a protocol, as in \"proto tcp dport 80\"");
	if (!ret && !change.dst.count && !change.service.proto.count)
		ret = args_missing(args, "\"dst PREFIX[,PREFIX...]\" or \"proto PROTO[,PROTO...]\"");
	if (!ret)
		ret = send_change(&change, LEVEE_CMD_POLICY_ADD);
	free_change(&change);
	return ret;
}

static int set(struct args *args)
{
	struct change change = { 0 };
	int ret = take_change(args, &change);
	bool seen = false;
	int i;

	for (i = 0; i < PARAMS; i++)
		seen = seen || change.params[i].seen;
	if (!ret && !seen)
		ret = args_missing(args, "what to change");
	if (!ret)
		ret = send_change(&change, LEVEE_CMD_POLICY_SET);
	free_change(&change);
	return ret;
}

static int del(struct args *args)
{
	const char *name;
	int ret;

	ret = take_name(args, &name);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_POLICY_DEL);
	if (ret)
		return ret;
	nl_put_str(LEVEE_A_POLICY_NAME, name);
	return nl_do(NULL, NULL);
}

int policy_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
		{ "add", add },
		{ "set", set },
		{ "del", del },
		{ "match", match_run },
	};

	return args_command(args, commands,
			    sizeof(commands) / sizeof(commands[0]));
}
