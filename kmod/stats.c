// SPDX-License-Identifier: GPL-2.0
/*
 * Allocates, sums and resets per-CPU counters.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "stats.h"

#include <linux/slab.h>

#include "compat.h"

/**
 * levee_counters_alloc - make a set of counters, all zero
 * @len: number of counters
 *
 * Context: process, may sleep.
 * Return: the counters, or NULL if memory is short.
 */
struct levee_counters *levee_counters_alloc(unsigned int len)
{
	struct levee_counters_cpu __percpu *cpu;
	struct levee_counters *counters;
	size_t size;
	int i;

	counters = kzalloc(struct_size(counters, base, len),
			   GFP_KERNEL_ACCOUNT);
	if (!counters)
		return NULL;

	size = struct_size((struct levee_counters_cpu *)NULL, value, len);
	cpu = __alloc_percpu_gfp(size, __alignof__(struct levee_counters_cpu),
				 GFP_KERNEL_ACCOUNT);
	if (!cpu) {
		kfree(counters);
		return NULL;
	}
	for_each_possible_cpu(i)
		u64_stats_init(&per_cpu_ptr(cpu, i)->syncp);

	spin_lock_init(&counters->lock);
	counters->len = len;
	counters->cpu = cpu;
	return counters;
}
LEVEE_EXPORT_FOR_TEST(levee_counters_alloc);

/**
 * levee_counters_free - free a set of counters
 * @counters: the counters, or NULL
 *
 * Context: any; nobody can count or read any more.
 */
void levee_counters_free(struct levee_counters *counters)
{
	if (!counters)
		return;
	free_percpu(counters->cpu);
	kfree(counters);
}
LEVEE_EXPORT_FOR_TEST(levee_counters_free);

static u64 sum_cpus(const struct levee_counters *counters, unsigned int index)
{
	const struct levee_counters_cpu *cpu;
	u64 value, sum = 0;
	unsigned int start;
	int i;

	for_each_possible_cpu(i) {
		cpu = per_cpu_ptr(counters->cpu, i);
		do {
			start = u64_stats_fetch_begin(&cpu->syncp);
			value = u64_stats_read(&cpu->value[index]);
		} while (u64_stats_fetch_retry(&cpu->syncp, start));
		sum += value;
	}
	return sum;
}

/**
 * levee_counters_reset - let readers begin at zero again
 * @counters: the counters
 *
 * What other CPUs count meanwhile is counted before or after, never lost.
 *
 * Context: process.
 */
void levee_counters_reset(struct levee_counters *counters)
{
	unsigned int i;

	spin_lock(&counters->lock);
	for (i = 0; i < counters->len; i++)
		counters->base[i] = sum_cpus(counters, i);
	spin_unlock(&counters->lock);
}
LEVEE_EXPORT_FOR_TEST(levee_counters_reset);

/**
 * levee_counters_read - read some counters
 * @counters: the counters
 * @first: the first to read
 * @len: how many to read
 * @sum: where to put them
 *
 * The lock orders the sums after those of the last reset: a difference is
 * never negative.
 *
 * Context: process.
 */
void levee_counters_read(struct levee_counters *counters, unsigned int first,
			 unsigned int len, u64 *sum)
{
	unsigned int i;

	spin_lock(&counters->lock);
	for (i = 0; i < len; i++)
		sum[i] = sum_cpus(counters, first + i) -
			 counters->base[first + i];
	spin_unlock(&counters->lock);
}
LEVEE_EXPORT_FOR_TEST(levee_counters_read);

/**
 * levee_counters_sum - read all that some counters have counted, ever
 * @counters: the counters
 * @first: the first to read
 * @len: how many to read
 * @sum: where to put them
 *
 * They only grow, whatever is reset: for who compares them with what they were.
 *
 * Context: process.
 */
void levee_counters_sum(const struct levee_counters *counters,
			unsigned int first, unsigned int len, u64 *sum)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		sum[i] = sum_cpus(counters, first + i);
}
LEVEE_EXPORT_FOR_TEST(levee_counters_sum);

/* The functions that differ only in the type they are for. */
#define LEVEE_STATS_TYPE(type, len)					\
struct levee_##type##_stats *levee_##type##_stats_alloc(void)		\
{									\
	struct levee_counters *counters = levee_counters_alloc(len);	\
									\
	return counters ? container_of(counters,			\
				       struct levee_##type##_stats,	\
				       counters) : NULL;		\
}									\
LEVEE_EXPORT_FOR_TEST(levee_##type##_stats_alloc);			\
									\
void levee_##type##_stats_free(struct levee_##type##_stats *stats)	\
{									\
	levee_counters_free(stats ? &stats->counters : NULL);		\
}									\
LEVEE_EXPORT_FOR_TEST(levee_##type##_stats_free);			\
									\
void levee_##type##_stats_reset(struct levee_##type##_stats *stats)	\
{									\
	levee_counters_reset(&stats->counters);				\
}									\
LEVEE_EXPORT_FOR_TEST(levee_##type##_stats_reset)

LEVEE_STATS_TYPE(policy, LEVEE_POLICY_STATS_LEN);
LEVEE_STATS_TYPE(net, LEVEE_NET_STATS_LEN);
LEVEE_STATS_TYPE(hook, LEVEE_HOOK_STATS_LEN);
LEVEE_STATS_TYPE(limit, LEVEE_LIMIT_STATS_LEN);

static void get_count(const u64 *pair, struct levee_count *count)
{
	count->packets = pair[0];
	count->bytes = pair[1];
}

static void get_class(const u64 *value, struct levee_class_stats *sum)
{
	unsigned int pair;

	memset(sum, 0, sizeof(*sum));
	for (pair = 0; pair < LEVEE_POLICY_STATS_CLASS_LEN / 2; pair++)
		get_count(&value[2 * pair], levee_class_stats_count(sum, pair));
}

/**
 * levee_policy_stats_read - read a policy's counters of one class
 * @stats: counters of the policy
 * @class: which class; LEVEE_CLASS_ANY has none of its own
 * @sum: where to put them
 *
 * Context: process.
 */
void levee_policy_stats_read(struct levee_policy_stats *stats,
			     enum levee_class class,
			     struct levee_class_stats *sum)
{
	u64 value[LEVEE_POLICY_STATS_CLASS_LEN];

	levee_counters_read(&stats->counters,
			    class * LEVEE_POLICY_STATS_CLASS_LEN,
			    LEVEE_POLICY_STATS_CLASS_LEN, value);
	get_class(value, sum);
}
LEVEE_EXPORT_FOR_TEST(levee_policy_stats_read);

/**
 * levee_policy_stats_path - read a policy's counters of what comes and goes
 * @stats: counters of the policy
 * @syns: set to the packets of class syn that passed
 * @sent: set to what its destinations have sent, as far as it was counted
 *
 * Context: process.
 */
void levee_policy_stats_path(struct levee_policy_stats *stats, u64 *syns,
			     u64 *sent)
{
	levee_counters_read(&stats->counters,
			    LEVEE_CLASS_SYN * LEVEE_POLICY_STATS_CLASS_LEN +
			    LEVEE_POLICY_STATS_PASSED, 1, syns);
	levee_counters_read(&stats->counters, LEVEE_POLICY_STATS_SENT, 1, sent);
}

/**
 * levee_policy_stats_sum - read all that was ever counted of one class
 * @stats: counters of the policy
 * @class: which class; LEVEE_CLASS_ANY has none of its own
 * @sum: where to put it
 *
 * Context: process.
 */
void levee_policy_stats_sum(const struct levee_policy_stats *stats,
			    enum levee_class class,
			    struct levee_class_stats *sum)
{
	u64 value[LEVEE_POLICY_STATS_CLASS_LEN];

	levee_counters_sum(&stats->counters,
			   class * LEVEE_POLICY_STATS_CLASS_LEN,
			   LEVEE_POLICY_STATS_CLASS_LEN, value);
	get_class(value, sum);
}
LEVEE_EXPORT_FOR_TEST(levee_policy_stats_sum);

/**
 * levee_net_stats_read - read a network namespace's counters
 * @stats: counters of the network namespace
 * @sum: where to put them
 *
 * Context: process.
 */
void levee_net_stats_read(struct levee_net_stats *stats,
			  struct levee_net_totals *sum)
{
	u64 value[LEVEE_NET_STATS_LEN];

	levee_counters_read(&stats->counters, 0, ARRAY_SIZE(value), value);
	sum->exempt = value[LEVEE_NET_STATS_EXEMPT];
	sum->overflow = value[LEVEE_NET_STATS_OVERFLOW];
	sum->unproven = value[LEVEE_NET_STATS_UNPROVEN];
	memcpy(sum->malformed, &value[LEVEE_NET_STATS_MALFORMED],
	       sizeof(sum->malformed));
}
LEVEE_EXPORT_FOR_TEST(levee_net_stats_read);

/**
 * levee_hook_stats_read - read a hook's counters
 * @stats: counters of the hook
 * @sum: where to put them
 *
 * Context: process.
 */
void levee_hook_stats_read(struct levee_hook_stats *stats,
			   struct levee_hook_totals *sum)
{
	u64 value[LEVEE_HOOK_STATS_LEN];

	levee_counters_read(&stats->counters, 0, ARRAY_SIZE(value), value);
	get_count(&value[LEVEE_HOOK_STATS_SEEN], &sum->seen);
	get_count(&value[LEVEE_HOOK_STATS_DROPPED], &sum->dropped);
}
LEVEE_EXPORT_FOR_TEST(levee_hook_stats_read);

/**
 * levee_limit_stats_read - read a limit's counters
 * @stats: counters of the limit
 * @sum: where to put them
 *
 * Context: process.
 */
void levee_limit_stats_read(struct levee_limit_stats *stats,
			    struct levee_limit_totals *sum)
{
	u64 value[LEVEE_LIMIT_STATS_LEN];

	levee_counters_read(&stats->counters, 0, ARRAY_SIZE(value), value);
	sum->over = value[LEVEE_LIMIT_STATS_OVER];
	sum->overflow = value[LEVEE_LIMIT_STATS_OVERFLOW];
	sum->marked = value[LEVEE_LIMIT_STATS_MARKED];
}
LEVEE_EXPORT_FOR_TEST(levee_limit_stats_read);
