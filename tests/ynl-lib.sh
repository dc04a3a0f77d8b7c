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

# client_start SRC DIR: a client that stays for all that is asked; one at a time.
# shellcheck disable=SC2154 # gateway is set by name
client_start() {
	schema=$1/Documentation/netlink/genetlink.yaml
	dir=$2
	mkfifo "$LIB_TMP/to" "$LIB_TMP/from"
	in_ns "$gateway" /usr/bin/python3 -B "$top/tests/ynl.py" "$dir" "$schema" "$spec" \
		"$results" <"$LIB_TMP/to" >"$LIB_TMP/from" 2>"$LIB_TMP/err" &
	client_pid=$!
	exec {to_client}>"$LIB_TMP/to" {from_client}<"$LIB_TMP/from"
	rm "$LIB_TMP/to" "$LIB_TMP/from"
}

client_stop() {
	exec {to_client}>&- {from_client}<&-
	wait "$client_pid"
}

# answer: the client's next line. One that does not understand the specification may
# never end.
answer() {
	local line

	read -r -t 100 line <&"$from_client" || {
		echo "the client gives no answer"
		tail -n 5 "$LIB_TMP/err"
		return 1
	}
	echo "${line//$'\x1f'/$'\n'}"
}

# ask REQUESTS: carries them out; their results are lines of $results.
ask() {
	printf 'ask\n%s\nend\n' "$1" >&"$to_client"
	answer >"$LIB_TMP/answer" || ktap_note "$(cat "$LIB_TMP/answer")"
}

# look WHICH EXPR: of a result, or of a file.
look() {
	printf 'look %s %s\n' "$1" "${2//[$'\n\t']/ }" >&"$to_client"
	answer
}

# result N EXPR: of the Nth result ("r" is the reply, if it was one).
result() { look "$1" "$2"; }

# shown EXPR ARGS...: of what the command says.
shown() {
	local expr=$1
	shift
	gw_levee -j "$@" >"$LIB_TMP/shown"
	look "$LIB_TMP/shown" "$expr"
}

# refused CLIENT N ATTRIBUTE: the Nth request was, for that attribute.
refused() {
	check_eq "$1 is told which attribute is wrong: $3" ".$3" \
		"$(look "$2" 'j["extack"]["bad-attr"]')"
}

# said CLIENT N TEXT: why the Nth request was refused.
said() {
	check_eq "$1 is told: $3" "$3" "$(look "$2" 'j["extack"]["msg"]')"
}

# refusal N: text and attribute of what was refused.
refusal() {
	look "$1" '(lambda a: "%s %s" % (a.get("bad-attr") or a.get("miss-type") or "-",
		a.get("msg") or "-"))(j.get("extack") or {})'
}

# refusals FIRST LAST: of each.
refusals() {
	local i

	for ((i = $1; i <= $2; i++)); do refusal "$i"; done
}
