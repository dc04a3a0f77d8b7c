// SPDX-License-Identifier: GPL-2.0
/*
 * The hash table of prefixes, with a filter in front, that a list looks up in.
 *
 * Entries are found by the hash of their prefix and length, so a lookup would
 * have to look for every length that there is. Most it need not look for: in
 * front is a filter of blocks of 256 bits. A block is for all prefixes of eight
 * lengths that begin alike (192.0.2.0/24 to /31 have one), and each of them has
 * two bits in it. So an IPv4 address takes at most five blocks, an IPv6 address
 * seventeen, which are fetched at once; and only where both bits of a length are
 * set, its bucket is looked at, which for an address that is in no list is rare.
 * With four bytes of filter for each bucket, it stays in the processor's caches
 * when the entries do not.
 *
 * All hashes have a key, so neither who chooses source addresses nor who writes
 * a feed can aim at a block or a bucket.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "list_table.h"

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/ktime.h>
#include <linux/netfilter.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "compat.h"

/* A block of the filter: half a cache line. */
#define LEVEE_LIST_BLOCK_BITS	256
#define LEVEE_LIST_BLOCK_LONGS	(LEVEE_LIST_BLOCK_BITS / BITS_PER_LONG)
/* Buckets for each block, as a power of two: 32 bits for each. */
#define LEVEE_LIST_BLOCK_SHIFT	3

/* Buckets between two offers to let others run. */
#define LEVEE_LIST_BATCH	1024

/* An address, its first bit highest in @hi. */
struct list_key {
	u64 hi;
	u64 lo;
};

static void addr_key(struct list_key *key, u8 family,
		     const union levee_addr *addr)
{
	if (family == NFPROTO_IPV4) {
		key->hi = (u64)ntohl(addr->ip) << 32;
		key->lo = 0;
	} else {
		key->hi = be64_to_cpu(addr->be[0]);
		key->lo = be64_to_cpu(addr->be[1]);
	}
}

static struct list_key key_masked(const struct list_key *key, unsigned int len)
{
	struct list_key masked = { 0, 0 };

	if (len > 64) {
		masked.hi = key->hi;
		masked.lo = key->lo & ~0ULL << (128 - len);
	} else if (len) {
		masked.hi = key->hi & ~0ULL << (64 - len);
	}
	return masked;
}

/* The bits behind @group groups, as many as a group has. */
static unsigned int key_byte(const struct list_key *key, unsigned int group)
{
	unsigned int bit = group * LEVEE_LIST_GROUP;

	/* Behind the last group there are none. */
	if (bit >= 128)
		return 0;
	return (bit < 64 ? key->hi >> (56 - bit) : key->lo >> (120 - bit)) &
	       0xff;
}

static void entry_key(const struct levee_list_entry *entry,
		      struct list_key *key)
{
	if (entry->family == NFPROTO_IPV4) {
		key->hi = (u64)entry->word[0] << 32;
		key->lo = 0;
	} else {
		key->hi = (u64)entry->word[0] << 32 | entry->word[1];
		key->lo = (u64)entry->word[2] << 32 | entry->word[3];
	}
}

static bool entry_is(const struct levee_list_entry *entry, u8 family, u8 len,
		     const struct list_key *key)
{
	struct list_key mine;

	if (entry->len != len || entry->family != family)
		return false;
	entry_key(entry, &mine);
	return mine.hi == key->hi && mine.lo == key->lo;
}

/*
 * What a hash is about goes into the key, so that an entry and a block, and one
 * length and another, have nothing in common.
 */
#define HASH_ENTRY	0ul
#define HASH_BLOCK	BIT(16)

static u32 key_hash(const struct levee_list_table *tbl, u8 family,
		    unsigned long what, const struct list_key *key)
{
	hsiphash_key_t secret = tbl->key;

	secret.key[0] ^= what | family << 8;
	if (family == NFPROTO_IPV4)
		return hsiphash_1u32(key->hi >> 32, &secret);
	return hsiphash_4u32(key->hi >> 32, key->hi, key->lo >> 32, key->lo,
			     &secret);
}

static u32 entry_hash(const struct levee_list_table *tbl, u8 family, u8 len,
		      const struct list_key *masked)
{
	return key_hash(tbl, family, HASH_ENTRY | len, masked);
}

static u32 block_hash(const struct levee_list_table *tbl, u8 family,
		      unsigned int group, const struct list_key *key)
{
	struct list_key masked = key_masked(key, group * LEVEE_LIST_GROUP);

	return key_hash(tbl, family, HASH_BLOCK | group, &masked);
}

static unsigned long *block_at(const struct levee_list_table *tbl, u32 hash)
{
	size_t index = hash >> (32 - tbl->order + LEVEE_LIST_BLOCK_SHIFT);

	return tbl->filter + index * LEVEE_LIST_BLOCK_LONGS;
}

/*
 * A prefix within its block as a number: its length in the group as the highest
 * bit, the bits of the prefix below that.
 */
static unsigned int prefix_number(unsigned int byte, unsigned int len)
{
	return 1 << len | byte >> (LEVEE_LIST_GROUP - len);
}

/*
 * The two bits of a prefix. The lowest bits of the block's hash tell those apart
 * that share a block by chance; the highest are the index that they share.
 */
static unsigned int first_bit(unsigned int number, u32 hash)
{
	return number ^ (hash & 0xff);
}

static unsigned int second_bit(unsigned int number, u32 hash)
{
	return number ^ (hash >> 8 & 0xff);
}

static struct levee_list_entry __rcu **
bucket_at(const struct levee_list_table *tbl, u32 hash)
{
	return &tbl->bucket[hash >> (32 - tbl->order)];
}

static const struct levee_list_entry *
table_find(const struct levee_list_table *tbl, u8 family, u8 len,
	   const struct list_key *masked)
{
	const struct levee_list_entry *entry;
	u32 hash = entry_hash(tbl, family, len, masked);

	entry = rcu_dereference(*bucket_at(tbl, hash));
	while (entry && !entry_is(entry, family, len, masked))
		entry = rcu_dereference(entry->next[tbl->link]);
	return entry;
}

/* The longest prefix of an address among those of one group, or NULL. */
static const struct levee_list_entry *
group_match(const struct levee_list_table *tbl, u8 family, unsigned int group,
	    unsigned int lens, u32 hash, const struct list_key *key)
{
	const unsigned long *block = block_at(tbl, hash);
	unsigned int byte = key_byte(key, group);

	while (lens) {
		const struct levee_list_entry *entry;
		unsigned int len = __fls(lens);
		unsigned int number = prefix_number(byte, len);
		struct list_key masked;

		lens ^= 1 << len;
		/* One branch, which is hardly ever taken. */
		if (likely(!(test_bit(first_bit(number, hash), block) &
			     test_bit(second_bit(number, hash), block))))
			continue;
		len += group * LEVEE_LIST_GROUP;
		masked = key_masked(key, len);
		entry = table_find(tbl, family, len, &masked);
		if (entry && (!entry->until_ns ||
			      !levee_list_entry_expired(entry, ktime_get_ns())))
			return entry;
	}
	return NULL;
}

/**
 * levee_list_table_match - find the longest prefix of an address
 * @tbl: the table
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 *
 * Context: RCU read lock. Packet path.
 * Return: the entry with the longest prefix that has not expired, or NULL.
 */
const struct levee_list_entry *
levee_list_table_match(const struct levee_list_table *tbl, u8 family,
		       const union levee_addr *addr)
{
	bool ip4 = family == NFPROTO_IPV4;
	int group, groups = ip4 ? LEVEE_LIST_GROUPS4 : LEVEE_LIST_GROUPS6;
	const u8 *used = ip4 ? tbl->used4 : tbl->used6;
	const struct levee_list_entry *entry = NULL;
	u32 hash[LEVEE_LIST_GROUPS6] __uninitialized;
	u8 lens[LEVEE_LIST_GROUPS6] __uninitialized;
	struct list_key key;

	addr_key(&key, family, addr);
	for (group = 0; group < groups; group++) {
		/* A length may come into use meanwhile: look once. */
		lens[group] = READ_ONCE(used[group]);
		if (!lens[group])
			continue;
		hash[group] = block_hash(tbl, family, group, &key);
		prefetch(block_at(tbl, hash[group]));
	}
	/* Most that is found is a single address: do not wait for its filter. */
	if (lens[groups - 1])
		prefetch(bucket_at(tbl, entry_hash(tbl, family,
						   levee_family_bits(family),
						   &key)));
	while (!entry && --group >= 0)
		if (lens[group])
			entry = group_match(tbl, family, group, lens[group],
					    hash[group], &key);
	return entry;
}
LEVEE_EXPORT_FOR_TEST(levee_list_table_match);

static size_t head_bytes(void)
{
	return round_up(sizeof(struct levee_list_table), SMP_CACHE_BYTES);
}

static size_t filter_bytes(unsigned int order)
{
	return (LEVEE_LIST_BLOCK_BITS / BITS_PER_BYTE) <<
	       (order - LEVEE_LIST_BLOCK_SHIFT);
}

/**
 * levee_list_table_bytes - memory that a table takes
 * @order: it has 2^@order buckets
 *
 * Return: the bytes, without those of entries.
 */
size_t levee_list_table_bytes(unsigned int order)
{
	return head_bytes() + filter_bytes(order) + (sizeof(void *) << order);
}

/**
 * levee_list_table_new - make an empty table
 * @order: it has 2^@order buckets; LEVEE_LIST_BLOCK_SHIFT at least
 * @link: which @next of its entries belongs to it
 *
 * Return: the table, to be freed by kvfree(); or NULL if memory is short.
 */
struct levee_list_table *levee_list_table_new(unsigned int order, u8 link)
{
	struct levee_list_table *tbl;

	tbl = levee_vzalloc_huge(levee_list_table_bytes(order));
	if (!tbl)
		return NULL;
	get_random_bytes(&tbl->key, sizeof(tbl->key));
	/* No block is in two cache lines. */
	tbl->filter = (void *)tbl + head_bytes();
	tbl->bucket = (void *)tbl->filter + filter_bytes(order);
	tbl->order = order;
	tbl->link = link;
	return tbl;
}

/**
 * levee_list_table_add - put an entry at the head of its bucket
 * @tbl: the table; packets may look at it
 * @entry: the entry, which is not in it
 *
 * The filter knows of it first. A packet that sees the one without the other
 * came before.
 *
 * Context: the caller keeps writers apart.
 */
void levee_list_table_add(struct levee_list_table *tbl,
			  struct levee_list_entry *entry)
{
	unsigned int group = entry->len / LEVEE_LIST_GROUP;
	unsigned int len = entry->len % LEVEE_LIST_GROUP;
	struct levee_list_entry __rcu **bucket;
	unsigned int number;
	unsigned long *block;
	struct list_key key;
	u32 hash;
	u8 *used;

	entry_key(entry, &key);
	hash = block_hash(tbl, entry->family, group, &key);
	number = prefix_number(key_byte(&key, group), len);
	block = block_at(tbl, hash);
	set_bit(first_bit(number, hash), block);
	set_bit(second_bit(number, hash), block);
	used = entry->family == NFPROTO_IPV4 ? tbl->used4 : tbl->used6;
	/* Paired with the READ_ONCE() of lookups; only this writes it. */
	WRITE_ONCE(used[group], used[group] | 1 << len);

	bucket = bucket_at(tbl, entry_hash(tbl, entry->family, entry->len,
					   &key));
	RCU_INIT_POINTER(entry->next[tbl->link],
			 rcu_dereference_protected(*bucket, true));
	rcu_assign_pointer(*bucket, entry);
}

/**
 * levee_list_table_fill - put all entries of one table into another
 * @tbl: an empty table
 * @old: the table, with the other @link; packets may look at it
 *
 * Context: may sleep; the caller keeps writers apart.
 */
void levee_list_table_fill(struct levee_list_table *tbl,
			   const struct levee_list_table *old)
{
	struct levee_list_entry *entry;
	size_t i;

	for (i = 0; i < 1UL << old->order; i++) {
		entry = rcu_dereference_protected(old->bucket[i], true);
		for (; entry; entry = levee_list_entry_after(entry, old->link))
			levee_list_table_add(tbl, entry);
		if (!(i % LEVEE_LIST_BATCH))
			cond_resched();
	}
}

/**
 * levee_list_table_slot - find where an entry hangs
 * @tbl: the table
 * @prefix: its prefix, valid
 *
 * Context: the caller keeps writers apart.
 * Return: the pointer to the entry; to NULL if there is none.
 */
struct levee_list_entry __rcu **
levee_list_table_slot(const struct levee_list_table *tbl,
		      const struct levee_prefix *prefix)
{
	struct levee_list_entry __rcu **slot;
	struct levee_list_entry *entry;
	struct list_key key;

	addr_key(&key, prefix->family, &prefix->addr);
	slot = bucket_at(tbl, entry_hash(tbl, prefix->family, prefix->len,
					 &key));
	while ((entry = rcu_dereference_protected(*slot, true)) &&
	       !entry_is(entry, prefix->family, prefix->len, &key))
		slot = &entry->next[tbl->link];
	return slot;
}
