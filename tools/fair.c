// SPDX-License-Identifier: GPL-2.0
/*
 * Limits that are shared fairly: how, and what each source has of them.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "fair.h"

#include <inttypes.h>
#include <stdio.h>

#include "err.h"
#include "limit.h"
#include "names.h"
#include "nl.h"
#include "out.h"
#include "table.h"

/**
 * fair_parse_per - Read LEN[,LEN6] of who has one share.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @per: struct per
 *
 * Return: enum exit_status.
 */
int fair_parse_per(const char *key, const char *text, void *per)
{
	struct per *to = per;
	int ret = rate_parse_per(key, text, to);

	if (ret)
		return ret;
	if (!to->v4 || !to->v6 || to->v4 == LEVEE_PER_NONE ||
	    to->v6 == LEVEE_PER_NONE)
		return err_usage("%s \"%s\": who has one share is a source prefix length from 1 to 32, and from 1 to 128 for IPv6",
				 key, text);
	return EXIT_OK;
}

/**
 * fair_decode - Read how a limit is shared that the kernel sent.
 * @tb: attributes LEVEE_A_LIMIT
 * @fair: where to store it
 */
void fair_decode(const struct nlattr **tb, struct fair *fair)
{
	fair->on = tb[LEVEE_A_LIMIT_FAIR];
	fair->per.v4 = nl_u8(tb[LEVEE_A_LIMIT_FAIR_PER_V4]);
	fair->per.v6 = nl_u8(tb[LEVEE_A_LIMIT_FAIR_PER_V6]);
	fair->cut = tb[LEVEE_A_LIMIT_FAIR_ALLOWANCE_MILLI];
	fair->accepted = nl_u64(tb[LEVEE_A_LIMIT_FAIR_ACCEPTED]);
	fair->allowance_milli = nl_u64(tb[LEVEE_A_LIMIT_FAIR_ALLOWANCE_MILLI]);
	fair->over = nl_u32(tb[LEVEE_A_LIMIT_FAIR_OVER]);
	fair->proven_first = tb[LEVEE_A_LIMIT_FAIR_PROVEN_FIRST];
}

/**
 * fair_put - Ask for a limit to be shared, if it is to be.
 * @fair: how
 */
void fair_put(const struct fair *fair)
{
	if (!fair->on)
		return;
	nl_put(LEVEE_A_LIMIT_FAIR, NULL, 0);
	nl_put_u8(LEVEE_A_LIMIT_FAIR_PER_V4, fair->per.v4);
	nl_put_u8(LEVEE_A_LIMIT_FAIR_PER_V6, fair->per.v6);
}

/**
 * fair_text - How a limit is shared, as "limit set" reads it behind the rest.
 * @fair: how
 * @buf: at least FAIR_STRLEN bytes
 *
 * Return: @buf.
 */
const char *fair_text(const struct fair *fair, char *buf)
{
	const struct per usual = PER_DEFAULT;
	char per[RATE_STRLEN];

	*buf = '\0';
	if (!fair->on)
		return buf;
	if (fair->per.v4 == usual.v4 && fair->per.v6 == usual.v6)
		snprintf(buf, FAIR_STRLEN, " fair");
	else
		snprintf(buf, FAIR_STRLEN, " fair fair-per %s",
			 rate_per_text(&fair->per, per));
	return buf;
}

/**
 * fair_out - How a limit is shared, in a JSON object.
 * @fair: how
 */
void fair_out(const struct fair *fair)
{
	if (!fair->on)
		return;
	out_flag("fair");
	out_u64(OUT_JSON, "fair-per-v4", NULL, fair->per.v4);
	out_u64(OUT_JSON, "fair-per-v6", NULL, fair->per.v6);
}

/**
 * fair_out_state - What sources have of a limit at present: in a JSON object, or
 *	the rest of a line of text.
 * @fair: how it is shared
 * @rate: rate of the limit
 */
void fair_out_state(const struct fair *fair, const struct rate *rate)
{
	char accepted[RATE_STRLEN], allowance[RATE_STRLEN];

	if (!fair->cut)
		return;
	out_text(" accepted %s allowance %s",
		 rate_milli_text(fair->accepted * 1000, rate, accepted),
		 rate_milli_text(fair->allowance_milli, rate, allowance));
	out_u64(OUT_JSON, "fair-accepted", NULL, fair->accepted);
	out_u64(OUT_JSON, "fair-allowance-milli", NULL, fair->allowance_milli);
	out_u64(OUT_ANY, "fair-over", " over-allowance %" PRIu64, fair->over);
	if (!fair->proven_first)
		return;
	out_text(" proven-first");
	out_flag("fair-proven-first");
}

static void tabulate(const struct limit *limit)
{
	const struct fair *fair = &limit->fair;
	char text[RATE_STRLEN];

	table_text(limit->policy);
	table_text(names_text(&names_class, limit->class));
	table_text(rate_text(&limit->rate, text));
	if (!fair->cut) {
		table_text("-");
		table_text("-");
		table_text("-");
		table_text("-");
		return;
	}
	table_text(rate_milli_text(fair->accepted * 1000, &limit->rate, text));
	table_text(rate_milli_text(fair->allowance_milli, &limit->rate, text));
	table_number(fair->over);
	table_text(fair->proven_first ? "yes" : "no");
}

static void open_table(void)
{
	table_column("POLICY", 0);
	table_column("FAIR", 0);
	table_column("RATE", 1);
	table_column("ACCEPTED", 1);
	table_column("ALLOWANCE", 1);
	table_column("OVER", 1);
	table_column("PROVEN-FIRST", 0);
}

/**
 * fair_show - Print those of some limits that are shared, and what sources have.
 * @list: the limits
 */
void fair_show(const struct limit_list *list)
{
	bool any = false;
	size_t i;

	out_array_open("fair");
	for (i = 0; i < list->count; i++) {
		if (!list->limit[i].fair.on)
			continue;
		if (out_json) {
			limit_print(&list->limit[i]);
			continue;
		}
		if (!any) {
			out_text("\n");
			open_table();
		}
		any = true;
		tabulate(&list->limit[i]);
	}
	if (any)
		table_close();
	out_array_close();
}
