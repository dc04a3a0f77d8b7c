# What tests of the command without a module have in common: runs it, and compares what it
# says and how it ends.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

top=$(cd "$(dirname "$0")/../.." && pwd -P)
levee=${LEVEE-$top/tools/levee}
[ -x "$levee" ] || skip_all "tools/levee is not built"
err=$LIB_TMP/err
out=$LIB_TMP/out
not_loaded='levee: the levee module is not loaded (try: insmod levee.ko or modprobe levee)'

run() { timeout 10 "$levee" "$@" >"$out" 2>"$err"; }

run hook show
grep -qF "$not_loaded" "$err" || skip_all "levee is loaded here, or netlink does not work"

# result NAME STATUS WANTED: of the last run.
result() {
	if [ "$2" = "$3" ]; then
		ktap_pass "$1"
	else
		ktap_fail "$1"
		ktap_note "$2, expected $3"
		ktap_note "$(head -n 5 "$err" "$out")"
	fi
}

# bad MESSAGE ARGS...: status 1, nothing on stdout, and the message's first line.
bad() {
	local message=$1 rc
	shift
	run "$@"
	rc=$?
	[ -s "$out" ] && rc="$rc and output"
	[ "$(head -n 1 "$err")" = "levee: $message" ] || rc="$rc and another message"
	result "levee $*: $message" "$rc" 1
}

# good ARGS...: gets as far as asking the kernel.
good() {
	local rc
	run "$@"
	rc=$?
	[ "$(cat "$err")" = "$not_loaded" ] || rc="$rc and another message"
	[ -s "$out" ] && rc="$rc and output"
	result "levee $*: accepted" "$rc" 2
}

# says TEXT ARGS...: status 0 and output that begins with the text.
says() {
	local text=$1 rc
	shift
	run "$@"
	rc=$?
	[ -s "$err" ] && rc="$rc and a message"
	[[ $(cat "$out") == "$text"* ]] || rc="$rc and other output"
	result "levee $*: prints $text" "$rc" 0
}
