/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bans: sources that are dropped whole until a time.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_BAN_H
#define _LEVEE_BAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

#include "prefix.h"
#include "span.h"

struct args;
struct nlmsghdr;

/* FIRST..LONGEST, both of span_text(). */
#define BAN_TIME_STRLEN (2 * SPAN_STRLEN + 2)
#define BAN_TIME_WHAT "TIME or FIRST..LONGEST, from 1s to 365d, as in 60s..1h"

/**
 * struct ban_time - How long a limit bans.
 * @min: seconds of the first ban; 0 if it bans nobody
 * @max: seconds that a ban takes at the most
 */
struct ban_time {
	uint32_t min;
	uint32_t max;
};

/**
 * struct ban - One ban.
 * @prefix: the source
 * @timeout: seconds that are left; 0 for a ban without end
 * @level: how many bans in a row this one is; 0 if it was made by hand
 * @decay: seconds after which a level is forgotten
 * @policy: policy with the limit that was exceeded; empty if made by hand
 * @class: enum levee_class
 * @comment: text, or NULL
 * @since: when it was made, in ns since the epoch
 * @would: it only counts what would be dropped
 */
struct ban {
	struct prefix prefix;
	uint32_t timeout;
	uint32_t level;
	uint32_t decay;
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t class;
	char *comment;
	uint64_t since;
	bool would;
};

/**
 * struct ban_list - Some bans.
 * @ban: array
 * @count: how many there are
 */
struct ban_list {
	struct ban *ban;
	size_t count;
};

int ban_time_parse(const char *key, const char *text, void *time);
const char *ban_time_text(const struct ban_time *time, char *buf);

void ban_print_match(const char *key, const struct nlattr *nest);
int ban_load(struct ban_list *list);
bool ban_outlasts(const struct ban_list *list, const struct nlmsghdr *request);
void ban_free(struct ban_list *list);
void ban_save(const struct ban_list *list);

/* Commands of the object "source". */
int ban_add(struct args *args);
int ban_del(struct args *args);
int ban_show(struct args *args);

#endif /* _LEVEE_BAN_H */
