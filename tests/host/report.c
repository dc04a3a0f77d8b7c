// SPDX-License-Identifier: GPL-2.0
/*
 * Prints a report of attacks that never were, for report.sh.
 *
 * usage: report text|json|html [ empty | wide ]
 *        report when TIME
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "object.h"
#include "out.h"
#include "when.h"

#define NS 1000000000ULL

/* 2026-11-24T03:00:00Z. */
#define BEGIN (1795489200ULL * NS)

#define EVIL "a<script src=\"//x/\">&'b"

static struct report report;

static void add_interval(uint64_t seconds)
{
	uint64_t since = report.intervals ?
			 report.interval[report.intervals - 1].until : BEGIN;

	report.interval = err_grow(report.interval, report.intervals,
				   sizeof(*report.interval));
	report.interval[report.intervals++] = (struct interval){
		.since = since,
		.until = since + seconds * NS,
	};
}

/* As the kernel would tell of it: also in the sum of its traffic. */
static void add_sample(size_t traffic, uint32_t reason, const struct tally *sum)
{
	report.sample = err_grow(report.sample, report.samples,
				 sizeof(*report.sample));
	report.sample[report.samples++] = (struct sample){
		.interval = report.intervals - 1,
		.traffic = traffic,
		.sum = *sum,
	};
	tally_add(&report.traffic[traffic].sum, sum);
	tally_add(&report.traffic[traffic].reason[reason],
		  &(struct tally){ .dropped = sum->dropped,
				   .would = sum->would });
}

static void add_traffic(const char *policy, uint32_t class)
{
	struct traffic *traffic;

	report.traffic = err_grow(report.traffic, report.traffics,
				  sizeof(*traffic));
	traffic = &report.traffic[report.traffics++];
	memset(traffic, 0, sizeof(*traffic));
	snprintf(traffic->policy, sizeof(traffic->policy), "%s", policy);
	traffic->class = class;
}

/* @until 0: it goes on. */
static void add_vector(uint32_t class, uint64_t since, uint64_t until)
{
	struct vector *vector;

	report.vector = err_grow(report.vector, report.vectors,
				 sizeof(*vector));
	vector = &report.vector[report.vectors++];
	memset(vector, 0, sizeof(*vector));
	snprintf(vector->traffic.policy, sizeof(vector->traffic.policy), EVIL);
	vector->traffic.class = class;
	vector->traffic.peak = (struct count){ 1000 * class, 500000 };
	vector->traffic.sum.dropped = (struct count){ 5000, 2500000 };
	vector->traffic.reason[LEVEE_REASON_LIMIT] = vector->traffic.sum;
	vector->traffic.sum.passed = (struct count){ 70, 35000 };
	vector->since = BEGIN + since * NS;
	vector->until = until ? BEGIN + until * NS : 0;
	vector->peak_rate = 990 * class;
	vector->offenders = 12;
}

static void add_source(const char *addr, uint8_t len, uint32_t class,
		       uint32_t proof, uint64_t dropped)
{
	struct offender *offender;
	bool v4 = !strchr(addr, ':');

	report.sources.offender = err_grow(report.sources.offender,
					   report.sources.count,
					   sizeof(*offender));
	offender = &report.sources.offender[report.sources.count++];
	memset(offender, 0, sizeof(*offender));
	inet_pton(v4 ? AF_INET : AF_INET6, addr, offender->prefix.addr);
	offender->prefix.bits = v4 ? 32 : 128;
	offender->prefix.len = len;
	snprintf(offender->policy, sizeof(offender->policy), EVIL);
	offender->class = class;
	offender->proof = proof;
	offender->sources = 1;
	offender->first_seen = BEGIN + 100 * NS;
	offender->last_seen = BEGIN + (100 + dropped) * NS;
	offender->sum.dropped = (struct count){ dropped, 100 * dropped };
	offender->sum.would = (struct count){ 1, 100 };
}

/* In no order. Three attacks, of which the last goes on. */
static void fill_attacks(void)
{
	add_vector(LEVEE_CLASS_UDP, 700, 0);
	add_vector(LEVEE_CLASS_SYN, 60, 200);
	/* A minute after the end of the attack, and so part of it. */
	add_vector(LEVEE_CLASS_FRAG, 260, 300);
	add_vector(LEVEE_CLASS_UDP, 100, 150);
	/* A second too late for that. */
	add_vector(LEVEE_CLASS_ICMP, 361, 400);
}

static void fill_sources(void)
{
	/* Two records of one source, in a network of two. */
	add_source("192.0.2.7", 32, LEVEE_CLASS_UDP, LEVEE_PROOF_PROVEN, 30);
	add_source("192.0.2.9", 32, LEVEE_CLASS_UDP, LEVEE_PROOF_UNPROVEN, 50);
	add_source("192.0.2.7", 32, LEVEE_CLASS_SYN, LEVEE_PROOF_PROVEN, 5);
	/* Neither is in a /24. */
	add_source("0.0.0.0", 0, LEVEE_CLASS_UDP, LEVEE_PROOF_UNKNOWN, 900);
	add_source("192.0.0.0", 16, LEVEE_CLASS_UDP, LEVEE_PROOF_UNKNOWN, 1);
	add_source("2001:db8:1:2::", 64, LEVEE_CLASS_UDP, LEVEE_PROOF_UNPROVEN,
		   7);
	add_source("2001:db8:1:3::", 64, LEVEE_CLASS_UDP, LEVEE_PROOF_UNPROVEN,
		   8);
}

/* Minutes, then tens of seconds; in some of them something happens. */
static void fill_history(uint64_t unit)
{
	struct tally sum = { 0 };
	int i;

	add_traffic(EVIL, LEVEE_CLASS_UDP);
	add_traffic("default", LEVEE_CLASS_SYN);
	for (i = 0; i < 30; i++) {
		add_interval(i < 8 ? 60 : 10);
		sum.passed = (struct count){ 10 * unit, 600 * unit };
		sum.dropped = (struct count){ 100 * i * unit, 60 * i * unit };
		sum.would = (struct count){ i, 60 * i };
		if (i % 3)
			add_sample(0, LEVEE_REASON_LIMIT, &sum);
		if (i % 5 == 1)
			add_sample(1, LEVEE_REASON_LIMIT, &sum);
	}
}

/* SYNs that were challenged, and in the end of the history answers to some. */
static void fill_challenges(void)
{
	const struct tally syns = { .dropped = { 290, 17400 },
				    .would = { 10, 600 } };
	const struct tally answers = { .dropped = { 60, 2400 } };

	add_traffic("default", LEVEE_CLASS_REFLECT);
	add_sample(1, LEVEE_REASON_CHALLENGE, &syns);
	add_sample(2, LEVEE_REASON_CHALLENGE, &answers);
}

static void fill(const char *what)
{
	snprintf(report.host, sizeof(report.host), EVIL "\xff\x01\xc3\xa9");
	snprintf(report.kernel, sizeof(report.kernel), "6.12.0");
	snprintf(report.module, sizeof(report.module), "ABC");
	report.config = strdup("policy add x\n# " EVIL "\n");
	report.made = BEGIN + 720 * NS;
	report.missed = 4;
	if (!strcmp(what, "empty"))
		return;
	fill_history(!strcmp(what, "wide") ? 1ULL << 44 : 1);
	fill_challenges();
	fill_attacks();
	fill_sources();
}

/* Of the part of the command that is left out. */
int object_run(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	uint64_t when;

	if (argc < 2)
		return EXIT_USAGE;
	if (!strcmp(argv[1], "when")) {
		if (when_parse("since", argv[2], &when))
			return EXIT_USAGE;
		printf("%" PRIu64 "\n", (uint64_t)(when / NS));
		return EXIT_OK;
	}
	fill(argc > 2 ? argv[2] : "");
	report_sum(&report);
	out_json = !strcmp(argv[1], "json");
	if (!strcmp(argv[1], "html"))
		report_html(&report, stdout);
	else
		report_print(&report);
	report_free(&report);
	return EXIT_OK;
}
