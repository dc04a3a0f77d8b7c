/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HTML that is XML as well: text that cannot be anything else, and table cells.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HTML_H
#define _LEVEE_HTML_H

#include <stdint.h>
#include <stdio.h>

void html_text(FILE *to, const char *text);
void html_begin(FILE *to, const char *title, const char *style);
void html_end(FILE *to);
void html_element(FILE *to, const char *name, const char *text);
void html_table(FILE *to, const char *const *heads);
void html_table_end(FILE *to);
void html_cell(FILE *to, const char *text);
void html_cell_number(FILE *to, const char *key, uint64_t val);
void html_cell_time(FILE *to, const char *key, uint64_t epoch_ns);

#endif /* _LEVEE_HTML_H */
