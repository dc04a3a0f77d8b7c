/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands about hooks and flushing, and the family's registration.
 */
#ifndef _LEVEE_NETLINK_H
#define _LEVEE_NETLINK_H

int levee_netlink_init(void);
void levee_netlink_exit(void);

#endif /* _LEVEE_NETLINK_H */
