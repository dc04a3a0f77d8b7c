/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lists allow and deny.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LIST_H
#define _LEVEE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

#include "prefix.h"

struct args;

/**
 * struct list_entry - A prefix in a list.
 * @prefix: the prefix
 * @timeout: seconds until it expires; 0 for never
 * @line: line of the file that it is from
 * @comment: its comment, or NULL
 */
struct list_entry {
	struct prefix prefix;
	uint32_t timeout;
	uint32_t line;
	char *comment;
};

#define LISTS __LEVEE_LIST_KIND_MAX

/**
 * struct lists - Both lists, by enum levee_list_kind.
 * @entry: the entries of each
 * @count: how many there are
 */
struct lists {
	struct list_entry *entry[LISTS];
	size_t count[LISTS];
};

/* Entries in one request: less than a request has room for. */
#define LIST_BATCH 8192

int list_take_kind(struct args *args, uint32_t *kind);
void list_put_entry(const struct list_entry *entry);
int list_load_file(struct args *args);
void list_print_entry(const char *key, const struct nlattr *nest);
int list_load(struct lists *lists);
void list_save(const struct lists *lists, bool one_each);
void list_free(struct lists *from);

#endif /* _LEVEE_LIST_H */
