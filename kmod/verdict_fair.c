// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet at a limit that is shared fairly.
 *
 * The meter of all sources together is asked first, as that of any limit. Only
 * where it is beyond half of its burst, somebody may have to be touched, and the
 * meter of the packet's source is asked, at what is its allowance just then.
 */
#include "verdict_fair.h"

#include <linux/netfilter.h>

#include "compat.h"
#include "fair.h"
#include "packet.h"
#include "pernet.h"
#include "source.h"
#include "stats.h"
#include "verdict_ban.h"
#include "verdict_meet.h"

/*
 * A source at its meter, whose rate is what its allowance is just then. Where
 * nobody is touched, or nobody like the source passes, it is not @asked. If
 * nobody who is not proven has more than the @least allowance, it may have more.
 */
struct share {
	struct levee_charge charge;
	struct levee_rate rate;
	u32 octaves;
	bool least;
	bool asked;
};

static u8 share_per(const struct levee_fair *fair,
		    const struct levee_packet *pkt)
{
	return pkt->family == NFPROTO_IPV4 ? fair->per4 : fair->per6;
}

/* For a packet that fits into the burst of all. */
static enum levee_meter share_ask(const struct levee_net *ln,
				  const struct levee_map *map,
				  const struct levee_packet *pkt,
				  const struct levee_meeting *m, u64 hash,
				  u64 now_ns, struct share *share)
{
	const struct levee_limit *limit = levee_meeting_limit(m);
	const struct levee_charge *all = &m->charge;
	bool proven = false;
	u64 ahead_ns;

	share->asked = false;
	ahead_ns = all->next_ns - levee_rate_cost_ns(all->rate, all->amount) -
		   now_ns;
	if (ahead_ns <= limit->share.free_ns)
		return LEVEE_METER_CONFORMS;
	share->least = ahead_ns >= limit->share.least_ns;
	if (unlikely(share->least))
		proven = levee_verdict_is_proven(ln, pkt, now_ns);
	if (!levee_fair_octaves(&limit->share, ahead_ns, proven,
				&share->octaves))
		return LEVEE_METER_OVER;

	share->asked = true;
	levee_fair_rate(&limit->share, all->rate, share->octaves,
			&share->rate);
	share->charge.rate = &share->rate;
	share->charge.overflow = &limit->state->fair->overflow;
	/* The tag of all is the salt alone. */
	share->charge.tag = limit->salt ^ hash;
	share->charge.amount = all->amount;
	return levee_meter_check(map, &share->charge, now_ns);
}

/**
 * levee_verdict_fair - does a packet get a share of a limit?
 * @ln: the network namespace
 * @map: the meters
 * @pkt: the packet
 * @m: the packet at the limit, and at the meter of all, which was asked; the
 *	source is set to the packet's own. If the packet is over the limit, it
 *	is set whether a meter has answered that others share
 * @answer: what the meter of all has answered, not LEVEE_METER_CONFORMS
 * @now_ns: when that was
 *
 * Nothing is charged.
 *
 * Context: RCU read lock and bottom halves disabled. Packet path.
 * Return: the answer; LEVEE_METER_HIGH if the source has used up half of its own
 * burst.
 */
enum levee_meter levee_verdict_fair(const struct levee_net *ln,
				    const struct levee_map *map,
				    const struct levee_packet *pkt,
				    struct levee_meeting *m,
				    enum levee_meter answer, u64 now_ns)
{
	const struct levee_limit *limit = levee_meeting_limit(m);
	struct levee_sketch *over = &limit->state->fair->over;
	struct share share __uninitialized;

	m->per = share_per(&limit->share, pkt);
	m->hash = levee_source_hash(&ln->key, pkt->family, &pkt->saddr, m->per);
	share.asked = false;
	/* More than the rate and the burst never passes, whoever sends it. */
	if (answer != LEVEE_METER_OVER)
		answer = share_ask(ln, map, pkt, m, m->hash, now_ns, &share);
	if (answer != LEVEE_METER_OVER)
		return answer;
	m->charge.overflowed = share.asked && share.charge.overflowed;
	if (share.asked && levee_sketch_news(over, m->hash))
		levee_sketch_add(over, m->hash);
	return answer;
}
LEVEE_EXPORT_FOR_TEST(levee_verdict_fair);

/**
 * levee_verdict_fair_charge - charge a packet that passes to its source
 * @ln: the network namespace
 * @map: the meters
 * @pkt: the packet
 * @m: the packet at the limit, which was asked and charged
 * @now_ns: when it was asked
 *
 * What to charge is found out again: whoever keeps a limit busy is dropped, so
 * no more than its rate gets here. Another packet of the source may have used up
 * the allowance since; then this one is one too many.
 *
 * Context: RCU read lock and bottom halves disabled. Packet path.
 */
void levee_verdict_fair_charge(struct levee_net *ln,
			       const struct levee_map *map,
			       const struct levee_packet *pkt,
			       const struct levee_meeting *m, u64 now_ns)
{
	const struct levee_limit *limit = levee_meeting_limit(m);
	struct share share __uninitialized;
	u32 octaves;

	if (share_ask(ln, map, pkt, m, m->hash, now_ns, &share) ==
	    LEVEE_METER_OVER || !share.asked)
		return;
	levee_meter_commit(map, &share.charge, now_ns);
	if (unlikely(share.charge.overflowed)) {
		levee_limit_stats_overflow(limit->state->stats, pkt->segs);
		levee_net_stats_overflow(ln->stats, pkt->segs);
		levee_pernet_pressure(ln, now_ns);
	}
	octaves = share.least ? limit->share.octaves << LEVEE_FAIR_SHIFT :
				share.octaves;
	levee_fair_sample(limit->state->fair, octaves, m->charge.next_ns,
			  now_ns);
}
LEVEE_EXPORT_FOR_TEST(levee_verdict_fair_charge);
