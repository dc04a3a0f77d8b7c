/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plots as inline SVG.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_PLOT_H
#define _LEVEE_PLOT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct plot_span - A part of the time axis.
 * @since: where it begins, in ns since the epoch
 * @until: where it ends
 */
struct plot_span {
	uint64_t since;
	uint64_t until;
};

/* Layers of a timeline, from the bottom to the top. */
#define PLOT_LAYERS 3

/**
 * struct plot_point - How much there was per second in some time.
 * @span: the time
 * @rate: for each layer
 */
struct plot_point {
	struct plot_span span;
	double rate[PLOT_LAYERS];
};

/**
 * struct plot_timeline - Rates over time, one layer upon the other.
 * @title: what it shows
 * @window: the time that is shown
 * @point: the rates, in the order of time
 * @points: how many there are
 * @mark: times that are shaded, and numbered from 1
 * @marks: how many there are
 */
struct plot_timeline {
	const char *title;
	struct plot_span window;
	const struct plot_point *point;
	size_t points;
	const struct plot_span *mark;
	size_t marks;
};

void plot_timeline(FILE *to, const struct plot_timeline *plot);
void plot_bar(FILE *to, double share, double above);

#endif /* _LEVEE_PLOT_H */
