/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts a ruleset in force, with what its limits need.
 */
#ifndef _LEVEE_PUBLISH_H
#define _LEVEE_PUBLISH_H

struct levee_bans;
struct levee_map;
struct levee_net;
struct levee_reflectors;
struct levee_ruleset;
struct netlink_ext_ack;

/**
 * struct levee_publish_made - what was made for a ruleset not in force yet
 * @bans: the table of bans; NULL if it was there, or is not needed
 * @proofs: likewise the proofs
 * @asked: likewise the questions
 * @met: likewise the connections
 * @syns: likewise SYNs that were challenged
 */
struct levee_publish_made {
	struct levee_bans *bans;
	struct levee_map *proofs;
	struct levee_map *asked;
	struct levee_map *met;
	struct levee_map *syns;
};

int levee_publish_begin(struct levee_net *ln, const struct levee_ruleset *rules,
			struct levee_publish_made *made,
			struct netlink_ext_ack *extack);
void levee_publish_abort(struct levee_net *ln,
			 const struct levee_publish_made *made);
void levee_publish_replace(struct levee_net *ln, struct levee_ruleset *rules);
void levee_publish_settle(struct levee_net *ln);
void levee_publish_reflectors(struct levee_net *ln,
			      struct levee_reflectors *list);
int levee_publish_ready(struct levee_net *ln, struct netlink_ext_ack *extack);
int levee_publish(struct levee_net *ln, struct levee_ruleset *rules,
		  struct netlink_ext_ack *extack);

#endif /* _LEVEE_PUBLISH_H */
