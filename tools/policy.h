/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies: what traffic to some destinations may do.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_POLICY_H
#define _LEVEE_POLICY_H

#include <stddef.h>
#include <stdint.h>

#include <linux/levee.h>

#include "challenge.h"
#include "prefix.h"
#include "service.h"

#define POLICY_DEFAULT "default"

/**
 * struct policy - One policy.
 * @name: its name
 * @id: stable number
 * @mode: enum levee_mode
 * @path: enum levee_path; -1 if nobody wants to know
 * @dst: destination prefixes
 * @service: protocols and destination ports
 * @challenge: when sources have to prove that they are real
 */
struct policy {
	char name[LEVEE_NAME_MAX + 1];
	uint32_t id;
	uint32_t mode;
	int path;
	struct prefix_list dst;
	struct service service;
	struct challenge challenge;
};

/**
 * struct policy_list - Some policies.
 * @policy: array
 * @count: how many there are
 */
struct policy_list {
	struct policy *policy;
	size_t count;
};

int policy_load(struct policy_list *list, const char *name);
void policy_sort(struct policy_list *list);
void policy_free(struct policy_list *list);

#endif /* _LEVEE_POLICY_H */
