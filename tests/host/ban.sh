#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says without a kernel module about bans: every usage error. It fails
# when bad input is taken, is not named, or ends with another status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

time='expected TIME or FIRST..LONGEST, from 1s to 365d, as in 60s..1h'
span='expected a time from 1s to 49710d, as in 90s, 10m, 1h or 7d'
set=(limit set www syn rate 50/s)

test_limit() {
	local text

	for text in 60 60s 60s..1h 1m..1m 1s..365d 1..2; do
		good "${set[@]}" ban "$text"
	done
	good "${set[@]}" ban 60s ban-unproven
	good "${set[@]}" ban-unproven burst 3 ban 60s
	bad '"ban" must be followed by a value: TIME or FIRST..LONGEST, from 1s to 365d, as in 60s..1h' \
		"${set[@]}" ban
	for text in '' x 0 0s -1s 1s.. ..1s 1s..x 1s...2s 1s..2s..3s 366d 1s..366d 1s-2s \
		99999999999999999999s 00000000000000000001s..1h; do
		bad "ban \"$text\": $time" "${set[@]}" ban "$text"
	done
	bad 'ban "1h..60s": the longest time is less than the first' "${set[@]}" ban 1h..60s
	bad '"ban-unproven" goes with "ban TIME"' "${set[@]}" ban-unproven
	bad '"ban-unproven" is given twice' "${set[@]}" ban 1s ban-unproven ban-unproven
	bad '"ban" is given twice' "${set[@]}" ban 1s ban 2s
	bad 'a limit that marks drops nobody, and cannot ban' "${set[@]}" mark 1 ban 1s
	bad '"bam": unknown keyword; expected one of: rate, burst, per, mark, ban, ban-unproven, fair, fair-per' \
		"${set[@]}" bam 1s
}

test_ban() {
	local class long

	good source ban 192.0.2.7
	good source ban 192.0.2.0/24 timeout 10m comment 'seen in a log'
	good source ban 2001:db8::/32 policy www class syn level 3 decay 1h timeout 90
	good source ban 192.0.2.7,2001:db8::1 timeout 1h
	good source ban 0.0.0.0/0,::/0
	bad 'PREFIX[,PREFIX...] is missing after "ban"' source ban
	bad 'ban "192.0.2.7": this prefix is given twice' source ban 192.0.2.7,192.0.2.7/32
	bad 'ban "any": for all addresses, write 0.0.0.0/0,::/0' source ban any
	bad 'ban "x": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32' source ban x
	bad 'ban "192.0.2.7/24": the address has bits set beyond the prefix length; did you mean "192.0.2.0/24"?' \
		source ban 192.0.2.7/24
	bad '"x": unknown keyword; expected one of: timeout, comment, policy, class, level, decay' \
		source ban 192.0.2.7 x
	bad "timeout \"0\": $span" source ban 192.0.2.7 timeout 0
	bad "timeout \"1w\": $span" source ban 192.0.2.7 timeout 1w
	bad "timeout \"4294967296\": $span" source ban 192.0.2.7 timeout 4294967296
	bad '"timeout" must be followed by a value: TIME, as in 10m' source ban 192.0.2.7 timeout
	bad 'comment "": the comment is empty' source ban 192.0.2.7 comment ''
	bad 'comment: a comment is UTF-8 without control characters' \
		source ban 192.0.2.7 comment $'a\nb'
	bad 'comment: a comment is UTF-8 without control characters' \
		source ban 192.0.2.7 comment $'\xff'
	bad 'comment: a comment is UTF-8 without control characters' \
		source ban 192.0.2.7 comment $'a\xc2\x9bb'
	long=$(printf 'x%.0s' {1..127})
	good source ban 192.0.2.7 comment "$long"
	bad "comment \"${long}x\": a comment has at most 127 bytes" \
		source ban 192.0.2.7 comment "${long}x"
	bad 'policy and class go together' source ban 192.0.2.7 policy www
	bad 'policy and class go together' source ban 192.0.2.7 class syn
	class='expected one of: any, syn, tcp, udp, reflect, icmp, frag, other, tcp-stray'
	bad "class \"x\": $class" source ban 192.0.2.7 policy www class x
	bad 'level and decay go together' source ban 192.0.2.7 level 1
	bad 'level and decay go together' source ban 192.0.2.7 decay 1s
	good source ban 192.0.2.7 level 32 decay 365d
	bad 'level "33": expected a number from 0 to 32' source ban 192.0.2.7 level 33 decay 1s
	bad 'level "x": expected a number from 0 to 32' source ban 192.0.2.7 level x decay 1s
	bad 'decay "366d": expected a time from 1s to 365d' source ban 192.0.2.7 level 1 decay 366d
	bad 'decay "": expected a time from 1s to 365d' source ban 192.0.2.7 level 1 decay ''
}

test_unban() {
	good source unban 192.0.2.7
	good source unban all
	good source unban 192.0.2.7,192.0.2.8
	bad 'PREFIX[,PREFIX...] or "all" is missing after "unban"' source unban
	bad 'unban "any": for all addresses, write 0.0.0.0/0,::/0' source unban any
	bad 'unban "192.0.2.7,": empty prefix; separate prefixes by one comma, without spaces' \
		source unban 192.0.2.7,
	bad 'unban "al": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32' source unban al
	bad '"192.0.2.8": nothing is expected after "192.0.2.7"' source unban 192.0.2.7 192.0.2.8
	bad '"x": nothing is expected after "all"' source unban all x
	good source show banned
	good -j source show banned
	bad '"x": nothing is expected after "banned"' source show banned x
}

test_limit
test_ban
test_unban
ktap_finish
