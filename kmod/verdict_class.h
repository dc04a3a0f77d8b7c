/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which class a packet is of that may be an answer.
 */
#ifndef _LEVEE_VERDICT_CLASS_H
#define _LEVEE_VERDICT_CLASS_H

struct levee_net;
struct levee_packet;
struct levee_policy;

void levee_verdict_class(struct levee_net *ln,
			 const struct levee_policy *policy,
			 struct levee_packet *pkt);

#endif /* _LEVEE_VERDICT_CLASS_H */
