// SPDX-License-Identifier: GPL-2.0
/*
 * Diff: show what apply would change.
 *
 * The kernel is given the file as for apply, and asked what it made of it; so
 * what is compared is two configurations in the same form, with all that files
 * leave to defaults.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "config.h"
#include "err.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "script.h"

const char diff_usage[] =
	"Usage: levee diff FILE\n"
	"Shows what \"levee apply FILE\" would change (- is standard input): the commands\n"
	"of \"levee save\" that would be gone, with -, and those that would come, with +.\n"
	"Bans are left out, and so is how much is left of the timeouts of prefixes.\n"
	"Exit status: 0 nothing would change, 3 something would, 1 and 2 errors.\n";

/**
 * struct lines - A configuration, line by line.
 * @text: all of it, with NUL in place of newlines
 * @line: the commands in it
 * @sorted: the same, sorted
 * @count: how many there are
 */
struct lines {
	char *text;
	char **line;
	char **sorted;
	size_t count;
};

/* Where the timeout of a prefix in a list begins, behind its keyword; or 0. */
static size_t timeout_at(const char *line)
{
	const char *c = line;
	int words;

	if (strncmp(line, "list add ", 9))
		return 0;
	/* LIST and PREFIX, which is one. */
	for (words = 0; c && words < 4; words++)
		c = strchr(c + 1, ' ');
	return c && !strncmp(c, " timeout ", 9) ? c + 9 - line : 0;
}

/* What is left of a timeout changes with each second, and is no difference. */
static int compare_lines(const void *a, const void *b)
{
	const char *p = *(char *const *)a, *q = *(char *const *)b;
	size_t at = timeout_at(p);

	if (at && at == timeout_at(q) && !strncmp(p, q, at)) {
		p += at + strcspn(p + at, " ");
		q += at + strcspn(q + at, " ");
	}
	return strcmp(p, q);
}

static void split_lines(struct lines *lines)
{
	char *line, *end;

	for (line = lines->text; *line; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		if (!*line || *line == '#')
			continue;
		lines->line = err_grow(lines->line, lines->count,
				       sizeof(*lines->line));
		lines->line[lines->count++] = line;
	}
	lines->sorted = err_realloc(NULL, lines->count,
				    sizeof(*lines->sorted));
	memcpy(lines->sorted, lines->line,
	       lines->count * sizeof(*lines->sorted));
	qsort(lines->sorted, lines->count, sizeof(*lines->sorted),
	      compare_lines);
}

static void write_lines(struct config *config, struct lines *lines)
{
	bool json = out_json;
	size_t size;
	FILE *to;

	to = open_memstream(&lines->text, &size);
	if (!to)
		exit(err_refused("out of memory"));
	out_json = false;
	out_divert(to);
	config_write(config);
	out_divert(NULL);
	out_json = json;
	if (fclose(to))
		exit(err_refused("out of memory"));
	split_lines(lines);
}

static void free_lines(struct lines *lines)
{
	free(lines->text);
	free(lines->line);
	free(lines->sorted);
}

static bool has_line(const struct lines *lines, char *line)
{
	return bsearch(&line, lines->sorted, lines->count,
		       sizeof(*lines->sorted), compare_lines);
}

/* The hooks of a file, which the kernel does not show before they are there. */
static void take_hooks(const struct script *script, struct hook_list *hooks)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const struct genlmsghdr *genl;
	const struct nlmsghdr *nlh;
	struct hook *hook;
	size_t i;

	hooks->count = 0;
	for (i = 0; i < script->count; i++) {
		nlh = script_request(script, i);
		genl = mnl_nlmsg_get_payload(nlh);
		if (genl->cmd != LEVEE_CMD_HOOK_ADD)
			continue;
		nl_parse(nlh, tb);
		hooks->hook = err_realloc(hooks->hook, hooks->count + 1,
					  sizeof(*hook));
		hook = &hooks->hook[hooks->count++];
		memset(hook, 0, sizeof(*hook));
		hook->type = nl_u32(tb[LEVEE_A_HOOK_TYPE]);
		hook->ifindex = nl_u32(tb[LEVEE_A_HOOK_IFINDEX]);
		if (hook->ifindex)
			if_indextoname(hook->ifindex, hook->ifname);
	}
}

static void print_line(const char *change, const char *sign, const char *line)
{
	out_object_open(NULL);
	out_str(OUT_JSON, "change", NULL, change);
	out_str(OUT_JSON, "command", NULL, line);
	out_text("%s%s\n", sign, line);
	out_object_close();
}

/* What both have is in the same order in both. */
static int print_diff(const struct lines *old, const struct lines *new)
{
	size_t i = 0, j = 0;
	int ret = EXIT_OK;

	out_array_open(NULL);
	while (i < old->count || j < new->count) {
		if (i < old->count && !has_line(new, old->line[i])) {
			print_line("remove", "-", old->line[i++]);
			ret = EXIT_DIFFERENT;
		} else if (j < new->count && !has_line(old, new->line[j])) {
			print_line("add", "+", new->line[j++]);
			ret = EXIT_DIFFERENT;
		} else {
			i += i < old->count;
			j += j < new->count;
		}
	}
	out_array_close();
	return ret;
}

static int load_old(struct lines *lines)
{
	struct config config = { .one_each = true };
	int ret = config_load(&config);

	if (!ret)
		write_lines(&config, lines);
	config_free(&config);
	return ret;
}

static int load_new(struct script *script, struct lines *lines)
{
	struct config config = { .one_each = true };
	int ret = script_stage(script);

	if (!ret)
		ret = config_load(&config);
	if (!ret) {
		take_hooks(script, &config.hooks);
		write_lines(&config, lines);
	}
	config_free(&config);
	/* The configuration that was made goes with the socket. */
	nl_close();
	return ret;
}

int diff_run(struct args *args)
{
	struct lines old = { 0 }, new = { 0 };
	struct script script = { 0 };
	const char *file;
	int ret;

	if (args_want_help(args))
		return args_help(args);
	ret = args_file(args, "FILE", &file);
	if (!ret)
		ret = args_end(args);
	if (!ret)
		ret = script_read(&script, file);
	if (!ret)
		ret = load_old(&old);
	if (!ret)
		ret = load_new(&script, &new);
	if (!ret)
		ret = print_diff(&old, &new);
	free_lines(&old);
	free_lines(&new);
	script_free(&script);
	return ret;
}
