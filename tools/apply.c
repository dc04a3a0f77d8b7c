// SPDX-License-Identifier: GPL-2.0
/*
 * Apply: replace the whole configuration in one step, or change nothing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/levee.h>

#include "err.h"
#include "hook.h"
#include "input.h"
#include "nl.h"
#include "nlerr.h"
#include "object.h"
#include "out.h"
#include "script.h"

const char apply_usage[] =
	"Usage: levee apply FILE\n"
	"Replaces the whole configuration by that in FILE (- is standard input) in one\n"
	"step, or changes nothing. FILE has the commands that \"levee save\" prints, in\n"
	"any order but that policies come before their limits. What it does not mention\n"
	"becomes what it is when the module was just loaded: no hooks, and the policy\n"
	"default with its limits in mode monitor. Only a list that it does not mention\n"
	"stays as it is, and so do bans, of which none becomes shorter. Policies of the\n"
	"same name and limits of the same class, source prefix length and unit keep\n"
	"counters and meters.\n"
	"\"levee diff FILE\" shows what would change.\n";

/* How often it is tried while others change the configuration. */
#define TRIES 5

/* Are there hooks now, and none in the file? */
static int unhooks(const struct script *script, bool *yes)
{
	struct hook_list hooks = { 0 };
	int ret = EXIT_OK;

	if (!script->hooks)
		ret = hook_load(&hooks);
	*yes = hooks.count;
	free(hooks.hook);
	return ret;
}

/* Sets *@again if others have changed the configuration meanwhile. */
static int commit(const struct script *script, bool *again)
{
	const struct nlmsghdr *end;
	struct err_place before;
	int ret;

	*again = false;
	ret = nl_begin(LEVEE_CMD_CONFIG_COMMIT);
	if (!ret)
		ret = nl_try(NULL, NULL, &end);
	if (ret || !nlerr_code(end))
		return ret;
	*again = nlerr_code(end) == EAGAIN;
	if (*again)
		return EXIT_REFUSED;
	before = script_blame(script, end);
	ret = nl_report(end);
	err_at(before.file, before.line);
	return ret;
}

static int apply(struct script *script)
{
	int tries = TRIES, ret;
	bool again;

	do {
		ret = script_stage(script);
		if (ret)
			return ret;
		ret = commit(script, &again);
	} while (again && --tries);
	if (again)
		return err_refused("others keep changing the configuration; nothing was changed by this command");
	return ret ? ret : script_finish(script);
}

int apply_run(struct args *args)
{
	struct script script = { 0 };
	bool unhooked = false;
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
		ret = unhooks(&script, &unhooked);
	if (!ret)
		ret = apply(&script);
	if (!ret && unhooked)
		err_warn("warning: there is no \"hook add\" in %s: levee sees no packets any more",
			 input_text(file));
	/* What is left of a configuration that was refused goes with the socket. */
	if (ret)
		nl_close();
	script_free(&script);
	return ret;
}
