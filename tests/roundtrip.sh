#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Random configurations: what is saved of each is applied, and saved again. It fails when
# the second text is not the first one, byte for byte, when what is in force then differs
# from the file that it all began with, or when such a file is refused.
# LEVEE_ROUNDS is how many (default 200), LEVEE_SEED makes others.
# KERNELS: stock-6.12 uml-7
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/.." && pwd -P)
work=$LIB_TMP
rounds=${LEVEE_ROUNDS-200}
seed=${LEVEE_SEED-levee}
part=1000	# files at a time

py() { /usr/bin/python3 "$top/tests/roundtrip.py" "$@"; }
batch() { in_ns "$gateway" timeout 600 levee -b -; }

# lines FORMAT COUNT: the format for 0 and so on.
lines() { seq 0 $(($2 - 1)) | sed "s|.*|$1|"; }

# once COUNT SEED: so many of them.
once() {
	rm -rf "$work"/{made,saved,again}
	py make "$work/made" "$1" "$2"
	check "all $1 of seed $2 are applied, and saved" \
		first "$1"
	check_eq "each is one text" "$1" "$(find "$work/saved" -type f | wc -l)"
	check "what was saved is applied, is what each file says, and is saved again" \
		second "$1"
	check "the texts are the same" diff -r "$work/saved" "$work/again"
}

first() {
	lines "apply $work/made/&\nsave" "$1" | batch >"$work/out" && py split "$work/saved" <"$work/out"
}

second() {
	lines "apply $work/saved/&\ndiff $work/made/&\nsave" "$1" | batch >"$work/out" ||
		{ tail -n 3 "$work/out"; return 1; }
	py split "$work/again" <"$work/out"
}

setup_ns gateway peer
# shellcheck disable=SC2154 # set by name
veth_pair "$gateway" eth0 "$peer" eth0 && veth_pair "$gateway" eth1 "$peer" eth1
for ((i = 0; i < rounds; i += part)); do
	n=$((rounds - i < part ? rounds - i : part))
	once "$n" "$seed-$((i / part))"
done
check_between "most are unlike all others" $((n / 2)) "$n" \
	"$(cd "$work/saved" && md5sum ./* | cut -d ' ' -f 1 | sort -u | wc -l)"
ktap_finish
