#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mode monitor drops nothing, and says of every class and reason exactly what mode
# enforce drops of the same packets; mode off meters nothing. It fails when a mode
# meters, counts or drops differently from what it says.
# TIMEOUT: 120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

command -v tcpreplay >/dev/null || skip_all "tcpreplay is not installed"
here=$(cd "$(dirname "$0")" && pwd -P)
check "a capture of every class is written" \
	/usr/bin/python3 "$here/monitor.py" "$LIB_TMP/mix.pcap"

# The receiver takes part in nothing: what it is sent is not answered.
setup_ns sender gateway
# shellcheck disable=SC2154 # set by setup_ns
for ns in "$sender" "$gateway"; do
	in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
done
veth_pair "$sender" eth0 "$gateway" eth0
sysctl -qw net.core.netdev_max_backlog=100000
gw() { in_ns "$gateway" levee "$@"; }

# Nothing flows back into a meter during the test: what conforms is the burst.
check "limits" gw -b - <<-END
	hook add dev eth0
	$(for class in syn tcp udp reflect icmp frag other; do
		echo "limit set default $class rate 1/h burst 7"
	done)
	limit set default any rate 1/h burst 100 per 24,48
END

# stats VERDICT: class, reason, packets and bytes of each row with that verdict.
stats() {
	in_ns "$gateway" awk -v v="$1" '$3 == v { print $2, $4, $5, $6 }' /proc/net/levee/stats
}
total() { stats "$1" | awk '{ n += $3 } END { print n + 0 }'; }
hook_count() { in_ns "$gateway" awk -v c="$1" 'NR == 2 { print $c }' /proc/net/levee/hooks; }
replay() {
	gw flush all
	in_ns "$sender" timeout 60 tcpreplay -q --topspeed -i eth0 "$1" >"$LIB_TMP/sent" 2>&1 || return 1
	sent=$(awk '/Successful packets:/ { print $3 }' "$LIB_TMP/sent")
}

captures=("$LIB_TMP/mix.pcap")
if [ -n "${LEVEE_CAPTURES-}" ]; then
	for file in ntopng_tcp_syn_flood_lan ndpi_ip_fragmented_garbage netlyzer_dns_amp_booter; do
		[ -r "$LEVEE_CAPTURES/attack/$file.pcap" ] && captures+=("$LEVEE_CAPTURES/attack/$file.pcap")
	done
fi

for file in "${captures[@]}"; do
	name=$(basename "$file" .pcap)
	gw policy set default mode monitor
	check "$name: replay in monitor" replay "$file"
	check_eq "$name: all were seen" "$sent" "$(hook_count 3)"
	check_eq "$name: none was dropped" 0 "$(hook_count 5)"
	check_eq "$name: nothing is counted as dropped" "" "$(stats dropped)"
	stats would >"$LIB_TMP/would"
	would=$(total would)
	check_between "$name: but would be" 1000 "$sent" "$would"

	gw policy set default mode enforce
	check "$name: replay in enforce" replay "$file"
	check_eq "$name: all were seen again" "$sent" "$(hook_count 3)"
	check_eq "$name: as many were dropped as would have been" "$would" "$(hook_count 5)"
	stats dropped >"$LIB_TMP/dropped"
	cat "$LIB_TMP/dropped" >>"$LIB_TMP/all"
	check "$name: by class, reason and bytes" diff -u "$LIB_TMP/would" "$LIB_TMP/dropped"
	check_eq "$name: nothing is counted as would-be" "" "$(stats would)"
	check_eq "$name: passed and dropped make all" "$sent" $(($(total passed) + $(total dropped)))

	gw policy set default mode off
	check "$name: replay with mode off" replay "$file"
	check_eq "$name: all passed" "$sent" "$(total passed)"
done
check "limits and malformed packets were among them" \
	awk '{ r[$2] } END { exit !("limit" in r && "malformed" in r) }' "$LIB_TMP/all"
ktap_finish
