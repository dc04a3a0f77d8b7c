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
#include "names.h"

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

/* As in tc, but always decimal. */
static const struct {
	const char *name;
	uint64_t bits;
} bit_units[] = {
	{ "tbit", 1000000000000 },
	{ "gbit", 1000000000 },
	{ "mbit", 1000000 },
	{ "kbit", 1000 },
	{ "bit", 1 },
};

/*
 * Reads digits with an optional k or M up to @text's end or a slash.
 * Returns what follows; NULL if there is no such number or it is too large.
 */
static const char *scan_amount(const char *text, uint64_t max, uint64_t *val)
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

/* The unit in which @text is a number of bits, such as 20mbit; 0: it is not. */
static uint64_t bits_unit(const char *text)
{
	const char *name = text + strspn(text, "0123456789.");
	size_t i;

	for (i = 0; i < sizeof(bit_units) / sizeof(*bit_units); i++)
		if (!strcasecmp(name, bit_units[i].name))
			return bit_units[i].bits;
	return 0;
}

/* Reads N[.N] times @unit; false unless that is a whole number of bits. */
static bool scan_bits(const char *text, uint64_t unit, uint64_t *bits)
{
	const char *c;

	*bits = 0;
	for (c = text; isdigit((unsigned char)*c); c++)
		if (__builtin_mul_overflow(*bits, 10, bits) ||
		    __builtin_add_overflow(*bits, (*c - '0') * unit, bits))
			return false;
	if (c == text)
		return false;
	if (*c != '.')
		return isalpha((unsigned char)*c);
	for (c++; isdigit((unsigned char)*c); c++) {
		if (unit < 10 && *c != '0')
			return false;
		unit /= 10;
		if (__builtin_add_overflow(*bits, (*c - '0') * unit, bits))
			return false;
	}
	return c[-1] != '.' && isalpha((unsigned char)*c);
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

static int parse_bits(const char *key, const char *text, uint64_t unit,
		      struct rate *to)
{
	if (!scan_bits(text, unit, &to->amount))
		return err_usage("%s \"%s\": expected a whole number of bits per second, as in 20mbit or 2.5gbit",
				 key, text);
	to->unit = LEVEE_UNIT_BITS;
	to->period = 1;
	if (!to->amount)
		return err_usage("%s \"%s\": a rate in bits is at least 1kbit",
				 key, text);
	return EXIT_OK;
}

/**
 * rate_parse - Read a rate in packets or bits.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @rate: struct rate
 *
 * Return: enum exit_status.
 */
int rate_parse(const char *key, const char *text, void *rate)
{
	uint64_t unit = bits_unit(text);
	struct rate *to = rate;
	const char *rest;

	if (unit)
		return parse_bits(key, text, unit, to);
	to->unit = LEVEE_UNIT_PACKETS;
	rest = scan_amount(text, UINT64_MAX, &to->amount);
	if (rest && !*rest)
		return err_usage("%s \"%s\": per what? For packets per second write \"%s/s\"",
				 key, text, text);
	if (!rest || *rest != '/' || !scan_period(rest + 1, &to->period))
		return err_usage("%s \"%s\": expected %s", key, text, RATE_WHAT);
	if (!to->amount)
		return err_usage("%s \"%s\": a rate is at least 1 packet; for less than one per second use /m or /h",
				 key, text);
	return EXIT_OK;
}

/**
 * rate_parse_burst - Read a number of packets or bytes.
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
	uint64_t amount;

	rest = scan_amount(text, UINT32_MAX, &amount);
	if (!rest || *rest || !amount)
		return err_usage("%s \"%s\": expected a number from 1 to %u of %s",
				 key, text, UINT32_MAX, RATE_BURST_WHAT);
	*to = amount;
	return EXIT_OK;
}

/**
 * rate_parse_unit - Read what a limit is a number of.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @unit: uint32_t
 *
 * Return: enum exit_status.
 */
int rate_parse_unit(const char *key, const char *text, void *unit)
{
	int found = names_value(&names_unit, text);
	uint32_t *to = unit;
	char list[32];

	if (found < 0)
		return err_usage("%s \"%s\": expected one of: %s", key, text,
				 names_list(&names_unit, list, sizeof(list)));
	*to = found;
	return EXIT_OK;
}

/**
 * rate_count - Read a number with an optional k or M.
 * @text: what the user wrote
 * @min: smallest number allowed
 * @max: largest number allowed
 * @val: where to store it
 *
 * Return: true if it was one.
 */
bool rate_count(const char *text, uint32_t min, uint32_t max, uint32_t *val)
{
	const char *rest;
	uint64_t count;

	rest = scan_amount(text, max, &count);
	if (!rest || *rest || count < min)
		return false;
	*val = count;
	return true;
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
 * rate_burst_text - A number of packets or bytes as text that can be read again.
 * @burst: number
 * @buf: at least RATE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *rate_burst_text(uint64_t burst, char *buf)
{
	const char *suffix = "";

	if (burst && burst % 1000000 == 0) {
		burst /= 1000000;
		suffix = "M";
	} else if (burst && burst % 1000 == 0) {
		burst /= 1000;
		suffix = "k";
	}
	snprintf(buf, RATE_STRLEN, "%" PRIu64 "%s", burst, suffix);
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

	if (rate->unit == LEVEE_UNIT_BITS) {
		while (rate->amount % bit_units[i].bits)
			i++;
		snprintf(buf, RATE_STRLEN, "%" PRIu64 "%s",
			 rate->amount / bit_units[i].bits, bit_units[i].name);
		return buf;
	}
	rate_burst_text(rate->amount, buf);
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

/**
 * rate_milli_text - A rate that was measured, as text with three digits or more.
 * @milli: thousandths of packets per period, or of bits per second
 * @rate: what has unit and period
 * @buf: at least RATE_STRLEN bytes
 *
 * Return: @buf.
 */
const char *rate_milli_text(uint64_t milli, const struct rate *rate, char *buf)
{
	const char *unit = rate_text(rate, buf);
	size_t i = 0;
	char per[16];
	double value;

	if (rate->unit == LEVEE_UNIT_PACKETS) {
		value = milli / 1000.0;
		snprintf(per, sizeof(per), "%s", strchr(unit, '/'));
	} else {
		while (bit_units[i].bits > 1000 &&
		       milli / 1000 < bit_units[i].bits)
			i++;
		value = milli / 1000.0 / bit_units[i].bits;
		snprintf(per, sizeof(per), "%s", bit_units[i].name);
	}
	snprintf(buf, RATE_STRLEN, "%.*f%s",
		 value < 10 ? 2 : value < 100 ? 1 : 0, value, per);
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
