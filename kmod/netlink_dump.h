/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all dumps have in common.
 *
 * A dump resumes behind the last object it has sent, by the object's id: ids
 * only grow, and objects are listed in that order. So one that is resumed after
 * a change neither repeats nor skips what was there all the time; the reader is
 * told of the change by NLM_F_DUMP_INTR.
 */
#ifndef _LEVEE_NETLINK_DUMP_H
#define _LEVEE_NETLINK_DUMP_H

#include <net/genetlink.h>
#include "prefix.h"
#include "ruleset.h"
#include "stats.h"

struct levee_net;

/**
 * struct levee_dump_pos - where a dump stands; kept in &netlink_callback.ctx
 * @id: last object that was sent
 * @sub: last part that was sent of the object behind it
 * @sub_of: that object, which may be gone when the dump is resumed
 * @cursor: of a walk over offenders
 */
struct levee_dump_pos {
	u32 id;
	u32 sub;
	u32 sub_of;
	u64 cursor;
};

struct levee_dump_pos *levee_dump_pos(struct netlink_callback *cb);
void *levee_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd);
void levee_dump_part(struct levee_dump_pos *pos, u32 id);
int levee_dump_end(struct sk_buff *skb, void *hdr, int err);
const struct levee_ruleset *levee_dump_lock(struct levee_net *ln,
					    struct netlink_callback *cb);
int levee_dump_policy(const struct levee_ruleset *rules,
		      const struct nlattr *name, const char **only,
		      struct netlink_ext_ack *extack);
int levee_put_count(struct sk_buff *skb, int packets_attr, int bytes_attr,
		    int pad, const struct levee_count *count);
int levee_put_reason(struct sk_buff *skb, int attr, enum levee_reason reason,
		     const struct levee_class_stats *stats);
int levee_put_prefix(struct sk_buff *skb, int attr,
		     const struct levee_prefix *prefix);
int levee_put_ports(struct sk_buff *skb, int attr,
		    const struct levee_ports *ports);
int levee_put_limit(struct sk_buff *skb, const struct levee_policy *policy,
		    const struct levee_limit *limit);

#endif /* _LEVEE_NETLINK_DUMP_H */
