// SPDX-License-Identifier: GPL-2.0
/*
 * Save: print the configuration.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <string.h>

#include "ban.h"
#include "config.h"
#include "err.h"
#include "object.h"
#include "out.h"

const char save_usage[] =
	"Usage: levee save [ without { lists | bans }... ]\n"
	"Prints the configuration as commands: policies, limits, the size of the tables,\n"
	"ports of reflectors, lists, bans and hooks. levee apply FILE puts it in force.\n"
	"Where feeds fill the lists, save without lists: applying the file then leaves\n"
	"them as they are. Save with bans for a reboot, without bans for a file to be\n"
	"edited and applied, which would make them again.\n";

/* What is behind "without". */
static int take_without(struct args *args, bool *lists, bool *bans)
{
	const char *word;
	bool *which;
	int ret;

	do {
		ret = args_take(args, "\"lists\" or \"bans\"", &word);
		if (ret)
			return ret;
		if (!strcmp(word, "lists"))
			which = lists;
		else if (!strcmp(word, "bans"))
			which = bans;
		else
			return err_usage("without \"%s\": expected one of: lists, bans",
					 word);
		if (*which)
			return err_usage("\"%s\" is given twice", word);
		*which = true;
	} while (args->n);
	return EXIT_OK;
}

int save_run(struct args *args)
{
	struct config config = { 0 };
	bool without_bans = false;
	int ret = EXIT_OK;

	if (args_want_help(args))
		return args_help(args);
	if (args->n && !strcmp(args->v[0], "without")) {
		args->prev = *args->v++;
		args->n--;
		ret = take_without(args, &config.without_lists, &without_bans);
	}
	if (!ret)
		ret = args_end(args);
	if (!ret && out_json)
		ret = err_usage("save prints commands, not JSON; for JSON use table, policy, limit, list, hook or source show banned");
	if (!ret)
		ret = config_load(&config);
	if (!ret && !without_bans)
		ret = ban_load(&config.bans);
	if (!ret)
		config_write(&config);
	config_free(&config);
	return ret;
}
