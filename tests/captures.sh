#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Recorded attacks and recorded ordinary traffic, replayed at levee's hook with the
# default policy. It fails when levee loses sight of a packet, drops one in mode
# monitor, or would limit a source of ordinary traffic at the speed it was recorded.
# TIMEOUT: 400
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
captures=${LEVEE_CAPTURES-}
[ -r "$captures/MANIFEST.tsv" ] ||
	skip_all "there are no captures in '$captures'; LEVEE_CAPTURES says where they are"
command -v tcpreplay >/dev/null || skip_all "tcpreplay is not installed"

# What is a matter of time, and takes some, is the same on every kernel; what is one
# of bugs is not.
speeds=(top)
[ "${LAB_KERNEL-}" = "${LEVEE_RECORDED:-stock-6.12}" ] && speeds=(recorded top)

backlog=$(sysctl -n net.core.netdev_max_backlog)
"$here/captures/all" "$captures" "${speeds[@]}" >"$LIB_TMP/results" 2>"$LIB_TMP/err"
sysctl -qw net.core.netdev_max_backlog="$backlog"
[ -s "$LIB_TMP/err" ] && ktap_note "$(cat "$LIB_TMP/err")"

check_eq "every capture was replayed at ${speeds[*]} speed" \
	"$((${#speeds[@]} * ($(wc -l <"$captures/MANIFEST.tsv") - 1)))" "$(wc -l <"$LIB_TMP/results")"

while IFS=$'\t' read -r kind name _ packets cut seconds speed sent seen limited _ dropped took; do
	what="$kind/$name at $speed speed"
	check_between "$what: all packets were sent" $((packets - cut)) "$packets" "$sent"
	check_eq "$what: all were seen" "$sent" "${seen:-none}"
	check_eq "$what: none was dropped" 0 "${dropped:-unknown}"
	[ "$kind $speed" = 'benign recorded' ] || continue
	check_eq "$what: no source was limited" 0 "$limited"
	# Slower than recorded would prove nothing.
	if awk -v s="$seconds" -v t="$took" 'BEGIN { exit !(t <= s * 1.1 + 0.5) }'; then
		ktap_pass "$what: it was not slowed down"
	else
		ktap_skip "$what: it was not slowed down" "this machine took $took s for $seconds s"
	fi
done <"$LIB_TMP/results"
ktap_finish
