// SPDX-License-Identifier: GPL-2.0
/*
 * Reflect: ports that attacks are reflected from, and who was asked.
 */
#include "reflect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "err.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "service.h"

const char reflect_usage[] =
	"Usage: levee reflect { add | del } PORT[,PORT...]\n"
	"       levee reflect set { PORT[,PORT...] | default }\n"
	"       levee reflect [ show ]\n"
	"UDP from these ports is of class reflect if nobody has asked for it, and so are\n"
	"SYN/ACK and echo replies; what was asked for is of class udp, tcp or icmp.\n"
	"That is told in policies with a limit for reflect, from what goes out by the\n"
	"devices with hooks. asked says whether it is known:\n"
	"  off      no limit wants to know, or there is no hook\n"
	"  warming  not for so many seconds yet: until then all passes for asked\n"
	"  on       yes, but in policies of which levee policy show says otherwise\n"
	"  blind    this kernel has no egress hooks: all passes for asked\n"
	"met says likewise whether it is known who has connections, for tcp-stray.\n";

static int compare_ports(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Reads PORT[,PORT...] in any order, each once. */
static int parse_ports(const char *text, struct reflect *reflect)
{
	char *copy = strdup(text), *next = copy, *word;
	int ret = EXIT_OK;
	size_t i;

	if (!copy)
		return err_refused("out of memory");
	while (!ret && (word = strsep(&next, ","))) {
		if (reflect->count == REFLECT_PORTS_MAX)
			ret = err_usage("there are at most %u ports",
					REFLECT_PORTS_MAX);
		else
			ret = port_parse("port", word,
					 &reflect->port[reflect->count++]);
	}
	free(copy);
	if (ret)
		return ret;
	qsort(reflect->port, reflect->count, sizeof(*reflect->port),
	      compare_ports);
	for (i = 1; i < reflect->count; i++)
		if (reflect->port[i] == reflect->port[i - 1])
			return err_usage("port \"%u\" is given twice",
					 reflect->port[i]);
	return EXIT_OK;
}

static int take_reflect(const struct nlmsghdr *nlh, void *data)
{
	struct reflect *reflect = data;
	const struct nlattr *tb[NL_TB_SIZE];
	const struct nlattr *attr;
	size_t i;

	nl_parse(nlh, tb);
	reflect->count = 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == LEVEE_A_REFLECT_PORT &&
		    reflect->count < REFLECT_PORTS_MAX)
			reflect->port[reflect->count++] = nl_u16(attr);
	reflect->builtin = tb[LEVEE_A_REFLECT_BUILTIN];
	/* Each is of 32 or of 64 bits, and is 0 if it is read as the other. */
	for (i = 0; i <= LEVEE_A_REFLECT_MAX; i++)
		reflect->val[i] = nl_u32(tb[i]) | nl_u64(tb[i]);
	return 0;
}

/**
 * reflect_load - Ask the kernel for the ports, and what is known of who was asked.
 * @reflect: where to put it
 *
 * Return: enum exit_status.
 */
int reflect_load(struct reflect *reflect)
{
	int ret = nl_begin(LEVEE_CMD_REFLECT_GET);

	return ret ? ret : nl_do(take_reflect, reflect);
}

static void print_ports(const struct reflect *reflect)
{
	size_t i;

	for (i = 0; i < reflect->count; i++)
		out_text("%s%u", i ? "," : "", reflect->port[i]);
}

/**
 * reflect_save - Write the command that restores the ports.
 * @reflect: the ports
 *
 * Says nothing if they are those that are built in.
 */
void reflect_save(const struct reflect *reflect)
{
	if (reflect->builtin)
		return;
	out_text("\n# Ports that attacks are reflected from.\n\nreflect set ");
	print_ports(reflect);
	out_text("\n");
}

static int change(uint8_t cmd, const char *text)
{
	struct reflect reflect = { 0 };
	size_t i;
	int ret;

	reflect.builtin = cmd == LEVEE_CMD_REFLECT_SET &&
			  !strcmp(text, "default");
	ret = reflect.builtin ? EXIT_OK : parse_ports(text, &reflect);
	if (!ret)
		ret = nl_begin(cmd);
	if (ret)
		return ret;
	if (reflect.builtin)
		nl_put(LEVEE_A_REFLECT_BUILTIN, NULL, 0);
	for (i = 0; i < reflect.count; i++)
		nl_put(LEVEE_A_REFLECT_PORT, &reflect.port[i],
		       sizeof(reflect.port[i]));
	return nl_do(NULL, NULL);
}

static int take_change(struct args *args, uint8_t cmd)
{
	const char *text;
	int ret = args_take(args, "PORT[,PORT...]", &text);

	if (!ret)
		ret = args_end(args);
	return ret ? ret : change(cmd, text);
}

static int add(struct args *args)
{
	return take_change(args, LEVEE_CMD_REFLECT_ADD);
}

static int del(struct args *args)
{
	return take_change(args, LEVEE_CMD_REFLECT_DEL);
}

static int set(struct args *args)
{
	return take_change(args, LEVEE_CMD_REFLECT_SET);
}

/* One of the two tables: what is known, and how full it is. */
static const struct known {
	const char *text;
	const char *key;
	const char *wait_key;
	const char *live_key;
	const char *max_key;
	const char *missed_key;
	uint16_t attr;	/* followed by those of the others, in this order */
} known[] = {
	{ "asked", "asked", "asked-wait", "asked-live", "asked-max",
	  "asked-missed", LEVEE_A_REFLECT_ASKED },
	{ "met  ", "met", "met-wait", "met-live", "met-max", "met-missed",
	  LEVEE_A_REFLECT_MET },
};

static void print_known(const struct known *what, const uint64_t *val)
{
	const char *outlook = names_text(&names_outlook, val[0]);

	out_text("%s ", what->text);
	out_str(OUT_ANY, what->key, "%s", outlook);
	if (val[1])
		out_u64(OUT_ANY, what->wait_key, " for %" PRIu64 "s", val[1]);
	out_u64(OUT_ANY, what->live_key, " %" PRIu64, val[2]);
	out_u64(OUT_ANY, what->max_key, " of %" PRIu64, val[3]);
	out_u64(OUT_ANY, what->missed_key, " %" PRIu64 " missed\n", val[4]);
}

static int show(struct args *args)
{
	struct reflect reflect = { 0 };
	int ret = args_end(args);
	size_t i;

	if (!ret)
		ret = reflect_load(&reflect);
	if (ret)
		return ret;
	out_object_open(NULL);
	out_array_open("port");
	for (i = 0; i < reflect.count; i++)
		out_u64(OUT_ANY, NULL, i ? ",%" PRIu64 : "ports %" PRIu64,
			reflect.port[i]);
	out_array_close();
	if (reflect.builtin) {
		out_flag("builtin");
		out_text(" (default)");
	}
	out_text("\n");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		print_known(&known[i], &reflect.val[known[i].attr]);
	out_object_close();
	return EXIT_OK;
}

int reflect_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
		{ "add", add },
		{ "del", del },
		{ "set", set },
	};

	return args_command(args, commands,
			    sizeof(commands) / sizeof(commands[0]));
}
