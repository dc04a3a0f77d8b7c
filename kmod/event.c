// SPDX-License-Identifier: GPL-2.0
/*
 * Tells user space what happens: the multicast group "events".
 *
 * Whatever there is to tell, a listener gets no more than LEVEE_EVENT_RATE
 * messages a second from each budget, and is told how many it did not get.
 * Nothing is made when nobody listens.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "event.h"

#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>

#include "ban.h"
#include "meter.h"
#include "netlink_dump.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"

/* Events per second of one budget, and as many at once. */
#define LEVEE_EVENT_RATE	100

/* Room for the attributes of any event. */
#define LEVEE_EVENT_SIZE	512

/* How long it may take until those that were not sent are told. */
#define LEVEE_EVENT_LATE	HZ

static const struct levee_rate event_rate = {
	.mult = NSEC_PER_SEC / LEVEE_EVENT_RATE,
	.tau_ns = NSEC_PER_SEC,
	.most = LEVEE_EVENT_RATE,
	.unit = LEVEE_UNIT_PACKETS,
	.burst = LEVEE_EVENT_RATE,
};

struct workqueue_struct *levee_event_wq;

/* There is a family, and so a group, to send to. */
static bool event_is_open;

typedef int event_fill_fn(struct sk_buff *skb, const void *arg);

/* Whether one more event may be sent; else it is counted. */
static bool event_granted(struct levee_events *events,
			  enum levee_event_budget budget, u32 *suppressed)
{
	bool first = false, granted;

	spin_lock_bh(&events->lock);
	granted = levee_gcra(&event_rate, events->until_ns[budget],
			     ktime_get_ns(), 1, &events->until_ns[budget]) !=
		  LEVEE_METER_OVER;
	if (granted) {
		*suppressed = events->suppressed;
		events->suppressed = 0;
	} else {
		first = !events->suppressed++;
	}
	spin_unlock_bh(&events->lock);
	if (first)
		queue_delayed_work(levee_event_wq, &events->late,
				   LEVEE_EVENT_LATE);
	return granted;
}

/* Gives back what a message would have told that was not made. */
static void event_failed(struct levee_events *events, u32 suppressed)
{
	spin_lock_bh(&events->lock);
	events->suppressed += suppressed + 1;
	spin_unlock_bh(&events->lock);
	queue_delayed_work(levee_event_wq, &events->late, LEVEE_EVENT_LATE);
}

static int event_put(struct sk_buff *skb, enum levee_event_type type,
		     u32 suppressed, event_fill_fn *fill, const void *arg)
{
	void *hdr;

	hdr = genlmsg_put(skb, 0, 0, &levee_nl_family, 0, LEVEE_CMD_EVENT);
	if (!hdr || nla_put_u32(skb, LEVEE_A_EVENT_TYPE, type) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_TIME, ktime_get_real_ns(),
			      LEVEE_A_EVENT_PAD) ||
	    nla_put_u32(skb, LEVEE_A_EVENT_SUPPRESSED, suppressed) ||
	    (fill && fill(skb, arg)))
		return -EMSGSIZE;
	genlmsg_end(skb, hdr);
	return 0;
}

/* Returns false if there is no memory for the event; RCU read lock. */
static bool event_send(struct levee_net *ln, enum levee_event_type type,
		       u32 suppressed, event_fill_fn *fill, const void *arg)
{
	struct sk_buff *skb;

	skb = genlmsg_new(LEVEE_EVENT_SIZE, GFP_ATOMIC);
	if (!skb)
		return false;
	if (event_put(skb, type, suppressed, fill, arg)) {
		nlmsg_free(skb);
		return false;
	}
	/* A listener that has no room for it is told so by its socket. */
	genlmsg_multicast_netns(&levee_nl_family, ln->net, skb, 0,
				LEVEE_NL_MCGRP_EVENTS, GFP_ATOMIC);
	return true;
}

/* Paired with levee_event_close(); RCU read lock. */
static bool event_is_heard(const struct levee_net *ln)
{
	return READ_ONCE(event_is_open) &&
	       genl_has_listeners(&levee_nl_family, ln->net,
				  LEVEE_NL_MCGRP_EVENTS);
}

static void event_tell(struct levee_net *ln, enum levee_event_type type,
		       enum levee_event_budget budget, event_fill_fn *fill,
		       const void *arg)
{
	u32 suppressed;

	rcu_read_lock();
	if (event_is_heard(ln) &&
	    event_granted(&ln->events, budget, &suppressed) &&
	    !event_send(ln, type, suppressed, fill, arg))
		event_failed(&ln->events, suppressed);
	rcu_read_unlock();
}

static void event_late_work(struct work_struct *work)
{
	struct levee_events *events = container_of(to_delayed_work(work),
						   struct levee_events, late);
	struct levee_net *ln = container_of(events, struct levee_net, events);
	u32 suppressed;

	spin_lock_bh(&events->lock);
	suppressed = events->suppressed;
	events->suppressed = 0;
	spin_unlock_bh(&events->lock);

	rcu_read_lock();
	if (suppressed && event_is_heard(ln))
		event_send(ln, LEVEE_EVENT_TYPE_SUPPRESSED, suppressed, NULL,
			   NULL);
	rcu_read_unlock();
}

static int put_attack(struct sk_buff *skb,
		      const struct levee_event_attack *attack)
{
	if (nla_put_string(skb, LEVEE_A_EVENT_POLICY, attack->policy) ||
	    nla_put_u32(skb, LEVEE_A_EVENT_CLASS, attack->class) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_SINCE,
			      levee_real_ns(attack->since_ns),
			      LEVEE_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_DROPPED_PACKETS,
			      attack->dropped, LEVEE_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_WOULD_PACKETS, attack->would,
			      LEVEE_A_EVENT_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_OFFENDERS, attack->offenders,
			      LEVEE_A_EVENT_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_attack_begin(struct sk_buff *skb, const void *arg)
{
	const struct levee_event_attack *attack = arg;

	if (put_attack(skb, attack))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, LEVEE_A_EVENT_RATE, attack->rate_pps,
				 LEVEE_A_EVENT_PAD);
}

/**
 * levee_event_attack_begin - an attack has begun
 * @ln: the network namespace
 * @attack: the attack
 *
 * Context: process.
 */
void levee_event_attack_begin(struct levee_net *ln,
			      const struct levee_event_attack *attack)
{
	event_tell(ln, LEVEE_EVENT_TYPE_ATTACK_BEGIN, LEVEE_EVENT_BUDGET_STATE,
		   fill_attack_begin, attack);
}

static int fill_attack_end(struct sk_buff *skb, const void *arg)
{
	const struct levee_event_attack *attack = arg;

	if (put_attack(skb, attack) ||
	    nla_put_u64_64bit(skb, LEVEE_A_EVENT_DURATION,
			      attack->until_ns - attack->since_ns,
			      LEVEE_A_EVENT_PAD))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, LEVEE_A_EVENT_PEAK_RATE,
				 attack->rate_pps, LEVEE_A_EVENT_PAD);
}

/**
 * levee_event_attack_end - an attack is over
 * @ln: the network namespace
 * @attack: the attack
 *
 * Context: process.
 */
void levee_event_attack_end(struct levee_net *ln,
			    const struct levee_event_attack *attack)
{
	event_tell(ln, LEVEE_EVENT_TYPE_ATTACK_END, LEVEE_EVENT_BUDGET_STATE,
		   fill_attack_end, attack);
}

/* A ban, for its message. */
struct event_ban {
	const struct levee_prefix *prefix;
	const char *policy;
	enum levee_class class;
	u64 until_ns;
};

static int fill_ban(struct sk_buff *skb, const void *arg)
{
	const struct event_ban *ban = arg;

	if (levee_put_prefix(skb, LEVEE_A_EVENT_PREFIX, ban->prefix) ||
	    (ban->policy &&
	     (nla_put_string(skb, LEVEE_A_EVENT_POLICY, ban->policy) ||
	      nla_put_u32(skb, LEVEE_A_EVENT_CLASS, ban->class))))
		return -EMSGSIZE;
	if (ban->until_ns == LEVEE_BAN_FOREVER)
		return 0;
	return nla_put_u64_64bit(skb, LEVEE_A_EVENT_UNTIL,
				 levee_real_ns(ban->until_ns),
				 LEVEE_A_EVENT_PAD);
}

/**
 * levee_event_ban - a source was banned
 * @ln: the network namespace
 * @prefix: the source
 * @policy: name of the policy with the limit that it exceeded, or NULL if it
 *	was banned by hand
 * @class: class of the packets that exceeded it; not used without @policy
 * @until_ns: end of the ban, CLOCK_MONOTONIC, or LEVEE_BAN_FOREVER
 *
 * Context: any but hard interrupts; packet path, of bans that are new.
 */
void levee_event_ban(struct levee_net *ln, const struct levee_prefix *prefix,
		     const char *policy, enum levee_class class, u64 until_ns)
{
	const struct event_ban ban = {
		.prefix = prefix,
		.policy = policy,
		.class = class,
		.until_ns = until_ns,
	};

	event_tell(ln, LEVEE_EVENT_TYPE_BAN, LEVEE_EVENT_BUDGET_SOURCES,
		   fill_ban, &ban);
}

static int fill_unban(struct sk_buff *skb, const void *arg)
{
	return arg ? levee_put_prefix(skb, LEVEE_A_EVENT_PREFIX, arg) : 0;
}

/**
 * levee_event_unban - a ban was taken back, or all were
 * @ln: the network namespace
 * @prefix: the source; NULL for all
 *
 * Context: any but hard interrupts.
 */
void levee_event_unban(struct levee_net *ln, const struct levee_prefix *prefix)
{
	event_tell(ln, LEVEE_EVENT_TYPE_UNBAN, LEVEE_EVENT_BUDGET_SOURCES,
		   prefix ? fill_unban : NULL, prefix);
}

/**
 * levee_event_table_pressure - the table of meters became full
 * @ln: the network namespace
 *
 * Context: packet path, once a minute at the most.
 */
void levee_event_table_pressure(struct levee_net *ln)
{
	event_tell(ln, LEVEE_EVENT_TYPE_TABLE_PRESSURE,
		   LEVEE_EVENT_BUDGET_STATE, NULL, NULL);
}

static int fill_policy(struct sk_buff *skb, const void *arg)
{
	return nla_put_string(skb, LEVEE_A_EVENT_POLICY, arg);
}

/**
 * levee_event_asymmetric - what a policy's destinations send goes out elsewhere
 * @ln: the network namespace
 * @policy: name of the policy
 * @elsewhere: it does now; or it does no longer
 *
 * Context: process.
 */
void levee_event_asymmetric(struct levee_net *ln, const char *policy,
			    bool elsewhere)
{
	event_tell(ln, elsewhere ? LEVEE_EVENT_TYPE_ASYMMETRIC :
				   LEVEE_EVENT_TYPE_SYMMETRIC,
		   LEVEE_EVENT_BUDGET_STATE, fill_policy, policy);
}

static int fill_hook_lost(struct sk_buff *skb, const void *arg)
{
	const struct net_device *dev = arg;

	if (nla_put_u32(skb, LEVEE_A_EVENT_IFINDEX, dev->ifindex))
		return -EMSGSIZE;
	return nla_put_string(skb, LEVEE_A_EVENT_IFNAME, dev->name);
}

/**
 * levee_event_hook_lost - a hook went with its device
 * @ln: the network namespace
 * @dev: the device
 *
 * Context: process, RTNL held.
 */
void levee_event_hook_lost(struct levee_net *ln, const struct net_device *dev)
{
	event_tell(ln, LEVEE_EVENT_TYPE_HOOK_LOST, LEVEE_EVENT_BUDGET_STATE,
		   fill_hook_lost, dev);
}

/**
 * levee_event_net_init - a network namespace may have events from now on
 * @ln: the network namespace
 */
void levee_event_net_init(struct levee_net *ln)
{
	spin_lock_init(&ln->events.lock);
	INIT_DELAYED_WORK(&ln->events.late, event_late_work);
}

/**
 * levee_event_net_exit - a network namespace has no more events
 * @ln: the network namespace
 *
 * Context: process, may sleep.
 */
void levee_event_net_exit(struct levee_net *ln)
{
	cancel_delayed_work_sync(&ln->events.late);
}

/**
 * levee_event_open - events may be sent: the family is registered
 */
void levee_event_open(void)
{
	WRITE_ONCE(event_is_open, true);
}

/**
 * levee_event_close - no more events are sent afterwards
 *
 * Once the family is gone, its group may be one of somebody else.
 *
 * Context: process, waits for a grace period.
 */
void levee_event_close(void)
{
	WRITE_ONCE(event_is_open, false);
	synchronize_rcu();
}

/**
 * levee_event_init - get ready for events
 *
 * Return: 0 or -ENOMEM.
 */
int levee_event_init(void)
{
	levee_event_wq = alloc_workqueue("levee-event",
					 WQ_UNBOUND | WQ_HIGHPRI, 0);
	return levee_event_wq ? 0 : -ENOMEM;
}

/**
 * levee_event_exit - undo levee_event_init(); every network namespace is done
 */
void levee_event_exit(void)
{
	destroy_workqueue(levee_event_wq);
}
