// SPDX-License-Identifier: GPL-2.0
/*
 * The attack report: works out what follows from what the kernel has counted.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "err.h"

#define NS_PER_S 1000000000ULL

/* Networks that sources are put together to. */
#define NETWORK_LEN4 24
#define NETWORK_LEN6 48

static void count_add(struct count *to, const struct count *from)
{
	to->packets += from->packets;
	to->bytes += from->bytes;
}

/**
 * tally_add - Add what became of some packets to that of others.
 * @to: the sum
 * @from: what is added
 */
void tally_add(struct tally *to, const struct tally *from)
{
	count_add(&to->passed, &from->passed);
	count_add(&to->dropped, &from->dropped);
	count_add(&to->would, &from->would);
}

/**
 * tally_packets - How many packets arrived.
 * @tally: what became of them
 *
 * Return: their number.
 */
uint64_t tally_packets(const struct tally *tally)
{
	return tally->passed.packets + tally_over(tally);
}

/**
 * tally_bytes - How many bytes arrived.
 * @tally: what became of them
 *
 * Return: their number.
 */
uint64_t tally_bytes(const struct tally *tally)
{
	return tally->passed.bytes + tally->dropped.bytes + tally->would.bytes;
}

/**
 * tally_over - How many packets were dropped, or would have been.
 * @tally: what became of them
 *
 * Return: their number.
 */
uint64_t tally_over(const struct tally *tally)
{
	return tally->dropped.packets + tally->would.packets;
}

static void peak_raise(struct count *peak, const struct tally *sum,
		       const struct interval *interval)
{
	uint64_t ns = interval->until - interval->since;
	double seconds, packets, bytes;

	/* The present one may have begun just now. */
	seconds = (double)(ns < NS_PER_S ? NS_PER_S : ns) / NS_PER_S;
	packets = tally_packets(sum) / seconds;
	bytes = tally_bytes(sum) / seconds;
	if (packets > peak->packets)
		peak->packets = packets;
	if (bytes > peak->bytes)
		peak->bytes = bytes;
}

/* qsort() hands nothing on to its comparison. */
static const struct traffic *sorted;

static int compare_traffic(const void *a, const void *b)
{
	const struct traffic *p = &sorted[*(const size_t *)a];
	const struct traffic *q = &sorted[*(const size_t *)b];
	int diff = strcmp(p->policy, q->policy);

	return diff ? diff : (p->class > q->class) - (p->class < q->class);
}

/* Puts traffic in order, and lets samples know where it is now. */
static void sort_traffic(struct report *report)
{
	size_t *order, *place, i, count = report->traffics;
	struct traffic *traffic;

	if (!count)
		return;
	order = err_realloc(NULL, count, sizeof(*order));
	place = err_realloc(NULL, count, sizeof(*place));
	traffic = err_realloc(NULL, count, sizeof(*traffic));
	for (i = 0; i < count; i++)
		order[i] = i;
	sorted = report->traffic;
	qsort(order, count, sizeof(*order), compare_traffic);
	for (i = 0; i < count; i++) {
		traffic[i] = report->traffic[order[i]];
		place[order[i]] = i;
	}
	for (i = 0; i < report->samples; i++)
		report->sample[i].traffic = place[report->sample[i].traffic];
	free(report->traffic);
	report->traffic = traffic;
	free(order);
	free(place);
}

static void sum_traffic(struct report *report)
{
	const struct sample *sample;
	size_t i;

	sort_traffic(report);
	for (i = 0; i < report->samples; i++) {
		sample = &report->sample[i];
		peak_raise(&report->traffic[sample->traffic].peak, &sample->sum,
			   &report->interval[sample->interval]);
	}
	for (i = 0; i < report->traffics; i++)
		tally_add(&report->total, &report->traffic[i].sum);
	report->since = report->made;
	report->until = report->made;
	if (report->intervals) {
		report->since = report->interval[0].since;
		report->until = report->interval[report->intervals - 1].until;
	}
}

static int compare_vectors(const void *a, const void *b)
{
	const struct vector *p = a, *q = b;
	int diff;

	if (p->since != q->since)
		return p->since < q->since ? -1 : 1;
	diff = strcmp(p->traffic.policy, q->traffic.policy);
	return diff ? diff : (p->traffic.class > q->traffic.class) -
			     (p->traffic.class < q->traffic.class);
}

/* Vectors that overlap, or follow each other soon, are one attack. */
static void sum_attacks(struct report *report)
{
	const struct vector *vector;
	struct attack *attack = NULL;
	size_t i;

	if (report->vectors)
		qsort(report->vector, report->vectors, sizeof(*report->vector),
		      compare_vectors);
	for (i = 0; i < report->vectors; i++) {
		vector = &report->vector[i];
		if (!attack || (attack->until && vector->since > attack->until +
				REPORT_GAP_NS)) {
			report->attack = err_grow(report->attack,
						  report->attacks,
						  sizeof(*attack));
			attack = &report->attack[report->attacks++];
			*attack = (struct attack){ .since = vector->since,
						   .until = vector->until,
						   .first = i };
		}
		attack->count++;
		if (!vector->until)
			attack->until = 0;
		else if (attack->until && vector->until > attack->until)
			attack->until = vector->until;
	}
}

static int compare_worst(const void *a, const void *b)
{
	const struct offender *p = a, *q = b;
	uint64_t over_p = tally_over(&p->sum), over_q = tally_over(&q->sum);
	int diff;

	if (over_p != over_q)
		return over_p > over_q ? -1 : 1;
	diff = prefix_cmp(&p->prefix, &q->prefix);
	if (!diff)
		diff = strcmp(p->policy, q->policy);
	return diff ? diff : (p->class > q->class) - (p->class < q->class);
}

static int compare_prefix(const void *a, const void *b)
{
	const struct offender *p = a, *q = b;

	return prefix_cmp(&p->prefix, &q->prefix);
}

static void offender_sort(struct offender_list *list,
			  int (*compare)(const void *, const void *))
{
	if (list->count)
		qsort(list->offender, list->count, sizeof(*list->offender),
		      compare);
}

static void mask(struct prefix *prefix, uint8_t len)
{
	uint8_t i;

	for (i = len / 8; i < sizeof(prefix->addr); i++)
		prefix->addr[i] = 0;
	prefix->len = len;
}

/* Adds a source to the network that it is in, which is the last one or new. */
static void network_add(struct offender_list *networks,
			const struct offender *source, bool same)
{
	uint8_t len = source->prefix.bits == 32 ? NETWORK_LEN4 : NETWORK_LEN6;
	struct offender net = *source, *last = NULL;

	/* What is more than a network is in none. */
	if (source->prefix.len < len)
		return;
	mask(&net.prefix, len);
	if (networks->count)
		last = &networks->offender[networks->count - 1];
	if (!last || prefix_cmp(&last->prefix, &net.prefix)) {
		networks->offender = err_grow(networks->offender,
					      networks->count, sizeof(net));
		networks->offender[networks->count++] = net;
		return;
	}
	/* One that exceeded several limits has several records. */
	last->sources += !same;
	tally_add(&last->sum, &source->sum);
	if (net.first_seen < last->first_seen)
		last->first_seen = net.first_seen;
	if (net.last_seen > last->last_seen)
		last->last_seen = net.last_seen;
}

/* Leaves out who was last seen before the time that the report covers. */
static void drop_earlier(struct report *report)
{
	struct offender_list *list = &report->sources;
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++)
		if (list->offender[i].last_seen >= report->since)
			list->offender[kept++] = list->offender[i];
	list->count = kept;
}

static void sum_sources(struct report *report)
{
	struct offender_list *list = &report->sources;
	const struct offender *source;
	struct proof_sum *proof;
	bool same;
	size_t i;

	drop_earlier(report);
	/* Networks are longer than what is masked: their sources are neighbours. */
	offender_sort(list, compare_prefix);
	for (i = 0; i < list->count; i++) {
		source = &list->offender[i];
		same = i && !prefix_cmp(&source[-1].prefix, &source->prefix);
		network_add(&report->networks, source, same);
		proof = &report->proof[source->proof <= LEVEE_PROOF_MAX ?
				       source->proof : LEVEE_PROOF_UNKNOWN];
		proof->sources++;
		tally_add(&proof->sum, &source->sum);
	}
	offender_sort(list, compare_worst);
	offender_sort(&report->networks, compare_worst);
}

/* Of what is dropped for a challenge, all that is no SYN is an answer to one. */
static void sum_challenges(struct report *report)
{
	const struct traffic *traffic;
	const struct tally *tally;
	size_t i;

	for (i = 0; i < report->traffics; i++) {
		traffic = &report->traffic[i];
		tally = &traffic->reason[LEVEE_REASON_CHALLENGE];
		if (traffic->class == LEVEE_CLASS_SYN)
			tally_add(&report->challenged, tally);
		else
			report->answered += tally_over(tally);
	}
}

/**
 * report_spoofed - How much is from sources that were never shown to be real.
 * @report: the report
 *
 * Return: packets over the limits, and SYNs that were challenged, in tenths of a
 *	percent of those from sources of which it is known whether they are; -1
 *	if it is known of none.
 */
int report_spoofed(const struct report *report)
{
	uint64_t unproven, known, challenged, silent = 0;

	unproven = tally_over(&report->proof[LEVEE_PROOF_UNPROVEN].sum);
	known = unproven + tally_over(&report->proof[LEVEE_PROOF_PROVEN].sum);
	/* A challenge of before may be answered in the time that is covered. */
	challenged = tally_over(&report->challenged);
	if (challenged > report->answered)
		silent = challenged - report->answered;
	unproven += silent;
	known += challenged;
	return known ? (int)((double)unproven / known * 1000 + 0.5) : -1;
}

/**
 * report_sum - Work out what follows from what was loaded.
 * @report: the report
 */
void report_sum(struct report *report)
{
	sum_traffic(report);
	sum_attacks(report);
	sum_sources(report);
	sum_challenges(report);
}
