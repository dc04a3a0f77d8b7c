// SPDX-License-Identifier: GPL-2.0
/*
 * Proof that a source is real, and not an address that somebody else sends in.
 *
 * Anybody can send in anybody's name. But a TCP sends data only to who has
 * answered its SYN/ACK, or SYN, which nobody can who does not get what is sent
 * to the address. So an outgoing segment with data proves the address that it
 * is for. A SYN with data does not count (TCP Fast Open), nor do SYN/ACK, RST and
 * bare ACK, which answer anybody. A server that does Fast Open may send data
 * before the handshake has ended, but only to an address that has shown its
 * cookie, which it has got in an earlier handshake. Who answers a challenge is
 * proven as well: see challenge.c.
 *
 * Whoever knows a proven address can still send in its name. What is proven is
 * that there is somebody to ban, not that each packet is theirs.
 *
 * At PREROUTING, or with hooks on both sides, we also see what goes to those
 * whom we protect, which anybody may have sent. So an address is proven only at
 * the device by which it is reached: what proves a server, on its side, does not
 * hold for packets that come in by the uplink in its name. And the destinations
 * of policies are never proven: else anybody could fill the table by sending to
 * all addresses that we protect.
 *
 * Proofs are in an expiring map. Where it is full, what expires within as long as
 * an answer to a challenge lasts gives way, the earliest first: hosts that are
 * there answer for whoever forges their addresses, and would fill it, so that no
 * newcomer was let in. Where nothing does, newcomers stay unproven, as they were,
 * and are counted. While no limit asks for proof, there is neither hook nor map.
 */
#include "proof.h"

#include <linux/hash.h>
#include <linux/netfilter.h>
#include <linux/time64.h>
#include <net/tcp.h>

#include "compat.h"
#include "map.h"
#include "source.h"

#define LEVEE_PROOF_NS		((u64)LEVEE_PROOF_S * NSEC_PER_SEC)
#define LEVEE_PROOF_ANSWER_NS	((u64)LEVEE_PROOF_ANSWER_S * NSEC_PER_SEC)
/* A proof that has at least so much left is not written again. */
#define LEVEE_PROOF_FRESH_NS	(LEVEE_PROOF_NS / 4 * 3)

/**
 * levee_proof_shown - does a packet that goes out prove who it is for?
 * @pkt: the packet, after LEVEE_PARSE_JUDGE
 *
 * Return: true if it does.
 */
bool levee_proof_shown(const struct levee_packet *pkt)
{
	return pkt->payload && pkt->flags & TCPHDR_ACK &&
	       !(pkt->flags & (TCPHDR_SYN | TCPHDR_RST));
}
LEVEE_EXPORT_FOR_TEST(levee_proof_shown);

/**
 * levee_proof_tag - what a proof is of
 * @key: secret of the tags
 * @ifindex: the device by which the address is reached; there it is proven
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 *
 * Return: the tag.
 */
u64 levee_proof_tag(const siphash_key_t *key, int ifindex, u8 family,
		    const union levee_addr *addr)
{
	/* Hashes of addresses are secret, so the same for all may be added. */
	return levee_source_hash(key, family, addr,
				 family == NFPROTO_IPV4 ? LEVEE_PROOF_LEN4 :
							  LEVEE_PROOF_LEN6) ^
	       (u64)ifindex * GOLDEN_RATIO_64;
}
LEVEE_EXPORT_FOR_TEST(levee_proof_tag);

/**
 * levee_proof_fresh - need a proof not be written again?
 * @proofs: the proofs
 * @tag: levee_proof_tag() of the address
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: true if it is there, and will be for a while.
 */
bool levee_proof_fresh(const struct levee_map *proofs, u64 tag, u64 now_ns)
{
	return levee_proof_holds(proofs, tag, now_ns + LEVEE_PROOF_FRESH_NS);
}
LEVEE_EXPORT_FOR_TEST(levee_proof_fresh);

/* Where a proof is, or may be; @slot is NULL if there is no room for it. */
static struct levee_map_ref proof_room(const struct levee_map *proofs, u64 tag,
				       u64 now_ns)
{
	struct levee_map_ref ref = levee_map_lookup(proofs, tag, now_ns);

	if (likely(ref.slot))
		return ref;
	return levee_map_earliest(proofs, tag, now_ns + LEVEE_PROOF_ANSWER_NS);
}

/**
 * levee_proof_note - an address is proven
 * @proofs: the proofs
 * @tag: levee_proof_tag() of the address
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: false if there is no room for it.
 */
bool levee_proof_note(const struct levee_map *proofs, u64 tag, u64 now_ns)
{
	struct levee_map_ref ref = proof_room(proofs, tag, now_ns);

	if (!ref.slot)
		return false;
	/* Who was faster has written the same, or the next segment will. */
	levee_map_store(&ref, tag, now_ns + LEVEE_PROOF_NS);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_proof_note);

/**
 * levee_proof_note_answer - an address has answered a challenge
 * @proofs: the proofs
 * @tag: levee_proof_tag() of the address
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Hosts whose addresses were only used by others answer, too. So that they do
 * not fill the map, that lasts for less time than data that a server sends.
 *
 * Context: RCU read lock.
 * Return: false if there is no room for it.
 */
bool levee_proof_note_answer(const struct levee_map *proofs, u64 tag,
			     u64 now_ns)
{
	struct levee_map_ref ref = proof_room(proofs, tag, now_ns);

	if (!ref.slot)
		return false;
	if (ref.vacant || ref.until < now_ns + LEVEE_PROOF_ANSWER_NS)
		levee_map_store(&ref, tag, now_ns + LEVEE_PROOF_ANSWER_NS);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_proof_note_answer);

/**
 * levee_proof_holds - is an address proven?
 * @proofs: the proofs
 * @tag: levee_proof_tag() of the address
 * @now_ns: present time, CLOCK_MONOTONIC
 *
 * Context: RCU read lock.
 * Return: true if it is.
 */
bool levee_proof_holds(const struct levee_map *proofs, u64 tag, u64 now_ns)
{
	struct levee_map_ref ref = levee_map_lookup(proofs, tag, now_ns);

	return ref.slot && !ref.vacant && ref.until > now_ns;
}
LEVEE_EXPORT_FOR_TEST(levee_proof_holds);
