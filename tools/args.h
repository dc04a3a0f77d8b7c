/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arguments of a command: keywords, names, numbers.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ARGS_H
#define _LEVEE_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

/**
 * struct args - What is left of a command.
 * @v: next argument
 * @n: how many there are
 * @prev: what was taken last, to name in messages
 * @usage: help of the object
 */
struct args {
	char **v;
	int n;
	const char *prev;
	const char *usage;
};

/**
 * struct command - A command of an object.
 * @name: keyword
 * @run: does it with the arguments behind the keyword
 */
struct command {
	const char *name;
	int (*run)(struct args *args);
};

/**
 * struct param - A keyword, and the value that follows.
 * @key: keyword
 * @what: what the value may be, for messages; NULL if none follows
 * @parse: reads the value into @to; returns enum exit_status
 * @to: where @parse puts it
 * @seen: set when the keyword was there
 */
struct param {
	const char *key;
	const char *what;
	int (*parse)(const char *key, const char *text, void *to);
	void *to;
	bool seen;
};

#define ARGS_MODE "off, monitor or enforce"
#define ARGS_CLASS "any, syn, tcp, udp, reflect, icmp, frag, other or tcp-stray"
#define ARGS_PREFIXES "PREFIX[,PREFIX...]"

int args_command(struct args *args, const struct command *commands, size_t n);
bool args_want_help(const struct args *args);
int args_help(struct args *args);
const char *args_next(struct args *args);
int args_take(struct args *args, const char *what, const char **val);
int args_file(struct args *args, const char *what, const char **file);
int args_params(struct args *args, struct param *params, size_t n);
int args_end(struct args *args);
int args_missing(struct args *args, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

bool args_digits(const char *text, uint64_t max, uint32_t *val);
int args_name(const char *key, const char *text, void *name);
int args_mode(const char *key, const char *text, void *mode);
int args_class(const char *key, const char *text, void *class);
int args_u32(const char *key, const char *text, void *val);

#endif /* _LEVEE_ARGS_H */
