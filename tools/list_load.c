// SPDX-License-Identifier: GPL-2.0
/*
 * Lists from files: reading a feed, and replacing a list by it in one step.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "batch.h"
#include "comment.h"
#include "err.h"
#include "input.h"
#include "list.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "span.h"

/* What begins a comment: feeds have either. */
#define COMMENT "#;"

/* Wrong lines that are shown; the others are only counted. */
#define WRONG_SHOWN 20

/**
 * struct feed - What a file holds.
 * @name: of the file
 * @kind: enum levee_list_kind of the list that it is for
 * @entry: the prefixes, in the order of the file and then sorted
 * @count: how many there are
 * @lines: how many lines were read
 * @wrong: how many of them were wrong
 * @repeated: how many prefixes there were again
 */
struct feed {
	const char *name;
	uint32_t kind;
	struct list_entry *entry;
	size_t count;
	uint32_t lines;
	uint32_t wrong;
	uint32_t repeated;
};

static char *skip_blanks(char *c)
{
	while (isspace((unsigned char)*c))
		c++;
	return c;
}

static bool ends_line(const char *c)
{
	return !*c || strchr(COMMENT, *c);
}

/* What follows a prefix: keywords and values, as in "list add". */
static int parse_rest(char *rest, struct list_entry *entry)
{
	char *words[BATCH_WORDS];
	struct args args = { .v = words };
	struct param params[] = {
		{ "timeout", SPAN_WHAT, span_parse, &entry->timeout, false },
		{ "comment", "text", comment_parse, &entry->comment, false },
	};
	int ret = batch_split(rest, COMMENT, words, &args.n);

	if (!ret)
		ret = args_params(&args, params, 2);
	if (ret || !entry->comment)
		return ret;
	entry->comment = strdup(entry->comment);
	if (!entry->comment)
		exit(err_refused("out of memory"));
	return EXIT_OK;
}

static int parse_line(uint32_t kind, char *line, struct list_entry *entry)
{
	char *end = line, *rest;
	int ret;

	while (!ends_line(end) && !isspace((unsigned char)*end))
		end++;
	rest = skip_blanks(end);
	if (ends_line(rest))
		rest = NULL;
	*end = '\0';
	ret = prefix_parse("prefix", line, &entry->prefix);
	if (!ret && !entry->prefix.len && kind == LEVEE_LIST_KIND_DENY)
		ret = err_usage("prefix \"%s\": this would deny every address; if that is meant, use list add",
				line);
	return ret || !rest ? ret : parse_rest(rest, entry);
}

static void take_line(struct feed *feed, char *line, bool holds_nul)
{
	struct list_entry entry = { .line = feed->lines };
	int ret;

	err_at(feed->name, feed->lines);
	err_mute(feed->wrong >= WRONG_SHOWN);
	line = skip_blanks(line);
	if (ends_line(line) && !holds_nul)
		return;
	if (holds_nul)
		ret = err_usage("there is a NUL byte in this line");
	else
		ret = parse_line(feed->kind, line, &entry);
	if (ret) {
		feed->wrong++;
		return;
	}
	feed->entry = err_grow(feed->entry, feed->count, sizeof(entry));
	feed->entry[feed->count++] = entry;
}

static int read_feed(struct feed *feed, FILE *in)
{
	size_t size = 0, skip;
	char *line = NULL;
	ssize_t len;
	int error;

	errno = 0;
	while ((len = getline(&line, &size, in)) >= 0) {
		feed->lines++;
		skip = feed->lines == 1 ? input_mark(line) : 0;
		take_line(feed, line + skip, strlen(line) < (size_t)len);
		errno = 0;
	}
	error = errno;
	err_mute(false);
	err_at(feed->name, 0);
	free(line);
	if (ferror(in))
		return err_refused("%s", strerror(error));
	return EXIT_OK;
}

static int compare(const void *a, const void *b)
{
	const struct list_entry *p = a, *q = b;
	int diff = prefix_cmp(&p->prefix, &q->prefix);

	return diff ? diff : (p->line > q->line) - (p->line < q->line);
}

/* Of several lines with the same prefix, the last one counts. */
static void merge(struct feed *feed)
{
	struct list_entry *entry = feed->entry;
	size_t i, kept = 0;

	if (!feed->count)
		return;
	qsort(entry, feed->count, sizeof(*entry), compare);
	for (i = 0; i < feed->count; i++) {
		if (i + 1 < feed->count &&
		    !prefix_cmp(&entry[i].prefix, &entry[i + 1].prefix)) {
			free(entry[i].comment);
			feed->repeated++;
		} else {
			entry[kept++] = entry[i];
		}
	}
	feed->count = kept;
}

/* Whether what was read may be loaded. */
static int judge(const struct feed *feed, bool force)
{
	const char *are = feed->wrong > 1 ? "lines are" :
			  feed->lines > 1 ? "lines is" : "line is";
	uint32_t hidden = feed->wrong - WRONG_SHOWN;

	if (feed->wrong > WRONG_SHOWN)
		err_warn("%u more %s wrong", hidden,
			 hidden == 1 ? "line is" : "lines are");
	if (feed->wrong && !force)
		return err_usage("%u of %u %s wrong; nothing was changed (with force, the others are loaded)",
				 feed->wrong, feed->lines, are);
	if (feed->wrong)
		err_warn("%u of %u %s wrong and %s left out", feed->wrong,
			 feed->lines, are, feed->wrong == 1 ? "was" : "were");
	if (!feed->count)
		return err_usage("there is no prefix in it; nothing was changed (to empty the list, use flush)");
	return EXIT_OK;
}

static int config(uint8_t cmd, uint32_t what)
{
	int ret = nl_begin(cmd);

	if (ret)
		return ret;
	if (what)
		nl_put_u32(LEVEE_A_CONFIG_WHAT, what);
	return nl_do(NULL, NULL);
}

static int send_entries(const struct feed *feed)
{
	size_t i, end;
	int ret = EXIT_OK;

	for (i = 0; !ret && i < feed->count; i = end) {
		ret = nl_begin(LEVEE_CMD_LIST_ADD);
		if (ret)
			break;
		nl_put_u32(LEVEE_A_LIST_LIST, feed->kind);
		end = feed->count - i < LIST_BATCH ? feed->count :
						     i + LIST_BATCH;
		for (; i < end; i++)
			list_put_entry(&feed->entry[i]);
		ret = nl_do(NULL, NULL);
	}
	return ret;
}

/* The list in force is replaced at the end, in one step. */
static int send_feed(const struct feed *feed)
{
	static const uint32_t what[LISTS] = {
		[LEVEE_LIST_KIND_ALLOW] = LEVEE_CONFIG_WHAT_ALLOW,
		[LEVEE_LIST_KIND_DENY] = LEVEE_CONFIG_WHAT_DENY,
	};
	int ret = config(LEVEE_CMD_CONFIG_BEGIN, what[feed->kind]);

	if (ret)
		return ret;
	ret = send_entries(feed);
	if (!ret)
		return config(LEVEE_CMD_CONFIG_COMMIT, 0);
	/* What was begun goes with the socket, too, if this fails. */
	config(LEVEE_CMD_CONFIG_ABORT, 0);
	return ret;
}

static void report(const struct feed *feed)
{
	const char *list = names_text(&names_list_kind, feed->kind);
	size_t i, ip4 = 0;

	for (i = 0; i < feed->count; i++)
		ip4 += feed->entry[i].prefix.bits == 32;
	out_object_open(NULL);
	out_str(OUT_ANY, "list", "%s: ", list);
	out_u64(OUT_ANY, "prefixes", "%" PRIu64, feed->count);
	out_text(feed->count == 1 ? " prefix" : " prefixes");
	out_u64(OUT_ANY, "ipv4", " loaded, %" PRIu64 " IPv4", ip4);
	out_u64(OUT_ANY, "ipv6", " and %" PRIu64 " IPv6", feed->count - ip4);
	out_u64(OUT_JSON, "repeated", NULL, feed->repeated);
	if (feed->repeated)
		out_text("; %u %s there twice", feed->repeated,
			 feed->repeated == 1 ? "was" : "were");
	out_text("\n");
	out_object_close();
}

/**
 * list_load_file - Replace a list by what is in a file.
 * @args: what stands behind "load"
 *
 * Return: enum exit_status.
 */
int list_load_file(struct args *args)
{
	struct feed feed = { 0 };
	struct err_place before;
	const char *word = "";
	FILE *in;
	size_t i;
	int ret;

	ret = list_take_kind(args, &feed.kind);
	if (!ret)
		ret = args_file(args, "FILE or -", &feed.name);
	if (!ret && args->n)
		word = args_next(args);
	if (!ret && *word && strcmp(word, "force"))
		ret = err_usage("\"%s\": unknown keyword; expected force", word);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = input_open(feed.name, &in);
	if (ret)
		return ret;

	before = err_at(feed.name, 0);
	ret = read_feed(&feed, in);
	input_close(in);
	merge(&feed);
	if (!ret)
		ret = judge(&feed, *word);
	err_at(before.file, before.line);
	if (!ret)
		ret = send_feed(&feed);
	if (!ret)
		report(&feed);
	for (i = 0; i < feed.count; i++)
		free(feed.entry[i].comment);
	free(feed.entry);
	return ret;
}
