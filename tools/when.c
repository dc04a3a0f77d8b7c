// SPDX-License-Identifier: GPL-2.0
/*
 * Points in time: parsing, and as UTC.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "when.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "err.h"
#include "span.h"

#define NS_PER_S 1000000000ULL

/**
 * when_now - The present time.
 *
 * Return: ns since the epoch.
 */
uint64_t when_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Exactly so many digits, of a number that is not more than @max. */
static bool take_number(const char **text, int digits, int max, int *val)
{
	*val = 0;
	for (; digits; digits--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*val = *val * 10 + (**text - '0');
	}
	return *val <= max;
}

static bool take_char(const char **text, const char *set)
{
	if (!**text || !strchr(set, **text))
		return false;
	(*text)++;
	return true;
}

static bool take_day(const char **text, struct tm *tm)
{
	if (!take_number(text, 4, 9999, &tm->tm_year) ||
	    !take_char(text, "-") || !take_number(text, 2, 12, &tm->tm_mon) ||
	    !take_char(text, "-") || !take_number(text, 2, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	return tm->tm_mon-- && tm->tm_mday;
}

/* HH:MM, HH:MM:SS or HH:MM:SS.FRACTION, of which the fraction is left out. */
static bool take_clock(const char **text, struct tm *tm)
{
	if (!take_number(text, 2, 23, &tm->tm_hour) || !take_char(text, ":") ||
	    !take_number(text, 2, 59, &tm->tm_min))
		return false;
	if (!take_char(text, ":"))
		return true;
	if (!take_number(text, 2, 60, &tm->tm_sec))
		return false;
	if (!take_char(text, "."))
		return true;
	if (!isdigit((unsigned char)**text))
		return false;
	while (isdigit((unsigned char)**text))
		(*text)++;
	return true;
}

/* Z, or an offset as in +0100 or +01:00; else it is local time. */
static bool take_zone(const char **text, bool *local, int *offset)
{
	int sign = **text == '-' ? -1 : 1, hours, minutes;

	*local = false;
	*offset = 0;
	if (take_char(text, "Z"))
		return true;
	if (!take_char(text, "+-")) {
		*local = true;
		return true;
	}
	if (!take_number(text, 2, 23, &hours))
		return false;
	take_char(text, ":");
	if (!take_number(text, 2, 59, &minutes))
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool parse_date(const char *text, time_t *when)
{
	struct tm tm = { .tm_isdst = -1 }, given;
	int offset = 0;
	bool local = true;

	if (!take_day(&text, &tm))
		return false;
	if (take_char(&text, "T ") &&
	    (!take_clock(&text, &tm) || !take_zone(&text, &local, &offset)))
		return false;
	if (*text)
		return false;
	given = tm;
	*when = local ? mktime(&tm) : timegm(&tm) - offset;
	/* A day that there is not becomes another one. */
	return tm.tm_mday == given.tm_mday && *when >= 0;
}

/* The last time that it was so late. */
static bool parse_clock(const char *text, time_t now, time_t *when)
{
	struct tm tm, today;

	localtime_r(&now, &today);
	today.tm_sec = 0;
	today.tm_isdst = -1;
	if (!take_clock(&text, &today) || *text)
		return false;
	tm = today;
	*when = mktime(&tm);
	if (*when > now) {
		today.tm_mday--;
		*when = mktime(&today);
	}
	return true;
}

/**
 * when_parse - Read a point in the past.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @epoch_ns: uint64_t, ns since the epoch
 *
 * Return: enum exit_status.
 */
int when_parse(const char *key, const char *text, void *epoch_ns)
{
	uint64_t *to = epoch_ns, now = when_now();
	uint32_t ago;
	time_t when;

	if (span_scan(text, &ago)) {
		*to = now > ago * NS_PER_S ? now - ago * NS_PER_S : 0;
		return EXIT_OK;
	}
	if (!parse_date(text, &when) &&
	    !parse_clock(text, now / NS_PER_S, &when))
		return err_usage("%s \"%s\": expected " WHEN_WHAT, key, text);
	*to = when * NS_PER_S;
	if (*to > now)
		return err_usage("%s \"%s\": that is yet to come", key, text);
	return EXIT_OK;
}

/**
 * when_utc - A point in time in UTC.
 * @epoch_ns: when, in ns since the epoch
 * @buf: at least WHEN_STRLEN bytes
 *
 * Return: @buf, as in 2026-11-23T09:31:07Z.
 */
const char *when_utc(uint64_t epoch_ns, char *buf)
{
	time_t s = epoch_ns / NS_PER_S;
	struct tm tm;

	if (!gmtime_r(&s, &tm) ||
	    !strftime(buf, WHEN_STRLEN, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return strcpy(buf, "?");
	return buf;
}
