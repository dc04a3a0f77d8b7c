/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a source that exceeds a limit which bans.
 */
#ifndef _LEVEE_VERDICT_BAN_H
#define _LEVEE_VERDICT_BAN_H

#include <linux/types.h>

struct levee_limit;
struct levee_net;
struct levee_packet;
struct levee_policy;

bool levee_verdict_is_proven(const struct levee_net *ln,
			     const struct levee_packet *pkt, u64 now_ns);
void levee_verdict_ban(struct levee_net *ln, const struct levee_policy *policy,
		       const struct levee_limit *limit,
		       const struct levee_packet *pkt, u64 hash, u64 now_ns);

#endif /* _LEVEE_VERDICT_BAN_H */
