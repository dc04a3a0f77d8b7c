/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits: how much a source may send, per policy and class of packets.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LIMIT_H
#define _LEVEE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

#include "ban.h"
#include "fair.h"
#include "mark.h"
#include "prefix.h"
#include "rate.h"

struct nlattr;

/* " mark MARK ban FIRST..LONGEST ban-unproven" */
#define LIMIT_ACTION_STRLEN (MARK_STRLEN + BAN_TIME_STRLEN + FAIR_STRLEN + 32)

/**
 * struct limit - One limit.
 * @policy: name of the policy it is in
 * @id: stable number
 * @class: enum levee_class
 * @per: source prefix lengths
 * @rate: packets or bits in time
 * @burst: packets or bytes that may arrive at once; 0 in a request: the kernel chooses
 * @over_packets: packets that exceeded it
 * @overflow_packets: packets charged to a shared overflow meter
 * @mark: what packets over it get in their mark; without, they are dropped
 * @marked_packets: packets that did
 * @ban: how long who exceeds it is banned, if at all
 * @ban_unproven: even who was not shown to be real
 * @fair: whether and how it is shared among the sources
 * @source: what is metered as one source, in reply to "policy match" only
 */
struct limit {
	char policy[LEVEE_NAME_MAX + 1];
	uint32_t id;
	uint32_t class;
	struct per per;
	struct rate rate;
	uint32_t burst;
	uint64_t over_packets;
	uint64_t overflow_packets;
	struct mark mark;
	uint64_t marked_packets;
	struct ban_time ban;
	bool ban_unproven;
	struct fair fair;
	struct prefix source;
};

/**
 * struct limit_list - Some limits.
 * @limit: array, to be freed
 * @count: how many there are
 */
struct limit_list {
	struct limit *limit;
	size_t count;
};

void limit_decode(const struct nlattr **tb, struct limit *limit);
int limit_load(struct limit_list *list, const char *policy);
void limit_sort(struct limit_list *list);
void limit_print(const struct limit *limit);
const char *limit_action_text(const struct limit *limit, char *buf,
			      size_t size);
void limit_action_out(const struct limit *limit);
void limit_text(const struct limit *limit, char *buf, size_t size);

#endif /* _LEVEE_LIMIT_H */
