// SPDX-License-Identifier: GPL-2.0
/*
 * The lists allow and deny of a network namespace.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "lists.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "list.h"
#include "packet.h"
#include "pernet.h"
#include "ruleset.h"

/* Buckets that are searched for expired entries while the lock is held. */
#define LEVEE_LIST_GC_BUCKETS	16384u

/* Time from one search to the next; a large list takes some 100 ms of a CPU. */
#define LEVEE_LIST_GC_MS	5000

/* For so long, entries that are taken out wait for others. */
#define LEVEE_LIST_REAP_MS	100

/* Frees what was in force, and what was in it. */
static struct workqueue_struct *levee_list_wq;

/**
 * levee_lists_judge - what the lists say about a packet
 * @allow: the list allow, or NULL
 * @deny: the list deny, or NULL
 * @pkt: the packet
 *
 * Context: RCU read lock. Packet path.
 * Return: enum levee_listed.
 */
enum levee_listed levee_lists_judge(const struct levee_list *allow,
				    const struct levee_list *deny,
				    const struct levee_packet *pkt)
{
	/* Of what is malformed, not even the addresses may be known. */
	if (!pkt->family)
		return LEVEE_LISTED_NOT;
	if (allow && levee_list_match(allow, pkt->family, &pkt->saddr))
		return LEVEE_LISTED_ALLOW;
	if (deny && levee_list_match(deny, pkt->family, &pkt->saddr))
		return LEVEE_LISTED_DENY;
	return LEVEE_LISTED_NOT;
}

/**
 * levee_lists_get - a list, for whoever holds the lock
 * @ln: the network namespace
 * @kind: enum levee_list_kind
 *
 * Return: the list, or NULL if it is empty.
 */
struct levee_list *levee_lists_get(const struct levee_net *ln, int kind)
{
	lockdep_assert_held(&ln->lock);
	return ln->list[kind];
}

static void list_free_work(struct work_struct *work)
{
	levee_list_free(container_of(to_rcu_work(work), struct levee_list,
				     rwork));
}

static void list_free_rcu(struct levee_list *list)
{
	INIT_RCU_WORK(&list->rwork, list_free_work);
	queue_rcu_work(levee_list_wq, &list->rwork);
}

/*
 * Sees to what is to be done later. What was taken out is freed soon, also when
 * the next search is far off, but not later because more is taken out.
 */
static void gc_arm(struct levee_net *ln, bool more)
{
	bool timed = false, dead = false;
	const struct levee_list *list;
	int kind;

	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++) {
		list = levee_lists_get(ln, kind);
		if (!list)
			continue;
		timed |= list->timed;
		dead |= list->dead[0] || list->dead[1];
	}
	if (more) {
		queue_delayed_work(levee_list_wq, &ln->list_gc, 1);
	} else if (dead && !ln->list_reap) {
		ln->list_reap = true;
		mod_delayed_work(levee_list_wq, &ln->list_gc,
				 msecs_to_jiffies(LEVEE_LIST_REAP_MS));
	} else if (timed) {
		queue_delayed_work(levee_list_wq, &ln->list_gc,
				   msecs_to_jiffies(LEVEE_LIST_GC_MS));
	}
}

/**
 * levee_lists_edited - a list that somebody may be shown has changed
 * @ln: the network namespace
 */
void levee_lists_edited(struct levee_net *ln)
{
	/* 0 would mean that dumps need not be consistent. */
	ln->list_generation = ln->list_generation + 1 ?: 1;
}

/**
 * levee_lists_swap - let a list hold with the next ruleset
 * @ln: the network namespace
 * @kind: enum levee_list_kind
 * @list: the list, or NULL; one without entries is freed
 *
 * Return: the list before, which packets see until that ruleset is in force;
 * then levee_lists_retire() is for it.
 */
struct levee_list *levee_lists_swap(struct levee_net *ln, int kind,
				    struct levee_list *list)
{
	struct levee_list *old = levee_lists_get(ln, kind);

	if (list && !list->count) {
		levee_list_free(list);
		list = NULL;
	}
	if (list)
		list->live = true;
	ln->list[kind] = list;
	levee_lists_edited(ln);
	return old;
}

/**
 * levee_lists_retire - a list is in force no longer
 * @ln: the network namespace
 * @old: the list, or NULL; freed when no packet looks at it any more
 */
void levee_lists_retire(struct levee_net *ln, struct levee_list *old)
{
	if (old)
		list_free_rcu(old);
	gc_arm(ln, false);
}

/**
 * levee_lists_publish - put a list in force
 * @ln: the network namespace
 * @kind: enum levee_list_kind
 * @list: the list, or NULL; one without entries is freed
 *
 * The list before is freed when no packet looks at it any more.
 */
void levee_lists_publish(struct levee_net *ln, int kind,
			 struct levee_list *list)
{
	struct levee_list *old = levee_lists_swap(ln, kind, list);
	struct levee_ruleset *rules;

	rules = rcu_dereference_protected(ln->rules,
					  lockdep_is_held(&ln->lock));
	rcu_assign_pointer(rules->list[kind], ln->list[kind]);
	levee_lists_retire(ln, old);
}

/* What has become empty goes, so that it costs nothing. */
static void list_settle(struct levee_net *ln, int kind)
{
	struct levee_list *list = levee_lists_get(ln, kind);

	if (list && !list->count)
		levee_lists_publish(ln, kind, NULL);
	levee_lists_edited(ln);
}

/**
 * levee_lists_changed - a list in force was changed, and may be empty now
 * @ln: the network namespace
 * @kind: enum levee_list_kind
 */
void levee_lists_changed(struct levee_net *ln, int kind)
{
	list_settle(ln, kind);
	gc_arm(ln, false);
}

/* Whether there is more to search at once. */
static bool gc_list(struct levee_net *ln, int kind)
{
	struct levee_list *list = levee_lists_get(ln, kind);
	u32 count = list->count;
	bool more;

	more = levee_list_expire(list, ktime_get_ns(), LEVEE_LIST_GC_BUCKETS);
	if (list->count == count)
		return more;
	/* If there is no memory for a smaller table, this one will do. */
	if (list->count && !more)
		levee_list_reserve(list, 0);
	list_settle(ln, kind);
	return more;
}

static void lists_gc(struct work_struct *work)
{
	struct levee_net *ln = container_of(to_delayed_work(work),
					    struct levee_net, list_gc);
	struct levee_list_entry *dead[__LEVEE_LIST_KIND_MAX][2] = {};
	bool more = false, reap = false;
	struct levee_list *list;
	int kind;

	mutex_lock(&ln->lock);
	ln->list_reap = false;
	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++) {
		if (levee_lists_get(ln, kind))
			more |= gc_list(ln, kind);
		list = levee_lists_get(ln, kind);
		if (list)
			reap |= levee_list_take_dead(list, dead[kind]);
	}
	gc_arm(ln, more);
	mutex_unlock(&ln->lock);

	if (!reap)
		return;
	synchronize_rcu();
	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++)
		levee_list_free_dead(dead[kind]);
}

/**
 * levee_lists_net_init - a network namespace begins, with empty lists
 * @ln: the network namespace
 * @max: most prefixes of each of its lists
 */
void levee_lists_net_init(struct levee_net *ln, u32 max)
{
	ln->list_max = max;
	levee_lists_edited(ln);
	INIT_DELAYED_WORK(&ln->list_gc, lists_gc);
}

/**
 * levee_lists_net_exit - a network namespace ends
 * @ln: the network namespace, which neither packets nor commands reach
 */
void levee_lists_net_exit(struct levee_net *ln)
{
	int kind;

	cancel_delayed_work_sync(&ln->list_gc);
	for (kind = 0; kind < __LEVEE_LIST_KIND_MAX; kind++)
		levee_list_free(ln->list[kind]);
}

/**
 * levee_lists_init - get ready for lists
 *
 * Return: 0 or -ENOMEM.
 */
int levee_lists_init(void)
{
	levee_list_wq = alloc_workqueue("levee-list", WQ_UNBOUND, 0);
	return levee_list_wq ? 0 : -ENOMEM;
}

/**
 * levee_lists_exit - wait until every list is freed
 */
void levee_lists_exit(void)
{
	/* Works are queued by RCU callbacks; then destroy drains them. */
	rcu_barrier();
	destroy_workqueue(levee_list_wq);
}
