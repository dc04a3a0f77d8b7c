/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands that begin, commit and abort a configuration.
 *
 * Copyright (C) 2026 The levee authors
 */
#ifndef _LEVEE_NETLINK_CONFIG_H
#define _LEVEE_NETLINK_CONFIG_H

int levee_netlink_config_init(void);
void levee_netlink_config_exit(void);

#endif /* _LEVEE_NETLINK_CONFIG_H */
