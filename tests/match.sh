#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What policies match: destinations, protocols and ports; and which one decides. Random
# policies and packets are compared with a model that tries every policy. It fails when
# a packet is counted for another policy than the most specific one, when policy match
# does not say the same, or when policies are taken that contradict each other.
# TIMEOUT: 240
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
err=$LIB_TMP/err

lv() { timeout 30 ip netns exec "$gateway" levee "$@"; }

# refused NAME MESSAGE ARGS...: status 2, the message, and nothing is changed.
refused() {
	local name=$1 message=$2 before rc
	shift 2
	before=$(lv save)
	lv "$@" 2>"$err"
	rc=$?
	check_eq "$name" "2 levee: $message" "$rc $(cat "$err")"
	check_eq "$name: nothing has changed" "$before" "$(lv save)"
}

# overlap A B: what is said of two policies; Linux 6.1 has no place for their names.
overlap() {
	if [[ $(uname -r) == 6.1.* ]]; then
		echo "the policy overlaps another one"
	else
		echo "policy \"$1\" overlaps \"$2\""
	fi
}

# says NAME TEXT ARGS...: status 0, and exactly this text.
says() {
	local name=$1 text=$2
	shift 2
	check_eq "$name" "$text" "$(lv "$@" 2>&1; rc=$?; [ $rc -eq 0 ] || echo "status $rc")"
}

test_random() {
	local mac word text

	mac=$(in_ns "$gateway" cat /sys/class/net/eth0/address)
	lv policy set default mode off
	while read -r word text; do
		case $word in
		ok) ktap_pass "$text" ;;
		*) ktap_fail "${text%%: *}"; ktap_note "$word $text" ;;
		esac
	done < <(in_ns "$client" timeout 200 /usr/bin/python3 "$here/match.py" \
		 "$gateway" eth0 "$mac" 4 2>&1; echo "${PIPESTATUS[0]}" >"$LIB_TMP/status")
	check_eq "the model ended well" 0 "$(cat "$LIB_TMP/status")"
}

configure() {
	lv -b - <<-END
	policy add site dst 203.0.113.0/24,2001:db8:2::/64 mode enforce
	policy add www dst 203.0.113.10,2001:db8:2::10 proto tcp dport 443,80,8000-8100
	policy add admin dst 203.0.113.10 proto tcp dport 8080
	policy add tcp dst 203.0.113.10 proto tcp,132
	policy add dns proto udp,tcp dport 53
	policy add ping proto icmp,58 mode off
	limit set www syn rate 50/s burst 100
	limit set www udp rate 5/s
	limit set www any rate 1mbit burst 100k per 24,none
	limit set site frag rate 5/s per 24,56
	limit set site syn rate 5/s
	END
}

test_show() {
	check "policies with protocols and ports are taken" configure
	says "and shown" \
		"policy www mode monitor dst 203.0.113.10,2001:db8:2::10 proto tcp dport 80,443,8000-8100
    limit syn rate 50/s burst 100 per 32,64
    limit udp rate 5/s burst 5 per 32,64
    limit any rate 1mbit burst 100k per 24,none" policy show www
	says "without destinations, too" "policy ping mode off proto icmp,icmpv6" policy show ping
	check_eq "in JSON they are numbers" '[[6], [{"first": 80, "last": 80}, {"first": 443, "last": 443}, {"first": 8000, "last": 8100}]]' \
		"$(lv -j policy show www | json '[j[0]["proto"], j[0]["dport"]]')"
	check_eq "and empty where there are none" '[[], []]' \
		"$(lv -j policy show site | json '[j[0]["proto"], j[0]["dport"]]')"
	check_eq "they are saved" \
		"policy add www dst 203.0.113.10,2001:db8:2::10 proto tcp dport 80,443,8000-8100 mode monitor" \
		"$(lv save | grep '^policy add www')"
}

# before NAME LINE POLICY: the first line that is told of a packet for it.
before() {
	local question

	case $3 in
	site) question="203.0.113.10 proto udp" ;;
	www) question="203.0.113.10 proto tcp dport 443" ;;
	ping) question="192.0.2.99 proto icmp" ;;
	esac
	# shellcheck disable=SC2086 # words
	check_eq "$1" "$2" "$(lv policy match $question from 198.51.100.7 2>&1 | head -n 1 |
		sed -E 's/left 2h[0-9]+m/left 2hMM/')"
}

test_match() {
	says "a port that is named" "policy www mode monitor
    because of dst 203.0.113.10 proto tcp dport 443
    limit syn rate 50/s burst 100 per 32,64
    limit any rate 1mbit burst 100k per 24,none
    not admin dst 203.0.113.10: it is for other ports" \
		policy match 203.0.113.10 proto tcp dport 443
	says "the narrower range" "policy admin mode monitor
    because of dst 203.0.113.10 proto tcp dport 8080" \
		policy match 203.0.113.10 proto tcp dport 8080
	says "a protocol that is named" "policy tcp mode monitor
    because of dst 203.0.113.10 proto tcp
    not admin dst 203.0.113.10: it is for other ports
    not www dst 203.0.113.10: it is for other ports" policy match 203.0.113.10 proto tcp dport 22
	says "a fragment, which has no ports" "policy tcp mode monitor
    because of dst 203.0.113.10 proto tcp
    not admin dst 203.0.113.10: it is for other ports
    not www dst 203.0.113.10: it is for other ports" policy match 203.0.113.10 proto tcp
	says "what nobody names goes to the shorter prefix, with its limits" \
		"policy site mode enforce
    because of dst 203.0.113.0/24
    limit frag rate 5/s burst 5 per 24,56 source 198.51.100.0/24
    not tcp dst 203.0.113.10: it is for other protocols
    not admin dst 203.0.113.10: it is for other protocols
    not www dst 203.0.113.10: it is for other protocols" \
		policy match 203.0.113.10 proto udp from 198.51.100.7
	says "over IPv6" "policy site mode enforce
    because of dst 2001:db8:2::/64
    limit syn rate 5/s burst 5 per 32,64 source 2001:db8:7::/64
    not www dst 2001:db8:2::10: it is for other ports" \
		policy match 2001:db8:2::10 proto tcp dport 81 from 2001:db8:7::7
	says "a port at any destination" "policy dns mode monitor
    because of proto udp dport 53
    not ping: it is for other protocols" policy match 192.0.2.99 proto udp dport 53
	lv limit flush default
	says "nobody's" "policy default mode off
    because no other policy matches
    not ping: it is for other protocols
    not dns: it is for other ports" policy match 192.0.2.99 proto udp dport 54
	says "no protocol given" "policy default mode off
    because no other policy matches
    not ping: it is for other protocols
    not dns: it is for other protocols" policy match 192.0.2.99
	check_eq "in JSON" '["203.0.113.10", "198.51.100.7", 6, 443, "www", "monitor", {"addr": "203.0.113.10", "len": 32}, true, {"first": 443, "last": 443}, ["syn", "any"], ["198.51.100.7/32", "198.51.100.0/24"], [{"policy": "admin", "prefix": {"addr": "203.0.113.10", "len": 32}, "why": "dport"}], 1]' \
		"$(lv -j policy match 203.0.113.10 proto tcp dport 443 from 198.51.100.7 | json '
[j[k] for k in ("daddr", "saddr", "proto", "dport", "policy", "mode", "prefix", "by-proto",
		"by-dport")] + [[l["class"] for l in j["limits"]],
 [l["source"]["addr"] + "/" + str(l["source"]["len"]) for l in j["limits"]],
 j["passed-over"], j["passed-over-count"]]')"
	before "what neither list nor ban names" "policy site mode enforce" site
	lv list add deny 198.51.100.0/24 comment "a feed"
	before "a list that denies" \
		'dropped: source in list deny, 198.51.100.0/24 comment "a feed"' site
	before "where the policy monitors" \
		'would be dropped: source in list deny, 198.51.100.0/24 comment "a feed"' www
	before "where it is off" "policy ping mode off" ping
	lv source ban 198.51.100.0/25 timeout 150m
	before "a list comes before a ban" \
		'dropped: source in list deny, 198.51.100.0/24 comment "a feed"' site
	check_eq "in JSON" '["deny", {"prefix": {"addr": "198.51.100.0", "len": 24}, "comment": "a feed"}, null]' \
		"$(lv -j policy match 203.0.113.10 from 198.51.100.7 |
			json '[j["list"], j["entry"], j.get("ban")]')"
	lv list add allow 198.51.100.7
	before "a list that allows" 'passes: source in list allow, 198.51.100.7' site
	lv list flush allow
	lv list flush deny
	before "a ban" 'dropped: source banned, 198.51.100.0/25 left 2hMM' site
	lv source unban all
	lv source ban 198.51.100.7 policy www class syn comment "seen"
	before "one that a limit might have made, where the policy monitors" \
		'would be dropped: source banned, 198.51.100.7 policy www class syn comment "seen"' www
	check_eq "in JSON, too" '[null, {"addr": "198.51.100.7", "len": 32}, "www"]' \
		"$(lv -j policy match 203.0.113.10 proto tcp dport 443 from 198.51.100.7 |
			json '[j.get("list"), j["ban"]["prefix"], j["ban"]["policy"]]')"
	lv source unban all
	check "is no secret" in_ns "$gateway" setpriv --reuid 65534 --clear-groups \
		--inh-caps=-all levee policy match 192.0.2.99
}

test_change() {
	local long ports

	says "ports can be replaced" "" policy set www dport 1-1023
	says "protocols can be replaced" "" policy set www proto udp
	says "now those decide" "policy www mode monitor
    because of dst 203.0.113.10 proto udp dport 1-1023
    limit udp rate 5/s burst 5 per 32,64
    limit any rate 1mbit burst 100k per 24,none
    not tcp dst 203.0.113.10: it is for other protocols
    not admin dst 203.0.113.10: it is for other protocols" \
		policy match 203.0.113.10 proto udp dport 53
	refused "ports without protocols" \
		"ports need protocols that have them: tcp, udp, udplite, sctp, dccp" \
		policy set www proto any
	refused "ports of a protocol without" \
		"ports need protocols that have them: tcp, udp, udplite, sctp, dccp (proto)" \
		policy set www proto udp,icmp
	refused "ports for a protocol without" \
		"ports need protocols that have them: tcp, udp, udplite, sctp, dccp (dport 80)" \
		policy set ping dport 80
	says "both can be removed" "" policy set www proto any dport any
	check_eq "then the policy is for everything" \
		"policy www mode monitor dst 203.0.113.10,2001:db8:2::10" \
		"$(lv policy show www | head -n 1)"
	says "destinations can be removed" "" policy set tcp dst any
	refused "but not all" "a policy needs a destination prefix or a protocol" policy set www dst any
	refused "a policy for the same" "$(overlap site x) (dst 203.0.113.0/24)" \
		policy add x dst 198.51.100.0/24,203.0.113.0/24
	lv policy set admin dport 8080-8090
	refused "a policy for some of the same ports" "$(overlap x admin) (dst 203.0.113.10)" \
		policy add x dst 203.0.113.10 proto sctp,tcp dport 70,8070-8080,9000
	refused "a policy for one of the same protocols" "$(overlap ping x)" \
		policy add x proto gre,icmp
	for long in {1..9}; do ports+=,$long; done
	refused "too many protocols" "a policy has at most 8 protocols (proto)" \
		policy set www proto "${ports#,}"
	ports=$(seq -s, 1 2 129)
	refused "too many ports" "a policy has at most 64 ranges of ports (dport 129)" \
		policy set admin dport "$ports"
	says "64 are taken" "" policy set admin dport "${ports%,*}"
	refused "a port of a protocol without" \
		"a port needs a protocol that has ports: tcp, udp, udplite, sctp, dccp (dport)" \
		policy match 192.0.2.1 proto icmp dport 80
}

topo_gateway
check "a hook" lv hook add dev eth0
test_random
test_show
test_match
test_change
ktap_finish
