#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The story of make demo, inside a lab guest: a web site and its visitors in peace
# and under four attacks, each without and with levee. Measures; judges nothing.
#
# usage: story.sh RESULTS CROWD [ATTACK...]
#   RESULTS        folder for the measurements, read by report.py
#   CROWD          the program built from crowd.c
#   ATTACK         udp, syn, icmp, http; all if none is named
#   LEVEE_DEMO_SECONDS   how long visitors come in each scene (24)
#   LEVEE_DEMO_SCENES    "without" or "with" plays only these

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
results=$1
crowd=$2		# used by attacks.sh
shift 2
attacks=("$@")
[ ${#attacks[@]} -gt 0 ] || attacks=(udp syn icmp http)
seconds=${LEVEE_DEMO_SECONDS:-24}
plays=${LEVEE_DEMO_SCENES:-without with}
begin=$EPOCHREALTIME
work=$(mktemp -d)
scene_nr=0

# shellcheck source=tests/demo/net.sh
. "$here/net.sh"
# shellcheck source=tests/demo/measure.sh
. "$here/measure.sh"
# shellcheck source=tests/demo/attacks.sh
. "$here/attacks.sh"

# Nothing is left but the results.
finish() {
	local ns pid

	for ns in net crowd gw site; do
		for pid in $(ip netns pids $ns); do kill -KILL "$pid"; done
		ip netns del $ns
	done
	rmmod levee
	rm -rf "$work"
} 2>/dev/null
trap finish EXIT

# ---- levee, as an operator sets it up ----

levee() { in_ns gw timeout 20 levee "$@"; }

levee_start() {
	levee_configure || die "levee could not be set up"
	levee -j policy show >"$results/policy.json"
	levee -j limit show >"$results/limit.json"
}

levee_configure() {
	insmod "$LAB_MODULE_DIR/levee.ko" &&
	levee hook add dev up0 &&
	levee policy add www dst "$SITE4,$SITE6" mode enforce &&
	# A visitor opens a connection for each page, every three to four seconds.
	levee limit set www syn rate 20/m burst 6 &&
	levee limit set www tcp rate 20/s burst 60 &&
	# The site answers pings, and serves nothing over UDP.
	levee limit set www icmp rate 1/s burst 10 &&
	levee limit set www udp rate 1/s burst 5 &&
	levee limit set www reflect rate 1/s burst 5 &&
	levee limit set www frag rate 1/s burst 5 &&
	levee limit set www other rate 1/s burst 5
}

levee_snapshot() {
	levee -j -s stats show >"$1/stats.json"
	levee -j source show limit 0 >"$1/source.json"
	in_ns gw cat /proc/net/levee/stats >"$1/proc-stats"
}

# The first packets of the attackers with the times at which they came.
record_start() {
	ip netns exec gw tcpdump -i up0 -Q in -nn -s 96 -B 32768 -c "$record" \
		--time-stamp-precision=nano -w "$1/first.pcap" \
		"(src net $FLOOD4_NET and not src host 198.18.0.250 and
		  not src host 198.18.0.251) or (src net $FLOOD6_NET and
		  not src net 2001:db8:a:f000::/52)" 2>"$1/tcpdump.log" &
	record_pid=$!
	# shellcheck disable=SC2016 # for the inner shell
	timeout 10 bash -c 'until grep -q "listening on" "$1"; do sleep 0.05; done' \
		bash "$1/tcpdump.log" || die "tcpdump does not start"
}

record_stop() {
	kill "$record_pid" 2>/dev/null
	wait "$record_pid"
}

# Packets get time stamps from now on. Switching that on and off patches code under
# the flood, which an emulated machine with a thread for each CPU may not survive.
stamps_keep() {
	ip netns exec site tcpdump -i lo -w /dev/null >/dev/null 2>&1 &
}

# scene TITLE NAME ATTACK LEVEE: one row of the table.
scene() {
	local title=$1 dir=$results/$2 attack=$3 with=$4

	scene_nr=$((scene_nr + 1))
	say "scene $scene_nr of $scenes: $title"
	mkdir -p "$dir"
	site_wait || say "  (the site has not recovered from the scene before)"
	if [ "$with" = with ]; then
		levee flush all || die "levee flush failed"
		[ "$attack" = none ] || record_start "$dir"
	fi
	snapshot >"$dir/before"
	[ "$attack" = none ] || "attack_${attack}_start"
	visitors_run "$dir/visitors"
	if [ "$attack" != none ]; then
		attack_stop "$attack"
		cp "$work"/*.log "$dir/" 2>/dev/null
	fi
	snapshot >"$dir/after"
	if [ "$with" = with ]; then
		[ "$attack" = none ] || record_stop
		levee_snapshot "$dir"
	fi
	"$here/report.py" --scene "$dir" | sed 's/^/        /'
}

title_of() {
	case $1 in
	udp) echo "UDP flood" ;;
	syn) echo "TCP SYN flood" ;;
	icmp) echo "ICMP flood" ;;
	http) echo "crowd of HTTP clients" ;;
	*) die "unknown attack '$1'" ;;
	esac
}

record=60000
mkdir -p "$results"
machine >"$results/machine"
say "building the network: visitors, attackers, gateway, site"
modprobe -a veth macvlan sch_tbf pktgen nf_tables || die "the kernel lacks a module"
net_make || die "the network could not be made"
site_start || die "nginx does not start"
stamps_keep

scenes=0
for play in $plays; do scenes=$((scenes + 1 + ${#attacks[@]})); done
for play in $plays; do
	if [ "$play" = with ]; then
		say "loading levee on the gateway"
		levee_start
	fi
	scene "peace, $play levee" "peace-$play" none "$play"
	for attack in "${attacks[@]}"; do
		scene "$(title_of "$attack"), $play levee" "$attack-$play" "$attack" "$play"
	done
done
say "the story is told"
