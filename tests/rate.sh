#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How exact a limit is: a source at 0.9 x its limit loses nothing, one at 10 x gets its
# limit within 5 % over 10 s, over IPv4 and IPv6, from one CPU and from two at once, in
# packets/s and in bits/s. It fails when a packet is charged twice or not at all, with a
# wrong length, or when CPUs overtake each other.
# KERNELS: stock-6.12 uml-7
# TIMEOUT: 300
# EXCLUSIVE
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

RATE=200	# packets/s
BURST=20	# packets
BYTES=1000	# of each IP packet
SECONDS_EACH=10

topo_gateway
here=$(cd "$(dirname "$0")" && pwd -P)
gw() { in_ns "$gateway" levee "$@"; }
count() { # VERDICT
	in_ns "$gateway" awk -v v="$1" '$1 == "www" && $2 == "udp" && $3 == v { n += $5 } END { print n + 0 }' \
		/proc/net/levee/stats
}

check "a limit" gw -b - <<-END
	hook add dev eth0
	policy add www dst $SERVER4,$SERVER6 mode enforce
	limit set www udp rate $RATE/s burst $BURST
END

# The same limit in bits.
use_bits() {
	gw -b - <<-END
		limit flush www
		limit set www udp rate $((RATE * BYTES * 8))bit burst $((BURST * BYTES))
	END
}

# send ADDRESS RATE CPU...: paced UDP from each CPU, the rate in all; prints how many
# packets were sent and how many seconds that took.
send() {
	local addr=$1 rate=$2
	shift 2
	in_ns "$client" /usr/bin/python3 "$here/rate.py" "$addr" "$rate" $BYTES $SECONDS_EACH "$@"
}

cpus=$(nproc)
# hold ADDRESS CPUS UNIT
hold() {
	local addr=$1 use=$2 what="$1, CPUs $2, $3" sent took passed want

	if [ "$use" = "0 1" ] && [ "$cpus" -lt 2 ]; then
		ktap_skip "$what" "this guest has one CPU"
		return
	fi
	gw flush all
	# shellcheck disable=SC2086 # a list of CPUs
	read -r sent took < <(send "$addr" $((RATE * 9 / 10)) $use)
	check_eq "$what, 0.9 x: none of $sent was lost" 0 "$(count dropped)"
	check_eq "all passed" "$sent" "$(count passed)"

	gw flush all
	# shellcheck disable=SC2086
	read -r sent took < <(send "$addr" $((RATE * 10)) $use)
	passed=$(count passed)
	check_eq "$what, 10 x: all $sent were counted" "$sent" $((passed + $(count dropped)))
	# The burst comes once, on top of the rate.
	want=$(awk -v r=$RATE -v t="$took" -v b=$BURST 'BEGIN { print r * t + b }')
	ktap_note "sent $sent in $took s, passed $passed, limit and burst allow $want"
	check_between "within 5 % of the limit" "$(awk -v w="$want" 'BEGIN { print w * 0.95 }')" \
		"$(awk -v w="$want" 'BEGIN { print w * 1.05 }')" "$passed"
	check_between "really far above it" $((RATE * 5 * SECONDS_EACH)) 1000000000 "$sent"
}

for addr in "$SERVER4" "$SERVER6"; do
	hold "$addr" 0 packets
	hold "$addr" "0 1" packets
done
check "a limit in bits instead" use_bits
hold "$SERVER4" "0 1" bits
hold "$SERVER6" 0 bits
ktap_finish
