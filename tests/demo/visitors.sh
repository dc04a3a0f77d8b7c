#!/bin/bash
# The visitors of the demo's site, run in their network namespace.
# SPDX-License-Identifier: GPL-2.0
#
# usage: visitors.sh DIR SECONDS

here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tests/demo/net.sh
. "$here/net.sh"

dir=$1
seconds=$2
nothing=$(mktemp -u)
mkfifo "$nothing"
exec {nothing_fd}<>"$nothing"

# visitor ADDRESS PAGES_PER_MINUTE NUMBER: the first four seconds see all arrive.
visitor() {
	local addr=$1 rate=$2 nr=$3 host=$SITE4

	[[ $addr = *:* ]] && host="[$SITE6]"
	read -r -t "$((nr / 4)).$((nr % 4 * 25 + 10))" -u "$nothing_fd"
	exec curl -sS -m "$PATIENCE" --interface "host!$addr" --rate "$rate/m" \
		-H 'Connection: close' -o /dev/null \
		-w '%{http_code} %{time_total} %{exitcode} %{size_download}\n' \
		"http://$host/?page=[1-$((rate * seconds / 60))]" >"$dir/$addr" 2>/dev/null
}

nr=0
while read -r addr rate; do
	visitor "$addr" "$rate" "$nr" &
	nr=$((nr + 1))
done < <(visitors)
wait
rm -f "$nothing"
