// SPDX-License-Identifier: GPL-2.0
/*
 * The plots of the attack report: what arrived over time, and from whom.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report_plot.h"

#include <stdlib.h>

#include "err.h"
#include "names.h"
#include "plot.h"

#define NS_PER_S 1000000000ULL

/* How much is shown before and after attacks, at least. */
#define AROUND_NS (120 * NS_PER_S)

/* As traffic has it where it is of no class: all of them. */
#define ALL UINT32_MAX

/* Attacks with something around them; everything, if there are none. */
static struct plot_span find_window(const struct report *report,
				    const struct plot_span *mark)
{
	struct plot_span window = { report->since, report->until };
	uint64_t since, until, around;
	size_t i;

	if (!report->attacks)
		return window;
	since = mark[0].since;
	until = mark[0].until;
	for (i = 1; i < report->attacks; i++)
		if (mark[i].until > until)
			until = mark[i].until;
	around = until > since ? (until - since) / 8 : 0;
	if (around < AROUND_NS)
		around = AROUND_NS;
	/* An attack may have begun, or ended, outside of what is covered. */
	if (since > window.since + around && since - around < window.until)
		window.since = since - around;
	if (until + around < window.until && until + around > window.since)
		window.until = until + around;
	return window;
}

static void add_rate(struct plot_point *point, const struct tally *sum)
{
	double seconds = (double)(point->span.until - point->span.since) /
			 NS_PER_S;

	if (seconds <= 0)
		return;
	point->rate[0] += sum->passed.packets / seconds;
	point->rate[1] += sum->would.packets / seconds;
	point->rate[2] += sum->dropped.packets / seconds;
}

/* Returns whether there is anything of the class. */
static bool fill_points(const struct report *report, uint32_t class,
			struct plot_point *point)
{
	const struct sample *sample;
	bool any = false;
	size_t i;

	for (i = 0; i < report->intervals; i++)
		point[i] = (struct plot_point){
			.span = { report->interval[i].since,
				  report->interval[i].until },
		};
	for (i = 0; i < report->samples; i++) {
		sample = &report->sample[i];
		if (class != ALL &&
		    report->traffic[sample->traffic].class != class)
			continue;
		add_rate(&point[sample->interval], &sample->sum);
		any = true;
	}
	return any;
}

static void write_timelines(FILE *to, const struct report *report,
			    struct plot_timeline plot,
			    struct plot_point *point)
{
	char title[64];
	uint32_t class;

	plot.point = point;
	plot.points = report->intervals;
	plot.title = "All classes, packets per second: before and after";
	fill_points(report, ALL, point);
	plot_timeline(to, &plot);
	plot.title = title;
	for (class = 0; class < REPORT_CLASSES; class++) {
		if (!fill_points(report, class, point))
			continue;
		snprintf(title, sizeof(title), "Class %s, packets per second",
			 names_text(&names_class, class));
		plot_timeline(to, &plot);
	}
}

/**
 * report_plot - Write what arrived over time.
 * @to: where to
 * @report: the report
 */
void report_plot(FILE *to, const struct report *report)
{
	struct plot_timeline plot = { .marks = report->attacks };
	struct plot_point *point;
	struct plot_span *mark;
	size_t i;

	/* One more, as none would be no memory. */
	mark = err_realloc(NULL, report->attacks + 1, sizeof(*mark));
	point = err_realloc(NULL, report->intervals + 1, sizeof(*point));
	for (i = 0; i < report->attacks; i++) {
		mark[i].since = report->attack[i].since;
		mark[i].until = report->attack[i].until ?
				report->attack[i].until : report->made;
	}
	plot.mark = mark;
	plot.window = find_window(report, mark);
	fputs("<h2>Timeline</h2>\n<p>Times are UTC; what is shaded is an attack. <span class=\"key p\"></span>passed <span class=\"key w\"></span>passed, would be dropped in mode enforce <span class=\"key d\"></span>dropped</p>\n",
	      to);
	if (plot.window.until > plot.window.since)
		write_timelines(to, report, plot, point);
	free(mark);
	free(point);
}

/**
 * report_plot_bar - Write how much somebody exceeded limits, as a bar.
 * @to: where to
 * @sum: what became of its packets
 * @most: packets over the limits of the worst one, not 0
 */
void report_plot_bar(FILE *to, const struct tally *sum, uint64_t most)
{
	plot_bar(to, (double)sum->dropped.packets / (double)most,
		 (double)sum->would.packets / (double)most);
}
