// SPDX-License-Identifier: GPL-2.0
/*
 * The attack report: asks the kernel for what it is made of.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "config.h"
#include "err.h"
#include "nl.h"
#include "out.h"
#include "when.h"

/* Tells builds of the module apart, where the kernel shows it. */
#define SRCVERSION "/sys/module/levee/srcversion"

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

static void load_machine(struct report *report)
{
	struct utsname name;
	FILE *file;

	if (!uname(&name)) {
		copy(report->host, sizeof(report->host), name.nodename);
		copy(report->kernel, sizeof(report->kernel), name.release);
	}
	file = fopen(SRCVERSION, "re");
	if (!file)
		return;
	if (fgets(report->module, sizeof(report->module), file))
		report->module[strcspn(report->module, "\n")] = '\0';
	fclose(file);
}

static void count_read(struct count *count, const struct nlattr *packets,
		       const struct nlattr *bytes)
{
	count->packets = nl_u64(packets);
	count->bytes = nl_u64(bytes);
}

/* Adds what was counted for a reason to @traffic, and to @sum. */
static void take_reason(const struct nlattr *nest, struct traffic *traffic,
			struct tally *sum)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct tally tally = { 0 };
	uint32_t reason;

	nl_parse_nest(nest, tb);
	count_read(&tally.dropped, tb[LEVEE_A_REASON_STATS_DROPPED_PACKETS],
		   tb[LEVEE_A_REASON_STATS_DROPPED_BYTES]);
	count_read(&tally.would, tb[LEVEE_A_REASON_STATS_WOULD_PACKETS],
		   tb[LEVEE_A_REASON_STATS_WOULD_BYTES]);
	tally_add(sum, &tally);
	reason = nl_u32(tb[LEVEE_A_REASON_STATS_REASON]);
	if (reason < REPORT_REASONS)
		tally_add(&traffic->reason[reason], &tally);
}

/* The traffic of a policy and class; they come in the same order each time. */
static size_t find_traffic(struct report *report, const char *policy,
			   uint32_t class, size_t after)
{
	struct traffic *traffic;
	size_t i, at;

	for (i = 0; i < report->traffics; i++) {
		at = (after + i) % report->traffics;
		traffic = &report->traffic[at];
		if (traffic->class == class && !strcmp(traffic->policy, policy))
			return at;
	}
	report->traffic = err_grow(report->traffic, report->traffics,
				   sizeof(*traffic));
	traffic = &report->traffic[report->traffics];
	memset(traffic, 0, sizeof(*traffic));
	copy(traffic->policy, sizeof(traffic->policy), policy);
	traffic->class = class;
	return report->traffics++;
}

static void take_sample(const struct nlmsghdr *nlh, const struct nlattr **tb,
			struct report *report)
{
	const struct nlattr *attr;
	struct traffic *traffic;
	struct sample *sample;
	size_t after = 0;

	if (report->samples)
		after = report->sample[report->samples - 1].traffic + 1;
	report->sample = err_grow(report->sample, report->samples,
				  sizeof(*sample));
	sample = &report->sample[report->samples++];
	memset(sample, 0, sizeof(*sample));
	sample->interval = report->intervals - 1;
	sample->traffic = find_traffic(report,
				       nl_str(tb[LEVEE_A_HISTORY_POLICY]),
				       nl_u32(tb[LEVEE_A_HISTORY_CLASS]),
				       after);
	traffic = &report->traffic[sample->traffic];
	count_read(&sample->sum.passed, tb[LEVEE_A_HISTORY_PASSED_PACKETS],
		   tb[LEVEE_A_HISTORY_PASSED_BYTES]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == LEVEE_A_HISTORY_REASONS)
			take_reason(attr, traffic, &sample->sum);
	tally_add(&traffic->sum, &sample->sum);
}

static int take_history(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct report *report = data;
	struct interval *interval;

	nl_parse(nlh, tb);
	if (tb[LEVEE_A_HISTORY_POLICY]) {
		if (report->intervals)
			take_sample(nlh, tb, report);
		return 0;
	}
	report->interval = err_grow(report->interval, report->intervals,
				    sizeof(*interval));
	interval = &report->interval[report->intervals++];
	interval->since = nl_u64(tb[LEVEE_A_HISTORY_SINCE]);
	interval->until = nl_u64(tb[LEVEE_A_HISTORY_UNTIL]);
	return 0;
}

static void forget_history(void *data)
{
	struct report *report = data;

	report->intervals = 0;
	report->samples = 0;
	report->traffics = 0;
}

static int load_history(struct report *report, uint64_t since)
{
	int ret = nl_begin(LEVEE_CMD_HISTORY_GET);

	if (ret)
		return ret;
	if (report->policy)
		nl_put_str(LEVEE_A_HISTORY_POLICY, report->policy);
	nl_put_u64(LEVEE_A_HISTORY_SINCE, since);
	return nl_dump(take_history, forget_history, report);
}

static int take_vector(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE], *attr;
	struct report *report = data;
	struct traffic *traffic;
	struct vector *vector;

	report->vector = err_grow(report->vector, report->vectors,
				  sizeof(*vector));
	vector = &report->vector[report->vectors++];
	memset(vector, 0, sizeof(*vector));
	nl_parse(nlh, tb);
	vector->since = nl_u64(tb[LEVEE_A_ATTACK_SINCE]);
	vector->until = nl_u64(tb[LEVEE_A_ATTACK_UNTIL]);
	vector->peak_rate = nl_u64(tb[LEVEE_A_ATTACK_PEAK_RATE]);
	vector->offenders = nl_u64(tb[LEVEE_A_ATTACK_OFFENDERS]);
	traffic = &vector->traffic;
	copy(traffic->policy, sizeof(traffic->policy),
	     nl_str(tb[LEVEE_A_ATTACK_POLICY]));
	traffic->class = nl_u32(tb[LEVEE_A_ATTACK_CLASS]);
	count_read(&traffic->peak, tb[LEVEE_A_ATTACK_PEAK_PACKETS],
		   tb[LEVEE_A_ATTACK_PEAK_BYTES]);
	count_read(&traffic->sum.passed, tb[LEVEE_A_ATTACK_PASSED_PACKETS],
		   tb[LEVEE_A_ATTACK_PASSED_BYTES]);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == LEVEE_A_ATTACK_REASONS)
			take_reason(attr, traffic, &traffic->sum);
	return 0;
}

static void forget_vectors(void *data)
{
	struct report *report = data;

	report->vectors = 0;
}

static int load_vectors(struct report *report, uint64_t since)
{
	int ret = nl_begin(LEVEE_CMD_ATTACK_GET);

	if (ret)
		return ret;
	if (report->policy)
		nl_put_str(LEVEE_A_ATTACK_POLICY, report->policy);
	nl_put_u64(LEVEE_A_ATTACK_SINCE, since);
	return nl_dump(take_vector, forget_vectors, report);
}

static int take_source(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct offender_list *list = data;
	struct offender *to;

	list->offender = err_grow(list->offender, list->count, sizeof(*to));
	to = &list->offender[list->count++];
	memset(to, 0, sizeof(*to));
	nl_parse(nlh, tb);
	prefix_decode(tb[LEVEE_A_SOURCE_PREFIX], &to->prefix);
	copy(to->policy, sizeof(to->policy), nl_str(tb[LEVEE_A_SOURCE_POLICY]));
	to->class = nl_u32(tb[LEVEE_A_SOURCE_CLASS]);
	to->proof = nl_u32(tb[LEVEE_A_SOURCE_PROOF]);
	to->sources = 1;
	to->first_seen = nl_u64(tb[LEVEE_A_SOURCE_FIRST_SEEN]);
	to->last_seen = nl_u64(tb[LEVEE_A_SOURCE_LAST_SEEN]);
	count_read(&to->sum.passed, tb[LEVEE_A_SOURCE_PASSED_PACKETS],
		   tb[LEVEE_A_SOURCE_PASSED_BYTES]);
	count_read(&to->sum.dropped, tb[LEVEE_A_SOURCE_DROPPED_PACKETS],
		   tb[LEVEE_A_SOURCE_DROPPED_BYTES]);
	count_read(&to->sum.would, tb[LEVEE_A_SOURCE_WOULD_PACKETS],
		   tb[LEVEE_A_SOURCE_WOULD_BYTES]);
	return 0;
}

static void forget_sources(void *data)
{
	struct offender_list *list = data;

	list->count = 0;
}

/* @exists: the policy, if there is one named, may be asked for. */
static int load_sources(struct report *report, bool exists)
{
	int ret = nl_begin(LEVEE_CMD_SOURCE_GET);

	if (ret)
		return ret;
	if (report->policy && !exists)
		return EXIT_OK;
	if (report->policy)
		nl_put_str(LEVEE_A_SOURCE_POLICY, report->policy);
	return nl_dump(take_source, forget_sources, &report->sources);
}

static int take_total(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	struct report *report = data;

	nl_parse(nlh, tb);
	report->missed = nl_u64(tb[LEVEE_A_TOTAL_SOURCES_MISSED]);
	return 0;
}

static int load_total(struct report *report)
{
	int ret = nl_begin(LEVEE_CMD_TOTAL_GET);

	return ret ? ret : nl_do(take_total, report);
}

/* The configuration in force, as text whatever form the report has. */
static int load_config(struct report *report, bool *exists)
{
	struct config config = { 0 };
	bool json = out_json;
	size_t size, i;
	FILE *text;
	int ret;

	ret = config_load_brief(&config);
	for (i = 0; report->policy && i < config.policies.count; i++)
		*exists |= !strcmp(config.policies.policy[i].name,
				   report->policy);
	text = ret ? NULL : open_memstream(&report->config, &size);
	if (!ret && !text)
		ret = err_refused("out of memory");
	if (!ret) {
		out_json = false;
		out_divert(text);
		config_write_brief(&config, report->policy);
		out_divert(NULL);
		out_json = json;
		if (fclose(text))
			ret = err_refused("out of memory");
	}
	config_free(&config);
	return ret;
}

/**
 * report_load - Ask the kernel for all that a report is made of.
 * @report: empty but for the policy; to be freed even after an error
 * @since: from when on, in ns since the epoch
 *
 * Return: enum exit_status.
 */
int report_load(struct report *report, uint64_t since)
{
	bool exists = false;
	int ret;

	report->made = when_now();
	load_machine(report);
	ret = load_config(report, &exists);
	if (!ret)
		ret = load_history(report, since);
	if (!ret)
		ret = load_vectors(report, since);
	if (!ret && report->policy && !exists && !report->samples &&
	    !report->vectors)
		return err_refused("policy \"%s\": there is no such policy, nor was there one that anything is known of",
				   report->policy);
	if (!ret)
		ret = load_sources(report, exists);
	if (!ret)
		ret = load_total(report);
	return ret;
}

/**
 * report_free - Free what a report holds.
 * @report: the report
 */
void report_free(struct report *report)
{
	free(report->interval);
	free(report->sample);
	free(report->traffic);
	free(report->vector);
	free(report->attack);
	free(report->sources.offender);
	free(report->networks.offender);
	free(report->config);
}
