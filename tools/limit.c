// SPDX-License-Identifier: GPL-2.0
/*
 * Limits: how much a source may send, per policy and class of packets.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dead.h"
#include "err.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"

const char limit_usage[] =
	"Usage: levee limit set POLICY CLASS rate RATE [ burst BURST ] [ per LEN[,LEN6] ]\n"
	"                       [ mark MARK[/MASK] | ban TIME [ ban-unproven ] ]\n"
	"                       [ fair [ fair-per LEN[,LEN6] ] ]\n"
	"       levee limit del POLICY CLASS [ unit UNIT ] [ per LEN[,LEN6] ]\n"
	"       levee limit flush POLICY\n"
	"       levee [-s] limit [ show [ POLICY ] ]\n"
	"CLASS := { any | syn | tcp | udp | reflect | icmp | frag | other | tcp-stray }\n"
	"RATE := packets per second, minute, hour or day: 50/s, 20k/s, 100/m, 1k/d;\n"
	"        or bits per second: 20mbit, 2.5gbit (kbit, mbit, gbit, tbit; 1kbit is\n"
	"        1000 bits)\n"
	"BURST := packets that may arrive at once: 100, 20k; bytes if RATE is in bits\n"
	"UNIT := { packets | bits }: which limit, if there are both; default packets\n"
	"LEN, LEN6 := source prefix length for IPv4 and IPv6, or none; default 32,64\n"
	"             (per 0: all sources together)\n"
	"MARK, MASK := do not drop what is over the limit, but set these bits of its\n"
	"              mark: 0x10, 0x10/0xff\n"
	"TIME := ban who exceeds the limit, as in 10m; or FIRST..LONGEST, as in 60s..1h:\n"
	"        twice as long with each relapse. Only sources that were shown to be\n"
	"        real, as they have exchanged data over TCP, unless ban-unproven\n"
	"fair := with per 0: while all sources together exceed the limit, none passes\n"
	"        more than an allowance that is the same for all, and who sends less\n"
	"        loses nothing; fair-per says who has one share; default 32,64\n"
	"What nobody asked for is of class reflect, and TCP without a connection of class\n"
	"tcp-stray: see levee help reflect.\n";

/**
 * limit_decode - Read a limit that the kernel sent.
 * @tb: attributes LEVEE_A_LIMIT
 * @limit: where to store it
 */
void limit_decode(const struct nlattr **tb, struct limit *limit)
{
	snprintf(limit->policy, sizeof(limit->policy), "%s",
		 nl_str(tb[LEVEE_A_LIMIT_POLICY]));
	limit->id = nl_u32(tb[LEVEE_A_LIMIT_ID]);
	limit->class = nl_u32(tb[LEVEE_A_LIMIT_CLASS]);
	limit->per.v4 = nl_u8(tb[LEVEE_A_LIMIT_PER_V4]);
	limit->per.v6 = nl_u8(tb[LEVEE_A_LIMIT_PER_V6]);
	limit->rate.amount = nl_u64(tb[LEVEE_A_LIMIT_RATE]);
	limit->rate.period = nl_u32(tb[LEVEE_A_LIMIT_PERIOD]);
	limit->rate.unit = nl_u32(tb[LEVEE_A_LIMIT_UNIT]);
	limit->burst = nl_u32(tb[LEVEE_A_LIMIT_BURST]);
	limit->over_packets = nl_u64(tb[LEVEE_A_LIMIT_OVER_PACKETS]);
	limit->overflow_packets = nl_u64(tb[LEVEE_A_LIMIT_OVERFLOW_PACKETS]);
	limit->mark.mark = nl_u32(tb[LEVEE_A_LIMIT_MARK]);
	limit->mark.mask = nl_u32(tb[LEVEE_A_LIMIT_MARK_MASK]);
	limit->marked_packets = nl_u64(tb[LEVEE_A_LIMIT_MARKED_PACKETS]);
	limit->ban.min = nl_u32(tb[LEVEE_A_LIMIT_BAN_MIN]);
	limit->ban.max = nl_u32(tb[LEVEE_A_LIMIT_BAN_MAX]);
	limit->ban_unproven = tb[LEVEE_A_LIMIT_BAN_UNPROVEN];
	fair_decode(tb, &limit->fair);
	prefix_decode(tb[LEVEE_A_LIMIT_SOURCE], &limit->source);
}

static int take_limit(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct limit_list *list = data;
	struct limit *limit;

	list->limit = err_grow(list->limit, list->count, sizeof(*limit));
	limit = &list->limit[list->count++];
	nl_parse(nlh, tb);
	limit_decode(tb, limit);
	return 0;
}

static void forget(void *data)
{
	struct limit_list *list = data;

	list->count = 0;
}

/**
 * limit_load - Ask the kernel for limits.
 * @list: empty list to fill; its array is to be freed even after an error
 * @policy: only those of this policy; NULL for all
 *
 * Return: enum exit_status.
 */
int limit_load(struct limit_list *list, const char *policy)
{
	int ret = nl_begin(LEVEE_CMD_LIMIT_GET);

	if (ret)
		return ret;
	if (policy)
		nl_put_str(LEVEE_A_LIMIT_POLICY, policy);
	return nl_dump(take_limit, forget, list);
}

static int compare(const void *a, const void *b)
{
	const struct limit *p = a, *q = b;
	int diff = strcmp(p->policy, q->policy);

	if (!diff)
		diff = (p->class > q->class) - (p->class < q->class);
	if (!diff)
		diff = p->per.v4 - q->per.v4;
	if (!diff)
		diff = p->per.v6 - q->per.v6;
	return diff ? diff : (int)p->rate.unit - (int)q->rate.unit;
}

/**
 * limit_sort - Order limits by policy, class, source prefix length and unit.
 * @list: list to sort
 */
void limit_sort(struct limit_list *list)
{
	if (list->count)
		qsort(list->limit, list->count, sizeof(*list->limit), compare);
}

/**
 * limit_action_text - What is done with packets over a limit, but to drop them.
 * @limit: limit
 * @buf: where to write it, as "limit set" reads it, with a blank before it
 * @size: bytes of @buf
 *
 * Return: @buf; empty if they are only dropped.
 */
const char *limit_action_text(const struct limit *limit, char *buf, size_t size)
{
	char mark[MARK_STRLEN], ban[BAN_TIME_STRLEN], fair[FAIR_STRLEN];

	snprintf(buf, size, "%s%s%s%s%s%s",
		 limit->mark.mask ? " mark " : "",
		 limit->mark.mask ? mark_text(&limit->mark, mark) : "",
		 limit->ban.min ? " ban " : "",
		 limit->ban.min ? ban_time_text(&limit->ban, ban) : "",
		 limit->ban_unproven ? " ban-unproven" : "",
		 fair_text(&limit->fair, fair));
	return buf;
}

/**
 * limit_text - A limit without its policy, as "limit set" reads it.
 * @limit: limit
 * @buf: where to write it
 * @size: bytes of @buf
 */
void limit_text(const struct limit *limit, char *buf, size_t size)
{
	char rate[RATE_STRLEN], burst[RATE_STRLEN], per[RATE_STRLEN];
	char action[LIMIT_ACTION_STRLEN];

	snprintf(buf, size, "%s rate %s burst %s per %s%s",
		 names_text(&names_class, limit->class),
		 rate_text(&limit->rate, rate),
		 rate_burst_text(limit->burst, burst),
		 rate_per_text(&limit->per, per),
		 limit_action_text(limit, action, sizeof(action)));
}

/**
 * limit_action_out - The same as JSON, in the object of the limit.
 * @limit: limit
 */
void limit_action_out(const struct limit *limit)
{
	if (limit->mark.mask) {
		out_u64(OUT_JSON, "mark", NULL, limit->mark.mark);
		out_u64(OUT_JSON, "mark-mask", NULL, limit->mark.mask);
	}
	if (limit->ban.min) {
		out_u64(OUT_JSON, "ban-min", NULL, limit->ban.min);
		out_u64(OUT_JSON, "ban-max", NULL, limit->ban.max);
	}
	if (limit->ban_unproven)
		out_flag("ban-unproven");
	fair_out(&limit->fair);
}

/**
 * limit_print - Print a limit: a JSON object, or the rest of a line of text.
 * @limit: limit
 */
void limit_print(const struct limit *limit)
{
	char text[256], source[PREFIX_STRLEN];

	limit_text(limit, text, sizeof(text));
	out_object_open(NULL);
	out_str(OUT_JSON, "policy", NULL, limit->policy);
	out_u64(OUT_JSON, "id", NULL, limit->id);
	out_str(OUT_JSON, "class", NULL,
		names_text(&names_class, limit->class));
	out_u64(OUT_JSON, "per-v4", NULL, limit->per.v4);
	out_u64(OUT_JSON, "per-v6", NULL, limit->per.v6);
	out_str(OUT_JSON, "unit", NULL,
		names_text(&names_unit, limit->rate.unit));
	out_u64(OUT_JSON, "rate", NULL, limit->rate.amount);
	if (limit->rate.unit == LEVEE_UNIT_PACKETS)
		out_u64(OUT_JSON, "period", NULL, limit->rate.period);
	out_u64(OUT_JSON, "burst", NULL, limit->burst);
	limit_action_out(limit);
	out_text("%s", text);
	if (limit->source.bits) {
		out_text(" source %s", prefix_text(&limit->source, source));
		prefix_out("source", &limit->source);
	}
	if (out_json || out_stats) {
		out_u64(OUT_ANY, "over-packets", " over %" PRIu64,
			limit->over_packets);
		out_u64(OUT_ANY, "overflow-packets", " overflow %" PRIu64,
			limit->overflow_packets);
		if (limit->mark.mask)
			out_u64(OUT_ANY, "marked-packets", " marked %" PRIu64,
				limit->marked_packets);
		fair_out_state(&limit->fair, &limit->rate);
	}
	out_text("\n");
	out_object_close();
}

/* Takes POLICY if there is one; otherwise *@policy becomes NULL. */
static int take_optional_policy(struct args *args, const char **policy)
{
	int ret;

	*policy = NULL;
	if (!args->n)
		return EXIT_OK;
	ret = args_take(args, "POLICY", policy);
	if (!ret)
		ret = args_name("policy", *policy, policy);
	return ret ? ret : args_end(args);
}

static int show(struct args *args)
{
	struct limit_list list = { 0 };
	const char *policy;
	size_t i;
	int ret;

	ret = take_optional_policy(args, &policy);
	if (!ret)
		ret = limit_load(&list, policy);
	if (!ret) {
		out_array_open(NULL);
		for (i = 0; i < list.count; i++) {
			out_text("%s ", list.limit[i].policy);
			limit_print(&list.limit[i]);
		}
		out_array_close();
	}
	free(list.limit);
	return ret;
}

/* Takes POLICY and CLASS. */
static int take_key(struct args *args, const char **policy, uint32_t *class)
{
	const char *name;
	int ret;

	ret = args_take(args, "POLICY", &name);
	if (!ret)
		ret = args_name("policy", name, policy);
	if (!ret)
		ret = args_take(args, "CLASS", &name);
	if (!ret)
		ret = args_class("class", name, class);
	return ret;
}

static void put_key(const char *policy, const struct limit *limit)
{
	nl_put_str(LEVEE_A_LIMIT_POLICY, policy);
	nl_put_u32(LEVEE_A_LIMIT_CLASS, limit->class);
	nl_put_u8(LEVEE_A_LIMIT_PER_V4, limit->per.v4);
	nl_put_u8(LEVEE_A_LIMIT_PER_V6, limit->per.v6);
	nl_put_u32(LEVEE_A_LIMIT_UNIT, limit->rate.unit);
}

static int set(struct args *args)
{
	struct limit limit = { .per = PER_DEFAULT, .fair.per = PER_DEFAULT };
	struct param params[] = {
		{ "rate", RATE_WHAT, rate_parse, &limit.rate, false },
		{ "burst", RATE_BURST_WHAT, rate_parse_burst,
		  &limit.burst, false },
		{ "per", "LEN[,LEN6]", rate_parse_per, &limit.per, false },
		{ "mark", "MARK[/MASK]", mark_parse, &limit.mark, false },
		{ "ban", BAN_TIME_WHAT, ban_time_parse, &limit.ban, false },
		{ "ban-unproven", NULL, NULL, NULL, false },
		{ "fair", NULL, NULL, NULL, false },
		{ "fair-per", FAIR_PER_WHAT, fair_parse_per, &limit.fair.per,
		  false },
	};
	const char *policy;
	int ret;

	ret = take_key(args, &policy, &limit.class);
	if (!ret)
		ret = args_params(args, params,
				  sizeof(params) / sizeof(params[0]));
	if (!ret && !params[0].seen)
		ret = args_missing(args, "\"rate RATE\"");
	if (!ret && params[5].seen && !params[4].seen)
		ret = err_usage("\"ban-unproven\" goes with \"ban TIME\"");
	if (!ret && params[4].seen && params[3].seen)
		ret = err_usage("a limit that marks drops nobody, and cannot ban");
	limit.fair.on = params[6].seen;
	if (!ret && params[7].seen && !limit.fair.on)
		ret = err_usage("\"fair-per\" goes with \"fair\"");
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIMIT_SET);
	if (ret)
		return ret;
	put_key(policy, &limit);
	nl_put_u64(LEVEE_A_LIMIT_RATE, limit.rate.amount);
	if (limit.rate.unit == LEVEE_UNIT_PACKETS)
		nl_put_u32(LEVEE_A_LIMIT_PERIOD, limit.rate.period);
	if (limit.burst)
		nl_put_u32(LEVEE_A_LIMIT_BURST, limit.burst);
	if (limit.mark.mask) {
		nl_put_u32(LEVEE_A_LIMIT_MARK, limit.mark.mark);
		nl_put_u32(LEVEE_A_LIMIT_MARK_MASK, limit.mark.mask);
	}
	if (limit.ban.min) {
		nl_put_u32(LEVEE_A_LIMIT_BAN_MIN, limit.ban.min);
		nl_put_u32(LEVEE_A_LIMIT_BAN_MAX, limit.ban.max);
	}
	if (params[5].seen)
		nl_put(LEVEE_A_LIMIT_BAN_UNPROVEN, NULL, 0);
	fair_put(&limit.fair);
	ret = nl_do(NULL, NULL);
	if (!ret && !nl_collects())
		dead_check_limit(policy, limit.class);
	return ret;
}

static int del(struct args *args)
{
	struct limit limit = { .per = PER_DEFAULT };
	struct param params[] = {
		{ "unit", "packets or bits", rate_parse_unit, &limit.rate.unit,
		  false },
		{ "per", "LEN[,LEN6]", rate_parse_per, &limit.per, false },
	};
	const char *policy;
	int ret;

	ret = take_key(args, &policy, &limit.class);
	if (!ret)
		ret = args_params(args, params, 2);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIMIT_DEL);
	if (ret)
		return ret;
	put_key(policy, &limit);
	return nl_do(NULL, NULL);
}

static int flush(struct args *args)
{
	const char *policy;
	int ret;

	ret = args_take(args, "POLICY", &policy);
	if (!ret)
		ret = args_name("policy", policy, &policy);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIMIT_FLUSH);
	if (ret)
		return ret;
	nl_put_str(LEVEE_A_LIMIT_POLICY, policy);
	return nl_do(NULL, NULL);
}

int limit_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
		{ "set", set },
		{ "del", del },
		{ "flush", flush },
	};

	return args_command(args, commands,
			    sizeof(commands) / sizeof(commands[0]));
}
