/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoint for packets that are dropped.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM levee

#if !defined(_LEVEE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _LEVEE_TRACE_H

#include <linux/in6.h>
#include <linux/levee.h>
#include <linux/netfilter.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include "names.h"
#include "packet.h"
#include "ruleset.h"

#ifndef _LEVEE_TRACE_ADDR
#define _LEVEE_TRACE_ADDR

/* An address and port as %pISpc prints them, of either family. */
static inline void levee_trace_addr(struct sockaddr_in6 *to, u8 family,
				    const union levee_addr *addr, __be16 port)
{
	struct sockaddr_in *to4 = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (family == NFPROTO_IPV4) {
		to4->sin_family = AF_INET;
		to4->sin_port = port;
		to4->sin_addr.s_addr = addr->ip;
	} else if (family == NFPROTO_IPV6) {
		to->sin6_family = AF_INET6;
		to->sin6_port = port;
		to->sin6_addr = addr->ip6;
	}
}
#endif

/*
 * A packet that is dropped. Names are in it as text, so that filters can be
 * written with the words that everything else uses.
 */
TRACE_EVENT(levee_drop,

	TP_PROTO(const struct levee_policy *policy,
		 const struct levee_packet *pkt, enum levee_reason reason,
		 int ifindex),

	TP_ARGS(policy, pkt, reason, ifindex),

	TP_STRUCT__entry(
		__array(__u8,	saddr,	sizeof(struct sockaddr_in6))
		__array(__u8,	daddr,	sizeof(struct sockaddr_in6))
		__array(char,	policy,	LEVEE_NAME_MAX + 1)
		__array(char,	class,	16)
		__array(char,	reason,	16)
		__field(u32,	policy_id)
		__field(int,	ifindex)
		__field(u32,	len)
		__field(u32,	segs)
		__field(u8,	proto)
	),

	TP_fast_assign(
		levee_trace_addr((struct sockaddr_in6 *)__entry->saddr,
				 pkt->family, &pkt->saddr, pkt->sport);
		levee_trace_addr((struct sockaddr_in6 *)__entry->daddr,
				 pkt->family, &pkt->daddr, pkt->dport);
		strscpy(__entry->policy, policy->state->name,
			LEVEE_NAME_MAX + 1);
		strscpy(__entry->class, levee_class_name(pkt->class), 16);
		strscpy(__entry->reason, levee_reason_name(reason), 16);
		__entry->policy_id = policy->state->id;
		__entry->ifindex = ifindex;
		__entry->len = pkt->len;
		__entry->segs = pkt->segs;
		__entry->proto = pkt->proto;
	),

	TP_printk("policy=%s class=%s reason=%s src=%pISpc dst=%pISpc proto=%u ifindex=%d len=%u segs=%u policy_id=%u",
		  __entry->policy, __entry->class, __entry->reason,
		  __entry->saddr, __entry->daddr, __entry->proto,
		  __entry->ifindex, __entry->len, __entry->segs,
		  __entry->policy_id)
);

#endif /* _LEVEE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
