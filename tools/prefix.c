// SPDX-License-Identifier: GPL-2.0
/*
 * Address prefixes: parsing, printing, and their netlink form.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "prefix.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/levee.h>

#include "args.h"
#include "err.h"
#include "nl.h"
#include "out.h"

/* Clears the bits beyond the length; true if there was one to clear. */
static bool clear_host_bits(struct prefix *prefix)
{
	bool cleared = false;
	unsigned int i;

	for (i = prefix->len; i < prefix->bits; i++) {
		uint8_t bit = 0x80 >> (i % 8);

		if (prefix->addr[i / 8] & bit) {
			prefix->addr[i / 8] &= ~bit;
			cleared = true;
		}
	}
	return cleared;
}

/**
 * prefix_parse - Read ADDRESS[/LENGTH].
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @prefix: where to store it
 *
 * Return: enum exit_status.
 */
int prefix_parse(const char *key, const char *text, struct prefix *prefix)
{
	char addr[INET6_ADDRSTRLEN], buf[PREFIX_STRLEN];
	const char *slash = strchrnul(text, '/');
	struct in6_addr in6;
	uint32_t len;

	memset(prefix, 0, sizeof(*prefix));
	snprintf(addr, sizeof(addr), "%.*s", (int)(slash - text), text);
	if ((size_t)(slash - text) != strlen(addr))
		addr[0] = '\0';
	if (inet_pton(AF_INET, addr, prefix->addr) == 1)
		prefix->bits = 32;
	else if (inet_pton(AF_INET6, addr, prefix->addr) == 1)
		prefix->bits = 128;
	else
		return err_usage("%s \"%s\": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32",
				 key, text);

	memcpy(&in6, prefix->addr, sizeof(in6));
	if (prefix->bits == 128 && IN6_IS_ADDR_V4MAPPED(&in6))
		return err_usage("%s \"%s\": packets do not have such addresses; write the IPv4 address",
				 key, text);
	prefix->len = prefix->bits;
	if (!*slash)
		return EXIT_OK;
	if (!args_digits(slash + 1, prefix->bits, &len))
		return err_usage("%s \"%s\": the prefix length must be a number from 0 to %u",
				 key, text, prefix->bits);
	prefix->len = len;
	if (clear_host_bits(prefix))
		return err_usage("%s \"%s\": the address has bits set beyond the prefix length; did you mean \"%s\"?",
				 key, text, prefix_text(prefix, buf));
	return EXIT_OK;
}

static int check_unique(const char *key, struct prefix_list *list)
{
	char buf[PREFIX_STRLEN];
	size_t i;

	prefix_list_sort(list);
	for (i = 1; i < list->count; i++)
		if (!prefix_cmp(&list->prefix[i - 1], &list->prefix[i]))
			return err_usage("%s \"%s\": this prefix is given twice",
					 key, prefix_text(&list->prefix[i], buf));
	return EXIT_OK;
}

/**
 * prefix_list_parse - Read PREFIX[,PREFIX...] or any.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @list: struct prefix_list to append to; becomes sorted; any adds nothing
 *
 * Return: enum exit_status.
 */
int prefix_list_parse(const char *key, const char *text, void *list)
{
	struct prefix_list *to = list;
	struct prefix prefix;
	int ret = EXIT_OK;
	char *copy, *rest, *item;

	if (!strcmp(text, "any"))
		return EXIT_OK;
	copy = strdup(text);
	if (!copy)
		return err_refused("out of memory");
	rest = copy;
	while (!ret && (item = strsep(&rest, ","))) {
		ret = *item ? prefix_parse(key, item, &prefix) :
			err_usage("%s \"%s\": empty prefix; separate prefixes by one comma, without spaces",
				  key, text);
		if (!ret)
			prefix_list_add(to, &prefix);
	}
	free(copy);
	return ret ? ret : check_unique(key, to);
}

/**
 * prefix_list_add - Append a prefix.
 * @list: list to append to
 * @prefix: copied
 */
void prefix_list_add(struct prefix_list *list, const struct prefix *prefix)
{
	list->prefix = err_grow(list->prefix, list->count, sizeof(*prefix));
	list->prefix[list->count++] = *prefix;
}

/**
 * prefix_cmp - Order IPv4 before IPv6, then by address, then by length.
 * @a: struct prefix
 * @b: struct prefix
 *
 * Return: as for qsort().
 */
int prefix_cmp(const void *a, const void *b)
{
	const struct prefix *p = a, *q = b;
	int diff;

	if (p->bits != q->bits)
		return p->bits < q->bits ? -1 : 1;
	diff = memcmp(p->addr, q->addr, sizeof(p->addr));
	return diff ? diff : p->len - q->len;
}

/**
 * prefix_covers - Whether all addresses of a prefix are in another, or it is it.
 * @outer: the other one
 * @inner: prefix
 *
 * Return: true if so.
 */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	struct prefix cut = *inner;

	if (outer->bits != inner->bits || outer->len > inner->len)
		return false;
	cut.len = outer->len;
	clear_host_bits(&cut);
	return !prefix_cmp(outer, &cut);
}

/**
 * prefix_list_sort - Bring a list into the order of prefix_cmp().
 * @list: list to sort
 */
void prefix_list_sort(struct prefix_list *list)
{
	if (list->count)
		qsort(list->prefix, list->count, sizeof(*list->prefix),
		      prefix_cmp);
}

/**
 * prefix_list_free - Free what a list holds and leave it empty.
 * @list: list to empty
 */
void prefix_list_free(struct prefix_list *list)
{
	free(list->prefix);
	memset(list, 0, sizeof(*list));
}

/**
 * prefix_addr_text - The address of a prefix as text.
 * @prefix: prefix
 * @buf: at least PREFIX_STRLEN bytes
 *
 * Return: @buf.
 */
const char *prefix_addr_text(const struct prefix *prefix, char *buf)
{
	if (!prefix->bits ||
	    !inet_ntop(prefix->bits == 32 ? AF_INET : AF_INET6, prefix->addr,
		       buf, PREFIX_STRLEN))
		strcpy(buf, "?");
	return buf;
}

/**
 * prefix_text - A prefix as text; the length is left out for one address.
 * @prefix: prefix
 * @buf: at least PREFIX_STRLEN bytes
 *
 * Return: @buf.
 */
const char *prefix_text(const struct prefix *prefix, char *buf)
{
	size_t end;

	prefix_addr_text(prefix, buf);
	end = strlen(buf);
	if (prefix->len != prefix->bits)
		snprintf(buf + end, PREFIX_STRLEN - end, "/%u", prefix->len);
	return buf;
}

/**
 * prefix_decode - Read a prefix that the kernel sent.
 * @nest: attribute with LEVEE_A_PREFIX inside; may be NULL
 * @prefix: where to store it
 */
void prefix_decode(const struct nlattr *nest, struct prefix *prefix)
{
	const struct nlattr *tb[NL_TB_SIZE];
	uint16_t size;

	memset(prefix, 0, sizeof(*prefix));
	if (!nest)
		return;
	nl_parse_nest(nest, tb);
	if (!tb[LEVEE_A_PREFIX_ADDR])
		return;
	size = mnl_attr_get_payload_len(tb[LEVEE_A_PREFIX_ADDR]);
	if (size != 4 && size != 16)
		return;
	memcpy(prefix->addr, mnl_attr_get_payload(tb[LEVEE_A_PREFIX_ADDR]),
	       size);
	prefix->bits = size * 8;
	prefix->len = nl_u8(tb[LEVEE_A_PREFIX_LEN]);
}

/**
 * prefix_put - Append a prefix to the request.
 * @type: attribute to nest it in
 * @prefix: prefix
 */
void prefix_put(uint16_t type, const struct prefix *prefix)
{
	struct nlattr *nest = nl_put_nest(type);

	nl_put(LEVEE_A_PREFIX_ADDR, prefix->addr, prefix->bits / 8);
	nl_put(LEVEE_A_PREFIX_LEN, &prefix->len, sizeof(prefix->len));
	nl_end_nest(nest);
}

/**
 * prefix_out - Print a prefix as a JSON object; nothing in text.
 * @key: JSON key, or NULL inside an array
 * @prefix: prefix
 */
void prefix_out(const char *key, const struct prefix *prefix)
{
	char buf[PREFIX_STRLEN];

	out_object_open(key);
	out_str(OUT_JSON, "addr", NULL, prefix_addr_text(prefix, buf));
	out_u64(OUT_JSON, "len", NULL, prefix->len);
	out_object_close();
}

/**
 * prefix_list_out - Print prefixes: an array in JSON, " KEY A,B" in text.
 * @key: JSON key and keyword
 * @list: prefixes; in text, nothing is printed if there are none
 */
void prefix_list_out(const char *key, const struct prefix_list *list)
{
	char buf[PREFIX_STRLEN];
	size_t i;

	out_array_open(key);
	for (i = 0; i < list->count; i++) {
		if (!i)
			out_text(" %s ", key);
		out_text("%s%s", i ? "," : "",
			 prefix_text(&list->prefix[i], buf));
		prefix_out(NULL, &list->prefix[i]);
	}
	out_array_close();
}
