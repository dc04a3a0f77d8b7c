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

int batch_run(const char *file, bool force);
const char *batch_quote(const char *word, char *buf, size_t size);

#endif /* _LEVEE_BATCH_H */
