/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration files: what their commands ask the kernel for.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_SCRIPT_H
#define _LEVEE_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct nlmsghdr;

/**
 * enum script_when - When a request is sent.
 * @SCRIPT_NOW: As part of the configuration.
 * @SCRIPT_LATER: When that is in force.
 * @SCRIPT_NEVER: Not at all: what it asks for is there.
 */
enum script_when {
	SCRIPT_NOW,
	SCRIPT_LATER,
	SCRIPT_NEVER,
};

/**
 * struct script_request - A request that a line asks for.
 * @at: where it begins in the buffer
 * @size: its bytes, aligned
 * @line: the line, from 1
 * @when: when it is sent
 */
struct script_request {
	size_t at;
	uint32_t size;
	unsigned int line;
	enum script_when when;
};

/**
 * struct script - What a configuration file asks for.
 * @name: of the file
 * @buf: all requests, one behind the other
 * @used: bytes of them
 * @room: bytes of @buf
 * @request: where each of them is
 * @count: how many there are
 * @hooks: how many of them add a hook
 * @bans: how many of them ban
 * @refused: how many of those the kernel did not make
 * @lists: enum levee_config_what: lists that they are about
 */
struct script {
	const char *name;
	char *buf;
	size_t used;
	size_t room;
	struct script_request *request;
	size_t count;
	size_t hooks;
	size_t bans;
	size_t refused;
	uint32_t lists;
};

int script_read(struct script *script, const char *file);
struct nlmsghdr *script_request(const struct script *script, size_t i);
int script_stage(struct script *script);
int script_finish(struct script *script);
struct err_place script_blame(const struct script *script,
			      const struct nlmsghdr *reply);
void script_free(struct script *script);

#endif /* _LEVEE_SCRIPT_H */
