/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/net/levee: statistics for people and scripts.
 */
#ifndef _LEVEE_PROC_H
#define _LEVEE_PROC_H

struct levee_net;

int levee_proc_net_init(struct levee_net *ln);
void levee_proc_net_exit(struct levee_net *ln);

#endif /* _LEVEE_PROC_H */
