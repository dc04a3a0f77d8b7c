// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers as people read them: rounded, or in groups of digits.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S 1000000000ULL

/**
 * human_number - A number with its digits in groups of three.
 * @val: the number
 * @gap: what stands between two groups, at most three bytes
 * @buf: at least HUMAN_STRLEN bytes
 *
 * Return: @buf.
 */
const char *human_number(uint64_t val, const char *gap, char *buf)
{
	char digits[24], *to = buf;
	int i, len;

	len = snprintf(digits, sizeof(digits), "%" PRIu64, val);
	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			to = stpcpy(to, gap);
		*to++ = digits[i];
	}
	*to = '\0';
	return buf;
}

/**
 * human_short - A number with three digits, and a letter for thousands.
 * @val: the number, not negative
 * @buf: at least HUMAN_STRLEN bytes
 *
 * Return: @buf, as in 0, 12, 1.5k or 20M.
 */
const char *human_short(double val, char *buf)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P" };
	size_t i = 0;

	while (val >= 999.5 && i + 1 < sizeof(units) / sizeof(units[0])) {
		val /= 1000;
		i++;
	}
	snprintf(buf, HUMAN_STRLEN, "%.3g%s", val, units[i]);
	return buf;
}

/**
 * human_bits - A rate in bytes per second as bits per second.
 * @bytes: bytes per second
 * @buf: at least HUMAN_STRLEN bytes
 *
 * Return: @buf, as in 1.25Mbit/s.
 */
const char *human_bits(uint64_t bytes, char *buf)
{
	size_t len;

	human_short((double)bytes * 8, buf);
	len = strlen(buf);
	snprintf(buf + len, HUMAN_STRLEN - len, "bit/s");
	return buf;
}

/**
 * human_span - A span of time.
 * @ns: in ns
 * @buf: at least HUMAN_STRLEN bytes
 *
 * Return: @buf, as in 12s, 3m05s or 10h02m.
 */
const char *human_span(uint64_t ns, char *buf)
{
	uint64_t s = (ns + NS_PER_S / 2) / NS_PER_S;

	if (s < 60)
		snprintf(buf, HUMAN_STRLEN, "%" PRIu64 "s", s);
	else if (s < 3600)
		snprintf(buf, HUMAN_STRLEN, "%" PRIu64 "m%02us", s / 60,
			 (unsigned int)(s % 60));
	else
		snprintf(buf, HUMAN_STRLEN, "%" PRIu64 "h%02um", s / 3600,
			 (unsigned int)(s / 60 % 60));
	return buf;
}
