#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The lists allow and deny. It fails when a listed source is judged otherwise than its list
# and the policy's mode say, when a prefix acts after its timeout or is not given back, when
# a list is replaced in more than one step, when a wrong line is loaded or not named, or
# when what is shown or saved is not what was added.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
top=${here%/*}
work=$LIB_TMP
nobody=65534
MANY=20000

# refused NAME STATUS MESSAGE ARGS...: and nothing has changed.
refused() {
	local name=$1 status=$2 message=$3 before rc
	shift 3
	before=$(saved)
	gw_levee "$@" >"$work/out" 2>&1
	rc=$?
	check_eq "$name" "$status levee: $message" "$rc $(cat "$work/out")"
	check_eq "and has changed nothing" "$before" "$(saved)"
}

# What save says of lists, but for the time that passes.
saved() { gw_levee save | grep '^list add' | sed 's/timeout [0-9]*[a-z]/timeout T/'; }

# listed LIST COLUMN: of /proc/net/levee/lists.
listed() {
	in_ns "$gateway" awk -v list="$1" -v name="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == list { print $column[name] }' /proc/net/levee/lists
}
is_listed() { [ "$(listed "$1" prefixes)" = "$2" ]; }

verdict() { gw_levee list test "$1" | sed -n 's/^verdict  //p'; }
is_verdict() { [ "$(verdict "$1")" = "$2" ]; }

# ---- what is in them ----

test_empty() {
	check_eq "the lists are empty at first" "[]" "$(gw_levee -j list)"
	check_eq "and are shown as nothing" "" "$(gw_levee list show)"
	check_eq "save says nothing about them" "" "$(gw_levee save | grep '^list add')"
	check_eq "they take no memory" "0 0 0 0" "$(listed allow prefixes) $(listed deny prefixes) \
$(listed allow bytes) $(listed deny bytes)"
	check_eq "an address is in neither" "verdict  none
allow    no prefix matches
deny     no prefix matches" "$(gw_levee list test 192.0.2.7)"
	check_eq "likewise as JSON" "{}" "$(gw_levee -j list test 2001:db8::1)"
	check "what is empty can be flushed" gw_levee list flush deny
}

test_change() {
	check "prefixes are added" gw_levee list add deny 192.0.2.0/24,198.51.100.7,2001:db8:9::/48
	check "with a timeout and a comment" gw_levee list add allow 192.0.2.64/26 \
		timeout 1h comment "a partner's \"own\" # net: Börse"
	check_eq "they are shown" 'LIST PREFIX TIMEOUT COMMENT
allow 192.0.2.64/26 1h a partner'"'s \"own\" # net: Börse
deny 192.0.2.0/24 -
deny 198.51.100.7 -
deny 2001:db8:9::/48 -" \
		"$(gw_levee list | sed 's/  */ /g; s/ 59m..s / 1h /; s/ 1h00m / 1h /' |
			{ read -r head; echo "$head"; LC_ALL=C sort; })"
	check_eq "as JSON, of one list" \
		'[["deny", "192.0.2.0", 24], ["deny", "198.51.100.7", 32], ["deny", "2001:db8:9::", 48]]' \
		"$(gw_levee -j list show deny |
			json 'sorted([e["list"], e["prefix"]["addr"], e["prefix"]["len"]] for e in j)')"
	check_eq "with timeout and comment" "True a partner's \"own\" # net: Börse" \
		"$(gw_levee -j list show allow |
			json 'str(3500 < j[0]["timeout"] <= 3600) + " " + j[0]["comment"]')"
	check_eq "the longest prefix is found, in each list" "verdict  allow
allow    192.0.2.64/26 comment x
deny     192.0.2.0/24" "$(gw_levee list test 192.0.2.65 | sed 's/ timeout.*/ comment x/')"
	check "with what is left of its time" grep -qE '^allow .* timeout (1h00m|59m[0-9]{2}s) comment' \
		<<<"$(gw_levee list test 192.0.2.65)"
	check_eq "and as JSON" "deny 48" \
		"$(gw_levee -j list test 2001:db8:9::1 | json 'j["list"] + " " + str(j["deny"]["prefix"]["len"])')"
	check "one that is there gets the new timeout and comment" \
		gw_levee list add allow 192.0.2.64/26 comment other
	check_eq "and is there once" '[{"list": "allow", "prefix": {"addr": "192.0.2.64", "len": 26}, "comment": "other"}]' \
		"$(gw_levee -j list show allow | json j)"
	check_eq "/proc counts them" "1 1 0 0, 3 2 1 0" \
		"$(for list in allow deny; do
			for column in prefixes ipv4 ipv6 timed; do listed $list $column; done |
				xargs; done | paste -sd , | sed 's/,/, /')"
	gw_levee list add deny 198.51.100.9 comment "it's" timeout 2d
	check_eq "save gives them back, sorted" "list add allow 192.0.2.64/26 comment other
list add deny 192.0.2.0/24,198.51.100.7
list add deny 198.51.100.9 timeout T comment 'it'\\''s'
list add deny 2001:db8:9::/48" \
		"$(saved)"
	gw_levee save | grep '^list add' >"$work/saved"
	check "one is deleted" gw_levee list del deny 198.51.100.9
	check_eq "and only that" "2 1" "$(listed deny ipv4) $(listed deny ipv6)"
	gw_levee list flush deny
	gw_levee list flush allow
	check "what was saved is taken back" gw_levee -b "$work/saved"
	check_eq "as it was" "$(sed 's/timeout [0-9]*[a-z]/timeout T/' "$work/saved")" "$(saved)"
	gw_levee list flush allow
	gw_levee list flush deny
}

test_refuse() {
	gw_levee list add deny 192.0.2.0/24
	refused "a prefix that is not there" 2 \
		'no such prefix in the list (entry 192.0.2.0/25)' list del deny 192.0.2.0/24,192.0.2.0/25
	refused "a prefix of the other list" 2 \
		'no such prefix in the list (entry 192.0.2.0/24)' list del allow 192.0.2.0/24
	gw_levee list flush deny
}

# ---- what they do ----

# count REASON: what the policy www dropped, and would have dropped, for it.
count() {
	in_ns "$gateway" awk -v reason="$1" '$1 == "www" && $4 == reason { n[$3] += $5 }
		END { print n["dropped"] + 0, n["would"] + 0 }' /proc/net/levee/stats
}

# pings ADDRESS: how many of four are answered.
pings() {
	in_ns "$client" ping -q -c 4 -i 0.01 -W 0.5 "$1" | sed -n 's/.* \([0-9]*\) received.*/\1/p'
}

# verdicts NAME ANSWERED DROPPED WOULD: with a fresh burst, of both families.
verdicts() {
	local family server

	for family in 4 6; do
		server=SERVER$family
		gw_levee flush all
		check_eq "$1 (IPv$family)" "$2: $3 $4" "$(pings "${!server}"): $(count deny)"
	done
}

test_traffic() {
	gw_levee -b - <<-END
	hook add dev eth0
	policy add www dst $SERVER4,$SERVER6 mode enforce
	limit set www icmp rate 1/h burst 2
	END
	check_eq "a source in no list meets the limit" 2 "$(pings $SERVER4)"
	gw_levee list add deny $CLIENT4/31,2001:db8:1::/64
	verdicts "one in deny is dropped" 0 4 0
	check_eq "and leaves no record" "[]" "$(gw_levee -j source show)"
	gw_levee policy set www mode monitor
	verdicts "in mode monitor it would be" 4 0 4
	gw_levee policy set www mode off
	verdicts "in mode off it passes" 4 0 0
	gw_levee policy set www mode enforce
	gw_levee list add allow 192.0.2.0/24,2001:db8:1::2
	verdicts "allow wins over deny, and over the limit" 4 0 0
	gw_levee list flush allow
	verdicts "without it, deny drops again" 0 4 0
	gw_levee list flush deny
	verdicts "an empty list does nothing" 2 0 0
}

test_timeout() {
	gw_levee list add deny $CLIENT4 timeout 2s
	gw_levee list add allow 2001:db8:1::2 timeout 1s comment "for a moment"
	gw_levee list add deny 203.0.113.7
	check_eq "it is denied" "deny 2" "$(verdict $CLIENT4) $(listed deny prefixes)"
	check "until it expires" busywait 20000 is_verdict $CLIENT4 none
	gw_levee flush all
	check_eq "then it passes at once" "2: 0 0" "$(pings $SERVER4): $(count deny)"
	check_eq "and is shown no more" "203.0.113.7" \
		"$(gw_levee list show | awk 'NR > 1 { print $2 }')"
	refused "nor deleted" 2 "no such prefix in the list (entry $CLIENT4)" \
		list del deny $CLIENT4
	check "its memory is given back" busywait 30000 is_listed deny 1
	check "that of a whole list, too" busywait 30000 is_listed allow 0
	check_eq "which then takes none" 0 "$(listed allow bytes)"
	gw_levee list flush deny
}

# ---- feeds ----

# feed COUNT [FIRST]: prefixes, half IPv4 and half IPv6, all different.
feed() {
	awk -v n="$1" -v first="${2-0}" 'BEGIN {
		for (i = first; i < first + n / 2; i++) {
			printf "198.%d.%d.%d\n", 18 + int(i / 65536), int(i / 256) % 256, i % 256
			printf "2001:db8:%x:%x::/64\n", 4096 + int(i / 65535), i % 65535 + 1
		}
	}'
}

test_load() {
	cat >"$work/feed" <<-'END'
	# a feed
	192.0.2.0/24

	198.51.100.1 ; SBL1
	  2001:db8::/32	timeout 1h comment "two words" # more
	198.51.100.1 comment again
	END
	printf '203.0.113.5\r\n203.0.113.6' >>"$work/feed"
	check "a feed is loaded" gw_levee list load deny "$work/feed"
	check_eq "what was loaded is told" \
		"deny: 5 prefixes loaded, 4 IPv4 and 1 IPv6; 1 was there twice" "$(cat "$work/check")"
	check_eq "in JSON, too" '{"list": "deny", "prefixes": 5, "ipv4": 4, "ipv6": 1, "repeated": 1}' \
		"$(gw_levee -j list load deny "$work/feed" | json j)"
	check_eq "of two lines about a prefix, the last counts" again \
		"$(gw_levee -j list test 198.51.100.1 | json 'j["deny"]["comment"]')"
	printf '192.0.2.9\n192.0.2.1/24\nfoo\n192.0.2.8 until 5\n\n192.0.2.7 timeout 0\n' >"$work/bad"
	refused "wrong lines are named, and nothing is loaded" 1 \
		"$work/bad:2: prefix \"192.0.2.1/24\": the address has bits set beyond the prefix length; did you mean \"192.0.2.0/24\"?
levee: $work/bad:3: prefix \"foo\": not an address or prefix; expected something like 203.0.113.0/24 or 2001:db8::/32
levee: $work/bad:4: \"until\": unknown keyword; expected one of: timeout, comment
levee: $work/bad:6: timeout \"0\": expected a time from 1s to 49710d, as in 90s, 10m, 1h or 7d
levee: $work/bad: 4 of 6 lines are wrong; nothing was changed (with force, the others are loaded)" \
		list load deny "$work/bad"
	gw_levee list load deny - force <"$work/bad" >"$work/out" 2>&1
	check_eq "with force, the others are loaded" \
		"0 levee: -: 4 of 6 lines are wrong and were left out
deny: 1 prefix loaded, 1 IPv4 and 0 IPv6" "$? $(tail -n 2 "$work/out")"
	check_eq "in the place of the list before" "192.0.2.9" \
		"$(gw_levee list show | awk 'NR > 1 { print $2 }')"
	: >"$work/nothing"
	refused "an empty file" 1 \
		"$work/nothing: there is no prefix in it; nothing was changed (to empty the list, use flush)" \
		list load deny "$work/nothing"
	gw_levee list flush deny
}

# What the module holds in vmalloc, and that many entries are gone.
vmalloc_bytes() { awk '/levee_(map|vzalloc|list).*\[levee\]/ { n += $2 } END { print n + 0 }' /proc/vmallocinfo; }
has_vmalloc() { [ "$(vmalloc_bytes)" -le "$1" ]; }

test_many() {
	local before

	before=$(vmalloc_bytes)
	feed $MANY >"$work/feed"
	check "$MANY prefixes are loaded" gw_levee list load deny "$work/feed"
	check_eq "they are all there" "$MANY $((MANY / 2))" "$(listed deny prefixes) $(listed deny ipv6)"
	check_eq "and all shown" $MANY "$(gw_levee list show | tail -n +2 | sort -u | wc -l)"
	check_eq "those that should be" "" \
		"$(gw_levee list show | awk 'NR > 1 { print $2 }' | sort | comm -3 - <(sort "$work/feed"))"
	check_between "a prefix takes as much memory as the manual says" 50 100 \
		$(($(listed deny bytes) / MANY))
	check "one more is added" gw_levee list add deny 192.0.2.99
	check_eq "and found" "deny deny none" \
		"$(verdict 192.0.2.99) $(verdict 198.18.1.1) $(verdict 192.0.2.98)"
	check "another feed takes its place" gw_levee list load deny - < <(feed 2000 5000)
	check_eq "whole" "2000 none deny" \
		"$(listed deny prefixes) $(verdict 192.0.2.99) $(verdict 198.18.20.1)"
	gw_levee list flush deny
	check "and all memory is given back" busywait 20000 has_vmalloc "$before"
}

# The client is in every list that is loaded: not one of its packets may pass meanwhile.
test_replace() {
	local i bad=0

	{ feed 3000; echo $CLIENT4; } >"$work/one"
	{ feed 3000 7000; echo 192.0.2.0/28; } >"$work/two"
	gw_levee list load deny "$work/one" >/dev/null
	gw_levee flush all
	# No function: the signal that ends it is for the program.
	ip netns exec "$client" ping -q -i 0.002 -w 120 $SERVER4 >"$work/ping" &
	for i in 1 2 3 4 5 6; do
		gw_levee list load deny "$work/two" && gw_levee list add deny $CLIENT4 &&
		gw_levee list load deny "$work/one" || bad=1
	done >/dev/null
	kill -INT $!
	wait $!
	check_eq "lists are replaced under traffic" 0 $bad
	check_eq "and not one packet sees anything between" " 0 received" \
		"$(grep -o ' [0-9]* received' "$work/ping")"
	check "while many tried" test "$(count deny | cut -d ' ' -f 1)" -gt 20
	gw_levee list flush deny
}

# A list is made by one socket, and seen by nobody else before it is committed.
config_story() {
	local what

	what=$(sed -n 's/.*LEVEE_CONFIG_WHAT_DENY = \([0-9]*\),/\1/p' "$top/uapi/linux/levee.h")
	cat <<-END
	a commit : this socket makes no configuration
	a abort : this socket makes no configuration
	a begin : what to replace is missing
	a begin 0 : nothing to replace
	a begin $what : ok
	a begin $what : this socket makes a configuration already
	b add 192.0.2.1 : ok
	a add 192.0.2.2 : ok
	? 192.0.2.1 : deny
	? 192.0.2.2 : none
	a commit : ok
	? 192.0.2.1 : none
	? 192.0.2.2 : deny
	a begin $what : ok
	a add 192.0.2.3 : ok
	a abort : ok
	? 192.0.2.2 : deny
	? 192.0.2.3 : none
	a begin $what : ok
	a add 192.0.2.1.0 : an address has 4 or 16 bytes
	a commit : a command of this configuration was refused
	? 192.0.2.2 : deny
	a begin $what : ok
	a add 192.0.2.4 : ok
	a close :
	a commit : this socket makes no configuration
	b begin $what : ok
	b flush : ok
	? 192.0.2.2 : deny
	b commit : ok
	? 192.0.2.2 : none
	$(for i in 1 2 3 4 5 6 7 8; do echo "$i begin $what : ok"; done)
	9 begin $what : 8 configurations are being made already
	8 close :
	9 begin $what : ok
	END
}

test_config() {
	local request wanted got

	mkfifo "$work/requests" "$work/replies"
	in_ns "$gateway" /usr/bin/python3 "$here/config.py" <"$work/requests" >"$work/replies" &
	exec 4>"$work/requests" 5<"$work/replies"
	while IFS=: read -r -u 3 request wanted; do
		got=''
		request=${request% }
		case $request in
		'?'*) got=$(verdict "${request#\? }") ;;
		*close*) echo "$request" >&4 ;;
		*) echo "$request" >&4; read -r -u 5 got ;;
		esac
		check_eq "sockets: $request" "${wanted# }" "$got"
	done 3< <(config_story)
	exec 4>&- 5<&-
	wait
}

as_container() {
	in_ns "$gateway" setpriv --reuid="$nobody" --regid="$nobody" --clear-groups \
		unshare -Urn "$@"
}

test_container() {
	feed 65538 >"$work/feed"
	chmod 755 "$work"
	cat >"$work/commands" <<-END
	head -n 65537 $work/feed | levee list load allow -
	head -n 65536 $work/feed | levee list load allow -
	levee list add allow 192.0.2.1
	levee list add allow 198.18.0.0 timeout 1h
	levee list del allow 198.18.0.0
	levee list add allow 192.0.2.1
	sed -n 's/^allow \([0-9]*\) .*/\1/p' /proc/net/levee/lists
	END
	check_eq "a container has a list of 65536 prefixes, and no larger one" \
		"levee: a list has at most 4194304 prefixes, in a container 65536
allow: 65536 prefixes loaded, 32768 IPv4 and 32768 IPv6
levee: a list has at most 4194304 prefixes, in a container 65536
65536" "$(as_container bash "$work/commands" 2>&1)"
}

topo_gateway
test_empty
test_change
test_refuse
test_traffic
test_timeout
test_load
test_many
test_replace
test_config
if as_container true 2>/dev/null; then
	test_container
else
	ktap_skip "lists of a container" "ordinary users get no user namespaces here"
fi
gw_levee policy del www
check "no hook is left" gw_levee hook del dev eth0
ktap_finish
