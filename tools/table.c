// SPDX-License-Identifier: GPL-2.0
/*
 * Text tables with aligned columns.
 *
 * Rows are kept until the widest cell of each column is known, or until there
 * are ROWS_KEPT of them: from then on the widths stay as they are and rows are
 * printed at once, so that a table of any length needs constant memory. Who has
 * all rows may show them twice, the first time only to measure them.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "out.h"

#define COLUMNS_MAX 24
#define ROWS_KEPT 1024

static struct {
	const char *head;
	bool right;
	int width;
} column[COLUMNS_MAX];

static char *cell[ROWS_KEPT][COLUMNS_MAX];
static unsigned int columns, col, rows;
static bool headed, measuring;

static void print_cell(unsigned int i, const char *text, bool last)
{
	if (column[i].right)
		printf("%s%*s", i ? "  " : "", column[i].width, text);
	else if (last)
		printf("%s%s", i ? "  " : "", text);
	else
		printf("%s%-*s", i ? "  " : "", column[i].width, text);
}

/* No blanks stand at the end of a line. */
static void print_row(char **text)
{
	unsigned int i, count = columns;

	while (count && !*text[count - 1])
		count--;
	for (i = 0; i < count; i++)
		print_cell(i, text[i], i + 1 == count);
	putchar('\n');
}

static void print_rows(void)
{
	unsigned int i, row;

	if (!headed)
		for (i = 0; i < columns; i++)
			print_cell(i, column[i].head, i + 1 == columns);
	if (!headed)
		putchar('\n');
	headed = true;
	for (row = 0; row < rows; row++) {
		print_row(cell[row]);
		for (i = 0; i < columns; i++)
			free(cell[row][i]);
	}
	rows = 0;
}

/**
 * table_column - Add a column before the first row is printed.
 * @head: what stands above it; must live as long as the table
 * @right: not 0 to align it on the right
 */
void table_column(const char *head, int right)
{
	if (out_json || columns == COLUMNS_MAX)
		return;
	column[columns].head = head;
	column[columns].right = right;
	column[columns++].width = strlen(head);
}

/**
 * table_measure - Do not print rows, only make columns wide enough for them.
 * @on: begin or end; the same rows are to follow
 */
void table_measure(bool on)
{
	measuring = on;
}

/**
 * table_text - Print the next cell, only in text.
 * @val: what stands there; copied
 */
void table_text(const char *val)
{
	int len = strlen(val);

	if (out_json || !columns)
		return;
	if (!headed && len > column[col].width)
		column[col].width = len;
	if (measuring) {
		col = (col + 1) % columns;
		return;
	}
	cell[rows][col] = strdup(val);
	if (!cell[rows][col])
		exit(err_refused("out of memory"));
	if (++col < columns)
		return;
	col = 0;
	if (++rows == ROWS_KEPT || headed)
		print_rows();
}

/**
 * table_number - Print a number as the next cell, only in text.
 * @val: number
 */
void table_number(uint64_t val)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, val);
	table_text(buf);
}

/**
 * table_str - Print a string as the next cell, or under its key.
 * @key: JSON key
 * @val: string
 */
void table_str(const char *key, const char *val)
{
	if (out_json)
		out_str(OUT_JSON, key, NULL, val);
	else
		table_text(val);
}

/**
 * table_u64 - Print a number as the next cell, or under its key.
 * @key: JSON key
 * @val: number
 */
void table_u64(const char *key, uint64_t val)
{
	if (out_json)
		out_u64(OUT_JSON, key, NULL, val);
	else
		table_number(val);
}

/**
 * table_close - Print what is left of a table, and forget its columns.
 *
 * Without any row nothing is printed, not even the heads.
 */
void table_close(void)
{
	if (rows)
		print_rows();
	columns = 0;
	col = 0;
	headed = false;
}
