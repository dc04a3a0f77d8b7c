/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet: policy, meters, counters, offenders.
 */
#ifndef _LEVEE_VERDICT_H
#define _LEVEE_VERDICT_H

#include <linux/types.h>
#include "packet.h"

struct levee_net;
struct levee_policy;

/**
 * enum levee_action - what to do with a packet
 * @LEVEE_ACTION_PASS: nothing
 * @LEVEE_ACTION_MARK: mark it
 * @LEVEE_ACTION_DROP: drop it
 */
enum levee_action {
	LEVEE_ACTION_PASS,
	LEVEE_ACTION_MARK,
	LEVEE_ACTION_DROP,
};

/**
 * struct levee_outcome - what else there is to know
 * @policy: the policy that decided, of what is dropped
 * @reason: why that is
 * @answer: answer it with a challenge; set if that is the reason
 * @cookie: number of the challenge
 * @mark: what to write into the mark, of what is marked
 * @mark_mask: into which of its bits
 */
struct levee_outcome {
	const struct levee_policy *policy;
	enum levee_reason reason;
	bool answer;
	u32 cookie;
	u32 mark;
	u32 mark_mask;
};

enum levee_action levee_verdict(struct levee_net *ln,
				struct levee_packet *pkt, bool malformed,
				struct levee_outcome *outcome);

#endif /* _LEVEE_VERDICT_H */
