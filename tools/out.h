/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: one call prints a value as text or as JSON, whichever is wanted.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_OUT_H
#define _LEVEE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * enum out_form - In which form of output a value appears.
 * @OUT_ANY: Both.
 * @OUT_JSON: JSON only.
 */
enum out_form {
	OUT_ANY,
	OUT_JSON,
};

/* Options of the command line that shape the output. */
extern bool out_json;
extern bool out_pretty;
extern bool out_stats;

void out_array_open(const char *key);
void out_array_close(void);
void out_object_open(const char *key);
void out_object_close(void);
void out_divert(FILE *to);
void out_str(enum out_form form, const char *key, const char *fmt,
	     const char *val);
void out_u64(enum out_form form, const char *key, const char *fmt,
	     uint64_t val);
void out_flag(const char *key);
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool out_failed(void);
int out_flush(void);

#endif /* _LEVEE_OUT_H */
