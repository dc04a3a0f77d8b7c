/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that commands read: "-" is standard input.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_INPUT_H
#define _LEVEE_INPUT_H

#include <stddef.h>
#include <stdio.h>

int input_open(const char *name, FILE **in);
void input_close(FILE *in);
size_t input_mark(const char *line);
const char *input_text(const char *name);

#endif /* _LEVEE_INPUT_H */
