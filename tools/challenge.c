// SPDX-License-Identifier: GPL-2.0
/*
 * Challenges of policies: parsing and printing.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "challenge.h"

#include <inttypes.h>
#include <string.h>

#include "age.h"
#include "err.h"
#include "nl.h"
#include "out.h"
#include "rate.h"

#define PPS_MAX 100000000	/* As in levee.yaml. */

static const char *pps_text(uint32_t pps, char *buf)
{
	const struct rate rate = {
		.amount = pps, .period = 1, .unit = LEVEE_UNIT_PACKETS,
	};

	return rate_text(&rate, buf);
}

static int parse_pps(const char *key, const char *text, uint32_t *pps)
{
	struct rate rate = { 0 };
	int ret = rate_parse(key, text, &rate);

	if (ret)
		return ret;
	if (rate.unit != LEVEE_UNIT_PACKETS || rate.period != 1 ||
	    rate.amount > PPS_MAX)
		return err_usage("challenge %s \"%s\": expected packets per second, 1/s to 100M/s, as in 20k/s",
				 key, text);
	*pps = rate.amount;
	return EXIT_OK;
}

/* Takes the rate behind a keyword that was taken. */
static int take_pps(struct args *args, uint32_t *pps)
{
	const char *key = args->prev;

	if (!args->n)
		return err_usage("challenge: \"%s\" must be followed by a rate, as in 20k/s",
				 key);
	if (*pps)
		return err_usage("challenge: \"%s\" is given twice", key);
	return parse_pps(key, args_next(args), pps);
}

/* The keyword of a rate that may follow; NULL if something else does. */
static uint32_t *next_pps(const struct args *args, struct challenge *to)
{
	if (args->n && !strcmp(args->v[0], "below"))
		return &to->below;
	if (args->n && !strcmp(args->v[0], "rate"))
		return &to->rate;
	return NULL;
}

/**
 * challenge_parse - Read a challenge, of one word or of several.
 * @key: keyword before it
 * @text: its first word
 * @param: struct challenge_param
 *
 * Return: enum exit_status.
 */
int challenge_parse(const char *key, const char *text, void *param)
{
	struct challenge_param *to = param;
	struct challenge *challenge = &to->challenge;
	char above[RATE_STRLEN], below[RATE_STRLEN];
	uint32_t *pps;
	int ret;

	if (!strcmp(text, "off"))
		return EXIT_OK;
	if (strcmp(text, "above"))
		return err_usage("%s \"%s\": expected " CHALLENGE_WHAT, key,
				 text);
	ret = take_pps(to->args, &challenge->above);
	while (!ret && (pps = next_pps(to->args, challenge))) {
		args_next(to->args);
		ret = take_pps(to->args, pps);
	}
	if (!ret && challenge->below > challenge->above)
		ret = err_usage("%s: below \"%s\" is more than above \"%s\"",
				key, pps_text(challenge->below, below),
				pps_text(challenge->above, above));
	return ret;
}

/**
 * challenge_put - Put a challenge into a request.
 * @type: attribute that nests it
 * @challenge: the challenge
 */
void challenge_put(uint16_t type, const struct challenge *challenge)
{
	struct nlattr *nest = nl_put_nest(type);

	nl_put_u32(LEVEE_A_CHALLENGE_ABOVE, challenge->above);
	if (challenge->below)
		nl_put_u32(LEVEE_A_CHALLENGE_BELOW, challenge->below);
	if (challenge->rate)
		nl_put_u32(LEVEE_A_CHALLENGE_RATE, challenge->rate);
	nl_end_nest(nest);
}

/**
 * challenge_decode - Read a challenge that the kernel sent.
 * @nest: attribute that nests it; NULL if there is none
 * @challenge: where to store it; left alone if there is none
 */
void challenge_decode(const struct nlattr *nest, struct challenge *challenge)
{
	const struct nlattr *tb[NL_TB_SIZE];

	if (!nest)
		return;
	nl_parse_nest(nest, tb);
	challenge->above = nl_u32(tb[LEVEE_A_CHALLENGE_ABOVE]);
	challenge->below = nl_u32(tb[LEVEE_A_CHALLENGE_BELOW]);
	challenge->rate = nl_u32(tb[LEVEE_A_CHALLENGE_RATE]);
	challenge->since = nl_u64(tb[LEVEE_A_CHALLENGE_SINCE]);
	challenge->sent = nl_u64(tb[LEVEE_A_CHALLENGE_SENT]);
	challenge->answered = nl_u64(tb[LEVEE_A_CHALLENGE_ANSWERED]);
	challenge->failed = nl_u64(tb[LEVEE_A_CHALLENGE_FAILED]);
	challenge->suppressed = nl_u64(tb[LEVEE_A_CHALLENGE_SUPPRESSED]);
	challenge->retried = nl_u64(tb[LEVEE_A_CHALLENGE_RETRIED]);
}

/**
 * challenge_out_config - Print a challenge as challenge_parse() reads it.
 * @challenge: the challenge; without one, nothing is printed
 *
 * Text only; a blank before it.
 */
void challenge_out_config(const struct challenge *challenge)
{
	char above[RATE_STRLEN], below[RATE_STRLEN], rate[RATE_STRLEN];

	if (challenge->above)
		out_text(" challenge above %s below %s rate %s",
			 pps_text(challenge->above, above),
			 pps_text(challenge->below, below),
			 pps_text(challenge->rate, rate));
}

/**
 * challenge_out - Print all of a challenge as JSON.
 * @challenge: the challenge; without one, nothing is printed
 */
void challenge_out(const struct challenge *challenge)
{
	if (!challenge->above)
		return;
	out_object_open("challenge");
	out_u64(OUT_JSON, "above", NULL, challenge->above);
	out_u64(OUT_JSON, "below", NULL, challenge->below);
	out_u64(OUT_JSON, "rate", NULL, challenge->rate);
	if (challenge->since)
		out_u64(OUT_JSON, "since", NULL, challenge->since);
	out_u64(OUT_JSON, "sent", NULL, challenge->sent);
	out_u64(OUT_JSON, "answered", NULL, challenge->answered);
	out_u64(OUT_JSON, "failed", NULL, challenge->failed);
	out_u64(OUT_JSON, "suppressed", NULL, challenge->suppressed);
	out_u64(OUT_JSON, "retried", NULL, challenge->retried);
	out_object_close();
}

/**
 * challenge_out_counts - Print what challenges have come to, as a line of text.
 * @policy: name of the policy
 * @challenge: its challenge; without one, nothing is printed
 */
void challenge_out_counts(const char *policy,
			  const struct challenge *challenge)
{
	char since[AGE_STRLEN];

	if (!challenge->above)
		return;
	out_text("challenge %s sent %" PRIu64 " answered %" PRIu64
		 " failed %" PRIu64 " suppressed %" PRIu64 " retried %" PRIu64,
		 policy, challenge->sent, challenge->answered,
		 challenge->failed, challenge->suppressed,
		 challenge->retried);
	if (challenge->since)
		out_text(" began %s\n", out_stats ?
			 age_date(challenge->since, since) :
			 age_text(challenge->since, since));
	else
		out_text(" not now\n");
}
