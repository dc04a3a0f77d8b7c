/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells when an attack begins and when it is over, per policy and class.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ATTACK_H
#define _LEVEE_ATTACK_H

#include <linux/atomic.h>
#include <linux/levee.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "attack_log.h"
#include "sketch.h"
#include "stats.h"

struct levee_net;
struct levee_policy_state;

/**
 * struct levee_attack_count - what was counted of a class, ever or since
 * @passed: within every limit
 * @over: dropped, or would have been in mode enforce
 * @denied: likewise, because the source is in the list deny
 */
struct levee_attack_count {
	struct levee_count passed;
	struct levee_count over;
	struct levee_count denied;
};

/**
 * struct levee_attack_class - whether a class of packets is an attack
 * @sources: who exceeded a limit since the class is watched
 * @noted_ns: when a packet had the class watched
 * @since_ns: first packet over the limits of the attack; 0 if there is none
 * @first: the counters when the attack began, or when it was left alone
 * @seen: their sums when they were last read
 * @first_ns: where the first interval with an excess began
 * @read_ns: when @seen was read
 * @second_ns: where the present second began
 * @second: what was counted in it
 * @last_ns: end of the last second with an excess
 * @rate_pps: most packets over the limits in a second
 * @peak: most packets, and most bytes, of the class in a second
 * @intervals: intervals with an excess in a row
 *
 * Only the first three are for packets; the rest is protected by the lock of
 * &struct levee_attacks.
 */
struct levee_attack_class {
	struct levee_sketch sources;
	atomic64_t noted_ns;
	atomic64_t since_ns;

	struct levee_class_stats first;
	struct levee_attack_count seen;
	u64 first_ns;
	u64 read_ns;
	u64 second_ns;
	struct levee_attack_count second;
	u64 last_ns;
	u64 rate_pps;
	struct levee_count peak;
	u8 intervals;
};

/**
 * struct levee_attack - watches the classes of one policy
 * @watched: bits of the classes that the work looks at; bit
 *	LEVEE_ATTACK_LINKED if it has the policy on its list
 * @class: the classes; that of LEVEE_CLASS_ANY is not used
 * @fresh: on the list of those the work has yet to take over
 * @node: on the work's own list
 */
struct levee_attack {
	unsigned long watched;
	struct levee_attack_class class[__LEVEE_CLASS_MAX];
	struct llist_node fresh;
	struct list_head node;
};

/* No packet is of class any. */
#define LEVEE_ATTACK_LINKED	LEVEE_CLASS_ANY

/**
 * struct levee_attacks - watches the policies of a network namespace
 * @fresh: policies that a packet had watched
 * @watched: policies that are watched; only the work uses it
 * @work: looks at them; runs only while there are some
 * @lock: protects what the work knows of classes, for who reads it, and @log;
 *	inside the lock of the configuration
 * @log: attacks that are over; NULL before the first hook
 */
struct levee_attacks {
	struct llist_head fresh;
	struct list_head watched;
	struct delayed_work work;
	struct mutex lock; /* protects classes, and the log */
	struct levee_attack_log *log;
};

void levee_attack_note(struct levee_net *ln, struct levee_policy_state *state,
		       enum levee_class class, u64 hash, u64 now_ns);
void levee_attack_leave(struct levee_net *ln, struct levee_policy_state *state);
u64 levee_attack_since(const struct levee_policy_state *state,
		       enum levee_class class);

bool levee_attack_read(struct levee_net *ln,
		       const struct levee_policy_state *state,
		       enum levee_class class,
		       struct levee_attack_record *record);
bool levee_attack_read_log(struct levee_net *ln, u64 *number,
			   struct levee_attack_record *record);
u64 levee_attack_ended(struct levee_net *ln);

int levee_attack_log_start(struct levee_net *ln, bool container);
void levee_attack_log_stop(struct levee_net *ln);
void levee_attack_net_init(struct levee_net *ln);
void levee_attack_net_exit(struct levee_net *ln);

#endif /* _LEVEE_ATTACK_H */
