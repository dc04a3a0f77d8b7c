// SPDX-License-Identifier: GPL-2.0
/*
 * Report: what attacks there were, in text, JSON or HTML.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <errno.h>
#include <string.h>

#include "args.h"
#include "err.h"
#include "object.h"
#include "out.h"
#include "when.h"

const char report_usage[] =
	"Usage: levee report [ policy POLICY ] [ since WHEN ] [ html FILE ]\n"
	"Tells of attacks: when they began and ended, with what, from whom, and what was\n"
	"dropped and why. It covers all that the kernel remembers, about a day, or what\n"
	"was since WHEN. With html, it is one page with plots that is written to FILE\n"
	"(- is standard output).\n"
	"WHEN := how long ago, as in 10m, 2h or 1d, or when: 03:10, 2026-11-24 or\n"
	"        2026-11-24T03:10:00Z; without Z or an offset it is local time\n";

struct wish {
	const char *policy;
	uint64_t since;
	const char *html;
};

static int parse_file(const char *key, const char *text, void *file)
{
	const char **to = file;

	if (!*text)
		return err_usage("%s \"\": the name of the file is empty", key);
	*to = text;
	return EXIT_OK;
}

static int write_html(const struct report *report, const char *name)
{
	FILE *file;
	int err;

	if (!strcmp(name, "-")) {
		report_html(report, stdout);
		return EXIT_OK;
	}
	file = fopen(name, "we");
	if (!file)
		return err_refused("cannot open \"%s\": %s", name,
				   strerror(errno));
	report_html(report, file);
	err = ferror(file) ? EIO : 0;
	if (fclose(file))
		err = errno;
	return err ? err_refused("cannot write \"%s\": %s", name,
				 strerror(err)) : EXIT_OK;
}

static int make_report(const struct wish *wish)
{
	struct report report = { .policy = wish->policy };
	int ret;

	ret = report_load(&report, wish->since);
	if (!ret) {
		report_sum(&report);
		if (wish->html)
			ret = write_html(&report, wish->html);
		else
			report_print(&report);
	}
	report_free(&report);
	return ret;
}

int report_run(struct args *args)
{
	struct wish wish = { 0 };
	struct param params[] = {
		{ "policy", "POLICY", args_name, &wish.policy, false },
		{ "since", WHEN_WHAT, when_parse, &wish.since, false },
		{ "html", "FILE, or - for standard output", parse_file,
		  &wish.html, false },
	};
	int ret;

	if (args_want_help(args))
		return args_help(args);
	ret = args_params(args, params, 3);
	if (!ret && wish.html && out_json)
		ret = err_usage("html \"%s\": a page is not JSON; leave out one of both",
				wish.html);
	return ret ? ret : make_report(&wish);
}
