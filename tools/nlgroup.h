/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Multicast groups of the levee family.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NLGROUP_H
#define _LEVEE_NLGROUP_H

struct nlmsghdr;

/* Called for each message; returns enum exit_status, not 0 ends listening. */
typedef int nlgroup_fn(const struct nlmsghdr *nlh, void *data);

int nlgroup_listen(const char *name, nlgroup_fn *take, void *data);

#endif /* _LEVEE_NLGROUP_H */
