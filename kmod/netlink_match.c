// SPDX-License-Identifier: GPL-2.0
/*
 * Command that shows which policy decides about a packet, and why.
 */
#include <linux/capability.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/string.h>

#include "match.h"
#include "netlink_dump.h"
#include "netlink_match.h"
#include "netlink_ops.h"
#include "netlink_parse.h"
#include "pernet.h"
#include "ruleset.h"

/* All limits of a policy, and the policies that were passed over. */
#define MATCH_REPLY_SIZE	24576u
#define MATCH_PASSED_OVER_MAX	32

/**
 * struct question - the packet that was asked about
 * @daddr: destination address, of full length
 * @saddr: source address; its family is 0 if there is none
 * @key: protocol and port
 * @proto: protocol, LEVEE_SERVICE_NO_PROTO if there is none
 * @may_know: who asks may know of lists and bans, which are not for everybody
 */
struct question {
	struct levee_prefix daddr;
	struct levee_prefix saddr;
	u32 key;
	u32 proto;
	bool may_know;
};

static int service_parse(struct genl_info *info, struct question *q)
{
	const struct nlattr *dport = info->attrs[LEVEE_A_MATCH_DPORT];
	const struct nlattr *proto = info->attrs[LEVEE_A_MATCH_PROTO];

	q->proto = proto ? nla_get_u8(proto) : LEVEE_SERVICE_NO_PROTO;
	q->key = levee_service_key(q->proto, dport ? nla_get_u16(dport) : 0);
	if (!dport)
		return 0;
	if (!proto || !levee_proto_has_ports(q->proto)) {
		NL_SET_ERR_MSG_ATTR(info->extack, dport,
				    "a port needs a protocol that has ports: tcp, udp, udplite, sctp, dccp");
		return -EINVAL;
	}
	return 0;
}

static int question_parse(struct genl_info *info, struct question *q)
{
	const struct nlattr *saddr = info->attrs[LEVEE_A_MATCH_SADDR];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_MATCH_DADDR)) {
		NL_SET_ERR_MSG(info->extack, "destination address is missing");
		return -EINVAL;
	}
	memset(q, 0, sizeof(*q));
	err = levee_nl_addr_parse(info->attrs[LEVEE_A_MATCH_DADDR], &q->daddr,
				  info->extack);
	if (err)
		return err;
	if (saddr) {
		err = levee_nl_addr_parse(saddr, &q->saddr, info->extack);
		if (err)
			return err;
		if (q->saddr.family != q->daddr.family) {
			NL_SET_ERR_MSG_ATTR(info->extack, saddr,
					    "source and destination are of different families");
			return -EINVAL;
		}
	}
	return service_parse(info, q);
}

/* Puts the question again. */
static int put_question(struct sk_buff *skb, const struct genl_info *info)
{
	int type;

	for (type = LEVEE_A_MATCH_DADDR; type <= LEVEE_A_MATCH_DPORT; type++)
		if (info->attrs[type] &&
		    nla_put(skb, type, nla_len(info->attrs[type]),
			    nla_data(info->attrs[type])))
			return -EMSGSIZE;
	return 0;
}

/* The longest prefix of a policy that holds an address, or NULL. */
static const struct levee_prefix *
policy_prefix(const struct levee_policy *policy,
	      const struct levee_prefix *addr)
{
	const struct levee_prefix *prefix, *best = NULL;
	union levee_addr masked;

	for (prefix = policy->dst; prefix < policy->dst + policy->dst_count;
	     prefix++) {
		if (prefix->family != addr->family ||
		    (best && best->len >= prefix->len))
			continue;
		masked = addr->addr;
		levee_prefix_mask(&masked, addr->family, prefix->len);
		if (!memcmp(&masked, &prefix->addr, sizeof(masked)))
			best = prefix;
	}
	return best;
}

static int put_policy(struct sk_buff *skb, const struct levee_policy *policy,
		      const struct question *q)
{
	const struct levee_prefix *prefix = policy_prefix(policy, &q->daddr);
	const struct levee_ports *ports;

	if (nla_put_string(skb, LEVEE_A_MATCH_POLICY, policy->state->name) ||
	    nla_put_u32(skb, LEVEE_A_MATCH_MODE, policy->mode))
		return -EMSGSIZE;
	if (prefix && levee_put_prefix(skb, LEVEE_A_MATCH_PREFIX, prefix))
		return -EMSGSIZE;
	levee_service_has(policy->service, q->key, &ports);
	if (policy->service && nla_put_flag(skb, LEVEE_A_MATCH_BY_PROTO))
		return -EMSGSIZE;
	return ports ? levee_put_ports(skb, LEVEE_A_MATCH_BY_DPORT, ports) : 0;
}

/* May such a packet be of this class? */
static bool class_possible(enum levee_class class, const struct question *q)
{
	bool whole = (u16)q->key;

	if (class == LEVEE_CLASS_ANY || q->proto == LEVEE_SERVICE_NO_PROTO)
		return true;
	if (class == LEVEE_CLASS_FRAG)
		return !whole;
	switch (q->proto) {
	case IPPROTO_TCP:
		return class == LEVEE_CLASS_SYN || class == LEVEE_CLASS_TCP ||
		       class == LEVEE_CLASS_TCP_STRAY ||
		       class == LEVEE_CLASS_REFLECT;
	case IPPROTO_UDP:
		return class == LEVEE_CLASS_UDP || class == LEVEE_CLASS_REFLECT;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return class == LEVEE_CLASS_ICMP ||
		       class == LEVEE_CLASS_REFLECT;
	default:
		return class == LEVEE_CLASS_OTHER;
	}
}

static int put_source(struct sk_buff *skb, const struct levee_prefix *saddr,
		      u8 per)
{
	struct levee_prefix source = *saddr;

	source.len = per;
	levee_prefix_mask(&source.addr, source.family, per);
	return levee_put_prefix(skb, LEVEE_A_LIMIT_SOURCE, &source);
}

static int put_limits(struct sk_buff *skb, const struct levee_policy *policy,
		      const struct question *q)
{
	const struct levee_limit *limit;
	struct nlattr *nest;
	u8 per;

	for (limit = policy->limits;
	     limit < policy->limits + policy->limit_count; limit++) {
		per = q->daddr.family == NFPROTO_IPV4 ? limit->per4 :
							limit->per6;
		if (per == LEVEE_PER_NONE || !class_possible(limit->class, q))
			continue;
		nest = nla_nest_start(skb, LEVEE_A_MATCH_LIMITS);
		if (!nest || levee_put_limit(skb, policy, limit))
			return -EMSGSIZE;
		if (q->saddr.family && put_source(skb, &q->saddr, per))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_passed_over(struct sk_buff *skb,
			   const struct levee_policy *policy,
			   const struct levee_prefix *prefix, u32 proto)
{
	enum levee_mismatch why = LEVEE_MISMATCH_PROTO;
	struct nlattr *nest;

	if (proto != LEVEE_SERVICE_NO_PROTO &&
	    memchr(policy->service->proto, proto, policy->service->proto_count))
		why = LEVEE_MISMATCH_DPORT;

	nest = nla_nest_start(skb, LEVEE_A_MATCH_PASSED_OVER);
	if (!nest ||
	    nla_put_string(skb, LEVEE_A_PASSED_OVER_POLICY,
			   policy->state->name) ||
	    (policy->dst_count &&
	     levee_put_prefix(skb, LEVEE_A_PASSED_OVER_PREFIX, prefix)) ||
	    nla_put_u32(skb, LEVEE_A_PASSED_OVER_WHY, why))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * Policies for as long a prefix as that of the policy that decides, or a longer
 * one, that are for other protocols and ports.
 */
static int put_all_passed_over(struct sk_buff *skb, const void *value,
			       const struct question *q)
{
	const struct levee_choice *choice;
	const struct levee_match *match;
	const struct levee_ports *ports;
	bool decided = false;
	u32 count = 0;

	while (!decided && levee_value_is_match(value)) {
		match = levee_value_match(value);
		for (choice = match->choice; choice; choice = choice->others) {
			if (levee_service_has(choice->last->service, q->key,
					      &ports))
				decided = true;
			else if (count++ < MATCH_PASSED_OVER_MAX &&
				 put_passed_over(skb, choice->last,
						 match->prefix, q->proto))
				return -EMSGSIZE;
		}
		value = match->shorter;
	}
	return nla_put_u32(skb, LEVEE_A_MATCH_PASSED_OVER_COUNT, count);
}

/* What decides about the source before the policy's limits are asked. */
static int put_before(struct sk_buff *skb, struct levee_net *ln,
		      const struct levee_policy *policy,
		      const struct question *q)
{
	int ret;

	if (!q->may_know || !q->saddr.family ||
	    policy->mode == LEVEE_MODE_OFF)
		return 0;
	ret = levee_nl_match_list(skb, ln, &q->saddr);
	if (!ret)
		ret = levee_nl_match_ban(skb, ln, &q->saddr,
					 policy->mode == LEVEE_MODE_ENFORCE);
	return min(ret, 0);
}

static int put_answer(struct sk_buff *skb, struct levee_net *ln,
		      const struct question *q)
{
	const struct levee_ruleset *rules =
		rcu_dereference_protected(ln->rules,
					  lockdep_is_held(&ln->lock));
	const struct levee_policy *policy;
	const void *value;

	rcu_read_lock();
	value = levee_prefix_lookup(&rules->dst, q->daddr.family,
				    &q->daddr.addr);
	rcu_read_unlock();
	policy = levee_match_find(value, q->key) ?: rules->fallback;
	if (put_policy(skb, policy, q) || put_limits(skb, policy, q) ||
	    put_before(skb, ln, policy, q))
		return -EMSGSIZE;
	return put_all_passed_over(skb, value, q);
}

int levee_nl_policy_match_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct sk_buff *reply;
	struct question q;
	void *hdr;
	int err;

	err = question_parse(info, &q);
	if (err)
		return err;
	q.may_know = netlink_ns_capable(skb, ln->net->user_ns, CAP_NET_ADMIN);
	reply = genlmsg_new(MATCH_REPLY_SIZE, GFP_KERNEL);
	if (!reply) {
		NL_SET_ERR_MSG(info->extack, "not enough memory for the reply");
		return -ENOMEM;
	}
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_POLICY_MATCH);
	if (!hdr || put_question(reply, info))
		goto err_free;
	mutex_lock(&ln->lock);
	err = put_answer(reply, ln, &q);
	mutex_unlock(&ln->lock);
	if (err)
		goto err_free;
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	return err;
}
