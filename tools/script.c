// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration files: what their commands ask the kernel for.
 *
 * The commands are those of the command line, and are read by the same code;
 * their requests are kept until the whole file is known to be right.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "batch.h"
#include "err.h"
#include "nl.h"
#include "nlerr.h"
#include "object.h"
#include "once.h"

/* Errors of one file that are shown. */
#define ERRORS_SHOWN 20

/* Sequence numbers of the requests of a file, far from those of others. */
#define SEQ_FIRST (1U << 24)

/* Bytes that are sent at once, unless one request needs more. */
#define CHUNK 60000

/* What a configuration consists of. */
static const struct {
	const char *object;
	const char *command;
} allowed[] = {
	{ "table", "set" },
	{ "policy", "add" },
	{ "policy", "set" },
	{ "limit", "set" },
	{ "limit", "del" },
	{ "limit", "flush" },
	{ "list", "add" },
	{ "list", "flush" },
	{ "source", "ban" },
	{ "hook", "add" },
};

#define ALLOWED "table set, policy add, policy set, limit set, limit del, " \
	"limit flush, list add, list flush, source ban, hook add"

static struct script *filling;
static unsigned int errors;

static bool is_allowed(int count, char **words)
{
	size_t i;

	for (i = 0; count > 1 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (!strcmp(words[0], allowed[i].object) &&
		    !strcmp(words[1], allowed[i].command))
			return true;
	return false;
}

static int take_line(int count, char **words)
{
	int ret;

	if (errors == ERRORS_SHOWN)
		return EXIT_USAGE;
	if (is_allowed(count, words))
		ret = object_run(count, words);
	else
		ret = err_usage("\"%s%s%s\": not part of a configuration; expected one of: "
				ALLOWED, words[0], count > 1 ? " " : "",
				count > 1 ? words[1] : "");
	if (ret && ++errors == ERRORS_SHOWN)
		err_warn("further errors are not shown");
	return ret;
}

/* That part of a configuration which is a list, of a request about it. */
static uint32_t list_part(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NL_TB_SIZE];

	if (genl->cmd != LEVEE_CMD_LIST_ADD && genl->cmd != LEVEE_CMD_LIST_FLUSH)
		return 0;
	nl_parse(nlh, tb);
	return nl_u32(tb[LEVEE_A_LIST_LIST]) == LEVEE_LIST_KIND_ALLOW ?
	       LEVEE_CONFIG_WHAT_ALLOW : LEVEE_CONFIG_WHAT_DENY;
}

static int take_request(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct script *script = filling;
	struct script_request *request;
	size_t size = MNL_ALIGN(nlh->nlmsg_len);
	struct nlmsghdr *copy;
	int ret = once_check(nlh, err_line());

	if (ret)
		return ret;
	if (script->room - script->used < size) {
		script->room = 2 * script->room + size;
		script->buf = err_realloc(script->buf, script->room, 1);
	}
	script->request = err_grow(script->request, script->count,
				   sizeof(*request));
	request = &script->request[script->count];
	request->at = script->used;
	request->size = size;
	request->line = err_line();
	request->later = genl->cmd == LEVEE_CMD_SOURCE_BAN;
	copy = (struct nlmsghdr *)(script->buf + script->used);
	memset((char *)copy + size - MNL_ALIGNTO, 0, MNL_ALIGNTO);
	memcpy(copy, nlh, nlh->nlmsg_len);
	copy->nlmsg_seq = SEQ_FIRST + script->count++;
	script->used += size;
	script->hooks += genl->cmd == LEVEE_CMD_HOOK_ADD;
	script->lists |= list_part(nlh);
	return EXIT_OK;
}

/**
 * script_read - Read a file, and check it as far as that needs no kernel.
 * @script: empty; to be freed even after an error
 * @file: its name; "-" is standard input
 *
 * Complains about every line that is wrong.
 *
 * Return: enum exit_status.
 */
int script_read(struct script *script, const char *file)
{
	int ret;

	script->name = file;
	filling = script;
	errors = 0;
	nl_collect(take_request);
	ret = batch_run(file, true, take_line);
	nl_collect(NULL);
	once_forget();
	return ret;
}

/**
 * script_request - One of the requests of a file.
 * @script: the file
 * @i: which
 *
 * Return: the request.
 */
struct nlmsghdr *script_request(const struct script *script, size_t i)
{
	return (struct nlmsghdr *)(script->buf + script->request[i].at);
}

/* Says why a request was refused, and which line it is from. */
static int refused(const struct nlmsghdr *reply, void *data)
{
	const struct script *script = data;
	size_t i = reply->nlmsg_seq - SEQ_FIRST;
	struct err_place before;
	int ret;

	/* Its answers are those to the requests just sent. */
	if (i >= script->count)
		return EXIT_OK;
	before = err_at(script->name, script->request[i].line);
	ret = nlerr_report(script_request(script, i), reply);
	err_at(before.file, before.line);
	return ret;
}

/* Sends those requests which come now, or later; as many at once as there is room. */
static int send_requests(struct script *script, bool later)
{
	const struct script_request *request = script->request;
	size_t i = 0, first;
	uint32_t size;
	int ret = EXIT_OK;

	while (!ret && i < script->count) {
		if (request[i].later != later) {
			i++;
			continue;
		}
		first = i;
		size = 0;
		do
			size += request[i++].size;
		while (i < script->count && request[i].later == later &&
		       size + request[i].size <= CHUNK);
		ret = nl_send_many(script_request(script, first), size,
				   refused, script);
	}
	return ret;
}

/**
 * script_stage - Make the kernel a configuration of a file, not in force yet.
 * @script: the file
 *
 * Return: enum exit_status.
 */
int script_stage(struct script *script)
{
	int ret;

	ret = nl_begin(LEVEE_CMD_CONFIG_BEGIN);
	if (ret)
		return ret;
	nl_put_u32(LEVEE_A_CONFIG_WHAT, LEVEE_CONFIG_WHAT_RULESET |
		   LEVEE_CONFIG_WHAT_HOOKS | LEVEE_CONFIG_WHAT_TABLES |
		   script->lists);
	ret = nl_do(NULL, NULL);
	return ret ? ret : send_requests(script, false);
}

/**
 * script_finish - Ask for what is no part of a configuration: bans.
 * @script: the file, whose configuration is in force
 *
 * Return: enum exit_status.
 */
int script_finish(struct script *script)
{
	return send_requests(script, true);
}

/**
 * script_blame - Let messages name the line that the kernel blames, or the file.
 * @script: the file
 * @reply: why it refused the whole configuration
 *
 * Return: what messages named before, for err_at().
 */
struct err_place script_blame(const struct script *script,
			      const struct nlmsghdr *reply)
{
	unsigned int line = 0;
	uint64_t seq;

	if (nlerr_cookie(reply, &seq) && seq - SEQ_FIRST < script->count)
		line = script->request[seq - SEQ_FIRST].line;
	return err_at(script->name, line);
}

/**
 * script_free - Free what a script holds and leave it empty.
 * @script: script to empty
 */
void script_free(struct script *script)
{
	free(script->buf);
	free(script->request);
	memset(script, 0, sizeof(*script));
}
