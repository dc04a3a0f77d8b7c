/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where levee sees what goes out, for who wants to learn from it.
 */
#ifndef _LEVEE_EGRESS_H
#define _LEVEE_EGRESS_H

#include <linux/bits.h>
#include <linux/types.h>

struct levee_hook;
struct levee_net;
struct levee_packet;
struct netlink_ext_ack;

/**
 * enum levee_egress_wish - who wants to learn from what goes out
 * @LEVEE_EGRESS_PROOF: who must know which sources are proven; cannot do without
 * @LEVEE_EGRESS_ASKED: who tells what was asked for from what was not
 * @LEVEE_EGRESS_MET: likewise who has connections
 */
enum levee_egress_wish {
	LEVEE_EGRESS_PROOF = BIT(0),
	LEVEE_EGRESS_ASKED = BIT(1),
	LEVEE_EGRESS_MET = BIT(2),
};

/* Wishes that are refused where the kernel has no egress hooks. */
#define LEVEE_EGRESS_NEEDED	LEVEE_EGRESS_PROOF

int levee_egress_want(struct levee_net *ln, u32 wishes,
		      struct netlink_ext_ack *extack);
int levee_egress_hook(struct levee_hook *hook, struct netlink_ext_ack *extack);
void levee_egress_unhook(struct levee_hook *hook);
void levee_egress_settle(struct levee_net *ln, u32 anew);
bool levee_egress_blind(const struct levee_net *ln);
void levee_egress_learn(struct levee_net *ln, const struct levee_packet *pkt,
			int ifindex);

#endif /* _LEVEE_EGRESS_H */
