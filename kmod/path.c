// SPDX-License-Identifier: GPL-2.0
/*
 * Asymmetric routing: does what a policy's destinations send go out here?
 *
 * Where it leaves by another device, or another gateway, nobody here knows what
 * was asked for, and all answers would pass for attacks. So nothing is held
 * against what comes in for a policy until something was seen that goes out from
 * its destinations, and no longer while too little of it goes out here. To see
 * the first of it, everything that goes out is looked at as long as there is such
 * a policy: a service of UDP may neither ask nor answer a SYN.
 *
 * What is too little is told by TCP: a host answers a SYN, by SYN/ACK or by
 * RST. Once in a second, the SYNs that have passed to a policy are compared with
 * the answers that have gone out from it. A judgement takes 64 SYNs: with less
 * than one answer to 64 of them, the answers go out elsewhere; with one to two of
 * them, or more, they go out here. SYNs that a limit drops do not count, so a
 * flood that is dropped changes nothing; nor can anybody who sends packets make
 * answers out of nothing.
 *
 * Hosts that do not answer are taken for hosts that answer elsewhere: those that
 * are down, or drop what comes to closed ports. Who sends SYNs to nobody else
 * must not decide about the rest, so nearly all that passes has to be for these.
 * Where only a part of the answers goes out here, that is not noticed: all
 * devices by which they leave must have hooks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "path.h"

#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/tcp.h>

#include "compat.h"
#include "event.h"
#include "packet.h"
#include "pernet.h"
#include "stats.h"

/* SYNs that a judgement takes. */
#define LEVEE_PATH_SYNS		64
/* Of so many SYNs one is answered at the least, or it is elsewhere; */
#define LEVEE_PATH_FEW		64
/* of so many, and it is here. */
#define LEVEE_PATH_ENOUGH	2

#define LEVEE_PATH_PERIOD	HZ

/**
 * levee_path_is_answer - is it what a host answers a SYN with?
 * @pkt: a packet, after LEVEE_PARSE_JUDGE
 *
 * Context: any; packet path.
 * Return: true if it is SYN/ACK or RST.
 */
bool levee_path_is_answer(const struct levee_packet *pkt)
{
	return pkt->answer == LEVEE_ANSWER_SYNACK ||
	       pkt->answer == LEVEE_ANSWER_RST;
}

/* The policy that decides about what the sender of a packet gets in return. */
static const struct levee_policy *
path_policy(const struct levee_ruleset *rules, const struct levee_packet *pkt)
{
	const struct levee_packet answer = {
		.daddr = pkt->saddr,
		.dport = pkt->sport,
		.family = pkt->family,
		.proto = pkt->proto,
	};

	return levee_ruleset_match(rules, &answer);
}

static void policy_seen(const struct levee_policy *policy)
{
	/* If it is judged at this moment, the next packet says so again. */
	if (unlikely(READ_ONCE(policy->state->path.now) == LEVEE_PATH_UNSEEN))
		WRITE_ONCE(policy->state->path.now, LEVEE_PATH_HERE);
}

/**
 * levee_path_note - a question, or what answers a SYN, goes out
 * @rules: the ruleset
 * @pkt: the packet
 *
 * Context: RCU read lock and bottom halves disabled.
 */
void levee_path_note(const struct levee_ruleset *rules,
		     const struct levee_packet *pkt)
{
	const struct levee_policy *policy = path_policy(rules, pkt);

	levee_policy_stats_sent(policy->state->stats);
	policy_seen(policy);
}

/**
 * levee_path_see - anything else goes out, while nothing was for some policy
 * @rules: the ruleset
 * @pkt: the packet
 *
 * Context: RCU read lock and bottom halves disabled.
 */
void levee_path_see(const struct levee_ruleset *rules,
		    const struct levee_packet *pkt)
{
	policy_seen(path_policy(rules, pkt));
}

/**
 * levee_path_judge - where does it go out, by what was counted up to now?
 * @path: what was known before, and is known now
 * @in: SYNs that have passed, ever
 * @out: answers that have gone out, ever
 *
 * Return: where it goes out.
 */
enum levee_path levee_path_judge(struct levee_path_state *path, u64 in, u64 out)
{
	enum levee_path was = READ_ONCE(path->now), now = was;
	u64 syns, sent;

	/* Counters that were set to zero begin anew. */
	if (in < path->in || out < path->out) {
		path->in = in;
		path->out = out;
		return now;
	}
	syns = in - path->in;
	sent = out - path->out;
	if (syns >= LEVEE_PATH_SYNS && sent * LEVEE_PATH_FEW < syns)
		now = LEVEE_PATH_ELSEWHERE;
	else if (max(syns, sent) >= LEVEE_PATH_SYNS &&
		 sent * LEVEE_PATH_ENOUGH >= syns)
		now = LEVEE_PATH_HERE;
	if (max(syns, sent) >= LEVEE_PATH_SYNS) {
		path->in = in;
		path->out = out;
	}
	if (now != was)
		WRITE_ONCE(path->now, now);
	return now;
}
LEVEE_EXPORT_FOR_TEST(levee_path_judge);

static void path_tell(struct levee_net *ln, const struct levee_policy *policy,
		      enum levee_path was, enum levee_path now)
{
	if (now == LEVEE_PATH_ELSEWHERE)
		levee_event_asymmetric(ln, policy->state->name, true);
	else if (was == LEVEE_PATH_ELSEWHERE)
		levee_event_asymmetric(ln, policy->state->name, false);
	if (now == LEVEE_PATH_ELSEWHERE && levee_pernet_is_host(ln))
		pr_warn_ratelimited("policy %s: answers go out where levee does not see it; it is not told any more what nobody asked for\n",
				    policy->state->name);
}

static void path_work(struct work_struct *work)
{
	struct levee_net *ln = container_of(to_delayed_work(work),
					    struct levee_net, path_work);
	const struct levee_policy *policy;
	const struct levee_ruleset *rules;
	enum levee_path was, now;
	bool unseen = false;
	u64 in, out;

	mutex_lock(&ln->lock);
	rules = rcu_dereference_protected(ln->rules,
					  lockdep_is_held(&ln->lock));
	list_for_each_entry(policy, &rules->policies, node) {
		if (!policy->answers)
			continue;
		levee_policy_stats_path(policy->state->stats, &in, &out);
		was = READ_ONCE(policy->state->path.now);
		now = levee_path_judge(&policy->state->path, in, out);
		if (now != was)
			path_tell(ln, policy, was, now);
		unseen |= now == LEVEE_PATH_UNSEEN;
		cond_resched();
	}
	/* Packets read it; whether sooner or later does not matter. */
	WRITE_ONCE(ln->path_unseen, unseen);
	mutex_unlock(&ln->lock);
	/* Paired with levee_path_watch(), which also queues it. */
	if (READ_ONCE(ln->path_watched))
		queue_delayed_work(levee_event_wq, &ln->path_work,
				   LEVEE_PATH_PERIOD);
}

/**
 * levee_path_watch - watch where what is sent goes out, or no longer
 * @ln: the network namespace
 * @wanted: whether to watch
 *
 * Context: process, @ln->hooks_lock held.
 */
void levee_path_watch(struct levee_net *ln, bool wanted)
{
	WRITE_ONCE(ln->path_watched, wanted);
	if (wanted)
		queue_delayed_work(levee_event_wq, &ln->path_work,
				   LEVEE_PATH_PERIOD);
}

/**
 * levee_path_net_init - a network namespace may be watched from now on
 * @ln: the network namespace
 */
void levee_path_net_init(struct levee_net *ln)
{
	INIT_DEFERRABLE_WORK(&ln->path_work, path_work);
}

/**
 * levee_path_net_exit - a network namespace is watched no more
 * @ln: the network namespace, without hooks
 *
 * Context: process, may sleep.
 */
void levee_path_net_exit(struct levee_net *ln)
{
	cancel_delayed_work_sync(&ln->path_work);
}
