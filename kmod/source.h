/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keyed hash of a source.
 */
#ifndef _LEVEE_SOURCE_H
#define _LEVEE_SOURCE_H

#include <linux/netfilter.h>
#include <linux/siphash.h>
#include "prefix.h"

/**
 * levee_source_hash - keyed hash of a source prefix
 * @key: secret of the network namespace
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: an address of the source
 * @len: prefix length of the source
 *
 * One serves all limits of the same length, the records of their offenders,
 * and bans. Whoever needs it to differ adds a salt of its own, random and as
 * secret as the key.
 *
 * Return: the hash.
 */
static inline u64 levee_source_hash(const siphash_key_t *key, u8 family,
				    const union levee_addr *addr, u8 len)
{
	u64 what = (u64)family << 40 | (u64)len << 32;
	union levee_addr masked = *addr;

	levee_prefix_mask(&masked, family, len);
	if (family == NFPROTO_IPV4)
		return siphash_1u64(what | (__force u32)masked.ip, key);
	return siphash_3u64(what, (__force u64)masked.be[0],
			    (__force u64)masked.be[1], key);
}

#endif /* _LEVEE_SOURCE_H */
