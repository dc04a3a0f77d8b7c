// SPDX-License-Identifier: GPL-2.0
/*
 * Files that commands read: "-" is standard input.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "input.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "err.h"

/* Somebody reads standard input: what is left there is not for others. */
static bool stdin_taken;

/**
 * input_open - Open a file.
 * @name: its name; "-" is standard input
 * @in: set to the file, for input_close(), if it could be opened
 *
 * Return: enum exit_status.
 */
int input_open(const char *name, FILE **in)
{
	if (!strcmp(name, "-")) {
		if (stdin_taken)
			return err_usage("\"-\": standard input is the batch; write the name of a file");
		stdin_taken = true;
		*in = stdin;
		return EXIT_OK;
	}
	*in = fopen(name, "re");
	if (!*in)
		return err_refused("cannot open \"%s\": %s", name,
				   strerror(errno));
	return EXIT_OK;
}

/**
 * input_close - Close a file.
 * @in: what input_open() has opened
 */
void input_close(FILE *in)
{
	if (in == stdin)
		stdin_taken = false;
	else
		fclose(in);
}

/**
 * input_mark - How much of a file's first line is a byte order mark.
 * @line: the line
 *
 * Editors that write UTF-8 may put one there; it is no text.
 *
 * Return: bytes to leave out, 0 if there is none.
 */
size_t input_mark(const char *line)
{
	static const char mark[] = "\xef\xbb\xbf";

	return strncmp(line, mark, sizeof(mark) - 1) ? 0 : sizeof(mark) - 1;
}

/**
 * input_text - What to call a file in a sentence.
 * @name: its name; "-" is standard input
 *
 * Return: the name, or what "-" stands for.
 */
const char *input_text(const char *name)
{
	return strcmp(name, "-") ? name : "standard input";
}
