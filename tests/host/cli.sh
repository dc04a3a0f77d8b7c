#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says without a kernel module: help, and every usage error.
# It fails when bad input is taken, is not named, or ends with another status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

objects='hook, policy, limit, list, source, reflect, stats, table, flush, suggest, monitor, report, save, apply, diff, help'

test_help() {
	local object

	for object in hook policy limit list source reflect stats table flush suggest monitor report save apply diff; do
		says "Usage: levee" help "$object"
		says "Usage: levee" "$object" help
		cp "$out" "$LIB_TMP/help"
		run help "$object"
		check "both helps of $object are the same" cmp "$out" "$LIB_TMP/help"
		run help
		check "the general help names $object" grep -q "^  $object " "$out"
		check_fails "the help of $object fits into 80 columns" grep -E '.{81}' "$LIB_TMP/help"
	done
	says "Usage: levee [OPTIONS]" help
	says "Usage: levee [OPTIONS]" -h
	says "Usage: levee [OPTIONS]" -help
	says "Usage: levee [OPTIONS]" --help
	says "Usage: levee [OPTIONS]" help help
	says "levee " -V
	says "levee " -Version
	bad "\"frob\": no such object; expected one of: $objects" help frob
	bad '"x": nothing is expected after "hook"' help hook x
	bad '"x": nothing is expected after "help"' hook help x
	run
	result "without arguments, the usage goes to stderr" \
		"$? $(wc -c <"$out") $(head -c 12 "$err")" "1 0 Usage: levee"
}

test_options() {
	bad '"-x": unknown option; try levee -help' -x
	bad '"-": unknown option; try levee -help' -
	bad '"-js": unknown option; try levee -help' -js hook
	bad '-n must be followed by NETNS' -n
	bad '-netns must be followed by NETNS' -netns
	bad '-batch must be followed by FILE' -batch
	bad '-b is given twice' -b x -b y
	bad '-n is given twice' -n x -n y hook
	bad '-netns "": not a name' -n '' hook
	bad '-netns "..": not a name' -n .. hook
	bad '-netns: the name is too long' -n "$(printf 'x%.0s' {1..5000})" hook
	bad '-force is only for -batch' -f hook
	bad '"hook": no command may follow -batch FILE' -b x hook
	bad "\"frob\": no such object; expected one of: $objects" frob
	bad "\"hoo\": no such object; expected one of: $objects" hoo show
	bad "\"\": no such object; expected one of: $objects" ''
	good -j -p -s hook
	good -json -pretty -stats hook
	good --json --pretty --statistics hook
	run -n no-such-netns hook
	result "a network namespace that does not exist is named" "$? $(cat "$err")" \
		'2 levee: cannot open network namespace "/run/netns/no-such-netns": No such file or directory'
	run -n /dev/null hook
	result "a file that is no network namespace is named" "$? $(cat "$err")" \
		'2 levee: cannot enter network namespace "/dev/null": Invalid argument'
}

test_hook() {
	good hook
	good hook show
	good hook add dev lo
	good hook add prerouting
	good hook del dev lo
	good hook del prerouting
	bad 'hook "frob": no such command' hook frob
	bad 'hook "sho": no such command' hook sho
	bad 'hook "-j": no such command' hook -j
	bad '"x": nothing is expected after "show"' hook show x
	bad '"dev DEV" or "prerouting" is missing after "add"' hook add
	bad '"dev DEV" or "prerouting" is missing after "del"' hook del
	bad 'DEV is missing after "dev"' hook add dev
	bad '"eth0": expected "dev DEV" or "prerouting"' hook add eth0
	bad '"x": nothing is expected after "lo"' hook add dev lo x
	bad '"x": nothing is expected after "prerouting"' hook del prerouting x
	bad 'dev "": a device name has 1 to 15 characters' hook add dev ''
	bad 'dev "a234567890123456": a device name has 1 to 15 characters' \
		hook add dev a234567890123456
	run hook add dev no-such-dev
	result "a device that does not exist is named" "$? $(cat "$err")" \
		'2 levee: dev "no-such-dev": there is no such device'
}

test_limit() {
	local classes='expected one of: any, syn, tcp, udp, reflect, icmp, frag, other, tcp-stray'
	local class

	for class in any syn tcp udp reflect icmp frag other tcp-stray; do
		good limit set www $class rate 50/s
	done
	good limit
	good limit show
	good limit show www
	good limit set www syn per 24 burst 10 rate 1/h
	good limit del www syn
	good limit del www syn per 0
	good limit del www syn unit bits
	good limit del www syn per 24 unit packets
	good limit flush www
	bad 'limit "frob": no such command' limit frob
	bad 'POLICY is missing after "set"' limit set
	bad 'CLASS is missing after "www"' limit set www
	bad '"rate RATE" is missing after "syn"' limit set www syn
	bad '"rate RATE" is missing after "10"' limit set www syn burst 10
	bad 'POLICY is missing after "del"' limit del
	bad 'CLASS is missing after "www"' limit del www
	bad 'POLICY is missing after "flush"' limit flush
	bad '"x": nothing is expected after "www"' limit flush www x
	bad '"x": nothing is expected after "www"' limit show www x
	bad "class \"SYN\": $classes" limit set www SYN rate 50/s
	bad "class \"rate\": $classes" limit set www rate 50/s
	bad '"over": unknown keyword; expected one of: rate, burst, per, mark, ban, ban-unproven, fair, fair-per' limit set www syn over 50/s
	bad '"rate": unknown keyword; expected one of: unit, per' limit del www syn rate 50/s
	bad '"unit": unknown keyword; expected one of: rate, burst, per, mark, ban, ban-unproven, fair, fair-per' \
		limit set www syn rate 1mbit unit bits
	bad '"unit" must be followed by a value: packets or bits' limit del www syn unit
	bad '"unit" is given twice' limit del www syn unit bits unit bits
	for class in bit Bits '' 1; do
		bad "unit \"$class\": expected one of: packets, bits" limit del www syn unit "$class"
	done
	bad '"rate" is given twice' limit set www syn rate 50/s rate 50/s
	bad '"per" must be followed by a value: LEN[,LEN6]' limit set www syn rate 50/s per
}

test_rate() {
	local want='packets per second, minute, hour or day, as in 50/s, 20k/s or 100/m; or bits per second, as in 20mbit'
	local text

	for text in 1/s 50/s 20k/s 1M/s 100/m 5/h 1/d 5/10s 18446744073709551615/s; do
		good limit set www syn rate "$text"
	done
	for text in 50 20k 5M 0; do
		bad "rate \"$text\": per what? For packets per second write \"$text/s\"" \
			limit set www syn rate "$text"
	done
	for text in '' x /s 50/ 50/x 50/ss 50/S 50K/s 50m/s 50kk/s 1.5/s -1/s +1/s '5 /s' 5/0s \
		    5/86401s 5/1441m 5/4294967297s 18446744073709551616/s 18446744073709552k/s \
		    20mbit/s 20mbps 20Mb 20mibit -20mbit '20 mbit' 1e6bit; do
		bad "rate \"$text\": expected $want" limit set www syn rate "$text"
	done
	for text in 20mbit 1kbit 5gbit 20Mbit 20MBIT 400GBit 1tbit 2.5gbit 0.001mbit 1.000kbit \
		    1000bit 18446744073709551615bit; do
		good limit set www syn rate "$text"
	done
	for text in mbit .5mbit 5.mbit 1.2.3mbit 0.5bit 1.05bit 1.0005kbit \
		    18446744073709551616bit 18446744073.71gbit 99999999tbit; do
		bad "rate \"$text\": expected a whole number of bits per second, as in 20mbit or 2.5gbit" \
			limit set www syn rate "$text"
	done
	bad 'rate "0mbit": a rate in bits is at least 1kbit' limit set www syn rate 0mbit
	bad 'rate "0/s": a rate is at least 1 packet; for less than one per second use /m or /h' \
		limit set www syn rate 0/s
	for text in 1 100 20k 4294967295; do
		good limit set www syn rate 50/s burst "$text"
		good limit set www syn burst "$text" rate 1mbit
	done
	for text in 0 '' x -1 1.5 20kk 20K 4294967296 4294968k 5/s; do
		bad "burst \"$text\": expected a number from 1 to 4294967295 of packets, or bytes if the rate is in bits, as in 100 or 20k" \
			limit set www syn rate 50/s burst "$text"
	done
}

test_per() {
	local v4='the IPv4 source prefix length must be a number from 0 to 32, or none'
	local v6='the IPv6 source prefix length must be a number from 0 to 128, or none'
	local text

	for text in 0 24 32 none 24,56 none,64 24,none 0,0 32,128; do
		good limit set www syn rate 50/s per "$text"
	done
	for text in 33 64 x '' -1 none1 255 00000000000000000024x; do
		bad "per \"$text\": $v4" limit set www syn rate 50/s per "$text"
	done
	for text in 129 x '' 64,64; do
		bad "per \"32,$text\": $v6" limit set www syn rate 50/s per "32,$text"
	done
	bad 'per "none,none": none for both IPv4 and IPv6 would limit nothing' \
		limit set www syn rate 50/s per none,none
}

test_mark() {
	local text

	for text in 0 16 0x10 0xffffffff 4294967295 0x10/0xff 0/1 1/0x1 0xABCD/65535; do
		good limit set www syn rate 50/s mark "$text"
	done
	for text in '' x -1 +1 ' 1' 0x 4294967296 0x100000000 1/ /1 1/x 1/2/3 1.5 0x1g \
		    00000000000000000001; do
		bad "mark \"$text\": expected a number of 32 bits and what bits of the mark to set, as in 16, 0x10 or 0x10/0xff" \
			limit set www syn rate 50/s mark "$text"
	done
	bad 'mark "0x10/0xf": the mark has bits that its mask has not' \
		limit set www syn rate 50/s mark 0x10/0xf
	bad 'mark "0/0": the mask is empty' limit set www syn rate 50/s mark 0/0
	bad '"mark" must be followed by a value: MARK[/MASK]' limit set www syn rate 50/s mark
	bad '"mark" is given twice' limit set www syn mark 1 mark 2
}

test_source() {
	local sort

	good source
	good source show
	for sort in dropped passed would last first none; do
		good source show sort $sort
	done
	good source show limit 0 class udp policy www sort last
	bad 'source "policy": no such command' source policy www
	bad 'sort "bytes": expected one of: dropped, passed, would, last, first, none' \
		source show sort bytes
	bad 'limit "x": expected a number from 0 to 4294967295' source show limit x
	bad 'limit "-1": expected a number from 0 to 4294967295' source show limit -1
	bad 'limit "4294967296": expected a number from 0 to 4294967295' \
		source show limit 4294967296
	bad '"policy" must be followed by a value: POLICY' source show policy
	bad '"policy" is given twice' source show policy a policy b
	bad '"top": unknown keyword; expected one of: policy, class, sort, limit' source show top
}

test_table() {
	local slots='a number from 1024 to 268435456' sources='a number from 1 to 16777216'
	local text

	good table
	good table show
	for text in 1024 64k 1M 256M 268435456; do
		good table set slots "$text"
	done
	for text in 1 500 100k 16M 16777216; do
		good table set sources "$text"
	done
	good table set sources 1k slots 4M
	for text in 0 1023 1k 268435457 269M 4294967296 '' x -1 1.5M 4G 1m 64K 64kk; do
		bad "slots \"$text\": expected $slots, as in 64k or 4M" table set slots "$text"
	done
	for text in 0 16777217 17M 18446744073709551617 '' x -1 1/s; do
		bad "sources \"$text\": expected $sources, as in 500 or 100k" \
			table set sources "$text"
	done
	bad 'table "x": no such command' table x
	bad '"x": nothing is expected after "show"' table show x
	bad '"slots N" or "sources N" is missing after "set"' table set
	bad '"meters": unknown keyword; expected one of: slots, sources' table set meters 1M
	bad "\"slots\" must be followed by a value: $slots" table set slots
	bad "\"sources\" must be followed by a value: $sources" table set slots 1M sources
	bad '"slots" is given twice' table set slots 1M slots 2M
}

test_others() {
	good stats
	good -s stats show policy www
	bad '"x": unknown keyword; expected policy' stats show x
	bad 'stats "x": no such command' stats x
	for what in sources stats meters learned all; do
		good flush "$what"
	done
	bad 'what to forget is missing after "flush"' flush
	bad 'flush "x": expected one of: sources, stats, meters, learned, all' flush x
	bad '"stats": nothing is expected after "sources"' flush sources stats
	good save
	bad '"x": nothing is expected after "save"' save x
	bad 'save prints commands, not JSON; for JSON use table, policy, limit, list, hook or source show banned' -j save
}

# batch STATUS MESSAGE LINES [OPTIONS]: runs lines as a file, and on stdin.
batch() {
	local status=$1 message=$2 rc
	# shellcheck disable=SC2059 # it has escapes
	printf -- "$3" >"$LIB_TMP/batch"
	run "${@:4}" -b "$LIB_TMP/batch"
	rc=$?
	result "batch ${3@Q}: ${message%%$'\n'*}" "$rc $(cat "$err")" \
		"$status ${message//FILE/$LIB_TMP/batch}"
	timeout 10 "$levee" "${@:4}" -b - <"$LIB_TMP/batch" >"$out" 2>"$err"
	rc=$?
	result "the same on standard input" "$rc $(cat "$err")" "$status ${message//FILE/-}"
}

test_batch() {
	local again=$'\nlevee: FILE'

	batch 0 '' ''
	batch 0 '' '# nothing\n\n   \t\n  # really\nhelp # done'
	batch 0 '' 'help hook\n"help" '"'policy'"'\nhe""lp li\\mit\n'
	batch 0 '' 'help \\\n\\\n  hook\n'
	batch 1 'levee: FILE:3: hook "x": no such command' '\n#\nhook x\nhook y\n'
	batch 1 'levee: FILE:4: mode "x": expected one of: off, monitor, enforce' \
		'help\\\n hook\n\npolicy set www \\\n mode x\n'
	batch 1 'levee: FILE:1: policy "a b#": a name has only letters, digits, dots, dashes and underscores' \
		'policy show "a b"#\n'
	batch 1 'levee: FILE:1: policy "a\x": a name has only letters, digits, dots, dashes and underscores' \
		'policy show "a\\x"\n'
	batch 1 "levee: FILE:1: a quote is not closed, or a backslash ends the file" 'help "hook\n'
	# shellcheck disable=SC1003 # the backslash is meant
	batch 1 "levee: FILE:2: a quote is not closed, or a backslash ends the file" 'help\nhelp \\'
	batch 1 "levee: FILE:1: there is a NUL byte in this line" 'help \0 hook\n'
	batch 1 "levee: FILE:1: more than 64 words" "$(printf 'a %.0s' {1..65})"
	batch 1 "levee: FILE:1: \"-j\": no such object; expected one of: $objects (options stand before the object)" '-j hook\n'
	batch 2 "levee: FILE:1: ${not_loaded#levee: }" 'hook\nfrob\n'
	batch 1 "levee: FILE:1: flush \"x\": expected one of: sources, stats, meters, learned, all$again:3: ${not_loaded#levee: }" \
		'flush x\nhelp\nhook\n' -force
	batch 2 "levee: FILE:1: ${not_loaded#levee: }$again:2: flush \"x\": expected one of: sources, stats, meters, learned, all" \
		'hook\nflush x\n' -f
	batch 1 'levee: FILE:1: POLICY is missing after "set"' 'limit set\n'
	batch 0 '' '\357\273\277help\n'
	batch 1 'levee: FILE:2: "'$'\xef\xbb\xbf''help": no such object; expected one of: '"$objects" \
		'\357\273\277\n\357\273\277help\n'
	run -b "$LIB_TMP/no-such-file"
	result "a batch file that does not exist is named" "$? $(cat "$err")" \
		"2 levee: cannot open \"$LIB_TMP/no-such-file\": No such file or directory"
	for what in 'apply -' 'diff -' 'list load deny -'; do
		printf '%s\nx\n' "$what" | timeout 10 "$levee" -b - >"$out" 2>"$err"
		result "batch on standard input: $what" "$? $(cat "$err")" \
			'1 levee: -:1: "-": standard input is the batch; write the name of a file'
	done
	printf 'list load deny %s\n' "$LIB_TMP/no-such-file" >"$LIB_TMP/batch"
	run -b "$LIB_TMP/batch"
	result "in a batch, the line with a file that does not exist is named, too" "$? $(cat "$err")" \
		"2 levee: $LIB_TMP/batch:1: cannot open \"$LIB_TMP/no-such-file\": No such file or directory"
	run -b "$LIB_TMP"
	result "a directory as batch file is named" "$? $(cat "$err")" \
		"2 levee: $LIB_TMP: Is a directory"
	printf 'help "' >"$LIB_TMP/batch"
	head -c 300000 /dev/urandom | tr -d '\0\n' >>"$LIB_TMP/batch"
	run -b "$LIB_TMP/batch"
	result "a line of 300 kB of anything is no problem" $? 1
}

# All that is written to standard output may fail to arrive.
test_output() {
	timeout 10 "$levee" help >/dev/full 2>"$err"
	result "a full disk is an error" "$? $(cat "$err")" \
		"2 levee: cannot write the output: No space left on device"
	timeout 10 "$levee" help >&- 2>"$err"
	result "a closed standard output is an error" "$? $(cat "$err")" \
		"2 levee: cannot write the output: Bad file descriptor"
	# A pipe that nobody reads any more kills, or is reported by who ignores the signal.
	mkfifo "$LIB_TMP/pipe"
	exec {reader}<>"$LIB_TMP/pipe"
	exec {pipe}>"$LIB_TMP/pipe"
	exec {reader}<&-
	(trap '' PIPE; timeout 10 "$levee" help 1>&"$pipe" 2>"$err"; echo $? >"$out")
	exec {pipe}>&-
	result "a broken pipe is an error" "$(cat "$out" "$err")" \
		"2
levee: cannot write the output: Broken pipe"
	printf 'help\nhelp\n' | timeout 10 "$levee" -force -b - >/dev/full 2>"$err"
	result "a batch ends when its output cannot be written" "$? $(cat "$err")" \
		"2 levee: -:1: cannot write the output: No space left on device"
}

# limited OPTION NUMBER ARGS...: where the system gives no more than that.
limited() {
	local option=$1 number=$2
	shift 2
	(ulimit "$option" "$number" && timeout 10 "$levee" "$@") >"$out" 2>"$err"
}

test_system() {
	# As many as the dynamic linker needs, one of which the batch file takes.
	printf 'hook show\nhook add dev lo\n' >"$LIB_TMP/batch"
	limited -n 4 -force -b "$LIB_TMP/batch"
	result "no file descriptor for a socket, nor for the search for a device" "$? $(cat "$err")" \
		"2 levee: $LIB_TMP/batch:1: netlink: socket: Too many open files
levee: $LIB_TMP/batch:2: dev \"lo\": No such file or directory"
	if nm -D "$levee" 2>/dev/null | grep -q __asan_; then
		ktap_skip "a command that gets no memory" "sanitizers need more than it may have"
		return
	fi
	seq 1000000 | awk '{ printf "10.%d.%d.%d\n", $1 / 65536, $1 / 256 % 256, $1 % 256 }' |
		limited -v 30000 list load deny -
	result "a command that gets no memory" "$? $(sed 's/-:[0-9]*:/-:N:/' "$err")" \
		"2 levee: -:N: out of memory"
}

# names.c and the specification have to agree.
test_names() {
	/usr/bin/python3 -c 'import yaml' 2>/dev/null || {
		ktap_skip "names agree with levee.yaml" "no yaml module for Python"
		return
	}
	check "names agree with levee.yaml" /usr/bin/python3 - "$top" <<'PY'
import re, sys, yaml
top = sys.argv[1]
spec = yaml.safe_load(open(top + '/uapi/levee.yaml'))
text = open(top + '/tools/names.c').read()
have = dict(re.findall(r'\[(LEVEE_\w+)\] = "([^"]*)"', text))
want, may = {}, {}
up = lambda s: s.upper().replace('-', '_')
for d in spec['definitions']:
    if d['type'] == 'enum':
        for e in d['entries']:
            want[f"LEVEE_{up(d['name'])}_{up(e['name'])}"] = e['name']
sets = {s['name']: s for s in spec['attribute-sets']}
for op in spec['operations']['list']:
    for kind in ('do', 'dump'):
        for attr in op.get(kind, {}).get('request', {}).get('attributes', []):
            want[f"LEVEE_A_{up(op['attribute-set'])}_{up(attr)}"] = attr
sys.exit(0 if have == want else f'{set(have.items()) ^ set(want.items())}')
PY
}

test_help
test_options
test_hook
test_limit
test_rate
test_per
test_mark
test_source
test_table
test_others
test_batch
test_output
test_system
test_names
ktap_finish
