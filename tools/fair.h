/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits that are shared fairly: how, and what each source has of them.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_FAIR_H
#define _LEVEE_FAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "rate.h"

#define FAIR_PER_WHAT "LEN[,LEN6]"
#define FAIR_STRLEN (RATE_STRLEN + 16)

struct limit_list;
struct nlattr;

/**
 * struct fair - How a limit is shared.
 * @on: it is
 * @per: source prefix lengths that have one share
 * @cut: sources had an allowance of late; else the rest is 0
 * @accepted: what passed of late, as the rate is counted
 * @allowance_milli: what a source may send at present, in thousandths of that
 * @over: sources that send more
 * @proven_first: even the least allowance does not fit
 */
struct fair {
	bool on;
	struct per per;
	bool cut;
	uint64_t accepted;
	uint64_t allowance_milli;
	uint32_t over;
	bool proven_first;
};

int fair_parse_per(const char *key, const char *text, void *per);
void fair_decode(const struct nlattr **tb, struct fair *fair);
void fair_put(const struct fair *fair);
const char *fair_text(const struct fair *fair, char *buf);
void fair_out(const struct fair *fair);
void fair_out_state(const struct fair *fair, const struct rate *rate);
void fair_show(const struct limit_list *list);

#endif /* _LEVEE_FAIR_H */
