#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What apply and diff say of files without a kernel module. It fails when a wrong file is
# taken, when a message does not name file, line and word, or when one error hides others.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

parts='expected one of: table set, policy add, policy set, limit set, limit del, limit flush, list add, list flush, source ban, reflect set, hook add'

# file TEXT STATUS MESSAGES: of apply and of diff; the messages without "levee: FILE".
file() {
	local command rc

	printf '%b' "$1" >"$LIB_TMP/conf"
	for command in apply diff; do
		run "$command" "$LIB_TMP/conf"
		rc=$?
		[ -s "$out" ] && rc="$rc and output"
		result "$command '${1:0:60}': ${3:0:100}" \
			"$rc $(sed "s|^levee: $LIB_TMP/conf:||" "$err")" "$2 $3"
		timeout 10 "$levee" "$command" - <"$LIB_TMP/conf" >"$out" 2>"$err"
		rc=$?
		result "the same on standard input" "$rc $(sed 's/^levee: -://' "$err")" "$2 $3"
	done
}

# whole TEXT: right as far as that can be told here.
whole() { file "$1" 2 "$not_loaded"; }

test_words() {
	local command rc

	bad 'FILE is missing after "apply"' apply
	bad 'FILE is missing after "diff"' diff
	bad '"x": nothing is expected after "f"' apply f x
	bad '"x": nothing is expected after "f"' diff f x
	bad '"x": nothing is expected after "help"' apply help x
	says 'Usage: levee apply FILE' apply help
	says 'Usage: levee diff FILE' help diff
	says 'Usage: levee save' save help
	good save without lists
	good save without bans lists
	bad '"lists" or "bans" is missing after "without"' save without
	bad 'without "x": expected one of: lists, bans' save without lists x
	bad '"bans" is given twice' save without bans bans
	bad '"lists": nothing is expected after "save"' save lists
	says 'Usage: levee apply FILE' apply --help
	says 'Usage: levee diff FILE' diff -h
	for command in apply diff 'list load deny'; do
		# shellcheck disable=SC2086 # words
		bad '"-x": options stand before the object; for a file of that name, write "./-x"' $command -x
		printf 'x' >"$LIB_TMP/-x"
		# shellcheck disable=SC2086 # words
		(cd "$LIB_TMP" && run $command -- -x)
		rc=$?
		check_eq "$command: behind -- a name may begin with a dash" "1 levee: -x:1: \"x\": not " \
			"$rc $(head -n 1 "$err" | sed 's/prefix //; s/\(: not \).*/\1/')"
	done
	run apply "$LIB_TMP/none"
	result "a file that is not there" "$? $(cat "$err")" \
		"2 levee: cannot open \"$LIB_TMP/none\": No such file or directory"
	run diff "$LIB_TMP"
	result "a directory" "$? $(cat "$err")" "2 levee: $LIB_TMP: Is a directory"
}

test_files() {
	file '' 1 ' there is no command in it; nothing was changed'
	file '# nothing\n\n' 1 ' there is no command in it; nothing was changed'
	file 'policy add a dst 192.0.2.1 proto tcp dport 80\nlimit set a frag rate 1/s\nlimit set a any rate 1/s' 2 \
		"2: warning: limit \"a frag\": no such packet can match this policy
$not_loaded"
	file 'policy add a proto udp,icmp challenge above 1k/s\nlimit set a tcp-stray rate 1/s\nlimit set a reflect rate 1/s' 2 \
		"1: warning: challenge of policy \"a\": no SYN can match this policy
2: warning: limit \"a tcp-stray\": no such packet can match this policy
$not_loaded"
	whole 'policy add a proto tcp challenge above 1k/s\npolicy add b proto icmp\nlimit set b reflect rate 1/s'
	whole 'policy add www dst 192.0.2.1 \\\n mode off # why\nlimit set www syn rate 5/s\n'
	whole 'limit flush default\nlimit set default any rate 1mbit\nlimit set default any rate 5/s'
	whole 'policy set default mode off\ntable set slots 4k sources 7\nhook add prerouting\n'
	file 'show' 1 "1: \"show\": not part of a configuration; $parts"
	file '\npolicy del www' 1 "2: \"policy del\": not part of a configuration; $parts"
	file 'save\nhelp\napply x' 1 "1: \"save\": not part of a configuration; $parts
2: \"help\": not part of a configuration; $parts
3: \"apply x\": not part of a configuration; $parts"
	file 'hook add' 1 "1: \"dev DEV\" or \"prerouting\" is missing after \"add\""
	file 'hook add dev nosuchdev0\nhook add dev ""' 2 '1: dev "nosuchdev0": there is no such device
2: dev "": a device name has 1 to 15 characters'
	file 'policy add www dst 192.0.2.1/24\npolicy add www dst x\n' 1 \
		"$(said policy add www dst 192.0.2.1/24 | sed 's/^/1: /')
$(said policy add www dst x | sed 's/^/2: /')"
	file 'policy add a dst 192.0.2.1 \\\nmode off\n\nlimit set a syn rate 0/s\n"' 1 \
		"$(said limit set a syn rate 0/s | sed 's/^/4: /')
5: a quote is not closed, or a backslash ends the file"
	file 'help \0 hook\n' 1 '1: there is a NUL byte in this line'
}

# said ARGS...: the message of a command line that is wrong.
said() {
	run "$@"
	sed 's/^levee: //' "$err"
}

test_once() {
	file 'policy add a dst 192.0.2.1\n\npolicy add a proto udp' 1 '3: policy "a": line 1 is about it already'
	file 'policy add a dst 192.0.2.1\npolicy set a mode off' 1 '2: policy "a": line 1 is about it already'
	file 'policy set a mode off' 1 '1: policy "a": no line before adds it'
	file 'limit set a syn rate 5/s\npolicy add a proto udp' 1 '1: policy "a": no line before adds it'
	file 'limit set default syn rate 5/s\nlimit set default syn rate 6/m' 1 \
		'2: limit "default syn per 32,64" in packets: line 1 is about it already'
	file 'limit set default syn rate 5mbit per 24\nlimit del default syn unit bits per 24' 1 \
		'2: limit "default syn per 24,64" in bits: line 1 is about it already'
	file 'limit set default syn rate 5/s\nlimit flush default' 1 \
		'2: limit flush "default": it would delete what line 1 sets'
	file 'limit flush default\nlimit flush default' 1 \
		'2: limit flush "default": line 1 is about it already'
	file 'limit flush a' 1 '1: policy "a": no line before adds it'
	file 'hook add prerouting\nhook add prerouting' 1 '2: hook prerouting: line 1 is about it already'
	file 'table set slots 4k\ntable set sources 6' 1 '2: table: line 1 is about it already'
	file 'list add deny 192.0.2.1\nlist flush deny' 1 \
		'2: list flush "deny": it would delete what line 1 adds'
	file 'list flush allow\nlist flush allow' 1 '2: list flush "allow": line 1 is about it already'
	whole 'list flush deny\nlist add deny 192.0.2.1\nlist add deny 192.0.2.2,192.0.2.3\nlist flush allow'
	file 'source ban 192.0.2.1\nsource ban 192.0.2.1/32 timeout 5' 1 \
		'2: source ban "192.0.2.1": line 1 is about it already'
	file 'list add allow 10.9.0.0/24 timeout 1h\nlist add allow 10.8.0.0/24,10.9.0.0/24 comment x' 1 \
		'2: list allow "10.9.0.0/24": line 1 is about it already'
	whole 'list add allow 10.9.0.0/24\nlist add deny 10.9.0.0/24'
	whole 'source ban 192.0.2.1\nhook add prerouting\nsource ban 192.0.2.0/24 timeout 5'
	file "$(printf 'x\\n%.0s' {1..30})" 1 "$(for i in {1..20}; do
		echo "$i: \"x\": not part of a configuration; $parts"; done)
20: further errors are not shown"
}

# As large as one will be.
test_size() {
	local i

	for i in {1..4000}; do
		echo "policy add p$i dst 198.18.$((i / 250)).$((i % 250))"
		echo "limit set p$i any rate $i/s"
		echo "limit set p$i syn rate $i/m per 24"
	done >"$LIB_TMP/large"
	run apply "$LIB_TMP/large"
	result "4000 policies" "$? $(cat "$err")" "2 $not_loaded"
	{
		printf 'policy add a dst 198.18.0.0'
		for i in {1..30000}; do printf ',10.%d.%d.0' $((i / 250)) $((i % 250)); done
	} >"$LIB_TMP/large"
	run apply "$LIB_TMP/large"
	result "30,000 destinations" "$? $(cat "$err")" "2 $not_loaded"
	for i in {1..80000}; do printf ',2001:db8:%x:%x::/64' $((i / 65536)) $((i % 65536)); done >>"$LIB_TMP/large"
	run apply "$LIB_TMP/large"
	result "more than a request has room for" "$? $(cat "$err")" \
		"1 levee: $LIB_TMP/large:1: too many prefixes for one request"
}

test_words
test_files
test_once
test_size
for file in "$top"/tools/examples/*.conf; do
	whole "$(grep -v '^hook' "$file")"
done
ktap_finish
