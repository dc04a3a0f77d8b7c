/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of attacks, for who tells and shows it.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ATTACK_RECORD_H
#define _LEVEE_ATTACK_RECORD_H

#include "attack.h"

struct levee_event_attack;

void levee_attack_sum(enum levee_class class,
		      const struct levee_class_stats *stats,
		      struct levee_attack_count *sum);
void levee_attack_record(const struct levee_policy_state *state,
			 enum levee_class class,
			 const struct levee_class_stats *stats,
			 struct levee_attack_record *record);
void levee_attack_tell(const struct levee_attack_record *record,
		       struct levee_event_attack *event);

static inline void levee_attack_add(struct levee_count *sum,
				    const struct levee_count *count)
{
	sum->packets += count->packets;
	sum->bytes += count->bytes;
}

static inline void levee_attack_sub(struct levee_count *from,
				    const struct levee_count *count)
{
	from->packets -= count->packets;
	from->bytes -= count->bytes;
}

#endif /* _LEVEE_ATTACK_RECORD_H */
