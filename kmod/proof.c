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
 * cookie, which it has got in an earlier handshake.
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
 * Proofs are in an expiring map. Where it is full, newcomers stay unproven, as
 * they were, and are counted. While no limit asks for proof, there is neither
 * hook nor map.
 */
#include "proof.h"

#include <linux/hash.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat.h"
#include "hook.h"
#include "map.h"
#include "pernet.h"
#include "ruleset.h"
#include "source.h"
#include "stats.h"

/* After all others: what they drop proves nothing. */
#define LEVEE_PROOF_PRIORITY	INT_MAX

#define LEVEE_PROOF_NS		((u64)LEVEE_PROOF_S * NSEC_PER_SEC)
/* A proof that has at least so much left is not written again. */
#define LEVEE_PROOF_FRESH_NS	(LEVEE_PROOF_NS / 4 * 3)

/* Is there, from @off on and before @end, a TCP header, and data behind it? */
static bool tcp_has_data(const struct sk_buff *skb, int off, int end)
{
	struct tcphdr buf;
	const struct tcphdr *tcp;

	tcp = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return tcp && tcp->ack && !tcp->syn && !tcp->rst &&
	       tcp->doff >= sizeof(*tcp) / 4 && off + tcp->doff * 4 < end;
}

static bool ipv4_read(const struct sk_buff *skb, union levee_addr *addr)
{
	int off = skb_network_offset(skb);
	const struct iphdr *ip;
	struct iphdr buf;
	int len;

	ip = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < sizeof(*ip) / 4 ||
	    ip->protocol != IPPROTO_TCP || ip_is_fragment(ip))
		return false;
	/* What is bridged may have been padded; BIG TCP has no length. */
	len = ntohs(ip->tot_len) ?: skb->len - off;
	if (!tcp_has_data(skb, off + ip->ihl * 4, off + len))
		return false;
	memset(addr, 0, sizeof(*addr));
	addr->ip = ip->daddr;
	return true;
}

static bool ipv6_read(const struct sk_buff *skb, union levee_addr *addr)
{
	int off = skb_network_offset(skb), tcp;
	const struct ipv6hdr *ip6;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 proto;
	int len;

	ip6 = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6)
		return false;
	proto = ip6->nexthdr;
	tcp = ipv6_skip_exthdr(skb, off + sizeof(*ip6), &proto, &frag_off);
	if (tcp < 0 || proto != IPPROTO_TCP || frag_off)
		return false;
	len = ntohs(ip6->payload_len) ?: skb->len - off - (int)sizeof(*ip6);
	if (!tcp_has_data(skb, tcp, off + (int)sizeof(*ip6) + len))
		return false;
	addr->ip6 = ip6->daddr;
	return true;
}

/**
 * levee_proof_read - does an outgoing packet prove an address?
 * @skb: the packet, with its network header set; VLAN tags in its data are not
 *	followed, as devices put them there later
 * @addr: set to the address
 * @family: set to its family
 *
 * Return: true if it does.
 */
bool levee_proof_read(const struct sk_buff *skb, union levee_addr *addr,
		      u8 *family)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		*family = NFPROTO_IPV4;
		return ipv4_read(skb, addr);
	case htons(ETH_P_IPV6):
		*family = NFPROTO_IPV6;
		return ipv6_read(skb, addr);
	default:
		return false;
	}
}
LEVEE_EXPORT_FOR_TEST(levee_proof_read);

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
	struct levee_map_ref ref = levee_map_lookup(proofs, tag, now_ns);

	if (!ref.slot)
		return false;
	/* Who was faster has written the same, or the next segment will. */
	levee_map_store(&ref, tag, now_ns + LEVEE_PROOF_NS);
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_proof_note);

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

/*
 * Is an address one that we protect: the destination of a policy, other than
 * that of all prefixes? Who sends to those is not shown to be real by our side
 * but by the other, which may be anybody.
 */
static bool is_protected(const struct levee_ruleset *rules, u8 family,
			 const union levee_addr *addr)
{
	const struct levee_prefix all = { .family = family };
	const void *value = levee_prefix_lookup(&rules->dst, family, addr);

	return value && value != levee_prefix_find(&rules->dst, &all);
}

/* Most packets find that their address is proven, and write nothing. */
static void proof_seen(struct levee_net *ln, const struct levee_map *proofs,
		       int ifindex, u8 family, const union levee_addr *addr)
{
	u64 tag = levee_proof_tag(&ln->key, ifindex, family, addr);
	u64 now_ns = ktime_get_ns();

	if (levee_proof_fresh(proofs, tag, now_ns) ||
	    is_protected(rcu_dereference(ln->rules), family, addr))
		return;
	if (!levee_proof_note(proofs, tag, now_ns))
		levee_net_stats_unproven(ln->stats);
}

/*
 * Egress of a device, or POSTROUTING. What leaves by the device that it came in
 * by was not sent by whom we protect: else anybody could prove an address by
 * sending to it through us.
 */
static unsigned int proof_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	const struct levee_hook *hook = priv;
	int ifindex = state->out->ifindex;
	struct levee_net *ln = hook->ln;
	const struct levee_map *proofs;
	union levee_addr addr;
	u8 family;

	proofs = rcu_dereference(ln->proofs);
	if (proofs && levee_proof_read(skb, &addr, &family) &&
	    skb->skb_iif != ifindex)
		proof_seen(ln, proofs, ifindex, family, &addr);
	return NF_ACCEPT;
}

/**
 * levee_proof_hook - look for proof where a hook's packets are answered
 * @hook: the hook, which does not yet
 * @extack: receives the reason of a failure
 *
 * Context: process, @hook->ln->hooks_lock held.
 * Return: 0 or a negative error.
 */
int levee_proof_hook(struct levee_hook *hook, struct netlink_ext_ack *extack)
{
	struct net *net = hook->ln->net;
	int i, err, count;

	memset(hook->proof_ops, 0, sizeof(hook->proof_ops));
	for (i = 0; i < ARRAY_SIZE(hook->proof_ops); i++) {
		hook->proof_ops[i].hook = proof_hook;
		hook->proof_ops[i].priv = hook;
		hook->proof_ops[i].priority = LEVEE_PROOF_PRIORITY;
		hook->proof_ops[i].hooknum = NF_INET_POST_ROUTING;
	}
	hook->proof_ops[0].pf = NFPROTO_IPV4;
	hook->proof_ops[1].pf = NFPROTO_IPV6;
	count = 2;
	if (hook->type == LEVEE_HOOK_TYPE_DEVICE) {
		hook->proof_ops[0].dev = hook->dev;
		hook->proof_ops[0].pf = NFPROTO_NETDEV;
		hook->proof_ops[0].hooknum = NF_NETDEV_EGRESS;
		count = 1;
	}
	err = nf_register_net_hooks(net, hook->proof_ops, count);
	if (!err)
		hook->proof_count = count;
	else if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack,
			       "this kernel has no egress hooks (CONFIG_NETFILTER_EGRESS), and nobody can be proven; use ban-unproven");
	else
		NL_SET_ERR_MSG(extack,
			       "netfilter did not take the hook that looks for proof");
	return err;
}

/**
 * levee_proof_unhook - no longer look for proof
 * @hook: the hook, which may not do so
 *
 * Context: process, @hook->ln->hooks_lock held. Packets may be looked at until
 * a grace period has passed.
 */
void levee_proof_unhook(struct levee_hook *hook)
{
	nf_unregister_net_hooks(hook->ln->net, hook->proof_ops,
				hook->proof_count);
	hook->proof_count = 0;
}

/**
 * levee_proof_want - let all hooks look for proof of sources, or no longer
 * @ln: the network namespace
 * @wanted: whether to look
 * @extack: receives the reason of a failure
 *
 * Context: process, takes @ln->hooks_lock.
 * Return: 0 or a negative error; then nothing has changed.
 */
int levee_proof_want(struct levee_net *ln, bool wanted,
		     struct netlink_ext_ack *extack)
{
	struct levee_hook *hook;
	int err = 0;

	mutex_lock(&ln->hooks_lock);
	if (ln->proof_wanted == wanted)
		goto out_unlock;
	list_for_each_entry(hook, &ln->hooks, node) {
		if (wanted)
			err = levee_proof_hook(hook, extack);
		else
			levee_proof_unhook(hook);
		if (err)
			goto err_unhook;
	}
	ln->proof_wanted = wanted;
	goto out_unlock;

err_unhook:
	list_for_each_entry_continue_reverse(hook, &ln->hooks, node)
		levee_proof_unhook(hook);
out_unlock:
	mutex_unlock(&ln->hooks_lock);
	return err;
}
