/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plots of the attack report.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_REPORT_PLOT_H
#define _LEVEE_REPORT_PLOT_H

#include "report.h"

void report_plot(FILE *to, const struct report *report);
void report_plot_bar(FILE *to, const struct tally *sum, uint64_t most);

#endif /* _LEVEE_REPORT_PLOT_H */
