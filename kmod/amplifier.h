/* SPDX-License-Identifier: GPL-2.0 */
/*
 * UDP services that answer far more than they are asked.
 */
#ifndef _LEVEE_AMPLIFIER_H
#define _LEVEE_AMPLIFIER_H

#include <linux/types.h>

/**
 * levee_port_amplifies - whether attacks are reflected by this UDP service
 * @port: source port of the answer, host byte order
 *
 * A switch, because the compiler makes a short decision tree of it; a bitmap
 * would be 8 KB of cache for a flood from random ports to walk through.
 *
 * Return: true if the service was seen in amplification attacks.
 */
static inline bool levee_port_amplifies(u16 port)
{
	switch (port) {
	/* CISA TA14-017A, UDP-based amplification attacks */
	case 17:	/* QOTD */
	case 19:	/* CharGEN */
	case 53:	/* DNS */
	case 69:	/* TFTP */
	case 111:	/* portmap, RPC */
	case 123:	/* NTP */
	case 137:	/* NetBIOS name service */
	case 161:	/* SNMP */
	case 389:	/* CLDAP */
	case 520:	/* RIPv1 */
	case 1900:	/* SSDP */
	case 3702:	/* WS-Discovery */
	case 5353:	/* multicast DNS */
	case 6881:	/* BitTorrent DHT */
	case 11211:	/* memcached */
	case 27015:	/* Steam (Valve) */
	case 27960:	/* Quake III */
	/* CISA alert on CVE-2023-29552 */
	case 427:	/* SLP */
	/* Shadowserver's reports of services open to amplification */
	case 177:	/* XDMCP */
	case 623:	/* IPMI */
	case 1434:	/* MS SQL browser */
	case 3283:	/* Apple remote desktop */
	case 3389:	/* RDP over UDP */
	case 3478:	/* STUN */
	case 5093:	/* Sentinel licence manager */
	case 5351:	/* NAT-PMP */
	case 5683:	/* CoAP */
	case 10001:	/* Ubiquiti discovery */
	case 10074:	/* Mitel TP-240, CVE-2022-26143 */
	case 17185:	/* VxWorks debug agent, CVE-2010-2965 */
	case 37810:	/* DVR discovery (DHDiscover) */
	case 47808:	/* BACnet */
	/* Threat reports of Akamai SIRT, Netscout ASERT and Radware */
	case 500:	/* IKE */
	case 4500:	/* IKE, NAT traversal */
	case 1604:	/* Citrix ICA browser */
	case 5060:	/* SIP */
	case 20800:	/* Call of Duty */
	case 30718:	/* Lantronix discovery */
	case 32410:	/* Plex media server */
	case 32414:	/* Plex media server */
	case 33848:	/* Jenkins discovery, CVE-2020-2100 */
		return true;
	default:
		return false;
	}
}

#endif /* _LEVEE_AMPLIFIER_H */
