/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where levee sees packets.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_HOOK_H
#define _LEVEE_HOOK_H

#include <net/if.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct hook - One hook, as the kernel describes it.
 * @type: enum levee_hook_type
 * @ifindex: index of the device; 0 if it is not at one
 * @ifname: name of the device
 * @packets: packets seen
 * @bytes: bytes seen
 * @dropped_packets: packets dropped
 * @dropped_bytes: bytes dropped
 */
struct hook {
	uint32_t type;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	uint64_t packets;
	uint64_t bytes;
	uint64_t dropped_packets;
	uint64_t dropped_bytes;
};

/**
 * struct hook_list - All hooks.
 * @hook: array, to be freed
 * @count: how many there are
 */
struct hook_list {
	struct hook *hook;
	size_t count;
};

int hook_load(struct hook_list *list);

#endif /* _LEVEE_HOOK_H */
