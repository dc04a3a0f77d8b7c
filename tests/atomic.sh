#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two configurations of 500 policies, 2,000 limits and 10,000 destination prefixes take
# turns under full traffic (LEVEE_ROUNDS times, by default 10): every packet must bear the
# marks of one of them. It fails when a packet is judged by parts of both or by neither,
# when apply is killed and something else than one of both is left, or when memory does
# not return. As a check of itself, the same by single commands must be seen to mix them.
# Not on the debug kernel, whose lockdep has complaints of its own about nft's sets.
# KERNELS: stock uml-7
# TIMEOUT: 300
# shellcheck disable=SC2154 # setup_ns sets variables
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/.." && pwd -P)
work=$LIB_TMP
rounds=${LEVEE_ROUNDS-10}
policies=500
prefixes=10000
floods=()

py() { /usr/bin/python3 "$top/tests/atomic.py" "$@"; }
lv() { timeout 120 ip netns exec "$gateway" levee "$@"; }
nft_gw() { in_ns "$gateway" nft "$@"; }

# Started without a shell in between, which would take the signal that is to end it.
flood() {
	ip netns exec "$client" nice -n 5 /usr/bin/python3 "$top/tests/atomic.py" send "$@" &
	floods+=($!)
}

stop_floods() {
	local pid

	for pid in "${floods[@]}"; do
		kill -KILL "$pid"
		wait "$pid"
	done 2>/dev/null
	floods=()
}

quit() {
	stop_floods
	lib_cleanup
}
trap quit EXIT

# prime POLICIES PREFIXES FILE...: with each configuration, all limits are over.
prime() {
	local file n=$1 m=$2
	shift 2

	for file; do
		lv apply "$file"
		ip netns exec "$client" /usr/bin/python3 "$top/tests/atomic.py" send "$n" "$m" 4
	done
	nft_gw flush set inet test seen
}

# verdicts POLICIES PREFIXES: packets judged by A, by B, and by neither.
verdicts() { nft_gw -j list set inet test seen | py judge "$@"; }

moving() { [ "$(verdicts "$@" | awk '{ print $1 + $2 + $3 }')" -gt 1000 ]; }

# What levee holds, and the kernel, when all is freed that was put off.
percpu() { awk '$1 == "Percpu:" { print $2 }' /proc/meminfo; }
vmalloc() { awk '/levee/ { n += $2 } END { print n + 0 }' /proc/vmallocinfo; }
slab() { awk '$1 == "SUnreclaim:" { print $2 }' /proc/meminfo; }

# turns COUNT: apply A and B in turn, without the time that a process takes to begin.
turns() {
	local i

	for ((i = 0; i < $1; i += 2)); do
		echo "apply $work/A"
		echo "apply $work/B"
	done | lv -b -
}

# timed NAME COUNT: of so many turns, how long one takes.
timed() {
	local t0=${EPOCHREALTIME/./} rc

	turns "$2"
	rc=$?
	ktap_note "apply, $1: $(((${EPOCHREALTIME/./} - t0) / $2)) us"
	return $rc
}

test_rounds() {
	local i seen failed=0

	prime $policies $prefixes "$work/A" "$work/B"
	flood $policies $prefixes
	flood $policies $prefixes
	check "there is traffic" busywait 20000 moving $policies $prefixes
	for ((i = 0; i < rounds; i += 10)); do
		timed "under traffic" 10 || failed=$((failed + 1))
	done
	stop_floods
	seen=$(verdicts $policies $prefixes)
	ktap_note "judged by A, B, neither: $seen"
	check_eq "$rounds times, apply works" 0 $failed
	check "packets were judged by both" awk '{ exit !($1 > 100 && $2 > 100) }' <<<"$seen"
	check_eq "and none by a mixture" 0 "${seen##* }"
	timed "without traffic" 10
}

# single FILE: the same as apply, one command after the other.
single() {
	{
		seq -f 'policy del p%g' 0 39
		echo 'policy set default mode enforce'
		grep -v '^hook\|default' "$1"
	} | lv -b -
}

test_mixture() {
	local i seen

	py config A 40 800 >"$work/a"
	py config B 40 800 >"$work/b"
	prime 40 800 "$work/a" "$work/b"
	flood 40 800
	check "there is traffic again" busywait 20000 moving 40 800
	for i in 1 2; do
		single "$work/a"
		single "$work/b"
	done
	stop_floods
	seen=$(verdicts 40 800 2>/dev/null)
	ktap_note "judged by A, B, neither: $seen"
	check "single commands are seen to mix them" [ "${seen##* }" -gt 0 ]
}

# At any moment: what is in force is one of both.
test_kill() {
	local i pid odd=0 was t0 whole

	lv apply "$work/A" && was=$(lv save | md5sum)
	t0=${EPOCHREALTIME/./}
	lv apply "$work/B"
	whole=$((${EPOCHREALTIME/./} - t0))
	lv save | md5sum >"$work/known"
	echo "$was" >>"$work/known"
	for i in {1..12}; do
		file=$work/A
		[ $((i % 2)) -eq 0 ] || file=$work/B
		ip netns exec "$gateway" levee apply "$file" &
		pid=$!
		# Any moment will do: nothing is waited for.
		sleep "$(awk -v us=$whole -v r=$RANDOM 'BEGIN { print us / 1e6 * r / 32768 }')"
		kill -KILL $pid 2>/dev/null
		wait $pid 2>/dev/null
		grep -qF "$(lv save | md5sum)" "$work/known" || odd=$((odd + 1))
	done
	check_eq "when apply is killed, the old or the new configuration is in force" 0 $odd
	check "and it leaves nothing that would be in the way" lv apply "$work/A"
}

# The kernel keeps some pages of per-CPU memory that are empty. Those in which there are
# counters of nft are not: each element of its set has one.
returned() { [ "$(percpu)" -le $((percpu + 256)) ] && [ "$(vmalloc)" -le "$vmalloc" ]; }

topo_gateway
topo_neigh_static
nft_gw -f - <<-END || skip_all "nft does not take the table"
	table inet test {
		set seen { type ipv4_addr . mark; size 8192; flags dynamic; counter; }
		chain prerouting {
			type filter hook prerouting priority -400;
			udp dport 9 add @seen { ip daddr . meta mark } drop
		}
	}
END
py config A $policies $prefixes >"$work/A"
py config B $policies $prefixes >"$work/B"
lv apply "$work/A"
with="percpu $(percpu) kB, vmalloc $(vmalloc) bytes, slab $(slab) kB"
lv apply - <<<'hook add dev eth0'
percpu=$(percpu) vmalloc=$(vmalloc) slab=$(slab)
ktap_note "without policies: percpu $percpu kB, vmalloc $vmalloc bytes, slab $slab kB; with 500: $with"

test_rounds
test_mixture
test_kill
lv apply - <<<'hook add dev eth0'
nft_gw flush set inet test seen
check "per-CPU memory and vmalloc return to their start" busywait 20000 returned
ktap_note "percpu $percpu -> $(percpu) kB, vmalloc $vmalloc -> $(vmalloc) bytes, slab $slab -> $(slab) kB"
check_between "slabs, too, up to 4 MB of those that are kept for the next time" \
	-100000 $((slab + 4096)) "$(slab)"
ktap_finish
