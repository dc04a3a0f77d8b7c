// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about bans, and what limits say of them.
 */
#include "netlink_ban.h"

#include <linux/ktime.h>
#include <linux/math64.h>
#include <net/sock.h>

#include "ban.h"
#include "compat.h"
#include "event.h"
#include "netlink_dump.h"
#include "netlink_match.h"
#include "netlink_ops.h"
#include "netlink_parse.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

/**
 * levee_nl_limit_set_ban - let a limit ban who exceeds it, or not
 * @limit: limit of a ruleset that is being changed, with its mark
 * @info: the request
 *
 * Return: 0 or a negative error, which @info->extack explains.
 */
int levee_nl_limit_set_ban(struct levee_limit *limit, struct genl_info *info)
{
	const struct nlattr *min = info->attrs[LEVEE_A_LIMIT_BAN_MIN];
	const struct nlattr *max = info->attrs[LEVEE_A_LIMIT_BAN_MAX];
	const struct nlattr *unproven;

	unproven = info->attrs[LEVEE_A_LIMIT_BAN_UNPROVEN];
	limit->ban = 0;
	if (!min && (max || unproven)) {
		NL_SET_ERR_MSG_ATTR(info->extack, max ?: unproven,
				    "without a first time there is no ban");
		return -EINVAL;
	}
	if (!min)
		return 0;
	if (!limit->per4 || !limit->per6) {
		NL_SET_ERR_MSG_ATTR(info->extack, min,
				    "a limit for all sources together cannot ban them");
		return -EINVAL;
	}
	if (limit->mark_mask) {
		NL_SET_ERR_MSG_ATTR(info->extack, min,
				    "a limit that marks drops nobody, and cannot ban");
		return -EINVAL;
	}
	limit->ban_min_s = nla_get_u32(min);
	limit->ban_max_s = max ? nla_get_u32(max) : limit->ban_min_s;
	if (limit->ban_max_s < limit->ban_min_s) {
		NL_SET_ERR_MSG_ATTR(info->extack, max,
				    "the longest time of a ban is less than the first");
		return -EINVAL;
	}
	limit->ban = unproven ? LEVEE_LIMIT_BAN_ALL : LEVEE_LIMIT_BAN_PROVEN;
	return 0;
}

/**
 * levee_put_limit_ban - put what a limit says of bans
 * @skb: where it goes
 * @limit: the limit
 *
 * Return: 0 or -EMSGSIZE.
 */
int levee_put_limit_ban(struct sk_buff *skb, const struct levee_limit *limit)
{
	if (!limit->ban)
		return 0;
	if (nla_put_u32(skb, LEVEE_A_LIMIT_BAN_MIN, limit->ban_min_s) ||
	    nla_put_u32(skb, LEVEE_A_LIMIT_BAN_MAX, limit->ban_max_s) ||
	    (limit->ban == LEVEE_LIMIT_BAN_ALL &&
	     nla_put_flag(skb, LEVEE_A_LIMIT_BAN_UNPROVEN)))
		return -EMSGSIZE;
	return 0;
}

/* The one of two attributes that is there without the other, or NULL. */
static const struct nlattr *lone_attr(struct genl_info *info, int a, int b)
{
	if (info->attrs[a] && info->attrs[b])
		return NULL;
	return info->attrs[a] ?: info->attrs[b];
}

static int ban_parse(struct genl_info *info, struct levee_ban_info *ban)
{
	struct nlattr **attrs = info->attrs;
	const struct nlattr *lone;
	int err;

	memset(ban, 0, sizeof(*ban));
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_BAN_PREFIX)) {
		NL_SET_ERR_MSG(info->extack, "prefix to ban is missing");
		return -EINVAL;
	}
	err = levee_nl_prefix_parse(attrs[LEVEE_A_BAN_PREFIX], &ban->prefix,
				    info->extack);
	if (err)
		return err;
	lone = lone_attr(info, LEVEE_A_BAN_LEVEL, LEVEE_A_BAN_DECAY);
	if (lone) {
		NL_SET_ERR_MSG_ATTR(info->extack, lone,
				    "level and decay go together");
		return -EINVAL;
	}
	lone = lone_attr(info, LEVEE_A_BAN_POLICY, LEVEE_A_BAN_CLASS);
	if (lone) {
		NL_SET_ERR_MSG_ATTR(info->extack, lone,
				    "policy and class go together");
		return -EINVAL;
	}
	if (attrs[LEVEE_A_BAN_COMMENT]) {
		err = levee_nl_comment_check(attrs[LEVEE_A_BAN_COMMENT],
					     info->extack);
		if (err)
			return err;
		ban->comment = nla_data(attrs[LEVEE_A_BAN_COMMENT]);
	}
	if (attrs[LEVEE_A_BAN_POLICY]) {
		err = levee_nl_name_check(attrs[LEVEE_A_BAN_POLICY],
					  info->extack);
		if (err)
			return err;
		nla_strscpy(ban->policy, attrs[LEVEE_A_BAN_POLICY],
			    sizeof(ban->policy));
		ban->class = nla_get_u32(attrs[LEVEE_A_BAN_CLASS]);
	}
	if (attrs[LEVEE_A_BAN_LEVEL]) {
		ban->level = nla_get_u32(attrs[LEVEE_A_BAN_LEVEL]);
		ban->decay_s = nla_get_u32(attrs[LEVEE_A_BAN_DECAY]);
	}
	ban->since_ns = ktime_get_ns();
	ban->until_ns = LEVEE_BAN_FOREVER;
	if (attrs[LEVEE_A_BAN_TIMEOUT])
		ban->until_ns = ban->since_ns + NSEC_PER_SEC *
				(u64)nla_get_u32(attrs[LEVEE_A_BAN_TIMEOUT]);
	return 0;
}

int levee_nl_source_ban_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_ban_info ban;
	struct levee_bans *bans;
	int err;

	err = ban_parse(info, &ban);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	bans = levee_pernet_bans(ln, info->extack);
	err = -ENOMEM;
	if (bans)
		err = levee_bans_set(bans, &ban);
	if (!err)
		levee_event_ban(ln, &ban.prefix,
				*ban.policy ? ban.policy : NULL, ban.class,
				ban.until_ns);
	mutex_unlock(&ln->lock);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_BAN_PREFIX],
				    "the table of bans is full");
	else if (err && bans)
		NL_SET_ERR_MSG(info->extack, "not enough memory for the ban");
	return err;
}

static int unban_all(struct levee_net *ln, struct genl_info *info)
{
	struct levee_ban_totals totals = {};
	struct levee_bans *bans;

	if (info->attrs[LEVEE_A_BAN_PREFIX]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_BAN_PREFIX],
				    "all bans need no prefix");
		return -EINVAL;
	}
	mutex_lock(&ln->lock);
	bans = rcu_dereference_protected(ln->bans, lockdep_is_held(&ln->lock));
	if (bans) {
		levee_bans_read(bans, &totals);
		levee_bans_flush(bans);
	}
	/* One for all: there may be far more than listeners can take. */
	if (totals.live)
		levee_event_unban(ln, NULL);
	mutex_unlock(&ln->lock);
	return 0;
}

int levee_nl_source_unban_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_prefix prefix;
	struct levee_bans *bans;
	int err;

	if (info->attrs[LEVEE_A_BAN_ALL])
		return unban_all(ln, info);
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_BAN_PREFIX)) {
		NL_SET_ERR_MSG(info->extack, "prefix to unban is missing");
		return -EINVAL;
	}
	err = levee_nl_prefix_parse(info->attrs[LEVEE_A_BAN_PREFIX], &prefix,
				    info->extack);
	if (err)
		return err;
	mutex_lock(&ln->lock);
	bans = rcu_dereference_protected(ln->bans, lockdep_is_held(&ln->lock));
	if (!bans || !levee_bans_del(bans, &prefix)) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_BAN_PREFIX],
				    "no ban of exactly this prefix");
		err = -ENOENT;
	} else {
		levee_event_unban(ln, &prefix);
	}
	mutex_unlock(&ln->lock);
	return err;
}

/* A dump of bans, at one time. */
struct ban_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	u64 now_ns;
};

static int put_ban(struct sk_buff *skb, const struct levee_ban_info *ban,
		   u64 now_ns)
{
	u64 left_ns = ban->until_ns - now_ns;

	if (levee_put_prefix(skb, LEVEE_A_BAN_PREFIX, &ban->prefix) ||
	    nla_put_u64_64bit(skb, LEVEE_A_BAN_SINCE,
			      levee_real_ns(ban->since_ns), LEVEE_A_BAN_PAD))
		return -EMSGSIZE;
	if (ban->until_ns != LEVEE_BAN_FOREVER &&
	    nla_put_u32(skb, LEVEE_A_BAN_TIMEOUT,
			div_u64(left_ns + NSEC_PER_SEC - 1, NSEC_PER_SEC)))
		return -EMSGSIZE;
	if (ban->level &&
	    (nla_put_u32(skb, LEVEE_A_BAN_LEVEL, ban->level) ||
	     nla_put_u32(skb, LEVEE_A_BAN_DECAY, ban->decay_s)))
		return -EMSGSIZE;
	if (*ban->policy &&
	    (nla_put_string(skb, LEVEE_A_BAN_POLICY, ban->policy) ||
	     nla_put_u32(skb, LEVEE_A_BAN_CLASS, ban->class)))
		return -EMSGSIZE;
	if (ban->comment &&
	    nla_put_string(skb, LEVEE_A_BAN_COMMENT, ban->comment))
		return -EMSGSIZE;
	return ban->would ? nla_put_flag(skb, LEVEE_A_BAN_WOULD) : 0;
}

/* The ban that a source meets, for an answer about it. */
static int put_match(const struct levee_ban_info *ban, void *arg)
{
	const struct ban_dump *dump = arg;
	struct nlattr *nest = nla_nest_start(dump->skb, LEVEE_A_MATCH_BAN);

	if (!nest || put_ban(dump->skb, ban, dump->now_ns))
		return -EMSGSIZE;
	nla_nest_end(dump->skb, nest);
	return 1;
}

/**
 * levee_nl_match_ban - say which ban decides about a source
 * @skb: the message
 * @ln: the network namespace
 * @addr: the source, of full length
 * @enforced: bans that only count do not
 *
 * Context: process, @ln->lock held.
 * Return: 1 if one does, 0 if none, -EMSGSIZE if there is no room.
 */
int levee_nl_match_ban(struct sk_buff *skb, struct levee_net *ln,
		       const struct levee_prefix *addr, bool enforced)
{
	struct levee_bans *bans = rcu_dereference_protected(ln->bans,
							    lockdep_is_held(&ln->lock));
	struct ban_dump dump = { .skb = skb, .now_ns = ktime_get_ns() };
	int ret;

	if (!bans)
		return 0;
	ret = levee_bans_match(bans, addr, false, put_match, &dump);
	if (!ret && !enforced)
		ret = levee_bans_match(bans, addr, true, put_match, &dump);
	return ret;
}

/* Less than 0 stops the walk before this ban. */
static int dump_ban(const struct levee_ban_info *ban, void *arg)
{
	const struct ban_dump *dump = arg;
	void *hdr;

	hdr = levee_dump_begin(dump->skb, dump->cb, LEVEE_CMD_BAN_GET);
	if (!hdr)
		return -EMSGSIZE;
	return levee_dump_end(dump->skb, hdr,
			      put_ban(dump->skb, ban, dump->now_ns));
}

int levee_nl_ban_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct levee_net *ln = levee_pernet(sock_net(skb->sk));
	struct levee_dump_pos *pos = levee_dump_pos(cb);
	struct ban_dump dump = {
		.skb = skb, .cb = cb, .now_ns = ktime_get_ns(),
	};
	struct levee_bans *bans;
	int err = 0;

	levee_dump_lock(ln, cb);
	bans = rcu_dereference_protected(ln->bans, lockdep_is_held(&ln->lock));
	if (bans)
		err = levee_bans_walk(bans, dump.now_ns, &pos->cursor,
				      dump_ban, &dump);
	mutex_unlock(&ln->lock);
	return skb->len ?: err;
}
