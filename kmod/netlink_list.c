// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that change the lists allow and deny.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <linux/ktime.h>
#include <linux/time64.h>

#include "config.h"
#include "list.h"
#include "lists.h"
#include "netlink_ops.h"
#include "netlink_parse.h"
#include "pernet.h"

static int kind_parse(struct genl_info *info, u32 *kind)
{
	if (GENL_REQ_ATTR_CHECK(info, LEVEE_A_LIST_LIST)) {
		levee_config_refused(info);
		NL_SET_ERR_MSG(info->extack, "list is missing");
		return -EINVAL;
	}
	*kind = nla_get_u32(info->attrs[LEVEE_A_LIST_LIST]);
	return 0;
}

/* The attributes of an entry, and its prefix. */
static int entry_parse(const struct nlattr *nest, struct nlattr **tb,
		       struct levee_prefix *prefix,
		       struct netlink_ext_ack *extack)
{
	int err;

	err = nla_parse_nested(tb, LEVEE_A_LIST_ENTRY_MAX, nest,
			       levee_nl_list_entry_policy, extack);
	if (err)
		return err;
	if (!tb[LEVEE_A_LIST_ENTRY_PREFIX]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "entry without a prefix");
		return -EINVAL;
	}
	return levee_nl_prefix_parse(tb[LEVEE_A_LIST_ENTRY_PREFIX], prefix,
				     extack);
}

static int entry_make(const struct nlattr *nest, u64 now_ns,
		      struct levee_list_entry **entry,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[LEVEE_A_LIST_ENTRY_MAX + 1], *timeout, *comment;
	struct levee_prefix prefix;
	const char *text = NULL;
	u64 until_ns = 0;
	int err;

	err = entry_parse(nest, tb, &prefix, extack);
	if (err)
		return err;
	timeout = tb[LEVEE_A_LIST_ENTRY_TIMEOUT];
	comment = tb[LEVEE_A_LIST_ENTRY_COMMENT];
	if (timeout)
		until_ns = now_ns + (u64)nla_get_u32(timeout) * NSEC_PER_SEC;
	if (comment) {
		err = levee_nl_comment_check(comment, extack);
		if (err)
			return err;
		text = nla_data(comment);
	}
	*entry = levee_list_entry_new(&prefix, until_ns, text,
				      text ? strlen(text) : 0);
	if (!*entry) {
		NL_SET_ERR_MSG(extack, "not enough memory for the list");
		return -ENOMEM;
	}
	return 0;
}

/* The entries of a request, in order, as long as they are in no list. */
struct batch {
	struct levee_list_entry *first;
	struct levee_list_entry *last;
	u32 count;
};

static void batch_push(struct batch *batch, struct levee_list_entry *entry)
{
	if (batch->first)
		RCU_INIT_POINTER(batch->last->next[0], entry);
	else
		batch->first = entry;
	batch->last = entry;
	batch->count++;
}

static struct levee_list_entry *batch_pop(struct batch *batch)
{
	struct levee_list_entry *entry = batch->first;

	if (entry) {
		batch->first = levee_list_entry_after(entry, 0);
		batch->count--;
	}
	return entry;
}

static void batch_free(struct batch *batch)
{
	struct levee_list_entry *entry;

	while ((entry = batch_pop(batch)))
		levee_list_entry_free(entry);
}

static int batch_parse(struct genl_info *info, struct batch *batch)
{
	u64 now_ns = ktime_get_ns();
	struct levee_list_entry *entry;
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_LIST_ENTRY)
			continue;
		err = entry_make(attr, now_ns, &entry, info->extack);
		if (err) {
			batch_free(batch);
			return err;
		}
		batch_push(batch, entry);
		cond_resched();
	}
	if (batch->count)
		return 0;
	NL_SET_ERR_MSG(info->extack, "nothing to add");
	return -EINVAL;
}

/* How many of a batch are not in the list yet. */
static u32 batch_new(const struct batch *batch, const struct levee_list *list)
{
	const struct levee_list_entry *entry;
	struct levee_prefix prefix;
	u32 count = 0;

	for (entry = batch->first; entry;
	     entry = levee_list_entry_after(entry, 0)) {
		levee_list_entry_prefix(entry, &prefix);
		count += !levee_list_find(list, &prefix);
		cond_resched();
	}
	return count;
}

/* Moves a batch into a list, which may be in force; or nothing of it. */
static int batch_add(const struct levee_net *ln, struct levee_list *list,
		     struct batch *batch, struct netlink_ext_ack *extack)
{
	struct levee_list_entry *entry;

	if (batch->count > ln->list_max - min(ln->list_max, list->count) &&
	    batch_new(batch, list) > ln->list_max - list->count) {
		NL_SET_ERR_MSG(extack,
			       "a list has at most 4194304 prefixes, in a container 65536");
		return -E2BIG;
	}
	if (levee_list_reserve(list, batch->count)) {
		NL_SET_ERR_MSG(extack, "not enough memory for the list");
		return -ENOMEM;
	}
	while ((entry = batch_pop(batch))) {
		levee_list_add(list, entry);
		cond_resched();
	}
	return 0;
}

/*
 * What a command edits: a list that its socket is making, or the one in force.
 * @list is NULL as long as it is empty.
 */
struct edit {
	struct levee_net *ln;
	struct levee_config *config;
	u32 kind;
	struct levee_list *list;
};

/* Takes the lock, unless it fails; edit_end() releases it. */
static int edit_begin(struct edit *edit, struct genl_info *info, u32 kind)
{
	int err;

	edit->ln = levee_pernet(genl_info_net(info));
	mutex_lock(&edit->ln->lock);
	edit->kind = kind;
	err = levee_config_of(edit->ln, info, levee_config_list_part(kind),
			      &edit->config);
	if (err) {
		mutex_unlock(&edit->ln->lock);
		return err;
	}
	edit->list = edit->config ? edit->config->list[kind] :
				    levee_lists_get(edit->ln, kind);
	return 0;
}

/* The list is there afterwards. */
static int edit_new(struct edit *edit, struct netlink_ext_ack *extack)
{
	edit->list = levee_list_new();
	if (edit->list)
		return 0;
	NL_SET_ERR_MSG(extack, "not enough memory for the list");
	return -ENOMEM;
}

/* A list that was made, and one that was emptied, are seen to here. */
static int edit_end(struct edit *edit, int err)
{
	struct levee_net *ln = edit->ln;

	if (edit->config) {
		edit->config->list[edit->kind] = edit->list;
		edit->config->failed |= err;
		levee_lists_edited(ln);
	} else if (edit->list == levee_lists_get(ln, edit->kind)) {
		if (!err)
			levee_lists_changed(ln, edit->kind);
	} else {
		levee_lists_publish(ln, edit->kind, edit->list);
	}
	mutex_unlock(&ln->lock);
	return err;
}

int levee_nl_list_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct batch batch = {};
	struct edit edit;
	int parsed, err;
	u32 kind;

	err = kind_parse(info, &kind);
	if (err)
		return err;
	/* What cannot be read is refused there, too. */
	parsed = batch_parse(info, &batch);
	err = edit_begin(&edit, info, kind);
	if (err)
		goto out_free_batch;
	err = parsed;
	if (!err && !edit.list)
		err = edit_new(&edit, info->extack);
	if (!err)
		err = batch_add(edit.ln, edit.list, &batch, info->extack);
	err = edit_end(&edit, err);
out_free_batch:
	batch_free(&batch);
	return err;
}

static int prefix_check(const struct levee_list *list,
			const struct levee_prefix *prefix,
			const struct nlattr *nest,
			struct netlink_ext_ack *extack)
{
	const struct levee_list_entry *entry = NULL;

	if (list)
		entry = levee_list_find(list, prefix);
	if (entry && !levee_list_entry_expired(entry, ktime_get_ns()))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nest, "no such prefix in the list");
	return -ENOENT;
}

/* Checks that all prefixes of a request are there, or deletes them. */
static int prefixes_take(struct genl_info *info, struct levee_list *list,
			 bool del)
{
	struct nlattr *tb[LEVEE_A_LIST_ENTRY_MAX + 1];
	struct levee_prefix prefix;
	const struct nlattr *attr;
	int rem, err = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != LEVEE_A_LIST_ENTRY)
			continue;
		err = entry_parse(attr, tb, &prefix, info->extack);
		/* A request may name a prefix twice. */
		if (!err && del)
			levee_list_del(list, &prefix);
		else if (!err)
			err = prefix_check(list, &prefix, attr, info->extack);
		if (err)
			break;
		cond_resched();
	}
	return err;
}

int levee_nl_list_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct edit edit;
	u32 kind;
	int err;

	err = kind_parse(info, &kind);
	if (err)
		return err;
	if (!info->attrs[LEVEE_A_LIST_ENTRY]) {
		levee_config_refused(info);
		NL_SET_ERR_MSG(info->extack, "nothing to delete");
		return -EINVAL;
	}
	err = edit_begin(&edit, info, kind);
	if (err)
		return err;
	err = prefixes_take(info, edit.list, false);
	if (!err) {
		prefixes_take(info, edit.list, true);
		/* A table that is too large does no harm. */
		levee_list_reserve(edit.list, 0);
	}
	return edit_end(&edit, err);
}

int levee_nl_list_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct edit edit;
	u32 kind;
	int err;

	err = kind_parse(info, &kind);
	if (err)
		return err;
	err = edit_begin(&edit, info, kind);
	if (err)
		return err;
	if (edit.config)
		levee_list_free(edit.list);
	edit.list = NULL;
	return edit_end(&edit, 0);
}
