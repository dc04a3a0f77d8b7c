/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attacks that are over, the last of them: bounded, for reports.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ATTACK_LOG_H
#define _LEVEE_ATTACK_LOG_H

#include <linux/levee.h>
#include <linux/types.h>
#include "stats.h"

struct levee_attack_log;

/**
 * struct levee_attack_record - what is known of an attack
 * @policy: name of the policy
 * @class: class of its packets
 * @since_ns: first packet over the limits, CLOCK_MONOTONIC
 * @until_ns: end, CLOCK_MONOTONIC; 0 if it goes on
 * @rate_pps: most packets over the limits in a second
 * @peak: most of the class in a second, whatever became of it
 * @offenders: how many sources there were
 * @stats: what became of packets of the class
 */
struct levee_attack_record {
	char policy[LEVEE_NAME_MAX + 1];
	enum levee_class class;
	u64 since_ns;
	u64 until_ns;
	u64 rate_pps;
	struct levee_count peak;
	u64 offenders;
	struct levee_class_stats stats;
};

struct levee_attack_log *levee_attack_log_alloc(u32 max);
void levee_attack_log_free(struct levee_attack_log *log);
void levee_attack_log_add(struct levee_attack_log *log,
			  const struct levee_attack_record *record);
u64 levee_attack_log_count(const struct levee_attack_log *log);
bool levee_attack_log_read(const struct levee_attack_log *log, u64 *number,
			   struct levee_attack_record *record);

#endif /* _LEVEE_ATTACK_LOG_H */
