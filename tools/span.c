// SPDX-License-Identifier: GPL-2.0
/*
 * Spans of time: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "span.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"

/* The largest first: that is how a span is printed. */
static const struct {
	char name;
	uint32_t seconds;
} units[] = {
	{ 'd', 86400 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

/**
 * span_scan - Read a span of time, and say nothing if it is none.
 * @text: what the user wrote
 * @seconds: where to store it
 *
 * Return: true if it was one, of a second or more.
 */
bool span_scan(const char *text, uint32_t *seconds)
{
	uint64_t count = 0;
	const char *c;
	size_t i;

	for (c = text; isdigit((unsigned char)*c); c++) {
		count = count * 10 + (*c - '0');
		if (count > UINT32_MAX)
			return false;
	}
	/* A number alone is one of seconds, as elsewhere. */
	for (i = 0; i < UNITS - 1 && *c != units[i].name; i++)
		;
	if (*c && (*c != units[i].name || c[1]))
		return false;
	count *= units[i].seconds;
	*seconds = count;
	return count && count <= UINT32_MAX;
}

/**
 * span_parse - Read a span of time.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @seconds: uint32_t
 *
 * Return: enum exit_status.
 */
int span_parse(const char *key, const char *text, void *seconds)
{
	if (span_scan(text, seconds))
		return EXIT_OK;
	return err_usage("%s \"%s\": expected " SPAN_WHAT, key, text);
}

/**
 * span_text - A span of time as text that span_parse() reads.
 * @seconds: not 0
 * @buf: at least SPAN_STRLEN bytes
 *
 * Return: @buf.
 */
const char *span_text(uint32_t seconds, char *buf)
{
	size_t i = 0;

	while (seconds % units[i].seconds)
		i++;
	snprintf(buf, SPAN_STRLEN, "%u%c", seconds / units[i].seconds,
		 units[i].name);
	return buf;
}

/**
 * span_left - A span of time in two units at the most, for people to read.
 * @seconds: how long
 * @buf: at least SPAN_STRLEN bytes
 *
 * Return: @buf, as in 59m48s.
 */
const char *span_left(uint32_t seconds, char *buf)
{
	if (seconds < 60)
		snprintf(buf, SPAN_STRLEN, "%us", seconds);
	else if (seconds < 3600)
		snprintf(buf, SPAN_STRLEN, "%um%02us", seconds / 60,
			 seconds % 60);
	else if (seconds < 86400)
		snprintf(buf, SPAN_STRLEN, "%uh%02um", seconds / 3600,
			 seconds / 60 % 60);
	else
		snprintf(buf, SPAN_STRLEN, "%ud%02uh", seconds / 86400,
			 seconds / 3600 % 24);
	return buf;
}
