// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration files: each thing is said once, and in order.
 *
 * Of two lines about the same limit the kernel would take the last; whoever
 * reads the file may have seen only the first.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "once.h"

#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "names.h"
#include "nl.h"
#include "policy.h"
#include "prefix.h"
#include "rate.h"

/**
 * struct thing - Something that a line was about.
 * @next: in its chain
 * @line: the line
 * @name: what it is, as in messages
 */
struct thing {
	struct thing *next;
	unsigned int line;
	char name[];
};

/* As many chains as things, so that a list may be long: a power of two. */
#define CHAINS_MIN 4096

static struct thing **chains;
static size_t chain_count;
static size_t thing_count;

static struct thing **chain_of(const char *name)
{
	uint32_t hash = 2166136261;

	/* FNV-1a; its user has chosen the names. */
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619;
	return &chains[hash % chain_count];
}

static void link_thing(struct thing *thing)
{
	struct thing **chain = chain_of(thing->name);

	thing->next = *chain;
	*chain = thing;
}

/* Makes more chains when there are as many things. */
static void make_chains(void)
{
	struct thing **old = chains, *thing, *next;
	size_t count = chain_count, i;

	if (thing_count < chain_count)
		return;
	chain_count = count ? 2 * count : CHAINS_MIN;
	chains = err_realloc(NULL, chain_count, sizeof(*chains));
	memset(chains, 0, chain_count * sizeof(*chains));
	for (i = 0; i < count; i++) {
		for (thing = old[i]; thing; thing = next) {
			next = thing->next;
			link_thing(thing);
		}
	}
	free(old);
}

/* Returns the line that is about it already, or 0. */
static unsigned int find(const char *name)
{
	struct thing *thing;

	if (!chain_count)
		return 0;
	for (thing = *chain_of(name); thing; thing = thing->next)
		if (!strcmp(thing->name, name))
			return thing->line;
	return 0;
}

static int add(const char *name, unsigned int line)
{
	unsigned int other = find(name);
	struct thing *thing;

	if (other)
		return err_usage("%s: line %u is about it already", name,
				 other);
	make_chains();
	thing = err_realloc(NULL, 1, sizeof(*thing) + strlen(name) + 1);
	strcpy(thing->name, name);
	thing->line = line;
	link_thing(thing);
	thing_count++;
	return EXIT_OK;
}

/* Is there a policy that a line can be about? */
static int check_policy(const char *policy)
{
	char name[LEVEE_NAME_MAX + 16];

	snprintf(name, sizeof(name), "policy \"%s\"", policy);
	if (!strcmp(policy, POLICY_DEFAULT) || find(name))
		return EXIT_OK;
	return err_usage("%s: no line before adds it", name);
}

static int check_flush(const char *policy, unsigned int line)
{
	char name[LEVEE_NAME_MAX + 32];
	unsigned int other;

	snprintf(name, sizeof(name), "limits of \"%s\"", policy);
	other = find(name);
	if (other)
		return err_usage("limit flush \"%s\": it would delete what line %u sets",
				 policy, other);
	snprintf(name, sizeof(name), "limit flush \"%s\"", policy);
	return add(name, line);
}

static int check_limit(const char *policy, const struct nlattr **tb,
		       unsigned int line)
{
	const struct per per = {
		.v4 = nl_u8(tb[LEVEE_A_LIMIT_PER_V4]),
		.v6 = nl_u8(tb[LEVEE_A_LIMIT_PER_V6]),
	};
	char name[LEVEE_NAME_MAX + 2 * RATE_STRLEN + 64], buf[RATE_STRLEN];

	snprintf(name, sizeof(name), "limits of \"%s\"", policy);
	if (!find(name))
		add(name, line);
	snprintf(name, sizeof(name), "limit \"%s %s per %s\" in %s", policy,
		 names_text(&names_class, nl_u32(tb[LEVEE_A_LIMIT_CLASS])),
		 rate_per_text(&per, buf),
		 names_text(&names_unit, nl_u32(tb[LEVEE_A_LIMIT_UNIT])));
	return add(name, line);
}

/* The prefixes of a list: the second line would take the first one's timeout. */
static int check_entries(const struct nlmsghdr *nlh, const char *list,
			 unsigned int line)
{
	char name[PREFIX_STRLEN + 32], text[PREFIX_STRLEN];
	const struct nlattr *tb[NL_TB_SIZE], *attr;
	struct prefix prefix;
	int ret = EXIT_OK;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_LIST_ENTRY)
			continue;
		nl_parse_nest(attr, tb);
		prefix_decode(tb[LEVEE_A_LIST_ENTRY_PREFIX], &prefix);
		snprintf(name, sizeof(name), "list %s \"%s\"", list,
			 prefix_text(&prefix, text));
		ret = add(name, line);
		if (ret)
			break;
	}
	return ret;
}

static int check_list(uint8_t cmd, const struct nlmsghdr *nlh,
		      const char *list, unsigned int line)
{
	char name[32];
	unsigned int other;

	snprintf(name, sizeof(name), "list \"%s\"", list);
	other = find(name);
	if (cmd == LEVEE_CMD_LIST_ADD) {
		if (!other)
			add(name, line);
		return check_entries(nlh, list, line);
	}
	if (other)
		return err_usage("list flush \"%s\": it would delete what line %u adds",
				 list, other);
	snprintf(name, sizeof(name), "list flush \"%s\"", list);
	return add(name, line);
}

static int check_ban(const struct nlattr **tb, unsigned int line)
{
	char name[PREFIX_STRLEN + 16], text[PREFIX_STRLEN];
	struct prefix prefix;

	prefix_decode(tb[LEVEE_A_BAN_PREFIX], &prefix);
	snprintf(name, sizeof(name), "source ban \"%s\"",
		 prefix_text(&prefix, text));
	return add(name, line);
}

static int check_hook(const struct nlattr **tb, unsigned int line)
{
	char name[IF_NAMESIZE + 16] = "hook prerouting", ifname[IF_NAMESIZE];
	uint32_t ifindex = nl_u32(tb[LEVEE_A_HOOK_IFINDEX]);

	if (ifindex)
		snprintf(name, sizeof(name), "hook dev \"%s\"",
			 if_indextoname(ifindex, ifname) ? ifname : "");
	return add(name, line);
}

/**
 * once_check - Complain if a request contradicts one of the lines before.
 * @nlh: the request
 * @line: line that it is from
 *
 * Return: enum exit_status.
 */
int once_check(const struct nlmsghdr *nlh, unsigned int line)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NL_TB_SIZE];
	char name[LEVEE_NAME_MAX + 16];
	const char *policy;
	int ret = EXIT_OK;

	nl_parse(nlh, tb);
	switch (genl->cmd) {
	case LEVEE_CMD_POLICY_ADD:
	case LEVEE_CMD_POLICY_SET:
		policy = nl_str(tb[LEVEE_A_POLICY_NAME]);
		if (genl->cmd == LEVEE_CMD_POLICY_SET)
			ret = check_policy(policy);
		snprintf(name, sizeof(name), "policy \"%s\"", policy);
		return ret ? ret : add(name, line);
	case LEVEE_CMD_LIMIT_SET:
	case LEVEE_CMD_LIMIT_DEL:
	case LEVEE_CMD_LIMIT_FLUSH:
		policy = nl_str(tb[LEVEE_A_LIMIT_POLICY]);
		ret = check_policy(policy);
		if (ret)
			return ret;
		return genl->cmd == LEVEE_CMD_LIMIT_FLUSH ?
		       check_flush(policy, line) :
		       check_limit(policy, tb, line);
	case LEVEE_CMD_LIST_ADD:
	case LEVEE_CMD_LIST_FLUSH:
		return check_list(genl->cmd, nlh,
				  names_text(&names_list_kind,
					     nl_u32(tb[LEVEE_A_LIST_LIST])),
				  line);
	case LEVEE_CMD_SOURCE_BAN:
		return check_ban(tb, line);
	case LEVEE_CMD_HOOK_ADD:
		return check_hook(tb, line);
	case LEVEE_CMD_REFLECT_SET:
		return add("reflect", line);
	case LEVEE_CMD_TABLE_SET:
		return add("table", line);
	default:
		return EXIT_OK;
	}
}

/**
 * once_forget - Forget all lines.
 */
void once_forget(void)
{
	struct thing *thing, *next;
	size_t i;

	for (i = 0; i < chain_count; i++) {
		for (thing = chains[i]; thing; thing = next) {
			next = thing->next;
			free(thing);
		}
	}
	free(chains);
	chains = NULL;
	chain_count = 0;
	thing_count = 0;
}
