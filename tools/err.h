/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Error messages and the exit statuses that go with them.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ERR_H
#define _LEVEE_ERR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum exit_status - What every function that can fail returns.
 * @EXIT_OK: All went well.
 * @EXIT_USAGE: The input was wrong; nothing was changed.
 * @EXIT_REFUSED: The kernel, or the system, said no.
 * @EXIT_DIFFERENT: "diff" found a difference; not 1 as for diff(1), as that is
 *	for wrong input here.
 */
enum exit_status {
	EXIT_OK = 0,
	EXIT_USAGE = 1,
	EXIT_REFUSED = 2,
	EXIT_DIFFERENT = 3,
};

/**
 * struct err_place - What messages begin with.
 * @file: name of a file, or NULL
 * @line: line in it, or 0
 */
struct err_place {
	const char *file;
	unsigned int line;
};

struct err_place err_at(const char *file, unsigned int line);
unsigned int err_line(void);
void err_mute(bool on);
int err_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int err_refused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void err_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void *err_realloc(void *p, size_t n, size_t size);
void *err_grow(void *p, size_t count, size_t size);

#endif /* _LEVEE_ERR_H */
