// SPDX-License-Identifier: GPL-2.0
/*
 * Bans: sources that are dropped whole until a time.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "ban.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "age.h"
#include "args.h"
#include "batch.h"
#include "comment.h"
#include "err.h"
#include "names.h"
#include "nl.h"
#include "nlerr.h"
#include "out.h"
#include "table.h"

/* As in levee.yaml. */
#define TIME_MAX (365 * 86400)
#define LEVEL_MAX 32

/* A comment, each byte quoted, and the quotes. */
#define QUOTED_MAX (4 * LEVEE_COMMENT_MAX + 3)

static void decode(const struct nlattr **tb, struct ban *ban)
{
	memset(ban, 0, sizeof(*ban));
	prefix_decode(tb[LEVEE_A_BAN_PREFIX], &ban->prefix);
	ban->timeout = nl_u32(tb[LEVEE_A_BAN_TIMEOUT]);
	ban->level = nl_u32(tb[LEVEE_A_BAN_LEVEL]);
	ban->decay = nl_u32(tb[LEVEE_A_BAN_DECAY]);
	snprintf(ban->policy, sizeof(ban->policy), "%s",
		 nl_str(tb[LEVEE_A_BAN_POLICY]));
	ban->class = nl_u32(tb[LEVEE_A_BAN_CLASS]);
	ban->since = nl_u64(tb[LEVEE_A_BAN_SINCE]);
	ban->would = tb[LEVEE_A_BAN_WOULD];
	if (tb[LEVEE_A_BAN_COMMENT]) {
		ban->comment = err_grow(NULL, 0, LEVEE_COMMENT_MAX + 1);
		snprintf(ban->comment, LEVEE_COMMENT_MAX + 1, "%s",
			 nl_str(tb[LEVEE_A_BAN_COMMENT]));
	}
}

static int take_ban(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct ban_list *list = data;

	list->ban = err_grow(list->ban, list->count, sizeof(*list->ban));
	nl_parse(nlh, tb);
	decode(tb, &list->ban[list->count++]);
	return 0;
}

static void forget(void *data)
{
	struct ban_list *list = data;

	while (list->count)
		free(list->ban[--list->count].comment);
}

static int compare(const void *a, const void *b)
{
	const struct ban *p = a, *q = b;
	int diff = prefix_cmp(&p->prefix, &q->prefix);

	return diff ? diff : p->would - q->would;
}

/**
 * ban_load - Ask the kernel for the bans in force, and put them in order.
 * @list: empty list to fill; ban_free() it even after an error
 *
 * Return: enum exit_status.
 */
int ban_load(struct ban_list *list)
{
	int ret = nl_begin(LEVEE_CMD_BAN_GET);

	if (!ret)
		ret = nl_dump(take_ban, forget, list);
	if (!ret && list->count)
		qsort(list->ban, list->count, sizeof(*list->ban), compare);
	return ret;
}

/**
 * ban_outlasts - Whether a ban in force ends later than one that is asked for.
 * @list: the bans in force, in order
 * @request: of LEVEE_CMD_SOURCE_BAN
 *
 * Return: true if there is one of the same prefix, which the request would shorten.
 */
bool ban_outlasts(const struct ban_list *list, const struct nlmsghdr *request)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct ban *ban;
	struct ban key = { .would = false };
	uint32_t timeout;

	nl_parse(request, tb);
	prefix_decode(tb[LEVEE_A_BAN_PREFIX], &key.prefix);
	timeout = nl_u32(tb[LEVEE_A_BAN_TIMEOUT]);
	if (!timeout || !list->count)
		return false;
	ban = bsearch(&key, list->ban, list->count, sizeof(*ban), compare);
	return ban && (!ban->timeout || ban->timeout > timeout);
}

/**
 * ban_free - Free what ban_load() has filled.
 * @list: the list
 */
void ban_free(struct ban_list *list)
{
	forget(list);
	free(list->ban);
}

/**
 * ban_save - Print the commands that restore bans, with the time that is left.
 * @list: the bans; those that only count are not restored
 *
 * Without any to restore, prints nothing.
 */
void ban_save(const struct ban_list *list)
{
	char text[PREFIX_STRLEN], span[SPAN_STRLEN], quoted[QUOTED_MAX];
	const struct ban *ban;
	bool headed = false;

	for (ban = list->ban; ban < list->ban + list->count; ban++) {
		if (ban->would)
			continue;
		if (!headed)
			out_text("\n# Sources that are banned.\n\n");
		headed = true;
		out_text("source ban %s", prefix_text(&ban->prefix, text));
		if (ban->timeout)
			out_text(" timeout %s", span_text(ban->timeout, span));
		if (ban->level)
			out_text(" level %u decay %s", ban->level,
				 span_text(ban->decay, span));
		if (*ban->policy)
			out_text(" policy %s class %s", ban->policy,
				 names_text(&names_class, ban->class));
		if (ban->comment)
			out_text(" comment %s",
				 batch_quote(ban->comment, quoted,
					     sizeof(quoted)));
		out_text("\n");
	}
}

static int parse_level(const char *key, const char *text, void *level)
{
	if (args_digits(text, LEVEL_MAX, level))
		return EXIT_OK;
	return err_usage("%s \"%s\": expected a number from 0 to %u", key, text,
			 LEVEL_MAX);
}

static int parse_decay(const char *key, const char *text, void *decay)
{
	uint32_t *to = decay;

	if (span_scan(text, to) && *to <= TIME_MAX)
		return EXIT_OK;
	return err_usage("%s \"%s\": expected a time from 1s to 365d", key,
			 text);
}

/* Reads the sources that a command is about. */
static int parse_sources(const char *key, const char *text,
			 struct prefix_list *list)
{
	int ret = prefix_list_parse(key, text, list);

	if (!ret && !list->count)
		ret = err_usage("%s \"%s\": for all addresses, write 0.0.0.0/0,::/0",
				key, text);
	return ret;
}

static int ban_one(const struct ban *ban, const char *policy,
		   const char *comment)
{
	int ret = nl_begin(LEVEE_CMD_SOURCE_BAN);

	if (ret)
		return ret;
	prefix_put(LEVEE_A_BAN_PREFIX, &ban->prefix);
	if (ban->timeout)
		nl_put_u32(LEVEE_A_BAN_TIMEOUT, ban->timeout);
	if (comment)
		nl_put_str(LEVEE_A_BAN_COMMENT, comment);
	if (policy) {
		nl_put_str(LEVEE_A_BAN_POLICY, policy);
		nl_put_u32(LEVEE_A_BAN_CLASS, ban->class);
	}
	if (ban->decay) {
		nl_put_u32(LEVEE_A_BAN_LEVEL, ban->level);
		nl_put_u32(LEVEE_A_BAN_DECAY, ban->decay);
	}
	return nl_do(NULL, NULL);
}

/**
 * ban_add - Ban sources by hand.
 * @args: arguments behind "ban"
 *
 * Return: enum exit_status.
 */
int ban_add(struct args *args)
{
	const char *policy = NULL, *comment = NULL;
	struct prefix_list list = { 0 };
	struct ban ban = { 0 };
	const char *text;
	struct param params[] = {
		{ "timeout", "TIME, as in 10m", span_parse, &ban.timeout, false },
		{ "comment", "TEXT", comment_parse, &comment, false },
		{ "policy", "POLICY", args_name, &policy, false },
		{ "class", ARGS_CLASS, args_class, &ban.class, false },
		{ "level", "a number", parse_level, &ban.level, false },
		{ "decay", "TIME, as in 1h", parse_decay, &ban.decay, false },
	};
	size_t i;
	int ret;

	ret = args_take(args, ARGS_PREFIXES, &text);
	if (!ret)
		ret = parse_sources("ban", text, &list);
	if (!ret)
		ret = args_params(args, params,
				  sizeof(params) / sizeof(params[0]));
	if (!ret && params[2].seen != params[3].seen)
		ret = err_usage("policy and class go together");
	if (!ret && params[4].seen != params[5].seen)
		ret = err_usage("level and decay go together");
	for (i = 0; !ret && i < list.count; i++) {
		ban.prefix = list.prefix[i];
		ret = ban_one(&ban, policy, comment);
	}
	prefix_list_free(&list);
	return ret;
}

/* Says so, and which ban, of a larger prefix, holds the source. */
static int not_banned(const struct prefix *prefix)
{
	const struct ban *ban, *found = NULL;
	char text[PREFIX_STRLEN], other[PREFIX_STRLEN] = "";
	struct ban_list list = { 0 };
	int ret = ban_load(&list);

	/* The longest one comes last. */
	for (ban = list.ban; ban < list.ban + list.count; ban++)
		if (prefix_covers(&ban->prefix, prefix))
			found = ban;
	if (found)
		prefix_text(&found->prefix, other);
	ban_free(&list);
	if (ret)
		return ret;
	return err_refused("no ban of exactly this prefix (prefix %s)%s%s",
			   prefix_text(prefix, text),
			   *other ? "; what is banned is " : "", other);
}

static int unban_one(const struct prefix *prefix)
{
	const struct nlmsghdr *end;
	int ret = nl_begin(LEVEE_CMD_SOURCE_UNBAN);

	if (ret)
		return ret;
	prefix_put(LEVEE_A_BAN_PREFIX, prefix);
	ret = nl_try(NULL, NULL, &end);
	if (ret || !nlerr_code(end))
		return ret;
	return nlerr_code(end) == ENOENT ? not_banned(prefix) : nl_report(end);
}

static int unban_all(struct args *args)
{
	int ret;

	args_next(args);
	ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_SOURCE_UNBAN);
	if (ret)
		return ret;
	nl_put(LEVEE_A_BAN_ALL, NULL, 0);
	return nl_do(NULL, NULL);
}

/**
 * ban_del - Take back the bans of sources, or all bans.
 * @args: arguments behind "unban"
 *
 * Return: enum exit_status.
 */
int ban_del(struct args *args)
{
	struct prefix_list list = { 0 };
	const char *text;
	size_t i;
	int ret;

	if (args->n && !strcmp(args->v[0], "all"))
		return unban_all(args);
	ret = args_take(args, ARGS_PREFIXES " or \"all\"", &text);
	if (!ret)
		ret = parse_sources("unban", text, &list);
	if (!ret)
		ret = args_end(args);
	for (i = 0; !ret && i < list.count; i++)
		ret = unban_one(&list.prefix[i]);
	prefix_list_free(&list);
	return ret;
}

/* To the second; that is how exactly the kernel tells what is left. */
static const char *end_text(const struct ban *ban, time_t now, char *buf)
{
	if (!ban->timeout)
		return "never";
	return age_date((now + ban->timeout) * 1000000000ULL, buf);
}

/* All that JSON says of a ban. */
static void out_ban(const struct ban *ban)
{
	prefix_out("prefix", &ban->prefix);
	if (*ban->policy) {
		out_str(OUT_JSON, "policy", NULL, ban->policy);
		out_str(OUT_JSON, "class", NULL,
			names_text(&names_class, ban->class));
	}
	if (ban->would)
		out_flag("would");
	out_u64(OUT_JSON, "since", NULL, ban->since);
	if (ban->timeout)
		out_u64(OUT_JSON, "timeout", NULL, ban->timeout);
	if (ban->level) {
		out_u64(OUT_JSON, "level", NULL, ban->level);
		out_u64(OUT_JSON, "decay", NULL, ban->decay);
	}
	if (ban->comment)
		out_str(OUT_JSON, "comment", NULL, ban->comment);
}

static void print_ban(const struct ban *ban, time_t now)
{
	char buf[PREFIX_STRLEN], when[AGE_STRLEN], left[SPAN_STRLEN];
	bool by_hand = !*ban->policy;

	out_object_open(NULL);
	out_ban(ban);
	table_text(prefix_text(&ban->prefix, buf));
	table_text(by_hand ? "-" : ban->policy);
	table_text(by_hand ? "-" : names_text(&names_class, ban->class));
	table_text(ban->would ? "monitor" : by_hand ? "-" : "enforce");
	table_text(age_text(ban->since, when));
	table_text(ban->timeout ? span_left(ban->timeout, left) : "forever");
	table_number(ban->level);
	if (out_stats) {
		table_text(age_date(ban->since, when));
		table_text(end_text(ban, now, when));
	}
	table_text(ban->comment ? ban->comment : "");
	out_object_close();
}

static void print_bans(const struct ban_list *list, time_t now)
{
	size_t i;

	for (i = 0; i < list->count && !out_failed(); i++)
		print_ban(&list->ban[i], now);
}

/**
 * ban_print_match - Print the ban that a source meets, to the end of the line.
 * @key: of JSON
 * @nest: the attribute that it is
 */
void ban_print_match(const char *key, const struct nlattr *nest)
{
	char buf[PREFIX_STRLEN], left[SPAN_STRLEN];
	const struct nlattr *tb[NL_TB_SIZE];
	struct ban ban;

	nl_parse_nest(nest, tb);
	decode(tb, &ban);
	out_object_open(key);
	out_ban(&ban);
	out_object_close();
	out_text(" %s", prefix_text(&ban.prefix, buf));
	if (ban.timeout)
		out_text(" left %s", span_left(ban.timeout, left));
	if (*ban.policy)
		out_text(" policy %s class %s", ban.policy,
			 names_text(&names_class, ban.class));
	if (ban.comment)
		out_text(" comment \"%s\"", ban.comment);
	out_text("\n");
	free(ban.comment);
}

/**
 * ban_show - Show the bans in force.
 * @args: arguments behind "show banned"
 *
 * Return: enum exit_status.
 */
int ban_show(struct args *args)
{
	struct ban_list list = { 0 };
	time_t now = time(NULL);
	int ret;

	ret = args_end(args);
	if (!ret)
		ret = ban_load(&list);
	if (!ret) {
		out_array_open(NULL);
		table_column("SOURCE", 0);
		table_column("POLICY", 0);
		table_column("CLASS", 0);
		table_column("MODE", 0);
		table_column("SINCE", 1);
		table_column("LEFT", 1);
		table_column("LEVEL", 1);
		if (out_stats) {
			table_column("BANNED-AT", 0);
			table_column("BANNED-UNTIL", 0);
		}
		table_column("COMMENT", 0);
		table_measure(true);
		if (!out_json)
			print_bans(&list, now);
		table_measure(false);
		print_bans(&list, now);
		table_close();
		out_array_close();
	}
	ban_free(&list);
	return ret;
}
