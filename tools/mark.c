// SPDX-License-Identifier: GPL-2.0
/*
 * Marks of packets: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "mark.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "err.h"

/* Reads a number, decimal or behind 0x, up to a character or the end. */
static bool take_number(const char **text, char end, uint32_t *val)
{
	bool hex = (*text)[0] == '0' && (*text)[1] == 'x';
	const char *digits = *text + (hex ? 2 : 0);
	unsigned long long number;
	char *after;

	if (!isxdigit((unsigned char)*digits))
		return false;
	number = strtoull(digits, &after, hex ? 16 : 10);
	if (after == digits || number > UINT32_MAX || after - digits > 10 ||
	    (*after && *after != end))
		return false;
	*val = number;
	*text = after;
	return true;
}

/**
 * mark_parse - Read MARK[/MASK].
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @mark: struct mark
 *
 * Return: enum exit_status.
 */
int mark_parse(const char *key, const char *text, void *mark)
{
	struct mark *to = mark;
	const char *at = text;

	to->mask = UINT32_MAX;
	if (!take_number(&at, '/', &to->mark))
		return err_usage("%s \"%s\": expected " MARK_WHAT, key, text);
	if (*at++ == '/' && !take_number(&at, '\0', &to->mask))
		return err_usage("%s \"%s\": expected " MARK_WHAT, key, text);
	if (!to->mask)
		return err_usage("%s \"%s\": the mask is empty", key, text);
	if (to->mark & ~to->mask)
		return err_usage("%s \"%s\": the mark has bits that its mask has not",
				 key, text);
	return EXIT_OK;
}

/**
 * mark_text - A mark as text, as mark_parse() reads it.
 * @mark: mark
 * @buf: at least MARK_STRLEN bytes
 *
 * Return: @buf.
 */
const char *mark_text(const struct mark *mark, char *buf)
{
	if (mark->mask == UINT32_MAX)
		snprintf(buf, MARK_STRLEN, "0x%x", mark->mark);
	else
		snprintf(buf, MARK_STRLEN, "0x%x/0x%x", mark->mark,
			 mark->mask);
	return buf;
}
