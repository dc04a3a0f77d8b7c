#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says of lists and feeds without a kernel module. It fails when a wrong
# line is taken or not named, when a good one is not taken, or when a million of them take
# long.
# TIMEOUT: 240
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

time_rule='expected a time from 1s to 49710d, as in 90s, 10m, 1h or 7d'
feed=$LIB_TMP/feed

test_list() {
	local text

	good list
	good list show
	good list show allow
	good list add deny 192.0.2.0/24
	good list add allow 192.0.2.1,2001:db8::/32,0.0.0.0/0,::/0 comment "a b" timeout 1h
	good list del allow 192.0.2.1,2001:db8::/32
	good list flush deny
	good list test 192.0.2.1
	good list test 2001:db8::1
	bad 'list "x": no such command' list x
	bad 'list "x": expected one of: allow, deny' list show x
	bad '"x": nothing is expected after "allow"' list show allow x
	bad 'allow or deny is missing after "add"' list add
	bad 'allow or deny is missing after "flush"' list flush
	bad 'list "192.0.2.1": expected one of: allow, deny' list add 192.0.2.1
	bad 'list "both": expected one of: allow, deny' list flush both
	bad '"x": nothing is expected after "deny"' list flush deny x
	bad 'PREFIX[,PREFIX...] is missing after "deny"' list add deny
	bad 'PREFIX[,PREFIX...] is missing after "deny"' list del deny
	bad 'prefix "192.0.2.1/24": the address has bits set beyond the prefix length; did you mean "192.0.2.0/24"?' \
		list add deny 192.0.2.1/24
	bad 'prefix "192.0.2.1": this prefix is given twice' list add deny 192.0.2.1,192.0.2.1/32
	bad 'prefix "any": for all addresses, write 0.0.0.0/0,::/0' list add deny any
	bad '"timeout": nothing is expected after "192.0.2.1"' list del deny 192.0.2.1 timeout 1h
	bad '"for": unknown keyword; expected one of: timeout, comment' list add deny 192.0.2.1 for 1h
	bad '"timeout" is given twice' list add deny 192.0.2.1 timeout 1h timeout 1h
	bad '"comment" must be followed by a value: text' list add deny 192.0.2.1 comment
	for text in 1 1s 60m 7d 4294967295 49710d; do
		good list add deny 192.0.2.1 timeout "$text"
	done
	for text in '' 0 0s x s 1x 1ss 1.5h -1 +1 1w 1H '1 h' 4294967296 49711d 99999999999999999999; do
		bad "timeout \"$text\": $time_rule" list add deny 192.0.2.1 timeout "$text"
	done
	bad 'ADDRESS is missing after "test"' list test
	bad 'address "192.0.2.0/24": expected one address, without a length' list test 192.0.2.0/24
	bad 'address "x": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32' \
		list test x
	bad '"x": nothing is expected after "::1"' list test ::1 x
}

test_comment() {
	local long text
	local rule='comment: a comment is UTF-8 without control characters'

	long=$(printf '%0127d' 0)
	for text in x "$long" 'Börse € 𝄞' "'\"\\ #;"; do
		good list add deny 192.0.2.1 comment "$text"
	done
	bad 'comment "": the comment is empty' list add deny 192.0.2.1 comment ''
	bad "comment \"1$long\": a comment has at most 127 bytes" \
		list add deny 192.0.2.1 comment "1$long"
	for text in $'a\tb' $'a\n' $'\177' $'\033[0m' $'\xff' $'\xc3' $'\xc0\x80' $'\xed\xa0\x80' \
		    $'\xf4\x90\x80\x80' $'\xe0\x80\x80' $'\xf0\x80\x80\x80' $'\xa9'; do
		run list add deny 192.0.2.1 comment "$text"
		result "comment ${text@Q} is refused" "$? $(cat "$err")" "1 levee: $rule"
	done
}

# loads LINES: are all taken, in a file and on standard input.
loads() {
	local rc
	# shellcheck disable=SC2059 # it has escapes
	printf -- "$1" >"$feed"
	good list load deny "$feed"
	timeout 10 "$levee" list load deny - <"$feed" >"$out" 2>"$err"
	rc=$?
	result "the same on standard input" "$rc $(cat "$err")" "2 $not_loaded"
}

# rejects LINES MESSAGE...: each is behind the file's name.
rejects() {
	local lines=$1 rc
	shift
	# shellcheck disable=SC2059 # it has escapes
	printf -- "$lines" >"$feed"
	run list load allow "$feed"
	rc=$?
	result "a feed of ${lines@Q}: $1" "$rc $(cat "$err" "$out")" \
		"1 $(printf "levee: $feed:%s\n" "$@")"
}

# wrong WRONG LINES [ARE]: how it is said of many, or of one.
wrong() { echo " $1 of $2 ${3-lines are} wrong; nothing was changed (with force, the others are loaded)"; }

test_load() {
	local what='not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32'

	local all='this would deny every address; if that is meant, use list add'

	loads '192.0.2.1\n'
	loads '192.0.2.1'
	loads '\n\n# x\n;x\n \t \n192.0.2.1\r\n\r\n'
	loads '192.0.2.0/24#x\n192.0.2.0/25;x\n 2001:db8::/32 ; x\n::/1 # x\n'
	loads '192.0.2.1 timeout 1h\n192.0.2.2 comment x timeout 5 # x\n192.0.2.3 comment "a # b"\n'
	loads '192.0.2.1\n192.0.2.1\n192.0.2.1/32\n'
	loads '192.0.2.1 timeout 1h ; x\n192.0.2.2 comment ";" ;it'"'"'s\n'
	loads '\357\273\277192.0.2.1\n'
	loads '0.0.0.0/1\n128.0.0.0/1\n'
	rejects '192.0.2.1/24\n' \
		'1: prefix "192.0.2.1/24": the address has bits set beyond the prefix length; did you mean "192.0.2.0/24"?' \
		"$(wrong 1 1 "line is")"
	rejects '192.0.2.1\nx\n\n192.0.2.0/33 # x\n' "2: prefix \"x\": $what" \
		'4: prefix "192.0.2.0/33": the prefix length must be a number from 0 to 32' \
		"$(wrong 2 4)"
	rejects '192.0.2.1-192.0.2.9\n' "1: prefix \"192.0.2.1-192.0.2.9\": $what" "$(wrong 1 1 "line is")"
	rejects '192.0.2.1,192.0.2.9\n' "1: prefix \"192.0.2.1,192.0.2.9\": $what" "$(wrong 1 1 "line is")"
	rejects '::ffff:192.0.2.1\n' \
		'1: prefix "::ffff:192.0.2.1": packets do not have such addresses; write the IPv4 address' \
		"$(wrong 1 1 "line is")"
	rejects '192.0.2.1 x\n' '1: "x": unknown keyword; expected one of: timeout, comment' "$(wrong 1 1 "line is")"
	rejects '192.0.2.1 timeout\n' "1: \"timeout\" must be followed by a value: ${time_rule#expected }" \
		"$(wrong 1 1 "line is")"
	rejects '192.0.2.1 timeout 1y\n' "1: timeout \"1y\": $time_rule" "$(wrong 1 1 "line is")"
	rejects '192.0.2.1 comment "x\n' '1: a quote is not closed, or a backslash ends the file' \
		"$(wrong 1 1 "line is")"
	rejects '192.0.2.1 comment "\xff"\n' '1: comment: a comment is UTF-8 without control characters' \
		"$(wrong 1 1 "line is")"
	rejects '192.0.2.1\n192.0.\0002.2\n' '2: there is a NUL byte in this line' "$(wrong 1 2 "lines is")"
	rejects '# x\n' ' there is no prefix in it; nothing was changed (to empty the list, use flush)'
	rejects '192.0.2.1\n\357\273\277192.0.2.2\n' "2: prefix \"$(printf '\357\273\277')192.0.2.2\": $what" \
		"$(wrong 1 2 "lines is")"
	printf '192.0.2.1\n0.0.0.0/0\n::/0 # x\n' >"$feed"
	run list load deny "$feed"
	result "a feed that denies everybody" "$? $(cat "$err")" "1 levee: $feed:2: prefix \"0.0.0.0/0\": $all
levee: $feed:3: prefix \"::/0\": $all
levee: $feed:$(wrong 2 3)"
	run list load deny "$feed" force
	result "with force, the rest is loaded" "$? $(tail -n 2 "$err")" \
		"2 levee: $feed: 2 of 3 lines are wrong and were left out
$not_loaded"
	run list load allow "$feed"
	result "one that allows everybody is loaded" "$? $(cat "$err")" "2 $not_loaded"
	printf 'x\n192.0.2.1\n' >"$feed"
	run list load deny "$feed" force
	result "one wrong line" "$? $(tail -n 2 "$err")" "2 levee: $feed: 1 of 2 lines is wrong and was left out
$not_loaded"
	seq 21 >"$feed"
	run list load deny "$feed"
	result "one more than is shown" "$? $(tail -n 2 "$err" | head -n 1)" "1 levee: $feed: 1 more line is wrong"
	bad 'allow or deny is missing after "load"' list load
	bad 'FILE or - is missing after "deny"' list load deny
	bad '"x": unknown keyword; expected force' list load deny /dev/null x
	bad '"x": nothing is expected after "force"' list load deny /dev/null force x
	bad '/dev/null: there is no prefix in it; nothing was changed (to empty the list, use flush)' \
		list load deny /dev/null force
	run list load deny "$LIB_TMP/no-such-file"
	result "a file that does not exist is named" "$? $(cat "$err")" \
		"2 levee: cannot open \"$LIB_TMP/no-such-file\": No such file or directory"
	run list load deny "$LIB_TMP"
	result "a directory is named" "$? $(cat "$err")" "2 levee: $LIB_TMP: Is a directory"
}

test_many_wrong() {
	local n

	seq 1 1000 >"$feed"
	echo 192.0.2.1 >>"$feed"
	run list load deny "$feed"
	result "of many wrong lines, some are shown, and all are counted" \
		"$? $(wc -l <"$err") $(tail -n 2 "$err")" \
		"1 22 levee: $feed: 980 more lines are wrong
levee: $feed:$(wrong 1000 1001)"
	run list load deny "$feed" force
	result "with force, the others would be loaded" "$? $(tail -n 2 "$err")" \
		"2 levee: $feed: 1000 of 1001 lines are wrong and were left out
$not_loaded"
	printf 'list load deny %s\nlist x\n' "$feed" >"$LIB_TMP/batch"
	run -force -b "$LIB_TMP/batch"
	result "in a batch, a feed's lines are the feed's, and what follows is the batch's" \
		"$? $(grep -cE "^levee: $feed:(20:| 1000 of)" "$err") $(grep -F "$LIB_TMP/batch" "$err")" \
		"1 2 levee: $LIB_TMP/batch:2: list \"x\": no such command"
	head -c 300000 /dev/urandom | tr -d '\n' >"$feed"
	run list load deny "$feed"
	n=$?
	result "a line of 300 kB of anything is no problem" $n 1
}

# Half a million of each family take about a second, sanitizers aside.
test_million() {
	local start took

	awk 'BEGIN { for (i = 0; i < 500000; i++) {
		printf "%d.%d.%d.%d\n", 1 + int(i / 65536), int(i / 256) % 256, i % 256, i % 251
		printf "2001:db8:%x:%x::/64\n", int(i / 65536), i % 65536 } }' >"$feed"
	start=$(date +%s%3N)
	timeout 60 "$levee" list load deny "$feed" 2>"$err"
	result "a million lines are read" "$? $(cat "$err")" "2 $not_loaded"
	took=$(($(date +%s%3N) - start))
	check_between "in a few seconds, even on a busy machine" 0 20000 $took
}

test_list
test_comment
test_load
test_many_wrong
test_million
ktap_finish
