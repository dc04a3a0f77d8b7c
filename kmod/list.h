/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists of up to millions of source prefixes, each with a timeout and a comment.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_LIST_H
#define _LEVEE_LIST_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "list_table.h"
#include "prefix.h"

/**
 * struct levee_list - a list
 * @table: what packets look at; never NULL
 * @live: packets may see the list
 * @count: entries in it, with those that expired a moment ago
 * @count4: of these, IPv4 ones
 * @timed: those with a timeout
 * @stale: entries taken out whose bits are still in the filter
 * @bytes: memory that the entries take
 * @next_expiry_ns: none expires before this
 * @retiring: packets may be in the table before this one
 * @retired: grace period after which none is
 * @dead: entries taken out and not freed yet, chained by the @next of that index
 * @gc_bucket: where the search for expired entries goes on
 * @gc_next_ns: when the first of those that it has passed expires
 * @rwork: to free the list once no packet looks at it
 *
 * Packets look at @table alone; the rest belongs to writers, which whoever owns
 * the list keeps apart.
 */
struct levee_list {
	struct levee_list_table __rcu *table;
	bool live;
	bool retiring;
	u32 count;
	u32 count4;
	u32 timed;
	u32 stale;
	u64 bytes;
	u64 next_expiry_ns;
	unsigned long retired;
	struct levee_list_entry *dead[2];
	u32 gc_bucket;
	u64 gc_next_ns;
	struct rcu_work rwork;
};

/**
 * struct levee_list_pos - where a walk over a list stands
 * @hash: it has passed all entries whose hash is lower
 * @skip: and so many in the bucket of that hash
 */
struct levee_list_pos {
	u64 hash;
	u32 skip;
};

/**
 * levee_list_match - find the longest prefix of an address
 * @list: the list
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 *
 * Context: RCU read lock. Packet path.
 * Return: the entry with the longest prefix that has not expired, or NULL.
 */
static inline const struct levee_list_entry *
levee_list_match(const struct levee_list *list, u8 family,
		 const union levee_addr *addr)
{
	return levee_list_table_match(rcu_dereference(list->table), family,
				      addr);
}

/* All else is configuration: process context, may sleep. */
struct levee_list *levee_list_new(void);
void levee_list_free(struct levee_list *list);
u64 levee_list_bytes(const struct levee_list *list);

int levee_list_reserve(struct levee_list *list, u32 more);
void levee_list_add(struct levee_list *list, struct levee_list_entry *entry);
bool levee_list_del(struct levee_list *list,
		    const struct levee_prefix *prefix);
const struct levee_list_entry *
levee_list_find(const struct levee_list *list,
		const struct levee_prefix *prefix);
const struct levee_list_entry *
levee_list_walk(const struct levee_list *list, struct levee_list_pos *pos);

bool levee_list_expire(struct levee_list *list, u64 now_ns, u32 buckets);
bool levee_list_take_dead(struct levee_list *list,
			  struct levee_list_entry *dead[2]);
void levee_list_free_dead(struct levee_list_entry *dead[2]);

struct levee_list_entry *
levee_list_entry_new(const struct levee_prefix *prefix, u64 until_ns,
		     const char *comment, size_t comment_len);
void levee_list_entry_free(struct levee_list_entry *entry);
void levee_list_entry_prefix(const struct levee_list_entry *entry,
			     struct levee_prefix *prefix);
const char *levee_list_entry_comment(const struct levee_list_entry *entry);

#endif /* _LEVEE_LIST_H */
