/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rates, bursts and source prefix lengths: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_RATE_H
#define _LEVEE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#define RATE_STRLEN 40
#define RATE_WHAT "packets per second, minute, hour or day, as in 50/s, 20k/s or 100/m; or bits per second, as in 20mbit"
#define RATE_BURST_WHAT "packets, or bytes if the rate is in bits, as in 100 or 20k"

/**
 * struct rate - How much in what time.
 * @amount: packets per period, or bits per second
 * @period: seconds; not for bits
 * @unit: enum levee_unit
 */
struct rate {
	uint64_t amount;
	uint32_t period;
	uint32_t unit;
};

/**
 * struct per - Length of the source prefix that is metered as one source.
 * @v4: for IPv4
 * @v6: for IPv6; LEVEE_PER_NONE in either is "not at all"
 */
struct per {
	uint8_t v4;
	uint8_t v6;
};

#define PER_DEFAULT ((struct per){ .v4 = 32, .v6 = 64 })

int rate_parse(const char *key, const char *text, void *rate);
int rate_parse_burst(const char *key, const char *text, void *burst);
int rate_parse_unit(const char *key, const char *text, void *unit);
bool rate_count(const char *text, uint32_t min, uint32_t max, uint32_t *val);
int rate_parse_per(const char *key, const char *text, void *per);
const char *rate_text(const struct rate *rate, char *buf);
const char *rate_milli_text(uint64_t milli, const struct rate *rate, char *buf);
const char *rate_burst_text(uint64_t burst, char *buf);
const char *rate_per_text(const struct per *per, char *buf);

#endif /* _LEVEE_RATE_H */
