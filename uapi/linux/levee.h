/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink interface of levee; written from levee.yaml
 * by `make uapi`.
 */
#ifndef _UAPI_LINUX_LEVEE_H
#define _UAPI_LINUX_LEVEE_H

#define LEVEE_FAMILY_NAME "levee"
#define LEVEE_FAMILY_VERSION 1

#define LEVEE_MCGRP_EVENTS "events"

/* Longest name of a policy, in bytes, without the terminating NUL. */
#define LEVEE_NAME_MAX 31

/* Prefix length that says "this limit is not for this address family". */
#define LEVEE_PER_NONE 255

/* Longest comment of a prefix in a list, in bytes, without the NUL. */
#define LEVEE_COMMENT_MAX 127

/**
 * enum levee_mode - What a policy does with what exceeds it.
 * @LEVEE_MODE_OFF: Nothing is metered or dropped; packets are still counted.
 * @LEVEE_MODE_MONITOR: Meter, and count what would be dropped; drop nothing.
 * @LEVEE_MODE_ENFORCE: Drop what exceeds a limit, and what is malformed.
 * @__LEVEE_MODE_MAX: private
 */
enum levee_mode {
	LEVEE_MODE_OFF = 0,
	LEVEE_MODE_MONITOR,
	LEVEE_MODE_ENFORCE,
	__LEVEE_MODE_MAX,
};

#define LEVEE_MODE_MAX (__LEVEE_MODE_MAX - 1)

/**
 * enum levee_class - Kind of packet. Every packet has one; limits may also
 *	name "any".
 * @LEVEE_CLASS_ANY: All kinds together.
 * @LEVEE_CLASS_SYN: Opens a TCP connection (SYN without ACK).
 * @LEVEE_CLASS_TCP: Any other TCP.
 * @LEVEE_CLASS_UDP: UDP that is not of class reflect.
 * @LEVEE_CLASS_REFLECT: What attacks are reflected as, UDP from a port in the
 *	list of reflect-get and TCP SYN/ACK. In a policy with a limit for this
 *	class only what nobody asked for, and that of ICMP echo replies, and, if
 *	the policy has a limit for tcp-stray, of RST with ACK, too.
 * @LEVEE_CLASS_ICMP: ICMP and ICMPv6, neighbour discovery excepted.
 * @LEVEE_CLASS_FRAG: Fragment that is not the first of its packet.
 * @LEVEE_CLASS_OTHER: Every other IP protocol.
 * @LEVEE_CLASS_TCP_STRAY: TCP that opens no connection, from a source with
 *	which there is none; only in a policy with a limit for this class.
 * @__LEVEE_CLASS_MAX: private
 */
enum levee_class {
	LEVEE_CLASS_ANY = 0,
	LEVEE_CLASS_SYN,
	LEVEE_CLASS_TCP,
	LEVEE_CLASS_UDP,
	LEVEE_CLASS_REFLECT,
	LEVEE_CLASS_ICMP,
	LEVEE_CLASS_FRAG,
	LEVEE_CLASS_OTHER,
	LEVEE_CLASS_TCP_STRAY,
	__LEVEE_CLASS_MAX,
};

#define LEVEE_CLASS_MAX (__LEVEE_CLASS_MAX - 1)

/**
 * enum levee_reason - Why a packet was dropped, or would have been in mode
 *	monitor.
 * @LEVEE_REASON_NONE: Not dropped.
 * @LEVEE_REASON_MALFORMED: Headers that no honest sender makes; see
 *	malformed.
 * @LEVEE_REASON_LIMIT: The source exceeded a limit.
 * @LEVEE_REASON_OVERFLOW: The source had no meter of its own, because the
 *	table was full where it belongs, and the meter that such sources share was
 *	exceeded.
 * @LEVEE_REASON_DENY: The source is in the list deny.
 * @LEVEE_REASON_BANNED: The source is banned.
 * @LEVEE_REASON_CHALLENGE: A SYN whose source was not shown to be real, while
 *	the policy challenges; or the answer to a challenge.
 * @LEVEE_REASON_FAIR: All sources together exceeded a limit that is shared
 *	fairly, and this one its share.
 * @__LEVEE_REASON_MAX: private
 */
enum levee_reason {
	LEVEE_REASON_NONE = 0,
	LEVEE_REASON_MALFORMED,
	LEVEE_REASON_LIMIT,
	LEVEE_REASON_OVERFLOW,
	LEVEE_REASON_DENY,
	LEVEE_REASON_BANNED,
	LEVEE_REASON_CHALLENGE,
	LEVEE_REASON_FAIR,
	__LEVEE_REASON_MAX,
};

#define LEVEE_REASON_MAX (__LEVEE_REASON_MAX - 1)

/**
 * enum levee_malformed - What was wrong with a malformed packet.
 * @LEVEE_MALFORMED_LENGTH: A header is cut short, or a length field
 *	contradicts the packet.
 * @LEVEE_MALFORMED_TCP_FLAGS: Combination of TCP flags that no TCP sends.
 * @LEVEE_MALFORMED_LAND: Source and destination address are the same.
 * @LEVEE_MALFORMED_ADDRESS: Source address is multicast, broadcast or
 *	loopback.
 * @LEVEE_MALFORMED_FRAGMENT: First fragment too small to hold its headers,
 *	fragment that would rewrite them, or fragment that ends beyond 65535 bytes.
 * @LEVEE_MALFORMED_ENCAP: More VLAN tags or extension headers than levee
 *	follows.
 * @__LEVEE_MALFORMED_MAX: private
 */
enum levee_malformed {
	LEVEE_MALFORMED_LENGTH = 0,
	LEVEE_MALFORMED_TCP_FLAGS,
	LEVEE_MALFORMED_LAND,
	LEVEE_MALFORMED_ADDRESS,
	LEVEE_MALFORMED_FRAGMENT,
	LEVEE_MALFORMED_ENCAP,
	__LEVEE_MALFORMED_MAX,
};

#define LEVEE_MALFORMED_MAX (__LEVEE_MALFORMED_MAX - 1)

/**
 * enum levee_hook_type - Where levee sees packets.
 * @LEVEE_HOOK_TYPE_DEVICE: Ingress of one network device.
 * @LEVEE_HOOK_TYPE_PREROUTING: PREROUTING of the network namespace, before
 *	defragmentation.
 * @__LEVEE_HOOK_TYPE_MAX: private
 */
enum levee_hook_type {
	LEVEE_HOOK_TYPE_DEVICE = 0,
	LEVEE_HOOK_TYPE_PREROUTING,
	__LEVEE_HOOK_TYPE_MAX,
};

#define LEVEE_HOOK_TYPE_MAX (__LEVEE_HOOK_TYPE_MAX - 1)

/**
 * enum levee_unit - What a limit is a number of.
 * @LEVEE_UNIT_PACKETS: Rate is in packets per period, burst in packets.
 *	Segments of an aggregated packet count each.
 * @LEVEE_UNIT_BITS: Rate is in bits per second, burst in bytes: those of the
 *	IP packets as they were on the wire, without the framing of the link. Each
 *	segment of an aggregated packet counts with its headers.
 * @__LEVEE_UNIT_MAX: private
 */
enum levee_unit {
	LEVEE_UNIT_PACKETS = 0,
	LEVEE_UNIT_BITS,
	__LEVEE_UNIT_MAX,
};

#define LEVEE_UNIT_MAX (__LEVEE_UNIT_MAX - 1)

/**
 * enum levee_flush_what - What to forget.
 * @LEVEE_FLUSH_WHAT_SOURCES: Records of offenders.
 * @LEVEE_FLUSH_WHAT_STATS: Counters of policies, limits and hooks.
 * @LEVEE_FLUSH_WHAT_METERS: Meters; every source has its full burst again.
 * @LEVEE_FLUSH_WHAT_LEARNED: What was learned in mode monitor.
 */
enum levee_flush_what {
	LEVEE_FLUSH_WHAT_SOURCES = 1,
	LEVEE_FLUSH_WHAT_STATS = 2,
	LEVEE_FLUSH_WHAT_METERS = 4,
	LEVEE_FLUSH_WHAT_LEARNED = 8,
};

/**
 * enum levee_policy_part - What a policy may be without.
 * @LEVEE_POLICY_PART_DST: Destination prefixes.
 * @LEVEE_POLICY_PART_PROTO: Protocols.
 * @LEVEE_POLICY_PART_DPORT: Destination ports.
 * @LEVEE_POLICY_PART_CHALLENGE: Its challenge.
 */
enum levee_policy_part {
	LEVEE_POLICY_PART_DST = 1,
	LEVEE_POLICY_PART_PROTO = 2,
	LEVEE_POLICY_PART_DPORT = 4,
	LEVEE_POLICY_PART_CHALLENGE = 8,
};

/**
 * enum levee_mismatch - Why a policy for a packet's destination is not for
 *	the packet.
 * @LEVEE_MISMATCH_PROTO: It is for other protocols.
 * @LEVEE_MISMATCH_DPORT: It is for other ports, and the packet may have none.
 * @__LEVEE_MISMATCH_MAX: private
 */
enum levee_mismatch {
	LEVEE_MISMATCH_PROTO = 0,
	LEVEE_MISMATCH_DPORT,
	__LEVEE_MISMATCH_MAX,
};

#define LEVEE_MISMATCH_MAX (__LEVEE_MISMATCH_MAX - 1)

/**
 * enum levee_event_type - What happened.
 * @LEVEE_EVENT_TYPE_ATTACK_BEGIN: Packets of one class exceed the limits of a
 *	policy, 100 or more in a second and one in 64 or more of that class, in two
 *	intervals of 50 ms in a row.
 * @LEVEE_EVENT_TYPE_ATTACK_END: For ten seconds less than 50 in a second did.
 * @LEVEE_EVENT_TYPE_BAN: A source is dropped whole from now on.
 * @LEVEE_EVENT_TYPE_UNBAN: A ban was taken back, or, without a prefix, all
 *	were; one that runs out is not told.
 * @LEVEE_EVENT_TYPE_TABLE_PRESSURE: The table of meters became full, after it
 *	was not for a minute; sources share meters.
 * @LEVEE_EVENT_TYPE_HOOK_LOST: The device of a hook is gone, and the hook
 *	with it.
 * @LEVEE_EVENT_TYPE_SUPPRESSED: Tells how many events were not sent, if no
 *	other event does so within a second.
 * @LEVEE_EVENT_TYPE_ASYMMETRIC: What the destinations of a policy answer goes
 *	out where levee does not see it, or they do not answer; what nobody asked
 *	for is not told from the rest any more.
 * @LEVEE_EVENT_TYPE_SYMMETRIC: It goes out where levee sees it, again.
 * @__LEVEE_EVENT_TYPE_MAX: private
 */
enum levee_event_type {
	LEVEE_EVENT_TYPE_ATTACK_BEGIN = 0,
	LEVEE_EVENT_TYPE_ATTACK_END,
	LEVEE_EVENT_TYPE_BAN,
	LEVEE_EVENT_TYPE_UNBAN,
	LEVEE_EVENT_TYPE_TABLE_PRESSURE,
	LEVEE_EVENT_TYPE_HOOK_LOST,
	LEVEE_EVENT_TYPE_SUPPRESSED,
	LEVEE_EVENT_TYPE_ASYMMETRIC,
	LEVEE_EVENT_TYPE_SYMMETRIC,
	__LEVEE_EVENT_TYPE_MAX,
};

#define LEVEE_EVENT_TYPE_MAX (__LEVEE_EVENT_TYPE_MAX - 1)

/**
 * enum levee_list_kind - The lists of source prefixes.
 * @LEVEE_LIST_KIND_ALLOW: What passes, whatever else is said about it.
 * @LEVEE_LIST_KIND_DENY: What a policy in mode enforce drops, and one in mode
 *	monitor counts, unless it is in the list allow.
 * @__LEVEE_LIST_KIND_MAX: private
 */
enum levee_list_kind {
	LEVEE_LIST_KIND_ALLOW = 0,
	LEVEE_LIST_KIND_DENY,
	__LEVEE_LIST_KIND_MAX,
};

#define LEVEE_LIST_KIND_MAX (__LEVEE_LIST_KIND_MAX - 1)

/**
 * enum levee_proof - Whether a source was shown to be real.
 * @LEVEE_PROOF_UNKNOWN: Nothing in force asks for proofs, nobody has looked
 *	yet, or what is one source for the limit is more than a host or an IPv6
 *	/64.
 * @LEVEE_PROOF_UNPROVEN: No; anybody may have sent in its name.
 * @LEVEE_PROOF_PROVEN: Yes, at some time since its record was made.
 * @__LEVEE_PROOF_MAX: private
 */
enum levee_proof {
	LEVEE_PROOF_UNKNOWN = 0,
	LEVEE_PROOF_UNPROVEN,
	LEVEE_PROOF_PROVEN,
	__LEVEE_PROOF_MAX,
};

#define LEVEE_PROOF_MAX (__LEVEE_PROOF_MAX - 1)

/**
 * enum levee_config_what - Parts of a configuration that are replaced as a
 *	whole.
 * @LEVEE_CONFIG_WHAT_RULESET: Policies and limits.
 * @LEVEE_CONFIG_WHAT_HOOKS: Where levee sees packets.
 * @LEVEE_CONFIG_WHAT_TABLES: Sizes of the tables.
 * @LEVEE_CONFIG_WHAT_ALLOW: The list allow.
 * @LEVEE_CONFIG_WHAT_DENY: The list deny.
 * @LEVEE_CONFIG_WHAT_REFLECT: The list of ports that attacks are reflected
 *	from.
 */
enum levee_config_what {
	LEVEE_CONFIG_WHAT_RULESET = 1,
	LEVEE_CONFIG_WHAT_HOOKS = 2,
	LEVEE_CONFIG_WHAT_TABLES = 4,
	LEVEE_CONFIG_WHAT_ALLOW = 8,
	LEVEE_CONFIG_WHAT_DENY = 16,
	LEVEE_CONFIG_WHAT_REFLECT = 32,
};

/**
 * enum levee_outlook - Whether it is known what was asked for, or who has
 *	connections.
 * @LEVEE_OUTLOOK_OFF: No limit needs to know it, or there is no hook.
 * @LEVEE_OUTLOOK_BLIND: This kernel has no egress hooks, so nobody can.
 * @LEVEE_OUTLOOK_WARMING: It is noted, but not for long enough yet;
 *	everything passes for known.
 * @LEVEE_OUTLOOK_ON: It is known.
 * @__LEVEE_OUTLOOK_MAX: private
 */
enum levee_outlook {
	LEVEE_OUTLOOK_OFF = 0,
	LEVEE_OUTLOOK_BLIND,
	LEVEE_OUTLOOK_WARMING,
	LEVEE_OUTLOOK_ON,
	__LEVEE_OUTLOOK_MAX,
};

#define LEVEE_OUTLOOK_MAX (__LEVEE_OUTLOOK_MAX - 1)

/**
 * enum levee_path - Where what the destinations of a policy send goes out.
 * @LEVEE_PATH_UNSEEN: Nothing of it was seen; what comes in passes for known.
 * @LEVEE_PATH_HERE: Where levee sees it.
 * @LEVEE_PATH_ELSEWHERE: Less than one in 64 SYNs that passed was answered
 *	where levee sees it; what comes in passes for known.
 * @__LEVEE_PATH_MAX: private
 */
enum levee_path {
	LEVEE_PATH_UNSEEN = 0,
	LEVEE_PATH_HERE,
	LEVEE_PATH_ELSEWHERE,
	__LEVEE_PATH_MAX,
};

#define LEVEE_PATH_MAX (__LEVEE_PATH_MAX - 1)

/**
 * enum levee_a_prefix - Address prefix.
 * @LEVEE_A_PREFIX_ADDR: (binary) Address in network byte order; 4 bytes are
 *	IPv4, 16 are IPv6.
 * @LEVEE_A_PREFIX_LEN: (u8) Prefix length in bits; bits of addr beyond it
 *	must be zero.
 * @__LEVEE_A_PREFIX_MAX: private
 */
enum levee_a_prefix {
	LEVEE_A_PREFIX_ADDR = 1,
	LEVEE_A_PREFIX_LEN,
	__LEVEE_A_PREFIX_MAX,
};

#define LEVEE_A_PREFIX_MAX (__LEVEE_A_PREFIX_MAX - 1)

/**
 * enum levee_a_ports - Range of ports.
 * @LEVEE_A_PORTS_FIRST: (u16)
 * @LEVEE_A_PORTS_LAST: (u16) Not less than first; the same if absent.
 * @__LEVEE_A_PORTS_MAX: private
 */
enum levee_a_ports {
	LEVEE_A_PORTS_FIRST = 1,
	LEVEE_A_PORTS_LAST,
	__LEVEE_A_PORTS_MAX,
};

#define LEVEE_A_PORTS_MAX (__LEVEE_A_PORTS_MAX - 1)

/**
 * enum levee_a_hook - Attributes of a hook.
 * @LEVEE_A_HOOK_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_HOOK_TYPE: (u32, enum levee_hook_type)
 * @LEVEE_A_HOOK_IFINDEX: (u32) Interface index of the device; for hooks of
 *	type device.
 * @LEVEE_A_HOOK_IFNAME: (string) Present name of the device; in replies only.
 * @LEVEE_A_HOOK_PACKETS: (u64) Packets seen; segments of an aggregated packet
 *	count each.
 * @LEVEE_A_HOOK_BYTES: (u64) Bytes of the IP packets as they were on the
 *	wire, without the framing of the link; each segment of an aggregated packet
 *	counts with its headers. All counters of bytes are of these.
 * @LEVEE_A_HOOK_DROPPED_PACKETS: (u64)
 * @LEVEE_A_HOOK_DROPPED_BYTES: (u64)
 * @__LEVEE_A_HOOK_MAX: private
 */
enum levee_a_hook {
	LEVEE_A_HOOK_PAD = 1,
	LEVEE_A_HOOK_TYPE,
	LEVEE_A_HOOK_IFINDEX,
	LEVEE_A_HOOK_IFNAME,
	LEVEE_A_HOOK_PACKETS,
	LEVEE_A_HOOK_BYTES,
	LEVEE_A_HOOK_DROPPED_PACKETS,
	LEVEE_A_HOOK_DROPPED_BYTES,
	__LEVEE_A_HOOK_MAX,
};

#define LEVEE_A_HOOK_MAX (__LEVEE_A_HOOK_MAX - 1)

/**
 * enum levee_a_policy - Attributes of a policy.
 * @LEVEE_A_POLICY_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_POLICY_NAME: (string) Letters, digits, dot, dash and underscore.
 *	"default" is built in and matches what no other policy matches.
 * @LEVEE_A_POLICY_ID: (u32) Stable number of the policy; in replies only.
 * @LEVEE_A_POLICY_MODE: (u32, enum levee_mode)
 * @LEVEE_A_POLICY_DST: (nest of LEVEE_A_PREFIX, repeated) Destination
 *	prefixes; the longest that matches decides. A policy without any, but with
 *	protocols, is for all destinations.
 * @LEVEE_A_POLICY_PROTO: (u8, repeated) IP protocols, at most 8; all, if
 *	there is none.
 * @LEVEE_A_POLICY_DPORT: (nest of LEVEE_A_PORTS, repeated) Destination ports,
 *	at most 64 ranges, none overlapping another; all, and packets without
 *	ports, if there is none. Only with protocols that are TCP, UDP, UDP-Lite,
 *	SCTP or DCCP.
 * @LEVEE_A_POLICY_CLEAR: (u32, enum levee_policy_part) What the policy is to
 *	be without; in policy-set only.
 * @LEVEE_A_POLICY_PATH: (u32, enum levee_path) Where what its destinations
 *	send goes out; of a policy with a limit for reflect, frag or tcp-stray, in
 *	replies only.
 * @LEVEE_A_POLICY_CHALLENGE: (nest of LEVEE_A_CHALLENGE) When sources have to
 *	prove that they are real; never if absent.
 * @__LEVEE_A_POLICY_MAX: private
 */
enum levee_a_policy {
	LEVEE_A_POLICY_PAD = 1,
	LEVEE_A_POLICY_NAME,
	LEVEE_A_POLICY_ID,
	LEVEE_A_POLICY_MODE,
	LEVEE_A_POLICY_DST,
	LEVEE_A_POLICY_PROTO,
	LEVEE_A_POLICY_DPORT,
	LEVEE_A_POLICY_CLEAR,
	LEVEE_A_POLICY_PATH,
	LEVEE_A_POLICY_CHALLENGE,
	__LEVEE_A_POLICY_MAX,
};

#define LEVEE_A_POLICY_MAX (__LEVEE_A_POLICY_MAX - 1)

/**
 * enum levee_a_challenge - While there are too many SYNs, those of sources
 *	that were not shown to be real are dropped, and answered with an ACK that
 *	only who is there can answer. Who does may connect.
 * @LEVEE_A_CHALLENGE_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_CHALLENGE_ABOVE: (u32) SYNs per second above which it begins.
 * @LEVEE_A_CHALLENGE_BELOW: (u32) SYNs per second up to which it ends, once
 *	that was so for a second; at most above, half of above if absent.
 * @LEVEE_A_CHALLENGE_RATE: (u32) Challenges per second at the most; 1000000
 *	if absent.
 * @LEVEE_A_CHALLENGE_SINCE: (u64) When it began, in ns since the epoch;
 *	absent if sources need not prove anything now. In replies only, like all
 *	that follow.
 * @LEVEE_A_CHALLENGE_SENT: (u64) Challenges that were sent.
 * @LEVEE_A_CHALLENGE_ANSWERED: (u64) Answers that proved a source.
 * @LEVEE_A_CHALLENGE_FAILED: (u64) RSTs without ACK that were no such
 *	answers, while there was a challenge; some may be of other connections.
 * @LEVEE_A_CHALLENGE_SUPPRESSED: (u64) SYNs that were dropped without a
 *	challenge, because of rate or because their addresses are not answered.
 * @LEVEE_A_CHALLENGE_RETRIED: (u64) SYNs that passed without proof, because
 *	they were seen half a second to three seconds before.
 * @__LEVEE_A_CHALLENGE_MAX: private
 */
enum levee_a_challenge {
	LEVEE_A_CHALLENGE_PAD = 1,
	LEVEE_A_CHALLENGE_ABOVE,
	LEVEE_A_CHALLENGE_BELOW,
	LEVEE_A_CHALLENGE_RATE,
	LEVEE_A_CHALLENGE_SINCE,
	LEVEE_A_CHALLENGE_SENT,
	LEVEE_A_CHALLENGE_ANSWERED,
	LEVEE_A_CHALLENGE_FAILED,
	LEVEE_A_CHALLENGE_SUPPRESSED,
	LEVEE_A_CHALLENGE_RETRIED,
	__LEVEE_A_CHALLENGE_MAX,
};

#define LEVEE_A_CHALLENGE_MAX (__LEVEE_A_CHALLENGE_MAX - 1)

/**
 * enum levee_a_limit - Attributes of a limit.
 * @LEVEE_A_LIMIT_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_LIMIT_POLICY: (string) Name of the policy that the limit is in.
 * @LEVEE_A_LIMIT_ID: (u32) Stable number of the limit; in replies only.
 * @LEVEE_A_LIMIT_CLASS: (u32, enum levee_class)
 * @LEVEE_A_LIMIT_PER_V4: (u8) Length of the IPv4 source prefix that is
 *	metered as one source; 32 if absent, 0 for all sources together, per-none
 *	for not at all.
 * @LEVEE_A_LIMIT_PER_V6: (u8) Likewise for IPv6; 64 if absent.
 * @LEVEE_A_LIMIT_RATE: (u64) Packets per period, at most 100 million; or bits
 *	per second, 1000 to 1000000000000.
 * @LEVEE_A_LIMIT_PERIOD: (u32) Period of a rate in packets, in seconds; 1 if
 *	absent. A rate in bits has none.
 * @LEVEE_A_LIMIT_BURST: (u32) Packets that may arrive at once; those of one
 *	second, or 1, if absent. With a rate in bits, bytes; those of 100 ms, or
 *	100000, if absent.
 * @LEVEE_A_LIMIT_OVER_PACKETS: (u64) Packets that exceeded this limit; in
 *	replies only.
 * @LEVEE_A_LIMIT_OVERFLOW_PACKETS: (u64) Packets that were charged to a
 *	shared overflow meter, because the table was full; in replies only.
 * @LEVEE_A_LIMIT_UNIT: (u32, enum levee_unit) Of rate and burst; packets if
 *	absent.
 * @LEVEE_A_LIMIT_SOURCE: (nest of LEVEE_A_PREFIX) What is metered as one
 *	source, of the source that was asked about; in replies to policy-match
 *	only.
 * @LEVEE_A_LIMIT_MARK: (u32) Packets that exceed the limit are not dropped
 *	for it, but pass with this in the mark-mask bits of their mark.
 * @LEVEE_A_LIMIT_MARK_MASK: (u32) Bits of the packet's mark to set; all if
 *	absent.
 * @LEVEE_A_LIMIT_MARKED_PACKETS: (u64) Packets that exceeded this limit in
 *	mode enforce and passed with its mark; in replies only.
 * @LEVEE_A_LIMIT_BAN_MIN: (u32) Seconds that a source which exceeds the limit
 *	is banned for; each relapse doubles them. Nobody is banned if absent.
 * @LEVEE_A_LIMIT_BAN_MAX: (u32) Seconds that a ban takes at the most; ban-min
 *	if absent.
 * @LEVEE_A_LIMIT_BAN_UNPROVEN: (flag) Ban sources, too, that were not shown
 *	to be real, and in whose name anybody may send.
 * @LEVEE_A_LIMIT_FAIR: (flag) Share a limit for all sources together fairly:
 *	while they exceed it, none has more than an allowance that is the same for
 *	all. Its burst takes 20 ms or more, and is 32 packets or 48000 bytes or
 *	more; those of one second, but at least 256 packets or 384000 bytes, if
 *	absent.
 * @LEVEE_A_LIMIT_FAIR_PER_V4: (u8) Length of the IPv4 source prefix that has
 *	one share; 32 if absent.
 * @LEVEE_A_LIMIT_FAIR_PER_V6: (u8) Likewise for IPv6; 64 if absent.
 * @LEVEE_A_LIMIT_FAIR_ACCEPTED: (u64) What passed of late, as rate is
 *	counted. This and the next ones are in replies only, and absent unless
 *	sources had an allowance of late.
 * @LEVEE_A_LIMIT_FAIR_ALLOWANCE_MILLI: (u64) What a source may send at
 *	present, in thousandths of the same.
 * @LEVEE_A_LIMIT_FAIR_OVER: (u32) Sources that sent more of late. An
 *	estimate; above 100 its standard error is 9 %.
 * @LEVEE_A_LIMIT_FAIR_PROVEN_FIRST: (flag) There are so many sources that not
 *	even the least allowance fits: those that are proven have what they want,
 *	the others what is left.
 * @__LEVEE_A_LIMIT_MAX: private
 */
enum levee_a_limit {
	LEVEE_A_LIMIT_PAD = 1,
	LEVEE_A_LIMIT_POLICY,
	LEVEE_A_LIMIT_ID,
	LEVEE_A_LIMIT_CLASS,
	LEVEE_A_LIMIT_PER_V4,
	LEVEE_A_LIMIT_PER_V6,
	LEVEE_A_LIMIT_RATE,
	LEVEE_A_LIMIT_PERIOD,
	LEVEE_A_LIMIT_BURST,
	LEVEE_A_LIMIT_OVER_PACKETS,
	LEVEE_A_LIMIT_OVERFLOW_PACKETS,
	LEVEE_A_LIMIT_UNIT,
	LEVEE_A_LIMIT_SOURCE,
	LEVEE_A_LIMIT_MARK,
	LEVEE_A_LIMIT_MARK_MASK,
	LEVEE_A_LIMIT_MARKED_PACKETS,
	LEVEE_A_LIMIT_BAN_MIN,
	LEVEE_A_LIMIT_BAN_MAX,
	LEVEE_A_LIMIT_BAN_UNPROVEN,
	LEVEE_A_LIMIT_FAIR,
	LEVEE_A_LIMIT_FAIR_PER_V4,
	LEVEE_A_LIMIT_FAIR_PER_V6,
	LEVEE_A_LIMIT_FAIR_ACCEPTED,
	LEVEE_A_LIMIT_FAIR_ALLOWANCE_MILLI,
	LEVEE_A_LIMIT_FAIR_OVER,
	LEVEE_A_LIMIT_FAIR_PROVEN_FIRST,
	__LEVEE_A_LIMIT_MAX,
};

#define LEVEE_A_LIMIT_MAX (__LEVEE_A_LIMIT_MAX - 1)

/**
 * enum levee_a_reason_stats - Attributes of a reason-stats.
 * @LEVEE_A_REASON_STATS_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_REASON_STATS_REASON: (u32, enum levee_reason)
 * @LEVEE_A_REASON_STATS_DROPPED_PACKETS: (u64) Packets dropped for this
 *	reason.
 * @LEVEE_A_REASON_STATS_DROPPED_BYTES: (u64)
 * @LEVEE_A_REASON_STATS_WOULD_PACKETS: (u64) Packets that mode enforce would
 *	have dropped for this reason.
 * @LEVEE_A_REASON_STATS_WOULD_BYTES: (u64)
 * @__LEVEE_A_REASON_STATS_MAX: private
 */
enum levee_a_reason_stats {
	LEVEE_A_REASON_STATS_PAD = 1,
	LEVEE_A_REASON_STATS_REASON,
	LEVEE_A_REASON_STATS_DROPPED_PACKETS,
	LEVEE_A_REASON_STATS_DROPPED_BYTES,
	LEVEE_A_REASON_STATS_WOULD_PACKETS,
	LEVEE_A_REASON_STATS_WOULD_BYTES,
	__LEVEE_A_REASON_STATS_MAX,
};

#define LEVEE_A_REASON_STATS_MAX (__LEVEE_A_REASON_STATS_MAX - 1)

/**
 * enum levee_a_stats - Attributes of a stats.
 * @LEVEE_A_STATS_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_STATS_POLICY: (string)
 * @LEVEE_A_STATS_CLASS: (u32, enum levee_class)
 * @LEVEE_A_STATS_PASSED_PACKETS: (u64) Packets within every limit.
 * @LEVEE_A_STATS_PASSED_BYTES: (u64)
 * @LEVEE_A_STATS_REASONS: (nest of LEVEE_A_REASON_STATS, repeated) One for
 *	each reason but none.
 * @LEVEE_A_STATS_ATTACK_SINCE: (u64) Time of the first packet over the limits
 *	of the attack that is going on, in ns since the epoch; absent if there is
 *	none.
 * @LEVEE_A_STATS_CHALLENGE: (nest of LEVEE_A_CHALLENGE) With class syn, if
 *	the policy has one.
 * @__LEVEE_A_STATS_MAX: private
 */
enum levee_a_stats {
	LEVEE_A_STATS_PAD = 1,
	LEVEE_A_STATS_POLICY,
	LEVEE_A_STATS_CLASS,
	LEVEE_A_STATS_PASSED_PACKETS,
	LEVEE_A_STATS_PASSED_BYTES,
	LEVEE_A_STATS_REASONS,
	LEVEE_A_STATS_ATTACK_SINCE,
	LEVEE_A_STATS_CHALLENGE,
	__LEVEE_A_STATS_MAX,
};

#define LEVEE_A_STATS_MAX (__LEVEE_A_STATS_MAX - 1)

/**
 * enum levee_a_malformed_stats - Attributes of a malformed-stats.
 * @LEVEE_A_MALFORMED_STATS_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_MALFORMED_STATS_MALFORMED: (u32, enum levee_malformed)
 * @LEVEE_A_MALFORMED_STATS_PACKETS: (u64)
 * @__LEVEE_A_MALFORMED_STATS_MAX: private
 */
enum levee_a_malformed_stats {
	LEVEE_A_MALFORMED_STATS_PAD = 1,
	LEVEE_A_MALFORMED_STATS_MALFORMED,
	LEVEE_A_MALFORMED_STATS_PACKETS,
	__LEVEE_A_MALFORMED_STATS_MAX,
};

#define LEVEE_A_MALFORMED_STATS_MAX (__LEVEE_A_MALFORMED_STATS_MAX - 1)

/**
 * enum levee_a_total - Counters of the network namespace as a whole.
 * @LEVEE_A_TOTAL_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_TOTAL_PACKETS: (u64) IP packets judged by a policy.
 * @LEVEE_A_TOTAL_BYTES: (u64)
 * @LEVEE_A_TOTAL_DROPPED_PACKETS: (u64)
 * @LEVEE_A_TOTAL_DROPPED_BYTES: (u64)
 * @LEVEE_A_TOTAL_WOULD_PACKETS: (u64) Packets that mode enforce would have
 *	dropped.
 * @LEVEE_A_TOTAL_WOULD_BYTES: (u64)
 * @LEVEE_A_TOTAL_EXEMPT_PACKETS: (u64) Packets never judged, neighbour
 *	discovery and what is not IP.
 * @LEVEE_A_TOTAL_MALFORMED: (nest of LEVEE_A_MALFORMED_STATS, repeated) One
 *	for each kind of malformed packet.
 * @LEVEE_A_TOTAL_SLOTS: (u64) Slots of the meter table; 0 before the first
 *	hook is added.
 * @LEVEE_A_TOTAL_OVERFLOW_PACKETS: (u64) Packets charged to an overflow
 *	meter, because the table was full.
 * @LEVEE_A_TOTAL_SOURCES: (u64) Offender records held.
 * @LEVEE_A_TOTAL_SOURCES_MAX: (u64) Most offender records that will be held.
 * @LEVEE_A_TOTAL_SOURCES_EVICTED: (u64) Offender records given up for more
 *	valuable ones.
 * @LEVEE_A_TOTAL_SOURCES_MISSED: (u64) Offences that were counted but left no
 *	record.
 * @__LEVEE_A_TOTAL_MAX: private
 */
enum levee_a_total {
	LEVEE_A_TOTAL_PAD = 1,
	LEVEE_A_TOTAL_PACKETS,
	LEVEE_A_TOTAL_BYTES,
	LEVEE_A_TOTAL_DROPPED_PACKETS,
	LEVEE_A_TOTAL_DROPPED_BYTES,
	LEVEE_A_TOTAL_WOULD_PACKETS,
	LEVEE_A_TOTAL_WOULD_BYTES,
	LEVEE_A_TOTAL_EXEMPT_PACKETS,
	LEVEE_A_TOTAL_MALFORMED,
	LEVEE_A_TOTAL_SLOTS,
	LEVEE_A_TOTAL_OVERFLOW_PACKETS,
	LEVEE_A_TOTAL_SOURCES,
	LEVEE_A_TOTAL_SOURCES_MAX,
	LEVEE_A_TOTAL_SOURCES_EVICTED,
	LEVEE_A_TOTAL_SOURCES_MISSED,
	__LEVEE_A_TOTAL_MAX,
};

#define LEVEE_A_TOTAL_MAX (__LEVEE_A_TOTAL_MAX - 1)

/**
 * enum levee_a_source - Attributes of a source.
 * @LEVEE_A_SOURCE_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_SOURCE_PREFIX: (nest of LEVEE_A_PREFIX)
 * @LEVEE_A_SOURCE_POLICY: (string)
 * @LEVEE_A_SOURCE_CLASS: (u32, enum levee_class)
 * @LEVEE_A_SOURCE_REASON: (u32, enum levee_reason) Reason of the last
 *	offence.
 * @LEVEE_A_SOURCE_FIRST_SEEN: (u64) Time of the first offence, in ns since
 *	the epoch.
 * @LEVEE_A_SOURCE_LAST_SEEN: (u64) Time of the last offence, in ns since the
 *	epoch.
 * @LEVEE_A_SOURCE_PASSED_PACKETS: (u64) Packets that passed since the first
 *	offence while more than half of the burst was used up.
 * @LEVEE_A_SOURCE_PASSED_BYTES: (u64)
 * @LEVEE_A_SOURCE_DROPPED_PACKETS: (u64)
 * @LEVEE_A_SOURCE_DROPPED_BYTES: (u64)
 * @LEVEE_A_SOURCE_WOULD_PACKETS: (u64) Packets that mode enforce would have
 *	dropped.
 * @LEVEE_A_SOURCE_WOULD_BYTES: (u64)
 * @LEVEE_A_SOURCE_PROOF: (u32, enum levee_proof)
 * @__LEVEE_A_SOURCE_MAX: private
 */
enum levee_a_source {
	LEVEE_A_SOURCE_PAD = 1,
	LEVEE_A_SOURCE_PREFIX,
	LEVEE_A_SOURCE_POLICY,
	LEVEE_A_SOURCE_CLASS,
	LEVEE_A_SOURCE_REASON,
	LEVEE_A_SOURCE_FIRST_SEEN,
	LEVEE_A_SOURCE_LAST_SEEN,
	LEVEE_A_SOURCE_PASSED_PACKETS,
	LEVEE_A_SOURCE_PASSED_BYTES,
	LEVEE_A_SOURCE_DROPPED_PACKETS,
	LEVEE_A_SOURCE_DROPPED_BYTES,
	LEVEE_A_SOURCE_WOULD_PACKETS,
	LEVEE_A_SOURCE_WOULD_BYTES,
	LEVEE_A_SOURCE_PROOF,
	__LEVEE_A_SOURCE_MAX,
};

#define LEVEE_A_SOURCE_MAX (__LEVEE_A_SOURCE_MAX - 1)

/**
 * enum levee_a_flush - Attributes of a flush.
 * @LEVEE_A_FLUSH_WHAT: (u32, enum levee_flush_what)
 * @__LEVEE_A_FLUSH_MAX: private
 */
enum levee_a_flush {
	LEVEE_A_FLUSH_WHAT = 1,
	__LEVEE_A_FLUSH_MAX,
};

#define LEVEE_A_FLUSH_MAX (__LEVEE_A_FLUSH_MAX - 1)

/**
 * enum levee_a_table - Size and use of the tables of meters and of offenders.
 * @LEVEE_A_TABLE_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_TABLE_SLOTS: (u32) Slots of the table of meters, rounded up to a
 *	power of two; in a container at most 1048576. They are allocated with the
 *	first hook.
 * @LEVEE_A_TABLE_SLOTS_DEFAULT: (u32) Slots of a table that nobody has
 *	resized; in replies only.
 * @LEVEE_A_TABLE_SLOTS_LIVE: (u32) Slots in use, estimated from a sample of
 *	the table; in replies only.
 * @LEVEE_A_TABLE_SLOTS_BYTES: (u64) Memory that the slots take, 0 before the
 *	first hook is added.
 * @LEVEE_A_TABLE_OVERFLOW_PACKETS: (u64) Packets charged to an overflow
 *	meter, because the table was full.
 * @LEVEE_A_TABLE_SOURCES: (u32) Offender records held; in replies only.
 * @LEVEE_A_TABLE_SOURCES_MAX: (u32) Most offender records that will be held;
 *	in a container at most 4096.
 * @LEVEE_A_TABLE_SOURCES_MAX_DEFAULT: (u32) Likewise, if nobody has changed
 *	it; in replies only.
 * @LEVEE_A_TABLE_SOURCES_BYTES: (u64) Memory that the records and their table
 *	take, 0 before the first hook.
 * @LEVEE_A_TABLE_BANS: (u32) Bans in force, within a second; in replies only,
 *	like all that follow.
 * @LEVEE_A_TABLE_BANS_HELD: (u32) Those, and what is remembered of bans that
 *	have ended.
 * @LEVEE_A_TABLE_BANS_MAX: (u32) Most that will be held.
 * @LEVEE_A_TABLE_BANS_MISSED: (u64) Offences that should have made a ban, for
 *	which there was no room.
 * @LEVEE_A_TABLE_BANS_BYTES: (u64) Memory that they and their table take, 0
 *	before the first.
 * @LEVEE_A_TABLE_PROOFS: (u32) Proofs of sources that hold, estimated from a
 *	sample.
 * @LEVEE_A_TABLE_PROOFS_MAX: (u32) Most that will be held; 0 before a limit
 *	bans only proven sources.
 * @LEVEE_A_TABLE_PROOFS_MISSED: (u64) Times that a source was not proven
 *	because there was no room.
 * @LEVEE_A_TABLE_PROOFS_BYTES: (u64) Memory that their table takes.
 * @__LEVEE_A_TABLE_MAX: private
 */
enum levee_a_table {
	LEVEE_A_TABLE_PAD = 1,
	LEVEE_A_TABLE_SLOTS,
	LEVEE_A_TABLE_SLOTS_DEFAULT,
	LEVEE_A_TABLE_SLOTS_LIVE,
	LEVEE_A_TABLE_SLOTS_BYTES,
	LEVEE_A_TABLE_OVERFLOW_PACKETS,
	LEVEE_A_TABLE_SOURCES,
	LEVEE_A_TABLE_SOURCES_MAX,
	LEVEE_A_TABLE_SOURCES_MAX_DEFAULT,
	LEVEE_A_TABLE_SOURCES_BYTES,
	LEVEE_A_TABLE_BANS,
	LEVEE_A_TABLE_BANS_HELD,
	LEVEE_A_TABLE_BANS_MAX,
	LEVEE_A_TABLE_BANS_MISSED,
	LEVEE_A_TABLE_BANS_BYTES,
	LEVEE_A_TABLE_PROOFS,
	LEVEE_A_TABLE_PROOFS_MAX,
	LEVEE_A_TABLE_PROOFS_MISSED,
	LEVEE_A_TABLE_PROOFS_BYTES,
	__LEVEE_A_TABLE_MAX,
};

#define LEVEE_A_TABLE_MAX (__LEVEE_A_TABLE_MAX - 1)

/**
 * enum levee_a_passed_over - Policy for a packet's destination that is not
 *	for the packet.
 * @LEVEE_A_PASSED_OVER_POLICY: (string)
 * @LEVEE_A_PASSED_OVER_PREFIX: (nest of LEVEE_A_PREFIX) Its destination
 *	prefix; absent if it is for all destinations.
 * @LEVEE_A_PASSED_OVER_WHY: (u32, enum levee_mismatch)
 * @__LEVEE_A_PASSED_OVER_MAX: private
 */
enum levee_a_passed_over {
	LEVEE_A_PASSED_OVER_POLICY = 1,
	LEVEE_A_PASSED_OVER_PREFIX,
	LEVEE_A_PASSED_OVER_WHY,
	__LEVEE_A_PASSED_OVER_MAX,
};

#define LEVEE_A_PASSED_OVER_MAX (__LEVEE_A_PASSED_OVER_MAX - 1)

/**
 * enum levee_a_match - Which policy decides about a packet, and why.
 * @LEVEE_A_MATCH_DADDR: (binary) Destination address; 4 bytes are IPv4, 16
 *	are IPv6.
 * @LEVEE_A_MATCH_SADDR: (binary) Source address, of the same family.
 * @LEVEE_A_MATCH_PROTO: (u8) Protocol; one that no policy names, if absent.
 * @LEVEE_A_MATCH_DPORT: (u16) Destination port; none, as in later fragments,
 *	if absent.
 * @LEVEE_A_MATCH_POLICY: (string) The policy that decides; in replies, like
 *	all that follow.
 * @LEVEE_A_MATCH_MODE: (u32, enum levee_mode)
 * @LEVEE_A_MATCH_PREFIX: (nest of LEVEE_A_PREFIX) The policy's longest prefix
 *	of daddr; absent if it has none.
 * @LEVEE_A_MATCH_BY_PROTO: (flag) The policy is for this protocol.
 * @LEVEE_A_MATCH_BY_DPORT: (nest of LEVEE_A_PORTS) The range of the policy
 *	that dport is in; absent if it has none.
 * @LEVEE_A_MATCH_LIMITS: (nest of LEVEE_A_LIMIT, repeated) Limits that the
 *	packet meets, or may meet, depending on its class.
 * @LEVEE_A_MATCH_PASSED_OVER: (nest of LEVEE_A_PASSED_OVER, repeated)
 *	Policies for as long a prefix of daddr as that of the policy that decides,
 *	or a longer one, that are not for the packet; the longest prefix first, 32
 *	of them at most.
 * @LEVEE_A_MATCH_PASSED_OVER_COUNT: (u32) How many there are.
 * @LEVEE_A_MATCH_LIST: (u32, enum levee_list_kind) The list that decides
 *	before the policy does, as saddr is in it; absent if it is in none. This
 *	and what follows only with CAP_NET_ADMIN.
 * @LEVEE_A_MATCH_ENTRY: (nest of LEVEE_A_LIST_ENTRY) The longest prefix of
 *	saddr in that list.
 * @LEVEE_A_MATCH_BAN: (nest of LEVEE_A_BAN) The ban of saddr that decides
 *	before the policy's limits do; absent if there is none, and for packets
 *	that a list decides about.
 * @__LEVEE_A_MATCH_MAX: private
 */
enum levee_a_match {
	LEVEE_A_MATCH_DADDR = 1,
	LEVEE_A_MATCH_SADDR,
	LEVEE_A_MATCH_PROTO,
	LEVEE_A_MATCH_DPORT,
	LEVEE_A_MATCH_POLICY,
	LEVEE_A_MATCH_MODE,
	LEVEE_A_MATCH_PREFIX,
	LEVEE_A_MATCH_BY_PROTO,
	LEVEE_A_MATCH_BY_DPORT,
	LEVEE_A_MATCH_LIMITS,
	LEVEE_A_MATCH_PASSED_OVER,
	LEVEE_A_MATCH_PASSED_OVER_COUNT,
	LEVEE_A_MATCH_LIST,
	LEVEE_A_MATCH_ENTRY,
	LEVEE_A_MATCH_BAN,
	__LEVEE_A_MATCH_MAX,
};

#define LEVEE_A_MATCH_MAX (__LEVEE_A_MATCH_MAX - 1)

/**
 * enum levee_a_event - What happened, when and to whom.
 * @LEVEE_A_EVENT_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_EVENT_TYPE: (u32, enum levee_event_type)
 * @LEVEE_A_EVENT_TIME: (u64) When it was seen, in ns since the epoch.
 * @LEVEE_A_EVENT_SUPPRESSED: (u32) Events that were not sent since the one
 *	before, because there were too many.
 * @LEVEE_A_EVENT_POLICY: (string) Of an attack or a ban; absent if the ban is
 *	of no policy.
 * @LEVEE_A_EVENT_CLASS: (u32, enum levee_class)
 * @LEVEE_A_EVENT_SINCE: (u64) Time of the first packet of an attack over the
 *	limits, in ns since the epoch.
 * @LEVEE_A_EVENT_DURATION: (u64) How long an attack lasted, in ns, up to a
 *	second too much.
 * @LEVEE_A_EVENT_RATE: (u64) Packets per second over the limits, up to now;
 *	when an attack begins.
 * @LEVEE_A_EVENT_PEAK_RATE: (u64) Packets per second over the limits, in the
 *	second with most of them; when an attack ends.
 * @LEVEE_A_EVENT_DROPPED_PACKETS: (u64) Packets of the attack that were
 *	dropped, so far.
 * @LEVEE_A_EVENT_WOULD_PACKETS: (u64) Packets of the attack that mode enforce
 *	would have dropped.
 * @LEVEE_A_EVENT_OFFENDERS: (u64) Sources that exceeded a limit in the
 *	attack, so far, as that limit tells them apart. An estimate; above 100 its
 *	standard error is 9 %.
 * @LEVEE_A_EVENT_PREFIX: (nest of LEVEE_A_PREFIX) Who is banned, or is no
 *	longer; absent if all bans were taken back.
 * @LEVEE_A_EVENT_UNTIL: (u64) When the ban ends, in ns since the epoch;
 *	absent if it does not.
 * @LEVEE_A_EVENT_IFINDEX: (u32) Interface index that the lost hook's device
 *	had.
 * @LEVEE_A_EVENT_IFNAME: (string) Name that it had.
 * @__LEVEE_A_EVENT_MAX: private
 */
enum levee_a_event {
	LEVEE_A_EVENT_PAD = 1,
	LEVEE_A_EVENT_TYPE,
	LEVEE_A_EVENT_TIME,
	LEVEE_A_EVENT_SUPPRESSED,
	LEVEE_A_EVENT_POLICY,
	LEVEE_A_EVENT_CLASS,
	LEVEE_A_EVENT_SINCE,
	LEVEE_A_EVENT_DURATION,
	LEVEE_A_EVENT_RATE,
	LEVEE_A_EVENT_PEAK_RATE,
	LEVEE_A_EVENT_DROPPED_PACKETS,
	LEVEE_A_EVENT_WOULD_PACKETS,
	LEVEE_A_EVENT_OFFENDERS,
	LEVEE_A_EVENT_PREFIX,
	LEVEE_A_EVENT_UNTIL,
	LEVEE_A_EVENT_IFINDEX,
	LEVEE_A_EVENT_IFNAME,
	__LEVEE_A_EVENT_MAX,
};

#define LEVEE_A_EVENT_MAX (__LEVEE_A_EVENT_MAX - 1)

/**
 * enum levee_a_learn_rate - What a limit of some rate would have needed to
 *	drop nothing.
 * @LEVEE_A_LEARN_RATE_INTERVAL: (u32) Time between two packets at that rate,
 *	in ns.
 * @LEVEE_A_LEARN_RATE_BURST: (u32) Burst of the limit, in packets, that no
 *	source has exceeded; 16777216 stands for so many or more.
 * @__LEVEE_A_LEARN_RATE_MAX: private
 */
enum levee_a_learn_rate {
	LEVEE_A_LEARN_RATE_INTERVAL = 1,
	LEVEE_A_LEARN_RATE_BURST,
	__LEVEE_A_LEARN_RATE_MAX,
};

#define LEVEE_A_LEARN_RATE_MAX (__LEVEE_A_LEARN_RATE_MAX - 1)

/**
 * enum levee_a_learn_bin - How many sources sent how much.
 * @LEVEE_A_LEARN_BIN_FIRST: (u32) Packets in the second in which a source
 *	sent most: so many at least, and fewer than in the next bin.
 * @LEVEE_A_LEARN_BIN_SOURCES: (u32) How many sources that are; bins without
 *	any are left out.
 * @__LEVEE_A_LEARN_BIN_MAX: private
 */
enum levee_a_learn_bin {
	LEVEE_A_LEARN_BIN_FIRST = 1,
	LEVEE_A_LEARN_BIN_SOURCES,
	__LEVEE_A_LEARN_BIN_MAX,
};

#define LEVEE_A_LEARN_BIN_MAX (__LEVEE_A_LEARN_BIN_MAX - 1)

/**
 * enum levee_a_learn - What was learned of a policy and class in mode
 *	monitor.
 * @LEVEE_A_LEARN_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_LEARN_POLICY: (string)
 * @LEVEE_A_LEARN_CLASS: (u32, enum levee_class)
 * @LEVEE_A_LEARN_MISSED_PACKETS: (u64) Packets of sources for which there was
 *	no room.
 * @LEVEE_A_LEARN_PEAK: (u32) Most packets that a source sent in a second.
 * @LEVEE_A_LEARN_BINS: (nest of LEVEE_A_LEARN_BIN, repeated) From few packets
 *	to many, four for each power of two.
 * @LEVEE_A_LEARN_RATES: (nest of LEVEE_A_LEARN_RATE, repeated) From slow to
 *	fast, each four times the one before. In between, no more is needed than on
 *	a straight line from one to the next.
 * @__LEVEE_A_LEARN_MAX: private
 */
enum levee_a_learn {
	LEVEE_A_LEARN_PAD = 1,
	LEVEE_A_LEARN_POLICY,
	LEVEE_A_LEARN_CLASS,
	LEVEE_A_LEARN_MISSED_PACKETS,
	LEVEE_A_LEARN_PEAK,
	LEVEE_A_LEARN_BINS,
	LEVEE_A_LEARN_RATES,
	__LEVEE_A_LEARN_MAX,
};

#define LEVEE_A_LEARN_MAX (__LEVEE_A_LEARN_MAX - 1)

/**
 * enum levee_a_list_entry - A prefix in a list.
 * @LEVEE_A_LIST_ENTRY_PREFIX: (nest of LEVEE_A_PREFIX)
 * @LEVEE_A_LIST_ENTRY_TIMEOUT: (u32) Seconds until the prefix expires; never
 *	if absent. In replies, what is left of them, rounded up.
 * @LEVEE_A_LIST_ENTRY_COMMENT: (string) UTF-8 without control characters.
 * @__LEVEE_A_LIST_ENTRY_MAX: private
 */
enum levee_a_list_entry {
	LEVEE_A_LIST_ENTRY_PREFIX = 1,
	LEVEE_A_LIST_ENTRY_TIMEOUT,
	LEVEE_A_LIST_ENTRY_COMMENT,
	__LEVEE_A_LIST_ENTRY_MAX,
};

#define LEVEE_A_LIST_ENTRY_MAX (__LEVEE_A_LIST_ENTRY_MAX - 1)

/**
 * enum levee_a_list - A list of source prefixes, and a look at both.
 * @LEVEE_A_LIST_LIST: (u32, enum levee_list_kind)
 * @LEVEE_A_LIST_ENTRY: (nest of LEVEE_A_LIST_ENTRY, repeated)
 * @LEVEE_A_LIST_ADDR: (binary) Address in network byte order; 4 bytes are
 *	IPv4, 16 are IPv6.
 * @LEVEE_A_LIST_ALLOW: (nest of LEVEE_A_LIST_ENTRY) The longest prefix of
 *	addr in the list allow; in replies only.
 * @LEVEE_A_LIST_DENY: (nest of LEVEE_A_LIST_ENTRY) The longest prefix of addr
 *	in the list deny; in replies only.
 * @__LEVEE_A_LIST_MAX: private
 */
enum levee_a_list {
	LEVEE_A_LIST_LIST = 1,
	LEVEE_A_LIST_ENTRY,
	LEVEE_A_LIST_ADDR,
	LEVEE_A_LIST_ALLOW,
	LEVEE_A_LIST_DENY,
	__LEVEE_A_LIST_MAX,
};

#define LEVEE_A_LIST_MAX (__LEVEE_A_LIST_MAX - 1)

/**
 * enum levee_a_config - A configuration that is being made.
 * @LEVEE_A_CONFIG_WHAT: (u32, enum levee_config_what) What is replaced; the
 *	rest stays as it is.
 * @__LEVEE_A_CONFIG_MAX: private
 */
enum levee_a_config {
	LEVEE_A_CONFIG_WHAT = 1,
	__LEVEE_A_CONFIG_MAX,
};

#define LEVEE_A_CONFIG_MAX (__LEVEE_A_CONFIG_MAX - 1)

/**
 * enum levee_a_ban - A source that is dropped whole until a time.
 * @LEVEE_A_BAN_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_BAN_PREFIX: (nest of LEVEE_A_PREFIX)
 * @LEVEE_A_BAN_TIMEOUT: (u32) Seconds until the ban ends; never if absent. In
 *	replies, what is left of them, rounded up.
 * @LEVEE_A_BAN_LEVEL: (u32) How many bans in a row this one is: the next
 *	takes twice as long as one of this level. 0 or absent if it was made by
 *	hand.
 * @LEVEE_A_BAN_DECAY: (u32) Seconds without an offence after which a level is
 *	forgotten; goes with level.
 * @LEVEE_A_BAN_POLICY: (string) Policy with the limit that was exceeded,
 *	which may be gone; absent if the ban was made by hand.
 * @LEVEE_A_BAN_CLASS: (u32, enum levee_class) Class of the packet that
 *	exceeded it; goes with policy.
 * @LEVEE_A_BAN_COMMENT: (string) UTF-8 without control characters.
 * @LEVEE_A_BAN_SINCE: (u64) When the ban was made, in ns since the epoch; in
 *	replies only.
 * @LEVEE_A_BAN_WOULD: (flag) The limit's policy was in mode monitor: packets
 *	are only counted, by policies in that mode; in replies only.
 * @LEVEE_A_BAN_ALL: (flag) Every ban, in a request to take bans back.
 * @__LEVEE_A_BAN_MAX: private
 */
enum levee_a_ban {
	LEVEE_A_BAN_PAD = 1,
	LEVEE_A_BAN_PREFIX,
	LEVEE_A_BAN_TIMEOUT,
	LEVEE_A_BAN_LEVEL,
	LEVEE_A_BAN_DECAY,
	LEVEE_A_BAN_POLICY,
	LEVEE_A_BAN_CLASS,
	LEVEE_A_BAN_COMMENT,
	LEVEE_A_BAN_SINCE,
	LEVEE_A_BAN_WOULD,
	LEVEE_A_BAN_ALL,
	__LEVEE_A_BAN_MAX,
};

#define LEVEE_A_BAN_MAX (__LEVEE_A_BAN_MAX - 1)

/**
 * enum levee_a_reflect - Ports that attacks are reflected from, and what is
 *	known of who was asked.
 * @LEVEE_A_REFLECT_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_REFLECT_PORT: (u16, repeated) UDP source port of a service that is
 *	used for amplification; at most 256 of them.
 * @LEVEE_A_REFLECT_BUILTIN: (flag) The ports are those that are built in; in
 *	reflect-set, instead of ports.
 * @LEVEE_A_REFLECT_ASKED: (u32, enum levee_outlook) Whether it is known what
 *	was asked for, by limits for reflect and frag; in replies only, like all
 *	that follow.
 * @LEVEE_A_REFLECT_ASKED_WAIT: (u32) Seconds until it is, rounded up; while
 *	it is warming.
 * @LEVEE_A_REFLECT_ASKED_LIVE: (u32) Questions that are remembered, estimated
 *	from a sample.
 * @LEVEE_A_REFLECT_ASKED_MAX: (u32) Most that will be; 0 before the first
 *	hook.
 * @LEVEE_A_REFLECT_ASKED_MISSED: (u64) Questions for which others had to be
 *	forgotten early, or that were.
 * @LEVEE_A_REFLECT_MET: (u32, enum levee_outlook) Whether it is known who has
 *	connections, by limits for tcp-stray.
 * @LEVEE_A_REFLECT_MET_WAIT: (u32) Seconds until it is, rounded up; while it
 *	is warming.
 * @LEVEE_A_REFLECT_MET_LIVE: (u32) Sources with connections, estimated from a
 *	sample.
 * @LEVEE_A_REFLECT_MET_MAX: (u32) Most that will be held; 0 before the first
 *	such limit.
 * @LEVEE_A_REFLECT_MET_MISSED: (u64) Sources for which others had to be
 *	forgotten early, or that were.
 * @__LEVEE_A_REFLECT_MAX: private
 */
enum levee_a_reflect {
	LEVEE_A_REFLECT_PAD = 1,
	LEVEE_A_REFLECT_PORT,
	LEVEE_A_REFLECT_BUILTIN,
	LEVEE_A_REFLECT_ASKED,
	LEVEE_A_REFLECT_ASKED_WAIT,
	LEVEE_A_REFLECT_ASKED_LIVE,
	LEVEE_A_REFLECT_ASKED_MAX,
	LEVEE_A_REFLECT_ASKED_MISSED,
	LEVEE_A_REFLECT_MET,
	LEVEE_A_REFLECT_MET_WAIT,
	LEVEE_A_REFLECT_MET_LIVE,
	LEVEE_A_REFLECT_MET_MAX,
	LEVEE_A_REFLECT_MET_MISSED,
	__LEVEE_A_REFLECT_MAX,
};

#define LEVEE_A_REFLECT_MAX (__LEVEE_A_REFLECT_MAX - 1)

/**
 * enum levee_a_history - What was counted in an interval of time. The last
 *	intervals have 10 seconds, those before a minute; the present one goes up
 *	to now. How far back they reach depends on how much there was to count.
 * @LEVEE_A_HISTORY_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_HISTORY_POLICY: (string) Name of a policy, which may be gone.
 *	Absent in the reply with which an interval begins; what was counted in it
 *	follows.
 * @LEVEE_A_HISTORY_CLASS: (u32, enum levee_class) Goes with policy.
 * @LEVEE_A_HISTORY_SINCE: (u64) Beginning of the interval, in ns since the
 *	epoch. In a request, intervals that ended by then are left out.
 * @LEVEE_A_HISTORY_UNTIL: (u64) End of the interval, in ns since the epoch.
 * @LEVEE_A_HISTORY_PASSED_PACKETS: (u64)
 * @LEVEE_A_HISTORY_PASSED_BYTES: (u64)
 * @LEVEE_A_HISTORY_REASONS: (nest of LEVEE_A_REASON_STATS, repeated) Those
 *	for which there was anything.
 * @__LEVEE_A_HISTORY_MAX: private
 */
enum levee_a_history {
	LEVEE_A_HISTORY_PAD = 1,
	LEVEE_A_HISTORY_POLICY,
	LEVEE_A_HISTORY_CLASS,
	LEVEE_A_HISTORY_SINCE,
	LEVEE_A_HISTORY_UNTIL,
	LEVEE_A_HISTORY_PASSED_PACKETS,
	LEVEE_A_HISTORY_PASSED_BYTES,
	LEVEE_A_HISTORY_REASONS,
	__LEVEE_A_HISTORY_MAX,
};

#define LEVEE_A_HISTORY_MAX (__LEVEE_A_HISTORY_MAX - 1)

/**
 * enum levee_a_attack - An attack on a policy with packets of one class.
 * @LEVEE_A_ATTACK_PAD: Alignment of 64-bit attributes.
 * @LEVEE_A_ATTACK_POLICY: (string) Name of the policy, which may be gone.
 * @LEVEE_A_ATTACK_CLASS: (u32, enum levee_class)
 * @LEVEE_A_ATTACK_SINCE: (u64) Time of the first packet over the limits, in
 *	ns since the epoch. In a request, attacks that ended by then are left out.
 * @LEVEE_A_ATTACK_UNTIL: (u64) When it ended, to the second; absent if it
 *	goes on.
 * @LEVEE_A_ATTACK_PASSED_PACKETS: (u64) Packets of the class that passed
 *	since the attack was noticed.
 * @LEVEE_A_ATTACK_PASSED_BYTES: (u64)
 * @LEVEE_A_ATTACK_REASONS: (nest of LEVEE_A_REASON_STATS, repeated) Those for
 *	which there was anything.
 * @LEVEE_A_ATTACK_PEAK_RATE: (u64) Packets per second over the limits, in the
 *	second with most of them.
 * @LEVEE_A_ATTACK_PEAK_PACKETS: (u64) Packets of the class per second,
 *	whatever became of them, in the second with most of them.
 * @LEVEE_A_ATTACK_PEAK_BYTES: (u64) Likewise bytes.
 * @LEVEE_A_ATTACK_OFFENDERS: (u64) As in an event.
 * @__LEVEE_A_ATTACK_MAX: private
 */
enum levee_a_attack {
	LEVEE_A_ATTACK_PAD = 1,
	LEVEE_A_ATTACK_POLICY,
	LEVEE_A_ATTACK_CLASS,
	LEVEE_A_ATTACK_SINCE,
	LEVEE_A_ATTACK_UNTIL,
	LEVEE_A_ATTACK_PASSED_PACKETS,
	LEVEE_A_ATTACK_PASSED_BYTES,
	LEVEE_A_ATTACK_REASONS,
	LEVEE_A_ATTACK_PEAK_RATE,
	LEVEE_A_ATTACK_PEAK_PACKETS,
	LEVEE_A_ATTACK_PEAK_BYTES,
	LEVEE_A_ATTACK_OFFENDERS,
	__LEVEE_A_ATTACK_MAX,
};

#define LEVEE_A_ATTACK_MAX (__LEVEE_A_ATTACK_MAX - 1)

/**
 * enum levee_cmd - Commands of the family.
 * @LEVEE_CMD_HOOK_GET: Show hooks.
 * @LEVEE_CMD_HOOK_ADD: Start to look at a device's ingress, or at PREROUTING.
 * @LEVEE_CMD_HOOK_DEL: Stop looking.
 * @LEVEE_CMD_POLICY_GET: Show one policy, or all.
 * @LEVEE_CMD_POLICY_ADD: Add a policy; mode is monitor if absent.
 * @LEVEE_CMD_POLICY_SET: Change a policy's mode, its challenge, or what it
 *	matches by.
 * @LEVEE_CMD_POLICY_DEL: Delete a policy with its limits and counters.
 * @LEVEE_CMD_LIMIT_GET: Show limits, of one policy if it is named.
 * @LEVEE_CMD_LIMIT_SET: Add a limit, or change all else of the one with the
 *	same policy, class, per-v4, per-v6 and unit.
 * @LEVEE_CMD_LIMIT_DEL: Delete a limit.
 * @LEVEE_CMD_SOURCE_GET: Show offenders, of one policy or class if named.
 * @LEVEE_CMD_STATS_GET: Show counters per policy and class.
 * @LEVEE_CMD_TOTAL_GET: Show the counters of the network namespace as a
 *	whole.
 * @LEVEE_CMD_FLUSH: Forget sources, counters or meters; configuration stays.
 * @LEVEE_CMD_TABLE_GET: Show the size and use of the tables.
 * @LEVEE_CMD_TABLE_SET: Give the tables another size; what is in them is
 *	kept.
 * @LEVEE_CMD_POLICY_MATCH: Show which policy decides about a packet, and why.
 * @LEVEE_CMD_LEARN_GET: Show what was learned in mode monitor, per policy and
 *	class.
 * @LEVEE_CMD_EVENT: Something happened; sent to the multicast group "events",
 *	which takes CAP_NET_ADMIN to join. There are at most 100 of them in a
 *	second, 100 more at once, and as many about bans; how many were not sent is
 *	told.
 * @LEVEE_CMD_LIST_GET: Show the prefixes of a list, or of both, in no order.
 * @LEVEE_CMD_LIST_ADD: Add prefixes to a list, all or none. One that is there
 *	already gets the new timeout and comment.
 * @LEVEE_CMD_LIST_DEL: Delete prefixes from a list, all or none; only prefix
 *	matters.
 * @LEVEE_CMD_LIST_FLUSH: Delete all prefixes of a list.
 * @LEVEE_CMD_LIST_TEST: Ask which prefixes of an address there are. The
 *	reply's list is the one that decides about a packet from there, absent if
 *	none does.
 * @LEVEE_CMD_CONFIG_BEGIN: Begin a configuration that takes the place of the
 *	one in force. It begins with what there is where nobody has said anything.
 *	Until it is committed, commands of this socket that change what it replaces
 *	edit it, and nothing else; and policy-get, limit-get, list-get, table-get
 *	and reflect-get of this socket show it. Once a command was refused, it can
 *	only be aborted, as it is when the socket is closed; of a command whose
 *	attributes alone are wrong only the sender is told, so wait for all answers
 *	before the commit.
 * @LEVEE_CMD_CONFIG_COMMIT: Put the configuration of this socket in force, in
 *	one step, so that every packet is judged by the one before or by this one,
 *	rules and lists; two lists without rules are replaced one after the other.
 *	Policies of the same name, limits of the same key and hooks at the same
 *	place keep counters, meters and ids. If it is refused, nothing has changed,
 *	and the configuration is gone; with EAGAIN, because what it replaces was
 *	changed since it was begun; but a list is replaced with what was added to
 *	it meanwhile. If one of its commands is to blame, the sequence number of
 *	that message is in the cookie of the answer, as u64.
 * @LEVEE_CMD_CONFIG_ABORT: Forget the configuration of this socket.
 * @LEVEE_CMD_LIMIT_FLUSH: Delete all limits of a policy.
 * @LEVEE_CMD_BAN_GET: Show the bans in force, in no order.
 * @LEVEE_CMD_SOURCE_BAN: Ban a source, or change its ban. Policies in mode
 *	enforce drop its packets, those in mode monitor count them.
 * @LEVEE_CMD_SOURCE_UNBAN: Take back the ban of exactly this prefix, or all
 *	bans.
 * @LEVEE_CMD_REFLECT_GET: Show the ports that attacks are reflected from, and
 *	what is known of who was asked.
 * @LEVEE_CMD_REFLECT_SET: Replace the ports, by others or by those that are
 *	built in.
 * @LEVEE_CMD_REFLECT_ADD: Add ports, all or none.
 * @LEVEE_CMD_REFLECT_DEL: Delete ports, all or none.
 * @LEVEE_CMD_HISTORY_GET: Show what was counted in the past, of one policy if
 *	named, in the order of time.
 * @LEVEE_CMD_ATTACK_GET: Show attacks, of one policy if named: those that are
 *	over, in the order in which they ended, then those that go on.
 * @__LEVEE_CMD_MAX: private
 */
enum levee_cmd {
	LEVEE_CMD_HOOK_GET = 1,
	LEVEE_CMD_HOOK_ADD,
	LEVEE_CMD_HOOK_DEL,
	LEVEE_CMD_POLICY_GET,
	LEVEE_CMD_POLICY_ADD,
	LEVEE_CMD_POLICY_SET,
	LEVEE_CMD_POLICY_DEL,
	LEVEE_CMD_LIMIT_GET,
	LEVEE_CMD_LIMIT_SET,
	LEVEE_CMD_LIMIT_DEL,
	LEVEE_CMD_SOURCE_GET,
	LEVEE_CMD_STATS_GET,
	LEVEE_CMD_TOTAL_GET,
	LEVEE_CMD_FLUSH,
	LEVEE_CMD_TABLE_GET,
	LEVEE_CMD_TABLE_SET,
	LEVEE_CMD_POLICY_MATCH,
	LEVEE_CMD_LEARN_GET,
	LEVEE_CMD_EVENT,
	LEVEE_CMD_LIST_GET,
	LEVEE_CMD_LIST_ADD,
	LEVEE_CMD_LIST_DEL,
	LEVEE_CMD_LIST_FLUSH,
	LEVEE_CMD_LIST_TEST,
	LEVEE_CMD_CONFIG_BEGIN,
	LEVEE_CMD_CONFIG_COMMIT,
	LEVEE_CMD_CONFIG_ABORT,
	LEVEE_CMD_LIMIT_FLUSH,
	LEVEE_CMD_BAN_GET,
	LEVEE_CMD_SOURCE_BAN,
	LEVEE_CMD_SOURCE_UNBAN,
	LEVEE_CMD_REFLECT_GET,
	LEVEE_CMD_REFLECT_SET,
	LEVEE_CMD_REFLECT_ADD,
	LEVEE_CMD_REFLECT_DEL,
	LEVEE_CMD_HISTORY_GET,
	LEVEE_CMD_ATTACK_GET,
	__LEVEE_CMD_MAX,
};

#define LEVEE_CMD_MAX (__LEVEE_CMD_MAX - 1)

#endif /* _UAPI_LINUX_LEVEE_H */
