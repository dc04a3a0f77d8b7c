/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which policy decides about a packet, and why.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_MATCH_H
#define _LEVEE_MATCH_H

#include "args.h"

int match_run(struct args *args);

#endif /* _LEVEE_MATCH_H */
