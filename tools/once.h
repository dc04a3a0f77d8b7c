/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration files: each thing is said once, and in order.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_ONCE_H
#define _LEVEE_ONCE_H

struct nlmsghdr;

int once_check(const struct nlmsghdr *nlh, unsigned int line);
void once_forget(void);

#endif /* _LEVEE_ONCE_H */
