// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: what is in a message.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "nl.h"

#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

static int take_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **tb = data;

	/* Of repeated ones the first. */
	if (mnl_attr_get_type(attr) < NL_TB_SIZE &&
	    !tb[mnl_attr_get_type(attr)])
		tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/**
 * nl_parse - Find the attributes of a message.
 * @nlh: message of a generic netlink family
 * @tb: NL_TB_SIZE pointers, by type; NULL for those that are missing
 */
void nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	memset(tb, 0, sizeof(*tb) * NL_TB_SIZE);
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), take_attr, tb);
}

/**
 * nl_parse_nest - Find the attributes in an attribute.
 * @nest: attribute
 * @tb: NL_TB_SIZE pointers, by type; NULL for those that are missing
 */
void nl_parse_nest(const struct nlattr *nest, const struct nlattr **tb)
{
	memset(tb, 0, sizeof(*tb) * NL_TB_SIZE);
	mnl_attr_parse_nested(nest, take_attr, tb);
}

/**
 * nl_u8 - Value of an attribute of 8 bits.
 * @attr: attribute, or NULL
 *
 * Return: its value; 0 if it is missing or of another size.
 */
uint8_t nl_u8(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint8_t))
		return 0;
	return mnl_attr_get_u8(attr);
}

/**
 * nl_u16 - Value of an attribute of 16 bits.
 * @attr: attribute, or NULL
 *
 * Return: its value; 0 if it is missing or of another size.
 */
uint16_t nl_u16(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint16_t))
		return 0;
	return mnl_attr_get_u16(attr);
}

/**
 * nl_u32 - Value of an attribute of 32 bits.
 * @attr: attribute, or NULL
 *
 * Return: its value; 0 if it is missing or of another size.
 */
uint32_t nl_u32(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
		return 0;
	return mnl_attr_get_u32(attr);
}

/**
 * nl_u64 - Value of an attribute of 64 bits.
 * @attr: attribute, or NULL
 *
 * Return: its value; 0 if it is missing or of another size.
 */
uint64_t nl_u64(const struct nlattr *attr)
{
	if (!attr || mnl_attr_get_payload_len(attr) != sizeof(uint64_t))
		return 0;
	return mnl_attr_get_u64(attr);
}

/**
 * nl_str - Value of an attribute that is a string.
 * @attr: attribute, or NULL
 *
 * Return: the string inside the message; "" if it is missing or has no end.
 */
const char *nl_str(const struct nlattr *attr)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return "";
	return mnl_attr_get_str(attr);
}
