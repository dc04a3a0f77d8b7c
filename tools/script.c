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

#include "ban.h"
#include "batch.h"
#include "dead.h"
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

/* The same where each request may be refused: there has to be room for the answers. */
#define CHUNK_LATER 6000

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
	{ "reflect", "set" },
	{ "hook", "add" },
};

#define ALLOWED "table set, policy add, policy set, limit set, limit del, " \
	"limit flush, list add, list flush, source ban, reflect set, " \
	"hook add"

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
	request->when = genl->cmd == LEVEE_CMD_SOURCE_BAN ? SCRIPT_LATER :
							     SCRIPT_NOW;
	copy = (struct nlmsghdr *)(script->buf + script->used);
	memset((char *)copy + size - MNL_ALIGNTO, 0, MNL_ALIGNTO);
	memcpy(copy, nlh, nlh->nlmsg_len);
	copy->nlmsg_seq = SEQ_FIRST + script->count++;
	script->used += size;
	script->hooks += genl->cmd == LEVEE_CMD_HOOK_ADD;
	script->bans += genl->cmd == LEVEE_CMD_SOURCE_BAN;
	script->lists |= list_part(nlh);
	return EXIT_OK;
}

/**
 * script_read - Read a file, and check it as far as that needs no kernel.
 * @script: empty; to be freed even after an error
 * @file: its name; "-" is standard input
 *
 * Complains about every line that is wrong, and if there is none: what was to
 * write the file may have failed.
 *
 * Return: enum exit_status.
 */
int script_read(struct script *script, const char *file)
{
	struct err_place before;
	int ret;

	script->name = file;
	filling = script;
	errors = 0;
	nl_collect(take_request);
	ret = batch_run(file, true, take_line);
	nl_collect(NULL);
	once_forget();
	if (!ret && !script->count) {
		before = err_at(file, 0);
		ret = err_usage("there is no command in it; nothing was changed");
		err_at(before.file, before.line);
	}
	if (!ret)
		dead_check(script);
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

/* One ban is not made; the others are. The first tells why. */
static int ban_refused(const struct nlmsghdr *reply, void *data)
{
	struct script *script = data;

	if (reply->nlmsg_seq - SEQ_FIRST < script->count &&
	    !script->refused++)
		refused(reply, data);
	return EXIT_OK;
}

/* Sends those requests which come now, or later; as many at once as there is room. */
static int send_requests(struct script *script, enum script_when when,
			 size_t chunk, nl_reply_fn *answer)
{
	const struct script_request *request = script->request;
	size_t i = 0, first;
	uint32_t size;
	int ret = EXIT_OK;

	while (!ret && i < script->count) {
		if (request[i].when != when) {
			i++;
			continue;
		}
		first = i;
		size = 0;
		do
			size += request[i++].size;
		while (i < script->count && request[i].when == when &&
		       size + request[i].size <= chunk);
		ret = nl_send_many(script_request(script, first), size,
				   answer, script);
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
		   LEVEE_CONFIG_WHAT_REFLECT | script->lists);
	ret = nl_do(NULL, NULL);
	return ret ? ret : send_requests(script, SCRIPT_NOW, CHUNK, refused);
}

/* Of bans in force, none becomes shorter by a file from before. */
static int skip_shorter(struct script *script)
{
	struct ban_list list = { 0 };
	int ret = ban_load(&list);
	size_t i;

	for (i = 0; !ret && i < script->count; i++)
		if (script->request[i].when == SCRIPT_LATER &&
		    ban_outlasts(&list, script_request(script, i)))
			script->request[i].when = SCRIPT_NEVER;
	ban_free(&list);
	return ret;
}

/**
 * script_finish - Ask for what is no part of a configuration: bans.
 * @script: the file, whose configuration is in force
 *
 * Those that would end before one in force are left out.
 *
 * Return: enum exit_status.
 */
int script_finish(struct script *script)
{
	struct err_place before;
	int ret;

	if (!script->bans)
		return EXIT_OK;
	ret = skip_shorter(script);
	if (!ret)
		ret = send_requests(script, SCRIPT_LATER, CHUNK_LATER,
				    ban_refused);
	before = err_at(script->name, 0);
	if (ret)
		err_refused("the configuration is in force; some of its bans were not made");
	else if (script->refused)
		ret = err_refused("the configuration is in force; %zu of %zu bans were not made",
				  script->refused, script->bans);
	err_at(before.file, before.line);
	return ret;
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
