// SPDX-License-Identifier: GPL-2.0
/*
 * Lists: which sources pass, and which are dropped, whatever they send.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "args.h"
#include "batch.h"
#include "comment.h"
#include "err.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "span.h"
#include "table.h"

/* Prefixes that "save" puts in one line. */
#define SAVE_LINE 8

const char list_usage[] =
	"Usage: levee list add LIST PREFIX[,PREFIX...] [ timeout TIME ]\n"
	"                                              [ comment TEXT ]\n"
	"       levee list del LIST PREFIX[,PREFIX...]\n"
	"       levee list load LIST FILE [ force ]\n"
	"       levee list flush LIST\n"
	"       levee list test ADDRESS\n"
	"       levee list [ show [ LIST ] ]\n"
	"LIST := { allow | deny }; allow wins over deny, and over everything else\n"
	"TIME := N[ s | m | h | d ]\n"
	"FILE := a line for each prefix: PREFIX [ timeout TIME ] [ comment TEXT ];\n"
	"        - is standard input. It replaces the whole list. If a line is wrong,\n"
	"        nothing changes; with force, the other lines are loaded\n";

/**
 * list_take_kind - Take the name of a list.
 * @args: what is left of the command
 * @kind: set to enum levee_list_kind
 *
 * Return: enum exit_status.
 */
int list_take_kind(struct args *args, uint32_t *kind)
{
	const char *name;
	int ret, value;

	ret = args_take(args, "allow or deny", &name);
	if (ret)
		return ret;
	value = names_value(&names_list_kind, name);
	if (value < 0)
		return err_usage("list \"%s\": expected one of: allow, deny",
				 name);
	*kind = value;
	return EXIT_OK;
}

/**
 * list_put_entry - Append an entry to the request.
 * @entry: the entry
 */
void list_put_entry(const struct list_entry *entry)
{
	struct nlattr *nest = nl_put_nest(LEVEE_A_LIST_ENTRY);

	prefix_put(LEVEE_A_LIST_ENTRY_PREFIX, &entry->prefix);
	if (entry->timeout)
		nl_put_u32(LEVEE_A_LIST_ENTRY_TIMEOUT, entry->timeout);
	if (entry->comment)
		nl_put_str(LEVEE_A_LIST_ENTRY_COMMENT, entry->comment);
	nl_end_nest(nest);
}

/* A command of a list, with prefixes, which differ in nothing else. */
static int change(uint8_t cmd, uint32_t kind, const struct prefix_list *list,
		  const struct list_entry *all)
{
	struct list_entry entry = *all;
	int ret = nl_begin(cmd);
	size_t i;

	if (ret)
		return ret;
	nl_put_u32(LEVEE_A_LIST_LIST, kind);
	for (i = 0; i < list->count; i++) {
		entry.prefix = list->prefix[i];
		list_put_entry(&entry);
	}
	return nl_do(NULL, NULL);
}

static int take_prefixes(struct args *args, struct prefix_list *list)
{
	const char *text;
	int ret = args_take(args, ARGS_PREFIXES, &text);

	if (!ret)
		ret = prefix_list_parse("prefix", text, list);
	if (!ret && !list->count)
		ret = err_usage("prefix \"%s\": for all addresses, write 0.0.0.0/0,::/0",
				text);
	return ret;
}

static int add_prefixes(struct args *args)
{
	struct list_entry entry = { 0 };
	struct prefix_list list = { 0 };
	struct param params[] = {
		{ "timeout", SPAN_WHAT, span_parse, &entry.timeout, false },
		{ "comment", "text", comment_parse, &entry.comment, false },
	};
	uint32_t kind;
	int ret;

	ret = list_take_kind(args, &kind);
	if (!ret)
		ret = take_prefixes(args, &list);
	if (!ret)
		ret = args_params(args, params, 2);
	if (!ret)
		ret = change(LEVEE_CMD_LIST_ADD, kind, &list, &entry);
	prefix_list_free(&list);
	return ret;
}

static int del_prefixes(struct args *args)
{
	struct list_entry entry = { 0 };
	struct prefix_list list = { 0 };
	uint32_t kind;
	int ret;

	ret = list_take_kind(args, &kind);
	if (!ret)
		ret = take_prefixes(args, &list);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = change(LEVEE_CMD_LIST_DEL, kind, &list, &entry);
	prefix_list_free(&list);
	return ret;
}

static int flush_list(struct args *args)
{
	uint32_t kind;
	int ret;

	ret = list_take_kind(args, &kind);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIST_FLUSH);
	if (ret)
		return ret;
	nl_put_u32(LEVEE_A_LIST_LIST, kind);
	return nl_do(NULL, NULL);
}

/* The comment stays in the message. */
static void decode(const struct nlattr *nest, struct list_entry *entry)
{
	const struct nlattr *tb[NL_TB_SIZE];

	nl_parse_nest(nest, tb);
	memset(entry, 0, sizeof(*entry));
	prefix_decode(tb[LEVEE_A_LIST_ENTRY_PREFIX], &entry->prefix);
	entry->timeout = nl_u32(tb[LEVEE_A_LIST_ENTRY_TIMEOUT]);
	if (tb[LEVEE_A_LIST_ENTRY_COMMENT])
		entry->comment = (char *)nl_str(tb[LEVEE_A_LIST_ENTRY_COMMENT]);
}

static void out_entry(const struct list_entry *entry)
{
	prefix_out("prefix", &entry->prefix);
	if (entry->timeout)
		out_u64(OUT_JSON, "timeout", NULL, entry->timeout);
	if (entry->comment)
		out_str(OUT_JSON, "comment", NULL, entry->comment);
}

static void print_entry(uint32_t kind, const struct list_entry *entry)
{
	char prefix[PREFIX_STRLEN], timeout[SPAN_STRLEN];

	out_object_open(NULL);
	table_str("list", names_text(&names_list_kind, kind));
	out_entry(entry);
	table_text(prefix_text(&entry->prefix, prefix));
	table_text(entry->timeout ? span_left(entry->timeout, timeout) : "-");
	table_text(entry->comment ? entry->comment : "");
	out_object_close();
}

/* What is done with each entry that the kernel lists; @lists is where to keep it. */
struct reader {
	void (*take)(struct lists *lists, uint32_t kind,
		     const struct list_entry *entry);
	struct lists *lists;
};

static void show_entry(struct lists *lists, uint32_t kind,
		       const struct list_entry *entry)
{
	(void)lists;
	print_entry(kind, entry);
}

static int take_entries(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct reader *reader = data;
	const struct nlattr *attr;
	struct list_entry entry;
	uint32_t kind;

	nl_parse(nlh, tb);
	kind = nl_u32(tb[LEVEE_A_LIST_LIST]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != LEVEE_A_LIST_ENTRY)
			continue;
		decode(attr, &entry);
		reader->take(reader->lists, kind, &entry);
	}
	return out_failed();
}

static int show_lists(struct args *args)
{
	struct reader reader = { show_entry, NULL };
	bool one = args->n;
	uint32_t kind = 0;
	int ret = EXIT_OK;

	if (one)
		ret = list_take_kind(args, &kind);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIST_GET);
	if (ret)
		return ret;
	if (one)
		nl_put_u32(LEVEE_A_LIST_LIST, kind);
	out_array_open(NULL);
	table_column("LIST", 0);
	table_column("PREFIX", 0);
	table_column("TIMEOUT", 1);
	table_column("COMMENT", 0);
	ret = nl_dump(take_entries, NULL, &reader);
	table_close();
	out_array_close();
	return ret;
}

/**
 * list_print_entry - Print an entry of a list, to the end of the line.
 * @key: of JSON
 * @nest: the attribute that it is
 */
void list_print_entry(const char *key, const struct nlattr *nest)
{
	char text[PREFIX_STRLEN], timeout[SPAN_STRLEN];
	struct list_entry entry;

	decode(nest, &entry);
	out_object_open(key);
	out_entry(&entry);
	out_object_close();
	out_text(" %s", prefix_text(&entry.prefix, text));
	if (entry.timeout)
		out_text(" timeout %s", span_left(entry.timeout, timeout));
	if (entry.comment)
		out_text(" comment \"%s\"", entry.comment);
	out_text("\n");
}

static void print_match(const char *list, const struct nlattr *nest)
{
	if (!nest) {
		out_text("%-7s  no prefix matches\n", list);
		return;
	}
	out_text("%-7s ", list);
	list_print_entry(list, nest);
}

static int print_test(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const char *list = "none";

	(void)data;
	nl_parse(nlh, tb);
	if (tb[LEVEE_A_LIST_LIST])
		list = names_text(&names_list_kind,
				  nl_u32(tb[LEVEE_A_LIST_LIST]));
	out_object_open(NULL);
	if (tb[LEVEE_A_LIST_LIST])
		out_str(OUT_JSON, "list", NULL, list);
	out_text("verdict  %s\n", list);
	print_match("allow", tb[LEVEE_A_LIST_ALLOW]);
	print_match("deny", tb[LEVEE_A_LIST_DENY]);
	out_object_close();
	return 0;
}

static int test_address(struct args *args)
{
	struct prefix prefix;
	const char *text;
	int ret;

	ret = args_take(args, "ADDRESS", &text);
	if (!ret)
		ret = prefix_parse("address", text, &prefix);
	if (!ret && prefix.len != prefix.bits)
		ret = err_usage("address \"%s\": expected one address, without a length",
				text);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = nl_begin(LEVEE_CMD_LIST_TEST);
	if (ret)
		return ret;
	nl_put(LEVEE_A_LIST_ADDR, prefix.addr, prefix.bits / 8);
	return nl_do(print_test, NULL);
}

static void keep_entry(struct lists *lists, uint32_t kind,
		       const struct list_entry *entry)
{
	struct list_entry *to;

	if (kind >= LISTS)
		return;
	lists->entry[kind] = err_grow(lists->entry[kind], lists->count[kind],
				      sizeof(*entry));
	to = &lists->entry[kind][lists->count[kind]++];
	*to = *entry;
	if (entry->comment)
		to->comment = strdup(entry->comment);
	if (entry->comment && !to->comment)
		exit(err_refused("out of memory"));
}

/**
 * list_free - Free what was loaded, and leave it empty.
 * @from: the lists
 */
void list_free(struct lists *from)
{
	size_t kind, i;

	for (kind = 0; kind < LISTS; kind++) {
		for (i = 0; i < from->count[kind]; i++)
			free(from->entry[kind][i].comment);
		free(from->entry[kind]);
	}
	memset(from, 0, sizeof(*from));
}

static void forget(void *data)
{
	list_free(((struct reader *)data)->lists);
}

/**
 * list_load - Read both lists from the kernel.
 * @lists: empty; sorted afterwards
 *
 * Return: enum exit_status.
 */
int list_load(struct lists *lists)
{
	struct reader reader = { keep_entry, lists };
	int ret = nl_begin(LEVEE_CMD_LIST_GET);
	size_t kind;

	if (!ret)
		ret = nl_dump(take_entries, forget, &reader);
	/* An entry begins with its prefix. */
	for (kind = 0; kind < LISTS; kind++)
		if (lists->count[kind])
			qsort(lists->entry[kind], lists->count[kind],
			      sizeof(struct list_entry), prefix_cmp);
	return ret;
}

static bool is_bare(const struct list_entry *entry)
{
	return !entry->timeout && !entry->comment;
}

/* Some prefixes to a line, those with a timeout or a comment on their own. */
static void save_list(uint32_t kind, const struct list_entry *entry,
		      size_t count, size_t per_line)
{
	char text[PREFIX_STRLEN], timeout[SPAN_STRLEN];
	char quoted[4 * LEVEE_COMMENT_MAX + 4];
	size_t i, in_line = 0;

	out_text("list flush %s\n", names_text(&names_list_kind, kind));
	for (i = 0; i < count; i++) {
		if (!in_line)
			out_text("list add %s ",
				 names_text(&names_list_kind, kind));
		out_text("%s%s", in_line ? "," : "",
			 prefix_text(&entry[i].prefix, text));
		if (entry[i].timeout)
			out_text(" timeout %s",
				 span_text(entry[i].timeout, timeout));
		if (entry[i].comment)
			out_text(" comment %s",
				 batch_quote(entry[i].comment, quoted,
					     sizeof(quoted)));
		in_line++;
		if (i + 1 < count && in_line < per_line &&
		    is_bare(&entry[i]) && is_bare(&entry[i + 1]))
			continue;
		out_text("\n");
		in_line = 0;
	}
}

/**
 * list_save - Write the commands that restore both lists.
 * @lists: what list_load() has read
 * @one_each: each prefix on a line of its own
 */
void list_save(const struct lists *lists, bool one_each)
{
	uint32_t kind;

	for (kind = 0; kind < LISTS; kind++)
		save_list(kind, lists->entry[kind], lists->count[kind],
			  one_each ? 1 : SAVE_LINE);
}

int list_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show_lists },
		{ "add", add_prefixes },
		{ "del", del_prefixes },
		{ "load", list_load_file },
		{ "flush", flush_list },
		{ "test", test_address },
	};

	return args_command(args, commands, 6);
}
