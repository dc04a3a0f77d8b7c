#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Several limits for one class: all hold, a packet that one of them drops is charged to
# none, and their order does not matter; and what a limit in bits charges are the bytes
# on the wire, of aggregates, too. It fails when a limit is not asked, a drop is charged,
# or headers of segments are not counted.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

topo_gateway
topo_neigh_static
here=$(cd "$(dirname "$0")" && pwd -P)
mac=$(in_ns "$gateway" cat /sys/class/net/eth0/address)
sysctl -qw net.core.netdev_max_backlog=100000
gw() { in_ns "$gateway" levee "$@"; }
send() { in_ns "$client" timeout 60 /usr/bin/python3 "$here/limits.py" "$@"; }

# count CLASS VERDICT COLUMN: of the policy; column 5 are packets, 6 are bytes.
count() {
	# shellcheck disable=SC2016 # for awk
	in_ns "$gateway" awk -v c="$1" -v v="$2" -v n="$3" '
		$1 == "www" && $2 == c && $3 ~ v { s += $n } END { print s + 0 }' \
		/proc/net/levee/stats
}
# shellcheck disable=SC2317 # for busywait
all_came() { [ "$(count "$1" . 5)" -ge "$2" ]; }

# set_limits LIMITS: these, one in each line, and no others. Nothing flows back into a
# meter of 1/h meanwhile; 125 bytes a second do into one of 1kbit.
set_limits() {
	gw -b - <<<"limit flush www
flush all
limit set www udp rate ${1//$'\n'/$'\n'limit set www udp rate }"
}

# passes NAME EXPECTED LINES: so many of what is sent pass.
passes() {
	local sent

	sent=$(awk '{ n += $2 } END { print n }' <<<"$3")
	gw flush stats
	echo "$3" >&"${SPOOF[1]}"
	busywait 10000 all_came udp "$sent"
	check_eq "$1" "$2 of $sent" "$(count udp passed 5) of $(count udp . 5)"
}

# sources PREFIX FIRST LAST COUNT [BYTES]: lines for passes.
sources() { seq -f "$1%g $4 ${5-100}" "$2" "$3"; }

check "a policy" gw -b - <<-END
	hook add dev eth0
	policy add www dst $SERVER4,$SERVER6 mode enforce
END

coproc SPOOF { ip netns exec "$client" /usr/bin/python3 "$here/limits.py" spoof \
	eth0 "$mac" $SERVER4 $SERVER6; }

# ---- IPv4: hosts and their network ----

test_v4() {
	set_limits "$2"
	passes "$1: ten hosts get what their /24 has" 20 "$(sources 198.18.1. 1 10 10)"
	passes "$1: another /24 has its own" 20 "$(sources 198.18.2. 1 10 10)"

	passes "$1: a host gets its burst" 5 "198.18.3.1 100 100"
	passes "$1: what it lost did not use up its /24" 15 "$(sources 198.18.3. 2 10 5)"
	passes "$1: now it is used up" 0 "198.18.3.99 50 100"
	gw limit set www udp rate 1/h burst 25 per 24
	passes "$1: which did not use up the host" 5 "198.18.3.99 50 100"
}

v4="1/h burst 5 per 32
1/h burst 20 per 24"
test_v4 "/32, /24" "$v4"
test_v4 "/24, /32" "$(tac <<<"$v4")"

# ---- IPv6: four lengths ----

test_v6() {
	local p=2001:db8:a

	set_limits "$2"
	passes "$1: a host floods" 5 "$p:100::1 100 100"
	passes "$1: others of its /64" 3 "$(sources $p:100:: 2 4 10)"
	passes "$1: another /64 of its /56" 4 "$(sources $p:101:: 1 3 10)"
	passes "$1: another /56 of its /48" 8 "$(sources $p:200:: 1 3 10)"
	passes "$1: a third /56 has nothing left" 0 "$(sources $p:300:: 1 9 10)"
	gw limit set www udp rate 1/h burst 30 per none,48
	passes "$1: nor has it lost anything" 10 "$p:300::1 5 100
$p:300::2 3 100
$p:301::1 9 100"
	passes "$1: another /48 has its own" 5 "2001:db8:b:100::1 9 100"
}

v6="1/h burst 5 per none,128
1/h burst 8 per none,64
1/h burst 12 per none,56
1/h burst 20 per none,48"
test_v6 "/128 to /48" "$v6"
test_v6 "/48 to /128" "$(tac <<<"$v6")"
test_v6 "mixed order" "$(sed -n '3p;1p;4p;2p' <<<"$v6")"

# ---- packets and bits ----

test_units() {
	set_limits "$2"
	passes "$1: small packets" 10 "198.18.4.1 20 100"
	passes "$1: large packets" 5 "198.18.4.2 20 1400"
	gw limit set www udp rate 1kbit burst 50000
	passes "$1: those lost by their size do not count" 5 "198.18.4.2 20 1400"
	gw limit set www udp rate 1kbit burst 7100
	gw limit set www udp rate 1/h burst 15
	passes "$1: nor does the size of those lost by their number" 4 "198.18.4.1 20 1400"
	passes "$1: over IPv6" 5 "2001:db8:a:100::1 20 1400"
	gw limit set www udp rate 1kbit burst 100
	passes "$1: one larger than the burst passes" 1 "198.18.4.5 20 1400"
}

units="1/h burst 10
1kbit burst 7100"
test_units "packets, bits" "$units"
test_units "bits, packets" "$(tac <<<"$units")"

# ---- aggregates ----

# Ten segments of 100 bytes and headers: 1280 bytes in IPv4, 1480 in IPv6.
test_gso() {
	local addr=$1 bytes=$2 before after

	set_limits "1kbit burst $((20 * bytes + 100))"
	before=$(dev_stat "$client" eth0 tx_packets)
	send gso "$addr" 50 10 100
	after=$(dev_stat "$client" eth0 tx_packets)
	busywait 10000 all_came udp 500
	check_between "$addr: segments come as aggregates" 50 60 $((after - before))
	check_eq "$addr: a limit in bits charges the headers of each segment" "200 of 500" \
		"$(count udp passed 5) of $(count udp . 5)"
	check_eq "$addr: as bytes count them" $((50 * bytes)) "$(count udp . 6)"
}

eval "exec ${SPOOF[1]}>&-"
wait "$SPOOF_PID"
test_gso $SERVER4 1280
test_gso $SERVER6 1480

TCP_BYTES=4000000
# shellcheck disable=SC2317
all_bytes() {
	[ "$(($(count tcp . 6) + $(count syn . 6)))" -ge "$1" ]
}
test_tcp() {
	local addr=$1 before after segments bytes

	gw flush stats
	in_ns "$server" timeout 60 /usr/bin/python3 "$here/limits.py" serve "$addr" >"$LIB_TMP/ready" &
	busywait 10000 grep -q ready "$LIB_TMP/ready"
	before=$(dev_stat "$client" eth0 tx_packets)
	read -r segments bytes < <(send tcp "$addr" $TCP_BYTES)
	after=$(dev_stat "$client" eth0 tx_packets)
	wait $!
	busywait 10000 all_bytes "$bytes"
	check_between "$addr: $segments segments come as aggregates" 10 $((segments / 2)) \
		$((after - before))
	check_eq "$addr: TCP counts as on the wire" "$segments packets, $bytes bytes" \
		"$(($(count tcp . 5) + $(count syn . 5))) packets, $(($(count tcp . 6) + $(count syn . 6))) bytes"
}

test_tcp $SERVER4
test_tcp $SERVER6
ktap_finish
