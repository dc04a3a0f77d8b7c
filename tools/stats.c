// SPDX-License-Identifier: GPL-2.0
/*
 * Stats: counters per policy and class, and of the network namespace.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "age.h"
#include "challenge.h"
#include "err.h"
#include "fair.h"
#include "hook.h"
#include "limit.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "table.h"

/* More than there are reasons, or kinds of malformed packets. */
#define KINDS_MAX 16

const char stats_usage[] =
	"Usage: levee [-s] stats [ show [ policy POLICY ] ]\n"
	"Counts packets. With -s also bytes, kinds of malformed packets, and classes and\n"
	"reasons of which there were none. If a class is under attack, says since when.\n"
	"Of policies with a challenge: how many were sent and answered, RSTs that were no\n"
	"answers (failed), SYNs that were dropped without one (suppressed) or passed as\n"
	"they came again (retried), and since when sources are asked, or not now.\n"
	"Of limits that are shared fairly: what passed of late, what each source may\n"
	"send, how many send more, and whether proven ones come first; - if all get what\n"
	"they send.\n";

struct reason_stats {
	uint32_t reason;
	uint64_t dropped_packets;
	uint64_t dropped_bytes;
	uint64_t would_packets;
	uint64_t would_bytes;
};

struct class_stats {
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	uint64_t passed_packets;
	uint64_t passed_bytes;
	uint64_t attack_since;
	struct challenge challenge;
	struct reason_stats reason[KINDS_MAX];
	size_t reasons;
	struct reason_stats sum;
};

struct stats_list {
	struct class_stats *stats;
	size_t count;
};

struct total {
	uint64_t val[LEVEE_A_TOTAL_MAX + 1];
	uint64_t malformed[KINDS_MAX];
	uint32_t kind[KINDS_MAX];
	size_t kinds;
};

static void take_reason(const struct nlattr *nest, struct class_stats *stats)
{
	struct reason_stats *sum = &stats->sum, *reason;
	const struct nlattr *tb[NL_TB_SIZE];

	if (stats->reasons == KINDS_MAX)
		return;
	reason = &stats->reason[stats->reasons++];
	nl_parse_nest(nest, tb);
	reason->reason = nl_u32(tb[LEVEE_A_REASON_STATS_REASON]);
	reason->dropped_packets =
		nl_u64(tb[LEVEE_A_REASON_STATS_DROPPED_PACKETS]);
	reason->dropped_bytes = nl_u64(tb[LEVEE_A_REASON_STATS_DROPPED_BYTES]);
	reason->would_packets = nl_u64(tb[LEVEE_A_REASON_STATS_WOULD_PACKETS]);
	reason->would_bytes = nl_u64(tb[LEVEE_A_REASON_STATS_WOULD_BYTES]);
	sum->dropped_packets += reason->dropped_packets;
	sum->dropped_bytes += reason->dropped_bytes;
	sum->would_packets += reason->would_packets;
	sum->would_bytes += reason->would_bytes;
}

static int take_stats(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct stats_list *list = data;
	const struct nlattr *attr;
	struct class_stats *stats;

	list->stats = err_grow(list->stats, list->count, sizeof(*stats));
	stats = &list->stats[list->count++];
	memset(stats, 0, sizeof(*stats));
	nl_parse(nlh, tb);
	snprintf(stats->policy, sizeof(stats->policy), "%s",
		 nl_str(tb[LEVEE_A_STATS_POLICY]));
	stats->class = nl_u32(tb[LEVEE_A_STATS_CLASS]);
	stats->passed_packets = nl_u64(tb[LEVEE_A_STATS_PASSED_PACKETS]);
	stats->passed_bytes = nl_u64(tb[LEVEE_A_STATS_PASSED_BYTES]);
	stats->attack_since = nl_u64(tb[LEVEE_A_STATS_ATTACK_SINCE]);
	challenge_decode(tb[LEVEE_A_STATS_CHALLENGE], &stats->challenge);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == LEVEE_A_STATS_REASONS)
			take_reason(attr, stats);
	return 0;
}

static void forget(void *data)
{
	struct stats_list *list = data;

	list->count = 0;
}

static int load_stats(struct stats_list *list, const char *policy)
{
	int ret = nl_begin(LEVEE_CMD_STATS_GET);

	if (ret)
		return ret;
	if (policy)
		nl_put_str(LEVEE_A_STATS_POLICY, policy);
	return nl_dump(take_stats, forget, list);
}

static int take_total(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE], *kind[NL_TB_SIZE];
	struct total *total = data;
	const struct nlattr *attr;
	size_t i;

	nl_parse(nlh, tb);
	for (i = 0; i <= LEVEE_A_TOTAL_MAX; i++)
		total->val[i] = nl_u64(tb[i]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_TOTAL_MALFORMED ||
		    total->kinds == KINDS_MAX)
			continue;
		nl_parse_nest(attr, kind);
		i = total->kinds++;
		total->kind[i] =
			nl_u32(kind[LEVEE_A_MALFORMED_STATS_MALFORMED]);
		total->malformed[i] =
			nl_u64(kind[LEVEE_A_MALFORMED_STATS_PACKETS]);
	}
	return 0;
}

static int load_total(struct total *total)
{
	int ret = nl_begin(LEVEE_CMD_TOTAL_GET);

	return ret ? ret : nl_do(take_total, total);
}

/* Heads of the columns that say for which reason, and whether they are shown. */
static char reason_head[KINDS_MAX][32];
static bool reason_shown[KINDS_MAX];

/* What there was nothing of would only make the table too wide to be read. */
static void choose_reasons(const struct stats_list *list)
{
	const struct class_stats *stats;
	size_t i, j;

	for (i = 0; i < KINDS_MAX; i++)
		reason_shown[i] = out_stats;
	for (i = 0; i < list->count; i++) {
		stats = &list->stats[i];
		for (j = 0; j < stats->reasons; j++)
			if (stats->reason[j].reason < KINDS_MAX &&
			    (stats->reason[j].dropped_packets ||
			     stats->reason[j].would_packets))
				reason_shown[stats->reason[j].reason] = true;
	}
}

/* @attacked: of one class, at least, there is an attack. */
static void open_table(bool attacked)
{
	size_t i, c;

	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("PASSED", 1);
	table_column("WOULD", 1);
	table_column("DROPPED", 1);
	for (i = LEVEE_REASON_NONE + 1; i < names_reason.count; i++) {
		if (!reason_shown[i])
			continue;
		snprintf(reason_head[i], sizeof(reason_head[i]), "%s",
			 names_text(&names_reason, i));
		for (c = 0; reason_head[i][c]; c++)
			reason_head[i][c] = toupper(reason_head[i][c]);
		table_column(reason_head[i], 1);
	}
	if (out_stats) {
		table_column("PASSED-BYTES", 1);
		table_column("WOULD-BYTES", 1);
		table_column("DROPPED-BYTES", 1);
	}
	if (attacked)
		table_column("ATTACK-BEGAN", 0);
}

static bool any_attacked(const struct stats_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->stats[i].attack_since)
			return true;
	return false;
}

static void print_attack(uint64_t since, bool attacked)
{
	char text[AGE_STRLEN];

	if (since)
		out_u64(OUT_JSON, "attack-since", NULL, since);
	if (!attacked)
		return;
	if (!since)
		table_text("-");
	else
		table_text(out_stats ? age_date(since, text) :
				       age_text(since, text));
}

static void print_reasons(const struct class_stats *stats)
{
	const struct reason_stats *reason;
	size_t i;

	out_array_open("reasons");
	for (i = 0; i < stats->reasons; i++) {
		reason = &stats->reason[i];
		out_object_open(NULL);
		out_str(OUT_JSON, "reason", NULL,
			names_text(&names_reason, reason->reason));
		out_u64(OUT_JSON, "dropped-packets", NULL,
			reason->dropped_packets);
		out_u64(OUT_JSON, "dropped-bytes", NULL,
			reason->dropped_bytes);
		out_u64(OUT_JSON, "would-packets", NULL,
			reason->would_packets);
		out_u64(OUT_JSON, "would-bytes", NULL, reason->would_bytes);
		out_object_close();
	}
	out_array_close();
}

/* A policy is in one mode at a time, so dropped and would share a column. */
static void tabulate_reasons(const struct class_stats *stats)
{
	uint64_t sum[KINDS_MAX] = { 0 };
	const struct reason_stats *reason;
	size_t i;

	for (i = 0; i < stats->reasons; i++) {
		reason = &stats->reason[i];
		if (reason->reason < KINDS_MAX)
			sum[reason->reason] = reason->dropped_packets +
					      reason->would_packets;
	}
	for (i = LEVEE_REASON_NONE + 1; i < names_reason.count; i++)
		if (reason_shown[i])
			table_number(sum[i]);
}

static void print_stats(const struct class_stats *stats, bool attacked)
{
	const struct reason_stats *sum = &stats->sum;

	if (!out_json && !out_stats && !stats->passed_packets &&
	    !sum->dropped_packets && !sum->would_packets)
		return;
	out_object_open(NULL);
	table_str("policy", stats->policy);
	table_str("class", names_text(&names_class, stats->class));
	table_u64("passed-packets", stats->passed_packets);
	table_number(sum->would_packets);
	table_number(sum->dropped_packets);
	tabulate_reasons(stats);
	if (out_json || out_stats)
		table_u64("passed-bytes", stats->passed_bytes);
	if (out_stats) {
		table_number(sum->would_bytes);
		table_number(sum->dropped_bytes);
	}
	print_attack(stats->attack_since, attacked);
	challenge_out(&stats->challenge);
	print_reasons(stats);
	out_object_close();
}

static void print_malformed(const struct total *total)
{
	size_t i;

	out_array_open("malformed");
	if (out_stats)
		out_text("\nmalformed");
	for (i = 0; i < total->kinds; i++) {
		out_object_open(NULL);
		out_str(OUT_JSON, "malformed", NULL,
			names_text(&names_malformed, total->kind[i]));
		out_u64(OUT_JSON, "packets", NULL, total->malformed[i]);
		if (out_stats)
			out_text(" %s %" PRIu64,
				 names_text(&names_malformed, total->kind[i]),
				 total->malformed[i]);
		out_object_close();
	}
	out_array_close();
}

static void print_counter(const struct total *total, const char *name,
			  unsigned int packets, unsigned int bytes)
{
	char key[32];

	snprintf(key, sizeof(key), "%s%spackets", name, *name ? "-" : "");
	out_text("%s%-9s", *name ? "\n" : "", *name ? name : "judged");
	out_u64(OUT_ANY, key, " %" PRIu64 " packets", total->val[packets]);
	if (!bytes || (!out_json && !out_stats))
		return;
	snprintf(key, sizeof(key), "%s%sbytes", name, *name ? "-" : "");
	out_u64(OUT_ANY, key, " %" PRIu64 " bytes", total->val[bytes]);
}

static void print_total(const struct total *total)
{
	const uint64_t *val = total->val;

	out_object_open("total");
	print_counter(total, "", LEVEE_A_TOTAL_PACKETS, LEVEE_A_TOTAL_BYTES);
	print_counter(total, "dropped", LEVEE_A_TOTAL_DROPPED_PACKETS,
		      LEVEE_A_TOTAL_DROPPED_BYTES);
	print_counter(total, "would", LEVEE_A_TOTAL_WOULD_PACKETS,
		      LEVEE_A_TOTAL_WOULD_BYTES);
	print_counter(total, "exempt", LEVEE_A_TOTAL_EXEMPT_PACKETS, 0);
	print_malformed(total);
	out_u64(OUT_ANY, "slots", "\nmeters    %" PRIu64 " slots",
		val[LEVEE_A_TOTAL_SLOTS]);
	out_u64(OUT_ANY, "overflow-packets", " %" PRIu64 " overflow packets",
		val[LEVEE_A_TOTAL_OVERFLOW_PACKETS]);
	out_u64(OUT_ANY, "sources", "\nsources   %" PRIu64,
		val[LEVEE_A_TOTAL_SOURCES]);
	out_u64(OUT_ANY, "sources-max", " of %" PRIu64,
		val[LEVEE_A_TOTAL_SOURCES_MAX]);
	out_u64(OUT_ANY, "sources-evicted", " evicted %" PRIu64,
		val[LEVEE_A_TOTAL_SOURCES_EVICTED]);
	out_u64(OUT_ANY, "sources-missed", " missed %" PRIu64 "\n",
		val[LEVEE_A_TOTAL_SOURCES_MISSED]);
	out_object_close();
}

static int show(struct args *args)
{
	const char *policy = NULL;
	struct param params[] = {
		{ "policy", "POLICY", args_name, &policy, false },
	};
	struct stats_list list = { 0 };
	struct limit_list limits = { 0 };
	struct hook_list hooks = { 0 };
	struct total total = { 0 };
	bool attacked;
	size_t i;
	int ret;

	ret = args_params(args, params, 1);
	if (!ret)
		ret = hook_load(&hooks);
	if (!ret)
		ret = load_stats(&list, policy);
	if (!ret)
		ret = limit_load(&limits, policy);
	if (!ret && !policy)
		ret = load_total(&total);
	if (!ret) {
		out_object_open(NULL);
		out_array_open("stats");
		attacked = any_attacked(&list);
		choose_reasons(&list);
		open_table(attacked);
		for (i = 0; i < list.count; i++)
			print_stats(&list.stats[i], attacked);
		table_close();
		out_array_close();
		for (i = 0; i < list.count; i++)
			challenge_out_counts(list.stats[i].policy,
					     &list.stats[i].challenge);
		fair_show(&limits);
		if (!policy)
			print_total(&total);
		out_object_close();
		if (!hooks.count && !out_json)
			err_warn("there is no hook: nothing is looked at; try: levee hook add dev DEV");
	}
	free(limits.limit);
	free(hooks.hook);
	free(list.stats);
	return ret;
}

int stats_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
	};

	return args_command(args, commands, 1);
}
