/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of the command line, one file each.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_OBJECT_H
#define _LEVEE_OBJECT_H

#include "args.h"

#define LEVEE_TOOL_VERSION "0.1"

/**
 * struct object - First word of a command.
 * @name: keyword
 * @run: does what the words behind it say; returns enum exit_status
 * @usage: help, lines that end in newline
 */
struct object {
	const char *name;
	int (*run)(struct args *args);
	const char *usage;
};

int hook_run(struct args *args);
int policy_run(struct args *args);
int limit_run(struct args *args);
int list_run(struct args *args);
int source_run(struct args *args);
int reflect_run(struct args *args);
int stats_run(struct args *args);
int table_run(struct args *args);
int flush_run(struct args *args);
int suggest_run(struct args *args);
int monitor_run(struct args *args);
int report_run(struct args *args);
int save_run(struct args *args);
int apply_run(struct args *args);
int diff_run(struct args *args);

extern const char hook_usage[];
extern const char policy_usage[];
extern const char limit_usage[];
extern const char list_usage[];
extern const char source_usage[];
extern const char reflect_usage[];
extern const char stats_usage[];
extern const char table_usage[];
extern const char flush_usage[];
extern const char suggest_usage[];
extern const char monitor_usage[];
extern const char report_usage[];
extern const char save_usage[];
extern const char apply_usage[];
extern const char diff_usage[];

/* levee.c: runs one command; used for each line of a batch file. */
int object_run(int argc, char **argv);

#endif /* _LEVEE_OBJECT_H */
