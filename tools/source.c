// SPDX-License-Identifier: GPL-2.0
/*
 * Sources: who exceeded a limit, and who is banned.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "age.h"
#include "ban.h"
#include "err.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "prefix.h"
#include "table.h"

#define SHOW_DEFAULT 20

const char source_usage[] =
	"Usage: levee [-s] source [ show [ policy POLICY ] [ class CLASS ]\n"
	"                                [ sort KEY ] [ limit N ] ]\n"
	"       levee [-s] source show banned\n"
	"       levee source ban PREFIX[,PREFIX...] [ timeout TIME ] [ comment TEXT ]\n"
	"                        [ policy POLICY class CLASS ] [ level N decay TIME ]\n"
	"       levee source unban { PREFIX[,PREFIX...] | all }\n"
	"KEY := { dropped | passed | would | last | first | none }\n"
	"       dropped (the default) adds up dropped and would; none does not sort\n"
	"N := how many to show, 0 for all; default 20, with -json all\n"
	"PREFIX := source to drop whole, in every policy in mode enforce\n"
	"TIME := as in 90s, 10m, 1h or 7d; without a timeout, until it is unbanned\n"
	"policy, class, level and decay say which limit had banned it before a restart,\n"
	"as levee save prints them\n";

struct source {
	struct prefix prefix;
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	uint32_t reason;
	uint64_t first_seen;
	uint64_t last_seen;
	uint64_t passed_packets;
	uint64_t passed_bytes;
	uint64_t dropped_packets;
	uint64_t dropped_bytes;
	uint64_t would_packets;
	uint64_t would_bytes;
	uint32_t proof;
};

enum sort_key {
	SORT_DROPPED,
	SORT_PASSED,
	SORT_WOULD,
	SORT_LAST,
	SORT_FIRST,
	SORT_NONE,
};

static const char *const sort_names[] = {
	[SORT_DROPPED] = "dropped",
	[SORT_PASSED] = "passed",
	[SORT_WOULD] = "would",
	[SORT_LAST] = "last",
	[SORT_FIRST] = "first",
	[SORT_NONE] = "none",
};

/* qsort() hands nothing on to its comparison. */
static enum sort_key sort_key;

/**
 * struct show - What is to be shown.
 * @policy: only sources that exceeded a limit of this one; NULL for all
 * @class: only of this class
 * @sort: enum sort_key
 * @limit: at most so many; 0 for all
 * @source: those kept so far: a heap with the one to give up first on top
 * @count: how many those are, or how many were printed
 */
struct show {
	const char *policy;
	uint32_t class;
	uint32_t sort;
	uint32_t limit;
	struct source *source;
	size_t count;
};

static int parse_sort(const char *key, const char *text, void *sort)
{
	uint32_t *to = sort, i;

	for (i = 0; i <= SORT_NONE; i++)
		if (!strcmp(text, sort_names[i])) {
			*to = i;
			return EXIT_OK;
		}
	return err_usage("%s \"%s\": expected one of: dropped, passed, would, last, first, none",
			 key, text);
}

static uint64_t rank(const struct source *source)
{
	switch (sort_key) {
	case SORT_PASSED:
		return source->passed_packets;
	case SORT_WOULD:
		return source->would_packets;
	case SORT_LAST:
		return source->last_seen;
	case SORT_FIRST:
		return UINT64_MAX - source->first_seen;
	default:
		return source->dropped_packets + source->would_packets;
	}
}

/* Orders what is to be shown first before the rest. */
static int compare(const void *a, const void *b)
{
	const struct source *p = a, *q = b;
	uint64_t rank_p = rank(p), rank_q = rank(q);
	int diff;

	if (rank_p != rank_q)
		return rank_p > rank_q ? -1 : 1;
	diff = prefix_cmp(&p->prefix, &q->prefix);
	if (!diff)
		diff = strcmp(p->policy, q->policy);
	return diff ? diff : (p->class > q->class) - (p->class < q->class);
}

static void decode(const struct nlmsghdr *nlh, struct source *source)
{
	const struct nlattr *tb[NL_TB_SIZE];

	nl_parse(nlh, tb);
	prefix_decode(tb[LEVEE_A_SOURCE_PREFIX], &source->prefix);
	snprintf(source->policy, sizeof(source->policy), "%s",
		 nl_str(tb[LEVEE_A_SOURCE_POLICY]));
	source->class = nl_u32(tb[LEVEE_A_SOURCE_CLASS]);
	source->reason = nl_u32(tb[LEVEE_A_SOURCE_REASON]);
	source->first_seen = nl_u64(tb[LEVEE_A_SOURCE_FIRST_SEEN]);
	source->last_seen = nl_u64(tb[LEVEE_A_SOURCE_LAST_SEEN]);
	source->passed_packets = nl_u64(tb[LEVEE_A_SOURCE_PASSED_PACKETS]);
	source->passed_bytes = nl_u64(tb[LEVEE_A_SOURCE_PASSED_BYTES]);
	source->dropped_packets = nl_u64(tb[LEVEE_A_SOURCE_DROPPED_PACKETS]);
	source->dropped_bytes = nl_u64(tb[LEVEE_A_SOURCE_DROPPED_BYTES]);
	source->would_packets = nl_u64(tb[LEVEE_A_SOURCE_WOULD_PACKETS]);
	source->would_bytes = nl_u64(tb[LEVEE_A_SOURCE_WOULD_BYTES]);
	source->proof = nl_u32(tb[LEVEE_A_SOURCE_PROOF]);
}

static void sift_up(struct source *heap, size_t i)
{
	struct source moving = heap[i];

	for (; i && compare(&moving, &heap[(i - 1) / 2]) > 0; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = moving;
}

static void sift_down(struct source *heap, size_t count)
{
	struct source moving = heap[0];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < count) {
		if (child + 1 < count &&
		    compare(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (compare(&moving, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moving;
}

/* Keeps the first @limit in the order of compare(). */
static int keep_source(const struct nlmsghdr *nlh, void *data)
{
	struct show *show = data;
	struct source source;

	decode(nlh, &source);
	if (show->limit && show->count == show->limit) {
		if (compare(&source, &show->source[0]) < 0) {
			show->source[0] = source;
			sift_down(show->source, show->count);
		}
		return 0;
	}
	show->source = err_grow(show->source, show->count, sizeof(source));
	show->source[show->count] = source;
	sift_up(show->source, show->count++);
	return 0;
}

static void forget(void *data)
{
	struct show *show = data;

	show->count = 0;
}

static void print_source(const struct source *source)
{
	char buf[PREFIX_STRLEN];
	char when[AGE_STRLEN];

	out_object_open(NULL);
	prefix_out("prefix", &source->prefix);
	table_text(prefix_text(&source->prefix, buf));
	table_str("policy", source->policy);
	table_str("class", names_text(&names_class, source->class));
	table_str("reason", names_text(&names_reason, source->reason));
	table_u64("dropped-packets", source->dropped_packets);
	table_u64("would-packets", source->would_packets);
	table_u64("passed-packets", source->passed_packets);
	if (out_json || out_stats) {
		table_u64("dropped-bytes", source->dropped_bytes);
		table_u64("would-bytes", source->would_bytes);
		table_u64("passed-bytes", source->passed_bytes);
	}
	out_u64(OUT_JSON, "first-seen", NULL, source->first_seen);
	out_u64(OUT_JSON, "last-seen", NULL, source->last_seen);
	out_str(OUT_JSON, "proof", NULL,
		names_text(&names_proof, source->proof));
	table_text(age_text(source->first_seen, when));
	table_text(age_text(source->last_seen, when));
	if (out_stats) {
		table_text(names_text(&names_proof, source->proof));
		table_text(age_date(source->first_seen, when));
		table_text(age_date(source->last_seen, when));
	}
	out_object_close();
}

static int stream_source(const struct nlmsghdr *nlh, void *data)
{
	struct show *show = data;
	struct source source;

	decode(nlh, &source);
	print_source(&source);
	return ++show->count == show->limit || out_failed();
}

static void open_table(void)
{
	table_column("SOURCE", 0);
	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("REASON", 0);
	table_column("DROPPED", 1);
	table_column("WOULD", 1);
	table_column("PASSED", 1);
	if (out_stats) {
		table_column("DROPPED-BYTES", 1);
		table_column("WOULD-BYTES", 1);
		table_column("PASSED-BYTES", 1);
	}
	table_column("FIRST", 1);
	table_column("LAST", 1);
	if (out_stats) {
		table_column("PROOF", 0);
		table_column("FIRST-SEEN", 0);
		table_column("LAST-SEEN", 0);
	}
}

static int request(const struct show *show, bool has_class)
{
	int ret = nl_begin(LEVEE_CMD_SOURCE_GET);

	if (ret)
		return ret;
	if (show->policy)
		nl_put_str(LEVEE_A_SOURCE_POLICY, show->policy);
	if (has_class)
		nl_put_u32(LEVEE_A_SOURCE_CLASS, show->class);
	return EXIT_OK;
}

static void print_kept(const struct show *show)
{
	size_t i;

	for (i = 0; i < show->count && !out_failed(); i++)
		print_source(&show->source[i]);
}

static int print_all(struct show *show, bool has_class)
{
	int ret = request(show, has_class);

	if (!ret && show->sort != SORT_NONE)
		ret = nl_dump(keep_source, forget, show);
	if (ret)
		return ret;
	out_array_open(NULL);
	open_table();
	if (show->sort == SORT_NONE) {
		ret = nl_dump(stream_source, NULL, show);
	} else if (show->count) {
		qsort(show->source, show->count, sizeof(*show->source),
		      compare);
		table_measure(true);
		if (!out_json)
			print_kept(show);
		table_measure(false);
		print_kept(show);
	}
	table_close();
	out_array_close();
	return ret;
}

static int show_sources(struct args *args)
{
	struct show show = { .limit = out_json ? 0 : SHOW_DEFAULT };
	struct param params[] = {
		{ "policy", "POLICY", args_name, &show.policy, false },
		{ "class", ARGS_CLASS, args_class, &show.class, false },
		{ "sort", "dropped, passed, would, last, first or none",
		  parse_sort, &show.sort, false },
		{ "limit", "how many to show, 0 for all", args_u32,
		  &show.limit, false },
	};
	int ret;

	if (args->n && !strcmp(args->v[0], "banned")) {
		args_next(args);
		return ban_show(args);
	}
	ret = args_params(args, params, 4);
	sort_key = show.sort;
	if (!ret)
		ret = print_all(&show, params[1].seen);
	free(show.source);
	return ret;
}

int source_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show_sources },
		{ "ban", ban_add },
		{ "unban", ban_del },
	};

	return args_command(args, commands,
			    sizeof(commands) / sizeof(commands[0]));
}
