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
	"Usage: levee save\n"
	"Prints the configuration as commands: policies, limits, lists, bans, hooks and\n"
	"the size of the tables. levee apply FILE puts it in force.\n";

int save_run(struct args *args)
{
	struct config config = { 0 };
	int ret = EXIT_OK;

	if (args_want_help(args))
		return args_help(args);
	ret = args_end(args);
	if (!ret && out_json)
		ret = err_usage("save prints commands, not JSON; for JSON use table, policy, limit, list, hook or source show banned");
	if (!ret)
		ret = config_load(&config);
	if (!ret)
		ret = ban_load(&config.bans);
	if (!ret)
		config_write(&config);
	config_free(&config);
	return ret;
}
