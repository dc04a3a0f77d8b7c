// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about ports that attacks are reflected from.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "config.h"
#include "egress.h"
#include "map.h"
#include "netlink_ops.h"
#include "pernet.h"
#include "publish.h"
#include "reflector.h"
#include "solicited.h"

/* Attributes about one of the maps, in the order of the interface. */
struct map_attrs {
	int outlook;
	int wait;
	int live;
	int max;
	int missed;
};

/* One of the maps, and since when it tells anything. */
struct map_view {
	const struct levee_map *map;
	s64 from_ns;
	u64 missed;
	bool blind;
};

static enum levee_outlook map_outlook(const struct map_view *view, s64 now_ns)
{
	if (view->from_ns == LEVEE_SOLICITED_NEVER)
		return view->blind ? LEVEE_OUTLOOK_BLIND : LEVEE_OUTLOOK_OFF;
	return view->from_ns > now_ns ? LEVEE_OUTLOOK_WARMING :
					LEVEE_OUTLOOK_ON;
}

static int put_map(struct sk_buff *skb, const struct map_attrs *attrs,
		   const struct map_view *view)
{
	s64 now_ns = ktime_get_ns();
	enum levee_outlook outlook = map_outlook(view, now_ns);
	u32 wait_s = 0;

	if (outlook == LEVEE_OUTLOOK_WARMING)
		wait_s = DIV64_U64_ROUND_UP(view->from_ns - now_ns,
					    NSEC_PER_SEC);
	if (nla_put_u32(skb, attrs->outlook, outlook) ||
	    (wait_s && nla_put_u32(skb, attrs->wait, wait_s)) ||
	    nla_put_u32(skb, attrs->live,
			view->map ? levee_map_live(view->map, now_ns) : 0) ||
	    nla_put_u32(skb, attrs->max,
			view->map ? levee_map_slots(view->map) : 0) ||
	    nla_put_u64_64bit(skb, attrs->missed, view->missed,
			      LEVEE_A_REFLECT_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_known(struct sk_buff *skb, struct levee_net *ln)
{
	static const struct map_attrs asked_attrs = {
		LEVEE_A_REFLECT_ASKED, LEVEE_A_REFLECT_ASKED_WAIT,
		LEVEE_A_REFLECT_ASKED_LIVE, LEVEE_A_REFLECT_ASKED_MAX,
		LEVEE_A_REFLECT_ASKED_MISSED,
	};
	static const struct map_attrs met_attrs = {
		LEVEE_A_REFLECT_MET, LEVEE_A_REFLECT_MET_WAIT,
		LEVEE_A_REFLECT_MET_LIVE, LEVEE_A_REFLECT_MET_MAX,
		LEVEE_A_REFLECT_MET_MISSED,
	};
	struct levee_solicited *sol = &ln->solicited;
	struct map_view asked = {
		.map = rcu_dereference_protected(sol->asked,
						 lockdep_is_held(&ln->lock)),
		.from_ns = atomic64_read(&sol->asked_from_ns),
		.missed = atomic64_read(&sol->asked_missed),
	};
	struct map_view met = {
		.map = rcu_dereference_protected(sol->met,
						 lockdep_is_held(&ln->lock)),
		.from_ns = atomic64_read(&sol->met_from_ns),
		.missed = atomic64_read(&sol->met_missed),
	};
	bool blind;

	mutex_lock(&ln->hooks_lock);
	blind = levee_egress_blind(ln);
	asked.blind = blind && ln->egress_wishes & LEVEE_EGRESS_ASKED;
	met.blind = blind && ln->egress_wishes & LEVEE_EGRESS_MET;
	mutex_unlock(&ln->hooks_lock);
	if (put_map(skb, &asked_attrs, &asked))
		return -EMSGSIZE;
	return put_map(skb, &met_attrs, &met);
}

static const struct levee_reflectors *
reflectors_of(const struct levee_net *ln, const struct levee_config *config)
{
	if (config && config->reflectors)
		return config->reflectors;
	return rcu_dereference_protected(ln->reflectors,
					 lockdep_is_held(&ln->lock));
}

static int put_reflect(struct sk_buff *skb, struct levee_net *ln,
		       const struct levee_reflectors *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		if (nla_put_u16(skb, LEVEE_A_REFLECT_PORT, list->port[i].port))
			return -EMSGSIZE;
	if (list->builtin && nla_put_flag(skb, LEVEE_A_REFLECT_BUILTIN))
		return -EMSGSIZE;
	return put_known(skb, ln);
}

/* For as many ports as there may be, and what else there is. */
#define REFLECT_REPLY_SIZE	(LEVEE_REFLECTORS_MAX * 8 + 512)

int levee_nl_reflect_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = genlmsg_new(REFLECT_REPLY_SIZE, GFP_KERNEL);
	if (!reply) {
		NL_SET_ERR_MSG(info->extack, "not enough memory for the reply");
		return -ENOMEM;
	}
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(reply, info, &levee_nl_family, 0,
				LEVEE_CMD_REFLECT_GET);
	if (!hdr)
		goto err_free;
	mutex_lock(&ln->lock);
	err = put_reflect(reply, ln,
			  reflectors_of(ln, levee_config_find(ln,
							      info->snd_portid)));
	mutex_unlock(&ln->lock);
	if (err)
		goto err_free;
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err_free:
	nlmsg_free(reply);
	return err;
}

/**
 * struct edit - a list of ports that is being changed
 * @port: the ports
 * @count: how many they are
 * @builtin: those that are built in, instead
 */
struct edit {
	u16 port[LEVEE_REFLECTORS_MAX];
	u32 count;
	bool builtin;
};

static int edit_find(const struct edit *edit, u16 port)
{
	u32 i;

	for (i = 0; i < edit->count; i++)
		if (edit->port[i] == port)
			return i;
	return -1;
}

static int edit_add(struct edit *edit, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	u16 port = nla_get_u16(attr);

	if (edit_find(edit, port) >= 0) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "the port is there already");
		return -EEXIST;
	}
	if (edit->count == LEVEE_REFLECTORS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "there are at most 256 ports");
		return -E2BIG;
	}
	edit->port[edit->count++] = port;
	return 0;
}

static int edit_del(struct edit *edit, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	int i = edit_find(edit, nla_get_u16(attr));

	if (i < 0) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "there is no such port");
		return -ENOENT;
	}
	edit->port[i] = edit->port[--edit->count];
	return 0;
}

typedef int edit_fn(struct edit *edit, const struct nlattr *attr,
		    struct netlink_ext_ack *extack);

/* Does with each port of a request what it is about. */
static int edit_all(struct edit *edit, struct genl_info *info, edit_fn *fn)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_REFLECT_PORT)
			continue;
		err = fn(edit, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int reflect_begin(struct edit *edit, struct genl_info *info,
			 const struct levee_reflectors *list)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_REFLECT_PORT)) {
		NL_SET_ERR_MSG(info->extack, "port is missing");
		return -EINVAL;
	}
	for (; edit->count < list->count; edit->count++)
		edit->port[edit->count] = list->port[edit->count].port;
	return 0;
}

static int reflect_add(struct edit *edit, struct genl_info *info,
		       const struct levee_reflectors *list)
{
	int err = reflect_begin(edit, info, list);

	return err ?: edit_all(edit, info, edit_add);
}

static int reflect_del(struct edit *edit, struct genl_info *info,
		       const struct levee_reflectors *list)
{
	int err = reflect_begin(edit, info, list);

	return err ?: edit_all(edit, info, edit_del);
}

static int reflect_set(struct edit *edit, struct genl_info *info,
		       const struct levee_reflectors *list)
{
	edit->builtin = info->attrs[LEVEE_A_REFLECT_BUILTIN];
	if (edit->builtin && info->attrs[LEVEE_A_REFLECT_PORT]) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[LEVEE_A_REFLECT_PORT],
				    "either ports, or those that are built in");
		return -EINVAL;
	}
	if (!edit->builtin && GENL_REQ_ATTR_CHECK(info, LEVEE_A_REFLECT_PORT)) {
		NL_SET_ERR_MSG(info->extack, "port is missing");
		return -EINVAL;
	}
	return edit_all(edit, info, edit_add);
}

typedef int reflect_fn(struct edit *edit, struct genl_info *info,
		       const struct levee_reflectors *list);

/* The list that a request makes, or an error pointer. */
static struct levee_reflectors *
reflect_edit(struct genl_info *info, const struct levee_reflectors *old,
	     reflect_fn *fn)
{
	struct levee_reflectors *list = NULL;
	struct edit *edit;
	int err = -ENOMEM;

	edit = kzalloc(sizeof(*edit), GFP_KERNEL);
	if (!edit)
		goto err_nomem;
	err = fn(edit, info, old);
	if (!err)
		list = edit->builtin ?
		       levee_reflectors_builtin() :
		       levee_reflectors_new(edit->port, edit->count);
	kfree(edit);
	if (err)
		return ERR_PTR(err);
	if (list)
		return list;
err_nomem:
	NL_SET_ERR_MSG(info->extack, "not enough memory for the ports");
	return ERR_PTR(-ENOMEM);
}

/* Changes what is in force, or the configuration that the sender makes. */
static int reflect_change(struct genl_info *info, reflect_fn *fn)
{
	struct levee_net *ln = levee_pernet(genl_info_net(info));
	struct levee_reflectors *list;
	struct levee_config *config;
	int err;

	mutex_lock(&ln->lock);
	err = levee_config_of(ln, info, LEVEE_CONFIG_WHAT_REFLECT, &config);
	if (err)
		goto out_unlock;
	list = reflect_edit(info, reflectors_of(ln, config), fn);
	err = PTR_ERR_OR_ZERO(list);
	if (err) {
		if (config)
			config->failed = true;
	} else if (config) {
		levee_reflectors_free(config->reflectors);
		config->reflectors = list;
	} else {
		levee_publish_reflectors(ln, list);
	}
out_unlock:
	mutex_unlock(&ln->lock);
	return err;
}

int levee_nl_reflect_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reflect_change(info, reflect_set);
}

int levee_nl_reflect_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reflect_change(info, reflect_add);
}

int levee_nl_reflect_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reflect_change(info, reflect_del);
}
