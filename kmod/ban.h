/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bans: sources that are dropped whole until a time.
 */
#ifndef _LEVEE_BAN_H
#define _LEVEE_BAN_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/levee.h>
#include <linux/limits.h>
#include <linux/siphash.h>
#include <linux/types.h>
#include "prefix.h"

struct levee_bans;

/* Longest time that a limit may ban for, in seconds: a year. */
#define LEVEE_BAN_MAX_S		31536000u

/* Highest level that a ban may be given; limits end with fewer. */
#define LEVEE_BAN_LEVEL_MAX	32

/* Most bans that a table may be made for. */
#define LEVEE_BANS_MAX		BIT(20)

/* End of a ban that has none. */
#define LEVEE_BAN_FOREVER	((u64)S64_MAX)

/* Cursor of a walk that has shown all bans. */
#define LEVEE_BANS_END		U64_MAX

/**
 * struct levee_ban_hit - the ban that a packet meets
 * @hash: levee_source_hash() of the source
 * @now_ns: present time, CLOCK_MONOTONIC
 * @len: prefix length of the ban
 */
struct levee_ban_hit {
	u64 hash;
	u64 now_ns;
	u8 len;
};

/**
 * struct levee_ban_offence - a source exceeds a limit that bans
 * @prefix: the source
 * @hash: levee_source_hash() of it
 * @now_ns: present time, CLOCK_MONOTONIC
 * @policy: name of the policy
 * @class: class of the packet
 * @would: the policy is in mode monitor: the ban only counts
 * @first_s: time of the first ban, in seconds
 * @longest_s: longest time of a ban; with each of these without an offence, a
 *	level is forgotten
 */
struct levee_ban_offence {
	const struct levee_prefix *prefix;
	u64 hash;
	u64 now_ns;
	const char *policy;
	u8 class;
	bool would;
	u32 first_s;
	u32 longest_s;
};

/**
 * struct levee_ban_info - a ban as people give it, and see it
 * @prefix: the source
 * @since_ns: when it was made, CLOCK_MONOTONIC
 * @until_ns: its end, CLOCK_MONOTONIC, or LEVEE_BAN_FOREVER
 * @level: how many bans in a row this one is; 0 if it was made by hand
 * @decay_s: seconds without an offence after which a level is forgotten; 0 if
 *	@level is
 * @policy: name of the policy whose limit made it; empty if it was made by hand
 * @class: class of the packet that made it, if a limit did
 * @would: it only counts what would be dropped
 * @comment: text of who made it, or NULL
 */
struct levee_ban_info {
	struct levee_prefix prefix;
	u64 since_ns;
	u64 until_ns;
	u8 level;
	u32 decay_s;
	char policy[LEVEE_NAME_MAX + 1];
	u8 class;
	bool would;
	const char *comment;
};

/**
 * struct levee_ban_totals - how the table of bans is doing
 * @live: bans in force, within a second
 * @held: those, and what is remembered of those that have ended
 * @max: most that will be held
 * @bytes: memory of the table and its records, without comments
 * @missed: offences that should have made a ban, for which there was no room
 */
struct levee_ban_totals {
	u64 live;
	u64 held;
	u64 max;
	u64 bytes;
	u64 missed;
};

struct levee_bans *levee_bans_alloc(u32 max, const siphash_key_t *key);
void levee_bans_free(struct levee_bans *bans);

/* Packet path; RCU read lock, and bottom halves disabled. */
bool levee_bans_lookup(const struct levee_bans *bans, u8 family,
		       const union levee_addr *addr, bool would,
		       struct levee_ban_hit *hit);
u64 levee_bans_offend(struct levee_bans *bans,
		      const struct levee_ban_offence *offence);

/* Configuration; process context. */
int levee_bans_set(struct levee_bans *bans, const struct levee_ban_info *info);
bool levee_bans_del(struct levee_bans *bans, const struct levee_prefix *prefix);
void levee_bans_flush(struct levee_bans *bans);

/*
 * Readers: resumable walk over the bans in force. *cursor is 0 at first. @show
 * must not sleep; it returns 0 to go on, more to stop after this ban, less to
 * stop before it.
 */
int levee_bans_walk(struct levee_bans *bans, u64 now_ns, u64 *cursor,
		    int (*show)(const struct levee_ban_info *info, void *arg),
		    void *arg);
int levee_bans_match(struct levee_bans *bans, const struct levee_prefix *addr,
		     bool would,
		     int (*show)(const struct levee_ban_info *info, void *arg),
		     void *arg);
void levee_bans_read(struct levee_bans *bans, struct levee_ban_totals *totals);

int levee_ban_init(void);
void levee_ban_exit(void);

#endif /* _LEVEE_BAN_H */
