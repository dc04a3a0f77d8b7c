// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of a network namespace that are made only when somebody needs them.
 *
 * Once made they stay: what they know does not become wrong.
 */
#include "pernet.h"

#include <linux/netlink.h>
#include <linux/rcupdate.h>

#include "ban.h"
#include "map.h"

#define LEVEE_BANS_HOST			65536u
#define LEVEE_BANS_CONTAINER		512u

/* Slots for proofs: 4 MiB, and 64 KiB. */
#define LEVEE_PROOFS_HOST		(256u * 1024)
#define LEVEE_PROOFS_CONTAINER		4096u

/* Slots for questions, 4 MiB and 64 KiB; for connections, 16 MiB and 256 KiB. */
#define LEVEE_ASKED_HOST		(256u * 1024)
#define LEVEE_ASKED_CONTAINER		4096u
#define LEVEE_MET_HOST			(1024u * 1024)
#define LEVEE_MET_CONTAINER		16384u

/**
 * levee_pernet_bans - the table of bans, which is made if need be
 * @ln: the network namespace
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held.
 * Return: the table, or NULL if memory is short.
 */
struct levee_bans *levee_pernet_bans(struct levee_net *ln,
				     struct netlink_ext_ack *extack)
{
	struct levee_bans *bans;

	bans = rcu_dereference_protected(ln->bans, lockdep_is_held(&ln->lock));
	if (bans)
		return bans;
	bans = levee_bans_alloc(levee_pernet_is_host(ln) ? LEVEE_BANS_HOST :
						       LEVEE_BANS_CONTAINER,
				&ln->key);
	if (!bans)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the table of bans");
	rcu_assign_pointer(ln->bans, bans);
	return bans;
}

/* A map of those that are made only when somebody needs them. */
static struct levee_map *pernet_map(struct levee_net *ln,
				    struct levee_map __rcu **where, u32 host,
				    u32 container)
{
	struct levee_map *map;

	map = rcu_dereference_protected(*where, lockdep_is_held(&ln->lock));
	if (map)
		return map;
	map = levee_map_alloc(levee_pernet_is_host(ln) ? host : container);
	rcu_assign_pointer(*where, map);
	return map;
}

/**
 * levee_pernet_proofs - the proofs of sources, which are made if need be
 * @ln: the network namespace
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held.
 * Return: the proofs, or NULL if memory is short.
 */
struct levee_map *levee_pernet_proofs(struct levee_net *ln,
				      struct netlink_ext_ack *extack)
{
	struct levee_map *map = pernet_map(ln, &ln->proofs, LEVEE_PROOFS_HOST,
					   LEVEE_PROOFS_CONTAINER);

	if (!map)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the table of proven sources");
	return map;
}

/**
 * levee_pernet_syns - SYNs that were challenged, which are made if need be
 * @ln: the network namespace
 * @extack: receives the reason of a failure
 *
 * There is room for as many as there may be proofs.
 *
 * Context: process, @ln->lock held.
 * Return: the map, or NULL if memory is short.
 */
struct levee_map *levee_pernet_syns(struct levee_net *ln,
				    struct netlink_ext_ack *extack)
{
	struct levee_map *map = pernet_map(ln, &ln->syns, LEVEE_PROOFS_HOST,
					   LEVEE_PROOFS_CONTAINER);

	if (!map)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the table of challenged SYNs");
	return map;
}

/**
 * levee_pernet_asked - the questions, which are made if need be
 * @ln: the network namespace
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held.
 * Return: the map, or NULL if memory is short.
 */
struct levee_map *levee_pernet_asked(struct levee_net *ln,
				     struct netlink_ext_ack *extack)
{
	struct levee_map *map = pernet_map(ln, &ln->solicited.asked,
					   LEVEE_ASKED_HOST,
					   LEVEE_ASKED_CONTAINER);

	if (!map)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the table of questions");
	return map;
}

/**
 * levee_pernet_met - the sources with connections, which are made if need be
 * @ln: the network namespace
 * @extack: receives the reason of a failure
 *
 * Context: process, @ln->lock held.
 * Return: the map, or NULL if memory is short.
 */
struct levee_map *levee_pernet_met(struct levee_net *ln,
				   struct netlink_ext_ack *extack)
{
	struct levee_map *map = pernet_map(ln, &ln->solicited.met,
					   LEVEE_MET_HOST, LEVEE_MET_CONTAINER);

	if (!map)
		NL_SET_ERR_MSG(extack,
			       "not enough memory for the table of connections");
	return map;
}
