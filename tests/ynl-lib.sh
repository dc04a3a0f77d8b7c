# What tests with the kernel's own netlink client have in common: it is asked, and its
# results are looked at.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

top=$(cd "$(dirname "$0")/.." && pwd -P)
spec=$top/uapi/levee.yaml
results=$LIB_TMP/results

# The client comes with the sources that the lab's user-mode kernels are built
# from: Debian's linux-source-6.12, and the newest. It moved in 6.15.
clients() {
	local src dir

	for src in "$top"/build/kernels/uml-debug/src "$top"/build/kernels/uml-7/src; do
		for dir in "$src/tools/net/ynl" "$src/tools/net/ynl/pyynl"; do
			[ -e "$dir/lib/ynl.py" ] && echo "$src $dir"
		done
	done
}

# ask REQUESTS: carries them out, with the client in $dir and its $schema; their results
# are lines of $results.
# shellcheck disable=SC2154 # set by the test
ask() {
	# A client that does not understand the specification may never end.
	in_ns "$gateway" timeout 60 /usr/bin/python3 "$top/tests/ynl.py" \
		"$dir" "$schema" "$spec" >"$results" 2>"$LIB_TMP/err" <<<"$1" || {
		ktap_note "the client ended with status $?"
		ktap_note "$(tail -n 5 "$LIB_TMP/err")"
	}
}

# result N EXPR: of the Nth result ("r" is the reply, if it was one).
result() {
	sed -n "$1p" "$results" | json "(lambda r: $2)(j.get('reply'))" 2>&1
}

# shown EXPR ARGS...: of what the command says.
shown() {
	local expr=$1
	shift
	gw_levee -j "$@" | json "$expr" 2>&1
}

# refused CLIENT N ATTRIBUTE: the Nth request was, for that attribute.
refused() {
	check_eq "$1 is told which attribute is wrong: $3" ".$3" \
		"$(sed -n "$2p" "$results" | json 'j["extack"]["bad-attr"]' 2>&1)"
}

# said CLIENT N TEXT: why the Nth request was refused.
said() {
	check_eq "$1 is told: $3" "$3" "$(sed -n "$2p" "$results" | json 'j["extack"]["msg"]' 2>&1)"
}

# refusals FIRST LAST: text and attribute of each, in one look.
refusals() {
	sed -n "$1,$2p" "$results" | /usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    ack = json.loads(line).get("extack", {})
    print(ack.get("bad-attr") or ack.get("miss-type") or "-", ack.get("msg") or "-")' 2>&1
}
