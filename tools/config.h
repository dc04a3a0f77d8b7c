/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration as a whole: loading and writing it.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_CONFIG_H
#define _LEVEE_CONFIG_H

#include <stdbool.h>

#include "ban.h"
#include "hook.h"
#include "limit.h"
#include "list.h"
#include "policy.h"
#include "reflect.h"
#include "size.h"

/**
 * struct config - All that can be configured.
 * @size: size of the tables
 * @policies: policies
 * @limits: limits of all of them
 * @lists: lists of sources
 * @bans: banned sources, which config_load() leaves out: no configuration replaces
 *	them
 * @reflect: ports that attacks are reflected from
 * @hooks: hooks
 * @without_lists: lists are neither loaded nor written
 * @one_each: each prefix of a list is written on a line of its own
 */
struct config {
	struct size size;
	struct policy_list policies;
	struct limit_list limits;
	struct lists lists;
	struct ban_list bans;
	struct reflect reflect;
	struct hook_list hooks;
	bool without_lists;
	bool one_each;
};

int config_load(struct config *config);
int config_load_brief(struct config *config);
void config_write(struct config *config);
void config_write_brief(struct config *config, const char *policy);
void config_free(struct config *config);

#endif /* _LEVEE_CONFIG_H */
