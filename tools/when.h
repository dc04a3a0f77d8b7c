/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points in time: parsing, and as UTC.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_WHEN_H
#define _LEVEE_WHEN_H

#include <stdint.h>

#define WHEN_STRLEN 32
#define WHEN_WHAT "how long ago, as in 90s, 10m, 2h or 1d, or a time, as in 03:10, 2026-11-24 or 2026-11-24T03:10:00Z"

int when_parse(const char *key, const char *text, void *epoch_ns);
uint64_t when_now(void);
const char *when_utc(uint64_t epoch_ns, char *buf);

#endif /* _LEVEE_WHEN_H */
