// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/levee: statistics for people and scripts.
 *
 * Every file is a table: the first line names the columns, columns are
 * separated by blanks, and nothing in them contains one. New columns will only
 * be added at the end. Counters of packets and bytes never shrink unless they
 * are flushed.
 */
#include "proc.h"

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/netfilter.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>

#include "hook.h"
#include "list.h"
#include "lists.h"
#include "names.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

/*
 * How many bytes and packets are no secret. Who sent them is, but a file mode
 * cannot say who may know: before a new user namespace has its map, its network
 * namespace's files belong to the global root. sources_start() asks instead.
 */
#define LEVEE_PROC_MODE	0444

static struct levee_net *proc_pernet(struct seq_file *seq)
{
	return levee_pernet(seq_file_net(seq));
}

static void show_count(struct seq_file *seq, const struct levee_count *count)
{
	seq_printf(seq, " %llu %llu", count->packets, count->bytes);
}

/* The list of hooks or policies, behind the line that names the columns. */
static void *list_start(struct list_head *head, loff_t *pos)
{
	return seq_list_start_head(head, *pos);
}

static void *hooks_start(struct seq_file *seq, loff_t *pos)
{
	struct levee_net *ln = proc_pernet(seq);

	mutex_lock(&ln->hooks_lock);
	return list_start(&ln->hooks, pos);
}

static void *hooks_next(struct seq_file *seq, void *v, loff_t *pos)
{
	return seq_list_next(v, &proc_pernet(seq)->hooks, pos);
}

static void hooks_stop(struct seq_file *seq, void *v)
{
	mutex_unlock(&proc_pernet(seq)->hooks_lock);
}

static void net_stop(struct seq_file *seq, void *v)
{
	mutex_unlock(&proc_pernet(seq)->lock);
}

static int hooks_show(struct seq_file *seq, void *v)
{
	struct levee_net *ln = proc_pernet(seq);
	const struct levee_hook *hook;
	struct levee_hook_totals sum;
	char name[IFNAMSIZ] = "-";

	if (v == &ln->hooks) {
		seq_puts(seq, "type device packets bytes dropped_packets dropped_bytes\n");
		return 0;
	}
	hook = list_entry(v, struct levee_hook, node);
	levee_hook_stats_read(hook->stats, &sum);
	if (hook->dev)
		levee_hook_name(hook, name);
	seq_printf(seq, "%s %s", levee_hook_type_name(hook->type), name);
	show_count(seq, &sum.seen);
	show_count(seq, &sum.dropped);
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations hooks_ops = {
	.start = hooks_start,
	.next = hooks_next,
	.stop = hooks_stop,
	.show = hooks_show,
};

static struct levee_ruleset *proc_rules(const struct levee_net *ln)
{
	return rcu_dereference_protected(ln->rules,
					 lockdep_is_held(&ln->lock));
}

static void *policies_start(struct seq_file *seq, loff_t *pos)
{
	struct levee_net *ln = proc_pernet(seq);

	mutex_lock(&ln->lock);
	return list_start(&proc_rules(ln)->policies, pos);
}

static void *policies_next(struct seq_file *seq, void *v, loff_t *pos)
{
	return seq_list_next(v, &proc_rules(proc_pernet(seq))->policies, pos);
}

static int policies_show(struct seq_file *seq, void *v)
{
	const struct levee_policy *policy;
	struct levee_ruleset_totals sum;

	if (v == &proc_rules(proc_pernet(seq))->policies) {
		seq_puts(seq, "policy mode destinations limits passed_packets passed_bytes would_packets would_bytes dropped_packets dropped_bytes\n");
		return 0;
	}
	policy = list_entry(v, struct levee_policy, node);
	levee_policy_sum(policy, &sum);
	seq_printf(seq, "%s %s %u %u", policy->state->name,
		   levee_mode_name(policy->mode), policy->dst_count,
		   policy->limit_count);
	show_count(seq, &sum.passed);
	show_count(seq, &sum.would);
	show_count(seq, &sum.dropped);
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations policies_ops = {
	.start = policies_start,
	.next = policies_next,
	.stop = net_stop,
	.show = policies_show,
};

static void show_stats_row(struct seq_file *seq,
			   const struct levee_policy *policy, int class,
			   const char *verdict, int reason,
			   const struct levee_count *count)
{
	seq_printf(seq, "%s %s %s %s", policy->state->name,
		   levee_class_name(class), verdict,
		   levee_reason_name(reason));
	show_count(seq, count);
	seq_putc(seq, '\n');
}

/* One row for what passed, and one for each verdict and reason there was. */
static int stats_show(struct seq_file *seq, void *v)
{
	const struct levee_policy *policy;
	struct levee_class_stats stats;
	int class, reason;

	if (v == &proc_rules(proc_pernet(seq))->policies) {
		seq_puts(seq, "policy class verdict reason packets bytes\n");
		return 0;
	}
	policy = list_entry(v, struct levee_policy, node);
	for (class = 1; class <= LEVEE_CLASS_MAX; class++) {
		levee_policy_stats_read(policy->state->stats, class, &stats);
		show_stats_row(seq, policy, class, "passed", LEVEE_REASON_NONE,
			       &stats.passed);
		for (reason = 1; reason <= LEVEE_REASON_MAX; reason++) {
			if (stats.would[reason].packets)
				show_stats_row(seq, policy, class, "would",
					       reason, &stats.would[reason]);
			if (stats.dropped[reason].packets)
				show_stats_row(seq, policy, class, "dropped",
					       reason, &stats.dropped[reason]);
		}
	}
	return 0;
}

static const struct seq_operations stats_ops = {
	.start = policies_start,
	.next = policies_next,
	.stop = net_stop,
	.show = stats_show,
};

/*
 * Where a reader of "sources" stands: the walk's cursor, from which the records
 * of one round are shown. A round is one chain or more, so it fits a page.
 */
struct sources_iter {
	struct seq_net_private net;
	u64 cursor;
	bool end;
	struct levee_offender_info info;
};

static int sources_take(const struct levee_offender_info *info, void *arg)
{
	struct sources_iter *iter = arg;

	iter->info = *info;
	return 1;
}

/* Steps to the next record; SEQ_START_TOKEN was before the first. */
static void *sources_step(struct seq_file *seq, loff_t *pos)
{
	struct levee_net *ln = proc_pernet(seq);
	struct sources_iter *iter = seq->private;
	struct levee_offenders *offenders;

	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (!offenders || levee_offenders_walk(offenders, &iter->cursor,
					       sources_take, iter) <= 0)
		return NULL;
	return &iter->info;
}

static void *sources_start(struct seq_file *seq, loff_t *pos)
{
	struct sources_iter *iter = seq->private;

	mutex_lock(&proc_pernet(seq)->lock);
	if (!file_ns_capable(seq->file, seq_file_net(seq)->user_ns,
			     CAP_NET_ADMIN))
		return ERR_PTR(-EPERM);
	if (!*pos) {
		iter->cursor = 0;
		iter->end = false;
		return SEQ_START_TOKEN;
	}
	/* The record that did not fit the last buffer is still in @iter. */
	return iter->end ? NULL : &iter->info;
}

static void *sources_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct sources_iter *iter = seq->private;

	++*pos;
	v = sources_step(seq, pos);
	if (!v)
		iter->end = true;
	return v;
}

static void show_source(struct seq_file *seq,
			const struct levee_offender_info *info)
{
	if (info->prefix.family == NFPROTO_IPV4)
		seq_printf(seq, "%pI4/%u", &info->prefix.addr.ip,
			   info->prefix.len);
	else
		seq_printf(seq, "%pI6c/%u", &info->prefix.addr.ip6,
			   info->prefix.len);
}

static int sources_show(struct seq_file *seq, void *v)
{
	const struct levee_offender_info *info = v;
	const struct levee_policy *policy;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "source policy class reason first_ns last_ns passed_packets passed_bytes would_packets would_bytes dropped_packets dropped_bytes\n");
		return 0;
	}
	policy = levee_policy_find_id(proc_rules(proc_pernet(seq)),
				      info->policy_id);
	/* The policy is being deleted, and its records go next. */
	if (!policy)
		return SEQ_SKIP;
	show_source(seq, info);
	seq_printf(seq, " %s %s %s %llu %llu", policy->state->name,
		   levee_class_name(info->class),
		   levee_reason_name(info->reason),
		   levee_real_ns(info->first_ns),
		   levee_real_ns(info->last_ns));
	show_count(seq, &info->passed);
	show_count(seq, &info->would);
	show_count(seq, &info->dropped);
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations sources_ops = {
	.start = sources_start,
	.next = sources_next,
	.stop = net_stop,
	.show = sources_show,
};

/* Here the position is the line: 0 names the columns, then one for each list. */
static void *lists_start(struct seq_file *seq, loff_t *pos)
{
	mutex_lock(&proc_pernet(seq)->lock);
	return *pos <= __LEVEE_LIST_KIND_MAX ? pos : NULL;
}

static void *lists_next(struct seq_file *seq, void *v, loff_t *pos)
{
	return ++*pos <= __LEVEE_LIST_KIND_MAX ? pos : NULL;
}

static int lists_show(struct seq_file *seq, void *v)
{
	const struct levee_list *list;
	int kind = *(loff_t *)v - 1;

	if (kind < 0) {
		seq_puts(seq, "list prefixes ipv4 ipv6 timed bytes\n");
		return 0;
	}
	list = levee_lists_get(proc_pernet(seq), kind);
	seq_puts(seq, levee_list_kind_name(kind));
	if (list)
		seq_printf(seq, " %u %u %u %u %llu\n", list->count,
			   list->count4, list->count - list->count4,
			   list->timed, levee_list_bytes(list));
	else
		seq_puts(seq, " 0 0 0 0 0\n");
	return 0;
}

static const struct seq_operations lists_ops = {
	.start = lists_start,
	.next = lists_next,
	.stop = net_stop,
	.show = lists_show,
};

/**
 * levee_proc_net_init - make /proc/net/levee
 * @ln: the network namespace
 *
 * Return: 0 or -ENOMEM.
 */
int levee_proc_net_init(struct levee_net *ln)
{
	ln->proc = proc_net_mkdir(ln->net, "levee", ln->net->proc_net);
	if (!ln->proc)
		return -ENOMEM;
	if (proc_create_net("stats", LEVEE_PROC_MODE, ln->proc,
			    &stats_ops, sizeof(struct seq_net_private)) &&
	    proc_create_net("hooks", LEVEE_PROC_MODE, ln->proc,
			    &hooks_ops, sizeof(struct seq_net_private)) &&
	    proc_create_net("policies", LEVEE_PROC_MODE, ln->proc,
			    &policies_ops, sizeof(struct seq_net_private)) &&
	    proc_create_net("lists", LEVEE_PROC_MODE, ln->proc,
			    &lists_ops, sizeof(struct seq_net_private)) &&
	    proc_create_net("sources", LEVEE_PROC_MODE, ln->proc,
			    &sources_ops, sizeof(struct sources_iter)))
		return 0;
	levee_proc_net_exit(ln);
	return -ENOMEM;
}

/**
 * levee_proc_net_exit - remove /proc/net/levee
 * @ln: the network namespace
 *
 * Waits for those who are reading.
 */
void levee_proc_net_exit(struct levee_net *ln)
{
	proc_remove(ln->proc);
}
