// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says when it refuses a netlink request.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "nlerr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "names.h"
#include "nl.h"
#include "prefix.h"
#include "rate.h"
#include "service.h"

/**
 * nlerr_code - Error number in a message that ends a reply.
 * @reply: message of type NLMSG_ERROR or NLMSG_DONE
 *
 * Return: errno value, 0 if the request succeeded.
 */
int nlerr_code(const struct nlmsghdr *reply)
{
	int code;

	if (mnl_nlmsg_get_payload_len(reply) < sizeof(code))
		return reply->nlmsg_type == NLMSG_ERROR ? EBADMSG : 0;
	memcpy(&code, mnl_nlmsg_get_payload(reply), sizeof(code));
	return code < 0 ? -code : code;
}

/* Where the kernel's own attributes begin behind the error number. */
static size_t tlv_offset(const struct nlmsghdr *reply)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(reply);

	if (reply->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (mnl_nlmsg_get_payload_len(reply) < sizeof(*err))
		return mnl_nlmsg_get_payload_len(reply);
	if (reply->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*err);
	return sizeof(err->error) + err->msg.nlmsg_len;
}

static void parse_tlvs(const struct nlmsghdr *reply, const struct nlattr **tb)
{
	size_t offset = MNL_ALIGN(tlv_offset(reply));
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * NL_TB_SIZE);
	if (!(reply->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    offset >= mnl_nlmsg_get_payload_len(reply))
		return;
	mnl_attr_for_each(attr, reply, offset)
		if (mnl_attr_get_type(attr) < NL_TB_SIZE)
			tb[mnl_attr_get_type(attr)] = attr;
}

/* The attribute of the request that holds byte @offset of it, or NULL. */
static const struct nlattr *find_attr(const struct nlmsghdr *request,
				      uint32_t offset)
{
	const char *at = (const char *)request + offset;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, request, sizeof(struct genlmsghdr))
		if (at >= (const char *)attr &&
		    at < (const char *)attr + attr->nla_len)
			return attr;
	return NULL;
}

/* Attributes that the command line has under another name. */
static const struct {
	const char *attr;
	const char *keyword;
} keywords[] = {
	{ "ban-min", "ban" },
	{ "ban-max", "ban" },
	{ "mark-mask", "mark" },
	{ "per-v4", "per" },
	{ "per-v6", "per" },
};

static const char *keyword(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strcmp(name, keywords[i].attr))
			return keywords[i].keyword;
	return name;
}

/* Which limit it is that is not there: much of that is left to defaults. */
static void describe_limit(const struct nlmsghdr *request, char *buf,
			   size_t size)
{
	const struct nlattr *tb[NL_TB_SIZE];
	char text[RATE_STRLEN];
	struct per per;

	nl_parse(request, tb);
	per.v4 = nl_u8(tb[LEVEE_A_LIMIT_PER_V4]);
	per.v6 = nl_u8(tb[LEVEE_A_LIMIT_PER_V6]);
	snprintf(buf, size, " (limit \"%s %s per %s\" in %s)",
		 nl_str(tb[LEVEE_A_LIMIT_POLICY]),
		 names_text(&names_class, nl_u32(tb[LEVEE_A_LIMIT_CLASS])),
		 rate_per_text(&per, text),
		 names_text(&names_unit, nl_u32(tb[LEVEE_A_LIMIT_UNIT])));
}

static void describe_attr(uint8_t cmd, const struct nlattr *attr, char *buf,
			  size_t size)
{
	const char *name = names_attr(cmd, mnl_attr_get_type(attr));
	const struct nlattr *tb[NL_TB_SIZE];
	char text[PREFIX_STRLEN];
	struct prefix prefix;
	struct ports ports;

	if (!name)
		return;
	if (!strcmp(name, "dport") && attr->nla_type & NLA_F_NESTED) {
		ports_decode(attr, &ports);
		snprintf(buf, size, " (%s %s)", name, ports_text(&ports, text));
	} else if (attr->nla_type & NLA_F_NESTED) {
		if (!strcmp(name, "entry")) {
			nl_parse_nest(attr, tb);
			attr = tb[LEVEE_A_LIST_ENTRY_PREFIX];
		}
		prefix_decode(attr, &prefix);
		snprintf(buf, size, " (%s %s)", name,
			 prefix_text(&prefix, text));
	} else if (!strcmp(name, "name") || !strcmp(name, "policy")) {
		snprintf(buf, size, " (%s \"%s\")", name, nl_str(attr));
	} else {
		snprintf(buf, size, " (%s)", keyword(name));
	}
}

/**
 * nlerr_cookie - Number by which the kernel says what is to blame.
 * @reply: message of type NLMSG_ERROR with an error number
 * @cookie: set to the number
 *
 * Return: true if there is one.
 */
bool nlerr_cookie(const struct nlmsghdr *reply, uint64_t *cookie)
{
	const struct nlattr *tb[NL_TB_SIZE];

	parse_tlvs(reply, tb);
	*cookie = nl_u64(tb[NLMSGERR_ATTR_COOKIE]);
	return tb[NLMSGERR_ATTR_COOKIE];
}

/**
 * nlerr_report - Tell the user why the kernel refused a request.
 * @request: what was sent
 * @reply: message of type NLMSG_ERROR or NLMSG_DONE with an error number
 *
 * Return: EXIT_REFUSED.
 */
int nlerr_report(const struct nlmsghdr *request, const struct nlmsghdr *reply)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);
	const struct nlattr *tb[NL_TB_SIZE];
	int code = nlerr_code(reply);
	const struct nlattr *attr = NULL;
	const char *name = NULL;
	char where[128] = "";
	const char *msg;

	parse_tlvs(reply, tb);
	msg = nl_str(tb[NLMSGERR_ATTR_MSG]);
	if (tb[NLMSGERR_ATTR_OFFS])
		attr = find_attr(request, nl_u32(tb[NLMSGERR_ATTR_OFFS]));
	if (attr)
		describe_attr(genl->cmd, attr, where, sizeof(where));
	else if (genl->cmd == LEVEE_CMD_LIMIT_DEL && code == ENOENT)
		describe_limit(request, where, sizeof(where));
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		name = names_attr(genl->cmd, nl_u32(tb[NLMSGERR_ATTR_MISS_TYPE]));
	if (name)
		snprintf(where, sizeof(where), " (%s is missing)", name);
	if (code == EPERM)
		return err_refused("%s%s: this needs CAP_NET_ADMIN in the user namespace that owns the network namespace (try: sudo levee ...)",
				   *msg ? msg : strerror(code), where);
	return err_refused("%s%s", *msg ? msg : strerror(code), where);
}
