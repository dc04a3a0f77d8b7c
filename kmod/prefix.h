/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path-compressed trie of address prefixes with longest-prefix match.
 */
#ifndef _LEVEE_PREFIX_H
#define _LEVEE_PREFIX_H

#include <linux/types.h>
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

void levee_prefix_mask(union levee_addr *addr, u8 family, u8 len);
bool levee_prefix_valid(const struct levee_prefix *prefix);
int levee_prefix_insert(struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix, void *value);
void *levee_prefix_find(const struct levee_prefix_trie *trie,
			const struct levee_prefix *prefix);
void *levee_prefix_lookup(const struct levee_prefix_trie *trie, u8 family,
			  const union levee_addr *addr);
void levee_prefix_destroy(struct levee_prefix_trie *trie);

#endif /* _LEVEE_PREFIX_H */
