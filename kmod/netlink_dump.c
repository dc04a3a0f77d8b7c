// SPDX-License-Identifier: GPL-2.0
/*
 * What all dumps have in common.
 */
#include "netlink_dump.h"

#include <linux/netfilter.h>

#include "netlink_ops.h"
#include "pernet.h"

/**
 * levee_dump_pos - where a dump stands
 * @cb: the dump
 *
 * Return: its position, all zero at first.
 */
struct levee_dump_pos *levee_dump_pos(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct levee_dump_pos) > sizeof(cb->ctx));
	return (struct levee_dump_pos *)cb->ctx;
}

/**
 * levee_dump_part - go on with the parts of an object, or begin with them
 * @pos: where the dump stands
 * @id: the object
 */
void levee_dump_part(struct levee_dump_pos *pos, u32 id)
{
	if (pos->sub_of == id)
		return;
	pos->sub_of = id;
	pos->sub = 0;
}

/**
 * levee_dump_begin - begin a message of a dump
 * @skb: where it goes
 * @cb: the dump
 * @cmd: command of the message
 *
 * Return: the message's header, or NULL if there is no room for it.
 */
void *levee_dump_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &levee_nl_family, NLM_F_MULTI, cmd);
	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/**
 * levee_dump_end - end a message of a dump, or take it back
 * @skb: where it is
 * @hdr: its header
 * @err: 0, or why it did not fit
 *
 * Return: @err.
 */
int levee_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/**
 * levee_dump_lock - keep the configuration as it is for one part of a dump
 * @ln: the network namespace; @ln->lock is to be released by the caller
 * @cb: the dump
 *
 * Return: the ruleset in force.
 */
const struct levee_ruleset *levee_dump_lock(struct levee_net *ln,
					    struct netlink_callback *cb)
{
	mutex_lock(&ln->lock);
	cb->seq = atomic_read(&ln->generation);
	return rcu_dereference_protected(ln->rules,
					 lockdep_is_held(&ln->lock));
}

/**
 * levee_dump_policy - check that the policy a dump is restricted to exists
 * @rules: the ruleset
 * @name: attribute that names the policy, or NULL
 * @only: set to the name, or to NULL for all policies
 * @extack: receives the reason of a failure
 *
 * Return: 0 or -ENOENT.
 */
int levee_dump_policy(const struct levee_ruleset *rules,
		      const struct nlattr *name, const char **only,
		      struct netlink_ext_ack *extack)
{
	*only = NULL;
	if (!name)
		return 0;
	if (!levee_policy_find(rules, nla_data(name))) {
		NL_SET_ERR_MSG_ATTR(extack, name, "no such policy");
		return -ENOENT;
	}
	*only = nla_data(name);
	return 0;
}

/**
 * levee_put_count - put a pair of counters
 * @skb: where they go
 * @packets_attr: attribute of the packets
 * @bytes_attr: attribute of the bytes
 * @pad: attribute for alignment
 * @count: the counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int levee_put_count(struct sk_buff *skb, int packets_attr, int bytes_attr,
		    int pad, const struct levee_count *count)
{
	if (nla_put_u64_64bit(skb, packets_attr, count->packets, pad))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, bytes_attr, count->bytes, pad);
}

/**
 * levee_put_reason - put what was counted for a reason
 * @skb: where it goes
 * @attr: attribute that holds it
 * @reason: the reason
 * @stats: what was counted of a class
 *
 * Return: 0 or -EMSGSIZE; then nothing was put.
 */
int levee_put_reason(struct sk_buff *skb, int attr, enum levee_reason reason,
		     const struct levee_class_stats *stats)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, LEVEE_A_REASON_STATS_REASON, reason) ||
	    levee_put_count(skb, LEVEE_A_REASON_STATS_DROPPED_PACKETS,
			    LEVEE_A_REASON_STATS_DROPPED_BYTES,
			    LEVEE_A_REASON_STATS_PAD,
			    &stats->dropped[reason]) ||
	    levee_put_count(skb, LEVEE_A_REASON_STATS_WOULD_PACKETS,
			    LEVEE_A_REASON_STATS_WOULD_BYTES,
			    LEVEE_A_REASON_STATS_PAD,
			    &stats->would[reason])) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * levee_put_prefix - put a prefix
 * @skb: where it goes
 * @attr: attribute that holds it
 * @prefix: the prefix
 *
 * Return: 0 or -EMSGSIZE; then nothing was put.
 */
int levee_put_prefix(struct sk_buff *skb, int attr,
		     const struct levee_prefix *prefix)
{
	struct nlattr *nest;
	int len;

	len = prefix->family == NFPROTO_IPV4 ? sizeof(prefix->addr.ip) :
					       sizeof(prefix->addr.ip6);
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, LEVEE_A_PREFIX_ADDR, len, &prefix->addr) ||
	    nla_put_u8(skb, LEVEE_A_PREFIX_LEN, prefix->len)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * levee_put_ports - put a range of ports
 * @skb: where it goes
 * @attr: attribute that holds it
 * @ports: the range
 *
 * Return: 0 or -EMSGSIZE; then nothing was put.
 */
int levee_put_ports(struct sk_buff *skb, int attr,
		    const struct levee_ports *ports)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u16(skb, LEVEE_A_PORTS_FIRST, ports->first) ||
	    nla_put_u16(skb, LEVEE_A_PORTS_LAST, ports->last)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
