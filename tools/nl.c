// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink: one request at a time to the levee family.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "nl.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "err.h"
#include "nlerr.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Below any kernel's default size of a send buffer. */
#define SNDBUF_DEFAULT 65536

/* How often a dump is read again because what it lists changed meanwhile. */
#define DUMP_TRIES 5

/* Room for 65536 destination prefixes, the most that a policy may have. */
static char request_buf[65536 * 32 + 4096];
static char reply_buf[64 * 1024];
static struct nlmsghdr *const request = (struct nlmsghdr *)request_buf;
static struct mnl_socket *sock;
static uint16_t family;
static bool too_long;
static nl_collect_fn *collect;

static int sock_error(const char *what)
{
	return err_refused("netlink: %s: %s", what, strerror(errno));
}

static int sock_open(void)
{
	int on = 1;

	if (sock)
		return EXIT_OK;
	sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!sock)
		return sock_error("socket");
	/* Without these, an old kernel only has less to say. */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return sock_error("bind");
	return EXIT_OK;
}

/**
 * nl_close - Close the socket; the next request opens another.
 *
 * Whatever the kernel still had to say is dropped.
 */
void nl_close(void)
{
	if (sock)
		mnl_socket_close(sock);
	sock = NULL;
}

static void begin(uint16_t type, uint8_t cmd, uint8_t version)
{
	static uint32_t seq;
	struct genlmsghdr *genl;

	mnl_nlmsg_put_header(request);
	request->nlmsg_type = type;
	request->nlmsg_seq = ++seq;
	genl = mnl_nlmsg_put_extra_header(request, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	too_long = false;
}

/* The kernel takes no larger message than the send buffer allows. */
static void enlarge_sndbuf(void)
{
	int fd = mnl_socket_get_fd(sock), size = sizeof(request_buf);

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static int send_request(uint16_t flags)
{
	if (too_long)
		return err_usage("too many prefixes for one request");
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	if (request->nlmsg_len > SNDBUF_DEFAULT)
		enlarge_sndbuf();
	if (mnl_socket_sendto(sock, request, request->nlmsg_len) < 0)
		return sock_error("send");
	return EXIT_OK;
}

/**
 * struct exchange - A request that is being answered.
 * @reply: called for each message, unless NULL
 * @data: for @reply
 * @end: message that ended the reply; NULL before that
 * @interrupted: what is listed changed meanwhile
 * @stopped: @reply wants no more
 */
struct exchange {
	nl_reply_fn *reply;
	void *data;
	const struct nlmsghdr *end;
	bool interrupted;
	bool stopped;
};

static void take_message(struct exchange *ex, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		ex->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		ex->end = nlh;
	else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && ex->reply &&
		 !ex->stopped && ex->reply(nlh, ex->data))
		ex->stopped = true;
}

/* Reads until the reply ends, or nobody wants more of it. */
static int receive(struct exchange *ex)
{
	const struct nlmsghdr *nlh;
	ssize_t size;
	int len;

	while (!ex->end && !ex->stopped) {
		size = mnl_socket_recvfrom(sock, reply_buf, sizeof(reply_buf));
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return sock_error("receive");
		nlh = (struct nlmsghdr *)reply_buf;
		for (len = size; !ex->end && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_seq == request->nlmsg_seq)
				take_message(ex, nlh);
	}
	if (!ex->end)
		nl_close();
	return EXIT_OK;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[NL_TB_SIZE];
	uint16_t *id = data;

	nl_parse(nlh, tb);
	if (tb[CTRL_ATTR_FAMILY_ID] &&
	    !mnl_attr_validate(tb[CTRL_ATTR_FAMILY_ID], MNL_TYPE_U16))
		*id = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return 0;
}

static void begin_family(void)
{
	begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	nl_put_str(CTRL_ATTR_FAMILY_NAME, LEVEE_FAMILY_NAME);
}

static int find_family(void)
{
	struct exchange ex = { .reply = take_family, .data = &family };
	int ret;

	begin_family();
	ret = send_request(NLM_F_ACK);
	if (!ret)
		ret = receive(&ex);
	if (ret)
		return ret;
	if (nlerr_code(ex.end) && nlerr_code(ex.end) != ENOENT)
		return nlerr_report(request, ex.end);
	if (!family)
		return err_refused("the levee module is not loaded (try: insmod levee.ko or modprobe levee)");
	return EXIT_OK;
}

/**
 * nl_collect - Do not send requests, but hand them over.
 * @fn: called for each; NULL to send the next ones again
 */
void nl_collect(nl_collect_fn *fn)
{
	collect = fn;
}

/**
 * nl_collects - Whether requests are handed over, and the kernel not asked.
 *
 * Return: true if so.
 */
bool nl_collects(void)
{
	return collect;
}

/**
 * nl_begin - Begin a request.
 * @cmd: enum levee_cmd
 *
 * Opens the socket and finds the family if that was not done before, and if
 * requests are sent.
 *
 * Return: enum exit_status.
 */
int nl_begin(uint8_t cmd)
{
	int ret = EXIT_OK;

	if (!collect)
		ret = sock_open();
	if (!ret && !collect && !family)
		ret = find_family();
	if (!ret)
		begin(family, cmd, LEVEE_FAMILY_VERSION);
	return ret;
}

/**
 * nl_begin_family - Begin a request about the family itself.
 *
 * Return: enum exit_status.
 */
int nl_begin_family(void)
{
	int ret = sock_open();

	if (!ret && !family)
		ret = find_family();
	if (!ret)
		begin_family();
	return ret;
}

/**
 * nl_fd - The socket, for who listens to events.
 *
 * Return: its file descriptor; a request was made before.
 */
int nl_fd(void)
{
	return mnl_socket_get_fd(sock);
}

/**
 * nl_put - Append an attribute to the request.
 * @type: attribute type
 * @data: its value
 * @size: bytes of @data
 */
void nl_put(uint16_t type, const void *data, uint16_t size)
{
	if (!mnl_attr_put_check(request, sizeof(request_buf), type, size, data))
		too_long = true;
}

/**
 * nl_put_u8 - Append a number of 8 bits to the request.
 * @type: attribute type
 * @val: value
 */
void nl_put_u8(uint16_t type, uint8_t val)
{
	nl_put(type, &val, sizeof(val));
}

/**
 * nl_put_u32 - Append a number of 32 bits to the request.
 * @type: attribute type
 * @val: value
 */
void nl_put_u32(uint16_t type, uint32_t val)
{
	nl_put(type, &val, sizeof(val));
}

/**
 * nl_put_u64 - Append a number of 64 bits to the request.
 * @type: attribute type
 * @val: value
 */
void nl_put_u64(uint16_t type, uint64_t val)
{
	nl_put(type, &val, sizeof(val));
}

/**
 * nl_put_str - Append a string to the request.
 * @type: attribute type
 * @val: value
 */
void nl_put_str(uint16_t type, const char *val)
{
	nl_put(type, val, strlen(val) + 1);
}

/**
 * nl_put_nest - Begin a nest in the request.
 * @type: attribute type
 *
 * Return: what nl_end_nest() wants.
 */
struct nlattr *nl_put_nest(uint16_t type)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start_check(request, sizeof(request_buf), type);
	if (!nest)
		too_long = true;
	return nest;
}

/**
 * nl_end_nest - End a nest.
 * @nest: what nl_put_nest() returned
 */
void nl_end_nest(struct nlattr *nest)
{
	if (nest)
		mnl_attr_nest_end(request, nest);
}

/**
 * nl_try - Send the request and wait until it is done or refused.
 * @reply: called for each message of the reply; may be NULL
 * @data: for @reply
 * @end: set to the message that ended it, valid until the next request; NULL if
 *	@reply wanted no more
 *
 * Return: enum exit_status; EXIT_OK even if the kernel refused it.
 */
int nl_try(nl_reply_fn *reply, void *data, const struct nlmsghdr **end)
{
	struct exchange ex = { .reply = reply, .data = data };
	int ret;

	ret = send_request(NLM_F_ACK);
	if (!ret)
		ret = receive(&ex);
	*end = ex.end;
	return ret;
}

/**
 * nl_do - Send the request and wait until it is done.
 * @reply: called for each message of the reply; may be NULL
 * @data: for @reply
 *
 * Return: enum exit_status.
 */
int nl_do(nl_reply_fn *reply, void *data)
{
	const struct nlmsghdr *end;
	int ret;

	if (collect && too_long)
		return err_usage("too many prefixes for one request");
	if (collect)
		return collect(request);
	ret = nl_try(reply, data, &end);
	if (!ret && end && nlerr_code(end))
		ret = nl_report(end);
	return ret;
}

/**
 * nl_report - Tell the user why the kernel refused the request.
 * @end: message that ended it
 *
 * Return: EXIT_REFUSED.
 */
int nl_report(const struct nlmsghdr *end)
{
	return nlerr_report(request, end);
}

static int take_refusals(int size, nl_reply_fn *refused, void *data)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)reply_buf;

	for (; mnl_nlmsg_ok(nlh, size); nlh = mnl_nlmsg_next(nlh, &size))
		if (nlh->nlmsg_type == NLMSG_ERROR && nlerr_code(nlh) &&
		    refused(nlh, data))
			return EXIT_REFUSED;
	return EXIT_OK;
}

/**
 * nl_send_many - Send requests that were collected, in one message of the socket.
 * @first: the first of them, aligned, with sequence numbers of their own
 * @size: bytes of all
 * @refused: called for each that was refused; not 0 ends it
 * @data: for @refused
 *
 * A request was sent to the family before, so that it is known.
 *
 * Return: enum exit_status; EXIT_REFUSED if @refused returned not 0.
 */
int nl_send_many(struct nlmsghdr *first, size_t size, nl_reply_fn *refused,
		 void *data)
{
	int fd = mnl_socket_get_fd(sock), len = size, ret = EXIT_OK;
	struct nlmsghdr *nlh;
	ssize_t got;

	for (nlh = first; mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len)) {
		nlh->nlmsg_type = family;
		nlh->nlmsg_flags = NLM_F_REQUEST;
	}
	if (size > SNDBUF_DEFAULT)
		enlarge_sndbuf();
	if (mnl_socket_sendto(sock, first, size) < 0)
		return sock_error("send");
	/* When they are sent, the kernel has carried them out. */
	while (!ret) {
		got = recv(fd, reply_buf, sizeof(reply_buf), MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			return EXIT_OK;
		if (got < 0 && errno != EINTR)
			return sock_error("receive");
		ret = take_refusals(got, refused, data);
	}
	return ret;
}

/**
 * nl_dump - Send the request as a dump and read all of it.
 * @reply: called for each entry
 * @restart: called before everything is read again, because it changed while
 *	it was read; NULL if that is impossible
 * @data: for both
 *
 * Return: enum exit_status.
 */
int nl_dump(nl_reply_fn *reply, nl_restart_fn *restart, void *data)
{
	static uint32_t retry_seq = 1U << 31;
	int ret, tries = DUMP_TRIES;
	struct exchange ex;

	for (;;) {
		memset(&ex, 0, sizeof(ex));
		ex.reply = reply;
		ex.data = data;
		ret = send_request(NLM_F_DUMP);
		if (!ret)
			ret = receive(&ex);
		if (ret || !ex.end)
			return ret;
		if (nlerr_code(ex.end) && nlerr_code(ex.end) != EINTR)
			return nlerr_report(request, ex.end);
		if (!ex.interrupted && !nlerr_code(ex.end))
			return EXIT_OK;
		if (!restart || !--tries)
			break;
		restart(data);
		request->nlmsg_seq = ++retry_seq;
	}
	err_warn("warning: the list changed while it was read; entries may be missing or appear twice");
	return EXIT_OK;
}
