/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports of UDP services that answer far more than they are asked.
 */
#ifndef _LEVEE_REFLECTOR_H
#define _LEVEE_REFLECTOR_H

#include <linux/bitmap.h>
#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/* Ports of one list. */
#define LEVEE_REFLECTORS_MAX	256u
/* Bits that rule most other ports out; a power of two, 4 cache lines. */
#define LEVEE_REFLECTORS_FILTER	2048u

/**
 * struct levee_reflector - one port
 * @port: the port
 * @from_ns: from then on, CLOCK_MONOTONIC, it is known what it was asked
 */
struct levee_reflector {
	u16 port;
	u64 from_ns;
};

/**
 * struct levee_reflectors - a list of them, immutable once published
 * @filter: bits of ports that may be in it
 * @count: number of @port
 * @builtin: they are those that are built in
 * @rcu: frees it when no packet looks at it
 * @port: the ports, in order
 */
struct levee_reflectors {
	DECLARE_BITMAP(filter, LEVEE_REFLECTORS_FILTER);
	u32 count;
	bool builtin;
	struct rcu_head rcu;
	struct levee_reflector port[];
};

struct levee_reflectors *levee_reflectors_new(const u16 *ports, u32 count);
struct levee_reflectors *levee_reflectors_builtin(void);
void levee_reflectors_free(struct levee_reflectors *list);
void levee_reflectors_follow(struct levee_reflectors *list,
			     const struct levee_reflectors *prev, u64 from_ns);
const struct levee_reflector *
levee_reflectors_find(const struct levee_reflectors *list, u16 port);

/**
 * levee_reflectors_has - whether attacks are reflected from a port
 * @list: the list
 * @port: source port of UDP, host byte order
 *
 * A flood from random ports is nearly always ruled out by one bit, of few cache
 * lines, and so without a wrong guess of a branch.
 *
 * Context: RCU read lock. Packet path.
 * Return: true if it is in the list.
 */
static __always_inline bool
levee_reflectors_has(const struct levee_reflectors *list, u16 port)
{
	if (likely(!test_bit(port % LEVEE_REFLECTORS_FILTER, list->filter)))
		return false;
	return levee_reflectors_find(list, port);
}

#endif /* _LEVEE_REFLECTOR_H */
