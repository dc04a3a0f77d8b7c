// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the enums and attributes of the netlink interface.
 *
 * tests/host/cli.sh compares them with uapi/levee.yaml.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "names.h"

#include <stdio.h>
#include <string.h>

#include <linux/levee.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const mode_names[] = {
	[LEVEE_MODE_OFF] = "off",
	[LEVEE_MODE_MONITOR] = "monitor",
	[LEVEE_MODE_ENFORCE] = "enforce",
};

static const char *const class_names[] = {
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

static const char *const reason_names[] = {
	[LEVEE_REASON_NONE] = "none",
	[LEVEE_REASON_MALFORMED] = "malformed",
	[LEVEE_REASON_LIMIT] = "limit",
	[LEVEE_REASON_OVERFLOW] = "overflow",
	[LEVEE_REASON_DENY] = "deny",
	[LEVEE_REASON_BANNED] = "banned",
	[LEVEE_REASON_CHALLENGE] = "challenge",
	[LEVEE_REASON_FAIR] = "fair",
};

static const char *const malformed_names[] = {
	[LEVEE_MALFORMED_LENGTH] = "length",
	[LEVEE_MALFORMED_TCP_FLAGS] = "tcp-flags",
	[LEVEE_MALFORMED_LAND] = "land",
	[LEVEE_MALFORMED_ADDRESS] = "address",
	[LEVEE_MALFORMED_FRAGMENT] = "fragment",
	[LEVEE_MALFORMED_ENCAP] = "encap",
};

static const char *const hook_type_names[] = {
	[LEVEE_HOOK_TYPE_DEVICE] = "device",
	[LEVEE_HOOK_TYPE_PREROUTING] = "prerouting",
};

static const char *const unit_names[] = {
	[LEVEE_UNIT_PACKETS] = "packets",
	[LEVEE_UNIT_BITS] = "bits",
};

static const char *const mismatch_names[] = {
	[LEVEE_MISMATCH_PROTO] = "proto",
	[LEVEE_MISMATCH_DPORT] = "dport",
};

static const char *const event_type_names[] = {
	[LEVEE_EVENT_TYPE_ATTACK_BEGIN] = "attack-begin",
	[LEVEE_EVENT_TYPE_ATTACK_END] = "attack-end",
	[LEVEE_EVENT_TYPE_BAN] = "ban",
	[LEVEE_EVENT_TYPE_UNBAN] = "unban",
	[LEVEE_EVENT_TYPE_TABLE_PRESSURE] = "table-pressure",
	[LEVEE_EVENT_TYPE_HOOK_LOST] = "hook-lost",
	[LEVEE_EVENT_TYPE_SUPPRESSED] = "suppressed",
	[LEVEE_EVENT_TYPE_ASYMMETRIC] = "asymmetric",
	[LEVEE_EVENT_TYPE_SYMMETRIC] = "symmetric",
};

static const char *const list_kind_names[] = {
	[LEVEE_LIST_KIND_ALLOW] = "allow",
	[LEVEE_LIST_KIND_DENY] = "deny",
};

static const char *const outlook_names[] = {
	[LEVEE_OUTLOOK_OFF] = "off",
	[LEVEE_OUTLOOK_BLIND] = "blind",
	[LEVEE_OUTLOOK_WARMING] = "warming",
	[LEVEE_OUTLOOK_ON] = "on",
};

static const char *const path_names[] = {
	[LEVEE_PATH_UNSEEN] = "unseen",
	[LEVEE_PATH_HERE] = "here",
	[LEVEE_PATH_ELSEWHERE] = "elsewhere",
};

static const char *const proof_names[] = {
	[LEVEE_PROOF_UNKNOWN] = "unknown",
	[LEVEE_PROOF_UNPROVEN] = "unproven",
	[LEVEE_PROOF_PROVEN] = "proven",
};

/* Only what requests carry: the kernel complains about nothing else. */

static const char *const hook_attrs[] = {
	[LEVEE_A_HOOK_TYPE] = "type",
	[LEVEE_A_HOOK_IFINDEX] = "ifindex",
};

static const char *const policy_attrs[] = {
	[LEVEE_A_POLICY_NAME] = "name",
	[LEVEE_A_POLICY_MODE] = "mode",
	[LEVEE_A_POLICY_DST] = "dst",
	[LEVEE_A_POLICY_PROTO] = "proto",
	[LEVEE_A_POLICY_DPORT] = "dport",
	[LEVEE_A_POLICY_CLEAR] = "clear",
	[LEVEE_A_POLICY_CHALLENGE] = "challenge",
};

static const char *const match_attrs[] = {
	[LEVEE_A_MATCH_DADDR] = "daddr",
	[LEVEE_A_MATCH_SADDR] = "saddr",
	[LEVEE_A_MATCH_PROTO] = "proto",
	[LEVEE_A_MATCH_DPORT] = "dport",
};

static const char *const limit_attrs[] = {
	[LEVEE_A_LIMIT_POLICY] = "policy",
	[LEVEE_A_LIMIT_CLASS] = "class",
	[LEVEE_A_LIMIT_PER_V4] = "per-v4",
	[LEVEE_A_LIMIT_PER_V6] = "per-v6",
	[LEVEE_A_LIMIT_RATE] = "rate",
	[LEVEE_A_LIMIT_PERIOD] = "period",
	[LEVEE_A_LIMIT_BURST] = "burst",
	[LEVEE_A_LIMIT_UNIT] = "unit",
	[LEVEE_A_LIMIT_MARK] = "mark",
	[LEVEE_A_LIMIT_MARK_MASK] = "mark-mask",
	[LEVEE_A_LIMIT_BAN_MIN] = "ban-min",
	[LEVEE_A_LIMIT_BAN_MAX] = "ban-max",
	[LEVEE_A_LIMIT_BAN_UNPROVEN] = "ban-unproven",
	[LEVEE_A_LIMIT_FAIR] = "fair",
	[LEVEE_A_LIMIT_FAIR_PER_V4] = "fair-per-v4",
	[LEVEE_A_LIMIT_FAIR_PER_V6] = "fair-per-v6",
};

static const char *const source_attrs[] = {
	[LEVEE_A_SOURCE_POLICY] = "policy",
	[LEVEE_A_SOURCE_CLASS] = "class",
};

static const char *const stats_attrs[] = {
	[LEVEE_A_STATS_POLICY] = "policy",
};

static const char *const learn_attrs[] = {
	[LEVEE_A_LEARN_POLICY] = "policy",
};

static const char *const flush_attrs[] = {
	[LEVEE_A_FLUSH_WHAT] = "what",
};

static const char *const table_attrs[] = {
	[LEVEE_A_TABLE_SLOTS] = "slots",
	[LEVEE_A_TABLE_SOURCES_MAX] = "sources-max",
};

static const char *const list_attrs[] = {
	[LEVEE_A_LIST_LIST] = "list",
	[LEVEE_A_LIST_ENTRY] = "entry",
	[LEVEE_A_LIST_ADDR] = "addr",
};

static const char *const config_attrs[] = {
	[LEVEE_A_CONFIG_WHAT] = "what",
};

static const char *const ban_attrs[] = {
	[LEVEE_A_BAN_PREFIX] = "prefix",
	[LEVEE_A_BAN_TIMEOUT] = "timeout",
	[LEVEE_A_BAN_LEVEL] = "level",
	[LEVEE_A_BAN_DECAY] = "decay",
	[LEVEE_A_BAN_POLICY] = "policy",
	[LEVEE_A_BAN_CLASS] = "class",
	[LEVEE_A_BAN_COMMENT] = "comment",
	[LEVEE_A_BAN_ALL] = "all",
};

static const char *const reflect_attrs[] = {
	[LEVEE_A_REFLECT_PORT] = "port",
	[LEVEE_A_REFLECT_BUILTIN] = "builtin",
};

static const char *const history_attrs[] = {
	[LEVEE_A_HISTORY_POLICY] = "policy",
	[LEVEE_A_HISTORY_SINCE] = "since",
};

static const char *const attack_attrs[] = {
	[LEVEE_A_ATTACK_POLICY] = "policy",
	[LEVEE_A_ATTACK_SINCE] = "since",
};

const struct names names_mode = { mode_names, ARRAY_SIZE(mode_names) };
const struct names names_class = { class_names, ARRAY_SIZE(class_names) };
const struct names names_reason = { reason_names, ARRAY_SIZE(reason_names) };
const struct names names_malformed = { malformed_names, ARRAY_SIZE(malformed_names) };
const struct names names_hook_type = { hook_type_names, ARRAY_SIZE(hook_type_names) };
const struct names names_unit = { unit_names, ARRAY_SIZE(unit_names) };
const struct names names_mismatch = { mismatch_names, ARRAY_SIZE(mismatch_names) };
const struct names names_event_type = { event_type_names, ARRAY_SIZE(event_type_names) };
const struct names names_list_kind = { list_kind_names, ARRAY_SIZE(list_kind_names) };
const struct names names_outlook = { outlook_names, ARRAY_SIZE(outlook_names) };
const struct names names_path = { path_names, ARRAY_SIZE(path_names) };
const struct names names_proof = { proof_names, ARRAY_SIZE(proof_names) };

static const struct names cmd_attrs[] = {
	[LEVEE_CMD_HOOK_GET] = { hook_attrs, ARRAY_SIZE(hook_attrs) },
	[LEVEE_CMD_HOOK_ADD] = { hook_attrs, ARRAY_SIZE(hook_attrs) },
	[LEVEE_CMD_HOOK_DEL] = { hook_attrs, ARRAY_SIZE(hook_attrs) },
	[LEVEE_CMD_POLICY_GET] = { policy_attrs, ARRAY_SIZE(policy_attrs) },
	[LEVEE_CMD_POLICY_ADD] = { policy_attrs, ARRAY_SIZE(policy_attrs) },
	[LEVEE_CMD_POLICY_SET] = { policy_attrs, ARRAY_SIZE(policy_attrs) },
	[LEVEE_CMD_POLICY_DEL] = { policy_attrs, ARRAY_SIZE(policy_attrs) },
	[LEVEE_CMD_LIMIT_GET] = { limit_attrs, ARRAY_SIZE(limit_attrs) },
	[LEVEE_CMD_LIMIT_SET] = { limit_attrs, ARRAY_SIZE(limit_attrs) },
	[LEVEE_CMD_LIMIT_DEL] = { limit_attrs, ARRAY_SIZE(limit_attrs) },
	[LEVEE_CMD_SOURCE_GET] = { source_attrs, ARRAY_SIZE(source_attrs) },
	[LEVEE_CMD_STATS_GET] = { stats_attrs, ARRAY_SIZE(stats_attrs) },
	[LEVEE_CMD_FLUSH] = { flush_attrs, ARRAY_SIZE(flush_attrs) },
	[LEVEE_CMD_LEARN_GET] = { learn_attrs, ARRAY_SIZE(learn_attrs) },
	[LEVEE_CMD_TABLE_SET] = { table_attrs, ARRAY_SIZE(table_attrs) },
	[LEVEE_CMD_POLICY_MATCH] = { match_attrs, ARRAY_SIZE(match_attrs) },
	[LEVEE_CMD_LIST_GET] = { list_attrs, ARRAY_SIZE(list_attrs) },
	[LEVEE_CMD_LIST_ADD] = { list_attrs, ARRAY_SIZE(list_attrs) },
	[LEVEE_CMD_LIST_DEL] = { list_attrs, ARRAY_SIZE(list_attrs) },
	[LEVEE_CMD_LIST_FLUSH] = { list_attrs, ARRAY_SIZE(list_attrs) },
	[LEVEE_CMD_LIST_TEST] = { list_attrs, ARRAY_SIZE(list_attrs) },
	[LEVEE_CMD_CONFIG_BEGIN] = { config_attrs, ARRAY_SIZE(config_attrs) },
	[LEVEE_CMD_LIMIT_FLUSH] = { limit_attrs, ARRAY_SIZE(limit_attrs) },
	[LEVEE_CMD_SOURCE_BAN] = { ban_attrs, ARRAY_SIZE(ban_attrs) },
	[LEVEE_CMD_SOURCE_UNBAN] = { ban_attrs, ARRAY_SIZE(ban_attrs) },
	[LEVEE_CMD_REFLECT_SET] = { reflect_attrs, ARRAY_SIZE(reflect_attrs) },
	[LEVEE_CMD_REFLECT_ADD] = { reflect_attrs, ARRAY_SIZE(reflect_attrs) },
	[LEVEE_CMD_REFLECT_DEL] = { reflect_attrs, ARRAY_SIZE(reflect_attrs) },
	[LEVEE_CMD_HISTORY_GET] = { history_attrs, ARRAY_SIZE(history_attrs) },
	[LEVEE_CMD_ATTACK_GET] = { attack_attrs, ARRAY_SIZE(attack_attrs) },
};

/**
 * names_text - Name of a value.
 * @names: names of the enum
 * @value: what the kernel sent
 *
 * Return: the name; the number in a static buffer if a newer kernel sent what
 *	has no name here.
 */
const char *names_text(const struct names *names, uint32_t value)
{
	static char number[16];

	if (value < names->count && names->name[value])
		return names->name[value];
	snprintf(number, sizeof(number), "%u", value);
	return number;
}

/**
 * names_value - Value that has a name.
 * @names: names of the enum
 * @text: name to look for
 *
 * Return: the value, or -1 if no value is called so.
 */
int names_value(const struct names *names, const char *text)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (names->name[i] && !strcmp(names->name[i], text))
			return i;
	return -1;
}

/**
 * names_list - All names of an enum, for a message.
 * @names: names of the enum
 * @buf: where to write them
 * @size: bytes of @buf
 *
 * Return: @buf.
 */
char *names_list(const struct names *names, char *buf, size_t size)
{
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < names->count && len < size; i++)
		if (names->name[i])
			len += snprintf(buf + len, size - len, "%s%s",
					len ? ", " : "", names->name[i]);
	return buf;
}

/**
 * names_attr - Name of an attribute of a request.
 * @cmd: the request, enum levee_cmd
 * @type: type of a top-level attribute
 *
 * Return: the name in levee.yaml, or NULL if requests of this kind have no such
 *	attribute.
 */
const char *names_attr(uint8_t cmd, uint16_t type)
{
	if (cmd >= ARRAY_SIZE(cmd_attrs) || type >= cmd_attrs[cmd].count)
		return NULL;
	return cmd_attrs[cmd].name[type];
}
