/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet: policy, meters, counters, offenders.
 */
#ifndef _LEVEE_VERDICT_H
#define _LEVEE_VERDICT_H

#include <linux/types.h>
#include "packet.h"

struct levee_net;

bool levee_verdict(struct levee_net *ln, const struct levee_packet *pkt,
		   bool malformed);

#endif /* _LEVEE_VERDICT_H */
