/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says when it refuses a netlink request.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NLERR_H
#define _LEVEE_NLERR_H

struct nlmsghdr;

int nlerr_code(const struct nlmsghdr *reply);
int nlerr_report(const struct nlmsghdr *request, const struct nlmsghdr *reply);

#endif /* _LEVEE_NLERR_H */
