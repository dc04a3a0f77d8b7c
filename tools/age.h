/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points in time as text.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_AGE_H
#define _LEVEE_AGE_H

#include <stdint.h>

#define AGE_STRLEN 48

const char *age_text(uint64_t epoch_ns, char *buf);
const char *age_date(uint64_t epoch_ns, char *buf);

#endif /* _LEVEE_AGE_H */
