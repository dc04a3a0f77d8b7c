// SPDX-License-Identifier: GPL-2.0
/*
 * Suggest: limits that would drop nothing of what was seen in mode monitor.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "limit.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "rate.h"

/* Of the limit that is proposed, the burst is what it allows in this time. */
#define BURST_S 4

/* How many times as much as was seen. */
#define HEADROOM_DEFAULT 2
#define HEADROOM_MAX 100

/* More than there are. */
#define BINS_MAX 128
#define RATES_MAX 32

/* What the kernel calls a burst of so many packets may be more. */
#define BURST_UNKNOWN (1 << 24)

#define NS_PER_S 1e9

const char suggest_usage[] =
	"Usage: levee suggest [ policy POLICY ] [ class CLASS ] [ headroom N ]\n"
	"Proposes limits from what was seen in mode monitor, as commands, with room\n"
	"for N times as much (default 2). levee flush learned makes it begin anew.\n";

struct bin {
	uint32_t first;
	uint32_t sources;
};

struct point {
	double rate;
	double burst;
};

struct learned {
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	uint64_t missed;
	uint32_t peak;
	struct bin bin[BINS_MAX];
	size_t bins;
	struct point point[RATES_MAX];
	size_t points;
};

struct learned_list {
	struct learned *learned;
	size_t count;
};

static void take_bin(const struct nlattr *nest, struct learned *to)
{
	const struct nlattr *tb[NL_TB_SIZE];

	if (to->bins == BINS_MAX)
		return;
	nl_parse_nest(nest, tb);
	to->bin[to->bins].first = nl_u32(tb[LEVEE_A_LEARN_BIN_FIRST]);
	to->bin[to->bins++].sources = nl_u32(tb[LEVEE_A_LEARN_BIN_SOURCES]);
}

static void take_rate(const struct nlattr *nest, struct learned *to)
{
	const struct nlattr *tb[NL_TB_SIZE];
	uint32_t interval;

	nl_parse_nest(nest, tb);
	interval = nl_u32(tb[LEVEE_A_LEARN_RATE_INTERVAL]);
	if (!interval || to->points == RATES_MAX)
		return;
	to->point[to->points].rate = NS_PER_S / interval;
	to->point[to->points++].burst = nl_u32(tb[LEVEE_A_LEARN_RATE_BURST]);
}

static int take_learned(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE], *attr;
	struct learned_list *list = data;
	struct learned *to;

	list->learned = err_grow(list->learned, list->count, sizeof(*to));
	to = &list->learned[list->count++];
	memset(to, 0, sizeof(*to));
	nl_parse(nlh, tb);
	snprintf(to->policy, sizeof(to->policy), "%s",
		 nl_str(tb[LEVEE_A_LEARN_POLICY]));
	to->class = nl_u32(tb[LEVEE_A_LEARN_CLASS]);
	to->missed = nl_u64(tb[LEVEE_A_LEARN_MISSED_PACKETS]);
	to->peak = nl_u32(tb[LEVEE_A_LEARN_PEAK]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == LEVEE_A_LEARN_BINS)
			take_bin(attr, to);
		else if (mnl_attr_get_type(attr) == LEVEE_A_LEARN_RATES)
			take_rate(attr, to);
	}
	return 0;
}

static void forget(void *data)
{
	struct learned_list *list = data;

	list->count = 0;
}

static uint64_t sources(const struct learned *learned)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < learned->bins; i++)
		sum += learned->bin[i].sources;
	return sum;
}

/* Packets in the second in which a source sent most: most of @percent %. */
static uint32_t percentile(const struct learned *learned, unsigned int percent)
{
	uint64_t all = sources(learned), below = 0;
	uint32_t first;
	size_t i;

	for (i = 0; i < learned->bins; i++) {
		below += learned->bin[i].sources;
		if (below * 100 >= all * percent)
			break;
	}
	if (i + 1 >= learned->bins)
		return learned->peak;
	/* Where this bin ends: at the next multiple of its width. */
	first = learned->bin[i].first;
	if (first < 8)
		return first;
	return first + (1U << (29 - __builtin_clz(first))) - 1;
}

/*
 * The slowest rate at which what was seen fits into the burst of some seconds.
 * What a source needs, plotted over the rate, is convex, being the largest of
 * many falling straight lines; so between two points that are known, a straight
 * line is on the safe side.
 */
static bool find_limit(const struct learned *learned, struct point *limit)
{
	const struct point *p = learned->point, *last;
	double slope;

	if (!learned->points)
		return false;
	last = &learned->point[learned->points - 1];
	while (p < last && p->burst > BURST_S * p->rate)
		p++;
	if (p->burst >= BURST_UNKNOWN)
		return false;
	*limit = *p;
	if (p == learned->point || p[-1].burst >= BURST_UNKNOWN ||
	    p->burst > BURST_S * p->rate)
		return true;
	slope = (p->burst - p[-1].burst) / (p->rate - p[-1].rate);
	limit->rate = (p[-1].burst - slope * p[-1].rate) / (BURST_S - slope);
	limit->burst = BURST_S * limit->rate;
	return true;
}

/* Upwards to a number with two digits that are not 0, which people can read. */
static uint64_t round_up(double val)
{
	uint64_t unit = 1, up;

	up = (uint64_t)val;
	while (up / unit >= 100)
		unit *= 10;
	up -= up % unit;
	return (double)up < val ? up + unit : up;
}

/* The limit that the proposal would replace, or NULL. */
static const struct limit *find_replaced(const struct limit_list *limits,
					 const struct learned *learned)
{
	const struct per per = PER_DEFAULT;
	const struct limit *limit;
	size_t i;

	for (i = 0; i < limits->count; i++) {
		limit = &limits->limit[i];
		if (!strcmp(limit->policy, learned->policy) &&
		    limit->class == learned->class &&
		    limit->rate.unit == LEVEE_UNIT_PACKETS &&
		    limit->per.v4 == per.v4 && limit->per.v6 == per.v6)
			return limit;
	}
	return NULL;
}

/* Whoever pastes it wants other numbers, not to lose what is done with the rest. */
static void print_proposal(const struct learned *learned,
			   const struct point *limit, uint32_t headroom,
			   const struct limit *replaced)
{
	char action[LIMIT_ACTION_STRLEN] = "";
	struct rate rate = { .period = 1, .unit = LEVEE_UNIT_PACKETS };
	char rate_buf[RATE_STRLEN], burst_buf[RATE_STRLEN];
	uint64_t burst;

	rate.amount = round_up(limit->rate * headroom);
	burst = round_up(limit->burst * headroom);
	out_u64(OUT_JSON, "rate", NULL, rate.amount);
	out_u64(OUT_JSON, "burst", NULL, burst);
	if (replaced) {
		limit_action_out(replaced);
		limit_action_text(replaced, action, sizeof(action));
	}
	out_text("levee limit set %s %s rate %s burst %s%s\n", learned->policy,
		 names_text(&names_class, learned->class),
		 rate_text(&rate, rate_buf), rate_burst_text(burst, burst_buf),
		 action);
}

static void print_points(const struct learned *learned)
{
	size_t i;

	out_array_open("rates");
	for (i = 0; i < learned->points; i++) {
		out_object_open(NULL);
		out_u64(OUT_JSON, "interval", NULL,
			(uint64_t)(NS_PER_S / learned->point[i].rate + 0.5));
		out_u64(OUT_JSON, "burst", NULL,
			(uint64_t)learned->point[i].burst);
		out_object_close();
	}
	out_array_close();
	out_array_open("bins");
	for (i = 0; i < learned->bins; i++) {
		out_object_open(NULL);
		out_u64(OUT_JSON, "first", NULL, learned->bin[i].first);
		out_u64(OUT_JSON, "sources", NULL, learned->bin[i].sources);
		out_object_close();
	}
	out_array_close();
}

static void print_learned(const struct learned *learned, uint32_t headroom,
			  const struct limit_list *limits)
{
	struct point limit;

	out_object_open(NULL);
	out_str(OUT_ANY, "policy", "# %s", learned->policy);
	out_str(OUT_ANY, "class", " %s:",
		names_text(&names_class, learned->class));
	out_u64(OUT_ANY, "sources", " %" PRIu64 " sources; in their busiest second",
		sources(learned));
	out_u64(OUT_ANY, "p50", " p50 %" PRIu64, percentile(learned, 50));
	out_u64(OUT_ANY, "p95", " p95 %" PRIu64, percentile(learned, 95));
	out_u64(OUT_ANY, "p99", " p99 %" PRIu64, percentile(learned, 99));
	out_u64(OUT_ANY, "peak", " max %" PRIu64 " packets", learned->peak);
	out_u64(OUT_ANY, "headroom", "; headroom %" PRIu64 "\n", headroom);
	out_u64(OUT_JSON, "missed-packets", NULL, learned->missed);
	if (learned->missed)
		out_text("# too many sources at once: %" PRIu64 " packets are not in this\n",
			 learned->missed);
	if (find_limit(learned, &limit))
		print_proposal(learned, &limit, headroom,
			       find_replaced(limits, learned));
	else
		out_text("# too much to propose a limit\n");
	print_points(learned);
	out_object_close();
}

static int parse_headroom(const char *key, const char *text, void *to)
{
	uint32_t *val = to;

	if (args_digits(text, HEADROOM_MAX, val) && *val)
		return EXIT_OK;
	return err_usage("%s \"%s\": expected a number from 1 to %u", key, text,
			 HEADROOM_MAX);
}

static int load(struct learned_list *list, const char *policy)
{
	int ret = nl_begin(LEVEE_CMD_LEARN_GET);

	if (ret)
		return ret;
	if (policy)
		nl_put_str(LEVEE_A_LEARN_POLICY, policy);
	return nl_dump(take_learned, forget, list);
}

int suggest_run(struct args *args)
{
	uint32_t class = LEVEE_CLASS_ANY, headroom = HEADROOM_DEFAULT;
	const char *policy = NULL;
	struct param params[] = {
		{ "policy", "POLICY", args_name, &policy, false },
		{ "class", ARGS_CLASS, args_class, &class, false },
		{ "headroom", "N", parse_headroom, &headroom, false },
	};
	struct learned_list list = { 0 };
	struct limit_list limits = { 0 };
	size_t i, shown = 0;
	int ret;

	if (args_want_help(args))
		return args_help(args);
	ret = args_params(args, params, 3);
	if (!ret)
		ret = load(&list, policy);
	if (!ret)
		ret = limit_load(&limits, policy);
	if (!ret) {
		out_array_open(NULL);
		for (i = 0; i < list.count; i++) {
			if (class != LEVEE_CLASS_ANY &&
			    class != list.learned[i].class)
				continue;
			print_learned(&list.learned[i], headroom, &limits);
			shown++;
		}
		out_array_close();
		if (!shown && !out_json)
			err_warn("nothing was learned yet: that takes a hook, a policy in mode monitor, and packets");
	}
	free(limits.limit);
	free(list.learned);
	return ret;
}
