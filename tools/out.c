// SPDX-License-Identifier: GPL-2.0
/*
 * Output: one call prints a value as text or as JSON, whichever is wanted.
 *
 * Elements of the outermost JSON array are written as soon as they are
 * complete, so that a list of any length needs constant memory.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "out.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "err.h"

#define DEPTH_MAX 8

bool out_json;
bool out_pretty;
bool out_stats;

static FILE *text_to;		/* NULL for standard output. */
static struct json_object *stack[DEPTH_MAX];
static unsigned int depth;
static bool streaming;		/* The outermost one is an array. */
static bool first;		/* None of its elements is written yet. */

static struct json_object *checked(struct json_object *obj)
{
	if (!obj)
		err_realloc(NULL, SIZE_MAX, SIZE_MAX);
	return obj;
}

static void write_json(struct json_object *obj, const char *indent)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;

	if (out_pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	text = json_object_to_json_string_ext(obj, flags);
	if (out_pretty)
		fputs(indent, stdout);
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n' && out_pretty)
			fputs(indent, stdout);
	}
}

static void write_element(struct json_object *obj)
{
	if (!first)
		putchar(',');
	if (out_pretty)
		putchar('\n');
	first = false;
	write_json(obj, "  ");
	json_object_put(obj);
}

static void add(const char *key, struct json_object *obj)
{
	struct json_object *parent;

	assert(depth);
	parent = stack[depth - 1];
	if (json_object_is_type(parent, json_type_array))
		json_object_array_add(parent, obj);
	else
		json_object_object_add(parent, key, obj);
}

static void json_open(const char *key, struct json_object *obj)
{
	assert(depth < DEPTH_MAX);
	if (!depth) {
		streaming = json_object_is_type(obj, json_type_array);
		first = true;
		if (streaming)
			putchar('[');
	} else if (depth > 1 || !streaming) {
		add(key, obj);
	}
	stack[depth++] = obj;
}

static void json_close(void)
{
	struct json_object *obj;

	assert(depth);
	obj = stack[--depth];
	if (depth == 1 && streaming) {
		write_element(obj);
	} else if (!depth) {
		if (streaming)
			fputs(first || !out_pretty ? "]\n" : "\n]\n", stdout);
		else
			write_json(obj, "");
		if (!streaming)
			putchar('\n');
		json_object_put(obj);
	}
}

/**
 * out_array_open - Begin a JSON array.
 * @key: key in the object around it; NULL if there is none
 */
void out_array_open(const char *key)
{
	if (out_json)
		json_open(key, checked(json_object_new_array()));
}

/**
 * out_array_close - End a JSON array.
 */
void out_array_close(void)
{
	if (out_json)
		json_close();
}

/**
 * out_object_open - Begin a JSON object.
 * @key: key in the object around it; NULL inside an array or nothing
 */
void out_object_open(const char *key)
{
	if (out_json)
		json_open(key, checked(json_object_new_object()));
}

/**
 * out_object_close - End a JSON object.
 */
void out_object_close(void)
{
	if (out_json)
		json_close();
}

/**
 * out_divert - Send text somewhere else.
 * @to: a stream; NULL for standard output
 *
 * JSON is not affected.
 */
void out_divert(FILE *to)
{
	text_to = to;
}

static void text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(text_to ? text_to : stdout, fmt, ap);
	va_end(ap);
}

/**
 * out_str - Print a string.
 * @form: where it appears
 * @key: JSON key: the attribute's name in levee.yaml
 * @fmt: text form, with one %s; not used for OUT_JSON
 * @val: the string
 */
void out_str(enum out_form form, const char *key, const char *fmt,
	     const char *val)
{
	if (out_json)
		add(key, checked(json_object_new_string(val)));
	else if (form == OUT_ANY)
		text(fmt, val);
}

/**
 * out_u64 - Print a number.
 * @form: where it appears
 * @key: JSON key: the attribute's name in levee.yaml
 * @fmt: text form, with one PRIu64; not used for OUT_JSON
 * @val: the number
 */
void out_u64(enum out_form form, const char *key, const char *fmt,
	     uint64_t val)
{
	if (out_json)
		add(key, checked(json_object_new_uint64(val)));
	else if (form == OUT_ANY)
		text(fmt, val);
}

/**
 * out_flag - Print that something is so, in JSON only.
 * @key: JSON key: the attribute's name in levee.yaml
 */
void out_flag(const char *key)
{
	if (out_json)
		add(key, checked(json_object_new_boolean(true)));
}

/**
 * out_text - Print what is only in the text form.
 * @fmt: as for printf()
 */
void out_text(const char *fmt, ...)
{
	va_list ap;

	if (out_json)
		return;
	va_start(ap, fmt);
	vfprintf(text_to ? text_to : stdout, fmt, ap);
	va_end(ap);
}

/**
 * out_failed - Whether there is no point in printing more.
 *
 * Return: true if a write to standard output failed.
 */
bool out_failed(void)
{
	return ferror(stdout);
}

/**
 * out_flush - Write what is buffered, and complain if it cannot be written.
 *
 * Return: enum exit_status.
 */
int out_flush(void)
{
	static bool told;

	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_OK;
	if (told)
		return EXIT_REFUSED;
	told = true;
	return err_refused("cannot write the output%s%s", errno ? ": " : "",
			   errno ? strerror(errno) : "");
}
