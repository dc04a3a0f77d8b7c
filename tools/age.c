// SPDX-License-Identifier: GPL-2.0
/*
 * Points in time as text.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "age.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000ULL

/**
 * age_text - How long ago something was.
 * @epoch_ns: when, in ns since the epoch
 * @buf: at least AGE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *age_text(uint64_t epoch_ns, char *buf)
{
	struct timespec now;
	uint64_t ns, s;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = now.tv_sec * NS_PER_S + now.tv_nsec;
	/* The clock may have been set back meanwhile. */
	ns = ns > epoch_ns ? ns - epoch_ns : 0;
	s = ns / NS_PER_S;
	if (s < 60)
		snprintf(buf, AGE_STRLEN, "%" PRIu64 ".%us ago", s,
			 (unsigned int)(ns % NS_PER_S / (NS_PER_S / 10)));
	else if (s < 3600)
		snprintf(buf, AGE_STRLEN, "%" PRIu64 "m%02us ago", s / 60,
			 (unsigned int)(s % 60));
	else if (s < 86400)
		snprintf(buf, AGE_STRLEN, "%" PRIu64 "h%02um ago", s / 3600,
			 (unsigned int)(s / 60 % 60));
	else
		snprintf(buf, AGE_STRLEN, "%" PRIu64 "d%02uh ago", s / 86400,
			 (unsigned int)(s / 3600 % 24));
	return buf;
}

/**
 * age_date - When something was, in local time.
 * @epoch_ns: when, in ns since the epoch
 * @buf: at least AGE_STRLEN bytes
 *
 * Return: @buf, as in 2026-11-23T10:31:07.052+0100.
 */
const char *age_date(uint64_t epoch_ns, char *buf)
{
	time_t s = epoch_ns / NS_PER_S;
	unsigned int ms = epoch_ns % NS_PER_S / 1000000;
	struct tm tm;
	size_t len;

	if (!localtime_r(&s, &tm))
		return strcpy(buf, "?");
	len = strftime(buf, AGE_STRLEN, "%Y-%m-%dT%H:%M:%S", &tm);
	len += snprintf(buf + len, AGE_STRLEN - len, ".%03u", ms);
	strftime(buf + len, AGE_STRLEN - len, "%z", &tm);
	return buf;
}
