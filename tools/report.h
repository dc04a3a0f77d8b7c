/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attack report: what it is made of.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_REPORT_H
#define _LEVEE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/levee.h>

#include "prefix.h"

/* More than there are classes, and reasons. */
#define REPORT_CLASSES 16
#define REPORT_REASONS 16

/* Attacks with so little time between them are vectors of one. */
#define REPORT_GAP_NS (60 * 1000000000ULL)

/* How many sources, and networks, are shown. */
#define REPORT_TOP 20

struct count {
	uint64_t packets;
	uint64_t bytes;
};

/**
 * struct tally - What became of packets.
 * @passed: within every limit
 * @dropped: dropped
 * @would: mode enforce would have dropped them
 */
struct tally {
	struct count passed;
	struct count dropped;
	struct count would;
};

/**
 * struct traffic - What was counted of one class for one policy.
 * @policy: name of the policy
 * @class: enum levee_class
 * @sum: over all reasons
 * @reason: by reason; nothing passes for one
 * @peak: most packets and bytes per second, in an interval of the history or, of
 *	an attack, in a second
 */
struct traffic {
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	struct tally sum;
	struct tally reason[REPORT_REASONS];
	struct count peak;
};

/**
 * struct vector - An attack on a policy with packets of one class.
 * @traffic: packets of the class
 * @since: its beginning, in ns since the epoch
 * @until: its end; 0 if it goes on
 * @peak_rate: most packets per second over the limits
 * @offenders: how many sources there were
 */
struct vector {
	struct traffic traffic;
	uint64_t since;
	uint64_t until;
	uint64_t peak_rate;
	uint64_t offenders;
};

/**
 * struct attack - Vectors that belong together.
 * @since: beginning of the first
 * @until: end of the last; 0 if one goes on
 * @first: number of the first vector
 * @count: how many there are
 */
struct attack {
	uint64_t since;
	uint64_t until;
	size_t first;
	size_t count;
};

/**
 * struct sample - What was counted in an interval of one class for one policy.
 * @interval: number of the interval
 * @traffic: number of the traffic that it is part of
 * @sum: what was counted
 */
struct sample {
	size_t interval;
	size_t traffic;
	struct tally sum;
};

/**
 * struct interval - An interval of the history.
 * @since: its beginning, in ns since the epoch
 * @until: its end
 */
struct interval {
	uint64_t since;
	uint64_t until;
};

/**
 * struct offender - A source that exceeded a limit, or a network of some.
 * @prefix: who it is
 * @policy: name of the policy
 * @class: enum levee_class
 * @proof: enum levee_proof
 * @sources: how many it stands for
 * @first_seen: time of the first offence, in ns since the epoch
 * @last_seen: time of the last one
 * @sum: what was counted since it became an offender
 */
struct offender {
	struct prefix prefix;
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	uint32_t proof;
	uint64_t sources;
	uint64_t first_seen;
	uint64_t last_seen;
	struct tally sum;
};

struct offender_list {
	struct offender *offender;
	size_t count;
};

/**
 * struct proof_sum - Offenders of which the same is known.
 * @sources: how many
 * @sum: what was counted of them
 */
struct proof_sum {
	uint64_t sources;
	struct tally sum;
};

/**
 * struct report - The attack report.
 * @host: name of the machine
 * @kernel: release of its kernel
 * @module: source version of the module; empty if the kernel does not tell
 * @policy: the policy that it is about; NULL for all
 * @made: when it was made, in ns since the epoch
 * @since: where the history begins that it covers
 * @until: where that ends
 * @interval: intervals of the history, in order
 * @sample: samples of them, in order
 * @traffic: what was counted in all of them, in the order of policies and classes
 * @total: the sum of that
 * @vector: attacks per policy and class, in the order in which they began
 * @attack: those that belong together
 * @sources: offenders, the worst first
 * @networks: the /24 and /48 that they are in, likewise
 * @proof: offenders by enum levee_proof
 * @challenged: SYNs that were dropped so that their sources prove to be real;
 *	these leave no record of an offender
 * @answered: how many of these were answered
 * @missed: offences of sources of which there is no record
 * @config: policies, limits and hooks in force, as levee save has them
 */
struct report {
	char host[256];
	char kernel[128];
	char module[64];
	const char *policy;
	uint64_t made;
	uint64_t since;
	uint64_t until;
	struct interval *interval;
	size_t intervals;
	struct sample *sample;
	size_t samples;
	struct traffic *traffic;
	size_t traffics;
	struct tally total;
	struct vector *vector;
	size_t vectors;
	struct attack *attack;
	size_t attacks;
	struct offender_list sources;
	struct offender_list networks;
	struct proof_sum proof[LEVEE_PROOF_MAX + 1];
	struct tally challenged;
	uint64_t answered;
	uint64_t missed;
	char *config;
};

/* report_load.c: asks the kernel. */
int report_load(struct report *report, uint64_t since);
void report_free(struct report *report);

/* report_sum.c: works out what follows from that. */
void report_sum(struct report *report);
void tally_add(struct tally *to, const struct tally *from);
uint64_t tally_packets(const struct tally *tally);
uint64_t tally_bytes(const struct tally *tally);
uint64_t tally_over(const struct tally *tally);
int report_spoofed(const struct report *report);

/* report_text.c: text, or JSON. */
void report_print(const struct report *report);

/* report_html.c: one page that needs nothing else. */
void report_html(const struct report *report, FILE *to);

#endif /* _LEVEE_REPORT_H */
