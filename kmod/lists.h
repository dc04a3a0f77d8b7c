/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lists allow and deny of a network namespace.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LISTS_H
#define _LEVEE_LISTS_H

#include <linux/types.h>

struct levee_list;
struct levee_net;
struct levee_packet;

/**
 * enum levee_listed - what the lists say about a packet
 * @LEVEE_LISTED_NOT: nothing
 * @LEVEE_LISTED_ALLOW: it passes, whatever it is
 * @LEVEE_LISTED_DENY: it is to be dropped
 */
enum levee_listed {
	LEVEE_LISTED_NOT,
	LEVEE_LISTED_ALLOW,
	LEVEE_LISTED_DENY,
};

enum levee_listed levee_lists_judge(const struct levee_list *allow,
				    const struct levee_list *deny,
				    const struct levee_packet *pkt);

/* Configuration; process context, with the lock of @ln held. */
struct levee_list *levee_lists_get(const struct levee_net *ln, int kind);
struct levee_list *levee_lists_swap(struct levee_net *ln, int kind,
				    struct levee_list *list);
void levee_lists_retire(struct levee_net *ln, struct levee_list *old);
void levee_lists_publish(struct levee_net *ln, int kind,
			 struct levee_list *list);
void levee_lists_edited(struct levee_net *ln);
void levee_lists_changed(struct levee_net *ln, int kind);

void levee_lists_net_init(struct levee_net *ln, u32 max);
void levee_lists_net_exit(struct levee_net *ln);
int levee_lists_init(void);
void levee_lists_exit(void);

#endif /* _LEVEE_LISTS_H */
