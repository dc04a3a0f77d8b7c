/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path-compressed trie of address prefixes with longest-prefix match.
 */
#ifndef _LEVEE_PREFIX_H
#define _LEVEE_PREFIX_H

#include <linux/minmax.h>
#include <linux/netfilter.h>
#include <linux/types.h>
#include <asm/byteorder.h>
#include "packet.h"

struct netlink_ext_ack;
struct levee_prefix_node;

/**
 * struct levee_prefix - an address prefix
 * @addr: address, bits beyond @len are zero
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: prefix length in bits
 */
struct levee_prefix {
	union levee_addr addr;
	u8 family;
	u8 len;
};

/**
 * struct levee_prefix_trie - prefixes of both families, each with a value
 * @root4: IPv4 part
 * @root6: IPv6 part
 * @count: prefixes in it
 */
struct levee_prefix_trie {
	struct levee_prefix_node __rcu *root4;
	struct levee_prefix_node __rcu *root6;
	u32 count;
};

/* Bits of an address; 0 for an unknown family. */
static inline unsigned int levee_family_bits(u8 family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return 32;
	case NFPROTO_IPV6:
		return 128;
	default:
		return 0;
	}
}

/**
 * levee_prefix_mask - zero the bits of an address beyond a prefix length
 * @addr: the address
 * @family: its family
 * @len: prefix length in bits
 */
static inline void levee_prefix_mask(union levee_addr *addr, u8 family, u8 len)
{
	unsigned int bits = min_t(unsigned int, len, levee_family_bits(family));

	/* An IPv4 address is the first half of the first word. */
	if (bits <= 64) {
		addr->be[0] &= bits ? cpu_to_be64(~0ULL << (64 - bits)) : 0;
		addr->be[1] = 0;
	} else {
		addr->be[1] &= cpu_to_be64(~0ULL << (128 - bits));
	}
}

bool levee_prefix_valid(const struct levee_prefix *prefix);
int levee_prefix_insert(struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix, void *value);
void *levee_prefix_find(const struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix);
void levee_prefix_replace(struct levee_prefix_trie *trie,
			  const struct levee_prefix *prefix, void *value);
void *levee_prefix_shorter(const struct levee_prefix_trie *trie,
			   const struct levee_prefix *prefix);
void *levee_prefix_lookup(const struct levee_prefix_trie *trie, u8 family,
			  const union levee_addr *addr);
void levee_prefix_destroy(struct levee_prefix_trie *trie);

#endif /* _LEVEE_PREFIX_H */
