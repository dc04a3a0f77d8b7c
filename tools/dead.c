// SPDX-License-Identifier: GPL-2.0
/*
 * Limits and challenges that no packet can meet.
 *
 * The kernel takes a limit for fragments in a policy for ports, as the policy may
 * be changed later; whoever wrote it should know that it does nothing. Likewise a
 * challenge in a policy without TCP.
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
	case LEVEE_CLASS_TCP_STRAY:
		return proto == IPPROTO_TCP;
	case LEVEE_CLASS_UDP:
		return proto == IPPROTO_UDP;
	case LEVEE_CLASS_REFLECT:
		return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
		       proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
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

static void warn_challenge(const char *policy)
{
	err_warn("warning: challenge of policy \"%s\": no SYN can match this policy",
		 policy);
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

/**
 * dead_check_challenge - Warn about a policy that was set, if it challenges nobody.
 * @policy: its name
 */
void dead_check_challenge(const char *policy)
{
	struct policy_list list = { 0 };

	if (strcmp(policy, POLICY_DEFAULT) && !policy_load(&list, policy) &&
	    list.count && list.policy[0].challenge.above &&
	    is_dead(LEVEE_CLASS_SYN, &list.policy[0].service))
		warn_challenge(policy);
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

static bool is_dead_class(const struct nlmsghdr *policy, uint32_t class)
{
	struct service service = { 0 };
	bool dead;

	service_decode(policy, &service);
	dead = is_dead(class, &service);
	service_free(&service);
	return dead;
}

static bool is_dead_limit(const struct script *script, size_t i,
			  const char *policy, uint32_t class)
{
	const struct nlmsghdr *nlh = NULL;

	if (class != LEVEE_CLASS_ANY && strcmp(policy, POLICY_DEFAULT))
		nlh = find_policy(script, i, policy);
	return nlh && is_dead_class(nlh, class);
}

/* Warns if one request does nothing; true if it did. */
static bool check_request(const struct script *script, size_t i)
{
	const struct nlmsghdr *nlh = script_request(script, i);
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NL_TB_SIZE];
	const char *policy;
	uint32_t class;

	nl_parse(nlh, tb);
	if (genl->cmd == LEVEE_CMD_POLICY_ADD &&
	    tb[LEVEE_A_POLICY_CHALLENGE] &&
	    is_dead_class(nlh, LEVEE_CLASS_SYN)) {
		warn_challenge(nl_str(tb[LEVEE_A_POLICY_NAME]));
		return true;
	}
	if (genl->cmd != LEVEE_CMD_LIMIT_SET)
		return false;
	policy = nl_str(tb[LEVEE_A_LIMIT_POLICY]);
	class = nl_u32(tb[LEVEE_A_LIMIT_CLASS]);
	if (!is_dead_limit(script, i, policy, class))
		return false;
	warn(policy, class);
	return true;
}

/**
 * dead_check - Warn about what no packet can meet of a file.
 * @script: the file, which is right
 */
void dead_check(const struct script *script)
{
	struct err_place before;
	unsigned int shown = 0;
	size_t i;

	for (i = 0; i < script->count && shown < WARNINGS_SHOWN; i++) {
		before = err_at(script->name, script->request[i].line);
		shown += check_request(script, i);
		err_at(before.file, before.line);
	}
}
