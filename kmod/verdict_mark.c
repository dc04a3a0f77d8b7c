// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet that is over limits which mark.
 */
#include "verdict_mark.h"

#include <linux/bitops.h>

#include "ruleset.h"
#include "stats.h"

/**
 * levee_verdict_mark - let a packet pass that is over limits that mark
 * @policy: the policy that decides
 * @pkt: the packet
 * @marks: bits of those limits, by their places in the policy's chain
 * @outcome: its mark, if it gets one
 *
 * In mode enforce, it gets the marks of all, in the order of the limits.
 *
 * Context: RCU read lock and bottom halves disabled. Packet path.
 * Return: what is to be done with the packet.
 */
enum levee_action levee_verdict_mark(const struct levee_policy *policy,
				     const struct levee_packet *pkt,
				     unsigned long marks,
				     struct levee_outcome *outcome)
{
	bool enforce = policy->mode == LEVEE_MODE_ENFORCE;
	const struct levee_limit *limit;
	int place;

	outcome->mark = 0;
	outcome->mark_mask = 0;
	for_each_set_bit(place, &marks, LEVEE_CHAIN_MAX) {
		limit = &policy->limits[policy->chain[pkt->class][place]];
		levee_limit_stats_over(limit->state->stats, pkt->segs);
		if (!enforce)
			continue;
		levee_limit_stats_marked(limit->state->stats, pkt->segs);
		outcome->mark &= ~limit->mark_mask;
		outcome->mark |= limit->mark;
		outcome->mark_mask |= limit->mark_mask;
	}
	return enforce ? LEVEE_ACTION_MARK : LEVEE_ACTION_PASS;
}
