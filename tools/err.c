// SPDX-License-Identifier: GPL-2.0
/*
 * Error messages and the exit statuses that go with them.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct err_place place;
static bool mute;

/**
 * err_at - Say where in a file the current command, or input, stands.
 * @file: name to show in messages; NULL when there is no file
 * @line: line number, from 1; 0 for none
 *
 * Return: what was said before.
 */
struct err_place err_at(const char *file, unsigned int line)
{
	struct err_place before = place;

	place.file = file;
	place.line = line;
	return before;
}

/**
 * err_line - Where in a file the current command stands.
 *
 * Return: line number, from 1.
 */
unsigned int err_line(void)
{
	return place.line;
}

/**
 * err_mute - Print no messages for a while.
 * @on: begin or end
 */
void err_mute(bool on)
{
	mute = on;
}

static void print(const char *fmt, va_list ap)
{
	if (mute)
		return;
	/* What was printed before the error should be seen before it. */
	fflush(stdout);
	fputs("levee: ", stderr);
	if (place.file && place.line)
		fprintf(stderr, "%s:%u: ", place.file, place.line);
	else if (place.file)
		fprintf(stderr, "%s: ", place.file);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

/**
 * err_usage - Complain about wrong input.
 * @fmt: message without prefix and newline
 *
 * Return: EXIT_USAGE.
 */
int err_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

/**
 * err_refused - Report what the kernel or the system did not want to do.
 * @fmt: message without prefix and newline
 *
 * Return: EXIT_REFUSED.
 */
int err_refused(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
	return EXIT_REFUSED;
}

/**
 * err_warn - Report what does not keep the command from going on.
 * @fmt: message without prefix and newline
 */
void err_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

/**
 * err_realloc - reallocarray() that ends the command when memory runs out.
 * @p: old array, or NULL
 * @n: elements wanted
 * @size: bytes of one element
 *
 * Return: the array, never NULL.
 */
void *err_realloc(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n, size);
	if (!p)
		exit(err_refused("out of memory"));
	return p;
}

/**
 * err_grow - Make room for one more element.
 * @p: array that only this function has enlarged, or NULL
 * @count: elements in it
 * @size: bytes of one element
 *
 * The room is the next power of two, so that many elements cost few copies.
 *
 * Return: the array, never NULL.
 */
void *err_grow(void *p, size_t count, size_t size)
{
	if (count & (count - 1))
		return p;
	return err_realloc(p, count ? 2 * count : 1, size);
}
