// SPDX-License-Identifier: GPL-2.0
/*
 * Protocols and destination ports: parsing, printing, and their netlink form.
 *
 * Copyright (C) 2026 The levee authors
 */
#include "service.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/levee.h>

#include "args.h"
#include "err.h"
#include "nl.h"
#include "out.h"

#define PORT_WHAT "a port is a number from 1 to 65535"

/* Others have their number; /etc/protocols may be missing, or say otherwise. */
static const struct {
	uint8_t proto;
	const char *name;
} proto_names[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ IPPROTO_UDPLITE, "udplite" },
	{ IPPROTO_SCTP, "sctp" },
	{ IPPROTO_DCCP, "dccp" },
	{ IPPROTO_ICMP, "icmp" },
	{ IPPROTO_ICMPV6, "icmpv6" },
	{ IPPROTO_GRE, "gre" },
	{ IPPROTO_ESP, "esp" },
	{ IPPROTO_AH, "ah" },
	{ IPPROTO_IPIP, "ipip" },
	{ IPPROTO_IPV6, "ipv6" },
};

#define NAMES (sizeof(proto_names) / sizeof(proto_names[0]))

/**
 * proto_parse - Read the name or number of a protocol.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @proto: uint8_t
 *
 * Return: enum exit_status.
 */
int proto_parse(const char *key, const char *text, void *proto)
{
	uint32_t number;
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (!strcmp(text, proto_names[i].name)) {
			*(uint8_t *)proto = proto_names[i].proto;
			return EXIT_OK;
		}
	}
	if (!args_digits(text, UINT8_MAX, &number))
		return err_usage("%s \"%s\": expected " PROTO_NAMES, key, text);
	*(uint8_t *)proto = number;
	return EXIT_OK;
}

/**
 * proto_text - A protocol as text.
 * @proto: protocol
 * @buf: at least PROTO_STRLEN bytes
 *
 * Return: its name or number.
 */
const char *proto_text(uint8_t proto, char *buf)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (proto_names[i].proto == proto)
			return proto_names[i].name;
	snprintf(buf, PROTO_STRLEN, "%u", proto);
	return buf;
}

/**
 * port_parse - Read a port.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @port: uint16_t
 *
 * Return: enum exit_status.
 */
int port_parse(const char *key, const char *text, void *port)
{
	uint32_t number;

	if (!args_digits(text, UINT16_MAX, &number) || !number)
		return err_usage("%s \"%s\": " PORT_WHAT, key, text);
	*(uint16_t *)port = number;
	return EXIT_OK;
}

/* Reads FIRST[-LAST]; cuts the text. */
static int parse_range(const char *key, char *text, struct ports *ports)
{
	char *last = strchr(text, '-');
	int ret;

	if (last)
		*last++ = '\0';
	ret = port_parse(key, text, &ports->first);
	ports->last = ports->first;
	if (!ret && last)
		ret = port_parse(key, last, &ports->last);
	if (!ret && ports->last < ports->first)
		return err_usage("%s \"%u-%u\": the last port is less than the first",
				 key, ports->first, ports->last);
	return ret;
}

/*
 * Reads ITEM[,ITEM...]: each item into an element of an array that grows.
 * "any" is nothing.
 */
static int parse_list(const char *key, const char *text, const char *what,
		      int (*parse)(const char *key, char *text, void *to),
		      void **array, size_t *count, size_t size)
{
	char *copy, *rest, *item;
	int ret = EXIT_OK;

	if (!strcmp(text, "any"))
		return EXIT_OK;
	copy = strdup(text);
	if (!copy)
		return err_refused("out of memory");
	rest = copy;
	while (!ret && (item = strsep(&rest, ","))) {
		if (!*item) {
			ret = err_usage("%s \"%s\": empty %s; separate them by one comma, without spaces",
					key, text, what);
			break;
		}
		*array = err_grow(*array, *count, size);
		ret = parse(key, item, (char *)*array + *count * size);
		++*count;
	}
	free(copy);
	return ret;
}

static int parse_proto(const char *key, char *text, void *to)
{
	return proto_parse(key, text, to);
}

static int parse_ports(const char *key, char *text, void *to)
{
	return parse_range(key, text, to);
}

static int compare_protos(const void *a, const void *b)
{
	return *(const uint8_t *)a - *(const uint8_t *)b;
}

/**
 * proto_list_parse - Read PROTO[,PROTO...] or any.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @list: struct proto_list, empty; becomes sorted; any leaves it empty
 *
 * Return: enum exit_status.
 */
int proto_list_parse(const char *key, const char *text, void *list)
{
	struct proto_list *to = list;
	void *array = to->proto;
	char buf[PROTO_STRLEN];
	size_t i;
	int ret;

	ret = parse_list(key, text, "protocol", parse_proto, &array,
			 &to->count, sizeof(*to->proto));
	to->proto = array;
	if (ret || !to->count)
		return ret;
	qsort(to->proto, to->count, sizeof(*to->proto), compare_protos);
	for (i = 1; i < to->count; i++)
		if (to->proto[i] == to->proto[i - 1])
			return err_usage("%s \"%s\": this protocol is given twice",
					 key, proto_text(to->proto[i], buf));
	return EXIT_OK;
}

static int compare_ports(const void *a, const void *b)
{
	const struct ports *p = a, *q = b;

	return p->first != q->first ? p->first - q->first : p->last - q->last;
}

/**
 * ports_list_parse - Read PORT[-PORT][,PORT[-PORT]...] or any.
 * @key: keyword to name in messages
 * @text: what the user wrote
 * @list: struct ports_list, empty; becomes sorted; any leaves it empty
 *
 * Return: enum exit_status.
 */
int ports_list_parse(const char *key, const char *text, void *list)
{
	char buf[PORTS_STRLEN], other[PORTS_STRLEN];
	struct ports_list *to = list;
	void *array = to->ports;
	size_t i;
	int ret;

	ret = parse_list(key, text, "port", parse_ports, &array, &to->count,
			 sizeof(*to->ports));
	to->ports = array;
	if (ret || !to->count)
		return ret;
	qsort(to->ports, to->count, sizeof(*to->ports), compare_ports);
	for (i = 1; i < to->count; i++)
		if (to->ports[i].first <= to->ports[i - 1].last)
			return err_usage("%s \"%s\": overlaps \"%s\"", key,
					 ports_text(&to->ports[i], buf),
					 ports_text(&to->ports[i - 1], other));
	return EXIT_OK;
}

/**
 * ports_text - A range of ports as text; one port alone without a dash.
 * @ports: range
 * @buf: at least PORTS_STRLEN bytes
 *
 * Return: @buf.
 */
const char *ports_text(const struct ports *ports, char *buf)
{
	if (ports->first == ports->last)
		snprintf(buf, PORTS_STRLEN, "%u", ports->first);
	else
		snprintf(buf, PORTS_STRLEN, "%u-%u", ports->first, ports->last);
	return buf;
}

/**
 * ports_decode - Read a range of ports from a message.
 * @nest: attribute with LEVEE_A_PORTS inside
 * @ports: where to store it
 */
void ports_decode(const struct nlattr *nest, struct ports *ports)
{
	const struct nlattr *tb[NL_TB_SIZE];

	nl_parse_nest(nest, tb);
	ports->first = nl_u16(tb[LEVEE_A_PORTS_FIRST]);
	ports->last = nl_u16(tb[LEVEE_A_PORTS_LAST]);
}

/**
 * ports_out - Print a range of ports as a JSON object; nothing in text.
 * @key: JSON key, or NULL inside an array
 * @ports: range
 */
void ports_out(const char *key, const struct ports *ports)
{
	out_object_open(key);
	out_u64(OUT_JSON, "first", NULL, ports->first);
	out_u64(OUT_JSON, "last", NULL, ports->last);
	out_object_close();
}

/**
 * service_decode - Read what a message says of a policy.
 * @nlh: message with attributes LEVEE_A_POLICY
 * @service: empty, or what earlier messages said
 */
void service_decode(const struct nlmsghdr *nlh, struct service *service)
{
	struct proto_list *protos = &service->proto;
	struct ports_list *dport = &service->dport;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == LEVEE_A_POLICY_PROTO) {
			protos->proto = err_grow(protos->proto, protos->count,
						 sizeof(*protos->proto));
			protos->proto[protos->count++] = nl_u8(attr);
		} else if (mnl_attr_get_type(attr) == LEVEE_A_POLICY_DPORT) {
			dport->ports = err_grow(dport->ports, dport->count,
						sizeof(*dport->ports));
			ports_decode(attr, &dport->ports[dport->count++]);
		}
	}
}

/**
 * service_put - Append protocols and ports to the request.
 * @service: those of a policy
 */
void service_put(const struct service *service)
{
	struct nlattr *nest;
	size_t i;

	for (i = 0; i < service->proto.count; i++)
		nl_put_u8(LEVEE_A_POLICY_PROTO, service->proto.proto[i]);
	for (i = 0; i < service->dport.count; i++) {
		const struct ports *ports = &service->dport.ports[i];

		nest = nl_put_nest(LEVEE_A_POLICY_DPORT);
		nl_put(LEVEE_A_PORTS_FIRST, &ports->first,
		       sizeof(ports->first));
		nl_put(LEVEE_A_PORTS_LAST, &ports->last, sizeof(ports->last));
		nl_end_nest(nest);
	}
}

/**
 * service_out - Print protocols and ports: arrays in JSON, " proto A,B dport
 *	C,D" in text, of which there is nothing that a policy does not have.
 * @service: those of a policy
 */
void service_out(const struct service *service)
{
	char buf[PORTS_STRLEN];
	size_t i;

	out_array_open("proto");
	for (i = 0; i < service->proto.count; i++) {
		out_text("%s%s", i ? "," : " proto ",
			 proto_text(service->proto.proto[i], buf));
		out_u64(OUT_JSON, NULL, NULL, service->proto.proto[i]);
	}
	out_array_close();
	out_array_open("dport");
	for (i = 0; i < service->dport.count; i++) {
		out_text("%s%s", i ? "," : " dport ",
			 ports_text(&service->dport.ports[i], buf));
		ports_out(NULL, &service->dport.ports[i]);
	}
	out_array_close();
}

/**
 * service_free - Free what a policy has and leave it empty.
 * @service: protocols and ports
 */
void service_free(struct service *service)
{
	free(service->proto.proto);
	free(service->dport.ports);
	memset(service, 0, sizeof(*service));
}
