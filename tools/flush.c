// SPDX-License-Identifier: GPL-2.0
/*
 * Flush: forget sources, counters, meters or what was learned.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <string.h>

#include "err.h"
#include "nl.h"
#include "object.h"

const char flush_usage[] =
	"Usage: levee flush { sources | stats | meters | learned | all }\n"
	"  sources  records of offenders\n"
	"  stats    counters of policies, limits and hooks\n"
	"  meters   every source has its full burst again\n"
	"  learned  what was learned in mode monitor\n"
	"  all      all of these\n";

static const struct {
	const char *name;
	uint32_t what;
} kinds[] = {
	{ "sources", LEVEE_FLUSH_WHAT_SOURCES },
	{ "stats", LEVEE_FLUSH_WHAT_STATS },
	{ "meters", LEVEE_FLUSH_WHAT_METERS },
	{ "learned", LEVEE_FLUSH_WHAT_LEARNED },
	{ "all", LEVEE_FLUSH_WHAT_SOURCES | LEVEE_FLUSH_WHAT_STATS |
		 LEVEE_FLUSH_WHAT_METERS | LEVEE_FLUSH_WHAT_LEARNED },
};

static int flush(struct args *args, uint32_t what)
{
	int ret = args_end(args);

	if (!ret)
		ret = nl_begin(LEVEE_CMD_FLUSH);
	if (ret)
		return ret;
	nl_put_u32(LEVEE_A_FLUSH_WHAT, what);
	return nl_do(NULL, NULL);
}

int flush_run(struct args *args)
{
	const char *name;
	size_t i;
	int ret;

	if (args_want_help(args))
		return args_help(args);
	ret = args_take(args, "what to forget", &name);
	if (ret)
		return ret;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(name, kinds[i].name))
			return flush(args, kinds[i].what);
	return err_usage("flush \"%s\": expected one of: sources, stats, meters, learned, all",
			 name);
}
