/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configurations that are being made, to be put in force in one step.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_CONFIG_H
#define _LEVEE_CONFIG_H

#include <linux/levee.h>
#include <linux/list.h>
#include <linux/types.h>
#include "hook.h"
#include "pernet.h"

struct genl_info;
struct levee_list;
struct levee_reflectors;
struct levee_ruleset;
struct netlink_ext_ack;

/* Configurations of a network namespace that are being made at a time. */
#define LEVEE_CONFIGS_MAX	8
/* Hooks in one of them. */
#define LEVEE_CONFIG_HOOKS_MAX	4096

/**
 * struct levee_config - a configuration that is being made
 * @node: in &levee_net.configs
 * @portid: socket that makes it
 * @what: enum levee_config_what: what it replaces
 * @failed: a command was refused, so it is not what its maker wants
 * @rules_seq: &levee_net.rules_seq when it was begun
 * @hooks_seq: &levee_net.hooks_seq when it was begun
 * @sizes_before: sizes of the tables when it was begun
 * @rules: its policies and limits, NULL if it leaves those alone
 * @sizes: its sizes of the tables
 * @hooks: its hooks
 * @hook_count: number of @hooks
 * @list: its lists; NULL if they are empty
 * @reflectors: its ports that attacks are reflected from; NULL if it leaves those
 *	alone
 *
 * Protected by &levee_net.lock.
 */
struct levee_config {
	struct list_head node;
	u32 portid;
	u32 what;
	bool failed;
	u32 rules_seq;
	u32 hooks_seq;
	struct levee_sizes sizes_before;
	struct levee_ruleset *rules;
	struct levee_sizes sizes;
	struct levee_hook_key *hooks;
	u32 hook_count;
	struct levee_list *list[__LEVEE_LIST_KIND_MAX];
	struct levee_reflectors *reflectors;
};

const struct levee_ruleset *levee_config_rules(const struct levee_net *ln,
					       u32 portid);
struct levee_list *levee_config_list(const struct levee_net *ln, u32 portid,
				     int kind);
u32 levee_config_list_part(int kind);
int levee_config_begin(struct levee_net *ln, u32 portid, u32 what,
		       struct netlink_ext_ack *extack);
struct levee_config *levee_config_find(const struct levee_net *ln, u32 portid);
int levee_config_of(const struct levee_net *ln, const struct genl_info *info,
		    u32 part, struct levee_config **config);
void levee_config_refused(struct genl_info *info);
int levee_config_commit(struct levee_net *ln, struct levee_config *config,
			struct netlink_ext_ack *extack);
void levee_config_drop(struct levee_net *ln, struct levee_config *config);
void levee_config_drop_all(struct levee_net *ln);

int levee_config_hook_add(struct levee_config *config,
			  const struct levee_hook_key *key,
			  struct netlink_ext_ack *extack);
int levee_config_hook_del(struct levee_config *config,
			  const struct levee_hook_key *key,
			  struct netlink_ext_ack *extack);

#endif /* _LEVEE_CONFIG_H */
