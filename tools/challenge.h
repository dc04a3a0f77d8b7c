/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Challenges of policies: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_CHALLENGE_H
#define _LEVEE_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"

struct nlattr;

#define CHALLENGE_WHAT "off, or above RATE [below RATE] [rate RATE]"

/**
 * struct challenge - When sources have to prove that they are real.
 * @above: SYNs per second above which it begins; 0 for never
 * @below: SYNs per second up to which it ends; 0 for what the kernel takes
 * @rate: challenges per second at the most; likewise
 * @since: when it began, in ns since the epoch; 0 if it has not
 * @sent: challenges
 * @answered: answers to them
 * @failed: what looked like one and was not
 * @suppressed: SYNs that were dropped without a challenge
 * @retried: SYNs that passed because they came again
 */
struct challenge {
	uint32_t above;
	uint32_t below;
	uint32_t rate;
	uint64_t since;
	uint64_t sent;
	uint64_t answered;
	uint64_t failed;
	uint64_t suppressed;
	uint64_t retried;
};

/**
 * struct challenge_param - A challenge on the command line.
 * @args: the command, of which it takes several words
 * @challenge: what they say
 */
struct challenge_param {
	struct args *args;
	struct challenge challenge;
};

int challenge_parse(const char *key, const char *text, void *param);
void challenge_put(uint16_t type, const struct challenge *challenge);
void challenge_decode(const struct nlattr *nest, struct challenge *challenge);
void challenge_out(const struct challenge *challenge);
void challenge_out_config(const struct challenge *challenge);
void challenge_out_counts(const char *policy,
			  const struct challenge *challenge);

#endif /* _LEVEE_CHALLENGE_H */
