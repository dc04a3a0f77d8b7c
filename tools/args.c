// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments of a command: keywords, names, numbers.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "args.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "names.h"

/**
 * args_next - Take an argument that is known to be there.
 * @args: what is left of the command
 *
 * Return: the argument.
 */
const char *args_next(struct args *args)
{
	args->n--;
	args->prev = *args->v++;
	return args->prev;
}

/* In a file, the message about the line is enough. */
static void print_usage(const struct args *args)
{
	if (!err_line())
		fputs(args->usage, stderr);
}

/**
 * args_missing - Complain about a command that ends too early.
 * @args: what is left of it
 * @fmt: what is missing, as for printf()
 *
 * Return: EXIT_USAGE.
 */
int args_missing(struct args *args, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	err_usage("%s is missing after \"%s\"", msg, args->prev);
	print_usage(args);
	return EXIT_USAGE;
}

/**
 * args_want_help - Whether help is asked for, and nothing else to be done.
 * @args: arguments behind the object
 *
 * Return: true if the next argument is "help", or the option.
 */
bool args_want_help(const struct args *args)
{
	static const char *const words[] = { "help", "-h", "-help", "--help" };
	size_t i;

	for (i = 0; args->n && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(args->v[0], words[i]))
			return true;
	return false;
}

/**
 * args_help - Print the help of the object.
 * @args: arguments behind the object, of which args_want_help() is true
 *
 * Return: enum exit_status.
 */
int args_help(struct args *args)
{
	int ret;

	args_next(args);
	ret = args_end(args);

	if (!ret)
		fputs(args->usage, stdout);
	return ret;
}

/**
 * args_command - Run the command that the next argument names.
 * @args: arguments behind the object
 * @commands: commands of the object; the first is run if none is named
 * @n: how many there are
 *
 * Return: enum exit_status.
 */
int args_command(struct args *args, const struct command *commands, size_t n)
{
	const char *object = args->prev, *name;
	size_t i;

	if (!args->n)
		return commands[0].run(args);
	if (args_want_help(args))
		return args_help(args);
	name = args_next(args);
	for (i = 0; i < n; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(args);
	err_usage("%s \"%s\": no such command", object, name);
	print_usage(args);
	return EXIT_USAGE;
}

/**
 * args_take - Take an argument that has to be there.
 * @args: what is left of the command
 * @what: what it is, for the message
 * @val: where to store it
 *
 * Return: enum exit_status.
 */
int args_take(struct args *args, const char *what, const char **val)
{
	if (!args->n)
		return args_missing(args, "%s", what);
	*val = args_next(args);
	return EXIT_OK;
}

/**
 * args_file - Take the name of a file.
 * @args: what is left of the command
 * @what: what it is, for the message
 * @file: where to store it
 *
 * Behind "--" a name may begin with a dash.
 *
 * Return: enum exit_status.
 */
int args_file(struct args *args, const char *what, const char **file)
{
	bool dashes = args->n && !strcmp(args->v[0], "--");

	if (dashes)
		args_next(args);
	if (!args->n)
		return args_missing(args, "%s", what);
	*file = args_next(args);
	if (!dashes && **file == '-' && (*file)[1])
		return err_usage("\"%s\": options stand before the object; for a file of that name, write \"./%s\"",
				 *file, *file);
	return EXIT_OK;
}

/**
 * args_end - Complain if anything is left.
 * @args: what is left of the command
 *
 * Return: enum exit_status.
 */
int args_end(struct args *args)
{
	if (!args->n)
		return EXIT_OK;
	return err_usage("\"%s\": nothing is expected after \"%s\"", args->v[0],
			 args->prev);
}

static int unknown_keyword(const char *key, const struct param *params,
			   size_t n)
{
	char list[128];
	size_t i, len = 0;

	for (i = 0; i < n && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				i ? ", " : "", params[i].key);
	return err_usage("\"%s\": unknown keyword; expected %s%s", key,
			 n > 1 ? "one of: " : "", list);
}

/**
 * args_params - Take all keywords and values that are left.
 * @args: what is left of the command
 * @params: keywords that may follow, each once and in any order
 * @n: how many there are
 *
 * Return: enum exit_status.
 */
int args_params(struct args *args, struct param *params, size_t n)
{
	const char *key;
	size_t i;
	int ret;

	while (args->n) {
		key = args_next(args);
		for (i = 0; i < n && strcmp(key, params[i].key); i++)
			;
		if (i == n)
			return unknown_keyword(key, params, n);
		if (params[i].seen)
			return err_usage("\"%s\" is given twice", key);
		params[i].seen = true;
		if (!params[i].what)
			continue;
		if (!args->n)
			return err_usage("\"%s\" must be followed by a value: %s",
					 key, params[i].what);
		ret = params[i].parse(key, args_next(args), params[i].to);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

/**
 * args_digits - Read a number that consists of nothing but digits.
 * @text: what the user wrote
 * @max: largest number allowed, at most UINT32_MAX
 * @val: where to store it
 *
 * Return: true if it was one.
 */
bool args_digits(const char *text, uint64_t max, uint32_t *val)
{
	uint64_t sum = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		sum = sum * 10 + (*text - '0');
		if (sum > max)
			return false;
	}
	*val = sum;
	return true;
}

/**
 * args_u32 - Read a number from 0 to UINT32_MAX.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @val: uint32_t
 *
 * Return: enum exit_status.
 */
int args_u32(const char *key, const char *text, void *val)
{
	if (args_digits(text, UINT32_MAX, val))
		return EXIT_OK;
	return err_usage("%s \"%s\": expected a number from 0 to %u", key, text,
			 UINT32_MAX);
}

/**
 * args_name - Check the name of a policy.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @name: const char *, becomes @text
 *
 * Return: enum exit_status.
 */
int args_name(const char *key, const char *text, void *name)
{
	const char **to = name;
	const char *c;

	for (c = text; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			return err_usage("%s \"%s\": a name has only letters, digits, dots, dashes and underscores",
					 key, text);
	if (c == text)
		return err_usage("%s \"\": the name is empty", key);
	if (c - text > LEVEE_NAME_MAX)
		return err_usage("%s \"%s\": a name has at most %u characters",
				 key, text, LEVEE_NAME_MAX);
	*to = text;
	return EXIT_OK;
}

static int parse_enum(const char *key, const char *text,
		      const struct names *names, uint32_t *val)
{
	int found = names_value(names, text);
	char list[128];

	if (found < 0)
		return err_usage("%s \"%s\": expected one of: %s", key, text,
				 names_list(names, list, sizeof(list)));
	*val = found;
	return EXIT_OK;
}

/**
 * args_mode - Read the name of a mode.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @mode: uint32_t
 *
 * Return: enum exit_status.
 */
int args_mode(const char *key, const char *text, void *mode)
{
	return parse_enum(key, text, &names_mode, mode);
}

/**
 * args_class - Read the name of a class.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @class: uint32_t
 *
 * Return: enum exit_status.
 */
int args_class(const char *key, const char *text, void *class)
{
	return parse_enum(key, text, &names_class, class);
}
