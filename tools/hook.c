// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: where levee sees packets.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "hook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "names.h"
#include "nl.h"
#include "object.h"
#include "out.h"

const char hook_usage[] =
	"Usage: levee hook add  { dev DEV | prerouting }\n"
	"       levee hook del  { dev DEV | prerouting }\n"
	"       levee [-s] hook [ show ]\n";

static int take_hook(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct hook_list *list = data;
	struct hook *hook;

	list->hook = err_grow(list->hook, list->count, sizeof(*hook));
	hook = &list->hook[list->count++];
	nl_parse(nlh, tb);
	hook->type = nl_u32(tb[LEVEE_A_HOOK_TYPE]);
	hook->ifindex = nl_u32(tb[LEVEE_A_HOOK_IFINDEX]);
	snprintf(hook->ifname, sizeof(hook->ifname), "%s",
		 nl_str(tb[LEVEE_A_HOOK_IFNAME]));
	hook->packets = nl_u64(tb[LEVEE_A_HOOK_PACKETS]);
	hook->bytes = nl_u64(tb[LEVEE_A_HOOK_BYTES]);
	hook->dropped_packets = nl_u64(tb[LEVEE_A_HOOK_DROPPED_PACKETS]);
	hook->dropped_bytes = nl_u64(tb[LEVEE_A_HOOK_DROPPED_BYTES]);
	return 0;
}

static void forget(void *data)
{
	struct hook_list *list = data;

	list->count = 0;
}

/**
 * hook_load - Ask the kernel for all hooks.
 * @list: empty list to fill; its array is to be freed even after an error
 *
 * Return: enum exit_status.
 */
int hook_load(struct hook_list *list)
{
	int ret = nl_begin(LEVEE_CMD_HOOK_GET);

	return ret ? ret : nl_dump(take_hook, forget, list);
}

static void print_hook(const struct hook *hook)
{
	const char *type = names_text(&names_hook_type, hook->type);

	out_object_open(NULL);
	out_str(OUT_JSON, "type", NULL, type);
	if (hook->type == LEVEE_HOOK_TYPE_DEVICE) {
		out_u64(OUT_JSON, "ifindex", NULL, hook->ifindex);
		out_str(OUT_ANY, "ifname", "dev %s", hook->ifname);
	} else {
		out_text("%s", type);
	}
	if (out_json || out_stats) {
		out_u64(OUT_ANY, "packets", "\n    seen %" PRIu64 " packets",
			hook->packets);
		out_u64(OUT_ANY, "bytes", " %" PRIu64 " bytes", hook->bytes);
		out_u64(OUT_ANY, "dropped-packets",
			"\n    dropped %" PRIu64 " packets",
			hook->dropped_packets);
		out_u64(OUT_ANY, "dropped-bytes", " %" PRIu64 " bytes",
			hook->dropped_bytes);
	}
	out_text("\n");
	out_object_close();
}

static int show(struct args *args)
{
	struct hook_list list = { 0 };
	int ret = args_end(args);
	size_t i;

	if (!ret)
		ret = hook_load(&list);
	if (!ret) {
		out_array_open(NULL);
		for (i = 0; i < list.count; i++)
			print_hook(&list.hook[i]);
		out_array_close();
	}
	free(list.hook);
	return ret;
}

static int take_dev(struct args *args, struct hook *hook)
{
	const char *name;
	int ret = args_take(args, "DEV", &name);

	if (ret)
		return ret;
	if (!*name || strlen(name) >= sizeof(hook->ifname))
		return err_usage("dev \"%s\": a device name has 1 to %zu characters",
				 name, sizeof(hook->ifname) - 1);
	strcpy(hook->ifname, name);
	return EXIT_OK;
}

static int take_place(struct args *args, struct hook *hook)
{
	const char *type;
	int ret = args_take(args, "\"dev DEV\" or \"prerouting\"", &type);

	if (ret)
		return ret;
	if (!strcmp(type, "dev")) {
		hook->type = LEVEE_HOOK_TYPE_DEVICE;
		ret = take_dev(args, hook);
	} else if (!strcmp(type, "prerouting")) {
		hook->type = LEVEE_HOOK_TYPE_PREROUTING;
	} else {
		ret = err_usage("\"%s\": expected \"dev DEV\" or \"prerouting\"",
				type);
	}
	return ret ? ret : args_end(args);
}

static int find_dev(struct hook *hook)
{
	hook->ifindex = if_nametoindex(hook->ifname);
	if (hook->ifindex)
		return EXIT_OK;
	if (errno == ENODEV || errno == ENXIO)
		return err_refused("dev \"%s\": there is no such device",
				   hook->ifname);
	return err_refused("dev \"%s\": %s", hook->ifname, strerror(errno));
}

static int change(struct args *args, uint8_t cmd)
{
	struct hook hook = { 0 };
	int ret;

	ret = take_place(args, &hook);
	if (!ret && hook.type == LEVEE_HOOK_TYPE_DEVICE)
		ret = find_dev(&hook);
	if (!ret)
		ret = nl_begin(cmd);
	if (ret)
		return ret;
	nl_put_u32(LEVEE_A_HOOK_TYPE, hook.type);
	if (hook.ifindex)
		nl_put_u32(LEVEE_A_HOOK_IFINDEX, hook.ifindex);
	return nl_do(NULL, NULL);
}

static int add(struct args *args)
{
	return change(args, LEVEE_CMD_HOOK_ADD);
}

static int del(struct args *args)
{
	return change(args, LEVEE_CMD_HOOK_DEL);
}

int hook_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
		{ "add", add },
		{ "del", del },
	};

	return args_command(args, commands,
			    sizeof(commands) / sizeof(commands[0]));
}
