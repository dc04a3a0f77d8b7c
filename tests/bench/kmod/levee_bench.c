// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks that "make bench" compares others with; never to be loaded on a gateway.
 *
 * Each network namespace has a file /proc/net/levee_bench. Lines written to it
 * add hooks, which stay until the network namespace goes away; DEV is a device,
 * whose ingress is meant, or "prerouting":
 *
 *	drop DEV			drop every packet: the floor
 *	probe DEV LINES drop|accept	what no limiter can do without: parse, hash
 *					the source, one atomic instruction on one
 *					of LINES cache lines
 *	sink DEV			count what got through, and drop it
 *	source DEV COUNT next|random	before all others: set the /64 of IPv6
 *					sources to one of COUNT, as pktgen does it
 *					for IPv4 but cannot do for IPv6; replaces
 *					what was said before
 *
 *	warm any MB			touch so much free memory once: a guest's
 *					is given to it page by page, at the first
 *					touch, for which nobody shall pay later
 *
 * Reading tells how many packets got through, and how many the probe touched
 * its table for.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#define BENCH_PROC	"levee_bench"

/* Around those of the contenders: levee -500, iptables' raw -300, nft 0. */
#define BENCH_PRIO_SOURCE	(-1000)
#define BENCH_PRIO_DROP		0
#define BENCH_PRIO_SINK		1000
/* Behind iptables' raw table, before connection tracking. */
#define BENCH_PRIO_SINK_PRE	(-250)

/* 2001:db8::/32 */
#define BENCH_NET6		0x20010db8

struct bench_line {
	atomic64_t touched;
} ____cacheline_aligned;

struct bench_cpu {
	u64 passed;
	u32 next;
};

/**
 * struct bench_net - the bench in a network namespace
 * @lock: protects @hooks, and keeps @lines from being set twice
 * @hooks: all hooks
 * @cpu: counters of the packet path
 * @lines: table of the probe
 * @line_count: how many there are
 * @seed: key of the probe's hash
 * @probe_verdict: what the probe does with packets
 * @source_count: how many sources there shall be, 0: leave them
 * @source_random: choose sources by chance, not one after the other
 */
struct bench_net {
	struct mutex lock; /* protects hooks */
	struct list_head hooks;
	struct bench_cpu __percpu *cpu;
	struct bench_line *lines;
	u32 line_count;
	u32 seed;
	unsigned int probe_verdict;
	u32 source_count;
	bool source_random;
};

struct bench_hook {
	struct list_head node;
	struct nf_hook_ops ops[2];
	int count;
};

static unsigned int bench_net_id __read_mostly;

static unsigned int bench_drop(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return NF_DROP;
}

static unsigned int bench_sink(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct bench_net *bn = priv;

	__this_cpu_inc(bn->cpu->passed);
	return NF_DROP;
}

static bool hash_ip4(const struct bench_net *bn, const struct sk_buff *skb,
		     u32 *hash)
{
	const struct iphdr *iph;
	struct udphdr udp;
	struct iphdr ip;

	iph = skb_header_pointer(skb, 0, sizeof(ip), &ip);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    ntohs(iph->tot_len) > skb->len)
		return false;
	if (!skb_header_pointer(skb, iph->ihl * 4, sizeof(udp), &udp))
		return false;
	*hash = jhash_1word((__force u32)iph->saddr, bn->seed);
	return true;
}

static bool hash_ip6(const struct bench_net *bn, const struct sk_buff *skb,
		     u32 *hash)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr ip6;
	struct udphdr udp;

	ip6h = skb_header_pointer(skb, 0, sizeof(ip6), &ip6);
	if (!ip6h || ip6h->version != 6 ||
	    ntohs(ip6h->payload_len) + sizeof(ip6) > skb->len)
		return false;
	if (!skb_header_pointer(skb, sizeof(ip6), sizeof(udp), &udp))
		return false;
	*hash = jhash_2words((__force u32)ip6h->saddr.s6_addr32[0],
			     (__force u32)ip6h->saddr.s6_addr32[1], bn->seed);
	return true;
}

static unsigned int bench_probe(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct bench_net *bn = priv;
	struct bench_line *line;
	u32 hash;
	s64 seen;
	bool ok;

	ok = skb->protocol == htons(ETH_P_IP) ? hash_ip4(bn, skb, &hash) :
						hash_ip6(bn, skb, &hash);
	if (unlikely(!ok))
		return NF_ACCEPT;
	line = &bn->lines[reciprocal_scale(hash, bn->line_count)];
	seen = atomic64_read(&line->touched);
	while (!atomic64_try_cmpxchg(&line->touched, &seen, seen + 1))
		;
	return bn->probe_verdict;
}

static unsigned int bench_source(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct bench_net *bn = priv;
	u32 count = READ_ONCE(bn->source_count);
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u32 index;

	if (skb->protocol != htons(ETH_P_IPV6) || !count)
		return NF_ACCEPT;
	if (READ_ONCE(bn->source_random)) {
		index = get_random_u32_below(count);
	} else {
		/* Each CPU its share, so that together they visit all. */
		index = __this_cpu_inc_return(bn->cpu->next) - 1;
		index = (index * num_online_cpus() + smp_processor_id()) % count;
	}
	ip6h->saddr.s6_addr32[0] = htonl(BENCH_NET6);
	ip6h->saddr.s6_addr32[1] = htonl(index);
	return NF_ACCEPT;
}

static int hook_add(struct net *net, struct bench_net *bn, const char *where,
		    nf_hookfn *fn, int prio, int prio_pre)
{
	struct net_device *dev = NULL;
	struct bench_hook *hook;
	int i, err = 0;

	hook = kzalloc(sizeof(*hook), GFP_KERNEL);
	if (!hook)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(hook->ops); i++) {
		hook->ops[i].hook = fn;
		hook->ops[i].priv = bn;
		hook->ops[i].pf = i ? NFPROTO_IPV6 : NFPROTO_IPV4;
		hook->ops[i].hooknum = NF_INET_PRE_ROUTING;
		hook->ops[i].priority = prio_pre;
	}
	hook->count = ARRAY_SIZE(hook->ops);
	if (strcmp(where, "prerouting")) {
		/* It lives as long as the network namespace: see guest.sh. */
		dev = dev_get_by_name(net, where);
		if (!dev) {
			kfree(hook);
			return -ENODEV;
		}
		hook->ops[0].dev = dev;
		hook->ops[0].pf = NFPROTO_NETDEV;
		hook->ops[0].hooknum = NF_NETDEV_INGRESS;
		hook->ops[0].priority = prio;
		hook->count = 1;
	}
	err = nf_register_net_hooks(net, hook->ops, hook->count);
	if (err)
		kfree(hook);
	else
		list_add_tail(&hook->node, &bn->hooks);
	dev_put(dev);
	return err;
}

static int probe_add(struct net *net, struct bench_net *bn, const char *where,
		     u32 lines, bool drop)
{
	if (bn->lines || !lines)
		return -EINVAL;
	/* As levee allocates its table. */
	bn->lines = vzalloc(array_size(lines, sizeof(*bn->lines)));
	if (!bn->lines)
		return -ENOMEM;
	bn->line_count = lines;
	bn->probe_verdict = drop ? NF_DROP : NF_ACCEPT;
	return hook_add(net, bn, where, bench_probe, BENCH_PRIO_DROP,
			BENCH_PRIO_SINK_PRE - 1);
}

/* The hook that sets sources is there once; what it does may change. */
static int source_set(struct net *net, struct bench_net *bn, const char *where,
		      u32 count, bool random)
{
	bool there = bn->source_count;
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu_ptr(bn->cpu, cpu)->next = 0;
	WRITE_ONCE(bn->source_random, random);
	WRITE_ONCE(bn->source_count, count);
	return there ? 0 : hook_add(net, bn, where, bench_source,
				    BENCH_PRIO_SOURCE, BENCH_PRIO_SOURCE);
}

static int warm(u32 mb)
{
	u64 pages = (u64)mb << (20 - PAGE_SHIFT);
	struct page *page, *next;
	LIST_HEAD(touched);

	for (; pages; pages--) {
		page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
		if (!page)
			break;
		WRITE_ONCE(*(u8 *)page_address(page), 1);
		list_add(&page->lru, &touched);
		cond_resched();
	}
	list_for_each_entry_safe(page, next, &touched, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	return pages ? -ENOMEM : 0;
}

static int bench_write(struct file *file, char *buf, size_t size)
{
	struct net *net = seq_file_single_net(file->private_data);
	char verb[16], where[IFNAMSIZ], how[16] = "";
	struct bench_net *bn;
	u32 count = 0;
	int err = -EINVAL;

	bn = net_generic(net, bench_net_id);
	if (sscanf(buf, "%15s %15s %u %15s", verb, where, &count, how) < 2)
		return -EINVAL;
	mutex_lock(&bn->lock);
	if (!strcmp(verb, "drop"))
		err = hook_add(net, bn, where, bench_drop, BENCH_PRIO_DROP,
			       BENCH_PRIO_SINK_PRE - 1);
	else if (!strcmp(verb, "sink"))
		err = hook_add(net, bn, where, bench_sink, BENCH_PRIO_SINK,
			       BENCH_PRIO_SINK_PRE);
	else if (!strcmp(verb, "probe"))
		err = probe_add(net, bn, where, count, !strcmp(how, "drop"));
	else if (!strcmp(verb, "source") && count)
		err = source_set(net, bn, where, count, !strcmp(how, "random"));
	else if (!strcmp(verb, "warm"))
		err = warm(count);
	mutex_unlock(&bn->lock);
	return err;
}

static int bench_show(struct seq_file *m, void *v)
{
	struct bench_net *bn = net_generic(seq_file_single_net(m),
					   bench_net_id);
	u64 passed = 0, touched = 0;
	int cpu;
	u32 i;

	for_each_possible_cpu(cpu)
		passed += per_cpu_ptr(bn->cpu, cpu)->passed;
	mutex_lock(&bn->lock);
	for (i = 0; i < bn->line_count; i++)
		touched += atomic64_read(&bn->lines[i].touched);
	mutex_unlock(&bn->lock);
	seq_printf(m, "passed %llu\ntouched %llu\n", passed, touched);
	return 0;
}

static int __net_init bench_net_init(struct net *net)
{
	struct bench_net *bn = net_generic(net, bench_net_id);

	mutex_init(&bn->lock);
	INIT_LIST_HEAD(&bn->hooks);
	bn->seed = get_random_u32();
	bn->cpu = alloc_percpu(struct bench_cpu);
	if (!bn->cpu)
		return -ENOMEM;
	if (!proc_create_net_single_write(BENCH_PROC, 0600, net->proc_net,
					  bench_show, bench_write, NULL)) {
		free_percpu(bn->cpu);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit bench_net_pre_exit(struct net *net)
{
	struct bench_net *bn = net_generic(net, bench_net_id);
	struct bench_hook *hook;

	remove_proc_entry(BENCH_PROC, net->proc_net);
	list_for_each_entry(hook, &bn->hooks, node)
		nf_unregister_net_hooks(net, hook->ops, hook->count);
}

/* A grace period has passed: no packet is in a hook. */
static void __net_exit bench_net_exit(struct net *net)
{
	struct bench_net *bn = net_generic(net, bench_net_id);
	struct bench_hook *hook, *next;

	list_for_each_entry_safe(hook, next, &bn->hooks, node)
		kfree(hook);
	vfree(bn->lines);
	free_percpu(bn->cpu);
}

static struct pernet_operations bench_net_ops = {
	.init = bench_net_init,
	.pre_exit = bench_net_pre_exit,
	.exit = bench_net_exit,
	.id = &bench_net_id,
	.size = sizeof(struct bench_net),
};

static int __init bench_init(void)
{
	return register_pernet_subsys(&bench_net_ops);
}

static void __exit bench_exit(void)
{
	unregister_pernet_subsys(&bench_net_ops);
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("hooks for benchmarks of levee");
MODULE_LICENSE("GPL");
