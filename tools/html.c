// SPDX-License-Identifier: GPL-2.0
/*
 * HTML that is XML as well: text that cannot be anything else, and table cells.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "html.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "age.h"
#include "human.h"
#include "when.h"

/* A narrow space that breaks no line. */
#define GAP "\xe2\x80\xaf"

/* Bytes of the character at @text, in UTF-8; 0 if it is none. */
static int utf8_len(const unsigned char *text)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned int code;
	int len, i;

	if (*text < 0x80)
		return 1;
	len = *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	if (*text < 0xc2 || *text > 0xf4)
		return 0;
	code = *text & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	/* Longer than need be, half a character of UTF-16, or beyond the last. */
	if (code < least[len] || (code >= 0xd800 && code <= 0xdfff) ||
	    code > 0x10ffff || code == 0xfffe || code == 0xffff)
		return 0;
	return len;
}

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/**
 * html_text - Write text, which may be anything.
 * @to: where to
 * @text: the text; what is no character is written as a question mark
 */
void html_text(FILE *to, const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	int len;

	for (; *c; c += len ? len : 1) {
		len = utf8_len(c);
		if (!len || (*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
			fputc('?', to);
		else if (entity(*c))
			fputs(entity(*c), to);
		else
			fwrite(c, 1, len, to);
	}
}

/**
 * html_begin - Begin a page that may not load anything.
 * @to: where to
 * @title: its title
 * @style: its style sheet, with nothing in it that would need an entity
 */
void html_begin(FILE *to, const char *title, const char *style)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	      "<title>", to);
	html_text(to, title);
	fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
}

/**
 * html_end - End the page.
 * @to: where to
 */
void html_end(FILE *to)
{
	fputs("</body>\n</html>\n", to);
}

/**
 * html_element - Write an element with text in it.
 * @to: where to
 * @name: its name
 * @text: the text
 */
void html_element(FILE *to, const char *name, const char *text)
{
	fprintf(to, "<%s>", name);
	html_text(to, text);
	fprintf(to, "</%s>\n", name);
}

/**
 * html_table - Begin a table.
 * @to: where to
 * @heads: heads of its columns, and a NULL; those of numbers begin with #
 */
void html_table(FILE *to, const char *const *heads)
{
	fputs("<table>\n<thead><tr>", to);
	for (; *heads; heads++) {
		fputs(**heads == '#' ? "<th class=\"n\">" : "<th>", to);
		html_text(to, *heads + (**heads == '#'));
		fputs("</th>", to);
	}
	fputs("</tr></thead>\n<tbody>\n", to);
}

/**
 * html_table_end - End a table.
 * @to: where to
 */
void html_table_end(FILE *to)
{
	fputs("</tbody>\n</table>\n", to);
}

/**
 * html_cell - Write a cell with text.
 * @to: where to
 * @text: the text
 */
void html_cell(FILE *to, const char *text)
{
	fputs("<td>", to);
	html_text(to, text);
	fputs("</td>", to);
}

/**
 * html_cell_number - Write a cell with a number.
 * @to: where to
 * @key: what a script may look for: the attribute's name in levee.yaml
 * @val: the number
 */
void html_cell_number(FILE *to, const char *key, uint64_t val)
{
	char buf[HUMAN_STRLEN];

	fprintf(to, "<td class=\"n\"><data data-key=\"%s\" value=\"%" PRIu64
		"\">%s</data></td>", key, val, human_number(val, GAP, buf));
}

/**
 * html_cell_time - Write a cell with a time, in UTC and below it in local time.
 * @to: where to
 * @key: what a script may look for: the attribute's name in levee.yaml
 * @epoch_ns: the time, in ns since the epoch
 */
void html_cell_time(FILE *to, const char *key, uint64_t epoch_ns)
{
	char utc[WHEN_STRLEN], local[AGE_STRLEN];

	when_utc(epoch_ns, utc);
	fprintf(to, "<td><time data-key=\"%s\" data-ns=\"%" PRIu64
		"\" datetime=\"%s\">%s</time><br/><small>%s</small></td>",
		key, epoch_ns, utc, utc, age_date(epoch_ns, local));
}
