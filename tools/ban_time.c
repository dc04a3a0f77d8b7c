// SPDX-License-Identifier: GPL-2.0
/*
 * How long a limit bans, as text.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "ban.h"

#include <stdio.h>
#include <string.h>

#include "err.h"
#include "span.h"

/* As in levee.yaml. */
#define TIME_MAX (365 * 86400)

/**
 * ban_time_parse - Read TIME or FIRST..LONGEST.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @time: struct ban_time
 *
 * Return: enum exit_status.
 */
int ban_time_parse(const char *key, const char *text, void *time)
{
	const char *dots = strstr(text, "..");
	struct ban_time *to = time;
	char first[SPAN_STRLEN] = "";

	if (dots && (size_t)(dots - text) < sizeof(first))
		memcpy(first, text, dots - text);
	if (!span_scan(dots ? first : text, &to->min) ||
	    !span_scan(dots ? dots + 2 : text, &to->max) ||
	    to->min > TIME_MAX || to->max > TIME_MAX)
		return err_usage("%s \"%s\": expected " BAN_TIME_WHAT, key,
				 text);
	if (to->max < to->min)
		return err_usage("%s \"%s\": the longest time is less than the first",
				 key, text);
	return EXIT_OK;
}

/**
 * ban_time_text - How long a limit bans, as text that ban_time_parse() reads.
 * @time: @min is not 0
 * @buf: at least BAN_TIME_STRLEN bytes
 *
 * Return: @buf.
 */
const char *ban_time_text(const struct ban_time *time, char *buf)
{
	char min[SPAN_STRLEN], max[SPAN_STRLEN];

	snprintf(buf, BAN_TIME_STRLEN, "%s..%s", span_text(time->min, min),
		 span_text(time->max, max));
	if (time->min == time->max)
		*strstr(buf, "..") = '\0';
	return buf;
}
