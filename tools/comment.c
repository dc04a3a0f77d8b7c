// SPDX-License-Identifier: GPL-2.0
/*
 * Comments: text that people give to prefixes.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "comment.h"

#include <stddef.h>

#include <linux/levee.h>

#include "err.h"

/* Bytes of the character that begins at @c; 0 if it is none, or a control. */
static size_t utf8_length(const unsigned char *c)
{
	size_t i, len = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 :
		*c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;

	for (i = 1; i < len; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
		return 0;
	/* Longer than needed, surrogates, and what is beyond Unicode. */
	if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
	    (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
		return 0;
	return len;
}

/**
 * comment_parse - Check a comment.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @comment: const char *, becomes @text
 *
 * Return: enum exit_status.
 */
int comment_parse(const char *key, const char *text, void *comment)
{
	const unsigned char *c = (const unsigned char *)text;
	const char **to = comment;
	size_t len;

	if (!*text)
		return err_usage("%s \"\": the comment is empty", key);
	for (; *c; c += len) {
		len = utf8_length(c);
		if (!len)
			return err_usage("%s: a comment is UTF-8 without control characters",
					 key);
	}
	if ((const char *)c - text > LEVEE_COMMENT_MAX)
		return err_usage("%s \"%s\": a comment has at most %u bytes",
				 key, text, LEVEE_COMMENT_MAX);
	*to = text;
	return EXIT_OK;
}
