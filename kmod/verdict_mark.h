/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet that is over limits which mark.
 */
#ifndef _LEVEE_VERDICT_MARK_H
#define _LEVEE_VERDICT_MARK_H

#include "verdict.h"

enum levee_action levee_verdict_mark(const struct levee_policy *policy,
				     const struct levee_packet *pkt,
				     unsigned long marks,
				     struct levee_outcome *outcome);

#endif /* _LEVEE_VERDICT_MARK_H */
