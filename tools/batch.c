// SPDX-License-Identifier: GPL-2.0
/*
 * Batch files: one command per line.
 *
 * Words, quotes, backslashes and comments are those of the shell.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "batch.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "input.h"
#include "out.h"

/*
 * Takes the word at *@from, removes quotes in place and moves *@from behind it.
 * Returns NULL if a quote or a backslash has no end.
 */
static char *take_word(char **from)
{
	char *word = *from, *to = *from, *c;
	char quote = '\0';

	for (c = *from; *c && (quote || !isspace((unsigned char)*c)); c++) {
		if (*c == '\\' && quote != '\'') {
			if (!*++c)
				return NULL;
			if (quote && *c != '"' && *c != '\\')
				*to++ = '\\';
			*to++ = *c;
		} else if (quote ? *c == quote : *c == '\'' || *c == '"') {
			quote = quote ? '\0' : *c;
		} else {
			*to++ = *c;
		}
	}
	*from = *c ? c + 1 : c;
	*to = '\0';
	return quote ? NULL : word;
}

/**
 * batch_split - Take a line apart, in place.
 * @line: the line
 * @comment: characters that begin a comment where a word could begin
 * @words: room for BATCH_WORDS
 * @count: set to how many there are; 0 in a line without words
 *
 * Return: enum exit_status.
 */
int batch_split(char *line, const char *comment, char **words, int *count)
{
	for (*count = 0; ; ++*count) {
		while (isspace((unsigned char)*line))
			line++;
		if (!*line || strchr(comment, *line))
			return EXIT_OK;
		if (*count == BATCH_WORDS)
			return err_usage("more than %u words", BATCH_WORDS);
		words[*count] = take_word(&line);
		if (!words[*count])
			return err_usage("a quote is not closed, or a backslash ends the file");
	}
}

static int run_line(char *line, size_t len, batch_fn *run)
{
	char *words[BATCH_WORDS];
	int count, ret;

	if (memchr(line, '\0', len))
		return err_usage("there is a NUL byte in this line");
	ret = batch_split(line, "#", words, &count);
	if (!ret && count)
		ret = run(count, words);
	return ret;
}

/* Whether an odd number of backslashes stands before the newline. */
static bool is_continued(const char *line, size_t len)
{
	size_t n = 0;

	if (!len || line[len - 1] != '\n')
		return false;
	while (n + 1 < len && line[len - 2 - n] == '\\')
		n++;
	return n % 2;
}

/* Reads a line and those that continue it; returns -1 at the end. */
static ssize_t read_line(FILE *in, char **line, size_t *size,
			 unsigned int *lines)
{
	ssize_t len, more;
	char *next = NULL;
	size_t next_size = 0;

	len = getline(line, size, in);
	if (len < 0)
		return len;
	++*lines;
	while (is_continued(*line, len)) {
		more = getline(&next, &next_size, in);
		if (more < 0)
			break;
		++*lines;
		*size = len + more + 1;
		*line = err_realloc(*line, *size, 1);
		memcpy(*line + len - 2, next, more + 1);
		len += more - 2;
	}
	free(next);
	return len;
}

static int run_file(FILE *in, const char *name, bool force, batch_fn *run)
{
	struct err_place before = err_at(name, 0);
	unsigned int at, lines = 0;
	int ret, first = EXIT_OK;
	size_t size = 0, skip;
	char *line = NULL;
	ssize_t len;

	for (;;) {
		at = lines + 1;
		errno = 0;
		len = read_line(in, &line, &size, &lines);
		if (len < 0)
			break;
		err_at(name, at);
		skip = at == 1 ? input_mark(line) : 0;
		ret = run_line(line + skip, len - skip, run);
		/* "diff" has found something, which is no reason to stop. */
		if (ret == EXIT_DIFFERENT)
			ret = EXIT_OK;
		if (!ret)
			ret = out_flush();
		if (ret && !first)
			first = ret;
		if (ret && (!force || out_failed()))
			break;
	}
	err_at(before.file, before.line);
	if (!first && ferror(in))
		first = err_refused("%s: %s", name, strerror(errno));
	free(line);
	return first;
}

/**
 * batch_run - Run the commands in a file.
 * @file: its name; "-" is standard input
 * @force: go on after an error
 * @run: runs one; returns enum exit_status
 *
 * Return: enum exit_status of the first command that failed.
 */
int batch_run(const char *file, bool force, batch_fn *run)
{
	FILE *in;
	int ret;

	ret = input_open(file, &in);
	if (ret)
		return ret;
	ret = run_file(in, file, force, run);
	input_close(in);
	return ret;
}

static bool is_plain(const char *word)
{
	const char *c;

	for (c = word; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-+@%,:/=", *c)))
			return false;
	return c > word;
}

/**
 * batch_quote - Write a word so that a batch file, or a shell, reads it back.
 * @word: any string
 * @buf: where to write it
 * @size: bytes of @buf; four for each one of @word and three more suffice
 *
 * Return: @buf, or @word if it needs no quotes.
 */
const char *batch_quote(const char *word, char *buf, size_t size)
{
	size_t len = 0;

	if (is_plain(word))
		return word;
	buf[len++] = '\'';
	for (; *word && len + 6 < size; word++) {
		if (*word == '\'')
			len += snprintf(buf + len, size - len, "'\\''");
		else
			buf[len++] = *word;
	}
	buf[len++] = '\'';
	buf[len] = '\0';
	return buf;
}
