/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet at a limit that is shared fairly.
 */
#ifndef _LEVEE_VERDICT_FAIR_H
#define _LEVEE_VERDICT_FAIR_H

#include <linux/types.h>
#include "meter.h"

struct levee_map;
struct levee_meeting;
struct levee_net;
struct levee_packet;

enum levee_meter levee_verdict_fair(const struct levee_net *ln,
				    const struct levee_map *map,
				    const struct levee_packet *pkt,
				    struct levee_meeting *m,
				    enum levee_meter answer, u64 now_ns);
void levee_verdict_fair_charge(struct levee_net *ln,
			       const struct levee_map *map,
			       const struct levee_packet *pkt,
			       const struct levee_meeting *m, u64 now_ns);

#endif /* _LEVEE_VERDICT_FAIR_H */
