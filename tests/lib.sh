# What test scripts use: KTAP, network namespaces that clean up after themselves, a gateway.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A test:
#
#	#!/bin/bash
#	# What it shows, and what would make it fail.
#	# SPDX-License-Identifier: GPL-2.0
#	# KERNELS: all			(stock, uml, or names; default all)
#	# TIMEOUT: 120			(seconds, default 120)
#	# MODULE: none			(do not load levee.ko first)
#	# EXCLUSIVE			(measures time: no other guest meanwhile)
#	# PARALLEL			(the same, with a thread for each emulated CPU; see
#					tests/lab/guest.sh for what must not be done then)
#	# ALLOW: regex			(lines of the kernel log that are expected)
#	. "$(dirname "$0")/lib.sh"
#	topo_gateway
#	check "the server answers" in_ns "$client" ping -c 1 -W 2 "$SERVER4"
#	ktap_finish

set -u

KSFT_SKIP=4
LIB_TMP=$(mktemp -d)
LIB_NS=()
LIB_COUNT=0
LIB_FAILED=0
CHECK_LINES=20	# of a failed command's output

# ---- results ----

# To be called when the number of results is known beforehand; otherwise
# ktap_finish prints the plan.
ktap_plan() {
	LIB_PLAN=$1
	echo "TAP version 13"
	echo "1..$1"
}

ktap_result() {
	[ "$LIB_COUNT" -eq 0 ] && [ -z "${LIB_PLAN-}" ] && echo "TAP version 13"
	LIB_COUNT=$((LIB_COUNT + 1))
	echo "$1 $LIB_COUNT $2"
}

ktap_pass() { ktap_result ok "$1"; }
ktap_fail() { LIB_FAILED=1; ktap_result "not ok" "$1"; }
ktap_skip() { ktap_result ok "$1 # SKIP ${2-}"; }
ktap_note() { printf '%s\n' "$*" | sed 's/^/# /'; }

# The last line of a test; without it the test counts as broken off.
ktap_finish() {
	[ -n "${LIB_PLAN-}" ] || echo "1..$LIB_COUNT"
	exit "$LIB_FAILED"
}

# The whole test cannot be run here.
skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

# check NAME CMD...: passes if CMD succeeds; its output is shown otherwise.
check() {
	local name=$1 rc
	shift
	"$@" >"$LIB_TMP/check" 2>&1
	rc=$?
	if [ $rc -eq 0 ]; then
		ktap_pass "$name"
	else
		ktap_fail "$name"
		ktap_note "status $rc from: $*"
		sed 's/^/# /' "$LIB_TMP/check" | tail -n "$CHECK_LINES"
	fi
	return $rc
}

# check_fails NAME CMD...: passes if CMD ends with an error status (below 126:
# a signal or a command that is not there is no decent failure).
check_fails() {
	local name=$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	check "$name" fails "$@"
}

fails() {
	local rc

	"$@"
	rc=$?
	[ $rc -gt 0 ] && [ $rc -lt 126 ] && return 0
	echo "it ended with status $rc"
	return 1
}

# check_eq NAME EXPECTED ACTUAL
check_eq() {
	if [ "$2" = "$3" ]; then
		ktap_pass "$1"
	else
		ktap_fail "$1"
		ktap_note "expected: $2"
		ktap_note "     got: $3"
		return 1
	fi
}

# check_between NAME LOW HIGH ACTUAL: numbers, fractions allowed.
check_between() {
	if awk -v l="$2" -v h="$3" -v a="$4" 'BEGIN { exit !(a + 0 >= l && a + 0 <= h) }'; then
		ktap_pass "$1"
	else
		ktap_fail "$1"
		ktap_note "expected: $2 to $3"
		ktap_note "     got: $4"
		return 1
	fi
}

# ---- waiting ----

# busywait MILLISECONDS CMD...: until CMD succeeds; prints its last output. On a slow machine
# LEVEE_TIMEOUTS times as long.
busywait() {
	local limit=$1 end out
	shift
	end=$((${EPOCHREALTIME/[.,]/} + 1000 * limit * ${LEVEE_TIMEOUTS:-1}))
	while true; do
		out=$("$@" 2>&1) && { [ -z "$out" ] || printf '%s\n' "$out"; return 0; }
		if [ "${EPOCHREALTIME/[.,]/}" -ge "$end" ]; then
			printf '%s\n' "$out"
			return 1
		fi
	done
}

# ---- network namespaces ----

# setup_ns VAR...: a namespace with a unique name for each variable (with the
# variable's name itself when LIB_NS_PLAIN is set).
setup_ns() {
	local var name

	for var; do
		name=$var
		[ -n "${LIB_NS_PLAIN-}" ] || name=$var-$(mktemp -u XXXXXX)
		ip netns add "$name" || return 1
		LIB_NS+=("$name")
		ip -n "$name" link set lo up
		printf -v "$var" %s "$name"
	done
}

cleanup_ns() {
	local name pid

	for name; do
		for pid in $(ip netns pids "$name" 2>/dev/null); do
			kill -KILL "$pid" 2>/dev/null
		done
		ip netns del "$name" 2>/dev/null
	done
}

cleanup_all_ns() {
	cleanup_ns "${LIB_NS[@]}"
	LIB_NS=()
}

lib_cleanup() {
	cleanup_all_ns
	rm -rf "$LIB_TMP"
}
trap lib_cleanup EXIT

# in_ns NAMESPACE CMD...
in_ns() {
	local ns=$1
	shift
	ip netns exec "$ns" "$@"
}

# veth_pair NS1 DEV1 NS2 DEV2
veth_pair() {
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3" &&
	ip -n "$1" link set "$2" up &&
	ip -n "$3" link set "$4" up
}

# ---- a gateway ----
#
#	   $client                $gateway                 $server
#	  +--------+            +-----------+            +--------+
#	  |   eth0 |------------| eth0 eth1 |------------| eth0   |
#	  +--------+            +-----------+            +--------+
#	192.0.2.2       192.0.2.1  |  203.0.113.1      203.0.113.10
#	2001:db8:1::2   2001:db8:1::1 | 2001:db8:2::1  2001:db8:2::10
#
# eth0 of the gateway is the uplink, where levee is attached.

# shellcheck disable=SC2034 # for the tests
{
CLIENT4=192.0.2.2
CLIENT6=2001:db8:1::2
UPLINK4=192.0.2.1
UPLINK6=2001:db8:1::1
INNER4=203.0.113.1
INNER6=2001:db8:2::1
SERVER4=203.0.113.10
SERVER6=2001:db8:2::10
}

topo_gateway() {
	modprobe -q veth
	# shellcheck disable=SC2154 # set by name
	{
	setup_ns client gateway server &&
	veth_pair "$client" eth0 "$gateway" eth0 &&
	veth_pair "$gateway" eth1 "$server" eth0 &&
	ip -n "$client" addr add $CLIENT4/24 dev eth0 &&
	ip -n "$client" addr add $CLIENT6/64 dev eth0 nodad &&
	ip -n "$client" route add default via $UPLINK4 &&
	ip -n "$client" route add default via $UPLINK6 &&
	ip -n "$gateway" addr add $UPLINK4/24 dev eth0 &&
	ip -n "$gateway" addr add $UPLINK6/64 dev eth0 nodad &&
	ip -n "$gateway" addr add $INNER4/24 dev eth1 &&
	ip -n "$gateway" addr add $INNER6/64 dev eth1 nodad &&
	ip -n "$server" addr add $SERVER4/24 dev eth0 &&
	ip -n "$server" addr add $SERVER6/64 dev eth0 nodad &&
	ip -n "$server" route add default via $INNER4 &&
	ip -n "$server" route add default via $INNER6 &&
	in_ns "$gateway" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 &&
	busywait 5000 in_ns "$client" ping -c 1 -W 1 -q $SERVER4 >/dev/null &&
	busywait 5000 in_ns "$client" ping -c 1 -W 1 -q $SERVER6 >/dev/null
	} || { echo "Bail out! cannot set up the gateway"; exit 1; }
}

# topo_neigh_static: the neighbours are known for good, so that a flood that is
# sent before any other packet meets no neighbour discovery.
topo_neigh_static() {
	local from to dev peer addr mac

	while read -r from dev to peer addr; do
		mac=$(in_ns "$to" cat "/sys/class/net/$peer/address")
		ip -n "$from" neigh replace "$addr" lladdr "$mac" dev "$dev" nud permanent
	done <<-EOF
	$client eth0 $gateway eth0 $UPLINK4
	$client eth0 $gateway eth0 $UPLINK6
	$gateway eth0 $client eth0 $CLIENT4
	$gateway eth0 $client eth0 $CLIENT6
	$gateway eth1 $server eth0 $SERVER4
	$gateway eth1 $server eth0 $SERVER6
	$server eth0 $gateway eth1 $INNER4
	$server eth0 $gateway eth1 $INNER6
	EOF
}

# ---- levee ----

# gw_levee ARGS...: the command, in the gateway.
gw_levee() { in_ns "$gateway" levee "$@"; }

# json EXPR: evaluates a Python expression; "j" is the JSON document on stdin.
json() {
	/usr/bin/python3 -c '
import json, sys
j = json.load(sys.stdin)
r = eval(sys.argv[1])
print(r if isinstance(r, (str, int, float)) else json.dumps(r))' "$1"
}

# dev_stat NS DEV COUNTER: of /sys/class/net/DEV/statistics.
dev_stat() { in_ns "$1" cat "/sys/class/net/$2/statistics/$3"; }
