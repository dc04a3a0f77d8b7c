// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of up to millions of source prefixes, each with a timeout and a comment.
 *
 * An entry has two links, one for the present table and one for the next, so a
 * table of another size is made of the same entries while packets walk through
 * the old one. That is done when the list has outgrown the table, or no longer
 * needs most of it, or when so many entries were taken out that their bits make
 * the filter useless.
 *
 * What is taken out is freed after a grace period, all of it after the same one.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "list.h"

#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"

/* Buckets of the smallest table: with the filter, less than a page. */
#define LEVEE_LIST_ORDER_MIN	6

/* A table is made smaller when it has 2^ so many buckets for each entry. */
#define LEVEE_LIST_SPARSE	3

/* Entries between two offers to let others run. */
#define LEVEE_LIST_BATCH	1024

/* The caller keeps writers apart: nobody else changes it. */
static struct levee_list_table *table_of(const struct levee_list *list)
{
	return rcu_dereference_protected(list->table, true);
}

static unsigned int entry_words(u8 family)
{
	return levee_family_bits(family) / 32;
}

/**
 * levee_list_entry_new - make an entry for a list
 * @prefix: its prefix, valid
 * @until_ns: when it expires, CLOCK_MONOTONIC; 0 for never
 * @comment: its comment
 * @comment_len: bytes of the comment; LEVEE_COMMENT_MAX at most
 *
 * Return: the entry, or NULL if memory is short.
 */
struct levee_list_entry *
levee_list_entry_new(const struct levee_prefix *prefix, u64 until_ns,
		     const char *comment, size_t comment_len)
{
	unsigned int i, words = entry_words(prefix->family);
	struct levee_list_entry *entry;

	/* Less than sizeof(*entry) + ...: words begin in what would be padding. */
	entry = kmalloc(offsetof(struct levee_list_entry, word[words]) +
			comment_len, GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;
	RCU_INIT_POINTER(entry->next[0], NULL);
	RCU_INIT_POINTER(entry->next[1], NULL);
	entry->until_ns = until_ns;
	entry->len = prefix->len;
	entry->family = prefix->family;
	entry->comment_len = comment_len;
	for (i = 0; i < words; i++)
		entry->word[i] = be32_to_cpu(prefix->addr.ip6.s6_addr32[i]);
	memcpy(&entry->word[words], comment, comment_len);
	return entry;
}
LEVEE_EXPORT_FOR_TEST(levee_list_entry_new);

/**
 * levee_list_entry_free - free an entry that was never in a list
 * @entry: the entry
 */
void levee_list_entry_free(struct levee_list_entry *entry)
{
	kfree(entry);
}

/**
 * levee_list_entry_prefix - the prefix of an entry
 * @entry: the entry
 * @prefix: set to it
 */
void levee_list_entry_prefix(const struct levee_list_entry *entry,
			     struct levee_prefix *prefix)
{
	unsigned int i;

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = entry->family;
	prefix->len = entry->len;
	for (i = 0; i < entry_words(entry->family); i++)
		prefix->addr.ip6.s6_addr32[i] = cpu_to_be32(entry->word[i]);
}
LEVEE_EXPORT_FOR_TEST(levee_list_entry_prefix);

/**
 * levee_list_entry_comment - the comment of an entry
 * @entry: the entry
 *
 * Return: its @comment_len bytes, without a NUL behind them.
 */
const char *levee_list_entry_comment(const struct levee_list_entry *entry)
{
	return (const char *)&entry->word[entry_words(entry->family)];
}

/**
 * levee_list_new - make an empty list
 *
 * Return: the list, or NULL if memory is short.
 */
struct levee_list *levee_list_new(void)
{
	struct levee_list_table *tbl;
	struct levee_list *list;

	list = kzalloc(sizeof(*list), GFP_KERNEL_ACCOUNT);
	if (!list)
		return NULL;
	tbl = levee_list_table_new(LEVEE_LIST_ORDER_MIN, 0);
	if (!tbl) {
		kfree(list);
		return NULL;
	}
	RCU_INIT_POINTER(list->table, tbl);
	list->next_expiry_ns = U64_MAX;
	list->gc_next_ns = U64_MAX;
	return list;
}
LEVEE_EXPORT_FOR_TEST(levee_list_new);

/* Frees a chain that only the caller knows. */
static void chain_free(struct levee_list_entry *entry, u8 link)
{
	struct levee_list_entry *next;
	unsigned int n = 0;

	for (; entry; entry = next) {
		next = levee_list_entry_after(entry, link);
		kfree(entry);
		if (!(++n % LEVEE_LIST_BATCH))
			cond_resched();
	}
}

/**
 * levee_list_free_dead - free entries that no packet looks at any more
 * @dead: what levee_list_take_dead() gave, a grace period ago
 */
void levee_list_free_dead(struct levee_list_entry *dead[2])
{
	chain_free(dead[0], 0);
	chain_free(dead[1], 1);
}
LEVEE_EXPORT_FOR_TEST(levee_list_free_dead);

/**
 * levee_list_free - free a list that no packet looks at any more
 * @list: the list, or NULL
 */
void levee_list_free(struct levee_list *list)
{
	struct levee_list_table *tbl;
	size_t i;

	if (!list)
		return;
	tbl = table_of(list);
	for (i = 0; i < 1UL << tbl->order; i++) {
		chain_free(rcu_dereference_protected(tbl->bucket[i], true),
			   tbl->link);
		if (!(i % LEVEE_LIST_BATCH))
			cond_resched();
	}
	levee_list_free_dead(list->dead);
	kvfree(tbl);
	kfree(list);
}
LEVEE_EXPORT_FOR_TEST(levee_list_free);

/**
 * levee_list_bytes - memory that a list takes
 * @list: the list
 *
 * Return: its bytes.
 */
u64 levee_list_bytes(const struct levee_list *list)
{
	return sizeof(*list) + levee_list_table_bytes(table_of(list)->order) +
	       list->bytes;
}
LEVEE_EXPORT_FOR_TEST(levee_list_bytes);

/*
 * Until packets have left the table before this one, they follow the links that
 * entries have to spare. Waits only for what has changed a moment ago.
 */
static void links_wait(struct levee_list *list)
{
	if (list->retiring)
		cond_synchronize_rcu(list->retired);
	list->retiring = false;
}

static int list_rehash(struct levee_list *list, unsigned int order)
{
	struct levee_list_table *old = table_of(list), *tbl;

	tbl = levee_list_table_new(order, !old->link);
	if (!tbl)
		return -ENOMEM;
	links_wait(list);
	/* The same order, so that a walk goes on where it stands. */
	tbl->key = old->key;
	levee_list_table_fill(tbl, old);
	rcu_assign_pointer(list->table, tbl);
	list->stale = 0;
	list->gc_bucket = 0;
	list->gc_next_ns = U64_MAX;
	if (list->live) {
		list->retired = get_state_synchronize_rcu();
		list->retiring = true;
		kvfree_rcu(old, rcu);
	} else {
		kvfree(old);
	}
	return 0;
}

/**
 * levee_list_reserve - see to it that entries can be added without failing
 * @list: the list
 * @more: how many; with 0, only what is not needed is given back
 *
 * Return: 0 or -ENOMEM; then the list is as it was.
 */
int levee_list_reserve(struct levee_list *list, u32 more)
{
	unsigned int order = table_of(list)->order, want;
	u32 need = list->count + more;

	want = need > 1 ? ilog2(roundup_pow_of_two(need)) : 0;
	want = max_t(unsigned int, want, LEVEE_LIST_ORDER_MIN);
	if (want <= order && want + LEVEE_LIST_SPARSE > order &&
	    list->stale <= 1U << order >> 1)
		return 0;
	return list_rehash(list, want);
}
LEVEE_EXPORT_FOR_TEST(levee_list_reserve);

static void count_entry(struct levee_list *list,
			const struct levee_list_entry *entry, int sign)
{
	list->count += sign;
	list->count4 += entry->family == NFPROTO_IPV4 ? sign : 0;
	list->timed += entry->until_ns ? sign : 0;
	list->bytes += sign * (s64)ksize(entry);
}

/*
 * Packets that are at the entry go on from there, so it is freed later. In a list
 * that is not in force there are none, nor is there who would do that.
 */
static void entry_retire(struct levee_list *list,
			 struct levee_list_entry *entry)
{
	u8 link = table_of(list)->link;

	count_entry(list, entry, -1);
	if (!list->live) {
		kfree(entry);
		return;
	}
	RCU_INIT_POINTER(entry->next[!link], list->dead[!link]);
	list->dead[!link] = entry;
}

static void entry_unlink(struct levee_list *list,
			 struct levee_list_entry __rcu **slot)
{
	struct levee_list_entry *entry;

	entry = rcu_dereference_protected(*slot, true);
	rcu_assign_pointer(*slot, levee_list_entry_after(entry,
							 table_of(list)->link));
	list->stale++;
	entry_retire(list, entry);
}

/*
 * In the same place: a packet on its way through the bucket finds one of both. If
 * the new one were at the head, it might have passed that before, and the place of
 * the old one after.
 */
static void entry_replace(struct levee_list *list,
			  struct levee_list_entry __rcu **slot,
			  struct levee_list_entry *new)
{
	struct levee_list_entry *entry;
	u8 link = table_of(list)->link;

	entry = rcu_dereference_protected(*slot, true);
	RCU_INIT_POINTER(new->next[link], levee_list_entry_after(entry, link));
	rcu_assign_pointer(*slot, new);
	entry_retire(list, entry);
}

/* Also for the search that has passed the bucket already. */
static void expires_at(struct levee_list *list, u64 until_ns)
{
	list->next_expiry_ns = min(list->next_expiry_ns, until_ns);
	list->gc_next_ns = min(list->gc_next_ns, until_ns);
}

/**
 * levee_list_add - add an entry, in the place of one with the same prefix
 * @list: the list, with room reserved
 * @entry: belongs to the list from now on
 */
void levee_list_add(struct levee_list *list, struct levee_list_entry *entry)
{
	struct levee_list_table *tbl = table_of(list);
	struct levee_list_entry __rcu **slot;
	struct levee_prefix prefix;

	levee_list_entry_prefix(entry, &prefix);
	slot = levee_list_table_slot(tbl, &prefix);
	count_entry(list, entry, 1);
	if (entry->until_ns)
		expires_at(list, entry->until_ns);
	if (!rcu_access_pointer(*slot)) {
		levee_list_table_add(tbl, entry);
		return;
	}
	links_wait(list);
	entry_replace(list, slot, entry);
}
LEVEE_EXPORT_FOR_TEST(levee_list_add);

/**
 * levee_list_del - take an entry out
 * @list: the list
 * @prefix: its prefix, valid
 *
 * Return: whether there was one, expired or not.
 */
bool levee_list_del(struct levee_list *list, const struct levee_prefix *prefix)
{
	struct levee_list_entry __rcu **slot;

	slot = levee_list_table_slot(table_of(list), prefix);
	if (!rcu_access_pointer(*slot))
		return false;
	links_wait(list);
	entry_unlink(list, slot);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_list_del);

/**
 * levee_list_find - find exactly this prefix
 * @list: the list
 * @prefix: the prefix, valid
 *
 * Return: its entry, expired or not; or NULL.
 */
const struct levee_list_entry *levee_list_find(const struct levee_list *list,
					       const struct levee_prefix *prefix)
{
	return rcu_dereference_protected(*levee_list_table_slot(table_of(list),
								prefix), true);
}
LEVEE_EXPORT_FOR_TEST(levee_list_find);

/* The entry in a bucket behind so many others, or NULL. */
static const struct levee_list_entry *
bucket_nth(const struct levee_list_table *tbl, size_t bucket, u32 n)
{
	const struct levee_list_entry *entry;

	entry = rcu_dereference_protected(tbl->bucket[bucket], true);
	while (entry && n--)
		entry = levee_list_entry_after(entry, tbl->link);
	return entry;
}

/**
 * levee_list_walk - step to the next entry
 * @list: the list
 * @pos: where the walk stands, zero at first; moved behind the entry
 *
 * A walk that goes on after a change neither repeats nor leaves out what was in
 * the list all the time, except in the bucket where it stopped.
 *
 * Context: process, may sleep.
 * Return: the entry, or NULL at the end.
 */
const struct levee_list_entry *levee_list_walk(const struct levee_list *list,
					       struct levee_list_pos *pos)
{
	const struct levee_list_table *tbl = table_of(list);
	const struct levee_list_entry *entry;
	unsigned int shift = 32 - tbl->order;
	u64 bucket;

	while ((bucket = pos->hash >> shift) < 1U << tbl->order) {
		if (!(bucket % LEVEE_LIST_BATCH) && !pos->skip)
			cond_resched();
		entry = bucket_nth(tbl, bucket, pos->skip++);
		if (entry)
			return entry;
		pos->hash = (bucket + 1) << shift;
		pos->skip = 0;
	}
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_list_walk);

static void bucket_expire(struct levee_list *list,
			  struct levee_list_entry __rcu **slot, u64 now_ns)
{
	u8 link = table_of(list)->link;
	struct levee_list_entry *entry;

	while ((entry = rcu_dereference_protected(*slot, true))) {
		if (levee_list_entry_expired(entry, now_ns)) {
			entry_unlink(list, slot);
			continue;
		}
		if (entry->until_ns)
			list->gc_next_ns = min(list->gc_next_ns,
					       entry->until_ns);
		slot = &entry->next[link];
	}
}

/**
 * levee_list_expire - take out what has expired, a part of the list at a time
 * @list: the list
 * @now_ns: present time, CLOCK_MONOTONIC
 * @buckets: how many to look at
 *
 * Return: whether there is more to look at now.
 */
bool levee_list_expire(struct levee_list *list, u64 now_ns, u32 buckets)
{
	struct levee_list_table *tbl = table_of(list);

	if (list->next_expiry_ns > now_ns)
		return false;
	links_wait(list);
	while (buckets-- && list->gc_bucket < 1U << tbl->order)
		bucket_expire(list, &tbl->bucket[list->gc_bucket++], now_ns);
	if (list->gc_bucket < 1U << tbl->order)
		return true;
	list->next_expiry_ns = list->gc_next_ns;
	list->gc_next_ns = U64_MAX;
	list->gc_bucket = 0;
	return false;
}
LEVEE_EXPORT_FOR_TEST(levee_list_expire);

/**
 * levee_list_take_dead - take over the entries that were taken out
 * @list: the list
 * @dead: set to them; levee_list_free_dead() is for them after a grace period
 *
 * Return: whether there are any.
 */
bool levee_list_take_dead(struct levee_list *list,
			  struct levee_list_entry *dead[2])
{
	memcpy(dead, list->dead, sizeof(list->dead));
	memset(list->dead, 0, sizeof(list->dead));
	return dead[0] || dead[1];
}
LEVEE_EXPORT_FOR_TEST(levee_list_take_dead);
