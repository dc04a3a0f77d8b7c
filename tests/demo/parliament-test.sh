#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The second story of make demo in short: the parliament's site in peace,
# without protection and with levee under everything at once. It fails when a promise is not
# kept: the attack shuts visitors out without levee; with it they load their pages, those
# that come for the first time as well, nobody of them is banned or waits for long, the
# resolver never fails, the download and the session survive, and the report tells of it.
# Not one of make check's yet: two promises are not kept on every machine, that visitors are
# shut out without levee and that nobody waits longer than three times as long as in peace.
# make check T=tests/demo/parliament-test.sh tells which.
# KERNELS: stock-6.12
# TIMEOUT: 400
# MODULE: none
# PARALLEL
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

demo=$(cd "$(dirname "$0")" && pwd -P)
results=$LIB_TMP/results
phases=(all)

for tool in dnsmasq curl nginx iptables-legacy; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
for program in crowd flood; do
	cc -O2 -Wall -o "$LIB_TMP/$program" "$demo/$program.c" || skip_all "there is no compiler"
done
check "the story is told to its end" env LEVEE_DEMO_SECONDS="${LEVEE_DEMO_SECONDS:-10}" \
	LEVEE_DEMO_COLUMNS="${LEVEE_DEMO_COLUMNS:-without levee}" \
	"$demo/parliament.sh" "$results" "$LIB_TMP/crowd" "$LIB_TMP/flood" "${phases[@]}"
cp "$LIB_TMP/check" "$LIB_TMP/story"
"$demo/parliament.py" --short "$results" >"$LIB_TMP/report" 2>&1
while read -r verdict text; do
	case $verdict in
	kept) ktap_pass "$text" ;;
	BROKEN) ktap_fail "$text" ;;
	esac
done <"$LIB_TMP/report"
# With levee six of peace and seven of each phase, and three of the whole; without, one each.
check_eq "all promises were judged" $((9 + 1 + 8 * ${#phases[@]})) \
	"$(grep -cE '^(kept|BROKEN) ' "$LIB_TMP/report")"
[ "$LIB_FAILED" = 0 ] || ktap_note "$(cat "$LIB_TMP/story" "$LIB_TMP/report")"
ktap_finish
