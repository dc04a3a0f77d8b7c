// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about the size of the tables.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/ktime.h>
#include <linux/log2.h>

#include "ban.h"
#include "config.h"
#include "map.h"
#include "netlink_ops.h"
#include "offender.h"
#include "pernet.h"

static int put_proofs(struct sk_buff *skb, struct levee_net *ln, u64 missed)
{
	const struct levee_map *proofs;

	proofs = rcu_dereference_protected(ln->proofs,
					   lockdep_is_held(&ln->lock));
	if (nla_put_u32(skb, LEVEE_A_TABLE_PROOFS,
			proofs ? levee_map_live(proofs, ktime_get_ns()) : 0) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_PROOFS_MAX,
			proofs ? levee_map_slots(proofs) : 0) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_PROOFS_MISSED, missed,
			      LEVEE_A_TABLE_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_PROOFS_BYTES,
			      proofs ? levee_map_bytes(proofs) : 0,
			      LEVEE_A_TABLE_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_table(struct sk_buff *skb, struct levee_net *ln,
		     const struct levee_sizes *sizes)
{
	struct levee_offender_totals sources = {};
	struct levee_offenders *offenders;
	struct levee_ban_totals banned = {};
	struct levee_net_totals totals;
	struct levee_sizes defaults;
	const struct levee_map *map;
	struct levee_bans *bans;

	map = rcu_dereference_protected(ln->map, lockdep_is_held(&ln->lock));
	offenders = rcu_dereference_protected(ln->offenders,
					      lockdep_is_held(&ln->lock));
	if (offenders)
		levee_offenders_read(offenders, &sources);
	bans = rcu_dereference_protected(ln->bans, lockdep_is_held(&ln->lock));
	if (bans)
		levee_bans_read(bans, &banned);
	levee_net_stats_read(ln->stats, &totals);
	levee_pernet_sizes_default(ln->net, &defaults);

	if (nla_put_u32(skb, LEVEE_A_TABLE_SLOTS, sizes->slots) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_SLOTS_DEFAULT, defaults.slots) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_SLOTS_LIVE,
			map ? levee_map_live(map, ktime_get_ns()) : 0) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_SLOTS_BYTES,
			      map ? levee_map_bytes(map) : 0,
			      LEVEE_A_TABLE_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_OVERFLOW_PACKETS,
			      totals.overflow, LEVEE_A_TABLE_PAD) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_SOURCES, sources.held) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_SOURCES_MAX, sizes->sources) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_SOURCES_MAX_DEFAULT,
			defaults.sources) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_SOURCES_BYTES, sources.bytes,
			      LEVEE_A_TABLE_PAD) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_BANS, banned.live) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_BANS_HELD, banned.held) ||
	    nla_put_u32(skb, LEVEE_A_TABLE_BANS_MAX, banned.max) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_BANS_MISSED, banned.missed,
			      LEVEE_A_TABLE_PAD) ||
	    nla_put_u64_64bit(skb, LEVEE_A_TABLE_BANS_BYTES, banned.bytes,
			      LEVEE_A_TABLE_PAD))
		return -EMSGSIZE;
	return put_proofs(skb, ln, totals.unproven);
}

int levee_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_config *config;
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply) {
		NL_SET_ERR_MSG(info->extack, "not enough memory for the reply");
		return -ENOMEM;
	}
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_TABLE_GET);
	if (!hdr)
		goto err_free;
	mutex_lock(&ln->lock);
	config = levee_config_find(ln, info->snd_portid);
	err = put_table(reply, ln,
			config && config->what & LEVEE_CONFIG_WHAT_TABLES ?
			&config->sizes : &ln->sizes);
	mutex_unlock(&ln->lock);
	if (err)
		goto err_free;
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	return err;
}

int levee_nl_table_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	const struct nlattr *slots = info->attrs[LEVEE_A_TABLE_SLOTS];
	const struct nlattr *sources = info->attrs[LEVEE_A_TABLE_SOURCES_MAX];
	struct levee_config *config;
	struct levee_resize resize;
	struct levee_sizes sizes;
	int err;

	if (!slots && !sources) {
		levee_config_refused(info);
		NL_SET_ERR_MSG(info->extack, "nothing to change");
		return -EINVAL;
	}
	mutex_lock(&ln->lock);
	err = levee_config_of(ln, info, LEVEE_CONFIG_WHAT_TABLES, &config);
	if (err)
		goto out_unlock;
	sizes = config ? config->sizes : ln->sizes;
	if (slots)
		sizes.slots = roundup_pow_of_two(nla_get_u32(slots));
	if (sources)
		sizes.sources = nla_get_u32(sources);
	if (config) {
		err = levee_pernet_sizes_check(ln, &sizes, info->extack);
		config->failed |= err;
		config->sizes = sizes;
		goto out_unlock;
	}
	err = levee_pernet_resize_begin(ln, &sizes, &resize, info->extack);
	if (!err)
		levee_pernet_resize_end(ln, &resize);
out_unlock:
	mutex_unlock(&ln->lock);
	return err;
}
