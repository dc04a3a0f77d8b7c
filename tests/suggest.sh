#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What mode monitor learns, and what levee suggest makes of it: recorded ordinary traffic is
# replayed, the limits that are proposed are set and enforced, and it is replayed again. It
# fails when anything of that is dropped, when a tenth of those limits would have done, too,
# or when sources are miscounted.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
captures=${LEVEE_CAPTURES-}
modprobe -q veth
sysctl -qw net.core.netdev_max_backlog=1000000

# The receiver takes part in nothing: what it is sent is not answered.
setup_ns sender gateway
# shellcheck disable=SC2154 # set by setup_ns
for ns in "$sender" "$gateway"; do
	in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
done
veth_pair "$sender" eth0 "$gateway" eth0
ip -n "$sender" link set eth0 mtu 9000 arp off
ip -n "$gateway" link set eth0 mtu 9000 arp off
mac=$(in_ns "$gateway" cat /sys/class/net/eth0/address)
gw() { in_ns "$gateway" levee "$@"; }

# ---- sources ----

coproc SPOOF { ip netns exec "$sender" /usr/bin/python3 "$here/limits.py" spoof \
	eth0 "$mac" 203.0.113.10 2001:db8::10; }
seen() { in_ns "$gateway" awk 'NR == 2 { print $3 }' /proc/net/levee/hooks; }
all_seen() { [ "$(seen)" -ge "$1" ]; }

# send LINES: SOURCE COUNT BYTES, as limits.py wants them
send() {
	local before

	before=$(seen)
	echo "$1" >&"${SPOOF[1]}"
	busywait 20000 all_seen $((before + $(awk '{ n += $2 } END { print n }' <<<"$1")))
}

# learned KEY: of class udp of the policy default
learned() { gw -j suggest policy default class udp | json "j[0]['$1'] if j else None"; }

test_sources() {
	gw suggest >"$LIB_TMP/out" 2>&1
	check_eq "before anything is learned, there is nothing to suggest" \
		"0 levee: nothing was learned yet: that takes a hook, a policy in mode monitor, and packets" \
		"$? $(cat "$LIB_TMP/out")"
	gw hook add dev eth0
	send "$(for n in {1..90}; do echo "198.18.1.$n 1 100"; done)
$(for n in {1..9}; do echo "198.18.2.$n 7 100"; done)
2001:db8:5::1 4 100
2001:db8:5::2 6 100"
	check_eq "a hundred sources: 90 with one packet, 9 with seven, a /64 with ten" \
		"100 1 7 7 10" "$(learned sources) $(learned p50) $(learned p95) $(learned p99) $(learned peak)"
	check_eq "there was room for all" 0 "$(learned missed-packets)"
	check_eq "in text" "# default udp: 100 sources; in their busiest second p50 1 p95 7 p99 7 max 10 packets; headroom 3" \
		"$(gw suggest class udp headroom 3 | head -n 1)"
	check_eq "what was not seen is not proposed" 1 "$(gw -j suggest | json 'len(j)')"
	# Ten at once, which a limit of 2.5/s and burst 10 lets through.
	check_between "the rate, with a headroom of ten" 20 30 \
		"$(gw -j suggest headroom 10 | json 'j[0]["rate"]')"
	check_between "the burst" 100 120 "$(gw -j suggest headroom 10 | json 'j[0]["burst"]')"
	gw limit set default udp rate 1k/s ban 60s..1h ban-unproven
	check_eq "what its limit does with the rest is kept" " ban 1m..1h ban-unproven" \
		"$(gw suggest class udp | sed -n 's/.* burst [^ ]*//p')"
	check_eq "in JSON, too" "60 3600" "$(gw -j suggest class udp |
		json '"%d %d" % (j[0]["ban-min"], j[0]["ban-max"])')"
	gw limit set default udp rate 1k/s per 24 mark 0x10/0xff
	check_eq "that of another one is not taken" 0 "$(gw suggest class udp | grep -c mark)"
	gw limit del default udp per 24
	gw limit set default udp rate 1k/s
	gw policy set default mode enforce
	send "198.18.3.1 100 100"
	check_eq "in mode enforce nothing is learned" 10 "$(learned peak)"
	gw policy set default mode monitor
	send "198.18.3.1 100 100"
	check_eq "but what was is kept, and more added" "101 100" "$(learned sources) $(learned peak)"
	check "it is forgotten" gw flush learned
	check_eq "all of it" null "$(learned peak)"
	send "198.18.1.1 3 100"
	check_eq "and begun anew" "1 3" "$(learned sources) $(learned peak)"
	gw suggest policy nobody >"$LIB_TMP/out" 2>&1
	# Up to 6.1 a dump does not say which attribute was wrong.
	check_eq "a policy that does not exist is refused" \
		'2 levee: no such policy' "$? $(sed 's/ (policy "nobody")$//' "$LIB_TMP/out")"
}

# Each of a crowd at once has its place in one bucket, and there are more than four.
test_crowd() {
	gw flush learned
	in_ns "$sender" /usr/bin/python3 "$here/table.py" eth0 "$mac" 203.0.113.10 0 12000
	check_between "in a crowd, not all are remembered" 1 6000 "$(learned missed-packets)"
	check_eq "that is said" "# too many sources at once: $(learned missed-packets) packets are not in this" \
		"$(gw suggest class udp | sed -n 2p)"
	gw flush learned
}

# One sends more than any rate that is learned for: 17 million packets, 64 in one.
test_too_much() {
	if [ "${LAB_KERNEL-}" != uml-7 ]; then
		ktap_skip "more than any limit" "it takes too long here"
		return
	fi
	ip -n "$sender" addr add 192.0.2.2/24 dev eth0
	in_ns "$sender" /usr/bin/python3 "$here/limits.py" gso 192.0.2.10 330000 64 1
	check_eq "for more than any limit, none is proposed" "# too much to propose a limit" \
		"$(gw suggest class udp | sed -n 2p)"
	ip -n "$sender" addr del 192.0.2.2/24 dev eth0
}

# ---- recorded traffic ----

# replay OPTION FILE...: sets sent. What was sent may wait for the other CPU.
replay() {
	local file before option=$1

	shift
	sent=0
	before=$(seen)
	for file; do
		in_ns "$sender" timeout 100 tcpreplay -q -i eth0 "$option" "$file" >"$LIB_TMP/sent" 2>&1 ||
			return 1
		sent=$((sent + $(awk '/Successful packets:/ { print $3 }' "$LIB_TMP/sent")))
	done
	busywait 20000 all_seen $((before + sent))
}

# count WHAT: packets with that verdict and a reason that is not malformed
count() {
	in_ns "$gateway" awk -v v="$1" '$3 == v && $4 != "malformed" { n += $5 }
		END { print n + 0 }' /proc/net/levee/stats
}

# test_captures NAME OPTION FILE...
test_captures() {
	local name=$1

	shift
	gw policy set default mode monitor
	gw limit flush default
	gw flush all
	check "$name: ordinary traffic is replayed" replay "$@"
	gw suggest policy default >"$LIB_TMP/proposed"
	ktap_note "$(cat "$LIB_TMP/proposed")"
	check_between "$name: limits are proposed" 2 7 "$(grep -c '^levee limit set' "$LIB_TMP/proposed")"
	check "$name: they can be pasted" in_ns "$gateway" bash -e "$LIB_TMP/proposed"
	gw policy set default mode enforce
	gw flush all
	check "$name: it is replayed again, and enforced" replay "$@"
	check_eq "$name: nothing is dropped" 0 "$(count dropped)"
	check_between "$name: of all that there was" $((sent * 9 / 10)) "$sent" "$(count passed)"

}

# A tenth of each number in "rate R/s burst B", as it was proposed last.
test_tenth() {
	local name=$1

	shift
	sed -En '/^levee/ { s/^levee //; s/([0-9]+)k/\1000/g; p }' "$LIB_TMP/proposed" |
		awk '{ sub("/s", "", $6); print $1, $2, $3, $4, $5, int($6 / 10 + 1) "/s", $7,
			int($8 / 10 + 1) }' >"$LIB_TMP/tenth"
	check "$name: a tenth of them is set" gw -b "$LIB_TMP/tenth"
	gw flush all
	replay "$@"
	check_between "$name: that would drop some" 10 "$sent" "$(count dropped)"
}

test_sources
test_crowd
test_too_much
if [ ! -r "$captures/MANIFEST.tsv" ]; then
	ktap_skip "recorded traffic" "there are no captures in '$captures'"
elif ! command -v tcpreplay >/dev/null; then
	ktap_skip "recorded traffic" "tcpreplay is not installed"
else
	test_captures "top speed" --topspeed "$captures"/benign/*
	test_tenth "top speed" --topspeed "$captures"/benign/*
	# Those that take seconds.
	test_captures "as recorded" --multiplier=1 "$captures"/benign/{chrissanders,zeek}*
fi
ktap_finish
