// SPDX-License-Identifier: GPL-2.0
/*
 * Path-compressed trie of address prefixes with longest-prefix match.
 *
 * A node stands for a prefix; its children for longer ones, told apart by the
 * first bit after it. A node without a value is there because it has two
 * children. A node's prefix never changes, and what was published is only ever
 * replaced by one pointer, so readers under RCU need no lock while a writer
 * inserts.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "prefix.h"

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"

#define LEVEE_KEY_WORD_BITS	32
#define LEVEE_KEY_WORDS		4

/* An address as words in host order: the first bit is the highest of word 0. */
struct prefix_key {
	u32 word[LEVEE_KEY_WORDS];
};

/**
 * struct levee_prefix_node - a prefix in the trie
 * @child: longer prefixes, by the first bit after this one
 * @value: what the prefix stands for, NULL if the node only branches
 * @len: prefix length in bits
 * @word: the prefix, as in struct prefix_key; one word for IPv4, four for IPv6
 */
struct levee_prefix_node {
	struct levee_prefix_node __rcu *child[2];
	void __rcu *value;
	u8 len;
	u32 word[];
};

/* An IPv4 node fits the 32 bytes of the smallest common slab. */
static_assert(offsetof(struct levee_prefix_node, word[1]) <= 32);

static void prefix_key_init(struct prefix_key *key, const union levee_addr *addr)
{
	int i;

	for (i = 0; i < LEVEE_KEY_WORDS; i++)
		key->word[i] = be32_to_cpu(addr->ip6.s6_addr32[i]);
}

static unsigned int key_bit(const u32 *word, unsigned int bit)
{
	return word[bit / LEVEE_KEY_WORD_BITS] >>
	       (LEVEE_KEY_WORD_BITS - 1 - bit % LEVEE_KEY_WORD_BITS) & 1;
}

/*
 * In how many of the first @len bits two keys agree, if they agree in the
 * first @from.
 */
static unsigned int key_common(const u32 *a, const u32 *b, unsigned int from,
			       unsigned int len)
{
	unsigned int bit;

	for (bit = round_down(from, LEVEE_KEY_WORD_BITS); bit < len;
	     bit += LEVEE_KEY_WORD_BITS) {
		unsigned int i = bit / LEVEE_KEY_WORD_BITS;

		if (a[i] != b[i]) {
			bit += LEVEE_KEY_WORD_BITS - fls(a[i] ^ b[i]);
			break;
		}
	}
	return min(bit, len);
}

static struct levee_prefix_node *node_alloc(const struct prefix_key *key,
					    unsigned int len, u8 family,
					    void *value)
{
	unsigned int words = levee_family_bits(family) / LEVEE_KEY_WORD_BITS;
	struct levee_prefix_node *node;

	/* Less than sizeof(*node) + ...: words begin in what would be padding. */
	node = kmalloc(offsetof(struct levee_prefix_node, word[words]),
		       GFP_KERNEL_ACCOUNT);
	if (!node)
		return NULL;
	RCU_INIT_POINTER(node->child[0], NULL);
	RCU_INIT_POINTER(node->child[1], NULL);
	RCU_INIT_POINTER(node->value, value);
	node->len = len;
	memcpy(node->word, key->word, words * sizeof(u32));
	return node;
}

/**
 * levee_prefix_valid - check a prefix from outside
 * @prefix: the prefix
 *
 * Return: whether its family is known, its length fits the family, and no bits
 * beyond the length are set.
 */
bool levee_prefix_valid(const struct levee_prefix *prefix)
{
	union levee_addr addr = prefix->addr;
	unsigned int bits = levee_family_bits(prefix->family);

	if (!bits || prefix->len > bits)
		return false;
	levee_prefix_mask(&addr, prefix->family, prefix->len);
	return !memcmp(&addr, &prefix->addr, sizeof(addr));
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_valid);

static int value_set(struct levee_prefix_node *node, void *value)
{
	if (rcu_access_pointer(node->value))
		return -EEXIST;
	rcu_assign_pointer(node->value, value);
	return 0;
}

/*
 * Puts a new node where @old hangs. They agree in the first @common bits, and
 * @old is longer than that: it becomes the new node's child, or its sibling
 * below a node that branches.
 */
static int node_insert(struct levee_prefix_node __rcu **slot,
		       struct levee_prefix_node *old, unsigned int common,
		       const struct prefix_key *key,
		       const struct levee_prefix *prefix, void *value)
{
	struct levee_prefix_node *node, *top;

	node = node_alloc(key, prefix->len, prefix->family, value);
	if (!node)
		return -ENOMEM;

	top = node;
	if (old && common < prefix->len) {
		top = node_alloc(key, common, prefix->family, NULL);
		if (!top) {
			kfree(node);
			return -ENOMEM;
		}
		RCU_INIT_POINTER(top->child[key_bit(key->word, common)], node);
	}
	if (old)
		RCU_INIT_POINTER(top->child[key_bit(old->word, common)], old);
	rcu_assign_pointer(*slot, top);
	return 0;
}

/**
 * levee_prefix_insert - add a prefix
 * @trie: the trie; may be read meanwhile
 * @prefix: a valid prefix
 * @value: what lookups find, not NULL
 *
 * Context: process, may sleep; the caller serialises writers.
 * Return: 0; -EINVAL if @prefix is not valid, -EEXIST if it is there, -ENOMEM
 * if memory is short: then the trie is as it was.
 */
int levee_prefix_insert(struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix, void *value)
{
	struct levee_prefix_node __rcu **slot;
	struct levee_prefix_node *node;
	unsigned int common = 0;
	struct prefix_key key;
	int err;

	if (!levee_prefix_valid(prefix) || !value)
		return -EINVAL;

	prefix_key_init(&key, &prefix->addr);
	slot = prefix->family == NFPROTO_IPV4 ? &trie->root4 : &trie->root6;
	/* Writers are serialised by the caller: nobody else changes it. */
	while ((node = rcu_dereference_protected(*slot, true))) {
		common = key_common(node->word, key.word, common,
				    min(node->len, prefix->len));
		if (common < node->len || node->len == prefix->len)
			break;
		slot = &node->child[key_bit(key.word, common)];
	}

	if (node && common == node->len)
		err = value_set(node, value);
	else
		err = node_insert(slot, node, common, &key, prefix, value);
	if (!err)
		trie->count++;
	return err;
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_insert);

/* The node of exactly this prefix, which may only branch; NULL if there is none. */
static struct levee_prefix_node *node_find(const struct levee_prefix_trie *trie,
					   const struct levee_prefix *prefix)
{
	struct levee_prefix_node *node;
	unsigned int common = 0;
	struct prefix_key key;

	if (!levee_prefix_valid(prefix))
		return NULL;

	prefix_key_init(&key, &prefix->addr);
	if (prefix->family == NFPROTO_IPV4)
		node = rcu_dereference_raw(trie->root4);
	else
		node = rcu_dereference_raw(trie->root6);
	while (node && node->len <= prefix->len) {
		common = key_common(node->word, key.word, common, node->len);
		if (common < node->len)
			break;
		if (node->len == prefix->len)
			return node;
		node = rcu_dereference_raw(node->child[key_bit(key.word,
							       common)]);
	}
	return NULL;
}

/**
 * levee_prefix_find - find exactly this prefix
 * @trie: the trie
 * @prefix: a valid prefix
 *
 * Context: RCU read lock, or no writer meanwhile.
 * Return: its value, or NULL if it is not there.
 */
void *levee_prefix_find(const struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix)
{
	const struct levee_prefix_node *node = node_find(trie, prefix);

	return node ? rcu_dereference_raw(node->value) : NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_find);

/**
 * levee_prefix_replace - give a prefix another value
 * @trie: the trie; may be read meanwhile
 * @prefix: a prefix that is there
 * @value: what lookups find from now on, not NULL
 *
 * Context: process; the caller serialises writers.
 */
void levee_prefix_replace(struct levee_prefix_trie *trie,
			  const struct levee_prefix *prefix, void *value)
{
	struct levee_prefix_node *node = node_find(trie, prefix);

	if (!WARN_ON_ONCE(!node))
		rcu_assign_pointer(node->value, value);
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_replace);

/**
 * levee_prefix_shorter - find the longest prefix that a longer one is part of
 * @trie: the trie
 * @prefix: the longer prefix, valid; it need not be there
 *
 * Context: RCU read lock, or no writer meanwhile.
 * Return: the value of the longest prefix in the trie that is shorter than
 * @prefix and holds it, or NULL if there is none.
 */
void *levee_prefix_shorter(const struct levee_prefix_trie *trie,
			   const struct levee_prefix *prefix)
{
	const struct levee_prefix_node *node;
	unsigned int common = 0;
	struct prefix_key key;
	void *best = NULL;

	prefix_key_init(&key, &prefix->addr);
	if (prefix->family == NFPROTO_IPV4)
		node = rcu_dereference_raw(trie->root4);
	else
		node = rcu_dereference_raw(trie->root6);
	while (node && node->len < prefix->len) {
		common = key_common(node->word, key.word, common, node->len);
		if (common < node->len)
			break;
		best = rcu_dereference_raw(node->value) ?: best;
		node = rcu_dereference_raw(node->child[key_bit(key.word,
							       common)]);
	}
	return best;
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_shorter);

/* As below, for keys of one word: what nearly every packet takes. */
static void *lookup_ip4(const struct levee_prefix_node *node, u32 addr)
{
	void *best = NULL;

	while (node) {
		void *value;

		if ((u64)(node->word[0] ^ addr) >> (32 - node->len))
			break;
		value = rcu_dereference(node->value);
		if (value)
			best = value;
		if (node->len == 32)
			break;
		node = rcu_dereference(node->child[addr >> (31 - node->len) &
						   1]);
	}
	return best;
}

/**
 * levee_prefix_lookup - find the longest prefix of an address
 * @trie: the trie; one that is empty costs one load
 * @family: family of the address; none matches an unknown one
 * @addr: the address
 *
 * Takes at most 33 steps for IPv4 and 129 for IPv6, whatever is in the trie:
 * each is at a longer prefix than the one before.
 *
 * Context: RCU read lock. Packet path.
 * Return: the value of the longest prefix, or NULL if there is none.
 */
void *levee_prefix_lookup(const struct levee_prefix_trie *trie, u8 family,
			  const union levee_addr *addr)
{
	const struct levee_prefix_node *node;
	unsigned int common = 0;
	struct prefix_key key;
	void *best = NULL;

	if (family == NFPROTO_IPV4)
		return lookup_ip4(rcu_dereference(trie->root4),
				  ntohl(addr->ip));
	if (family != NFPROTO_IPV6)
		return NULL;
	node = rcu_dereference(trie->root6);
	if (!node)
		return NULL;

	prefix_key_init(&key, addr);
	do {
		void *value;

		common = key_common(node->word, key.word, common, node->len);
		if (common < node->len)
			break;
		value = rcu_dereference(node->value);
		if (value)
			best = value;
		if (common == 128)
			break;
		node = rcu_dereference(node->child[key_bit(key.word, common)]);
	} while (node);
	return best;
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_lookup);

/*
 * Frees from the left, turning each left child into the parent of its parent:
 * every turn lengthens the rightmost path by one for good, so the work is
 * linear, and neither a stack nor a pointer to the parent is needed.
 */
static void node_destroy(struct levee_prefix_node __rcu **root)
{
	struct levee_prefix_node *node, *left, *next;

	node = rcu_dereference_protected(*root, true);
	RCU_INIT_POINTER(*root, NULL);
	while (node) {
		left = rcu_dereference_protected(node->child[0], true);
		if (left) {
			next = rcu_dereference_protected(left->child[1], true);
			RCU_INIT_POINTER(node->child[0], next);
			RCU_INIT_POINTER(left->child[1], node);
			node = left;
			continue;
		}
		next = rcu_dereference_protected(node->child[1], true);
		kfree(node);
		node = next;
		cond_resched();
	}
}

/**
 * levee_prefix_destroy - remove all prefixes
 * @trie: the trie, which nobody else can reach any more; empty afterwards
 *
 * The values are left alone.
 *
 * Context: process, may sleep.
 */
void levee_prefix_destroy(struct levee_prefix_trie *trie)
{
	node_destroy(&trie->root4);
	node_destroy(&trie->root6);
	trie->count = 0;
}
LEVEE_EXPORT_FOR_TEST(levee_prefix_destroy);
