/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frees packets so that tools which watch drops tell why.
 */
#ifndef _LEVEE_DROP_H
#define _LEVEE_DROP_H

#include "verdict.h"

struct nf_hook_state;
struct sk_buff;

unsigned int levee_drop(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct levee_packet *pkt,
			const struct levee_outcome *outcome);

#endif /* _LEVEE_DROP_H */
