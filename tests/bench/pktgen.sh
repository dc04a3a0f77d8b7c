# Drives pktgen: packets of random sources into the receive path of device d0, at full speed.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # set by guest.sh
#
# Each contender has a network namespace of its own, in which pktgen has one thread
# for each CPU. Uses family, kind, sources, cpus, shared as
# set by guest.sh.

PG=/proc/net/pktgen
# shellcheck disable=SC2034 # for contenders.sh
DST4=198.51.100.1 DST6=2001:db8:ffff::1
SOURCE4=$((10 << 24))		# 10.0.0.0, and as many addresses as there are sources
NEW4_FIRST=128.0.0.0		# for "new": 1.6 thousand million addresses
NEW4_LAST=223.255.255.255
NEW6_COUNT=4294967295
MAC=02:00:00:00:00:02

dotted() { echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"; }

pg_set() { # DEVICE CPU LINE...
	local file=$PG/$1@$2 line
	shift 2
	for line; do
		echo "$line" >"$file" || { echo "pktgen does not take: $line" >&2; return 1; }
	done
}

# A real network card's packets are owned by the stack alone. pktgen's are not unless it
# is told so, and then everything at PREROUTING pays for a copy.
pg_device() {
	local cpu flag='!SHARED'

	[ "$shared" = 0 ] || flag=SHARED

	for ((cpu = 0; cpu < cpus; cpu++)); do
		echo "add_device d0@$cpu" >"$PG/kpktgend_$cpu" || return 1
		pg_set d0 "$cpu" "clone_skb 0" "flag $flag" "flag NO_TIMESTAMP" \
			"delay 0" "dst_mac $MAC" "xmit_mode netif_receive" || return 1
		case $family in
		ip4) pg_set d0 "$cpu" "pkt_size 60" "dst $DST4" ;;
		ip6) pg_set d0 "$cpu" "pkt_size 78" "dst6 $DST6" "src6 2001:db8::1" ;;
		esac || return 1
	done
}

# Each source once, in order, shared out among the CPUs.
pg_sources_next() {
	local cpu first share

	case $family in
	ip6) echo "source d0 $sources next" >/proc/net/levee_bench; return ;;
	esac
	for ((cpu = 0; cpu < cpus; cpu++)); do
		share=$((sources / cpus))
		first=$((SOURCE4 + cpu * share))
		pg_set d0 "$cpu" "flag !IPSRC_RND" "src_min $(dotted $first)" \
			"src_max $(dotted $((first + share - 1)))"
	done
}

pg_sources_random() {
	local cpu first last

	case $family-$kind in
	ip6-new | ip6-miss) echo "source d0 $NEW6_COUNT random" >/proc/net/levee_bench; return ;;
	ip6-hit) echo "source d0 $((sources / 4)) random" >/proc/net/levee_bench; return ;;
	ip6-*) echo "source d0 $sources random" >/proc/net/levee_bench; return ;;
	ip4-new | ip4-miss) first=$NEW4_FIRST last=$NEW4_LAST ;;
	# The single sources in the list. pktgen never chooses the last.
	ip4-hit) first=$(dotted $SOURCE4) last=$(dotted $((SOURCE4 + sources / 4))) ;;
	*) first=$(dotted $SOURCE4) last=$(dotted $((SOURCE4 + sources))) ;;
	esac
	for ((cpu = 0; cpu < cpus; cpu++)); do
		pg_set d0 "$cpu" "flag IPSRC_RND" "src_min $first" "src_max $last"
	done
}

# "start" returns when all threads have sent their count of packets.
pg_count() {
	local cpu

	for ((cpu = 0; cpu < cpus; cpu++)); do
		pg_set d0 "$cpu" "count $(($1 / cpus))"
	done
	echo start >$PG/pgctrl
}

# Waits until all threads say so, without starting any process.
pg_wait() { # RESULT
	local cpu lines

	for ((cpu = 0; cpu < cpus; cpu++)); do
		lines=()
		until [[ ${lines[*]} == *"Result: $1"* ]]; do
			mapfile -t lines <"$PG/d0@$cpu"
		done
	done
}

# Threads look for work ten times a second. Only when all have begun, a signal to who
# said "start" makes all of them stop at once; sooner, they would never stop. Nothing is
# executed meanwhile, not even "sleep": it would take the CPU from pktgen.
pg_seconds() {
	local cpu starter idle

	for ((cpu = 0; cpu < cpus; cpu++)); do
		pg_set d0 "$cpu" "count 0"
	done
	bash -c "echo start >$PG/pgctrl" &
	starter=$!
	exec {idle}<> <(:)
	pg_wait Starting
	read -r -t "$1" -u "$idle"
	# Who has said "start" is gone if anything else has woken it.
	kill $starter 2>/dev/null || echo stop >$PG/pgctrl
	wait $starter 2>/dev/null
	pg_wait OK
	exec {idle}>&-
}

# One line for each CPU: packets sent, microseconds, packets that the stack dropped.
pg_results() {
	local cpu

	for ((cpu = 0; cpu < cpus; cpu++)); do
		sed -n 's/^Result: OK: \([0-9]*\)(.*usec, \([0-9]*\) .*/\2 \1/p
			s/.*errors: \([0-9]*\)$/\1/p' "$PG/d0@$cpu" | tail -n 2 | xargs
	done
}
