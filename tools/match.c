// SPDX-License-Identifier: GPL-2.0
/*
 * Which policy decides about a packet, and why.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "match.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "ban.h"
#include "err.h"
#include "limit.h"
#include "list.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "prefix.h"
#include "service.h"

/* What was asked about, and which of it was given. */
struct question {
	struct prefix daddr;
	struct prefix saddr;
	uint8_t proto;
	uint16_t dport;
	struct param params[3];
};

static int parse_addr(const char *key, const char *text, void *prefix)
{
	struct prefix *to = prefix;
	int ret = prefix_parse(key, text, to);

	if (!ret && (to->len != to->bits || strchr(text, '/')))
		ret = err_usage("%s \"%s\": expected one address", key, text);
	return ret;
}

static int take_question(struct args *args, struct question *q)
{
	const char *addr;
	int ret;

	q->params[0] = (struct param){ "proto", PROTO_NAMES, proto_parse,
		&q->proto, false };
	q->params[1] = (struct param){ "dport", "PORT", port_parse, &q->dport,
		false };
	q->params[2] = (struct param){ "from", "ADDR", parse_addr, &q->saddr,
		false };
	ret = args_take(args, "ADDR", &addr);
	if (!ret)
		ret = parse_addr("match", addr, &q->daddr);
	if (!ret)
		ret = args_params(args, q->params, 3);
	if (!ret && q->params[1].seen && !q->params[0].seen)
		ret = err_usage("dport: a port needs a protocol, as in \"proto tcp dport %u\"",
				q->dport);
	if (!ret && q->params[2].seen && q->saddr.bits != q->daddr.bits)
		ret = err_usage("from: an address of the other family never sends there");
	return ret;
}

static void print_why(const struct nlattr **tb, const struct question *q)
{
	char text[PREFIX_STRLEN], proto[PROTO_STRLEN], range[PORTS_STRLEN];
	struct prefix prefix;
	struct ports ports;

	if (!tb[LEVEE_A_MATCH_PREFIX] && !tb[LEVEE_A_MATCH_BY_PROTO]) {
		out_text("    because no other policy matches\n");
		return;
	}
	out_text("    because of");
	if (tb[LEVEE_A_MATCH_PREFIX]) {
		prefix_decode(tb[LEVEE_A_MATCH_PREFIX], &prefix);
		out_text(" dst %s", prefix_text(&prefix, text));
		prefix_out("prefix", &prefix);
	}
	if (tb[LEVEE_A_MATCH_BY_PROTO]) {
		out_text(" proto %s", proto_text(q->proto, proto));
		out_flag("by-proto");
	}
	if (tb[LEVEE_A_MATCH_BY_DPORT]) {
		ports_decode(tb[LEVEE_A_MATCH_BY_DPORT], &ports);
		out_text(" dport %s", ports_text(&ports, range));
		ports_out("by-dport", &ports);
	}
	out_text("\n");
}

static void print_limits(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct nlattr *attr;
	struct limit limit;

	out_array_open("limits");
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_MATCH_LIMITS)
			continue;
		nl_parse_nest(attr, tb);
		limit_decode(tb, &limit);
		out_text("    limit ");
		limit_print(&limit);
	}
	out_array_close();
}

static void print_passed_over(const struct nlmsghdr *nlh, uint32_t count)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct nlattr *attr;
	char text[PREFIX_STRLEN];
	struct prefix prefix;
	uint32_t why;

	out_array_open("passed-over");
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_MATCH_PASSED_OVER)
			continue;
		nl_parse_nest(attr, tb);
		out_object_open(NULL);
		out_str(OUT_ANY, "policy", "    not %s",
			nl_str(tb[LEVEE_A_PASSED_OVER_POLICY]));
		if (tb[LEVEE_A_PASSED_OVER_PREFIX]) {
			prefix_decode(tb[LEVEE_A_PASSED_OVER_PREFIX], &prefix);
			out_text(" dst %s", prefix_text(&prefix, text));
			prefix_out("prefix", &prefix);
		}
		why = nl_u32(tb[LEVEE_A_PASSED_OVER_WHY]);
		out_str(OUT_JSON, "why", NULL,
			names_text(&names_mismatch, why));
		out_text(": it is for other %s\n",
			 why == LEVEE_MISMATCH_PROTO ? "protocols" : "ports");
		out_object_close();
		count--;
	}
	out_array_close();
	if (count)
		out_text("    nor %" PRIu32 " more\n", count);
}

/* What a list or a ban decides before the policy. */
static void print_source(const struct nlattr **tb)
{
	bool enforced = nl_u32(tb[LEVEE_A_MATCH_MODE]) == LEVEE_MODE_ENFORCE;
	const char *dropped = enforced ? "dropped" : "would be dropped";
	uint32_t list = nl_u32(tb[LEVEE_A_MATCH_LIST]);
	const char *name = names_text(&names_list_kind, list);

	if (tb[LEVEE_A_MATCH_LIST] && tb[LEVEE_A_MATCH_ENTRY]) {
		out_str(OUT_JSON, "list", NULL, name);
		out_text("%s: source in list %s,",
			 list == LEVEE_LIST_KIND_ALLOW ? "passes" : dropped,
			 name);
		list_print_entry("entry", tb[LEVEE_A_MATCH_ENTRY]);
	} else if (tb[LEVEE_A_MATCH_BAN]) {
		out_text("%s: source banned,", dropped);
		ban_print_match("ban", tb[LEVEE_A_MATCH_BAN]);
	}
}

static int take_answer(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct question *q = data;
	char text[PREFIX_STRLEN];
	uint32_t count;

	nl_parse(nlh, tb);
	count = nl_u32(tb[LEVEE_A_MATCH_PASSED_OVER_COUNT]);
	out_object_open(NULL);
	out_str(OUT_JSON, "daddr", NULL, prefix_addr_text(&q->daddr, text));
	if (q->params[2].seen)
		out_str(OUT_JSON, "saddr", NULL,
			prefix_addr_text(&q->saddr, text));
	if (q->params[0].seen)
		out_u64(OUT_JSON, "proto", NULL, q->proto);
	if (q->params[1].seen)
		out_u64(OUT_JSON, "dport", NULL, q->dport);
	print_source(tb);
	out_str(OUT_ANY, "policy", "policy %s",
		nl_str(tb[LEVEE_A_MATCH_POLICY]));
	out_str(OUT_ANY, "mode", " mode %s\n",
		names_text(&names_mode, nl_u32(tb[LEVEE_A_MATCH_MODE])));
	print_why(tb, q);
	print_limits(nlh);
	print_passed_over(nlh, count);
	out_u64(OUT_JSON, "passed-over-count", NULL, count);
	out_object_close();
	return 0;
}

/**
 * match_run - Show which policy decides about a packet.
 * @args: ADDR and what may follow
 *
 * Return: enum exit_status.
 */
int match_run(struct args *args)
{
	struct question q = { 0 };
	int ret = take_question(args, &q);

	if (!ret)
		ret = nl_begin(LEVEE_CMD_POLICY_MATCH);
	if (ret)
		return ret;
	nl_put(LEVEE_A_MATCH_DADDR, q.daddr.addr, q.daddr.bits / 8);
	if (q.params[2].seen)
		nl_put(LEVEE_A_MATCH_SADDR, q.saddr.addr, q.saddr.bits / 8);
	if (q.params[0].seen)
		nl_put_u8(LEVEE_A_MATCH_PROTO, q.proto);
	if (q.params[1].seen)
		nl_put(LEVEE_A_MATCH_DPORT, &q.dport, sizeof(q.dport));
	return nl_do(take_answer, &q);
}
