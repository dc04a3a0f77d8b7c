/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits and challenges that no packet can meet.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_DEAD_H
#define _LEVEE_DEAD_H

#include <stdint.h>

struct script;

void dead_check_limit(const char *policy, uint32_t class);
void dead_check_challenge(const char *policy);
void dead_check(const struct script *script);

#endif /* _LEVEE_DEAD_H */
