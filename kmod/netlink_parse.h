/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads parts of requests: names, comments, prefixes, protocols and ports.
 */
#ifndef _LEVEE_NETLINK_PARSE_H
#define _LEVEE_NETLINK_PARSE_H

#include <net/genetlink.h>
#include "prefix.h"
#include "service.h"

struct levee_matches;
struct levee_policy;
struct levee_ruleset;

/**
 * struct levee_nl_target - what a request says that a policy is for
 * @dst: destination prefixes, from kvmalloc()
 * @dst_count: number of @dst
 * @service: protocols and ports; as many of each as there were
 * @clear: enum levee_policy_part: what the policy is no longer for
 */
struct levee_nl_target {
	struct levee_prefix *dst;
	u32 dst_count;
	struct levee_service service;
	u32 clear;
};

int levee_nl_prefix_parse(const struct nlattr *nest,
			  struct levee_prefix *prefix,
			  struct netlink_ext_ack *extack);
int levee_nl_name_check(const struct nlattr *attr,
			struct netlink_ext_ack *extack);
int levee_nl_comment_check(const struct nlattr *attr,
			   struct netlink_ext_ack *extack);
int levee_nl_addr_parse(const struct nlattr *attr, struct levee_prefix *prefix,
			struct netlink_ext_ack *extack);
int levee_nl_target_parse(struct genl_info *info,
			  struct levee_nl_target *target);
void levee_nl_target_free(struct levee_nl_target *target);
int levee_nl_target_apply(struct genl_info *info,
			  struct levee_nl_target *target,
			  struct levee_ruleset *rules,
			  struct levee_policy *policy, bool is_default);
void levee_nl_target_blame(struct genl_info *info,
			   const struct levee_matches *matches);

#endif /* _LEVEE_NETLINK_PARSE_H */
