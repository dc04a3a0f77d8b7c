// SPDX-License-Identifier: GPL-2.0
/*
 * Table: size and use of the tables of meters, offenders, bans and proofs.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "size.h"

#include <inttypes.h>
#include <stdio.h>

#include "err.h"
#include "nl.h"
#include "object.h"
#include "out.h"
#include "rate.h"

/* As in levee.yaml. */
#define SLOTS_MIN 1024
#define SLOTS_MAX (256 * 1024 * 1024)
#define SOURCES_MAX (16 * 1024 * 1024)

#define SLOTS_WHAT "a number from 1024 to 268435456"
#define SOURCES_WHAT "a number from 1 to 16777216"

const char table_usage[] =
	"Usage: levee table set [ slots N ] [ sources N ]\n"
	"       levee table [ show ]\n"
	"  slots    meters that there may be at once, 16 bytes each:\n"
	"           " SLOTS_WHAT ", rounded up to a power of two\n"
	"  sources  offenders that are held: " SOURCES_WHAT "\n"
	"k is a thousand, M is a million. What is in the tables is kept.\n";

static int parse_slots(const char *key, const char *text, void *slots)
{
	if (rate_count(text, SLOTS_MIN, SLOTS_MAX, slots))
		return EXIT_OK;
	return err_usage("%s \"%s\": expected " SLOTS_WHAT ", as in 64k or 4M",
			 key, text);
}

static int parse_sources(const char *key, const char *text, void *sources)
{
	if (rate_count(text, 1, SOURCES_MAX, sources))
		return EXIT_OK;
	return err_usage("%s \"%s\": expected " SOURCES_WHAT ", as in 500 or 100k",
			 key, text);
}

static int take_table(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct size *size = data;
	size_t i;

	nl_parse(nlh, tb);
	/* Each is of 32 or of 64 bits, and is 0 if it is read as the other. */
	for (i = 0; i <= LEVEE_A_TABLE_MAX; i++)
		size->val[i] = nl_u32(tb[i]) | nl_u64(tb[i]);
	return 0;
}

/**
 * size_load - Ask the kernel for size and use of the tables.
 * @size: where to put them
 *
 * Return: enum exit_status.
 */
int size_load(struct size *size)
{
	int ret = nl_begin(LEVEE_CMD_TABLE_GET);

	return ret ? ret : nl_do(take_table, size);
}

/**
 * size_save - Write the command that restores the sizes.
 * @size: the sizes
 *
 * Only says what they are if they would be that anyway.
 */
void size_save(const struct size *size)
{
	const uint64_t *val = size->val;
	bool slots, sources;

	slots = val[LEVEE_A_TABLE_SLOTS] != val[LEVEE_A_TABLE_SLOTS_DEFAULT];
	sources = val[LEVEE_A_TABLE_SOURCES_MAX] !=
		  val[LEVEE_A_TABLE_SOURCES_MAX_DEFAULT];
	out_text("\n# Size of the tables; on this machine the default is slots %" PRIu64
		 " sources %" PRIu64 ".\n",
		 val[LEVEE_A_TABLE_SLOTS_DEFAULT],
		 val[LEVEE_A_TABLE_SOURCES_MAX_DEFAULT]);
	if (!slots && !sources)
		return;
	out_text("\ntable set");
	if (slots)
		out_text(" slots %" PRIu64, val[LEVEE_A_TABLE_SLOTS]);
	if (sources)
		out_text(" sources %" PRIu64, val[LEVEE_A_TABLE_SOURCES_MAX]);
	out_text("\n");
}

static int set(struct args *args)
{
	uint32_t slots = 0, sources = 0;
	struct param params[] = {
		{ "slots", SLOTS_WHAT, parse_slots, &slots, false },
		{ "sources", SOURCES_WHAT, parse_sources, &sources, false },
	};
	int ret;

	ret = args_params(args, params, 2);
	if (ret)
		return ret;
	if (!slots && !sources)
		return args_missing(args, "\"slots N\" or \"sources N\"");
	ret = nl_begin(LEVEE_CMD_TABLE_SET);
	if (ret)
		return ret;
	if (slots)
		nl_put_u32(LEVEE_A_TABLE_SLOTS, slots);
	if (sources)
		nl_put_u32(LEVEE_A_TABLE_SOURCES_MAX, sources);
	return nl_do(NULL, NULL);
}

/* A size, and what it would be by default where that differs. */
static void print_size(const char *key, const char *fmt, uint64_t size,
		       const char *key_default, uint64_t by_default)
{
	out_u64(OUT_ANY, key, fmt, size);
	out_u64(OUT_JSON, key_default, NULL, by_default);
	if (size != by_default)
		out_text(" (default %" PRIu64 ")", by_default);
}

static void print_live(uint64_t live, uint64_t slots)
{
	out_u64(OUT_JSON, "slots-live", NULL, live);
	out_text(" %.1f%% live", slots ? 100.0 * live / slots : 0.0);
}

/* Bans need room only once somebody may be banned. */
static void print_bans(const uint64_t *val)
{
	out_u64(OUT_ANY, "bans", "\nbans      %" PRIu64, val[LEVEE_A_TABLE_BANS]);
	out_u64(OUT_ANY, "bans-held", " %" PRIu64 " held",
		val[LEVEE_A_TABLE_BANS_HELD]);
	out_u64(OUT_ANY, "bans-max", " of %" PRIu64,
		val[LEVEE_A_TABLE_BANS_MAX]);
	out_u64(OUT_ANY, "bans-missed", " %" PRIu64 " missed",
		val[LEVEE_A_TABLE_BANS_MISSED]);
	out_u64(OUT_ANY, "bans-bytes", " %" PRIu64 " bytes\n",
		val[LEVEE_A_TABLE_BANS_BYTES]);
}

/* Likewise proofs. */
static void print_proofs(const uint64_t *val)
{
	out_u64(OUT_ANY, "proofs", "proofs    %" PRIu64,
		val[LEVEE_A_TABLE_PROOFS]);
	out_u64(OUT_ANY, "proofs-max", " of %" PRIu64,
		val[LEVEE_A_TABLE_PROOFS_MAX]);
	out_u64(OUT_ANY, "proofs-missed", " %" PRIu64 " missed",
		val[LEVEE_A_TABLE_PROOFS_MISSED]);
	out_u64(OUT_ANY, "proofs-bytes", " %" PRIu64 " bytes\n",
		val[LEVEE_A_TABLE_PROOFS_BYTES]);
}

static int show(struct args *args)
{
	struct size size = { 0 };
	const uint64_t *val = size.val;
	int ret;

	ret = args_end(args);
	if (!ret)
		ret = size_load(&size);
	if (ret)
		return ret;
	out_object_open(NULL);
	print_size("slots", "slots     %" PRIu64, val[LEVEE_A_TABLE_SLOTS],
		   "slots-default", val[LEVEE_A_TABLE_SLOTS_DEFAULT]);
	out_u64(OUT_ANY, "slots-bytes", " %" PRIu64 " bytes",
		val[LEVEE_A_TABLE_SLOTS_BYTES]);
	print_live(val[LEVEE_A_TABLE_SLOTS_LIVE], val[LEVEE_A_TABLE_SLOTS]);
	out_u64(OUT_ANY, "overflow-packets", "\noverflow  %" PRIu64 " packets",
		val[LEVEE_A_TABLE_OVERFLOW_PACKETS]);
	out_u64(OUT_ANY, "sources", "\nsources   %" PRIu64,
		val[LEVEE_A_TABLE_SOURCES]);
	print_size("sources-max", " of %" PRIu64,
		   val[LEVEE_A_TABLE_SOURCES_MAX], "sources-max-default",
		   val[LEVEE_A_TABLE_SOURCES_MAX_DEFAULT]);
	out_u64(OUT_ANY, "sources-bytes", " %" PRIu64 " bytes",
		val[LEVEE_A_TABLE_SOURCES_BYTES]);
	print_bans(val);
	print_proofs(val);
	out_object_close();
	return EXIT_OK;
}

int table_run(struct args *args)
{
	static const struct command commands[] = {
		{ "show", show },
		{ "set", set },
	};

	return args_command(args, commands, 2);
}
