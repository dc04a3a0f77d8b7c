// SPDX-License-Identifier: GPL-2.0
/*
 * The levee command: options, and which object a command is about.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "err.h"
#include "nl.h"
#include "object.h"
#include "out.h"

#define NETNS_DIR "/run/netns"

static int help_run(struct args *args);

static const char usage[] =
	"Usage: levee [OPTIONS] OBJECT [COMMAND [ARGUMENTS]]\n"
	"       levee [OPTIONS] -batch FILE\n"
	"       levee help [OBJECT]\n"
	"OBJECT:\n"
	"  hook     where levee sees packets\n"
	"  policy   what traffic to some destinations may do\n"
	"  limit    how much a source may send, per policy and class of packets\n"
	"  list     sources that pass, or are dropped, whatever they send\n"
	"  source   who exceeded a limit, and who is banned\n"
	"  reflect  ports that attacks are reflected from\n"
	"  stats    counters per policy and class, and totals\n"
	"  table    size and use of the tables\n"
	"  flush    forget sources, counters, meters or what was learned\n"
	"  suggest  limits for what was seen in mode monitor\n"
	"  monitor  print events as they happen\n"
	"  report   what attacks there were\n"
	"  save     print the configuration, as apply reads it\n"
	"  apply    replace the whole configuration in one step, or change nothing\n"
	"  diff     show what apply would change\n"
	"OPTIONS:\n"
	"  -s, -stats         show more: counters, bytes, absolute times\n"
	"  -j, -json          print JSON\n"
	"  -p, -pretty        print JSON with indentation\n"
	"  -n, -netns NETNS   work in a network namespace (name or path)\n"
	"  -b, -batch FILE    run the commands in FILE (- is standard input)\n"
	"  -f, -force         in a batch, go on after an error\n"
	"  -V, -Version       print the version\n"
	"  -h, -help          print this help\n"
	"See levee(8).\n";

static const struct object objects[] = {
	{ "hook", hook_run, hook_usage },
	{ "policy", policy_run, policy_usage },
	{ "limit", limit_run, limit_usage },
	{ "list", list_run, list_usage },
	{ "source", source_run, source_usage },
	{ "reflect", reflect_run, reflect_usage },
	{ "stats", stats_run, stats_usage },
	{ "table", table_run, table_usage },
	{ "flush", flush_run, flush_usage },
	{ "suggest", suggest_run, suggest_usage },
	{ "monitor", monitor_run, monitor_usage },
	{ "report", report_run, report_usage },
	{ "save", save_run, save_usage },
	{ "apply", apply_run, apply_usage },
	{ "diff", diff_run, diff_usage },
	{ "help", help_run, usage },
};

#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

/**
 * struct options - What stands before the object.
 * @netns: network namespace to work in, or NULL
 * @batch: batch file, or NULL
 * @force: go on after an error in a batch
 * @done: the option was all there was to do
 */
struct options {
	const char *netns;
	const char *batch;
	bool force;
	bool done;
};

static const struct object *find_object(const char *name)
{
	size_t i;

	for (i = 0; i < OBJECTS; i++)
		if (!strcmp(objects[i].name, name))
			return &objects[i];
	err_usage("\"%s\": no such object; expected one of: hook, policy, limit, list, source, reflect, stats, table, flush, suggest, monitor, report, save, apply, diff, help%s",
		  name, *name == '-' ? " (options stand before the object)" : "");
	return NULL;
}

static int help_run(struct args *args)
{
	const struct object *object;
	const char *name;
	int ret;

	if (!args->n) {
		fputs(usage, stdout);
		return EXIT_OK;
	}
	name = args_next(args);
	ret = args_end(args);
	if (ret)
		return ret;
	object = find_object(name);
	if (!object)
		return EXIT_USAGE;
	fputs(object->usage, stdout);
	return EXIT_OK;
}

int object_run(int argc, char **argv)
{
	const struct object *object = find_object(argv[0]);
	struct args args = { .v = argv + 1, .n = argc - 1, .prev = argv[0] };

	if (!object)
		return EXIT_USAGE;
	args.usage = object->usage;
	return object->run(&args);
}

static int enter_netns(const char *name)
{
	char path[PATH_MAX];
	int fd, ret;

	if (!strchr(name, '/')) {
		if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
			return err_usage("-netns \"%s\": not a name", name);
		ret = snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
		if (ret >= (int)sizeof(path))
			return err_usage("-netns: the name is too long");
		name = path;
	}
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_refused("cannot open network namespace \"%s\": %s",
				   name, strerror(errno));
	ret = EXIT_OK;
	if (setns(fd, CLONE_NEWNET))
		ret = err_refused("cannot enter network namespace \"%s\": %s",
				  name, strerror(errno));
	close(fd);
	return ret;
}

static int set_value(const char **to, const char *opt, const char *what,
		     const char *value)
{
	if (*to)
		return err_usage("-%s is given twice", opt);
	if (!value)
		return err_usage("-%s must be followed by %s", opt, what);
	*to = value;
	return EXIT_OK;
}

static bool is_option(const char *opt, const char *brief, const char *full)
{
	return !strcmp(opt, brief) || !strcmp(opt, full);
}

/* Takes the options before the object; returns enum exit_status. */
static int take_options(char ***argv, struct options *to)
{
	const char *opt;
	int ret = EXIT_OK;
	char **v;

	for (v = *argv; !ret && !to->done && *v && **v == '-'; v++) {
		opt = *v + (v[0][1] == '-' ? 2 : 1);
		if (is_option(opt, "j", "json")) {
			out_json = true;
		} else if (is_option(opt, "p", "pretty")) {
			out_pretty = true;
		} else if (is_option(opt, "s", "stats") ||
			   !strcmp(opt, "statistics")) {
			out_stats = true;
		} else if (is_option(opt, "f", "force")) {
			to->force = true;
		} else if (is_option(opt, "n", "netns")) {
			ret = set_value(&to->netns, opt, "NETNS", v[1]);
			v += !ret;
		} else if (is_option(opt, "b", "batch")) {
			ret = set_value(&to->batch, opt, "FILE", v[1]);
			v += !ret;
		} else if (is_option(opt, "V", "Version")) {
			puts("levee " LEVEE_TOOL_VERSION);
			to->done = true;
		} else if (is_option(opt, "h", "help")) {
			fputs(usage, stdout);
			to->done = true;
		} else {
			ret = err_usage("\"%s\": unknown option; try levee -help",
					*v);
		}
	}
	*argv = v;
	return ret;
}

static int run(char **argv)
{
	struct options opts = { 0 };
	int argc = 0, ret;

	ret = take_options(&argv, &opts);
	if (ret || opts.done)
		return ret;
	while (argv[argc])
		argc++;
	if (opts.batch && argc)
		return err_usage("\"%s\": no command may follow -batch FILE",
				 argv[0]);
	if (opts.force && !opts.batch)
		return err_usage("-force is only for -batch");
	if (!opts.batch && !argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (opts.netns)
		ret = enter_netns(opts.netns);
	if (ret)
		return ret;
	if (opts.batch)
		return batch_run(opts.batch, opts.force, object_run);
	return object_run(argc, argv);
}

/*
 * If standard input, output or error is closed, the netlink socket must not
 * take its place. What is opened instead fails when it is used.
 */
static void occupy_standard_fds(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

int main(int argc, char **argv)
{
	int ret;

	occupy_standard_fds();
	ret = argc ? run(argv + 1) : EXIT_USAGE;
	nl_close();
	if (out_flush() && (!ret || ret == EXIT_DIFFERENT))
		ret = EXIT_REFUSED;
	return ret;
}
