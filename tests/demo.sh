#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The story of make demo in short, with the attack that takes no time to unfold. It
# fails when it breaks off or when one of its promises is not kept: visitors cut off
# without levee and served with it, none of them dropped, the attack dropped, and soon.
# KERNELS: stock-6.12
# TIMEOUT: 240
# MODULE: none
# PARALLEL
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

demo=$(cd "$(dirname "$0")/demo" && pwd -P)
attacks=(udp)

cc -O2 -Wall -o "$LIB_TMP/crowd" "$demo/crowd.c" || skip_all "there is no compiler"
check "the story is told to its end" env LEVEE_DEMO_SECONDS="${LEVEE_DEMO_SECONDS:-10}" \
	"$demo/story.sh" "$LIB_TMP/results" "$LIB_TMP/crowd" "${attacks[@]}"
cp "$LIB_TMP/check" "$LIB_TMP/story"
"$demo/report.py" "$LIB_TMP/results" >"$LIB_TMP/report" 2>&1
while read -r verdict text; do
	case $verdict in
	kept) ktap_pass "$text" ;;
	BROKEN) ktap_fail "$text" ;;
	esac
done <"$LIB_TMP/report"
# Peace and each attack, without and with: five promises with levee, one without.
check_eq "all promises were judged" $((3 + 6 * ${#attacks[@]})) \
	"$(grep -cE '^(kept|BROKEN) ' "$LIB_TMP/report")"
[ "$LIB_FAILED" = 0 ] || ktap_note "$(cat "$LIB_TMP/story" "$LIB_TMP/report")"
ktap_finish
