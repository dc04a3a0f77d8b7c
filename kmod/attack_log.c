// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks that are over, the last of them: bounded, for reports.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "attack_log.h"

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "compat.h"

/**
 * struct levee_attack_log - a ring of attacks
 * @count: how many there were
 * @mask: how many there is room for, less one
 * @record: the last of them
 *
 * The caller sees to it that nobody uses it at the same time.
 */
struct levee_attack_log {
	u64 count;
	u32 mask;
	struct levee_attack_record record[];
};

/**
 * levee_attack_log_alloc - make room for attacks
 * @max: how many are kept, a power of two
 *
 * Context: process, may sleep.
 * Return: the log, or NULL if memory is short.
 */
struct levee_attack_log *levee_attack_log_alloc(u32 max)
{
	struct levee_attack_log *log;

	log = kvzalloc(struct_size(log, record, max), GFP_KERNEL_ACCOUNT);
	if (log)
		log->mask = max - 1;
	return log;
}
LEVEE_EXPORT_FOR_TEST(levee_attack_log_alloc);

/**
 * levee_attack_log_free - forget all attacks
 * @log: the log, or NULL
 */
void levee_attack_log_free(struct levee_attack_log *log)
{
	kvfree(log);
}
LEVEE_EXPORT_FOR_TEST(levee_attack_log_free);

/**
 * levee_attack_log_add - remember an attack, and forget the oldest if need be
 * @log: the log
 * @record: the attack
 */
void levee_attack_log_add(struct levee_attack_log *log,
			  const struct levee_attack_record *record)
{
	log->record[log->count++ & log->mask] = *record;
}
LEVEE_EXPORT_FOR_TEST(levee_attack_log_add);

/**
 * levee_attack_log_count - how many attacks there were
 * @log: the log
 *
 * Return: their number, those that were forgotten included.
 */
u64 levee_attack_log_count(const struct levee_attack_log *log)
{
	return log->count;
}
LEVEE_EXPORT_FOR_TEST(levee_attack_log_count);

/**
 * levee_attack_log_read - read an attack
 * @log: the log
 * @number: which one, from 0; set to that of the oldest that is known if it was
 *	forgotten
 * @record: set to it
 *
 * Return: false if there is none with this number.
 */
bool levee_attack_log_read(const struct levee_attack_log *log, u64 *number,
			   struct levee_attack_record *record)
{
	*number = max(*number, log->count - min_t(u64, log->count,
						  log->mask + 1ull));
	if (*number >= log->count)
		return false;
	*record = log->record[*number & log->mask];
	return true;
}
LEVEE_EXPORT_FOR_TEST(levee_attack_log_read);
