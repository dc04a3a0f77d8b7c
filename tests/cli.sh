#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command against the kernel: all that can be set is shown, saved and restored.
# It fails when an object differs between text, JSON and what was asked for, when
# the kernel's refusals do not reach the user, or a restored state is another one.
# TIMEOUT: 400
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/.." && pwd -P)
work=$LIB_TMP

# lv ARGS...: in the gateway; a command that hangs is an error.
lv() { timeout 30 ip netns exec "$gateway" levee "$@"; }

# refused NAME MESSAGE ARGS...: status 2, and the message.
refused() {
	local name=$1 message=$2 rc
	shift 2
	lv "$@" >"$work/out" 2>"$work/err"
	rc=$?
	check_eq "$name" "2 levee: $message" "$rc $(cat "$work/err" "$work/out")"
}

# dump_names ATTRIBUTE: what a refused dump adds; Linux 6.1 does not tell which it was.
dump_names() { [[ $(uname -r) == 6.1.* ]] || echo " ($1)"; }

# shows NAME TEXT ARGS...: status 0, and exactly this text.
shows() {
	local name=$1 text=$2
	shift 2
	check_eq "$name" "$text" "$(lv "$@" 2>&1; rc=$?; [ $rc -eq 0 ] || echo "status $rc")"
}

# matches NAME REGEX TEXT
matches() { check "$1" grep -E "$2" <<<"$3"; }

# shows_json NAME EXPR VALUE ARGS...
shows_json() {
	local name=$1 expr=$2 value=$3
	shift 3
	check_eq "$name" "$value" "$(lv -j "$@" | json "$expr")"
}

# Forgets all that was configured, as a fresh module would.
reset_config() {
	lv -j policy | json '" ".join(p["name"] for p in j)' | tr ' ' '\n' |
		sed '/^default$/d; s/^/policy del /' | lv -b -
	lv -j hook | json '"\n".join(h.get("ifname", "") for h in j)' |
		while read -r dev; do
			if [ -n "$dev" ]; then lv hook del dev "$dev"; else lv hook del prerouting; fi
		done 2>/dev/null
	lv -b - <<-'RESET'
	policy set default mode monitor
	limit flush default
	flush all
	RESET
	lv -j table | json '"table set slots %d sources %d" % (
		j["slots-default"], j["sources-max-default"])' | lv -b -
}

test_fresh() {
	shows "a fresh module has no hooks" "" hook
	shows_json "likewise in JSON" 'j' '[]' hook show
	shows_json "a fresh module has the default policy in mode monitor" \
		'[(p["name"], p["mode"], p["dst"]) for p in j]' '[["default", "monitor", []]]' policy
	shows_json "which has a limit for each class but any" \
		'" ".join(sorted(l["class"] for l in j))' \
		'frag icmp other reflect syn tcp udp' limit show default
	shows "a fresh module has no sources" "" source
	shows_json "likewise in JSON" 'j' '[]' source
	shows_json "likewise streamed" 'j' '[]' source show sort none
	shows_json "a fresh module has no meters" 'j["total"]["slots"]' 0 stats
	check_eq "and says that it sees nothing" \
		"levee: there is no hook: nothing is looked at; try: levee hook add dev DEV" \
		"$(lv stats 2>&1 >/dev/null)"
	check "policies are no secret" in_ns "$gateway" setpriv --reuid 65534 --clear-groups \
		--inh-caps=-all levee policy
}

test_hooks() {
	check "hook add dev" lv hook add dev eth0
	shows "hook show" "dev eth0" hook
	shows_json "hook show in JSON" '[(h["type"], h["ifname"], h["ifindex"]) for h in j]' \
		"[[\"device\", \"eth0\", $(dev_ifindex eth0)]]" hook
	refused "a hook that exists" "hook exists already" hook add dev eth0
	refused "prerouting besides a device" \
		"prerouting and device hooks together would judge packets twice" hook add prerouting
	refused "no such device" 'dev "nosuchdev": there is no such device' hook add dev nosuchdev
	in_ns "$client" ping -c 3 -i 0.1 -q "$SERVER4" >/dev/null
	matches "hook -s show counts" 'seen [1-9][0-9]* packets [1-9]' "$(lv -s hook)"
	check "hook del dev" lv hook del dev eth0
	refused "a hook that is gone" "no such hook" hook del dev eth0
	check "hook add prerouting" lv hook add prerouting
	shows "hook show prerouting" "prerouting" hook
	shows_json "and in JSON" '[sorted(h)[-1] + h["type"] for h in j]' '["typeprerouting"]' hook
	check "hook del prerouting" lv hook del prerouting
}

dev_ifindex() { in_ns "$gateway" cat "/sys/class/net/$1/ifindex"; }

test_policies() {
	reset_config
	check "policy add" lv policy add www dst 2001:db8::10,203.0.113.10,203.0.113.64/26
	shows "policy show NAME" "policy www mode monitor dst 203.0.113.10,203.0.113.64/26,2001:db8::10" \
		policy show www
	shows_json "policy show NAME in JSON" '[(d["addr"], d["len"]) for d in j[0]["dst"]]' \
		'[["203.0.113.10", 32], ["203.0.113.64", 26], ["2001:db8::10", 128]]' policy show www
	check "policy set mode" lv policy set www mode enforce
	shows_json "mode changed, destinations stayed" 'j[0]["mode"], len(j[0]["dst"])' \
		'["enforce", 3]' policy show www
	check "policy set dst" lv policy set www dst 203.0.113.11
	shows "destinations replaced, mode stayed" "policy www mode enforce dst 203.0.113.11" \
		policy show www
	check "policy set both" lv policy set www mode off dst 203.0.113.10
	shows "both changed" "policy www mode off dst 203.0.113.10" policy show www
	refused "a policy that exists" 'policy exists already (name "www")' \
		policy add www dst 192.0.2.1
	lv policy add other dst 192.0.2.1,203.0.113.10 2>"$work/err"
	check_eq "a prefix that is in use is refused" 2 $?
	matches "with a reason" '^levee: .*overlaps .*\(dst 203\.0\.113\.10\)$' \
		"$(cat "$work/err")"
	refused "a policy that is not there: show" "no such policy$(dump_names 'name "nope"')" \
		policy show nope
	refused "a policy that is not there: set" 'no such policy (name "nope")' \
		policy set nope mode off
	refused "a policy that is not there: del" 'no such policy (name "nope")' policy del nope
	refused "the default policy cannot be deleted" \
		'policy default is built in; set its mode to off instead (name "default")' \
		policy del default
	shows_json "what was refused changed nothing" '[p["name"] for p in j]' \
		'["default", "www"]' policy
	check "policy del" lv policy del www
	shows "nothing is left" "policy default mode monitor" policy
}

test_limits() {
	reset_config
	lv policy add www dst 203.0.113.10 mode off
	check "limit set" lv limit set www syn rate 50/s burst 100
	check "limit set, other lengths" lv limit set www syn rate 20k/s per 0
	check "limit set, one family" lv limit set www udp rate 100/m per none,48
	check "limit set, other period" lv limit set www any rate 5/10s burst 7 per 24
	shows "limit show" "www syn rate 50/s burst 100 per 32,64
www syn rate 20k/s burst 20k per 0
www udp rate 100/m burst 1 per none,48
www any rate 5/10s burst 7 per 24,64" limit show www
	shows "policy show has the limits" "policy www mode off dst 203.0.113.10
    limit syn rate 50/s burst 100 per 32,64
    limit syn rate 20k/s burst 20k per 0
    limit udp rate 100/m burst 1 per none,48
    limit any rate 5/10s burst 7 per 24,64" policy show www
	shows_json "limit show in JSON" \
		'[[l[k] for k in "policy class rate period burst per-v4 per-v6".split()] for l in j][2]' \
		'["www", "udp", 100, 60, 1, 255, 48]' limit show www
	check "limit set changes a limit that is there" lv limit set www syn rate 60/s burst 10
	shows_json "it did" 'len(j), j[0]["rate"], j[0]["burst"]' '[4, 60, 10]' limit show www
	check "limit del" lv limit del www syn per 0
	refused "a limit that is not there" 'no such limit (limit "www syn per 0" in packets)' \
		limit del www syn per 0
	refused "one of which most is left to defaults" \
		'no such limit (limit "www any per 32,64" in bits)' limit del www any unit bits
	refused "a limit of no policy: set" 'no such policy (policy "nope")' \
		limit set nope syn rate 1/s
	refused "a limit of no policy: show" "no such policy$(dump_names 'policy "nope"')" \
		limit show nope
	lv limit set www udp rate 18446744073709551615/s 2>"$work/err"
	check_eq "a rate that the kernel refuses names the rate" "2 (rate)" \
		"$? $(grep -o '([a-z]*)$' "$work/err")"
	check "limit flush" lv limit flush www
	shows "no limit is left" "" limit show www
}

test_rights() {
	local what
	local message="this needs CAP_NET_ADMIN in the user namespace that owns the network namespace (try: sudo levee ...)"

	for what in "hook add prerouting" "policy set default mode off" "table set slots 1M" \
		"flush all" "source"; do
		# shellcheck disable=SC2086 # words
		in_ns "$gateway" setpriv --reuid 65534 --clear-groups --inh-caps=-all \
			levee $what >"$work/out" 2>"$work/err"
		check_eq "a user may not: $what" "2 levee: Operation not permitted: $message" \
			"$? $(cat "$work/err")"
	done
}

# Something of everything that can be configured.
configure() {
	lv -b - <<-'CONFIG' || return
	table set sources 12345 slots 8000
	policy set default mode off
	limit set default syn rate 7/h
	policy add www dst 203.0.113.10,2001:db8::10 mode enforce
	policy add B-2_x.y dst 203.0.113.0/24,::/0,0.0.0.0/0
	policy add a dst 203.0.113.128/25 mode monitor
	limit set www any rate 100/m burst 7 per 0
	limit set www syn rate 50/s
	limit set www syn rate 20k/s per 24,48
	limit set www icmp rate 5/10s per none,128 # odd
	limit set www syn rate 1.5mbit per 24,48
	limit set a frag rate 1001bit burst 7 per 8,none
	limit set a frag rate 1/d per 8,none
	limit set a frag rate 3/3601s burst 1M per 0,64
	hook add dev eth1
	hook add dev eth0
	CONFIG
	in_ns "$gateway" ip link add "q'\"\\#\$é" type veth peer name plain-peer &&
	lv hook add dev "q'\"\\#\$é"
}

test_save() {
	local rc fresh

	fresh=$(lv save)
	shows "a fresh state is saved as commands that change nothing" "$fresh" save
	lv save | lv -b -
	shows "and restores itself" "$fresh" save
	reset_config
	check "the configuration to save is made" configure
	lv save >"$work/one"
	check_eq "save ends well" 0 $?
	matches "it begins with a comment" '^# ' "$(head -n 1 "$work/one")"
	check_eq "it has policies first, which a second batch is refused for" "policy add" \
		"$(grep -v '^#\|^$' "$work/one" | head -n 1 | cut -d ' ' -f -2)"
	check_eq "it has the tables' sizes" "table set slots 8192 sources 12345" \
		"$(grep '^table' "$work/one")"
	check_eq "it has every object" "4 9 3" \
		"$(grep -c '^policy' "$work/one") $(grep -c '^limit set' "$work/one") $(grep -c '^hook' "$work/one")"
	reset_config
	shows "everything is gone" "policy default mode monitor" policy
	check "what was saved can be restored" lv -b "$work/one"
	lv save >"$work/two"
	check "and is saved byte for byte as before" cmp "$work/one" "$work/two"

	lv -j policy | json '[(p["name"], p["mode"], p["dst"]) for p in j]' >"$work/json1"
	ip -n "$client" link add "q'\"\\#\$é" type dummy
	ip -n "$client" link add eth1 type dummy
	check "the other namespace restores it from standard input" \
		timeout 30 levee -n "$client" -batch - <"$work/one"
	timeout 30 levee -netns "/run/netns/$client" save >"$work/two"
	check "and has the same, by -netns and a path" cmp "$work/one" "$work/two"
	timeout 30 levee -n "$client" -b "$work/one" >"$work/out" 2>"$work/err"
	rc=$?
	check_eq "restoring over a policy that exists names file and line" \
		"2 levee: $work/one:$(grep -n -m 1 '^policy add' "$work/one" | cut -d: -f1): policy exists already (name \"B-2_x.y\")" \
		"$rc $(cat "$work/err")"
	timeout 30 levee -n "$client" -force -b "$work/one" 2>"$work/err"
	check_eq "with -force all others are tried too" "2 6" \
		"$? $(grep -c 'exists already' "$work/err")"
	ip -n "$client" link del eth1
	ip -n "$client" link del "q'\"\\#\$é"
	timeout 30 levee -n "$client" hook del dev eth0
	ip -n "$gateway" link del plain-peer
	shows_json "a hook goes with its device" 'len(j)' 2 hook
}

# prefixes COUNT: of both families.
prefixes() {
	seq "$1" | awk '{
		
		if (NR > 1)
			printf ","
		if ($1 % 2)
			printf "10.%d.%d.%d", $1 / 65536, $1 / 256 % 256, $1 % 256
		else
			printf "2001:db8:%x:%x::/64", $1 / 65536, $1 % 65536
	}'
}

test_large() {
	reset_config
	{ printf 'policy add large dst '; prefixes 65536; printf ' mode off\n'; } >"$work/large"
	check "a policy may have 65536 destinations" lv -b "$work/large"
	shows_json "and shows all of them" 'len(j[0]["dst"]), len(set(map(str, j[0]["dst"])))' \
		'[65536, 65536]' policy show large
	lv save >"$work/one"
	reset_config
	check "they can be restored" lv -b "$work/one"
	lv save >"$work/two"
	check "and are the same" cmp "$work/one" "$work/two"
	{ printf 'policy set large dst '; prefixes 65537; echo; } >"$work/large"
	lv -b "$work/large" 2>"$work/err"
	check_eq "one more is refused" \
		"2 levee: $work/large:1: a policy has at most 65536 destinations" "$? $(cat "$work/err")"
	{ printf 'policy set large dst '; prefixes 100000; echo; } >"$work/large"
	lv -b "$work/large" 2>"$work/err"
	check_eq "nor has a request for many more" \
		"1 levee: $work/large:1: too many prefixes for one request" "$? $(cat "$work/err")"
	lv save >"$work/two"
	check "what was refused has changed nothing" cmp "$work/one" "$work/two"
}

# Whoever reads while somebody else changes gets every policy that was there
# all the time, once.
test_churn() {
	local i bad=0 churn

	reset_config
	for i in {1..200}; do
		echo "policy add stays$i dst 10.1.$((i / 256)).$((i % 256))"
		for class in syn udp icmp; do
			echo "limit set stays$i $class rate 10/s"
		done
	done | lv -b - || ktap_note "cannot add policies"
	while :; do printf 'policy add z dst 10.9.9.9\npolicy del z\n'; done |
		ip netns exec "$gateway" levee -b - &
	churn=$!
	for i in {1..10}; do
		lv -j policy 2>>"$work/churn" | json '
(lambda names: len(names) - len(set(names)) or
 sum(n.startswith("stays") for n in names) - 200 or
 sum(len(p["limits"]) != 3 for p in j if p["name"].startswith("stays")))([p["name"] for p in j])' \
			>"$work/out"
		[ "$(cat "$work/out")" = 0 ] || bad=$((bad + 1))
	done
	kill "$churn"
	wait "$churn" 2>/dev/null
	check_eq "10 lists, read while policies came and went, are whole" 0 $bad
	[ -s "$work/churn" ] && ktap_note "$(sort "$work/churn" | uniq -c)"
	lv policy show >/dev/null
}

offend() {
	reset_config
	lv -b - <<-'CONFIG'
	policy add www dst 203.0.113.10,2001:db8:2::10
	limit set www icmp rate 1/m burst 5
	hook add dev eth0
	CONFIG
	in_ns "$client" ping -c 20 -i 0.02 -q "$SERVER4" >/dev/null
	in_ns "$client" ping -c 10 -i 0.02 -q "$SERVER6" >/dev/null
	lv policy set www mode enforce
	in_ns "$client" ping -c 4 -i 0.02 -W 1 -q "$SERVER6" >/dev/null
}

test_counters() {
	local get='(lambda s: [s["passed-packets"], sum(r["would-packets"] for r in s["reasons"]), sum(r["dropped-packets"] for r in s["reasons"])])([s for s in j["stats"] if s["class"] == "icmp"][0])'

	offend
	shows_json "stats count what passed, would have been dropped, and was" "$get" \
		'[10, 20, 4]' stats show policy www
	check_eq "and show it as text" "www icmp 10 20 4 24" \
		"$(lv stats show policy www | tail -n 1 | xargs)"
	check_eq "the head names the columns, but for reasons that there were none of" \
		"POLICY CLASS PASSED WOULD DROPPED LIMIT" \
		"$(lv stats show policy www | head -n 1 | xargs)"
	check_eq "-s shows every class and reason, and bytes" "8 15" \
		"$(lv -s stats show policy www | awk 'NR > 1 { n++; f = NF } END { print n, f }')"
	shows_json "the total has what was dropped" \
		'j["total"]["dropped-packets"], j["total"]["would-packets"]' '[4, 20]' stats
	check_eq "and shows it as text" "dropped 4 packets" \
		"$(lv stats | grep '^dropped' | xargs)"
	check_eq "-s limit show counts" "over 24 overflow 0" \
		"$(lv -s limit show www | grep -o 'over .*')"
	shows_json "source show sorts by what was and would have been dropped" \
		'[(s["prefix"]["addr"], s["prefix"]["len"], s["dropped-packets"], s["would-packets"]) for s in j]' \
		"[[\"$CLIENT4\", 32, 0, 15], [\"2001:db8:1::\", 64, 4, 5]]" source
	check_eq "likewise as text" "$CLIENT4 www icmp limit 0 15" \
		"$(lv source | sed -n 2p | awk '{ print $1, $2, $3, $4, $5, $6 }')"
	matches "text shows ages" '[0-9]+\.[0-9]s ago +[0-9]+\.[0-9]s ago$' \
		"$(lv source | sed -n 2p)"
	matches "-s shows the time" '20[0-9-]{8}T[0-9:.]{12}[+-][0-9]{4}$' \
		"$(lv -s source | sed -n 2p)"
	shows_json "times are in ns since the epoch" \
		'all(0 <= __import__("time").time_ns() - s["last-seen"] < 6e10 and s["first-seen"] < s["last-seen"] for s in j)' \
		True source
	shows_json "sort would" '[s["would-packets"] for s in j]' '[15, 5]' source show sort would
	shows_json "sort last" '[s["dropped-packets"] for s in j]' '[4, 0]' source show sort last
	shows_json "sort first" '[s["dropped-packets"] for s in j]' '[0, 4]' source show sort first
	shows_json "limit 1" '[s["would-packets"] for s in j]' '[15]' source show limit 1
	shows_json "limit 1 of what is streamed" 'len(j)' 1 source show sort none limit 1
	shows_json "limit 0" 'len(j)' 2 source show limit 0
	shows_json "class" 'len(j)' 0 source show class udp
	shows_json "policy and class" 'len(j)' 2 source show policy www class icmp
	check_eq "a stream that was cut does not disturb what follows" "1 2" \
		"$(printf 'source show sort none limit 1\nsource show sort none\n' | lv -j -b - |
		   /usr/bin/python3 -c 'import json, sys
print(*[len(json.loads(line)) for line in sys.stdin])')"
	check "flush sources" lv flush sources
	shows "no source is left" "" source
	check "flush stats" lv flush stats
	shows_json "no count is left" "$get" '[0, 0, 0]' stats show policy www
	shows_json "nor of a limit" '[l["over-packets"] for l in j]' '[0]' limit show www
	in_ns "$client" ping -c 2 -i 0.02 -W 1 -q "$SERVER4" >/dev/null
	shows_json "meters stayed" "$get" '[0, 0, 2]' stats show policy www
	check "flush meters" lv flush meters
	in_ns "$client" ping -c 2 -i 0.02 -W 1 -q "$SERVER4" >/dev/null
	shows_json "meters are gone" "$get" '[2, 0, 2]' stats show policy www
}

# FILES in levee(8) names the columns of each file in /proc/net/levee, in order.
test_proc() {
	local file

	for file in hooks policies stats sources; do
		sed -n "/net\/levee\/$file\$/,/^\.\(TP\|SH\)/p" "$top/tools/man/levee.8" |
			sed -n 's/^\.BR\? \([a-z0-9_]*\)\( [,.]\)\?$/\1/p' | xargs >"$work/columns"
		check_eq "levee(8) has the columns of $file" \
			"$(in_ns "$gateway" head -n 1 "/proc/net/levee/$file")" "$(cat "$work/columns")"
	done
}

# The examples of the manual page, in their order.
test_examples() {
	local line n=0

	reset_config
	lv limit set default icmp rate 100/s
	sed -n '/^\.SH EXAMPLES/,/^\.SH FILES/p' "$top/tools/man/levee.8" |
		sed -n '/^\.EX/,/^\.EE/p' | sed '/^\./d; s/\\-/-/g' >"$work/examples"
	while read -r line; do
		n=$((n + 1))
		if [ "$line" = "modprobe levee" ]; then
			reset_config
		else
			check "levee(8): $line" timeout 30 ip netns exec "$gateway" \
				sh -c "${line//\/etc\//$work\/}"
		fi
	done <"$work/examples"
	check_between "the manual page has examples" 15 60 $n
	shows "they clean up" "" hook
}

topo_gateway
test_fresh
test_hooks
test_policies
test_limits
test_rights
reset_config
test_save
test_large
test_churn
test_counters
test_proc
test_examples
ktap_finish
