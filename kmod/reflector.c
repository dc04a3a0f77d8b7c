// SPDX-License-Identifier: GPL-2.0
/*
 * Ports of UDP services that answer far more than they are asked.
 */
#include "reflector.h"

#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat.h"

/* Where nobody has said anything; in order. */
static const u16 builtin_ports[] = {
	17,	/* QOTD */
	19,	/* CharGEN */
	53,	/* DNS */
	69,	/* TFTP */
	111,	/* portmap, RPC */
	123,	/* NTP */
	137,	/* NetBIOS name service */
	161,	/* SNMP */
	177,	/* XDMCP */
	389,	/* CLDAP */
	427,	/* SLP, CVE-2023-29552 */
	500,	/* IKE */
	520,	/* RIPv1 */
	623,	/* IPMI */
	1434,	/* MS SQL browser */
	1604,	/* Citrix ICA browser */
	1900,	/* SSDP */
	3283,	/* Apple remote desktop */
	3389,	/* RDP over UDP */
	3478,	/* STUN */
	3702,	/* WS-Discovery */
	4500,	/* IKE, NAT traversal */
	5060,	/* SIP */
	5093,	/* Sentinel licence manager */
	5351,	/* NAT-PMP */
	5353,	/* multicast DNS */
	5683,	/* CoAP */
	6881,	/* BitTorrent DHT */
	10001,	/* Ubiquiti discovery */
	10074,	/* Mitel TP-240, CVE-2022-26143 */
	11211,	/* memcached */
	17185,	/* VxWorks debug agent, CVE-2010-2965 */
	20800,	/* Call of Duty */
	27015,	/* Steam (Valve) */
	27960,	/* Quake III */
	30718,	/* Lantronix discovery */
	32410,	/* Plex media server */
	32414,	/* Plex media server */
	33848,	/* Jenkins discovery, CVE-2020-2100 */
	37810,	/* DVR discovery (DHDiscover) */
	47808,	/* BACnet */
};

static int compare_ports(const void *a, const void *b)
{
	const struct levee_reflector *p = a, *q = b;

	return p->port - q->port;
}

static bool is_builtin(const struct levee_reflectors *list)
{
	u32 i;

	if (list->count != ARRAY_SIZE(builtin_ports))
		return false;
	for (i = 0; i < list->count; i++)
		if (list->port[i].port != builtin_ports[i])
			return false;
	return true;
}

/**
 * levee_reflectors_new - make a list
 * @ports: its ports, in any order, each once
 * @count: how many they are, LEVEE_REFLECTORS_MAX at the most
 *
 * Context: may sleep.
 * Return: the list, or NULL if there is no memory for it.
 */
struct levee_reflectors *levee_reflectors_new(const u16 *ports, u32 count)
{
	struct levee_reflectors *list;
	u32 i;

	list = kzalloc(struct_size(list, port, count), GFP_KERNEL_ACCOUNT);
	if (!list)
		return NULL;
	list->count = count;
	for (i = 0; i < count; i++) {
		list->port[i].port = ports[i];
		__set_bit(ports[i] % LEVEE_REFLECTORS_FILTER, list->filter);
	}
	sort(list->port, count, sizeof(*list->port), compare_ports, NULL);
	list->builtin = is_builtin(list);
	return list;
}
LEVEE_EXPORT_FOR_TEST(levee_reflectors_new);

/**
 * levee_reflectors_builtin - make the list where nobody has said anything
 *
 * From the alert TA14-017A of CISA and Shadowserver's reports of services open
 * to amplification; and threat reports of Akamai SIRT, Netscout ASERT and
 * Radware (1604, 4500, 500, 5060, 20800, 30718, 32410, 32414, 33848).
 *
 * Context: may sleep.
 * Return: the list, or NULL if there is no memory for it.
 */
struct levee_reflectors *levee_reflectors_builtin(void)
{
	return levee_reflectors_new(builtin_ports, ARRAY_SIZE(builtin_ports));
}
LEVEE_EXPORT_FOR_TEST(levee_reflectors_builtin);

/**
 * levee_reflectors_free - free a list that no packet looks at
 * @list: the list, or NULL
 */
void levee_reflectors_free(struct levee_reflectors *list)
{
	kfree(list);
}
LEVEE_EXPORT_FOR_TEST(levee_reflectors_free);

/**
 * levee_reflectors_find - find a port
 * @list: the list
 * @port: the port, host byte order
 *
 * Context: RCU read lock, or whatever else keeps @list. Packet path.
 * Return: the port, or NULL if it is not in the list.
 */
const struct levee_reflector *
levee_reflectors_find(const struct levee_reflectors *list, u16 port)
{
	u32 low = 0, high = list->count;

	while (low < high) {
		u32 mid = (low + high) / 2;

		if (list->port[mid].port == port)
			return &list->port[mid];
		if (list->port[mid].port < port)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
LEVEE_EXPORT_FOR_TEST(levee_reflectors_find);

/**
 * levee_reflectors_follow - since when the ports of a list are watched
 * @list: the list, not published yet
 * @prev: the one that it takes the place of
 * @from_ns: what a port that is new gets
 */
void levee_reflectors_follow(struct levee_reflectors *list,
			     const struct levee_reflectors *prev, u64 from_ns)
{
	const struct levee_reflector *old;
	u32 i;

	for (i = 0; i < list->count; i++) {
		old = levee_reflectors_find(prev, list->port[i].port);
		list->port[i].from_ns = old ? old->from_ns : from_ns;
	}
}
LEVEE_EXPORT_FOR_TEST(levee_reflectors_follow);
