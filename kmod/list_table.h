/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hash table of prefixes, with a filter in front, that a list looks up in.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LIST_TABLE_H
#define _LEVEE_LIST_TABLE_H

#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include "prefix.h"

/* Prefix lengths that share a block of the filter. */
#define LEVEE_LIST_GROUP	8
#define LEVEE_LIST_GROUPS4	(32 / LEVEE_LIST_GROUP + 1)
#define LEVEE_LIST_GROUPS6	(128 / LEVEE_LIST_GROUP + 1)

/**
 * struct levee_list_entry - a prefix in a list
 * @next: the next one in its bucket, in a table with this @link
 * @until_ns: when it expires, CLOCK_MONOTONIC; 0 for never
 * @len: prefix length in bits
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @comment_len: bytes of the comment
 * @word: the prefix in host order, its first bit highest: one word for IPv4,
 *	four for IPv6; the comment follows, without a NUL
 *
 * But for @next, it never changes while a packet may look at it.
 */
struct levee_list_entry {
	struct levee_list_entry __rcu *next[2];
	u64 until_ns;
	u8 len;
	u8 family;
	u8 comment_len;
	u32 word[];
};

/* An IPv4 entry without a comment fits 32 bytes. */
static_assert(offsetof(struct levee_list_entry, word[1]) <= 32);

/**
 * struct levee_list_table - what a lookup looks at
 * @key: secret of the hashes, another one for each list
 * @filter: blocks of LEVEE_LIST_BLOCK_BITS, two bits of them set for each entry
 * @bucket: heads of the chains of entries
 * @order: there are 2^@order buckets
 * @link: which @next of an entry belongs to this table
 * @used4: lengths of IPv4 prefixes that there are: a byte for each group, a bit
 *	for each length
 * @used6: likewise for IPv6
 * @rcu: frees it once no packet looks at it
 */
struct levee_list_table {
	hsiphash_key_t key;
	unsigned long *filter;
	struct levee_list_entry __rcu **bucket;
	u8 order;
	u8 link;
	u8 used4[LEVEE_LIST_GROUPS4];
	u8 used6[LEVEE_LIST_GROUPS6];
	struct rcu_head rcu;
};

/**
 * levee_list_entry_after - the next entry of a bucket
 * @entry: the entry
 * @link: of the table
 *
 * Context: no writer meanwhile but the caller.
 * Return: the entry, or NULL.
 */
static inline struct levee_list_entry *
levee_list_entry_after(const struct levee_list_entry *entry, u8 link)
{
	return rcu_dereference_protected(entry->next[link], true);
}

/**
 * levee_list_entry_expired - is an entry as good as absent
 * @entry: the entry
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Return: whether it is.
 */
static inline bool
levee_list_entry_expired(const struct levee_list_entry *entry, u64 now_ns)
{
	return entry->until_ns && entry->until_ns <= now_ns;
}

const struct levee_list_entry *
levee_list_table_match(const struct levee_list_table *tbl, u8 family,
		       const union levee_addr *addr);

/* Configuration; writers are kept apart by the caller. */
struct levee_list_table *levee_list_table_new(unsigned int order, u8 link);
size_t levee_list_table_bytes(unsigned int order);
void levee_list_table_add(struct levee_list_table *tbl,
			  struct levee_list_entry *entry);
void levee_list_table_fill(struct levee_list_table *tbl,
			   const struct levee_list_table *old);
struct levee_list_entry __rcu **
levee_list_table_slot(const struct levee_list_table *tbl,
		      const struct levee_prefix *prefix);

#endif /* _LEVEE_LIST_TABLE_H */
