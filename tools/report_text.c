// SPDX-License-Identifier: GPL-2.0
/*
 * The attack report as text, or as JSON.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "age.h"
#include "human.h"
#include "names.h"
#include "object.h"
#include "out.h"
#include "table.h"
#include "when.h"

static void print_count(const char *packets_key, const char *bytes_key,
			const struct count *count)
{
	out_u64(OUT_JSON, packets_key, NULL, count->packets);
	out_u64(OUT_JSON, bytes_key, NULL, count->bytes);
}

static void print_tally(const struct tally *tally)
{
	print_count("passed-packets", "passed-bytes", &tally->passed);
	print_count("dropped-packets", "dropped-bytes", &tally->dropped);
	print_count("would-packets", "would-bytes", &tally->would);
}

/* JSON only, in an object. */
static void print_reasons(const struct traffic *traffic)
{
	const struct tally *tally;
	uint32_t reason;

	out_array_open("reasons");
	for (reason = 0; reason < REPORT_REASONS; reason++) {
		tally = &traffic->reason[reason];
		if (!tally_over(tally))
			continue;
		out_object_open(NULL);
		out_str(OUT_JSON, "reason", NULL,
			names_text(&names_reason, reason));
		print_count("dropped-packets", "dropped-bytes",
			    &tally->dropped);
		print_count("would-packets", "would-bytes", &tally->would);
		out_object_close();
	}
	out_array_close();
}

/* The day of the report, as when_utc() begins: there, times are short. */
static char today[sizeof("2026-11-24T")];

static void table_when(uint64_t epoch_ns)
{
	char text[WHEN_STRLEN];

	if (!epoch_ns)
		table_text("goes on");
	else if (!strncmp(when_utc(epoch_ns, text), today, sizeof(today) - 1))
		table_text(text + sizeof(today) - 1);
	else
		table_text(text);
}

static void table_span(uint64_t ns)
{
	char text[HUMAN_STRLEN];

	table_text(human_span(ns, text));
}

static void table_bits(uint64_t bytes)
{
	char text[HUMAN_STRLEN];

	table_text(human_bits(bytes, text));
}

static void print_head(const struct report *report)
{
	char utc[WHEN_STRLEN], local[AGE_STRLEN];

	out_str(OUT_ANY, "host", "attack report of %s", report->host);
	out_str(OUT_ANY, "kernel", " (Linux %s", report->kernel);
	out_str(OUT_ANY, "version", ", levee %s", LEVEE_TOOL_VERSION);
	if (*report->module)
		out_str(OUT_ANY, "module", ", module %s", report->module);
	out_text(")\n");
	if (report->policy)
		out_str(OUT_ANY, "policy", "policy  %s\n", report->policy);
	out_u64(OUT_JSON, "time", NULL, report->made);
	out_u64(OUT_JSON, "since", NULL, report->since);
	out_u64(OUT_JSON, "until", NULL, report->until);
	out_text("made    %s  %s\n", when_utc(report->made, utc),
		 age_date(report->made, local));
	out_text("covers  %s  %s\n", when_utc(report->since, utc),
		 age_date(report->since, local));
	out_text("     to %s  %s\n", when_utc(report->until, utc),
		 age_date(report->until, local));
	snprintf(today, sizeof(today), "%s", when_utc(report->made, utc));
	out_text("Times in tables are UTC, and of the same day if they have no date. Bytes are\n"
		 "those of IP packets.\n");
}

static void open_vectors(void)
{
	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("BEGAN", 0);
	table_column("ENDED", 0);
	table_column("LASTED", 1);
	table_column("PEAK/s", 1);
	table_column("PEAK-BITS", 1);
	table_column("SOURCES", 1);
}

/* Text only: apart from the rest, so that both fit into a terminal. */
static void print_sums(const struct report *report, const struct attack *attack)
{
	const struct traffic *traffic;
	size_t i;

	if (out_json)
		return;
	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("PACKETS", 1);
	table_column("BYTES", 1);
	table_column("PASSED", 1);
	table_column("DROPPED", 1);
	table_column("WOULD", 1);
	for (i = 0; i < attack->count; i++) {
		traffic = &report->vector[attack->first + i].traffic;
		table_text(traffic->policy);
		table_text(names_text(&names_class, traffic->class));
		table_number(tally_packets(&traffic->sum));
		table_number(tally_bytes(&traffic->sum));
		table_number(traffic->sum.passed.packets);
		table_number(traffic->sum.dropped.packets);
		table_number(traffic->sum.would.packets);
	}
	table_close();
}

static void print_vector(const struct vector *vector, uint64_t now)
{
	const struct traffic *traffic = &vector->traffic;
	uint64_t until = vector->until ? vector->until : now;

	out_object_open(NULL);
	table_str("policy", traffic->policy);
	table_str("class", names_text(&names_class, traffic->class));
	out_u64(OUT_JSON, "since", NULL, vector->since);
	if (vector->until)
		out_u64(OUT_JSON, "until", NULL, vector->until);
	table_when(vector->since);
	table_when(vector->until);
	table_span(until > vector->since ? until - vector->since : 0);
	out_u64(OUT_JSON, "peak-rate", NULL, vector->peak_rate);
	table_u64("peak-packets", traffic->peak.packets);
	out_u64(OUT_JSON, "peak-bytes", NULL, traffic->peak.bytes);
	table_bits(traffic->peak.bytes);
	print_tally(&traffic->sum);
	table_u64("offenders", vector->offenders);
	print_reasons(traffic);
	out_object_close();
}

static void print_attack(const struct report *report, size_t number)
{
	const struct attack *attack = &report->attack[number];
	char utc[WHEN_STRLEN];
	size_t i;

	out_object_open(NULL);
	out_u64(OUT_JSON, "since", NULL, attack->since);
	out_text("\nAttack %zu of %zu: began %s", number + 1, report->attacks,
		 when_utc(attack->since, utc));
	if (attack->until) {
		out_u64(OUT_JSON, "until", NULL, attack->until);
		out_text(", ended %s\n", when_utc(attack->until, utc));
	} else {
		out_text(", goes on\n");
	}
	out_array_open("vectors");
	open_vectors();
	for (i = 0; i < attack->count; i++)
		print_vector(&report->vector[attack->first + i], report->made);
	table_close();
	out_array_close();
	print_sums(report, attack);
	out_object_close();
}

static void print_attacks(const struct report *report)
{
	size_t i;

	if (!report->attacks)
		out_text("\nNo attack is known of in this time.\n");
	out_array_open("attacks");
	for (i = 0; i < report->attacks; i++)
		print_attack(report, i);
	out_array_close();
}

static void print_traffic(const struct report *report)
{
	const struct traffic *traffic;
	size_t i;

	out_text("\nAll that arrived; the peak is that of an interval\n");
	out_array_open("traffic");
	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("PEAK/s", 1);
	table_column("PEAK-BITS", 1);
	table_column("PACKETS", 1);
	table_column("BYTES", 1);
	table_column("PASSED", 1);
	table_column("DROPPED", 1);
	table_column("WOULD", 1);
	for (i = 0; i < report->traffics; i++) {
		traffic = &report->traffic[i];
		out_object_open(NULL);
		table_str("policy", traffic->policy);
		table_str("class", names_text(&names_class, traffic->class));
		table_u64("peak-packets", traffic->peak.packets);
		out_u64(OUT_JSON, "peak-bytes", NULL, traffic->peak.bytes);
		table_bits(traffic->peak.bytes);
		table_number(tally_packets(&traffic->sum));
		table_number(tally_bytes(&traffic->sum));
		print_tally(&traffic->sum);
		table_number(traffic->sum.passed.packets);
		table_number(traffic->sum.dropped.packets);
		table_number(traffic->sum.would.packets);
		print_reasons(traffic);
		out_object_close();
	}
	table_close();
	out_array_close();
}

/* Text only: JSON has reasons with the traffic. */
static void print_why(const struct report *report)
{
	const struct traffic *traffic;
	const struct tally *tally;
	uint32_t reason;
	size_t i;

	if (out_json || !tally_over(&report->total))
		return;
	out_text("\nWhat was dropped, or would be in mode enforce, and why\n");
	table_column("POLICY", 0);
	table_column("CLASS", 0);
	table_column("REASON", 0);
	table_column("DROPPED", 1);
	table_column("DROPPED-BYTES", 1);
	table_column("WOULD", 1);
	table_column("WOULD-BYTES", 1);
	for (i = 0; i < report->traffics; i++) {
		traffic = &report->traffic[i];
		for (reason = 0; reason < REPORT_REASONS; reason++) {
			tally = &traffic->reason[reason];
			if (!tally_over(tally))
				continue;
			table_text(traffic->policy);
			table_text(names_text(&names_class, traffic->class));
			table_text(names_text(&names_reason, reason));
			table_number(tally->dropped.packets);
			table_number(tally->dropped.bytes);
			table_number(tally->would.packets);
			table_number(tally->would.bytes);
		}
	}
	table_close();
}

static void print_offender(const struct offender *offender, bool network)
{
	char text[PREFIX_STRLEN];

	out_object_open(NULL);
	prefix_out("prefix", &offender->prefix);
	table_text(prefix_text(&offender->prefix, text));
	if (network) {
		table_u64("sources", offender->sources);
	} else {
		table_str("policy", offender->policy);
		table_str("class", names_text(&names_class, offender->class));
		table_str("proof", names_text(&names_proof, offender->proof));
	}
	table_number(offender->sum.dropped.packets);
	table_number(offender->sum.would.packets);
	table_number(offender->sum.passed.packets);
	print_tally(&offender->sum);
	out_u64(OUT_JSON, "first-seen", NULL, offender->first_seen);
	out_u64(OUT_JSON, "last-seen", NULL, offender->last_seen);
	table_when(offender->first_seen);
	table_when(offender->last_seen);
	out_object_close();
}

static void print_offenders(const struct offender_list *list, bool network)
{
	size_t i;

	table_column(network ? "NETWORK" : "SOURCE", 0);
	if (network) {
		table_column("SOURCES", 1);
	} else {
		table_column("POLICY", 0);
		table_column("CLASS", 0);
		table_column("PROOF", 0);
	}
	table_column("DROPPED", 1);
	table_column("WOULD", 1);
	table_column("PASSED", 1);
	table_column("FIRST", 0);
	table_column("LAST", 0);
	for (i = 0; i < list->count && i < REPORT_TOP; i++)
		print_offender(&list->offender[i], network);
	table_close();
}

static void print_sources(const struct report *report)
{
	out_array_open("sources");
	if (report->sources.count)
		out_text("\nTop sources, of %zu records; counted since their first offence\n",
			 report->sources.count);
	print_offenders(&report->sources, false);
	out_array_close();
	out_array_open("networks");
	if (report->networks.count)
		out_text("\nTop networks, of %zu: /24 and /48\n",
			 report->networks.count);
	print_offenders(&report->networks, true);
	out_array_close();
}

/* Who is challenged is no offender, so the table does not have them. */
static void print_challenges(const struct report *report)
{
	uint64_t challenged = tally_over(&report->challenged);

	out_u64(OUT_JSON, "challenged-packets", NULL, challenged);
	out_u64(OUT_JSON, "answered-packets", NULL, report->answered);
	if (challenged || report->answered)
		out_text("beside these, SYNs that were challenged, or would be: %" PRIu64
			 ", answered: %" PRIu64 "\n",
			 challenged, report->answered);
}

static void print_proofs(const struct report *report)
{
	int spoofed = report_spoofed(report);
	const struct proof_sum *sum;
	uint32_t proof;

	out_text("\nSpoofed or not: what exceeded limits, by whether its source is known to be real\n");
	out_array_open("proofs");
	table_column("PROOF", 0);
	table_column("RECORDS", 1);
	table_column("DROPPED", 1);
	table_column("WOULD", 1);
	for (proof = 0; proof <= LEVEE_PROOF_MAX; proof++) {
		sum = &report->proof[proof];
		out_object_open(NULL);
		table_str("proof", names_text(&names_proof, proof));
		table_u64("sources", sum->sources);
		table_number(sum->sum.dropped.packets);
		table_number(sum->sum.would.packets);
		print_tally(&sum->sum);
		out_object_close();
	}
	table_close();
	out_array_close();
	print_challenges(report);
	if (spoofed < 0)
		out_text("share from sources never shown to be real: unknown\n");
	else
		out_text("share from sources never shown to be real: %d.%d %% (of those known)\n",
			 spoofed / 10, spoofed % 10);
	out_u64(OUT_ANY, "sources-missed",
		"offences that left no record of their source: %" PRIu64 "\n",
		report->missed);
}

/* JSON only. */
static void print_history(const struct report *report)
{
	const struct traffic *traffic;
	size_t i, at = 0;

	out_array_open("history");
	for (i = 0; i < report->intervals; i++) {
		out_object_open(NULL);
		out_u64(OUT_JSON, "since", NULL, report->interval[i].since);
		out_u64(OUT_JSON, "until", NULL, report->interval[i].until);
		out_array_open("stats");
		for (; at < report->samples &&
		     report->sample[at].interval == i; at++) {
			traffic = &report->traffic[report->sample[at].traffic];
			out_object_open(NULL);
			out_str(OUT_JSON, "policy", NULL, traffic->policy);
			out_str(OUT_JSON, "class", NULL,
				names_text(&names_class, traffic->class));
			print_tally(&report->sample[at].sum);
			out_object_close();
		}
		out_array_close();
		out_object_close();
	}
	out_array_close();
}

/**
 * report_print - Print a report as text or JSON.
 * @report: the report
 */
void report_print(const struct report *report)
{
	out_object_open(NULL);
	print_head(report);
	print_attacks(report);
	print_traffic(report);
	print_why(report);
	print_sources(report);
	print_proofs(report);
	if (out_json)
		print_history(report);
	out_text("\nConfiguration in force\n");
	out_str(OUT_ANY, "configuration", "%s", report->config);
	out_object_close();
}
