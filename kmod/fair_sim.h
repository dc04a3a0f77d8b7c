/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sources that send to a limit which is shared fairly, in virtual time.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_FAIR_SIM_H
#define _LEVEE_FAIR_SIM_H

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "fair.h"
#include "pernet.h"
#include "ruleset.h"

/**
 * struct sim_source - a source
 * @pps: packets per second
 * @bytes: of each
 * @pulse_ms: it sends for so long, then is silent for as long; 0 if always
 * @late_ms: it begins so late
 * @proven: it is proven
 * @credit: packets that it may send, in 2^-16
 * @sent: packets since sim_forget()
 * @passed: those that passed
 */
struct sim_source {
	u32 pps;
	u32 bytes;
	u32 pulse_ms;
	u32 late_ms;
	bool proven;
	u32 credit;
	u64 sent;
	u64 passed;
};

/**
 * struct sim - all of them, and the limit
 * @test: whose it is
 * @ln: has the secrets and the proofs
 * @map: the meters
 * @limit: the limit
 * @source: the sources
 * @count: their number
 * @even: each sends at even intervals, not at random
 * @rnd: always the same random numbers
 * @now_ns: virtual time
 * @ms: since it began
 */
struct sim {
	struct kunit *test;
	struct levee_net *ln;
	struct levee_map *map;
	struct levee_limit *limit;
	struct sim_source *source;
	u32 count;
	bool even;
	struct rnd_state rnd;
	u64 now_ns;
	u32 ms;
};

/* What came of a part of the sources. */
struct sim_sum {
	u64 sent;
	u64 passed;
};

struct sim *sim_new(struct kunit *test, u8 unit, u64 rate, u32 burst,
		    u32 count);
void sim_free(struct sim *sim);
void sim_run(struct sim *sim, u32 ms);
void sim_forget(struct sim *sim);
u64 sim_exact_milli(const struct sim *sim, u64 rate);
struct sim_sum sim_sum(const struct sim *sim, u32 first, u32 count);
struct sim_sum sim_sum_below(const struct sim *sim, u64 milli);
struct levee_fair_info sim_info(struct sim *sim);
u64 sim_allowance_milli(struct sim *sim);

#endif /* _LEVEE_FAIR_SIM_H */
