#!/bin/bash
# Measures one workload inside a lab guest: all contenders in turn, round by round.
# SPDX-License-Identifier: GPL-2.0
#
# usage: guest.sh OUT MODULE CPUS FAMILY KIND SOURCES SECONDS ROUNDS SHARED [CONTENDER...]
#
# Writes to OUT/results, for report.py:
#   info NAME VALUE
#   fill CONTENDER SENT US PASSED		every source once, before the first round
#   run CONTENDER ROUND passed N dropped N cpus [SENT US ERRORS]...
#						dropped: by its own account, or -
#   memory CONTENDER KB				held at the end

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
out=$1 module=$2 seconds=$7 rounds=$8
export cpus=$3 family=$4 kind=$5 sources=$6 shared=$9
shift 9
contenders=("$@")
work=$(mktemp -d)
export work
declare -A kb

say() { echo "$*" >>"$out/results"; }
die() { echo "bench: $*" >&2; exit 1; }

meminfo_kb() { # NAME...
	local IFS='|'

	awk -v re="^($*):" '$1 ~ re { sum += $2 } END { print sum }' /proc/meminfo
}

# What the kernel keeps for itself. Free memory would not do: pages that wait to be
# used again on a CPU's list count neither as free nor as used.
held_kb() { meminfo_kb SUnreclaim VmallocUsed Percpu; }

# step NAME ARG...: what it does to the memory is put on its account.
step() {
	local name=$1 before

	before=$(held_kb)
	ip netns exec "$name" "$here/step.sh" "$@" >>"$out/results" || die "$name: $2 failed"
	kb[$name]=$((${kb[$name]-0} + $(held_kb) - before))
}

export feeds=${out%/*/*}/feeds
if [ ${#contenders[@]} -eq 0 ] && [[ $kind =~ ^(miss|hit)$ ]]; then
	contenders=(drop levee_list levee_none probe ipset_net nft_list)
elif [ ${#contenders[@]} -eq 0 ]; then
	contenders=(drop levee_dev levee_idle levee_pre probe hashlimit nft_set)
	[ "$kind" = over ] && contenders+=(drop_pre nft_drop ipset)
fi
modprobe -a pktgen dummy || die "pktgen or dummy does not load"
for ko in "$LAB_MODULE_DIR/levee.ko" "$module"; do
	insmod "$ko" || die "$ko does not load"
done
echo "warm any $(($(meminfo_kb MemFree) * 9 / 10 / 1024))" >/proc/net/levee_bench || die "no memory"
say "info kernel $(uname -r)"
for name in "${contenders[@]}"; do
	ip netns add "$name" || die "no network namespace"
	step "$name" setup
	step "$name" fill
done
[ -e "$work/slots" ] && say "info slots $(cat "$work/slots")"
for ((round = 1; round <= rounds; round++)); do
	for name in "${contenders[@]}"; do
		step "$name" run "$round" "$seconds"
	done
done
for name in "${contenders[@]}"; do
	say "memory $name ${kb[$name]}"
done
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|page allocation failure|out of memory' >&2
exit 0
