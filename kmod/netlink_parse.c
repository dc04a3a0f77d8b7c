// SPDX-License-Identifier: GPL-2.0
/*
 * Reads parts of requests: names, comments, prefixes, protocols and ports.
 */
#include "netlink_parse.h"

#include <linux/ctype.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/slab.h>

#include "netlink_ops.h"
#include "ruleset.h"

/**
 * levee_nl_name_check - check the name of a policy
 * @attr: attribute that holds it
 * @extack: receives the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int levee_nl_name_check(const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr), *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr(".-_", *c)))
			break;
	if (c > name && !*c)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name is made of letters, digits, dot, dash and underscore");
	return -EINVAL;
}

/* Bytes of the character that begins at @c; 0 if it is none, or a control. */
static unsigned int character_len(const unsigned char *c)
{
	unsigned int i, len = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 :
			      *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;

	for (i = 1; i < len; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
		return 0;
	/* Longer than needed, surrogates, and what is beyond Unicode. */
	if ((*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) ||
	    (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f))
		return 0;
	return len;
}

/**
 * levee_nl_comment_check - check a comment
 * @attr: attribute that holds it
 * @extack: receives the reason of a failure
 *
 * Nothing may break a line, or the terminal it is shown in.
 *
 * Return: 0 or -EINVAL.
 */
int levee_nl_comment_check(const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	const unsigned char *c = nla_data(attr);
	unsigned int len;

	for (; *c; c += len) {
		len = character_len(c);
		if (!len) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a comment is UTF-8 without control characters");
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * levee_nl_addr_parse - read an address
 * @attr: attribute that holds it
 * @prefix: set to the address, of full length
 * @extack: receives the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int levee_nl_addr_parse(const struct nlattr *attr, struct levee_prefix *prefix,
			struct netlink_ext_ack *extack)
{
	memset(prefix, 0, sizeof(*prefix));
	switch (nla_len(attr)) {
	case sizeof(prefix->addr.ip):
		prefix->family = NFPROTO_IPV4;
		break;
	case sizeof(prefix->addr.ip6):
		prefix->family = NFPROTO_IPV6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	nla_memcpy(&prefix->addr, attr, sizeof(prefix->addr));
	prefix->len = levee_family_bits(prefix->family);
	return 0;
}

/**
 * levee_nl_prefix_parse - read a prefix
 * @nest: attribute that holds it
 * @prefix: set to the prefix, which is valid
 * @extack: receives the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int levee_nl_prefix_parse(const struct nlattr *nest,
			  struct levee_prefix *prefix,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LEVEE_A_PREFIX_LEN + 1];
	int err;

	err = nla_parse_nested(tb, LEVEE_A_PREFIX_LEN, nest,
			       levee_nl_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[LEVEE_A_PREFIX_ADDR] || !tb[LEVEE_A_PREFIX_LEN]) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "prefix without address or length");
		return -EINVAL;
	}
	err = levee_nl_addr_parse(tb[LEVEE_A_PREFIX_ADDR], prefix, extack);
	if (err)
		return err;
	prefix->len = nla_get_u8(tb[LEVEE_A_PREFIX_LEN]);
	if (!levee_prefix_valid(prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "prefix is too long, or has bits set beyond its length");
		return -EINVAL;
	}
	return 0;
}

static u32 attr_count(const struct genl_info *info, int type)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == type;
	return n;
}

static int dst_parse(struct genl_info *info, struct levee_nl_target *target)
{
	u32 n = attr_count(info, LEVEE_A_POLICY_DST);
	const struct nlattr *attr;
	int rem, err;

	if (!n)
		return 0;
	if (n > LEVEE_DST_MAX) {
		NL_SET_ERR_MSG(info->extack,
			       "a policy has at most 65536 destinations");
		return -E2BIG;
	}

	target->dst = kvmalloc_array(n, sizeof(*target->dst),
				     GFP_KERNEL_ACCOUNT);
	if (!target->dst) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the destinations");
		return -ENOMEM;
	}
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_POLICY_DST)
			continue;
		err = levee_nl_prefix_parse(attr,
					    &target->dst[target->dst_count++],
					    info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int proto_parse(struct genl_info *info, const struct nlattr *attr,
		       struct levee_service *service)
{
	if (service->proto_count == LEVEE_PROTOS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "a policy has at most 8 protocols");
		return -E2BIG;
	}
	service->proto[service->proto_count++] = nla_get_u8(attr);
	return 0;
}

static int ports_parse(struct genl_info *info, const struct nlattr *nest,
		       struct levee_service *service)
{
	struct nlattr *tb[LEVEE_A_PORTS_LAST + 1];
	struct levee_ports *ports;
	int err;

	if (service->ports_count == LEVEE_PORTS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "a policy has at most 64 ranges of ports");
		return -E2BIG;
	}
	err = nla_parse_nested(tb, LEVEE_A_PORTS_LAST, nest,
			       levee_nl_ports_policy, info->extack);
	if (err)
		return err;
	if (!tb[LEVEE_A_PORTS_FIRST]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "range of ports without a first one");
		return -EINVAL;
	}
	ports = &service->ports[service->ports_count++];
	ports->first = nla_get_u16(tb[LEVEE_A_PORTS_FIRST]);
	ports->last = tb[LEVEE_A_PORTS_LAST] ?
		      nla_get_u16(tb[LEVEE_A_PORTS_LAST]) : ports->first;
	if (ports->last < ports->first) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "the last port is less than the first");
		return -EINVAL;
	}
	return 0;
}

static int service_parse(struct genl_info *info,
			 struct levee_service *service)
{
	const struct nlattr *attr;
	int rem, err = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == LEVEE_A_POLICY_PROTO)
			err = proto_parse(info, attr, service);
		else if (nla_type(attr) == LEVEE_A_POLICY_DPORT)
			err = ports_parse(info, attr, service);
		if (err)
			return err;
	}
	return 0;
}

/* What is given replaces what there is; it need not be cleared. */
static int clear_parse(struct genl_info *info, struct levee_nl_target *target)
{
	const struct nlattr *attr = NULL;

	/* policy-add has no such attribute. */
	if (info->genlhdr->cmd == LEVEE_CMD_POLICY_SET)
		attr = info->attrs[LEVEE_A_POLICY_CLEAR];
	if (!attr)
		return 0;
	target->clear = nla_get_u32(attr);
	if ((target->clear & LEVEE_POLICY_PART_DST && target->dst_count) ||
	    (target->clear & LEVEE_POLICY_PART_PROTO &&
	     target->service.proto_count) ||
	    (target->clear & LEVEE_POLICY_PART_DPORT &&
	     target->service.ports_count) ||
	    (target->clear & LEVEE_POLICY_PART_CHALLENGE &&
	     info->attrs[LEVEE_A_POLICY_CHALLENGE])) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "what is given cannot be cleared as well");
		return -EINVAL;
	}
	return 0;
}

/**
 * levee_nl_target_parse - read what a policy is for
 * @info: a request to add or change a policy
 * @target: set to what it says; to be freed even after a failure
 *
 * Return: 0 or a negative error, which @info->extack explains.
 */
int levee_nl_target_parse(struct genl_info *info,
			  struct levee_nl_target *target)
{
	int err;

	memset(target, 0, sizeof(*target));
	err = dst_parse(info, target);
	if (!err)
		err = service_parse(info, &target->service);
	if (!err)
		err = clear_parse(info, target);
	return err;
}

/**
 * levee_nl_target_free - free what was not given to a policy
 * @target: what a request says
 */
void levee_nl_target_free(struct levee_nl_target *target)
{
	kvfree(target->dst);
}

static int service_check(struct genl_info *info, struct levee_service *service)
{
	int err = levee_service_check(service);
	const struct nlattr *proto = info->attrs[LEVEE_A_POLICY_PROTO];
	const struct nlattr *dport = info->attrs[LEVEE_A_POLICY_DPORT];

	switch (err) {
	case -EPROTOTYPE:
		NL_SET_ERR_MSG_ATTR(info->extack, dport ?: proto,
				    "ports need protocols that have them: tcp, udp, udplite, sctp, dccp");
		return -EINVAL;
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(info->extack, proto,
				    "protocol is given twice");
		return -EINVAL;
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(info->extack, dport,
				    "ranges of ports overlap");
		return -EINVAL;
	default:
		return err;
	}
}

static int target_merge(struct genl_info *info,
			const struct levee_nl_target *target,
			const struct levee_policy *policy,
			struct levee_service *service)
{
	if (policy->service)
		*service = *policy->service;
	else
		memset(service, 0, sizeof(*service));

	if (target->service.proto_count ||
	    target->clear & LEVEE_POLICY_PART_PROTO) {
		service->proto_count = target->service.proto_count;
		memcpy(service->proto, target->service.proto,
		       sizeof(service->proto));
	}
	if (target->service.ports_count ||
	    target->clear & LEVEE_POLICY_PART_DPORT) {
		service->ports_count = target->service.ports_count;
		memcpy(service->ports, target->service.ports,
		       sizeof(service->ports));
	}
	return service_check(info, service);
}

/**
 * levee_nl_target_apply - let a policy be for what a request says
 * @info: the request
 * @target: what it says
 * @rules: ruleset that is being changed
 * @policy: policy of it
 * @is_default: it is the one for everything that no other is for
 *
 * Return: 0 or a negative error, which @info->extack explains.
 */
int levee_nl_target_apply(struct genl_info *info,
			  struct levee_nl_target *target,
			  struct levee_ruleset *rules,
			  struct levee_policy *policy, bool is_default)
{
	bool dst = target->dst_count || target->clear & LEVEE_POLICY_PART_DST;
	struct levee_service service;
	int err;

	if (is_default) {
		if (!target->dst_count && !target->service.proto_count &&
		    !target->service.ports_count)
			return 0;
		NL_SET_ERR_MSG(info->extack,
			       "policy default matches everything, and has no destinations, protocols or ports");
		return -EINVAL;
	}
	err = target_merge(info, target, policy, &service);
	if (err)
		return err;
	if (!service.proto_count &&
	    !(dst ? target->dst_count : policy->dst_count)) {
		NL_SET_ERR_MSG(info->extack,
			       "a policy needs a destination prefix or a protocol");
		return -EINVAL;
	}
	if (dst && target->dst_count > rules->dst_max -
				       (rules->dst_count - policy->dst_count)) {
		NL_SET_ERR_MSG(info->extack,
			       "too many destination prefixes in all policies together");
		return -E2BIG;
	}
	if (levee_policy_set_service(policy, &service)) {
		NL_SET_ERR_MSG(info->extack,
			       "not enough memory for the policy");
		return -ENOMEM;
	}
	if (dst) {
		levee_policy_set_dst(rules, policy, target->dst,
				     target->dst_count);
		target->dst = NULL;
	}
	return 0;
}

/**
 * levee_nl_target_blame - name the destination at which policies overlap
 * @info: the request that is refused for it
 * @matches: what found it out
 */
void levee_nl_target_blame(struct genl_info *info,
			   const struct levee_matches *matches)
{
	struct levee_prefix prefix;
	const struct nlattr *attr;
	int rem;

	if (!matches->conflict || !info->extack ||
	    (info->genlhdr->cmd != LEVEE_CMD_POLICY_ADD &&
	     info->genlhdr->cmd != LEVEE_CMD_POLICY_SET))
		return;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_POLICY_DST ||
		    levee_nl_prefix_parse(attr, &prefix, NULL) ||
		    memcmp(&prefix, matches->conflict, sizeof(prefix)))
			continue;
		NL_SET_BAD_ATTR(info->extack, attr);
		return;
	}
}
