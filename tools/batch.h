/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batch files: one command per line.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_BATCH_H
#define _LEVEE_BATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Most words of a line. */
#define BATCH_WORDS 64

int batch_split(char *line, const char *comment, char **words, int *count);
/* Runs the command that some words are. */
typedef int batch_fn(int count, char **words);

int batch_run(const char *file, bool force, batch_fn *run);
const char *batch_quote(const char *word, char *buf, size_t size);

#endif /* _LEVEE_BATCH_H */
