/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps the history of a network namespace: the work that feeds it.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HISTORY_WORK_H
#define _LEVEE_HISTORY_WORK_H

#include <linux/types.h>

struct levee_net;
struct levee_policy_state;

int levee_history_start(struct levee_net *ln, bool container);
void levee_history_stop(struct levee_net *ln);
void levee_history_leave(struct levee_net *ln,
			 struct levee_policy_state *state);

void levee_history_net_init(struct levee_net *ln);
void levee_history_net_exit(struct levee_net *ln);

#endif /* _LEVEE_HISTORY_WORK_H */
