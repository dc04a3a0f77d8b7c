/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the enums of the interface, as levee.yaml has them.
 */
#ifndef _LEVEE_NAMES_H
#define _LEVEE_NAMES_H

#include <linux/levee.h>

static inline const char *levee_mode_name(enum levee_mode mode)
{
	static const char * const names[__LEVEE_MODE_MAX] = {
		[LEVEE_MODE_OFF] = "off",
		[LEVEE_MODE_MONITOR] = "monitor",
		[LEVEE_MODE_ENFORCE] = "enforce",
	};

	return names[mode];
}

static inline const char *levee_class_name(enum levee_class class)
{
	static const char * const names[__LEVEE_CLASS_MAX] = {
		[LEVEE_CLASS_ANY] = "any",
		[LEVEE_CLASS_SYN] = "syn",
		[LEVEE_CLASS_TCP] = "tcp",
		[LEVEE_CLASS_UDP] = "udp",
		[LEVEE_CLASS_REFLECT] = "reflect",
		[LEVEE_CLASS_ICMP] = "icmp",
		[LEVEE_CLASS_FRAG] = "frag",
		[LEVEE_CLASS_OTHER] = "other",
		[LEVEE_CLASS_TCP_STRAY] = "tcp-stray",
	};

	return names[class];
}

static inline const char *levee_reason_name(enum levee_reason reason)
{
	static const char * const names[__LEVEE_REASON_MAX] = {
		[LEVEE_REASON_NONE] = "none",
		[LEVEE_REASON_MALFORMED] = "malformed",
		[LEVEE_REASON_LIMIT] = "limit",
		[LEVEE_REASON_OVERFLOW] = "overflow",
		[LEVEE_REASON_DENY] = "deny",
		[LEVEE_REASON_BANNED] = "banned",
		[LEVEE_REASON_CHALLENGE] = "challenge",
		[LEVEE_REASON_FAIR] = "fair",
	};

	return names[reason];
}

static inline const char *levee_hook_type_name(enum levee_hook_type type)
{
	static const char * const names[__LEVEE_HOOK_TYPE_MAX] = {
		[LEVEE_HOOK_TYPE_DEVICE] = "device",
		[LEVEE_HOOK_TYPE_PREROUTING] = "prerouting",
	};

	return names[type];
}

static inline const char *levee_list_kind_name(enum levee_list_kind kind)
{
	static const char * const names[__LEVEE_LIST_KIND_MAX] = {
		[LEVEE_LIST_KIND_ALLOW] = "allow",
		[LEVEE_LIST_KIND_DENY] = "deny",
	};

	return names[kind];
}

#endif /* _LEVEE_NAMES_H */
