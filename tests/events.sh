#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What levee monitor tells: attacks that begin and end, a full table, a lost hook. It fails
# when an event is missing, comes late, twice, in another order or with other numbers than
# the counters; when a few eager clients are an attack; when a flood of sources or of events
# floods the listener; or when an event that was not sent is not told of.
# TIMEOUT: 200
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
log=$LIB_TMP/events
WITHIN_MS=200	# an attack is told of, after its first packet over a limit
QUIET_MS=10000	# after which it is over
EVENTS=100	# at once

gw() { in_ns "$gateway" levee "$@"; }
mac() { in_ns "$gateway" cat /sys/class/net/eth0/address; }
# packets POLICY CLASS VERDICT: but for those that the list deny is about.
packets() {
	# shellcheck disable=SC2016 # for awk
	in_ns "$gateway" awk -v p="$1" -v c="$2" -v v="$3" '
		$1 == p && $2 == c && $3 == v && $4 != "deny" { n += $5 } END { print n + 0 }' /proc/net/levee/stats
}
more_dropped() { [ "$(packets "$1" udp dropped)" -gt "$2" ]; }

# told EXPR: of the list "e" of all events so far; prints it, a list as words.
told() {
	/usr/bin/python3 -c '
import json, sys
text = open(sys.argv[1]).read()
e = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
of = lambda type, policy: [x for x in e if x["type"] == type and x.get("policy") == policy]
r = eval(sys.argv[2])
print(*r if isinstance(r, list) else [r])' "$log" "$1"
}
# said TYPE POLICY: whether that was told; faster, to wait for it.
said() { grep -q "\"type\":\"$1\",\"policy\":\"$2\"" "$log"; }

# fence NAME: a device with a hook goes, an event that is told when all before it were.
fence() {
	ip -n "$gateway" link add "$1" type dummy &&
	gw hook add dev "$1" &&
	ip -n "$gateway" link del "$1"
}
fence_told() { grep -q "\"ifname\":\"$1\"" "$log"; }
all_told() {
	fences=$((${fences-0} + 1))
	fence "fence$fences" && busywait 20000 fence_told "fence$fences"
}

# When it begins to listen, nobody can see.
listening() { fence first && busywait 200 fence_told first; }

# attack ADDRESS COUNT RATE: so many sources, in turn and in the background.
attack() {
	ip netns exec "$client" /usr/bin/python3 "$here/table.py" eth0 "$(mac)" "$1" 70000 "$2" "$3" &
	attack=$!
}
attack_stop() {
	kill "$attack"
	wait "$attack"
} 2>/dev/null

# ---- who listens ----

test_listen() {
	ip netns exec "$gateway" levee -j monitor >"$log" 2>"$LIB_TMP/err" &
	ip netns exec "$gateway" levee monitor hook ban >"$LIB_TMP/text" &
	check "events are told from some time on" busywait 20000 listening
	read -r type dev suppressed time <<<"$(told '[e[-1][k] for k in ("type", "ifname", "suppressed", "time")]')"
	check_eq "a lost hook names its device" "hook-lost first 0" "$type $dev $suppressed"
	check_between "and its time" $(($(date +%s) - 20)) "$(date +%s)" $((time / 1000000000))
	check "the text is one line with time, event and device" \
		grep -qE '^20[0-9-]+T[0-9:]{8}\.[0-9]{3}[+-][0-9]{4} hook-lost dev first$' "$LIB_TMP/text"
}

# ---- bans ----

test_bans() {
	gw source ban 198.51.100.9 timeout 1h
	gw source ban 198.51.100.8,2001:db8:9::/48
	gw source unban 198.51.100.8
	gw source unban all
	gw source unban all
	check "what happens to bans is told" all_told
	check_eq "what was banned, and unbanned" "ban 198.51.100.9 True ban 198.51.100.8 False \
ban 2001:db8:9:: False unban 198.51.100.8 False unban all False" \
		"$(told '[w for x in e if x["type"][-3:] == "ban" for w in (x["type"],
			x.get("prefix", {"addr": "all"})["addr"], "until" in x)]')"
	check "in text, too" busywait 10000 grep -qE ' unban 198.51.100.8$' "$LIB_TMP/text"
	check "as are all, in one event" busywait 10000 grep -qE ' unban all$' "$LIB_TMP/text"
}

# Every key is an attribute of an event in levee.yaml.
test_keys() {
	gw source ban 198.51.100.9 timeout 1h
	gw source unban 198.51.100.9
	check "a ban is told of" busywait 10000 grep -q '"type":"unban"' "$log"
	check "the keys of JSON are those of the specification" /usr/bin/python3 -c '
import json, sys, yaml
spec = yaml.safe_load(open(sys.argv[1]))
event = next(s for s in spec["attribute-sets"] if s["name"] == "event")
want = {a["name"] for a in event["attributes"] if a["type"] != "pad"}
have = {key for line in open(sys.argv[2]) for key in json.loads(line)}
sys.exit(want != have and f"{want ^ have}")' "$here/../uapi/levee.yaml" "$log"
}

# A reader that goes takes the command with it, without waiting for an event.
test_closed_pipe() {
	local writer reader

	mkfifo "$LIB_TMP/pipe"
	ip netns exec "$gateway" levee monitor >"$LIB_TMP/pipe" &
	writer=$!
	head -c 1 "$LIB_TMP/pipe" >/dev/null &
	reader=$!
	check "the reader of a pipe gets something" busywait 20000 fence_ends $reader
	check "without another event the monitor ends with it" busywait 10000 ended $writer
}
ended() { ! kill -0 "$1" 2>/dev/null; }
fence_ends() { fence other && ended "$1"; }

# ---- attacks ----

# offences POLICY: when the first source and when the last exceeded a limit
offences() {
	gw -j source show policy "$1" limit 0 |
		json '"%d %d" % (min(s["first-seen"] for s in j), max(s["last-seen"] for s in j))'
}

# Three times, of which the machine must have had time for one.
test_begin() {
	local n since time rate offenders class best=100000

	for n in 1 2 3; do
		attack "203.0.113.2$n" 20 1000
		check "attack $n begins" busywait 20000 said attack-begin "www$n"
		attack_stop
		# Floods from others may take the place of these sources later.
		offences[n]=$(offences "www$n")
		read -r since time rate offenders class <<<"$(told "[of('attack-begin', 'www$n')[0][k]
			for k in ('since', 'time', 'rate', 'offenders', 'class')]")"
		check_between "it began with the first packet over a limit" 0 1 \
			$(((${offences[n]% *} - since) / 1000000))
		ktap_note "attack $n was told of after $(((time - since) / 1000000)) ms"
		[ $(((time - since) / 1000000)) -ge "$best" ] || best=$(((time - since) / 1000000))
	done
	check_between "an attack is told of within $WITHIN_MS ms" 0 $WITHIN_MS "$best"
	check_between "how many packets a second" 100 1200 "$rate"
	check_between "from how many sources" 15 25 "$offenders"
	check_eq "which class" udp "$class"
	check "stats say that it goes on" grep -q 'ATTACK-BEGAN' <(gw stats)
	check_eq "since when, exactly" "$since" \
		"$(gw -j stats show policy www3 | json '[s["attack-since"] for s in j["stats"]
			if s["class"] == "udp"][0]')"
}

test_end() {
	local n last since time duration dropped would offenders peak lasted

	for n in 1 2 3; do
		check "attack $n ends" busywait $((QUIET_MS * 2)) said attack-end "www$n"
		last=${offences[n]#* }
		read -r since time duration dropped would offenders peak <<<"$(
			told "[of('attack-end', 'www$n')[0][k] for k in ('since', 'time', 'duration',
				'dropped-packets', 'would-packets', 'offenders', 'peak-rate')]")"
		# It is looked at once a second, and the last packets may be too few.
		check_between "ten seconds after the last packet over a limit" \
			$((QUIET_MS - 1000)) $((QUIET_MS + 3000)) $(((time - last) / 1000000))
		check_eq "with every packet that was dropped" "$(packets "www$n" udp dropped) 0" \
			"$dropped $would"
		lasted=$(((last - since) / 1000000))
		check_between "it lasted until there were less, to the second" $((lasted - 1000)) \
			$((lasted + 3000)) $((duration / 1000000))
		check_between "from how many sources" 15 25 "$offenders"
		check_between "at the peak, a second" $((dropped / 4)) "$dropped" "$peak"
	done
	check_eq "each begins and ends once" "['begin', 'end']" "$(told "[t for n in (1, 2, 3)
		for t in [[x['type'][7:] for x in e if x.get('policy') == f'www{n}']]
		if t != ['begin', 'end']] or \"['begin', 'end']\"")"
	check_eq "all in order" 0 "$(told "sum(x['time'] > y['time'] for x, y in zip(e, e[1:]))")"
	check_fails "stats no longer say that it goes on" grep -q 'www.*ago' <(gw stats)
	check "what was denied at that time is counted, but not as part of it" \
		awk '$1 ~ /^www/ && $3 == "dropped" && $4 == "deny" { n += $5 } END { exit !(n > 0) }' \
		<(in_ns "$gateway" cat /proc/net/levee/stats)
}

# mix SMALL AGGREGATES: for a second and a half; sets sent.
mix() {
	sent=$(in_ns "$client" /usr/bin/python3 -B "$here/events.py" "$(mac)" $SERVER4 $SERVER6 1.5 "$1" "$2")
	ktap_note "a second: ${sent% *} packets over the limit, ${sent#* } that pass"
	all_told
}

test_threshold() {
	mix 40 0
	check "there were some over the limit" more_dropped eager 30
	check_fails "40 packets a second over a limit are no attack" said attack-begin eager
	mix 150 400
	if [ "${sent#* }" -gt $((${sent% *} * 80)) ]; then
		check_fails "nor are 150 of 25,000" said attack-begin eager
	else
		ktap_skip "nor are 150 of 25,000" "this machine sends less"
	fi
	mix 150 0
	check "150 of 150 are" said attack-begin eager
}

# ---- floods ----

# Every source has its burst of one; the second packet makes it an offender.
test_sources() {
	local count=400000 took thread=/proc/net/pktgen/kpktgend_0 dev=/proc/net/pktgen/eth0

	case ${LAB_KERNEL-} in
	*debug*) count=60000 ;;
	uml-*) count=1500000 ;; # at native speed, for some seconds
	esac
	modprobe -q pktgen
	in_ns "$client" bash -c 'while read -r line; do echo "$line" >"$0"; done' $thread <<<"add_device eth0"
	in_ns "$client" bash -c 'while read -r line; do echo "$line" >"$0" || exit 1; done' $dev <<-END
		count $count
		delay 0
		pkt_size 60
		dst 203.0.113.30
		dst_mac $(mac)
		src_min 198.18.0.0
		src_max 198.19.255.255
		flag IPSRC_RND
		udp_dst_min 9
		udp_dst_max 9
	END
	in_ns "$client" bash -c 'echo start >/proc/net/pktgen/pgctrl'
	took=$(in_ns "$client" sed -n 's/^Result: OK: \([0-9]*\)(.*/\1/p' $dev)
	in_ns "$client" bash -c "echo rem_device_all >$thread"
	want=$(awk -v n="$count" 'BEGIN { x = n / 131072; print int(131072 * (1 - exp(-x) * (1 + x))) }')
	ktap_note "$want sources exceeded their limit in $((took / 1000)) ms;" \
		"in each second, about $(awk -v n="$count" -v us="$took" \
			'BEGIN { print int(131072 * (1 - exp(-n * 1e6 / us / 131072))) }') did"
}

test_sources_end() {
	local offenders dropped all

	check "a flood of sources ends" busywait $((QUIET_MS * 2)) said attack-end flood
	check_eq "and was one event" 1 "$(told 'len(of("attack-begin", "flood"))')"
	read -r offenders dropped <<<"$(told "[of('attack-end', 'flood')[0][k]
		for k in ('offenders', 'dropped-packets')]")"
	check_between "with as many sources as there were" $((want * 7 / 10)) $((want * 13 / 10)) \
		"$offenders"
	# Before it became one, some met again.
	all=$(packets flood udp dropped)
	check_between "and their packets" $((all * 98 / 100)) "$all" "$dropped"
}

# crowd FIRST LAST: devices with hooks, all gone at once.
crowd() {
	seq -f 'link add crowd%g group 77 type dummy' "$1" "$2" | ip -n "$gateway" -batch - &&
	seq -f 'hook add dev crowd%g' "$1" "$2" | gw -b - &&
	ip -n "$gateway" link del group 77
}

# The sum is right when all was told; those told are as many as there may be in that time.
suppressed() {
	told "[sum('crowd' in x.get('ifname', '') for x in e),
		sum(x['suppressed'] for x in e),
		(lambda t: (max(t) - min(t)) // 10**6)([x['time'] for x in e if 'crowd' in x.get('ifname', '')])]"
}
# shellcheck disable=SC2317 # for busywait
all_counted() {
	read -r direct counted ms <<<"$(suppressed)"
	echo "$direct $counted $ms"
	[ $((direct + counted)) -ge "$1" ]
}

test_suppressed() {
	local count=200 direct counted ms

	# The budget is whole again after a second without an event.
	all_told
	check "many hooks are lost at once" crowd 1 $count
	read -r direct counted ms <<<"$(busywait 10000 all_counted $count)"
	check_eq "every one is told or counted" $count $((direct + counted))
	check_between "those told are a hundred, and one each 10 ms" $((EVENTS - 2)) \
		$((EVENTS + ms / 10 + 1)) "$direct"
	if [ "$counted" -eq 0 ]; then
		ktap_skip "who listens to others only is told, too" "this machine takes $ms ms for it"
		return
	fi
	check_eq "who listens to others only is told, too" "$counted" \
		"$(grep -o 'suppressed [0-9]*$\|([0-9]* before' "$LIB_TMP/tables" |
			grep -o '[0-9]*' | paste -sd+ | bc)"
}

test_table() {
	gw -b - <<-END
		table set slots 1024
		flush meters
	END
	in_ns "$client" /usr/bin/python3 "$here/table.py" eth0 "$(mac)" 203.0.113.30 1000 4000
	check "a full table is told of" busywait 10000 grep -q '"type":"table-pressure"' "$log"
	check "in text, too" busywait 10000 grep -qE ' table-pressure$' "$LIB_TMP/tables"
}

# ---- a slow reader ----

# In a container, whose socket holds only what everybody's may.
slow_story() {
	cat <<-'EOF'
	set -e
	levee monitor >"$1/slow.out" 2>"$1/slow.err" &
	until grep -q hook-lost "$1/slow.out"; do
		ip link add first type dummy
		levee hook add dev first
		ip link del first
	done
	kill -STOP $!
	seq -f 'link add slow%g group 77 type dummy' 1 20 | ip -batch -
	seq -f 'hook add dev slow%g' 1 20 | levee -b -
	ip link del group 77
	kill -CONT $!
	until grep -q lost: "$1/slow.err" || [ "$SECONDS" -gt 30 ]; do :; done
	ip link add last type dummy
	levee hook add dev last
	ip link del last
	until grep -q last "$1/slow.out" || [ "$SECONDS" -gt 40 ]; do :; done
	cat "$1/slow.err"
	kill $!
	EOF
}

test_slow() {
	local most

	if ! as_container true 2>/dev/null; then
		ktap_skip "a slow reader" "ordinary users get no user namespaces here"
		return
	fi
	most=$(sysctl -n net.core.rmem_max)
	sysctl -qw net.core.rmem_max=4000
	mkdir -m 777 "$LIB_TMP/slow"
	chmod 755 "$LIB_TMP"
	check_eq "who reads too slowly is told so, once" \
		"levee: warning: events were lost: they came faster than they were read" \
		"$(as_container bash -c "$(slow_story)" bash "$LIB_TMP/slow" 2>&1)"
	check "and what comes later" grep -q 'dev last$' "$LIB_TMP/slow/slow.out"
	sysctl -qw net.core.rmem_max="$most"
}
as_container() {
	in_ns "$gateway" setpriv --reuid=65534 --regid=65534 --clear-groups unshare -Urn "$@"
}

topo_gateway
topo_neigh_static
sysctl -qw net.core.netdev_max_backlog=100000
check "policies" gw -b - <<-END
	hook add dev eth0
	$(for policy in www1:203.0.113.21 www2:203.0.113.22 www3:203.0.113.23 flood:203.0.113.30 \
		eager:$SERVER4,$SERVER6; do
		echo "policy add ${policy%%:*} dst ${policy#*:} mode enforce"
		echo "limit set ${policy%%:*} udp rate 1/h burst 1 per 32,none"
	done)
	list add deny 198.19.17.130/31 comment "two of twenty that attack"
END
test_listen
test_bans
ip netns exec "$gateway" levee monitor table >"$LIB_TMP/tables" &
test_closed_pipe
test_begin
test_sources
test_threshold
test_end
test_sources_end
test_suppressed
test_table
test_slow
test_keys
check_eq "the monitor had nothing to complain about" "" "$(cat "$LIB_TMP/err")"
ktap_finish
