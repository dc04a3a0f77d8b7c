#!/bin/bash
# One step of one contender, in that contender's network namespace.
# SPDX-License-Identifier: GPL-2.0
#
# usage: step.sh CONTENDER setup | fill | run SECONDS
#
# Everything else comes from guest.sh in the environment. "fill" prints SENT PASSED US,
# "run" SENT PASSED DROPPED US/CPU...: the microseconds that each CPU was at it.

set -u -o pipefail

here=$(cd "$(dirname "$0")" && pwd -P)
name=$1
# shellcheck source=tests/bench/pktgen.sh
. "$here/pktgen.sh"
# shellcheck source=tests/bench/contenders.sh
. "$here/contenders.sh"

has() { declare -F "${name}_$1" >/dev/null; }

setup() {
	ip link add d0 address "$MAC" type dummy &&
	ip link set d0 up &&
	if [ "$family" = ip6 ]; then echo "source d0 1 next" >/proc/net/levee_bench; fi &&
	"${name}_setup" &&
	pg_device
}

# Every source sends one packet, if this contender remembers sources.
fill() {
	local before

	if [ "$kind" != new ] && [[ $name =~ ^(levee_dev|levee_pre|levee_idle|hashlimit|nft_set|ipset)$ ]]; then
		before=$(bench_value passed)
		pg_sources_next && pg_count "$sources" || return
		echo "fill $name $(pg_results | awk '{ n += $1; us = us < $2 ? $2 : us }
			END { printf "%d %d", n, us }') $(($(bench_value passed) - before))"
		if has fill_end; then "${name}_fill_end" || return; fi
	fi
	pg_sources_random && pg_count 200000
}

dropped() { if has dropped; then "${name}_dropped"; else echo -; fi; }

run() {
	local passed own

	passed=$(bench_value passed)
	own=$(dropped)
	pg_seconds "$2"
	passed=$(($(bench_value passed) - passed))
	[ "$own" = - ] || own=$(($(dropped) - own))
	echo "run $name $1 passed $passed dropped $own cpus $(pg_results | xargs)"
}

case $2 in
setup) setup ;;
fill) fill ;;
run) run "$3" "$4" ;;
esac
