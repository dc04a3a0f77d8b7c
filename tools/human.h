/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers as people read them: rounded, or in groups of digits.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HUMAN_H
#define _LEVEE_HUMAN_H

#include <stdint.h>

#define HUMAN_STRLEN 48

const char *human_number(uint64_t val, const char *gap, char *buf);
const char *human_short(double val, char *buf);
const char *human_bits(uint64_t bytes, char *buf);
const char *human_span(uint64_t ns, char *buf);

#endif /* _LEVEE_HUMAN_H */
