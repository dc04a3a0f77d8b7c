// SPDX-License-Identifier: GPL-2.0
/*
 * Limits that no packet can meet.
 *
 * The kernel takes a limit for fragments in a policy for ports, as the policy may
 * be changed later; whoever wrote it should know that it does nothing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "dead.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "names.h"
#include "nl.h"
#include "policy.h"
#include "script.h"

/* Warnings about one file that are shown. */
#define WARNINGS_SHOWN 20

/* Whether a packet of this protocol may be of the class. */
static bool may_be(uint32_t class, uint8_t proto)
{
	switch (class) {
	case LEVEE_CLASS_SYN:
	case LEVEE_CLASS_TCP:
		return proto == IPPROTO_TCP;
	case LEVEE_CLASS_UDP:
		return proto == IPPROTO_UDP;
	case LEVEE_CLASS_REFLECT:
		return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
	case LEVEE_CLASS_ICMP:
		return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
	/* ICMP over IPv6, and the other way round, is of this class. */
	case LEVEE_CLASS_OTHER:
		return proto != IPPROTO_TCP && proto != IPPROTO_UDP;
	default:
		return true;
	}
}

static bool is_dead(uint32_t class, const struct service *service)
{
	size_t i;

	/* Fragments but the first have no ports. */
	if (class == LEVEE_CLASS_FRAG)
		return service->dport.count;
	for (i = 0; i < service->proto.count; i++)
		if (may_be(class, service->proto.proto[i]))
			return false;
	return service->proto.count;
}

static void warn(const char *policy, uint32_t class)
{
	err_warn("warning: limit \"%s %s\": no such packet can match this policy",
		 policy, names_text(&names_class, class));
}

/**
 * dead_check_limit - Warn about a limit that was set, if no packet can meet it.
 * @policy: the policy that it is in
 * @class: enum levee_class
 */
void dead_check_limit(const char *policy, uint32_t class)
{
	struct policy_list list = { 0 };

	if (class != LEVEE_CLASS_ANY && strcmp(policy, POLICY_DEFAULT) &&
	    !policy_load(&list, policy) && list.count &&
	    is_dead(class, &list.policy[0].service))
		warn(policy, class);
	policy_free(&list);
}

/* The line before that made the policy of a limit; NULL for what is built in. */
static const struct nlmsghdr *find_policy(const struct script *script, size_t i,
					  const char *name)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct genlmsghdr *genl;
	const struct nlmsghdr *nlh;

	while (i--) {
		nlh = script_request(script, i);
		genl = mnl_nlmsg_get_payload(nlh);
		if (genl->cmd != LEVEE_CMD_POLICY_ADD)
			continue;
		nl_parse(nlh, tb);
		if (!strcmp(nl_str(tb[LEVEE_A_POLICY_NAME]), name))
			return nlh;
	}
	return NULL;
}

static bool is_dead_request(const struct script *script, size_t i,
			    const char *policy, uint32_t class)
{
	const struct nlmsghdr *nlh = NULL;
	struct service service = { 0 };
	bool dead;

	if (class != LEVEE_CLASS_ANY && strcmp(policy, POLICY_DEFAULT))
		nlh = find_policy(script, i, policy);
	if (!nlh)
		return false;
	service_decode(nlh, &service);
	dead = is_dead(class, &service);
	service_free(&service);
	return dead;
}

/**
 * dead_check - Warn about limits of a file that no packet can meet.
 * @script: the file, which is right
 */
void dead_check(const struct script *script)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct genlmsghdr *genl;
	const struct nlmsghdr *nlh;
	struct err_place before;
	unsigned int shown = 0;
	const char *policy;
	uint32_t class;
	size_t i;

	for (i = 0; i < script->count && shown < WARNINGS_SHOWN; i++) {
		nlh = script_request(script, i);
		genl = mnl_nlmsg_get_payload(nlh);
		if (genl->cmd != LEVEE_CMD_LIMIT_SET)
			continue;
		nl_parse(nlh, tb);
		policy = nl_str(tb[LEVEE_A_LIMIT_POLICY]);
		class = nl_u32(tb[LEVEE_A_LIMIT_CLASS]);
		if (!is_dead_request(script, i, policy, class))
			continue;
		before = err_at(script->name, script->request[i].line);
		warn(policy, class);
		err_at(before.file, before.line);
		shown++;
	}
}
