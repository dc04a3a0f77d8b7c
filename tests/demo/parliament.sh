#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The parliament's site under attack, inside a lab guest: three phases of floods and
# reflection, a crowd of HTTP clients, and everything at once; without protection, with
# what nft, SYNPROXY and hashlimit can do, and with levee. Measures; judges nothing.
#
# usage: parliament.sh RESULTS CROWD FLOOD [PHASE...]
#   RESULTS        folder for the measurements, read by parliament.py
#   CROWD, FLOOD   the programs built from crowd.c and flood.c
#   PHASE          one, two, three, crowd, all; all of them if none is named
#   LEVEE_DEMO_SECONDS   how long visitors come in a phase (12)
#   LEVEE_DEMO_PERCENT   of the attack's rates (100)
#   LEVEE_DEMO_COLUMNS   only these of: without peer levee

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
results=$1
crowd=$2		# used by attacks.sh
flood=$3		# used by phases.sh
shift 3
phases=("$@")
[ ${#phases[@]} -gt 0 ] || phases=(one two three crowd all)
basic_seconds=${LEVEE_DEMO_SECONDS:-12}
percent=${LEVEE_DEMO_PERCENT:-100}
columns=${LEVEE_DEMO_COLUMNS:-without peer levee}
begin=$EPOCHREALTIME
work=$(mktemp -d)
phase_nr=0

# shellcheck source=tests/demo/net.sh
. "$here/net.sh"
# shellcheck source=tests/demo/measure.sh
. "$here/measure.sh"
# shellcheck source=tests/demo/attacks.sh
. "$here/attacks.sh"
# shellcheck source=tests/demo/hosts.sh
. "$here/hosts.sh"
# shellcheck source=tests/demo/phases.sh
. "$here/phases.sh"
# shellcheck source=tests/demo/peer.sh
. "$here/peer.sh"

UPLINK=14mbit
FAR=20
FLOOD4_NET=198.18.0.0/20
HTTP_CPS=$((4000 * percent / 100))
HTTP_RAMP=5
HTTP_PATH=/vote
HTTP_TRIES=4
attack_limit=120

net_unmake() {
	local ns pid

	for ns in net crowd gw site; do
		for pid in $(ip netns pids $ns); do kill -KILL "$pid"; done
		ip netns del $ns
	done
	rmmod levee
} 2>/dev/null

# Nothing is left but the results.
finish() {
	net_unmake
	[ -z "${stamps_pid-}" ] || kill "$stamps_pid"
	wait
	rm -rf "$work"
} 2>/dev/null
trap finish EXIT

# As in story.sh: nothing is to patch code under the flood.
stamps_keep() {
	tcpdump -i lo -w /dev/null >/dev/null 2>&1 &
	stamps_pid=$!
}

shot() {
	snapshot
	echo "line.in $(line_dropped gw s0)"
	echo "line.out $(line_dropped site w0)"
}

# Packets for which there was no room on the line of the site, in and out.
line_dropped() {
	tc -n "$1" -s qdisc show dev "$2" | awk '/qdisc pfifo/ { mine = 1 }
		mine && /dropped/ { sub(",", "", $7); print $7; exit }'
}

# ---- the columns ----

levee() { in_ns gw timeout 60 levee "$@"; }

without_start() { :; }
without_snapshot() { :; }

levee_start() {
	insmod "$LAB_MODULE_DIR/levee.ko" && levee apply "$here/levee.conf"
}

# Until it is known for long enough what was asked for, nobody is held for a reflector.
levee_ready() {
	timeout 60 bash -c 'until ip netns exec gw levee -j reflect show | tr -d " " |
		grep -q "\"asked\":\"on\""; do sleep 0.5; done'
}

levee_snapshot() {
	levee -j -s stats show >"$1/stats.json"
	levee -j source show banned >"$1/banned.json"
	levee -j -s policy show >"$1/policy.json"
	in_ns gw cat /proc/net/levee/stats >"$1/proc-stats"
}

levee_end() {
	levee -j source show sort dropped limit 0 >"$results/levee/source.json"
	levee report html "$results/attack-report.html" || die "levee report failed"
	levee -j report >"$results/report.json" || die "levee report failed"
}

peer_snapshot() {
	in_ns gw nft list table inet peer | head -c 200000 >"$1/nft"
	in_ns gw iptables-legacy -t raw -vnxL >"$1/hashlimit"
}

# ---- a phase ----

# How many pages visitors and newcomers want in this phase.
loads_expected() {
	local rate sum=$((2 * NEW_RATE * seconds))

	while read -r _ rate; do sum=$((sum + rate * seconds / 60)); done < <(visitors)
	echo $sum
}

phase() {
	local column=$1 name=$2 dir=$results/$1/$2

	mkdir -p "$dir"
	phase_nr=$((phase_nr + 1))
	seconds=$((basic_seconds * ${PHASE_SECONDS[$name]-100} / 100))
	say "$column, ${PHASE_TITLE[$name]}"
	site_wait || say "  (the site has not recovered from the phase before)"
	shot >"$dir/before"
	phase_start "$name" || die "the attack does not start"
	echo "loads $(loads_expected)" >"$dir/expected"
	newcomers "$dir" "$phase_nr"
	visitors_run "$dir/visitors"
	wait "${newcomer_pids[@]}"
	login_type "$results/$column/login"
	"${column}_snapshot" "$dir"
	shot >"$dir/after"
	phase_stop
	cp "$work"/*.log "$dir/" 2>/dev/null
	"$here/parliament.py" --phase "$dir" | sed 's/^/        /'
}

column() {
	local name

	mkdir -p "$results/$1"
	{ net_make && site_start && hosts_make; } || die "the network could not be made"
	"${1}_start" || die "$1 could not be set up"
	hosts_start "$results/$1" || die "names or sessions do not work"
	phase "$1" peace
	if [ "$1" = levee ]; then levee_ready || die "levee does not know what was asked for"; fi
	for name in "${phases[@]}"; do phase "$1" "$name"; done
	download_finish
	if [ "$1" = levee ]; then levee_end; fi
	net_unmake
	rm -f "$work"/*.log
}

mkdir -p "$results"
machine >"$results/machine"
modprobe -a veth macvlan sch_tbf sch_netem nf_tables nft_limit || die "the kernel lacks a module"
stamps_keep
for name in $columns; do column "$name"; done
say "the attack is over"
