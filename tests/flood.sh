#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A flood in which each packet has another source, from the whole IPv4 space, while a
# hundred well-behaved sources and a heavy one send, too. It fails when the heavy one
# gets more or less than its limit, when the others lose packets while less than half
# of the table is in use, or when memory is not what it was before: LEVEE_FLOOD_PACKETS
# (3 million) are sent for that. How much they lose in tables that are too small is
# shown, and bounded.
# KERNELS: uml-7
# TIMEOUT: 240
# EXCLUSIVE
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
packets=${LEVEE_FLOOD_PACKETS:-3000000}
RATE=100	# limit of a source, packets/s
BURST=20
GOOD=100	# sources that send half of that
PORT=9
VICTIM=203.0.113.200	# what the flood is for; leads nowhere behind the gateway

gw() { in_ns "$gateway" levee "$@"; }
table() { gw -j table show | json "j['$1']"; }
# value NAME: from "name value name value ..." on standard input
value() { awk -v n="$1" '{ for (i = 1; i < NF; i += 2) if ($i == n) print $(i + 1) }'; }

# ---- the flood, on the last CPU ----

cpu=$(($(nproc) - 1))
thread=/proc/net/pktgen/kpktgend_$cpu
sender=/proc/net/pktgen/eth0@$cpu

pg() {
	# shellcheck disable=SC2016 # for the inner shell
	in_ns "$client" bash -c 'while read -r line; do [ -z "$line" ] || echo "$line" >"$1" || exit 1; done' \
		bash "$1" <<<"$2"
}

flood_make() {
	modprobe -q pktgen
	pg "$thread" "add_device eth0@$cpu" &&
	pg "$sender" "pkt_size 60
		delay 0
		clone_skb 0
		dst $VICTIM
		dst_mac $(in_ns "$gateway" cat /sys/class/net/eth0/address)
		src_min 1.0.0.0
		src_max 223.255.255.255
		flag IPSRC_RND
		udp_dst_min 53
		udp_dst_max 53"
}

# flood_start PACKETS [RATE]: 0 packets for no end
flood_start() {
	pg "$sender" "delay 0
		${2:+ratep $2}
		count $1"
	ip netns exec "$client" bash -c "echo start >/proc/net/pktgen/pgctrl" &
	flood_pid=$!
}

flood_stop() {
	kill "$flood_pid"
	wait "$flood_pid"
	busywait 5000 flood_stopped
} 2>/dev/null
flood_stopped() { in_ns "$client" grep -q '^Result: OK' "$sender"; }
flood_sent() { in_ns "$client" sed -n 's/.*pkts-sofar: \([0-9]*\).*/\1/p' "$sender"; }
flood_runs() { [ "$(flood_sent)" -gt 1000 ]; }

# ---- the sources in it ----

# The largest share of slots in use, in percent, of some looks.
watch_live() {
	local now most=0

	while [ -e "$LIB_TMP/watching" ]; do
		now=$(gw table show | sed -n 's/.* \([0-9]*\)[0-9.]*% live$/\1/p')
		[ "$now" -le "$most" ] || most=$now
		sleep 0.2
	done
	echo "$most" >"$LIB_TMP/live"
}

# traffic SECONDS: sets sent, got and live
traffic() {
	ip netns exec "$server" /usr/bin/python3 "$here/flood.py" receive $PORT >"$LIB_TMP/got" &
	local receiver=$!

	busywait 5000 grep -q ready "$LIB_TMP/got"
	touch "$LIB_TMP/watching"
	watch_live &
	local watcher=$!
	sent=$(in_ns "$client" taskset 1 /usr/bin/python3 "$here/flood.py" send $SERVER4 $PORT "$1" \
		$GOOD $((RATE / 2)) $((RATE * 10)))
	rm "$LIB_TMP/watching"
	wait "$watcher"
	live=$(cat "$LIB_TMP/live")
	kill "$receiver"
	wait "$receiver"
	got=$(grep good "$LIB_TMP/got")
}

# judge WHAT: of the traffic in that flood
judge() {
	local lost want

	lost=$(($(value good <<<"$sent") - $(value good <<<"$got")))
	want=$(awk -v r=$RATE -v b=$BURST -v t="$(value seconds <<<"$sent")" \
		'BEGIN { print r * t + b }')
	ktap_note "$1: up to $live % of the slots in use, $lost of $(value good <<<"$sent") packets" \
		"of well-behaved sources lost, $(value heavy <<<"$got") of the heavy one passed" \
		"($want are its limit)" \
		"$(gw -j stats show | json "j['total']['overflow-packets']") overflow packets"
	check_between "$1: the heavy source gets its limit" "$(awk -v w="$want" 'BEGIN { print w * .95 }')" \
		"$(awk -v w="$want" 'BEGIN { print w * 1.05 }')" "$(value heavy <<<"$got")"
	loss=$(awk -v l="$lost" -v s="$(value good <<<"$sent")" 'BEGIN { print 100 * l / s }')
}

# ---- memory ----

no_slabs() {
	echo 1 >/sys/kernel/slab/levee_offender/shrink
	! grep -q '^levee_offender .* [1-9][0-9]* *[0-9]*$' /proc/slabinfo
}

# What levee holds when all is forgotten, in bytes: areas of vmalloc, slabs of
# offenders, memory for each CPU.
memory() {
	gw flush all
	busywait 10000 no_slabs
	awk '/levee/ { n += $2 } END { print "vmalloc", n + 0 }' /proc/vmallocinfo
	awk '$1 == "levee_offender" { print "slabs", $15 * $6 * 4096 }' /proc/slabinfo
	awk '$1 == "Percpu:" { print "percpu", $2 * 1024 }' /proc/meminfo
}

topo_gateway
topo_neigh_static
ip -n "$gateway" route add blackhole $VICTIM
{
	for ((i = 1; i <= GOOD; i++)); do echo "addr add 198.18.0.$i/32 dev eth0"; done
	echo "addr add 198.18.1.1/32 dev eth0"
} | ip -n "$client" -b -
sysctl -qw net.core.netdev_max_backlog=100000
check "levee is configured" gw -b - <<-END
	hook add dev eth0
	policy add www dst 203.0.113.0/24 mode enforce
	limit set www udp rate $RATE/s burst $BURST
END
check "the flood is ready" flood_make

# Once, so that what is made at first use is there.
flood_start 200000
wait "$flood_pid"
memory >"$LIB_TMP/before"

flood_start 0
check "there is a flood" busywait 5000 flood_runs
traffic 10
judge "flood"
check_between "less than half of the table is in use" 0 49 "$live"
check_between "well-behaved sources lose less than 0.1 %" 0 0.1 "$loss"
flood_stop
sum=$(flood_sent)
if [ "$sum" -lt "$packets" ]; then
	flood_start $((packets - sum))
	wait "$flood_pid"
	sum=$((sum + $(flood_sent)))
fi
check_between "packets with a source of their own" "$packets" 999999999999 "$sum"
check_between "no more records than there may be" 0 "$(table sources-max)" "$(table sources)"
memory >"$LIB_TMP/after"
check_eq "memory is what it was before $sum packets" "$(cat "$LIB_TMP/before")" "$(cat "$LIB_TMP/after")"
check_eq "which is known of vmalloc, slabs and per-CPU memory" "vmalloc slabs percpu" \
	"$(awk '{ print $1 }' "$LIB_TMP/after" | xargs)"
ktap_note "$(xargs <"$LIB_TMP/after")"

# How it gets worse when the table is too small for the flood: it is paced such that so
# many percent of the slots would be in use if each source had one.
#
# Whoever else uses the machine makes the flood come in bursts: what counts is how many
# slots really were in use.
curve() { # PERCENT
	flood_start 0 $((SLOTS * RATE * $1 / 100))
	busywait 5000 flood_runs
	traffic 6
	flood_stop
	judge "$1 % wanted"
	if [ "$live" -lt 50 ]; then
		check_between "$1 % wanted: well-behaved sources lose less than 0.1 %" 0 0.1 "$loss"
	elif [ "$1" -lt 50 ]; then
		ktap_skip "$1 % wanted: well-behaved sources lose less than 0.1 %" \
			"the machine was busy: $live % of the slots were in use"
	else
		check_between "$1 % wanted: well-behaved sources lose at most 65 %" 0 65 "$loss"
	fi
}

SLOTS=8192 RATE=10 BURST=5
check "a slow limit, a table of $SLOTS slots" gw -b - <<-END
	limit set www udp rate $RATE/s burst $BURST
	table set slots $SLOTS
END
for percent in 25 45 75 100 150 200; do
	curve "$percent"
done
ktap_finish
