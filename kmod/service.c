// SPDX-License-Identifier: GPL-2.0
/*
 * Protocols and destination ports that a policy is for.
 */
#include "service.h"

#include <linux/errno.h>
#include <linux/in.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "compat.h"

/**
 * levee_proto_has_ports - does levee find ports in packets of a protocol?
 * @proto: the protocol
 *
 * Return: whether it does.
 */
bool levee_proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

static int proto_compare(const void *a, const void *b)
{
	const u8 *p = a, *q = b;

	return *p - *q;
}

static int ports_compare(const void *a, const void *b)
{
	const struct levee_ports *p = a, *q = b;

	return (int)p->first - (int)q->first;
}

/**
 * levee_service_check - bring protocols and ports into order
 * @service: the protocols and ports, of which each range is one
 *
 * Return: 0; -EPROTOTYPE if there are ports, but not for all protocols;
 * -EEXIST if a protocol is there twice; -EINVAL if ranges overlap.
 */
int levee_service_check(struct levee_service *service)
{
	int i;

	if (service->ports_count && !service->proto_count)
		return -EPROTOTYPE;
	sort(service->proto, service->proto_count, sizeof(*service->proto),
	     proto_compare, NULL);
	for (i = 0; i < service->proto_count; i++) {
		if (service->ports_count &&
		    !levee_proto_has_ports(service->proto[i]))
			return -EPROTOTYPE;
		if (i && service->proto[i] == service->proto[i - 1])
			return -EEXIST;
	}

	sort(service->ports, service->ports_count, sizeof(*service->ports),
	     ports_compare, NULL);
	for (i = 1; i < service->ports_count; i++)
		if (service->ports[i].first <= service->ports[i - 1].last)
			return -EINVAL;
	return 0;
}
LEVEE_EXPORT_FOR_TEST(levee_service_check);

/**
 * levee_service_has - is a policy for a protocol and port?
 * @service: protocols and ports of the policy, or NULL
 * @key: levee_service_key() of them
 * @ports: set to the range that holds the port, or to NULL
 *
 * Not for the packet path, which has all policies in one search.
 *
 * Return: whether it is.
 */
bool levee_service_has(const struct levee_service *service, u32 key,
		       const struct levee_ports **ports)
{
	u32 proto = key >> LEVEE_SERVICE_PORT_BITS;
	u16 dport = key;
	int i;

	*ports = NULL;
	if (!service)
		return true;
	if (proto == LEVEE_SERVICE_NO_PROTO ||
	    !memchr(service->proto, proto, service->proto_count))
		return false;
	for (i = 0; i < service->ports_count; i++) {
		if (dport >= service->ports[i].first &&
		    dport <= service->ports[i].last) {
			*ports = &service->ports[i];
			return true;
		}
	}
	return !service->ports_count;
}
LEVEE_EXPORT_FOR_TEST(levee_service_has);
