/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet while its source has to prove that it is real.
 */
#ifndef _LEVEE_VERDICT_CHALLENGE_H
#define _LEVEE_VERDICT_CHALLENGE_H

#include <linux/types.h>

struct levee_net;
struct levee_outcome;
struct levee_packet;
struct levee_policy;

bool levee_verdict_challenge(struct levee_net *ln,
			     const struct levee_policy *policy,
			     const struct levee_packet *pkt,
			     struct levee_outcome *outcome);

#endif /* _LEVEE_VERDICT_CHALLENGE_H */
