/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet at one limit.
 */
#ifndef _LEVEE_VERDICT_MEET_H
#define _LEVEE_VERDICT_MEET_H

#include <linux/container_of.h>
#include <linux/types.h>
#include "meter.h"
#include "ruleset.h"

/**
 * struct levee_meeting - a packet at one limit
 * @hash: levee_source_hash() of the packet's source, as the limit has it
 * @per: prefix length of that source
 * @place: place of the limit in the policy's chain
 * @charge: the packet at the limit's meter; has the limit's rate
 */
struct levee_meeting {
	u64 hash;
	u8 per;
	u8 place;
	struct levee_charge charge;
};

static __always_inline const struct levee_limit *
levee_meeting_limit(const struct levee_meeting *m)
{
	return container_of(m->charge.rate, struct levee_limit, rate);
}

#endif /* _LEVEE_VERDICT_MEET_H */
