#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Configuration that changes under traffic, ten times each way (LEVEE_ROUNDS): the module,
# network namespaces, devices and rules come and go, and tables change their size, while
# packets are in the hooks and dumps are under way. It fails when a command is refused,
# when a hook stays or goes against expectation, or when there was no traffic; what the
# kernel log and kmemleak say is looked at by tests/run.
# KERNELS: uml-debug uml-7
# TIMEOUT: 600
# shellcheck disable=SC2086,SC2154 # $yielding is words, setup_ns sets variables
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${LEVEE_ROUNDS-10}
floods=()
readers=()
ns_mac=02:00:00:00:00:02
# What makes traffic and dumps yields to what is being tested, or that takes hours.
yielding='nice -n 10'

# ---- traffic ----

# Started without a shell in between, which would take the signal that is to end them.

# flood NAMESPACE ADDRESS: UDP from many source ports, in batches, without an end.
flood() {
	ip netns exec "$1" $yielding /usr/bin/python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    time.sleep(0.002)
    for port in range(5000, 5010):
        try:
            s.sendto(b"x" * 32, (sys.argv[1], port))
        except OSError:
            pass' "$2" &
	floods+=($!)
}

# flood_syn NAMESPACE ADDRESS: SYNs in the name of neighbours that are not there.
flood_syn() {
	ip netns exec "$1" $yielding /usr/bin/python3 -c '
import socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
to = socket.inet_aton(sys.argv[1])
while True:
    time.sleep(0.002)
    for host in range(100, 110):
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0, 64, 6, 0)
        ip += bytes([192, 0, 2, host]) + to
        try:
            s.sendto(ip + struct.pack("!HHIIBBHHH", 1024, 80, 1, 0, 0x50, 2, 0, 0, 0),
                     (sys.argv[1], 0))
        except OSError:
            pass' "$2" &
	floods+=($!)
}

# IPv4 and IPv6, so that the hooks of both see something.
flood_ping() {
	ip netns exec "$1" $yielding ping -q -f "$2" >/dev/null 2>&1 &
	floods+=($!)
}

stop_all() {
	local pid

	for pid; do
		kill -KILL "$pid"
		wait "$pid"
	done 2>/dev/null
}

quit() {
	stop_all "${floods[@]}" "${readers[@]}"
	lib_cleanup
}
trap quit EXIT

# seen: packets at the gateway's first hook; nothing if there is none.
seen() {
	local packets

	{ read -r _; read -r _ _ packets _; } < <(in_ns "$gateway" cat /proc/net/levee/hooks)
	echo "${packets-}"
}

# seen_more N: the hook has seen more than N.
seen_more() { [ "$(seen)" -gt "$1" ] 2>/dev/null; }

# ---- rounds ----

# repeat NAME FUNCTION: FUNCTION has to succeed in all rounds.
repeat() {
	local name=$1 i start=$SECONDS
	shift

	for ((i = 1; i <= rounds; i++)); do
		"$@" "$i" >"$LIB_TMP/round" 2>&1 && continue
		ktap_fail "$name"
		ktap_note "in round $i: $(tail -n 10 "$LIB_TMP/round")"
		return 1
	done
	ktap_pass "$name"
	ktap_note "$rounds rounds took $((SECONDS - start)) s"
}

# hooks NAMESPACE: type and device of each; fails if that cannot be told.
hooks() {
	local text

	text=$(in_ns "$1" cat /proc/net/levee/hooks) || return 1
	tail -n +2 <<<"$text" | cut -d ' ' -f 1,2
}
has_hook() { hooks "$1" | grep -qx "device $2"; }
lacks_hook() { local all; all=$(hooks "$1") && ! grep -qx "device $2" <<<"$all"; }
no_hook() { local all; all=$(hooks "$1") && [ -z "$all" ]; }

config() {
	cat <<-EOF
	hook add ${1-dev eth0}
	policy add www dst $SERVER4,$SERVER6 mode enforce challenge above 1/s
	limit set www udp rate 50/s burst 10
	limit set www any rate 1k/s per 24,48
	limit set www icmp rate 100/s per 0
	limit set www tcp rate 50/s ban 1s..2s
	source ban 198.18.0.0/15
	policy set default mode enforce
	EOF
}

# Every second round at PREROUTING.
round_module() {
	local where='dev eth0'

	(($1 % 2)) || where=prerouting
	rmmod levee &&
	insmod "$LAB_MODULE_DIR/levee.ko" &&
	config "$where" | gw_levee -b - &&
	busywait 10000 seen_more 0
}

# peer_link NAMESPACE DEV: a second way out of the client, where traffic is waiting.
peer_link() {
	ip -n "$client" link add peer type veth \
		peer name "$2" address "$ns_mac" netns "$1" &&
	ip -n "$1" link set "$2" up &&
	ip -n "$client" -b - <<-EOF
	link set peer up
	addr add 198.51.100.1/24 dev peer
	neigh replace 198.51.100.2 lladdr $ns_mac dev peer nud permanent
	EOF
}

# A namespace with a hook, policies and traffic of its own goes as a whole, and
# with it the device that the traffic comes through.
round_namespace() {
	local ns=churn-$1

	ip netns add "$ns" &&
	peer_link "$ns" eth0 &&
	config "$( (($1 % 2)) && echo dev eth0 || echo prerouting)" |
		in_ns "$ns" levee -b - &&
	busywait 10000 ns_seen "$ns" &&
	ip netns del "$ns" &&
	busywait 10000 is_gone "$client" peer
}
ns_seen() { grep -qE '^(device|prerouting) [^ ]+ [1-9]' <(in_ns "$1" cat /proc/net/levee/hooks); }
is_gone() { ! ip -n "$1" link show dev "$2" >/dev/null 2>&1; }

# The device that the flood comes through is deleted.
round_device() {
	peer_link "$gateway" gone &&
	gw_levee hook add dev gone &&
	busywait 10000 dev_seen gone &&
	ip -n "$gateway" link del gone &&
	lacks_hook "$gateway" gone
}
dev_seen() { grep -qE "^device $1 [1-9]" <(in_ns "$gateway" cat /proc/net/levee/hooks); }

# The hook stays, its counters go on, and the name follows.
round_rename() {
	local from=eth0 to=wan0 before

	(($1 % 2)) || { from=wan0; to=eth0; }
	before=$(seen)
	ip -n "$gateway" -b - <<-EOF &&
	link set $from down
	link set $from name $to
	link set $to up
	EOF
	has_hook "$gateway" "$to" &&
	lacks_hook "$gateway" "$from" &&
	busywait 10000 seen_more "$before"
}

# There and back; the hook is gone at once, and can be added at either place.
round_move() {
	ip -n "$gateway" link set eth0 netns "$other" &&
	no_hook "$gateway" && no_hook "$other" &&
	ip -n "$other" link set eth0 up &&
	in_ns "$other" levee hook add dev eth0 &&
	busywait 10000 ns_seen "$other" &&
	ip -n "$other" link set eth0 netns "$gateway" &&
	no_hook "$gateway" && no_hook "$other" &&
	ip -n "$gateway" link set eth0 up &&
	gw_levee hook add dev eth0 &&
	busywait 10000 seen_more 0
}

round_rules() {
	local before

	before=$(seen)
	gw_levee -b - <<-EOF &&
	policy add a dst 203.0.113.0/24 mode enforce
	limit set a udp rate $1/s burst $1 per 24
	limit set a any rate 10/s
	policy set a dst 203.0.113.0/25,2001:db8:2::/64 mode monitor
	policy add b dst 203.0.113.8/29
	limit set a udp rate 1k/s per 24
	policy set b mode enforce challenge above 1k/s
	policy set www challenge above 2/s rate 10/s
	limit set b udp rate 1/s burst 1
	limit set www udp rate $1/s burst 10
	policy set www mode monitor
	policy set www challenge off
	flush sources
	limit del a any
	policy set www mode enforce
	limit flush b
	flush meters
	policy del a
	policy set www dst $SERVER6
	flush stats
	policy set www dst $SERVER4,$SERVER6 challenge above 1/s
	policy del b
	flush all
	EOF
	busywait 10000 seen_more 0
}

# Who floods is banned, by hand and by limits, and unbanned, while all of it is shown; and
# the hook that looks for proof comes and goes.
round_bans() {
	local before

	before=$(seen)
	gw_levee -b - <<-EOF &&
	source ban $CLIENT4 timeout 1s
	source ban $CLIENT6
	limit set www udp rate 1/s burst 1 ban 1s..2s ban-unproven
	source unban all
	limit set www udp rate 1/s burst 1 ban 1s
	limit set www tcp rate 50/s
	limit set www udp rate 1/s burst 1 ban 1s..1h ban-unproven
	source ban 192.0.2.0/24 timeout 1s comment churn
	EOF
	busywait 10000 seen_more "$before" &&
	gw_levee -b - <<-EOF
	limit set www tcp rate 50/s ban 1s..2s
	limit set www udp rate 50/s burst 10
	source unban all
	source ban 198.18.0.0/15
	EOF
}

# From the least to sixteen million slots and back, with the records of offenders.
round_resize() {
	local before

	before=$(seen)
	gw_levee table set slots 16M sources 100k &&
	busywait 10000 seen_more "$before" &&
	before=$(seen) &&
	gw_levee table set slots 64k sources 100 &&
	busywait 10000 seen_more "$before"
}

# ---- dumps ----

# reader CMD...: again and again; what it fails with is kept.
reader() {
	while true; do
		in_ns "$gateway" $yielding "$@" >/dev/null || echo "$*"
	done 2>>"$LIB_TMP/readers" >&2 &
	readers+=($!)
}

start_readers() {
	reader levee source show limit 0
	reader levee -j -s stats show
	reader levee source show banned
	reader cat /proc/net/levee/sources /proc/net/levee/stats /proc/net/levee/policies \
		/proc/net/levee/hooks
}

start_floods() {
	flood "$client" $SERVER4
	flood_syn "$client" $SERVER4
	flood_ping "$client" $SERVER6
}

topo_gateway
# shellcheck disable=SC2154 # set by name
setup_ns other
topo_neigh_static
start_floods

config | gw_levee -b -
check "there is traffic in the hook" busywait 10000 seen_more 500
repeat "the module is unloaded and loaded" round_module
gw_levee hook del prerouting 2>/dev/null
gw_levee hook add dev eth0 2>/dev/null

flood "$client" 198.51.100.2
repeat "a network namespace is deleted with its hook and policies" round_namespace
repeat "a device is deleted with its hook" round_device
stop_all "${floods[-1]}"
unset 'floods[-1]'
check "the other hook is still there" has_hook "$gateway" eth0

start_readers
repeat "rules are changed, and flushed, while they are dumped" round_rules
repeat "sources are banned and unbanned" round_bans
repeat "the tables grow to 16 M slots and shrink to 64 k" round_resize
repeat "the hooked device is renamed" round_rename
stop_all "${readers[@]}"
readers=()
((rounds % 2)) && round_rename 0 >/dev/null 2>&1
repeat "the hooked device moves to another network namespace and back" round_move
check "there is still traffic in the hook" busywait 10000 seen_more "$(seen)"
check_eq "the limits are still in force" enforce "$(gw_levee -j policy show www | json 'j[0]["mode"]')"
check_eq "no dump failed" '' "$(grep -v 'dump was interrupted' "$LIB_TMP/readers" | sort | uniq -c | head -n 5)"
ktap_finish
