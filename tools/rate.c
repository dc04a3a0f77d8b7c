// SPDX-License-Identifier: GPL-2.0
/*
 * Rates, bursts and source prefix lengths: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "rate.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/levee.h>

#include "args.h"
#include "err.h"

#define PERIOD_MAX 86400	/* As in levee.yaml. */

static const struct {
	char name;
	uint32_t seconds;
} units[] = {
	{ 'd', 86400 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
};

/*
 * Reads digits with an optional k or M up to @text's end or a slash.
 * Returns what follows; NULL if there is no such number or it is too large.
 */
static const char *scan_packets(const char *text, uint64_t max, uint64_t *val)
{
	uint64_t sum = 0, factor = 1;
	const char *c;

	for (c = text; isdigit((unsigned char)*c); c++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, *c - '0', &sum))
			return NULL;
	if (c == text)
		return NULL;
	if (*c == 'k')
		factor = 1000;
	else if (*c == 'M')
		factor = 1000000;
	if (factor > 1)
		c++;
	if (__builtin_mul_overflow(sum, factor, val) || *val > max)
		return NULL;
	return c;
}

static bool is_bit_rate(const char *text)
{
	size_t len = strlen(text);

	return len > 3 && !strcmp(text + len - 3, "bit");
}

/* Reads [COUNT]UNIT, as in s, m or 10s. */
static bool scan_period(const char *text, uint32_t *period)
{
	uint32_t count = 0;
	const char *c;
	size_t i;

	for (c = text; isdigit((unsigned char)*c) && count <= PERIOD_MAX; c++)
		count = count * 10 + (*c - '0');
	if (c == text)
		count = 1;
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (*c == units[i].name && !c[1] &&
		    count && count <= PERIOD_MAX / units[i].seconds) {
			*period = count * units[i].seconds;
			return true;
		}
	return false;
}

/**
 * rate_parse - Read a rate in packets.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @rate: struct rate
 *
 * Return: enum exit_status.
 */
int rate_parse(const char *key, const char *text, void *rate)
{
	struct rate *to = rate;
	const char *rest;

	if (is_bit_rate(text))
		return err_usage("%s \"%s\": rates in bits are not supported; expected %s",
				 key, text, RATE_WHAT);
	rest = scan_packets(text, UINT64_MAX, &to->packets);
	if (rest && !*rest)
		return err_usage("%s \"%s\": per what? For packets per second write \"%s/s\"",
				 key, text, text);
	if (!rest || *rest != '/' || !scan_period(rest + 1, &to->period))
		return err_usage("%s \"%s\": expected %s", key, text, RATE_WHAT);
	if (!to->packets)
		return err_usage("%s \"%s\": a rate is at least 1 packet; for less than one per second use /m or /h",
				 key, text);
	return EXIT_OK;
}

/**
 * rate_parse_burst - Read a number of packets.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @burst: uint32_t
 *
 * Return: enum exit_status.
 */
int rate_parse_burst(const char *key, const char *text, void *burst)
{
	uint32_t *to = burst;
	const char *rest;
	uint64_t packets;

	rest = scan_packets(text, UINT32_MAX, &packets);
	if (!rest || *rest || !packets)
		return err_usage("%s \"%s\": expected a number of packets from 1 to %u, as in 100 or 20k",
				 key, text, UINT32_MAX);
	*to = packets;
	return EXIT_OK;
}

/* Reads one length from @len characters; false if it is none. */
static bool scan_length(const char *text, size_t len, uint32_t max,
			uint8_t *length)
{
	char copy[8];
	uint32_t val;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!strcmp(copy, "none"))
		val = LEVEE_PER_NONE;
	else if (!args_digits(copy, max, &val))
		return false;
	*length = val;
	return true;
}

/**
 * rate_parse_per - Read LEN[,LEN6].
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @per: struct per
 *
 * Return: enum exit_status.
 */
int rate_parse_per(const char *key, const char *text, void *per)
{
	static const char expected[] =
		"the %s source prefix length must be a number from 0 to %u, or none";
	const char *comma = strchrnul(text, ',');
	struct per *to = per;
	char msg[128] = "";

	to->v6 = PER_DEFAULT.v6;
	if (!scan_length(text, comma - text, 32, &to->v4))
		snprintf(msg, sizeof(msg), expected, "IPv4", 32);
	else if (*comma && !scan_length(comma + 1, strlen(comma + 1), 128,
					&to->v6))
		snprintf(msg, sizeof(msg), expected, "IPv6", 128);
	else if (to->v4 == LEVEE_PER_NONE && to->v6 == LEVEE_PER_NONE)
		strcpy(msg, "none for both IPv4 and IPv6 would limit nothing");
	if (*msg)
		return err_usage("%s \"%s\": %s", key, text, msg);
	if (!*comma && !to->v4)
		to->v6 = 0;
	return EXIT_OK;
}

/**
 * rate_burst_text - A number of packets as text that can be read again.
 * @packets: number
 * @buf: at least RATE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *rate_burst_text(uint64_t packets, char *buf)
{
	const char *suffix = "";

	if (packets && packets % 1000000 == 0) {
		packets /= 1000000;
		suffix = "M";
	} else if (packets && packets % 1000 == 0) {
		packets /= 1000;
		suffix = "k";
	}
	snprintf(buf, RATE_STRLEN, "%" PRIu64 "%s", packets, suffix);
	return buf;
}

/**
 * rate_text - A rate as text that can be read again.
 * @rate: rate
 * @buf: at least RATE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *rate_text(const struct rate *rate, char *buf)
{
	size_t i = 0, len;

	rate_burst_text(rate->packets, buf);
	len = strlen(buf);
	while (units[i].seconds > 1 && rate->period % units[i].seconds)
		i++;
	if (rate->period == units[i].seconds)
		snprintf(buf + len, RATE_STRLEN - len, "/%c", units[i].name);
	else
		snprintf(buf + len, RATE_STRLEN - len, "/%u%c",
			 rate->period / units[i].seconds, units[i].name);
	return buf;
}

static size_t length_text(uint8_t length, char *buf, size_t size)
{
	if (length == LEVEE_PER_NONE)
		return snprintf(buf, size, "none");
	return snprintf(buf, size, "%u", length);
}

/**
 * rate_per_text - Source prefix lengths as text that can be read again.
 * @per: lengths
 * @buf: at least RATE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *rate_per_text(const struct per *per, char *buf)
{
	size_t len = length_text(per->v4, buf, RATE_STRLEN);

	if (!per->v4 && !per->v6)
		return buf;
	buf[len++] = ',';
	length_text(per->v6, buf + len, RATE_STRLEN - len);
	return buf;
}
