// SPDX-License-Identifier: GPL-2.0
/*
 * Monitor: events as they happen, a line each.
 *
 * Copyright (C) 2026 The levee authors
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/levee.h>

#include "age.h"
#include "err.h"
#include "names.h"
#include "nl.h"
#include "nlgroup.h"
#include "object.h"
#include "out.h"
#include "prefix.h"
#include "span.h"

#define NS_PER_S 1000000000ULL

const char monitor_usage[] =
	"Usage: levee monitor [ attack | ban | table | hook ]...\n"
	"Prints events, a line each, until it is interrupted:\n"
	"  attack  attacks that begin and end, per policy and class\n"
	"  ban     sources that are banned, and bans that are taken back\n"
	"  table   the table of meters is full\n"
	"  hook    a hook is gone with its device; answers go out where there is none\n"
	"Without any of these words, all of them.\n";

static const struct {
	const char *name;
	uint32_t types;
} kinds[] = {
	{ "attack", 1 << LEVEE_EVENT_TYPE_ATTACK_BEGIN |
		    1 << LEVEE_EVENT_TYPE_ATTACK_END },
	{ "ban", 1 << LEVEE_EVENT_TYPE_BAN | 1 << LEVEE_EVENT_TYPE_UNBAN },
	{ "table", 1 << LEVEE_EVENT_TYPE_TABLE_PRESSURE },
	{ "hook", 1 << LEVEE_EVENT_TYPE_HOOK_LOST |
		  1 << LEVEE_EVENT_TYPE_ASYMMETRIC |
		  1 << LEVEE_EVENT_TYPE_SYMMETRIC },
};

/* How a value appears in text. */
enum form {
	FORM_STR,
	FORM_CLASS,
	FORM_PREFIX,
	FORM_NUMBER,
	FORM_RATE,
	FORM_DATE,
	FORM_TIME_SPAN,
	FORM_JSON_ONLY,
};

/* In this order; what a message does not have is left out. */
static const struct field {
	uint16_t attr;
	enum form form;
	const char *key;
	const char *word;
} fields[] = {
	{ LEVEE_A_EVENT_IFNAME, FORM_STR, "ifname", "dev" },
	{ LEVEE_A_EVENT_IFINDEX, FORM_JSON_ONLY, "ifindex", NULL },
	{ LEVEE_A_EVENT_PREFIX, FORM_PREFIX, "prefix", NULL },
	{ LEVEE_A_EVENT_POLICY, FORM_STR, "policy", "policy" },
	{ LEVEE_A_EVENT_CLASS, FORM_CLASS, "class", "class" },
	{ LEVEE_A_EVENT_UNTIL, FORM_DATE, "until", "until" },
	{ LEVEE_A_EVENT_SINCE, FORM_DATE, "since", "since" },
	{ LEVEE_A_EVENT_DURATION, FORM_TIME_SPAN, "duration", "lasted" },
	{ LEVEE_A_EVENT_RATE, FORM_RATE, "rate", "rate" },
	{ LEVEE_A_EVENT_PEAK_RATE, FORM_RATE, "peak-rate", "peak" },
	{ LEVEE_A_EVENT_OFFENDERS, FORM_NUMBER, "offenders", "offenders" },
	{ LEVEE_A_EVENT_DROPPED_PACKETS, FORM_NUMBER, "dropped-packets",
	  "dropped" },
	{ LEVEE_A_EVENT_WOULD_PACKETS, FORM_NUMBER, "would-packets", "would" },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Numbers of 32 and of 64 bits. */
static uint64_t number(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) == sizeof(uint64_t) ?
	       nl_u64(attr) : nl_u32(attr);
}

static void print_prefix(const struct field *field, const struct nlattr *attr)
{
	char buf[PREFIX_STRLEN];
	struct prefix prefix;

	prefix_decode(attr, &prefix);
	out_text(" %s", prefix_text(&prefix, buf));
	prefix_out(field->key, &prefix);
}

static void print_number(const struct field *field, const struct nlattr *attr)
{
	uint64_t val = number(attr), s = val / NS_PER_S;
	char date[AGE_STRLEN];

	out_u64(OUT_JSON, field->key, NULL, val);
	switch (field->form) {
	case FORM_RATE:
		out_text(" %s %" PRIu64 "/s", field->word, val);
		break;
	case FORM_DATE:
		out_text(" %s %s", field->word, age_date(val, date));
		break;
	case FORM_TIME_SPAN:
		out_text(" %s %" PRIu64 ".%us", field->word, s,
			 (unsigned int)(val % NS_PER_S / (NS_PER_S / 10)));
		break;
	case FORM_JSON_ONLY:
		break;
	default:
		out_text(" %s %" PRIu64, field->word, val);
	}
}

static void print_field(const struct field *field, const struct nlattr *attr)
{
	const char *text;

	switch (field->form) {
	case FORM_PREFIX:
		print_prefix(field, attr);
		break;
	case FORM_STR:
	case FORM_CLASS:
		text = field->form == FORM_STR ? nl_str(attr) :
		       names_text(&names_class, nl_u32(attr));
		out_str(OUT_JSON, field->key, NULL, text);
		out_text(" %s %s", field->word, text);
		break;
	default:
		print_number(field, attr);
	}
}

/* For how long a source is banned, in seconds rounded up as everywhere. */
static void print_left(uint64_t until, uint64_t now)
{
	uint64_t left = until > now ? until - now : 0;
	char text[SPAN_STRLEN];

	out_text(" left %s", span_text((left + NS_PER_S - 1) / NS_PER_S, text));
}

static void print_event(const struct nlattr **tb)
{
	uint64_t suppressed = nl_u32(tb[LEVEE_A_EVENT_SUPPRESSED]);
	uint32_t type = nl_u32(tb[LEVEE_A_EVENT_TYPE]);
	uint64_t time = nl_u64(tb[LEVEE_A_EVENT_TIME]);
	char date[AGE_STRLEN];
	size_t i;

	out_object_open(NULL);
	out_u64(OUT_JSON, "time", NULL, time);
	out_text("%s ", age_date(time, date));
	out_str(OUT_ANY, "type", "%s", names_text(&names_event_type, type));
	if (type == LEVEE_EVENT_TYPE_UNBAN && !tb[LEVEE_A_EVENT_PREFIX])
		out_text(" all");
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (tb[fields[i].attr])
			print_field(&fields[i], tb[fields[i].attr]);
	if (tb[LEVEE_A_EVENT_UNTIL])
		print_left(nl_u64(tb[LEVEE_A_EVENT_UNTIL]), time);
	out_u64(OUT_JSON, "suppressed", NULL, suppressed);
	if (type == LEVEE_EVENT_TYPE_SUPPRESSED)
		out_text(" %" PRIu64, suppressed);
	else if (suppressed)
		out_text(" (%" PRIu64 " before it suppressed)", suppressed);
	out_text("\n");
	out_object_close();
}

/* What was suppressed may have been of any kind, and so is always told. */
static int take_event(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	const uint32_t *types = data;
	uint32_t type;

	nl_parse(nlh, tb);
	type = nl_u32(tb[LEVEE_A_EVENT_TYPE]);
	if (type < 32 && !(*types & 1U << type) &&
	    !nl_u32(tb[LEVEE_A_EVENT_SUPPRESSED]))
		return EXIT_OK;
	print_event(tb);
	return out_flush();
}

static int take_kind(struct args *args, uint32_t *types)
{
	const char *name = args_next(args);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(name, kinds[i].name)) {
			*types |= kinds[i].types;
			return EXIT_OK;
		}
	}
	return err_usage("monitor \"%s\": expected attack, ban, table or hook",
			 name);
}

int monitor_run(struct args *args)
{
	uint32_t types = 0;
	int ret;

	if (args_want_help(args))
		return args_help(args);
	while (args->n) {
		ret = take_kind(args, &types);
		if (ret)
			return ret;
	}
	if (!types)
		types = UINT32_MAX;
	return nlgroup_listen(LEVEE_MCGRP_EVENTS, take_event, &types);
}
