/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text tables with aligned columns.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_TABLE_H
#define _LEVEE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

void table_column(const char *head, int right);
void table_str(const char *key, const char *val);
void table_u64(const char *key, uint64_t val);
void table_text(const char *val);
void table_number(uint64_t val);
void table_measure(bool on);
void table_close(void);

#endif /* _LEVEE_TABLE_H */
