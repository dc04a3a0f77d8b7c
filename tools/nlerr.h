/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says when it refuses a netlink request.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NLERR_H
#define _LEVEE_NLERR_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

int nlerr_code(const struct nlmsghdr *reply);
bool nlerr_cookie(const struct nlmsghdr *reply, uint64_t *cookie);
int nlerr_report(const struct nlmsghdr *request, const struct nlmsghdr *reply);

#endif /* _LEVEE_NLERR_H */
