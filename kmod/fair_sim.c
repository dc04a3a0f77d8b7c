// SPDX-License-Identifier: GPL-2.0
/*
 * Sources that send to a limit which is shared fairly, in virtual time.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "fair_sim.h"

#include <linux/bottom_half.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>

#include "map.h"
#include "packet.h"
#include "proof.h"
#include "verdict_fair.h"
#include "verdict_meet.h"

#define SIM_START_NS	(100ull * NSEC_PER_SEC)
#define SIM_SLOTS	(64 * 1024)
/* Binary places of what a source may send. */
#define SIM_SHIFT	16

static struct levee_limit *limit_new(struct kunit *test, u8 unit, u64 rate,
				     u32 burst)
{
	struct levee_limit *limit;
	int err;

	limit = kunit_kzalloc(test, sizeof(*limit), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, limit);
	err = unit == LEVEE_UNIT_BITS ?
	      levee_rate_init_bits(&limit->rate, rate, burst) :
	      levee_rate_init(&limit->rate, rate, 1, burst);
	KUNIT_ASSERT_EQ(test, err, 0);
	err = levee_fair_init(&limit->share, &limit->rate, 32, 64);
	KUNIT_ASSERT_EQ(test, err, 0);
	limit->state = kunit_kzalloc(test, sizeof(*limit->state), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, limit->state);
	limit->state->fair = kunit_kzalloc(test, sizeof(*limit->state->fair),
					   GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, limit->state->fair);
	limit->configured = rate;
	limit->salt = 0x5a17;
	limit->fair = true;
	return limit;
}

/* Sources that send nothing yet, and a limit; nobody is proven. */
struct sim *sim_new(struct kunit *test, u8 unit, u64 rate, u32 burst,
		    u32 count)
{
	struct levee_map *proofs;
	struct sim *sim;

	sim = kunit_kzalloc(test, sizeof(*sim), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sim);
	sim->test = test;
	sim->limit = limit_new(test, unit, rate, burst);
	sim->ln = kunit_kzalloc(test, sizeof(*sim->ln), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sim->ln);
	sim->source = kunit_kcalloc(test, count, sizeof(*sim->source),
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sim->source);
	sim->map = levee_map_alloc(SIM_SLOTS);
	KUNIT_ASSERT_NOT_NULL(test, sim->map);
	proofs = levee_map_alloc(SIM_SLOTS);
	KUNIT_ASSERT_NOT_NULL(test, proofs);
	RCU_INIT_POINTER(sim->ln->proofs, proofs);
	sim->ln->key = (siphash_key_t){ { 0x1ee1ee, 0xfa14 } };
	sim->count = count;
	sim->now_ns = SIM_START_NS;
	prandom_seed_state(&sim->rnd, 5);
	return sim;
}

void sim_free(struct sim *sim)
{
	levee_map_free(rcu_dereference_protected(sim->ln->proofs, true));
	levee_map_free(sim->map);
}

static void source_packet(const struct sim *sim, u32 i,
			  struct levee_packet *pkt)
{
	*pkt = (struct levee_packet){
		.saddr.ip = htonl(0xc6120000 + i),
		.in = init_net.loopback_dev,
		.family = NFPROTO_IPV4,
		.class = LEVEE_CLASS_UDP,
		.len = sim->source[i].bytes,
		.segs = 1,
	};
}

static void prove(struct sim *sim, const struct levee_packet *pkt)
{
	levee_proof_note(rcu_dereference(sim->ln->proofs),
			 levee_proof_tag(&sim->ln->key, pkt->in->ifindex,
					 pkt->family, &pkt->saddr),
			 sim->now_ns);
}

/* As levee_verdict() does it, with one limit. */
static bool packet_passes(struct sim *sim, const struct levee_packet *pkt)
{
	const struct levee_limit *limit = sim->limit;
	struct levee_meeting m = {
		.charge = {
			.rate = &limit->rate,
			.overflow = &limit->state->overflow,
			.tag = limit->salt,
			.amount = limit->rate.unit == LEVEE_UNIT_BITS ?
				  pkt->len : pkt->segs,
		},
	};
	enum levee_meter answer;
	bool shares;

	answer = levee_meter_check(sim->map, &m.charge, sim->now_ns);
	shares = answer != LEVEE_METER_CONFORMS;
	if (shares)
		answer = levee_verdict_fair(sim->ln, sim->map, pkt, &m, answer,
					    sim->now_ns);
	if (answer == LEVEE_METER_OVER)
		return false;
	levee_meter_commit(sim->map, &m.charge, sim->now_ns);
	if (shares)
		levee_verdict_fair_charge(sim->ln, sim->map, pkt, &m,
					  sim->now_ns);
	return true;
}

static bool source_is_on(const struct sim *sim, const struct sim_source *source)
{
	if (sim->ms < source->late_ms)
		return false;
	return !source->pulse_ms || !(sim->ms / source->pulse_ms % 2);
}

/* How many packets a source sends in a millisecond. */
static u32 source_sends(struct sim *sim, struct sim_source *source)
{
	u32 packets;

	source->credit += div_u64((u64)source->pps << SIM_SHIFT, MSEC_PER_SEC);
	packets = source->credit >> SIM_SHIFT;
	source->credit &= (1u << SIM_SHIFT) - 1;
	if (sim->even)
		return packets;
	if (prandom_u32_state(&sim->rnd) >> (32 - SIM_SHIFT) < source->credit)
		packets++;
	source->credit = 0;
	return packets;
}

static void source_run(struct sim *sim, u32 i)
{
	struct sim_source *source = &sim->source[i];
	struct levee_packet pkt;
	u32 packets;

	if (!source_is_on(sim, source))
		return;
	packets = source_sends(sim, source);
	if (!packets)
		return;
	source_packet(sim, i, &pkt);
	if (source->proven)
		prove(sim, &pkt);
	source->sent += packets;
	while (packets--)
		source->passed += packet_passes(sim, &pkt);
}

/* Lets all of them send, in turn, and each time another one first. */
void sim_run(struct sim *sim, u32 ms)
{
	u64 began_ns;
	u32 i, first;

	for (; ms; ms--) {
		began_ns = sim->now_ns;
		first = prandom_u32_state(&sim->rnd) % sim->count;
		local_bh_disable();
		rcu_read_lock();
		for (i = 0; i < sim->count; i++) {
			sim->now_ns = began_ns +
				      div_u64((u64)i * NSEC_PER_MSEC,
					      sim->count);
			source_run(sim, (first + i) % sim->count);
		}
		rcu_read_unlock();
		local_bh_enable();
		sim->now_ns = began_ns + NSEC_PER_MSEC;
		sim->ms++;
		cond_resched();
	}
}

/* Counts anew. */
void sim_forget(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->count; i++) {
		sim->source[i].sent = 0;
		sim->source[i].passed = 0;
	}
}

/*
 * The L with sum(min(rate of a source, L)) = @rate, in packets: begin with all
 * above it, and take out who is not, until all are.
 */
u64 sim_exact_milli(const struct sim *sim, u64 rate)
{
	u64 left = rate * 1000, above = sim->count, milli = 0, was;
	u32 i;

	do {
		was = milli;
		milli = div64_u64(left, above);
		left = rate * 1000;
		above = 0;
		for (i = 0; i < sim->count; i++) {
			u64 pps_milli = sim->source[i].pps * 1000ull;

			if (pps_milli > milli)
				above++;
			else
				left -= pps_milli;
		}
	} while (milli != was && above);
	return milli;
}

static void sum_add(struct sim_sum *sum, const struct sim_source *source)
{
	sum->sent += source->sent;
	sum->passed += source->passed;
}

struct sim_sum sim_sum(const struct sim *sim, u32 first, u32 count)
{
	struct sim_sum sum = {};
	u32 i;

	for (i = first; i < first + count; i++)
		sum_add(&sum, &sim->source[i]);
	return sum;
}

/* Of those whose rate is below an allowance. */
struct sim_sum sim_sum_below(const struct sim *sim, u64 milli)
{
	struct sim_sum sum = {};
	u32 i;

	for (i = 0; i < sim->count; i++)
		if (sim->source[i].pps * 1000ull < milli)
			sum_add(&sum, &sim->source[i]);
	return sum;
}

/* What levee would show; all 0 if it shows nothing. */
struct levee_fair_info sim_info(struct sim *sim)
{
	struct levee_fair_info info = {};

	levee_fair_read(&sim->limit->share, sim->limit->state->fair,
			sim->now_ns, &info);
	return info;
}

u64 sim_allowance_milli(struct sim *sim)
{
	struct levee_fair_info info = {};

	if (!levee_fair_read(&sim->limit->share, sim->limit->state->fair,
			     sim->now_ns, &info))
		return 0;
	return levee_fair_share(sim->limit->configured * 1000, info.octaves);
}
