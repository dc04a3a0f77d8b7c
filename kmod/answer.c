// SPDX-License-Identifier: GPL-2.0
/*
 * Answers a SYN with a challenge: makes the packet and sends it.
 *
 * The answer is an ACK without options or data, 40 bytes with IPv4 and 60 with
 * IPv6: no SYN is shorter, so nobody gets more bytes than were sent in their
 * name, and no path is too narrow. It goes out where the SYN came in, or not at
 * all: at the ingress of a device by the same device, with addresses and VLAN tags
 * of the link as they were, the other way round; at PREROUTING by routing, if
 * that leads back there, which keeps away what comes from outside in the name of
 * a host inside. Where ways in and out differ, hooks belong on devices; so they do
 * where anybody may send in the names of neighbours that are not there, whom routing
 * would look for.
 *
 * Nobody is answered, and in nobody's name, where an address is multicast,
 * broadcast, loopback or unspecified, or where the source is an address of this
 * host. That the destination is one is fine: services of this host are protected
 * as those behind it. What was broadcast on the link is not answered, nor what
 * is for others on it, unless the device is a port of a bridge, which passes it
 * on, or below a macvlan, whose address it may be for (VRRP).
 *
 * An answer is no SYN, so it is never answered, and two gateways do not talk to
 * each other. It is sent at once, as nft's fwd does at ingress: a hook of
 * ingress or PREROUTING does not hold locks of any device's queue, and where
 * packets are led from egress to ingress the kernel counts how deep they are.
 * Conntrack, where it comes by, is to leave it alone: it has not seen the SYN.
 */
#include "answer.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/tcp.h>

#include "challenge.h"
#include "compat.h"
#include "packet.h"
#include "ruleset.h"
#include "verdict.h"

/* Bytes of tags besides the one in the metadata; the parser follows no more. */
#define LEVEE_ANSWER_TAGS_MAX	(4 * VLAN_HLEN)

static void put_ip4(struct sk_buff *skb, const struct levee_packet *pkt,
		    u8 ttl)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tot_len = htons(sizeof(*iph) + sizeof(struct tcphdr));
	iph->frag_off = htons(IP_DF);
	iph->ttl = ttl;
	iph->protocol = IPPROTO_TCP;
	iph->saddr = pkt->daddr.ip;
	iph->daddr = pkt->saddr.ip;
	ip_send_check(iph);
}

static void put_ip6(struct sk_buff *skb, const struct levee_packet *pkt,
		    u8 ttl)
{
	struct ipv6hdr *ip6h = skb_put_zero(skb, sizeof(*ip6h));

	ip6h->version = 6;
	ip6h->payload_len = htons(sizeof(struct tcphdr));
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->hop_limit = ttl;
	ip6h->saddr = pkt->daddr.ip6;
	ip6h->daddr = pkt->saddr.ip6;
}

static void put_tcp(struct sk_buff *skb, const struct levee_packet *pkt,
		    u32 cookie)
{
	struct tcphdr *tcph = skb_put_zero(skb, sizeof(*tcph));
	__wsum sum;

	tcph->source = pkt->dport;
	tcph->dest = pkt->sport;
	tcph->ack_seq = htonl(cookie);
	tcph->doff = sizeof(*tcph) / 4;
	tcph->ack = 1;
	sum = csum_partial(tcph, sizeof(*tcph), 0);
	tcph->check = pkt->family == NFPROTO_IPV4 ?
		      tcp_v4_check(sizeof(*tcph), pkt->daddr.ip,
				   pkt->saddr.ip, sum) :
		      tcp_v6_check(sizeof(*tcph), &pkt->daddr.ip6,
				   &pkt->saddr.ip6, sum);
}

/**
 * levee_answer_make - make a challenge
 * @pkt: the SYN that it answers
 * @cookie: its acknowledgment number
 * @ttl: its TTL or hop limit
 * @headroom: room before it
 * @tailroom: room behind it
 *
 * Return: the IP packet, or NULL if memory is short.
 */
struct sk_buff *levee_answer_make(const struct levee_packet *pkt, u32 cookie,
				  u8 ttl, unsigned int headroom,
				  unsigned int tailroom)
{
	bool is_ip4 = pkt->family == NFPROTO_IPV4;
	struct sk_buff *skb;

	skb = alloc_skb(headroom + sizeof(struct ipv6hdr) +
			sizeof(struct tcphdr) + tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_network_header(skb);
	skb->protocol = is_ip4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
	if (is_ip4)
		put_ip4(skb, pkt, ttl);
	else
		put_ip6(skb, pkt, ttl);
	skb_set_transport_header(skb, skb->len);
	put_tcp(skb, pkt, cookie);
	return skb;
}
LEVEE_EXPORT_FOR_TEST(levee_answer_make);

static bool addresses_allow4(struct net *net, const struct net_device *in,
			     const struct levee_packet *pkt)
{
	unsigned int to = inet_addr_type_dev_table(net, in, pkt->saddr.ip);
	unsigned int from = inet_addr_type_dev_table(net, in, pkt->daddr.ip);

	return to == RTN_UNICAST && !ipv4_is_loopback(pkt->saddr.ip) &&
	       (from == RTN_UNICAST || from == RTN_LOCAL) &&
	       !ipv4_is_loopback(pkt->daddr.ip);
}

static bool is_unicast6(const struct in6_addr *addr)
{
	return !ipv6_addr_any(addr) && !ipv6_addr_loopback(addr) &&
	       !ipv6_addr_is_multicast(addr);
}

static bool addresses_allow6(struct net *net, const struct levee_packet *pkt)
{
	return is_unicast6(&pkt->saddr.ip6) && is_unicast6(&pkt->daddr.ip6) &&
	       !nf_ipv6_chk_addr(net, &pkt->saddr.ip6, NULL, 0);
}

/* May a frame be taken whose address is not the device's own? */
static bool takes_others(const struct net_device *in)
{
	return netif_is_any_bridge_port(in) || netif_is_macvlan_port(in);
}

static bool may_answer(const struct sk_buff *syn, struct net *net,
		       const struct net_device *in,
		       const struct levee_packet *pkt)
{
	if (syn->pkt_type != PACKET_HOST &&
	    (syn->pkt_type != PACKET_OTHERHOST || !takes_others(in)))
		return false;
	return pkt->family == NFPROTO_IPV4 ? addresses_allow4(net, in, pkt) :
					     addresses_allow6(net, pkt);
}

static u8 answer_ttl(const struct net *net, const struct levee_packet *pkt)
{
	return pkt->family == NFPROTO_IPV4 ?
	       READ_ONCE(net->ipv4.sysctl_ip_default_ttl) :
	       IPV6_DEFAULT_HOPLIMIT;
}

/* Bytes of VLAN tags that a packet has before its IP header; -1: too many. */
static int tags_len(const struct sk_buff *syn)
{
	int off = skb_network_offset(syn), len = 0;
	__be16 proto = syn->protocol;
	const struct vlan_hdr *vlanh;
	struct vlan_hdr buf;

	while (proto != htons(ETH_P_IP) && proto != htons(ETH_P_IPV6)) {
		vlanh = skb_header_pointer(syn, off + len, sizeof(buf), &buf);
		if (!vlanh || len == LEVEE_ANSWER_TAGS_MAX)
			return -1;
		proto = vlanh->h_vlan_encapsulated_proto;
		len += VLAN_HLEN;
	}
	return len;
}

/* The header of the link, and the tags behind it, as the SYN had them. */
static bool put_link(struct sk_buff *skb, const struct sk_buff *syn, int tags)
{
	const struct ethhdr *from;
	struct ethhdr *eth;

	if (skb_copy_bits(syn, skb_network_offset(syn), skb_push(skb, tags),
			  tags))
		return false;
	skb->protocol = syn->protocol;
	skb_reset_network_header(skb);
	if (skb_vlan_tag_present(syn))
		__vlan_hwaccel_put_tag(skb, syn->vlan_proto,
				       skb_vlan_tag_get(syn));
	if (!dev_has_header(skb->dev)) {
		skb_reset_mac_header(skb);
		return true;
	}
	if (skb->dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(syn))
		return false;
	from = eth_hdr(syn);
	if (!is_valid_ether_addr(from->h_source))
		return false;
	eth = skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, from->h_source);
	ether_addr_copy(eth->h_source, from->h_dest);
	eth->h_proto = syn->protocol;
	return true;
}

static bool send_by_device(const struct sk_buff *syn, struct net *net,
			   struct net_device *in,
			   const struct levee_packet *pkt, u32 cookie)
{
	int tags = tags_len(syn);
	struct sk_buff *skb;

	/* What came through a tunnel would need more than a header. */
	if (tags < 0 || skb_metadata_dst(syn))
		return false;
	skb = levee_answer_make(pkt, cookie, answer_ttl(net, pkt),
				LL_RESERVED_SPACE(in) + tags + VLAN_HLEN,
				in->needed_tailroom);
	if (!skb)
		return false;
	skb->dev = in;
	/* As if it had come in there: nobody learns from it what goes out. */
	skb->skb_iif = in->ifindex;
	if (!put_link(skb, syn, tags)) {
		kfree_skb(skb);
		return false;
	}
	dev_queue_xmit(skb);
	return true;
}

/* The route to who is answered; NULL if there is none. */
static struct dst_entry *route4(const struct sk_buff *syn, struct net *net,
				const struct net_device *in,
				const struct levee_packet *pkt)
{
	struct flowi4 fl4 = {
		.flowi4_oif = l3mdev_master_ifindex_rcu(in),
		.flowi4_mark = IP4_REPLY_MARK(net, syn->mark),
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.saddr = pkt->daddr.ip,
		.daddr = pkt->saddr.ip,
		.fl4_sport = pkt->dport,
		.fl4_dport = pkt->sport,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *route6(const struct sk_buff *syn, struct net *net,
				const struct net_device *in,
				const struct levee_packet *pkt)
{
	bool linked = ipv6_addr_type(&pkt->saddr.ip6) & IPV6_ADDR_LINKLOCAL;
	struct flowi6 fl6 = {
		.flowi6_oif = linked ? in->ifindex :
				       l3mdev_master_ifindex_rcu(in),
		.flowi6_mark = IP6_REPLY_MARK(net, syn->mark),
		.flowi6_proto = IPPROTO_TCP,
		.saddr = pkt->daddr.ip6,
		.daddr = pkt->saddr.ip6,
		.fl6_sport = pkt->dport,
		.fl6_dport = pkt->sport,
	};
	struct dst_entry *dst;

	return nf_ip6_route(net, &dst, flowi6_to_flowi(&fl6), false) ? NULL :
								       dst;
}

static bool send_by_route(const struct sk_buff *syn, struct net *net,
			  const struct net_device *in,
			  const struct levee_packet *pkt, u32 cookie)
{
	bool is_ip4 = pkt->family == NFPROTO_IPV4;
	struct dst_entry *dst;
	struct sk_buff *skb;

	dst = is_ip4 ? route4(syn, net, in, pkt) : route6(syn, net, in, pkt);
	if (!dst)
		return false;
	if (dst->dev != in)
		goto err_release;
	skb = levee_answer_make(pkt, cookie, answer_ttl(net, pkt),
				LL_RESERVED_SPACE(in), in->needed_tailroom);
	if (!skb)
		goto err_release;
	skb_dst_set(skb, dst);
	skb->skb_iif = in->ifindex;
	skb->mark = is_ip4 ? IP4_REPLY_MARK(net, syn->mark) :
			     IP6_REPLY_MARK(net, syn->mark);
	skb_set_nfct(skb, IP_CT_UNTRACKED);
	if (is_ip4)
		ip_local_out(net, NULL, skb);
	else
		ip6_local_out(net, NULL, skb);
	return true;

err_release:
	dst_release(dst);
	return false;
}

/**
 * levee_answer - answer a SYN, if it is to be answered
 * @syn: the SYN
 * @state: where it was hooked
 * @pkt: what is known about it
 * @outcome: what was decided about it: reason LEVEE_REASON_CHALLENGE
 *
 * Context: softirq, or bottom halves disabled; RCU read lock. Packet path.
 */
void levee_answer(const struct sk_buff *syn, const struct nf_hook_state *state,
		  const struct levee_packet *pkt,
		  const struct levee_outcome *outcome)
{
	bool by_device = state->pf == NFPROTO_NETDEV;
	bool sent;

	if (!outcome->answer)
		return;
	sent = may_answer(syn, state->net, state->in, pkt) &&
	       (by_device ? send_by_device(syn, state->net, state->in, pkt,
					   outcome->cookie) :
			    send_by_route(syn, state->net, state->in, pkt,
					  outcome->cookie));
	levee_challenge_count(outcome->policy->state->challenge, sent ?
			      LEVEE_CHALLENGE_SENT :
			      LEVEE_CHALLENGE_SUPPRESSED);
}
