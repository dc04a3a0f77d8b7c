/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spans of time: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_SPAN_H
#define _LEVEE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#define SPAN_STRLEN 16
#define SPAN_WHAT "a time from 1s to 49710d, as in 90s, 10m, 1h or 7d"

bool span_scan(const char *text, uint32_t *seconds);
int span_parse(const char *key, const char *text, void *seconds);
const char *span_text(uint32_t seconds, char *buf);
const char *span_left(uint32_t seconds, char *buf);

#endif /* _LEVEE_SPAN_H */
