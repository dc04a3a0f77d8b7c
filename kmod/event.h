/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells user space what happens: the multicast group "events".
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_EVENT_H
#define _LEVEE_EVENT_H

#include <linux/levee.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct levee_net;
struct levee_prefix;
struct net_device;

/**
 * enum levee_event_budget - what events are counted against
 * @LEVEE_EVENT_BUDGET_STATE: what happens to policies, tables and hooks
 * @LEVEE_EVENT_BUDGET_SOURCES: what happens to sources, of which there may be
 *	many; they must not keep the others from being told
 * @LEVEE_EVENT_BUDGETS: their number
 */
enum levee_event_budget {
	LEVEE_EVENT_BUDGET_STATE,
	LEVEE_EVENT_BUDGET_SOURCES,
	LEVEE_EVENT_BUDGETS,
};

/**
 * struct levee_events - how many events a network namespace may still send
 * @lock: protects @until_ns and @suppressed
 * @until_ns: theoretical arrival times of the budgets
 * @suppressed: events that were not sent since the last one
 * @late: tells of @suppressed if no event follows that does
 */
struct levee_events {
	spinlock_t lock; /* protects until_ns and suppressed */
	u64 until_ns[LEVEE_EVENT_BUDGETS];
	u32 suppressed;
	struct delayed_work late;
};

/**
 * struct levee_event_attack - what there is to say about an attack
 * @policy: name of the policy
 * @class: class of its packets
 * @since_ns: first packet over the limits, CLOCK_MONOTONIC
 * @until_ns: end, CLOCK_MONOTONIC; only used when the attack is over
 * @rate_pps: packets per second over the limits: up to now, or at the peak
 * @dropped: packets that were dropped
 * @would: packets that mode enforce would have dropped
 * @offenders: how many sources there were
 */
struct levee_event_attack {
	const char *policy;
	enum levee_class class;
	u64 since_ns;
	u64 until_ns;
	u64 rate_pps;
	u64 dropped;
	u64 would;
	u64 offenders;
};

void levee_event_attack_begin(struct levee_net *ln,
			      const struct levee_event_attack *attack);
void levee_event_attack_end(struct levee_net *ln,
			    const struct levee_event_attack *attack);
void levee_event_ban(struct levee_net *ln, const struct levee_prefix *prefix,
		     const char *policy, enum levee_class class, u64 until_ns);
void levee_event_unban(struct levee_net *ln, const struct levee_prefix *prefix);
void levee_event_table_pressure(struct levee_net *ln);
void levee_event_asymmetric(struct levee_net *ln, const char *policy,
			    bool elsewhere);
void levee_event_hook_lost(struct levee_net *ln, const struct net_device *dev);

/* Works of this file and of attack.c; they must run while CPUs are flooded. */
extern struct workqueue_struct *levee_event_wq;

void levee_event_net_init(struct levee_net *ln);
void levee_event_net_exit(struct levee_net *ln);
void levee_event_open(void);
void levee_event_close(void);
int levee_event_init(void);
void levee_event_exit(void);

#endif /* _LEVEE_EVENT_H */
