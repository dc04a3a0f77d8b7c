/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Proof that a source is real, and not an address that somebody else sends in.
 */
#ifndef _LEVEE_PROOF_H
#define _LEVEE_PROOF_H

#include <linux/siphash.h>
#include <linux/types.h>
#include "packet.h"
#include "prefix.h"

struct levee_map;

/* How long a proof lasts, in seconds, after what has shown it last. */
#define LEVEE_PROOF_S		600
/* Likewise of an answer to a challenge, until the server has sent data. */
#define LEVEE_PROOF_ANSWER_S	60

/* What is proven: an address, or the network that it may change in. */
#define LEVEE_PROOF_LEN4	32
#define LEVEE_PROOF_LEN6	64

bool levee_proof_shown(const struct levee_packet *pkt);
u64 levee_proof_tag(const siphash_key_t *key, int ifindex, u8 family,
		    const union levee_addr *addr);
bool levee_proof_fresh(const struct levee_map *proofs, u64 tag, u64 now_ns);
bool levee_proof_note(const struct levee_map *proofs, u64 tag, u64 now_ns);
bool levee_proof_note_answer(const struct levee_map *proofs, u64 tag,
			     u64 now_ns);
bool levee_proof_holds(const struct levee_map *proofs, u64 tag, u64 now_ns);

#endif /* _LEVEE_PROOF_H */
