// SPDX-License-Identifier: GPL-2.0
/*
 * Multicast groups of the levee family.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "nlgroup.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* What the kernel may hold until it is read. */
#define RCVBUF_SIZE (1024 * 1024)

/* A group: its name, and its number once that is known. */
struct group {
	const char *name;
	uint32_t id;
};

static int take_groups(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE], *attr;
	struct group *group = data;

	nl_parse(nlh, tb);
	if (!tb[CTRL_ATTR_MCAST_GROUPS])
		return 0;
	mnl_attr_for_each_nested(attr, tb[CTRL_ATTR_MCAST_GROUPS]) {
		const struct nlattr *of[NL_TB_SIZE];

		nl_parse_nest(attr, of);
		if (!strcmp(nl_str(of[CTRL_ATTR_MCAST_GRP_NAME]), group->name))
			group->id = nl_u32(of[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

static void enlarge_rcvbuf(int fd)
{
	int size = RCVBUF_SIZE;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int join(const char *name)
{
	struct group group = { .name = name };
	int ret, fd;

	ret = nl_begin_family();
	if (!ret)
		ret = nl_do(take_groups, &group);
	if (ret)
		return ret;
	fd = nl_fd();
	enlarge_rcvbuf(fd);
	if (!setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group.id,
			sizeof(group.id)))
		return EXIT_OK;
	if (errno == EPERM)
		return err_refused("cannot listen to events: %s: this needs CAP_NET_ADMIN in the user namespace that owns the network namespace (try: sudo levee ...)",
				   strerror(errno));
	return err_refused("cannot listen to events: %s", strerror(errno));
}

/* Waits for a message; returns false if nobody reads the output any more. */
static bool wait_readable(int fd)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		/* Errors and hangups are always told. */
		{ .fd = STDOUT_FILENO },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return true;
	return !(fds[1].revents & (POLLERR | POLLHUP));
}

static int take_messages(const char *buf, size_t size, nlgroup_fn *take,
			 void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int ret = EXIT_OK, len;

	for (len = size; !ret && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
			ret = take(nlh, data);
	return ret;
}

/**
 * nlgroup_listen - Take the messages of a multicast group as they come.
 * @name: name of the group
 * @take: called for each message
 * @data: for @take
 *
 * Ends when nobody reads standard output any more.
 *
 * Return: enum exit_status.
 */
int nlgroup_listen(const char *name, nlgroup_fn *take, void *data)
{
	static char buf[64 * 1024] __attribute__((aligned(NLMSG_ALIGNTO)));
	int ret = join(name);
	ssize_t size;

	while (!ret && wait_readable(nl_fd())) {
		size = recv(nl_fd(), buf, sizeof(buf), 0);
		if (size >= 0)
			ret = take_messages(buf, size, take, data);
		else if (errno == ENOBUFS)
			err_warn("warning: events were lost: they came faster than they were read");
		else if (errno != EINTR && errno != EAGAIN)
			ret = err_refused("netlink: receive: %s",
					  strerror(errno));
	}
	nl_close();
	return ret;
}
