#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says of policies without a kernel module: names, prefixes,
# protocols and ports. It fails when bad input is taken, or is not named.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

test_policy() {
	local name31=a23456789012345678901234567890b
	local name_rule='a name has only letters, digits, dots, dashes and underscores'
	local modes='expected one of: off, monitor, enforce'
	local what='"dst PREFIX[,PREFIX...]" or "proto PROTO[,PROTO...]"'
	local none='the policy "default" has no dst, proto or dport; it matches what no other policy matches'
	local challenge='off, or above RATE [below RATE] [rate RATE]' text

	good policy
	good policy show
	good policy show www
	good policy add www dst 203.0.113.10
	good policy add "$name31" dst 203.0.113.10,2001:db8::10 mode enforce
	good policy add A.b-c_1 mode off dst 0.0.0.0/0,::/0
	good policy set www mode monitor
	good policy set www dst 203.0.113.0/24
	good policy set default mode enforce
	good policy del www
	good policy add dns proto udp dport 53
	good policy add www dst 203.0.113.10 proto tcp,udp dport 80,443,8000-8100 mode enforce
	good policy add ping dport any proto icmp dst any
	good policy set www dport 1-65535
	good policy set www dst any proto any dport any
	good policy add www dst 203.0.113.10 challenge above 20k/s
	good policy set www challenge above 20k/s below 10k/s rate 1M/s mode enforce
	good policy set www challenge above 100M/s rate 1/s below 100M/s
	good policy set default challenge off mode monitor
	bad 'policy "frob": no such command' policy frob
	bad 'NAME is missing after "add"' policy add
	bad 'NAME is missing after "set"' policy set
	bad 'NAME is missing after "del"' policy del
	bad '"x": nothing is expected after "www"' policy del www x
	bad '"x": nothing is expected after "www"' policy show www x
	bad 'policy "": the name is empty' policy add '' dst 192.0.2.1
	bad "policy \"a b\": $name_rule" policy add 'a b' dst 192.0.2.1
	bad "policy \"ä\": $name_rule" policy show 'ä'
	bad "policy \"a/b\": $name_rule" policy del a/b
	bad "policy \"${name31}x\": a name has at most 31 characters" policy add "${name31}x"
	bad "$what is missing after \"www\"" policy add www
	bad "$what is missing after \"off\"" policy add www mode off
	bad "$what is missing after \"any\"" policy add www dst any
	bad 'what to change is missing after "www"' policy set www
	bad "mode \"on\": $modes" policy set www mode on
	bad "mode \"Off\": $modes" policy set www mode Off
	bad '"mode" must be followed by a value: off, monitor or enforce' policy set www mode
	bad '"dst" must be followed by a value: PREFIX[,PREFIX...]' policy add www dst
	bad '"mode" is given twice' policy set www mode off mode off
	bad '"dst" is given twice' policy set www dst 192.0.2.1 dst 192.0.2.2
	bad '"port": unknown keyword; expected one of: dst, proto, dport, mode, challenge' \
		policy set www port 80
	bad "\"challenge\" must be followed by a value: $challenge" policy set www challenge
	bad "challenge \"on\": expected $challenge" policy set www challenge on
	bad 'challenge: "above" must be followed by a rate, as in 20k/s' \
		policy set www challenge above
	bad 'challenge: "rate" must be followed by a rate, as in 20k/s' \
		policy set www challenge above 1/s rate
	bad 'challenge: "below" is given twice' \
		policy set www challenge above 2/s below 1/s below 1/s
	bad 'above "20k": per what? For packets per second write "20k/s"' \
		policy set www challenge above 20k
	for text in 1/m 100/2s 20mbit 100000001/s 101M/s; do
		bad "challenge below \"$text\": expected packets per second, 1/s to 100M/s, as in 20k/s" \
			policy set www challenge above 1k/s below "$text"
	done
	bad 'challenge: below "1001/s" is more than above "1k/s"' \
		policy set www challenge above 1k/s below 1001/s
	bad '"above": unknown keyword; expected one of: dst, proto, dport, mode, challenge' \
		policy set www challenge off above 1/s
	bad '"challenge" is given twice' policy set www challenge off challenge off
	bad 'policy "default" is built in; to change it use levee policy set default' \
		policy add default mode off
	bad "$none" policy set default dst 192.0.2.1
	bad "$none" policy set default proto tcp
	bad "$none" policy set default dport 80
}

test_prefix() {
	local no='not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32'
	local bits='the address has bits set beyond the prefix length; did you mean'
	local max='the prefix length must be a number from 0 to'
	local text

	for text in x 192.0.2 192.0.2.1.1 192.0.2.256 192.0.02.1 2001:db8::1::2 \
		    fe80::1%lo 'a/24' /24 ' 192.0.2.1' example.org; do
		bad "dst \"$text\": $no" policy set www dst "$text"
	done
	for text in 192.0.2.0/33 192.0.2.0/ 192.0.2.0/x 192.0.2.0/-1 192.0.2.0/24/24 \
		    192.0.2.0/4294967320 192.0.2.0/255.255.255.0; do
		bad "dst \"$text\": $max 32" policy set www dst "$text"
	done
	bad "dst \"2001:db8::/129\": $max 128" policy set www dst 2001:db8::/129
	bad "dst \"192.0.2.1/24\": $bits \"192.0.2.0/24\"?" policy set www dst 192.0.2.1/24
	bad "dst \"192.0.2.1/0\": $bits \"0.0.0.0/0\"?" policy set www dst 192.0.2.1/0
	bad "dst \"192.0.2.7/31\": $bits \"192.0.2.6/31\"?" policy set www dst 192.0.2.7/31
	bad "dst \"2001:db8::1/64\": $bits \"2001:db8::/64\"?" policy set www dst 2001:db8::1/64
	bad "dst \"2001:db8:f::/33\": $bits \"2001:db8::/33\"?" policy set www dst 2001:db8:f::/33
	bad 'dst "192.0.2.1,": empty prefix; separate prefixes by one comma, without spaces' \
		policy set www dst 192.0.2.1,
	bad 'dst "": empty prefix; separate prefixes by one comma, without spaces' \
		policy set www dst ''
	bad 'dst "192.0.2.1": this prefix is given twice' \
		policy set www dst 192.0.2.1,2001:db8::1,192.0.2.1/32
	bad 'dst "2001:db8::/32": this prefix is given twice' \
		policy set www dst 2001:db8::/32,2001:0db8:0::/32
	good policy set www dst 192.0.2.0/24,192.0.2.0/25,2001:db8::/32,2001:db8::/33
}

test_proto() {
	local names='expected tcp, udp, udplite, sctp, dccp, icmp, icmpv6, gre, esp, ah, ipip, ipv6 or a number from 0 to 255'
	local text

	for text in tcp udp udplite sctp dccp icmp icmpv6 gre esp ah ipip ipv6 0 6 255 \
		    tcp,udp,132 1,2,3,4,5,6,7,8 any; do
		good policy set www proto "$text"
	done
	for text in TCP x 256 -1 6.0 tcp/udp; do
		bad "proto \"$text\": $names" policy set www proto "$text"
	done
	bad "proto \"all\": $names" policy set www proto tcp,all
	for text in '' ',' 'tcp,' ',tcp' tcp,,udp; do
		bad "proto \"$text\": empty protocol; separate them by one comma, without spaces" \
			policy set www proto "$text"
	done
	bad 'proto "tcp": this protocol is given twice' policy set www proto tcp,6
	bad 'proto "99": this protocol is given twice' policy set www proto 99,132,99
	bad '"proto" must be followed by a value: PROTO[,PROTO...]' policy set www proto
	bad '"proto" is given twice' policy set www proto tcp proto udp
}

test_dport() {
	local want='a port is a number from 1 to 65535'
	local text

	for text in 1 65535 80,443,8000-8100 443,80 1-65535 80-80 any; do
		good policy set www dport "$text"
	done
	for text in 0 65536 x http 80:90 +80 1e3; do
		bad "dport \"$text\": $want" policy set www dport "$text"
	done
	bad "dport \"\": $want" policy set www dport 80-
	bad "dport \"\": $want" policy set www dport -80
	bad "dport \"0\": $want" policy set www dport 0-80
	bad "dport \"65536\": $want" policy set www dport 80-65536
	bad "dport \"90-95\": $want" policy set www dport 80-90-95
	bad 'dport "90-80": the last port is less than the first' policy set www dport 90-80
	bad 'dport "80-90": overlaps "80"' policy set www dport 80-90,80
	bad 'dport "90-95": overlaps "80-90"' policy set www dport 90-95,80-90
	bad 'dport "80": overlaps "80"' policy set www dport 80,443,80
	for text in '' '80,' ',80' 80,,443; do
		bad "dport \"$text\": empty port; separate them by one comma, without spaces" \
			policy set www dport "$text"
	done
	bad '"dport" must be followed by a value: PORT[-PORT][,PORT[-PORT]...]' policy set www dport
	bad '"dport" is given twice' policy set www dport 80 dport 443
	bad 'dport: ports need a protocol, as in "proto tcp dport 80"' \
		policy add www dst 192.0.2.1 dport 80
}

test_match() {
	good policy match 192.0.2.1
	good policy match 2001:db8::1 from 2001:db8::2
	good policy match 192.0.2.1 dport 80 proto tcp from 198.51.100.7
	good policy match 192.0.2.1 proto 47
	bad 'ADDR is missing after "match"' policy match
	bad 'match "x": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32' \
		policy match x
	bad 'match "192.0.2.0/24": expected one address' policy match 192.0.2.0/24
	bad 'match "192.0.2.1/32": expected one address' policy match 192.0.2.1/32
	bad 'from "192.0.2.0/24": expected one address' policy match 192.0.2.1 from 192.0.2.0/24
	bad 'from: an address of the other family never sends there' \
		policy match 192.0.2.1 from 2001:db8::1
	bad 'dport: a port needs a protocol, as in "proto tcp dport 80"' \
		policy match 192.0.2.1 dport 80
	bad 'dport "80-90": a port is a number from 1 to 65535' \
		policy match 192.0.2.1 proto tcp dport 80-90
	bad '"mode": unknown keyword; expected one of: proto, dport, from' \
		policy match 192.0.2.1 mode off
	bad '"from" must be followed by a value: ADDR' policy match 192.0.2.1 from
	bad '"dport" must be followed by a value: PORT' policy match 192.0.2.1 dport
}

test_policy
test_prefix
test_proto
test_dport
test_match
ktap_finish
