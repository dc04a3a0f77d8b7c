/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers a SYN with a challenge: makes the packet and sends it.
 */
#ifndef _LEVEE_ANSWER_H
#define _LEVEE_ANSWER_H

#include <linux/types.h>

struct levee_outcome;
struct levee_packet;
struct nf_hook_state;
struct sk_buff;

struct sk_buff *levee_answer_make(const struct levee_packet *pkt, u32 cookie,
				  u8 ttl, unsigned int headroom,
				  unsigned int tailroom);
void levee_answer(const struct sk_buff *syn, const struct nf_hook_state *state,
		  const struct levee_packet *pkt,
		  const struct levee_outcome *outcome);

#endif /* _LEVEE_ANSWER_H */
