// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that show the lists allow and deny, and what they say of an address.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netfilter.h>
#include <linux/time64.h>
#include <net/sock.h>

#include "compat.h"
#include "config.h"
#include "list.h"
#include "lists.h"
#include "netlink_dump.h"
#include "netlink_match.h"
#include "netlink_ops.h"
#include "netlink_parse.h"
#include "pernet.h"

static int put_entry(struct sk_buff *skb, int attr,
		     const struct levee_list_entry *entry, u64 now_ns)
{
	struct levee_prefix prefix;
	struct nlattr *nest, *text;
	u64 left_s;

	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	levee_list_entry_prefix(entry, &prefix);
	if (levee_put_prefix(skb, LEVEE_A_LIST_ENTRY_PREFIX, &prefix))
		goto err_cancel;
	if (entry->until_ns) {
		left_s = div_u64(entry->until_ns - now_ns + NSEC_PER_SEC - 1,
				 NSEC_PER_SEC);
		if (nla_put_u32(skb, LEVEE_A_LIST_ENTRY_TIMEOUT, left_s))
			goto err_cancel;
	}
	if (entry->comment_len) {
		text = nla_reserve(skb, LEVEE_A_LIST_ENTRY_COMMENT,
				   entry->comment_len + 1);
		if (!text)
			goto err_cancel;
		memcpy(nla_data(text), levee_list_entry_comment(entry),
		       entry->comment_len);
		((char *)nla_data(text))[entry->comment_len] = '\0';
	}
	nla_nest_end(skb, nest);
	return 0;

err_cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/*
 * Puts entries until the message is full. Returns 1 if it is, 0 at the end of
 * the list, or -EMSGSIZE if not even one has found room.
 */
static int put_entries(struct sk_buff *skb, const struct levee_list *list,
		       struct levee_list_pos *pos)
{
	const struct levee_list_entry *entry;
	u64 now_ns = ktime_get_ns();
	bool any = false;

	for (;;) {
		struct levee_list_pos before = *pos;

		entry = levee_list_walk(list, pos);
		if (!entry)
			return any ? 0 : -ENOENT;
		if (levee_list_entry_expired(entry, now_ns))
			continue;
		if (put_entry(skb, LEVEE_A_LIST_ENTRY, entry, now_ns)) {
			*pos = before;
			return any ? 1 : -EMSGSIZE;
		}
		any = true;
	}
}

/*
 * Puts messages of one list, each with as many entries as there is room for.
 * Returns 0 at the end of the list.
 */
static int dump_list(struct sk_buff *skb, struct netlink_callback *cb, u32 kind,
		     const struct levee_list *list)
{
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	struct levee_list_pos at = { pos->cursor, pos->sub };
	int ret = -EMSGSIZE;
	void *hdr;

	hdr = levee_dump_begin(skb, cb, LEVEE_CMD_LIST_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (!nla_put_u32(skb, LEVEE_A_LIST_LIST, kind))
		ret = put_entries(skb, list, &at);
	levee_dump_end(skb, hdr, min(ret, 0));
	pos->cursor = at.hash;
	pos->sub = at.skip;
	if (ret == -ENOENT)
		return 0;
	return ret ? -EMSGSIZE : 0;
}

int levee_nl_list_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *only = levee_dump_attrs(cb)[LEVEE_A_LIST_LIST];
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	const struct levee_list *list;
	int err = 0;

	mutex_lock(&ln->lock);
	cb->seq = ln->list_generation;
	for (; pos->id < __LEVEE_LIST_KIND_MAX; pos->id++) {
		list = levee_config_list(ln, NETLINK_CB(cb->skb).portid,
					 pos->id);
		if (list && (!only || nla_get_u32(only) == pos->id))
			err = dump_list(skb, cb, pos->id, list);
		if (err)
			break;
		pos->cursor = 0;
		pos->sub = 0;
	}
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}

static const struct levee_list_entry *match(const struct levee_net *ln,
					    u32 kind,
					    const struct levee_prefix *addr)
{
	const struct levee_ruleset *rules = rcu_dereference(ln->rules);
	const struct levee_list *list = rcu_dereference(rules->list[kind]);

	return list ? levee_list_match(list, addr->family, &addr->addr) : NULL;
}

/**
 * levee_nl_match_list - say which list decides about a source, and by what
 * @skb: the message
 * @ln: the network namespace
 * @addr: the source, of full length
 *
 * Context: process.
 * Return: 1 if one does, 0 if none, -EMSGSIZE if there is no room.
 */
int levee_nl_match_list(struct sk_buff *skb, const struct levee_net *ln,
			const struct levee_prefix *addr)
{
	const struct levee_list_entry *entry;
	u32 kind = LEVEE_LIST_KIND_ALLOW;
	int ret = 0;

	rcu_read_lock();
	entry = match(ln, kind, addr);
	if (!entry) {
		kind = LEVEE_LIST_KIND_DENY;
		entry = match(ln, kind, addr);
	}
	if (entry && (nla_put_u32(skb, LEVEE_A_MATCH_LIST, kind) ||
		      put_entry(skb, LEVEE_A_MATCH_ENTRY, entry,
				ktime_get_ns())))
		ret = -EMSGSIZE;
	else if (entry)
		ret = 1;
	rcu_read_unlock();
	return ret;
}

/* What packets from there find, and with the same lookup. */
static int put_test(struct sk_buff *skb, const struct levee_net *ln,
		    const struct levee_prefix *addr)
{
	const struct levee_list_entry *allow, *deny;
	u64 now_ns = ktime_get_ns();
	int err = 0;

	rcu_read_lock();
	allow = match(ln, LEVEE_LIST_KIND_ALLOW, addr);
	deny = match(ln, LEVEE_LIST_KIND_DENY, addr);
	if (allow || deny)
		err = nla_put_u32(skb, LEVEE_A_LIST_LIST, allow ?
				  LEVEE_LIST_KIND_ALLOW : LEVEE_LIST_KIND_DENY);
	if (!err && allow)
		err = put_entry(skb, LEVEE_A_LIST_ALLOW, allow, now_ns);
	if (!err && deny)
		err = put_entry(skb, LEVEE_A_LIST_DENY, deny, now_ns);
	rcu_read_unlock();
	return err;
}

int levee_nl_list_test_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_prefix addr;
	struct sk_buff *reply;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIST_ADDR)) {
		NL_SET_ERR_MSG(info->extack, "address is missing");
		return -EINVAL;
	}
	err = levee_nl_addr_parse(info->attrs[LEVEE_A_LIST_ADDR], &addr,
				  info->extack);
	if (err)
		return err;
	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply) {
		NL_SET_ERR_MSG(info->extack, "not enough memory for the reply");
		return -ENOMEM;
	}
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_LIST_TEST);
	if (hdr)
		err = put_test(reply, ln, &addr);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
