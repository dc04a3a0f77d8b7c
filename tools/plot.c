// SPDX-License-Identifier: GPL-2.0
/*
 * Plots as inline SVG.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "plot.h"

#include <stdbool.h>
#include <time.h>

#include "html.h"
#include "human.h"

#define NS_PER_S 1000000000ULL

/* Size of a timeline, and of the margins around what it shows. */
#define WIDTH 900.0
#define HEIGHT 190.0
#define LEFT 60.0
#define RIGHT 10.0
#define TOP 26.0
#define BOTTOM 22.0

/* Size of a bar in a table. */
#define BAR_WIDTH 160.0
#define BAR_HEIGHT 12.0

/* Lines across a timeline, and down at the most. */
#define ROWS 4
#define COLUMNS_MAX 9

static const char *const layer_class[PLOT_LAYERS] = { "p", "w", "d" };

static double x_of(const struct plot_timeline *plot, uint64_t when)
{
	const struct plot_span *window = &plot->window;

	if (when <= window->since)
		return LEFT;
	if (when >= window->until)
		return WIDTH - RIGHT;
	return LEFT + (WIDTH - LEFT - RIGHT) * (double)(when - window->since) /
		      (double)(window->until - window->since);
}

static double y_of(double rate, double top)
{
	return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / top;
}

static bool is_inside(const struct plot_span *span,
		      const struct plot_span *window)
{
	return span->until > window->since && span->since < window->until;
}

/* A round number that no point exceeds. */
static double find_top(const struct plot_timeline *plot)
{
	static const double steps[] = { 1, 2, 4, 6, 8, 10 };
	double most = 1, unit = 1, sum;
	size_t i;
	int layer;

	for (i = 0; i < plot->points; i++) {
		if (!is_inside(&plot->point[i].span, &plot->window))
			continue;
		sum = 0;
		for (layer = 0; layer < PLOT_LAYERS; layer++)
			sum += plot->point[i].rate[layer];
		if (sum > most)
			most = sum;
	}
	while (unit * 10 < most)
		unit *= 10;
	for (i = 0; steps[i] * unit < most; i++)
		;
	return steps[i] * unit;
}

static void write_line(FILE *to, double x1, double y1, double x2, double y2)
{
	fprintf(to, "<line class=\"g\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
		x1, y1, x2, y2);
}

static void write_rect(FILE *to, const char *class, double x, double y,
		       double width, double height)
{
	fprintf(to, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		class, x, y, width, height);
}

/* Its class says how it is aligned. */
static void write_label(FILE *to, const char *class, double x, double y,
			const char *text)
{
	fprintf(to, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
	html_text(to, text);
	fputs("</text>\n", to);
}

static void write_rows(FILE *to, double top)
{
	char text[HUMAN_STRLEN];
	double y;
	int i;

	for (i = 0; i <= ROWS; i++) {
		y = y_of(top * i / ROWS, top);
		write_line(to, LEFT, y, WIDTH - RIGHT, y);
		write_label(to, "e", LEFT - 4, y + 3.5,
			    human_short(top * i / ROWS, text));
	}
}

/* Lines down at round times, in UTC. */
static void write_columns(FILE *to, const struct plot_timeline *plot)
{
	static const unsigned int steps[] = {
		1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10800,
		21600, 43200, 86400,
	};
	uint64_t since = plot->window.since / NS_PER_S;
	uint64_t until = plot->window.until / NS_PER_S, when, step;
	char text[16];
	size_t i = 0;
	struct tm tm;
	time_t at;
	double x;

	while (i + 1 < sizeof(steps) / sizeof(steps[0]) &&
	       (until - since) / steps[i] > COLUMNS_MAX)
		i++;
	step = steps[i];
	while ((until - since) / step > COLUMNS_MAX)
		step += 86400;
	for (when = (since / step + 1) * step; when <= until; when += step) {
		x = x_of(plot, when * NS_PER_S);
		at = when;
		if (!gmtime_r(&at, &tm))
			continue;
		strftime(text, sizeof(text), step < 60 ? "%H:%M:%S" :
			 step < 86400 ? "%H:%M" : "%m-%d", &tm);
		write_line(to, x, TOP, x, HEIGHT - BOTTOM);
		write_label(to, "m", x, HEIGHT - 7, text);
	}
}

static void write_marks(FILE *to, const struct plot_timeline *plot)
{
	double from, until;
	char text[24];
	size_t i;

	for (i = 0; i < plot->marks; i++) {
		if (!is_inside(&plot->mark[i], &plot->window))
			continue;
		from = x_of(plot, plot->mark[i].since);
		until = x_of(plot, plot->mark[i].until);
		write_rect(to, "a", from, TOP, until - from < 1 ? 1 :
			   until - from, HEIGHT - TOP - BOTTOM);
		snprintf(text, sizeof(text), "%zu", i + 1);
		write_label(to, "m", (from + until) / 2, TOP + 11, text);
	}
}

/* What a layer reaches up to, with those below it. */
static double height_of(const struct plot_point *point, int layer)
{
	double sum = 0;
	int i;

	for (i = 0; i <= layer; i++)
		sum += point->rate[i];
	return sum;
}

/* One step for each point; between those with a gap, there is nothing. */
static void write_layer(FILE *to, const struct plot_timeline *plot, int layer,
			double top)
{
	const struct plot_point *point;
	double left, right, low, high;
	size_t i;

	fprintf(to, "<path class=\"%s\" d=\"", layer_class[layer]);
	for (i = 0; i < plot->points; i++) {
		point = &plot->point[i];
		if (!is_inside(&point->span, &plot->window) ||
		    point->rate[layer] <= 0)
			continue;
		left = x_of(plot, point->span.since);
		right = x_of(plot, point->span.until);
		low = y_of(height_of(point, layer - 1), top);
		high = y_of(height_of(point, layer), top);
		fprintf(to, "M%.2f %.2fV%.2fH%.2fV%.2fZ", left, low, high,
			right, low);
	}
	fputs("\"/>\n", to);
}

/**
 * plot_timeline - Write a timeline.
 * @to: where to
 * @plot: the timeline
 */
void plot_timeline(FILE *to, const struct plot_timeline *plot)
{
	double top = find_top(plot);
	int layer;

	fprintf(to, "<svg class=\"t\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
		WIDTH, HEIGHT);
	html_text(to, plot->title);
	fputs("</title>\n", to);
	write_label(to, "h", LEFT, 15, plot->title);
	write_marks(to, plot);
	write_rows(to, top);
	write_columns(to, plot);
	for (layer = 0; layer < PLOT_LAYERS; layer++)
		write_layer(to, plot, layer, top);
	fputs("</svg>\n", to);
}

/**
 * plot_bar - Write a bar, for a cell of a table.
 * @to: where to
 * @share: its length, from 0 to 1
 * @above: how much of the whole length comes behind it, in another colour
 */
void plot_bar(FILE *to, double share, double above)
{
	fprintf(to, "<svg class=\"b\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n",
		BAR_WIDTH, BAR_HEIGHT);
	write_rect(to, "d", 0, 1, BAR_WIDTH * share, BAR_HEIGHT - 2);
	write_rect(to, "w", BAR_WIDTH * share, 1, BAR_WIDTH * above,
		   BAR_HEIGHT - 2);
	fputs("</svg>", to);
}
