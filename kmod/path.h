/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asymmetric routing: does what a policy's destinations send go out here?
 */
#ifndef _LEVEE_PATH_H
#define _LEVEE_PATH_H

#include <linux/compiler.h>
#include <linux/levee.h>
#include <linux/types.h>
#include "ruleset.h"

struct levee_net;
struct levee_packet;

bool levee_path_is_answer(const struct levee_packet *pkt);
void levee_path_note(const struct levee_ruleset *rules,
		     const struct levee_packet *pkt);
void levee_path_see(const struct levee_ruleset *rules,
		    const struct levee_packet *pkt);
enum levee_path levee_path_judge(struct levee_path_state *path, u64 in,
				 u64 out);
void levee_path_watch(struct levee_net *ln, bool wanted);

void levee_path_net_init(struct levee_net *ln);
void levee_path_net_exit(struct levee_net *ln);

/**
 * levee_path_is_here - does what a policy's destinations send go out here?
 * @policy: the policy
 *
 * Context: any; packet path.
 * Return: true if it does, as far as is known.
 */
static inline bool levee_path_is_here(const struct levee_policy *policy)
{
	/* Written by the work, seldom; it is about no other memory. */
	return READ_ONCE(policy->state->path.now) == LEVEE_PATH_HERE;
}

#endif /* _LEVEE_PATH_H */
