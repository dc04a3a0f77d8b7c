// SPDX-License-Identifier: GPL-2.0
/*
 * A crowd of HTTP clients: hundreds of local addresses that all open TCP
 * connections to one web site, ask for something, and do not wait long.
 *
 * usage: crowd SOURCES PORT PATH RATE SECONDS RAMP TRIES
 *
 * Every line of the file SOURCES is "SOURCE DESTINATION", IPv4 or IPv6. All
 * sources together start RATE connections per second, the sources joining one
 * by one over the first RAMP seconds. Each has at most TRIES connections open
 * at a time: the oldest gives way to the next, so that an unanswered attempt
 * costs an attacker nothing, as it does in the tools that such crowds use.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256

struct source {
	struct sockaddr_storage from;
	struct sockaddr_storage to;
	socklen_t len;
};

enum state { CLOSED, CONNECTING, ASKED };

struct attempt {
	int fd;
	enum state state;
};

static struct source *sources;
static struct attempt *attempts;
static unsigned long n_sources, n_tries;
static unsigned long started, connected, answered, failed;
static char request[512];
static size_t request_len;
static int epfd;
static volatile sig_atomic_t stop;

static void die(const char *what)
{
	fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void stop_now(int sig)
{
	(void)sig;
	stop = 1;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static socklen_t parse_address(const char *text, const char *port,
			       struct sockaddr_storage *addr)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *res;
	socklen_t len;

	if (getaddrinfo(text, port, &hints, &res)) {
		fprintf(stderr, "crowd: not an address: %s\n", text);
		exit(1);
	}
	len = res->ai_addrlen;
	memcpy(addr, res->ai_addr, len);
	freeaddrinfo(res);
	return len;
}

static void sources_read(const char *path, const char *port)
{
	char from[64], to[64];
	FILE *f = fopen(path, "r");

	if (!f)
		die(path);
	while (fscanf(f, "%63s %63s", from, to) == 2) {
		struct source *s;

		sources = realloc(sources, (n_sources + 1) * sizeof(*sources));
		if (!sources)
			die("memory");
		s = &sources[n_sources++];
		memset(s, 0, sizeof(*s));
		parse_address(from, "0", &s->from);
		s->len = parse_address(to, port, &s->to);
	}
	fclose(f);
	if (!n_sources) {
		fprintf(stderr, "crowd: no sources in %s\n", path);
		exit(1);
	}
}

/* Closes without a farewell, as a client does that has something else to do. */
static void attempt_drop(struct attempt *a)
{
	struct linger hard = { .l_onoff = 1 };

	if (a->state == CLOSED)
		return;
	setsockopt(a->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(a->fd);
	a->state = CLOSED;
}

static int attempt_open(struct attempt *a, const struct source *s)
{
	struct epoll_event ev = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = a,
	};
	int one = 1;

	a->fd = socket(s->from.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		die("socket");
	setsockopt(a->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	/* As few packets as possible: the request rides on the handshake's ACK. */
	setsockopt(a->fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof(one));
	if (bind(a->fd, (const struct sockaddr *)&s->from, s->len))
		die("bind");
	return epoll_ctl(epfd, EPOLL_CTL_ADD, a->fd, &ev);
}

/* Takes the pending error off a socket. */
static int attempt_error(struct attempt *a)
{
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

/* An unanswered socket is used again; that is cheaper than a new one. */
static void attempt_start(unsigned long i)
{
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	const struct source *s = &sources[i % n_sources];
	struct attempt *a = &attempts[i];

	if (a->state == CONNECTING) {
		if (connect(a->fd, &nowhere, sizeof(nowhere)))
			attempt_drop(a);
		else
			attempt_error(a);	/* "reset" is what we asked for */
	} else if (a->state == ASKED) {
		attempt_drop(a);
	}
	if (a->state == CLOSED && attempt_open(a, s))
		die("epoll_ctl");
	a->state = CONNECTING;
	started++;
	if (connect(a->fd, (const struct sockaddr *)&s->to, s->len) &&
	    errno != EINPROGRESS) {
		failed++;
		attempt_drop(a);
	}
}

static void attempt_event(struct attempt *a, unsigned int events)
{
	char buf[4096];
	ssize_t n;

	if (a->state == CONNECTING) {
		if (attempt_error(a)) {
			failed++;
			attempt_drop(a);
			return;
		}
		if ((events & (EPOLLOUT | EPOLLHUP)) != EPOLLOUT)
			return;		/* about the attempt before this one */
		if (send(a->fd, request, request_len, MSG_NOSIGNAL) < 0)
			return;
		connected++;
		a->state = ASKED;
	}
	if (a->state != ASKED || !(events & EPOLLIN))
		return;
	do
		n = recv(a->fd, buf, sizeof(buf), 0);
	while (n > 0);
	if (n == 0)
		answered++;
	if (n == 0 || errno != EAGAIN)
		attempt_drop(a);
}

static void attack(double rate, double seconds, double ramp)
{
	struct epoll_event events[EVENTS];
	unsigned long total = n_sources * n_tries, turn = 0;
	double begin = now(), due = 0, last = begin, t;

	while (!stop && (t = now()) - begin < seconds) {
		unsigned long joined = n_sources;
		int i, n;

		if (t - begin < ramp)
			joined = n_sources * (t - begin) / ramp + 1;
		due += rate * (t - last);
		last = t;
		if (due > rate / 20)	/* the machine is too slow */
			due = rate / 20;
		for (i = 0; due >= 1 && i < EVENTS; turn = (turn + 1) % total) {
			due--;
			if (turn % n_sources < joined) {
				attempt_start(turn);
				i++;
			}
		}
		n = epoll_wait(epfd, events, EVENTS, due >= 1 ? 0 : 1);
		for (i = 0; i < n; i++)
			attempt_event(events[i].data.ptr, events[i].events);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files;
	unsigned long i;

	if (argc != 8) {
		fprintf(stderr, "usage: crowd SOURCES PORT PATH RATE SECONDS RAMP TRIES\n");
		return 1;
	}
	sources_read(argv[1], argv[2]);
	n_tries = strtoul(argv[7], NULL, 0);
	request_len = snprintf(request, sizeof(request),
			       "GET %s HTTP/1.1\r\nHost: www.example.org\r\n"
			       "Connection: close\r\n\r\n", argv[3]);
	if (!n_tries || request_len >= sizeof(request)) {
		fprintf(stderr, "crowd: bad PATH or TRIES\n");
		return 1;
	}
	files.rlim_cur = n_sources * n_tries + 64;
	files.rlim_max = files.rlim_cur;
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("setrlimit");
	attempts = calloc(n_sources * n_tries, sizeof(*attempts));
	epfd = epoll_create1(0);
	if (!attempts || epfd < 0)
		die("start");

	signal(SIGTERM, stop_now);
	attack(strtod(argv[4], NULL), strtod(argv[5], NULL), strtod(argv[6], NULL));

	for (i = 0; i < n_sources * n_tries; i++)
		attempt_drop(&attempts[i]);
	printf("started %lu connected %lu answered %lu failed %lu\n",
	       started, connected, answered, failed);
	return 0;
}
