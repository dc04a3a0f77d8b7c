#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flood of SYNs from all of IPv4, and from a /32 of IPv6, against a site behind a challenge;
# then the same with the kernel's SYNPROXY, whose figures are told. It fails when visitors
# that were there before notice it, when those that come for the first time do not get in or
# wait for long, when more SYNs reach the server than the trigger, when the gateway sends more
# to an address than came in its name, or to one that nobody has, or when memory grows.
# KERNELS: stock-6.12, uml-debug
# TIMEOUT: 240
# EXCLUSIVE
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
pps=${LEVEE_CHALLENGE_PPS:-8000}
KNOWN=10	# visitors of each family that were there before
NEW=50		# and that were not
LONGER=50	# ms that those may have to wait longer (median)
# The debug kernel needs ten times as long for everything.
grep -q ' kasan_report$' /proc/kallsyms && pps=1000 NEW=25 LONGER=300
above=$((pps / 4))
SECONDS_KNOWN=${LEVEE_CHALLENGE_SECONDS:-3}

gw() { in_ns "$gateway" levee "$@"; }
count() { gw -j stats show policy www | json "j['stats'][0]['challenge']['$1']"; }
active() { gw -j policy show www | json "'yes' if 'since' in j[0]['challenge'] else 'no'"; }
is_active() { [ "$(active)" = yes ]; }
# value NAME: from "name value name value ..." on standard input
value() { awk -v n="$1" '{ for (i = 1; i < NF; i += 2) if ($i == n) { print $(i + 1); exit } }'; }
# seen NS COUNTER: packets and bytes
seen() {
	in_ns "$1" nft list counter netdev seen "$2" |
		sed -n 's/.*packets \([0-9]*\) bytes \([0-9]*\)/packets \1 bytes \2/p'
}

# addresses WHICH FAMILY COUNT: of visitors; with IPv6, each has a subnet of its own.
addresses() {
	local i

	for ((i = 1; i <= $3; i++)); do
		[ "$2" = 4 ] && echo "198.18.$1.$i" || echo "2001:db8:f$1:$i::1"
	done
}

# What clients of some kinds have to say. The first has a firewall that lets nothing through
# which conntrack does not know, the second one that eats challenges (which have no window),
# the third sends its request with the SYN.
declare -A odd
odd() {
	local kind

	for kind in stateful eaten fast; do
		odd[$kind]=$(in_ns "$client" /usr/bin/python3 -B "$here/challenge-flood.py" \
			"$([ $kind = fast ] && echo fast || echo visit)" 0 $SERVER4 "${ODD[$kind]}")
	done
}
declare -A ODD=([stateful]=198.18.2.1 [eaten]=198.18.2.2 [fast]=198.18.2.3)

# visit SECONDS WHICH COUNT: of both families at once; lines of figures.
visit() {
	local job

	# shellcheck disable=SC2046 # words
	in_ns "$client" /usr/bin/python3 -B "$here/challenge-flood.py" visit "$1" $SERVER6 \
		$(addresses "$2" 6 "$3") >"$LIB_TMP/visit6" &
	job=$!
	# shellcheck disable=SC2046
	in_ns "$client" /usr/bin/python3 -B "$here/challenge-flood.py" visit "$1" $SERVER4 \
		$(addresses "$2" 4 "$3") >"$LIB_TMP/visit4"
	wait $job
	cat "$LIB_TMP/visit4" "$LIB_TMP/visit6"
}
sum() { awk -v n="$1" '{ for (i = 1; i < NF; i += 2) if ($i == n) s += $(i + 1) } END { print s + 0 }'; }
most() { awk -v n="$1" '{ for (i = 1; i < NF; i += 2) if ($i == n && $(i + 1) > m) m = $(i + 1) } END { print m + 0 }'; }

flood_start() {
	# Not in_ns, whose process is not the one that is to be killed.
	ip netns exec "$client" "$LIB_TMP/synflood" syn eth0 "$mac" 0.0.0.0/0 $SERVER4 80 \
		$((pps / 2)) 100 >"$LIB_TMP/flood4" &
	flood_pids=($!)
	ip netns exec "$client" "$LIB_TMP/synflood" syn eth0 "$mac" 2001:db8::/32 $SERVER6 80 \
		$((pps / 2)) 100 >"$LIB_TMP/flood6" &
	flood_pids+=($!)
}
flood_stop() {
	kill "${flood_pids[@]}"
	wait "${flood_pids[@]}"
}

# What levee's tables take. Sources that are malformed leave records, which are bounded.
memory() { awk '/levee/ { n += $2 } END { print n + 0 }' /proc/vmallocinfo; }

# attack: sets known, new (lines of visit), syns and took of the server.
attack() {
	local begin first

	flood_start
	"$@" || return
	begin=$(date +%s%3N)
	first=$(seen "$server" syns | value packets)
	known=$(visit "$SECONDS_KNOWN" 0 $KNOWN)
	new=$(visit 0 1 $NEW)
	[ -n "${odd[*]}" ] || odd
	took=$(($(date +%s%3N) - begin))
	syns=$(($(seen "$server" syns | value packets) - first))
	flood_stop
	flooded=$(cat "$LIB_TMP/flood4" "$LIB_TMP/flood6" | sed 's/\([0-9]*\) \([a-z]*\)/\2 \1/g')
}

# tell WHO: the figures of an attack
tell() {
	ktap_note "$1: flood of $(sum packets <<<"$flooded") SYNs in about $((took / 1000)) s;" \
		"$(sum lost <<<"$known") of $(($(sum lost <<<"$known") + $(sum loaded <<<"$known")))" \
		"pages of known visitors lost, at worst $(most worst <<<"$known") ms;" \
		"$(sum lost <<<"$new") of $((2 * NEW)) first-time visitors lost," \
		"median $(most median <<<"$new") ms (in peace $peace), at worst $(most worst <<<"$new") ms;" \
		"$((syns * 1000 / took)) SYNs/s reached the server (trigger $above/s)"
}

cc -O2 -Wall -o "$LIB_TMP/synflood" "$here/synflood.c" || skip_all "there is no compiler"
topo_gateway
topo_neigh_static
ip -n "$gateway" route add default via $CLIENT4
ip -n "$gateway" route add default via $CLIENT6
{
	for which in 0 1; do
		addresses $which 4 $NEW | sed 's|.*|addr add &/32 dev eth0|'
		addresses $which 6 $NEW | sed 's|.*|addr add &/128 dev eth0 nodad|'
	done
	printf 'addr add %s/32 dev eth0\n' "${ODD[@]}"
} | ip -n "$client" -b -
mac=$(in_ns "$gateway" cat /sys/class/net/eth0/address)
# Whom no SYN can be from. Not as a set, of which the debug kernel's nft complains by itself.
nobodys() {
	printf '%s\n' 0.0.0.0 127.0.0.0/8 $UPLINK4 192.0.2.255 $INNER4 224.0.0.0/4 255.255.255.255
}
in_ns "$client" nft -f - <<-END
table netdev seen {
	counter answers { }
	counter larger { }
	counter nobody { }
	chain in {
		type filter hook ingress device "eth0" priority -500
		ip daddr $CLIENT4 accept
		ip daddr 198.18.0.0/15 accept
		ip6 daddr $CLIENT6 accept
		ip6 daddr 2001:db8:f0::/44 accept
$(nobodys | sed 's/.*/		ip daddr & counter name nobody/')
		meta l4proto tcp tcp flags == ack counter name answers
		tcp flags == ack ip length != 40 counter name larger
		tcp flags == ack ip6 length != 20 counter name larger
	}
}
END
in_ns "$client" nft -f - <<-END
table inet firewall {
	chain in {
		type filter hook input priority 0
		ip daddr ${ODD[stateful]} ct state invalid drop
		ip daddr ${ODD[stateful]} ct state != established drop
		ip daddr ${ODD[eaten]} tcp flags == ack tcp window 0 drop
	}
}
END
# Without a cookie of the server.
in_ns "$client" sysctl -qw net.ipv4.tcp_fastopen=5
in_ns "$server" nft -f - <<-END
table netdev seen {
	counter syns { }
	chain in {
		type filter hook ingress device "eth0" priority -500
		meta l4proto tcp tcp flags == syn counter name syns
	}
}
END
ip netns exec "$server" /usr/bin/python3 -B "$here/challenge-flood.py" serve $SERVER4 $SERVER6 &
server_pid=$!
busywait 10000 in_ns "$server" grep -q ':0050 ' /proc/net/tcp6
gw -b - <<-END
policy add www dst $SERVER4,$SERVER6 proto tcp dport 80 mode enforce challenge above $above/s
hook add dev eth0
END

check_eq "visitors come before the flood" "$((2 * KNOWN)) 0" \
	"$(visit 0 0 $KNOWN >"$LIB_TMP/visits"; sum loaded <"$LIB_TMP/visits") $(sum lost <"$LIB_TMP/visits")"
peace=$(visit 0 0 $KNOWN | most median)
before=$(memory)
attack busywait 5000 is_active
tell "challenge"
ktap_note "challenge: $(gw stats show policy www | sed -n 's/^challenge www //p')"
check_between "the flood is one" $((above * took / 1000)) 999999999 "$(sum packets <<<"$flooded")"
check_between "known visitors lose less than 0.1 % of pages" 0 \
	"$(awk -v n="$(sum loaded <<<"$known")" 'BEGIN { print n * .001 }')" "$(sum lost <<<"$known")"
check_between "of first-time visitors, 99 % get in" $((2 * NEW * 99 / 100)) $((2 * NEW)) \
	"$(sum loaded <<<"$new")"
check_between "they wait no more than $LONGER ms longer (median)" 0 \
	"$(awk -v p="$peace" -v l=$LONGER 'BEGIN { print p + l }')" "$(most median <<<"$new")"
check_eq "a client behind a firewall with conntrack gets in" 1 "$(value loaded <<<"${odd[stateful]}")"
check_between "in the same time" 0 \
	"$(awk -v p="$peace" 'BEGIN { print p + 500 }')" "$(value worst <<<"${odd[stateful]}")"
check_eq "one whose firewall eats challenges does, too" "1 1" \
	"$(value loaded <<<"${odd[eaten]}") $(count retried)"
check_between "but later" 900 4900 "$(value worst <<<"${odd[eaten]}")"
check_eq "and one that sends its request with the SYN" 1 "$(value loaded <<<"${odd[fast]}")"
check_between "no more SYNs reach the server than the trigger" 0 "$above" "$((syns * 1000 / took))"
check_between "many were challenged" $((above * took / 1000)) 999999999 "$(count sent)"
came=$(sum bytes <<<"$flooded")
went=$(seen "$client" answers | value bytes)
ktap_note "challenge: $went bytes to forged addresses for $came in their names"
check_between "no more bytes go to forged addresses than came in their names" 1 "$came" "$went"
check_eq "nor is any answer larger than its SYN" "packets 0 bytes 0" "$(seen "$client" larger)"
check_eq "or sent to whom nobody is" "packets 0 bytes 0" "$(seen "$client" nobody)"
check_eq "memory is what it was" "$before" "$(memory)"

# Without the key: as many are right as are expected, none.
before=$(count answered)
flood_start
busywait 5000 is_active
in_ns "$client" "$LIB_TMP/synflood" rst eth0 "$mac" 0.0.0.0/0 $SERVER4 80 $((pps * 4)) 1 >"$LIB_TMP/rsts"
flood_stop
ktap_note "$(cat "$LIB_TMP/rsts") of RSTs with numbers that were guessed; $(count failed) of all RSTs failed"
check_between "many guesses" $((pps / 2)) 999999999 "$(cut -d ' ' -f 1 "$LIB_TMP/rsts")"
check_eq "prove nobody" "$before" "$(count answered)"

# The kernel's SYNPROXY, as its documentation has it.
gw policy set www mode off
synproxy() {
	in_ns "$gateway" nft -f - <<-END
	table inet sp {
		chain raw {
			type filter hook prerouting priority raw
			iifname "eth0" tcp dport 80 tcp flags syn notrack
		}
		chain forward {
			type filter hook forward priority filter
			iifname "eth0" tcp dport 80 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
			ct state invalid drop
		}
	}
	END
	in_ns "$gateway" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
}
if synproxy; then
	attack true
	tell "SYNPROXY"
else
	ktap_note "there is no SYNPROXY here"
fi
kill $server_pid
ktap_finish
