// SPDX-License-Identifier: GPL-2.0
/*
 * The attack report as one page of HTML, which needs nothing else.
 *
 * Numbers have the same keys as in JSON, so that a script can compare both.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "err.h"
#include "html.h"
#include "human.h"
#include "names.h"
#include "object.h"
#include "report_plot.h"
#include "when.h"

static const char style[] =
	"body { font: 15px/1.45 sans-serif; color: #111; background: #fff; max-width: 62em; margin: 2em auto; padding: 0 1em; }\n"
	"h1 { font-size: 1.7em; margin-bottom: .2em; }\n"
	"h2 { font-size: 1.25em; margin-top: 1.8em; border-bottom: 1px solid #999; }\n"
	"table { border-collapse: collapse; margin: .7em 0; font-size: .87em; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .15em .7em .15em 0; border-bottom: 1px solid #ddd; }\n"
	"th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }\n"
	"small { color: #555; }\n"
	"pre { background: #f4f4f4; padding: .7em; font-size: .85em; white-space: pre-wrap; overflow-wrap: anywhere; }\n"
	"svg.t { display: block; width: 100%; margin: .4em 0 1em; }\n"
	"svg.b { width: 160px; height: 12px; }\n"
	"svg text { font: 11px sans-serif; fill: #333; }\n"
	"svg text.h { font-weight: bold; }\n"
	"svg text.m { text-anchor: middle; }\n"
	"svg text.e { text-anchor: end; }\n"
	"svg .g { stroke: #ccc; stroke-width: .6; }\n"
	".p { fill: #2f6fae; }\n"
	".w { fill: #e2a33a; }\n"
	".d { fill: #c0392b; }\n"
	"svg .a { fill: #eee; }\n"
	".key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }\n"
	"p.big { font-size: 1.1em; }\n"
	"@media print { body { margin: 0; max-width: none; font-size: 11px; } h2 { break-after: avoid; } svg.t, tr { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }\n"
	".key.p { background: #2f6fae; }\n"
	".key.w { background: #e2a33a; }\n"
	".key.d { background: #c0392b; }\n";

static void number(FILE *to, uint64_t val)
{
	char buf[HUMAN_STRLEN];

	fputs(human_number(val, "\xe2\x80\xaf", buf), to);
}

/* A row of the table at the top: what, and its text. */
static void fact(FILE *to, const char *what, const char *text)
{
	fprintf(to, "<tr><th>%s</th><td>", what);
	html_text(to, text);
	fputs("</td></tr>\n", to);
}

static void fact_time(FILE *to, const char *what, const char *key,
		      uint64_t when)
{
	fprintf(to, "<tr><th>%s</th>", what);
	html_cell_time(to, key, when);
	fputs("</tr>\n", to);
}

static void write_facts(FILE *to, const struct report *report)
{
	char text[256];

	fputs("<table id=\"facts\">\n<tbody>\n", to);
	fact(to, "Host", report->host);
	snprintf(text, sizeof(text), "Linux %s, levee %s%s%s", report->kernel,
		 LEVEE_TOOL_VERSION, *report->module ? ", module " : "",
		 report->module);
	fact(to, "Versions", text);
	fact(to, "Policy", report->policy ? report->policy : "all");
	fact_time(to, "Made", "time", report->made);
	fact_time(to, "Covers from", "since", report->since);
	fact_time(to, "to", "until", report->until);
	fputs("</tbody>\n</table>\n", to);
}

static void write_share(FILE *to, uint64_t part, uint64_t whole)
{
	fprintf(to, "%.1f %%", whole ? 100.0 * (double)part / (double)whole :
		0.0);
}

/* What there is to say about an attack in a sentence or two. */
static void write_attack_summary(FILE *to, const struct report *report,
				 const struct attack *attack)
{
	uint64_t until = attack->until ? attack->until : report->made;
	char utc[WHEN_STRLEN], span[HUMAN_STRLEN], bits[HUMAN_STRLEN];
	const struct vector *vector, *worst;
	struct tally sum = { 0 };
	size_t i;

	worst = &report->vector[attack->first];
	for (i = 0; i < attack->count; i++) {
		vector = &report->vector[attack->first + i];
		tally_add(&sum, &vector->traffic.sum);
		if (vector->traffic.peak.packets > worst->traffic.peak.packets)
			worst = vector;
	}
	fprintf(to, "<p>It began at %s and ", when_utc(attack->since, utc));
	if (attack->until)
		fprintf(to, "ended at %s, after %s. ",
			when_utc(attack->until, utc),
			human_span(until - attack->since, span));
	else
		fprintf(to, "goes on, for %s so far. ",
			human_span(until > attack->since ?
				   until - attack->since : 0, span));
	fputs("Of the attacked kinds of packets ", to);
	number(to, tally_packets(&sum));
	fputs(" arrived; ", to);
	write_share(to, sum.dropped.packets, tally_packets(&sum));
	fputs(" of them were dropped", to);
	if (sum.would.packets) {
		fputs(", and ", to);
		write_share(to, sum.would.packets, tally_packets(&sum));
		fputs(" would have been in mode enforce", to);
	}
	fprintf(to, ". The strongest vector was %s, with up to ",
		names_text(&names_class, worst->traffic.class));
	number(to, worst->traffic.peak.packets);
	fprintf(to, " packets per second (%s).</p>\n",
		human_bits(worst->traffic.peak.bytes, bits));
}

static void write_tally(FILE *to, const struct tally *sum)
{
	html_cell_number(to, "passed-packets", sum->passed.packets);
	html_cell_number(to, "dropped-packets", sum->dropped.packets);
	html_cell_number(to, "would-packets", sum->would.packets);
	html_cell_number(to, "passed-bytes", sum->passed.bytes);
	html_cell_number(to, "dropped-bytes", sum->dropped.bytes);
	html_cell_number(to, "would-bytes", sum->would.bytes);
}

/* Names are of letters, digits and little else, but that is for others to see to. */
static void open_row(FILE *to, const char *row, const char *policy,
		     uint32_t class)
{
	fprintf(to, "<tr data-row=\"%s\" data-policy=\"", row);
	html_text(to, policy);
	fprintf(to, "\" data-class=\"%s\">", names_text(&names_class, class));
	html_cell(to, policy);
	html_cell(to, names_text(&names_class, class));
}

static void write_vector(FILE *to, const struct vector *vector)
{
	const struct traffic *traffic = &vector->traffic;
	char bits[HUMAN_STRLEN];

	open_row(to, "vector", traffic->policy, traffic->class);
	html_cell_time(to, "since", vector->since);
	if (vector->until)
		html_cell_time(to, "until", vector->until);
	else
		html_cell(to, "goes on");
	html_cell_number(to, "peak-packets", traffic->peak.packets);
	html_cell_number(to, "peak-rate", vector->peak_rate);
	fprintf(to, "<td class=\"n\"><data data-key=\"peak-bytes\" value=\"%"
		PRIu64 "\">%s</data></td>", traffic->peak.bytes,
		human_bits(traffic->peak.bytes, bits));
	html_cell_number(to, "offenders", vector->offenders);
	write_tally(to, &traffic->sum);
	fputs("</tr>\n", to);
}

static void write_attacks(FILE *to, const struct report *report)
{
	static const char *const heads[] = {
		"Policy", "Class", "Began", "Ended", "#Peak/s",
		"#Over limits/s", "#Peak", "#Sources", "#Passed", "#Dropped",
		"#Would", "#Bytes passed", "#Dropped", "#Would", NULL
	};
	const struct attack *attack;
	size_t i, j;

	if (!report->attacks)
		fputs("<p class=\"big\">No attack is known of in this time.</p>\n",
		      to);
	for (i = 0; i < report->attacks; i++) {
		attack = &report->attack[i];
		fprintf(to, "<section data-row=\"attack\"><h2>Attack %zu of %zu</h2>\n",
			i + 1, report->attacks);
		write_attack_summary(to, report, attack);
		html_table(to, heads);
		for (j = 0; j < attack->count; j++)
			write_vector(to, &report->vector[attack->first + j]);
		html_table_end(to);
		fputs("</section>\n", to);
	}
}

static void write_traffic(FILE *to, const struct report *report)
{
	static const char *const heads[] = {
		"Policy", "Class", "#Peak/s", "#Peak", "#Passed", "#Dropped",
		"#Would", "#Bytes passed", "#Dropped", "#Would", NULL
	};
	const struct traffic *traffic;
	char bits[HUMAN_STRLEN];
	size_t i;

	fputs("<h2>Before and after: all that arrived, and what became of it</h2>\n<p>",
	      to);
	number(to, tally_packets(&report->total));
	fputs(" packets arrived, ", to);
	number(to, tally_bytes(&report->total));
	fputs(" bytes; ", to);
	number(to, report->total.passed.packets + report->total.would.packets);
	fputs(" were let through. The peak is that of an interval of the history, 10 or 60 seconds.</p>\n",
	      to);
	html_table(to, heads);
	for (i = 0; i < report->traffics; i++) {
		traffic = &report->traffic[i];
		open_row(to, "traffic", traffic->policy, traffic->class);
		html_cell_number(to, "peak-packets", traffic->peak.packets);
		fprintf(to, "<td class=\"n\"><data data-key=\"peak-bytes\" value=\"%"
			PRIu64 "\">%s</data></td>", traffic->peak.bytes,
			human_bits(traffic->peak.bytes, bits));
		write_tally(to, &traffic->sum);
		fputs("</tr>\n", to);
	}
	fputs("<tr data-row=\"total\"><th colspan=\"4\">All</th>", to);
	write_tally(to, &report->total);
	fputs("</tr>\n", to);
	html_table_end(to);
}

static void write_reason(FILE *to, const struct traffic *traffic,
			 uint32_t reason)
{
	const struct tally *tally = &traffic->reason[reason];
	const char *name = names_text(&names_reason, reason);

	fprintf(to, "<tr data-row=\"reason\" data-reason=\"%s\" data-policy=\"",
		name);
	html_text(to, traffic->policy);
	fprintf(to, "\" data-class=\"%s\">",
		names_text(&names_class, traffic->class));
	html_cell(to, traffic->policy);
	html_cell(to, names_text(&names_class, traffic->class));
	html_cell(to, name);
	html_cell_number(to, "dropped-packets", tally->dropped.packets);
	html_cell_number(to, "dropped-bytes", tally->dropped.bytes);
	html_cell_number(to, "would-packets", tally->would.packets);
	html_cell_number(to, "would-bytes", tally->would.bytes);
	fputs("</tr>\n", to);
}

static void write_reasons(FILE *to, const struct report *report)
{
	static const char *const heads[] = {
		"Policy", "Class", "Reason", "#Dropped", "#Bytes", "#Would",
		"#Bytes", NULL
	};
	uint32_t reason;
	size_t i;

	fputs("<h2>What was dropped, and why</h2>\n", to);
	if (!tally_over(&report->total)) {
		fputs("<p>Nothing was, nor would have been in mode enforce.</p>\n",
		      to);
		return;
	}
	html_table(to, heads);
	for (i = 0; i < report->traffics; i++)
		for (reason = 0; reason < REPORT_REASONS; reason++)
			if (tally_over(&report->traffic[i].reason[reason]))
				write_reason(to, &report->traffic[i], reason);
	html_table_end(to);
}

static void write_offender(FILE *to, const struct offender *offender,
			   bool network, uint64_t most)
{
	const struct tally *sum = &offender->sum;
	char text[PREFIX_STRLEN];

	fprintf(to, "<tr data-row=\"%s\" data-prefix=\"%s\" data-policy=\"",
		network ? "network" : "source",
		prefix_text(&offender->prefix, text));
	html_text(to, network ? "" : offender->policy);
	fprintf(to, "\" data-class=\"%s\">", network ? "" :
		names_text(&names_class, offender->class));
	html_cell(to, text);
	if (network) {
		html_cell_number(to, "sources", offender->sources);
	} else {
		html_cell(to, offender->policy);
		html_cell(to, names_text(&names_class, offender->class));
		html_cell(to, names_text(&names_proof, offender->proof));
	}
	html_cell_number(to, "dropped-packets", sum->dropped.packets);
	html_cell_number(to, "would-packets", sum->would.packets);
	html_cell_number(to, "passed-packets", sum->passed.packets);
	fputs("<td>", to);
	if (most)
		report_plot_bar(to, sum, most);
	fputs("</td>", to);
	html_cell_time(to, "first-seen", offender->first_seen);
	html_cell_time(to, "last-seen", offender->last_seen);
	fputs("</tr>\n", to);
}

static void write_offenders(FILE *to, const struct offender_list *list,
			    bool network)
{
	static const char *const source_heads[] = {
		"Source", "Policy", "Class", "Shown to be real", "#Dropped",
		"#Would", "#Passed", "", "First offence", "Last", NULL
	};
	static const char *const network_heads[] = {
		"Network", "#Sources", "#Dropped", "#Would", "#Passed", "",
		"First offence", "Last", NULL
	};
	uint64_t most = list->count ? tally_over(&list->offender[0].sum) : 0;
	size_t i;

	html_table(to, network ? network_heads : source_heads);
	for (i = 0; i < list->count && i < REPORT_TOP; i++)
		write_offender(to, &list->offender[i], network, most);
	html_table_end(to);
}

static void write_sources(FILE *to, const struct report *report)
{
	fprintf(to, "<h2>Top sources</h2>\n<p>The worst of %zu records of sources that exceeded a limit, or sent something malformed, counted since the first offence of each. A source address can be forged.</p>\n",
		report->sources.count);
	if (report->sources.count)
		write_offenders(to, &report->sources, false);
	fprintf(to, "<h2>Top networks</h2>\n<p>The worst of %zu IPv4 /24 and IPv6 /48.</p>\n",
		report->networks.count);
	if (report->networks.count)
		write_offenders(to, &report->networks, true);
}

static void write_challenges(FILE *to, const struct report *report)
{
	uint64_t challenged = tally_over(&report->challenged);

	fputs("<p>Packets that open connections, and were dropped, or would have been in mode enforce, so that who sent them shows to be real: ",
	      to);
	fprintf(to, "<data data-key=\"challenged-packets\" value=\"%" PRIu64
		"\">", challenged);
	number(to, challenged);
	fprintf(to, "</data>. Answers to that: <data data-key=\"answered-packets\" value=\"%"
		PRIu64 "\">", report->answered);
	number(to, report->answered);
	fputs("</data>. They leave no records of sources.</p>\n", to);
}

static void write_proofs(FILE *to, const struct report *report)
{
	static const char *const heads[] = {
		"Shown to be real", "#Records", "#Passed", "#Dropped", "#Would",
		"#Bytes passed", "#Dropped", "#Would", NULL
	};
	int spoofed = report_spoofed(report);
	const char *name;
	uint32_t proof;

	fputs("<h2>Spoofed or not</h2>\n<p id=\"spoofed\">", to);
	if (spoofed < 0)
		fputs("The share of packets from forged addresses is unknown: nothing in force asks whether sources are real.",
		      to);
	else
		fprintf(to, "%d.%d %% of what exceeded limits or was challenged, of sources of which it is known, came from addresses that were never shown to be real, and may be forged.",
			spoofed / 10, spoofed % 10);
	fputs("</p>\n", to);
	write_challenges(to, report);
	html_table(to, heads);
	for (proof = 0; proof <= LEVEE_PROOF_MAX; proof++) {
		name = names_text(&names_proof, proof);
		fprintf(to, "<tr data-row=\"proof\" data-proof=\"%s\">", name);
		html_cell(to, name);
		html_cell_number(to, "sources", report->proof[proof].sources);
		write_tally(to, &report->proof[proof].sum);
		fputs("</tr>\n", to);
	}
	html_table_end(to);
	fprintf(to, "<p>Offences that left no record of their source, since the module was loaded: <data data-key=\"sources-missed\" value=\"%"
		PRIu64 "\">", report->missed);
	number(to, report->missed);
	fputs("</data>.</p>\n", to);
}

static const char notes[] =
	"<h2>How this was measured</h2>\n"
	"<p>All numbers are counted by the kernel module levee where packets arrive, before connection tracking.\n"
	"Bytes are those of IP packets as they were on the wire, without the framing of the link.\n"
	"Attacks are found by the module: 100 or more packets of one class in a second, and one in 64, exceed the limits of a policy; an attack is over when for ten seconds there were fewer than 50.\n"
	"Vectors with less than a minute between them are one attack.\n"
	"The history is kept in the kernel, in intervals of 10 seconds for the last hour or so and of a minute before that.\n"
	"<em>Would</em> is what was let through by a policy in mode monitor, and what mode enforce would have dropped.\n"
	"Times are UTC, with local time below.</p>\n";

/**
 * report_html - Write a report as a page of HTML.
 * @report: the report
 * @to: where to
 */
void report_html(const struct report *report, FILE *to)
{
	char title[sizeof(report->host) + 32];

	snprintf(title, sizeof(title), "Attack report of %s", report->host);
	html_begin(to, title, style);
	html_element(to, "h1", title);
	write_facts(to, report);
	write_attacks(to, report);
	report_plot(to, report);
	write_traffic(to, report);
	write_reasons(to, report);
	write_sources(to, report);
	write_proofs(to, report);
	fputs("<h2>Configuration in force when this was made</h2>\n", to);
	fputs("<pre id=\"configuration\">", to);
	html_text(to, report->config);
	fputs("</pre>\n", to);
	fputs(notes, to);
	html_end(to);
}
