#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A limit that is shared fairly: it fails when a source that sends less than the max-min
# fair allowance, which fair.py computes from what was sent, loses packets, when one that
# sends more gets more or less than that, when what passes is not the rate, when pulses
# gain anything, when proof does not come first in a crowd, when mode monitor tells
# anything else than mode enforce does, and when the configuration is not kept.
# KERNELS: stock-6.12 uml-7 uml-debug
# TIMEOUT: 480
# EXCLUSIVE
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
gw() { in_ns "$gateway" levee "$@"; }
# of KEY: of the only limit, - if it is not there, while the traffic was going on.
of() { got "j['seen'][0].get('$1', '-')"; }
count() { # VERDICT: packets that were over the limit
	in_ns "$gateway" awk -v v="$1" '$1 == "www" && $3 == v && $4 == "fair" { n += $5 } END { print n + 0 }' \
		/proc/net/levee/stats
}

# judged: packets of www; over VERDICT: which part of them was over the limit.
judged() {
	in_ns "$gateway" awk '$1 == "www" { n += $5 } END { print n + 0 }' /proc/net/levee/stats
}
over() { awk -v n="$(count "$1")" -v all="$(judged)" 'BEGIN { print n / all }'; }

RATE=2000	# packets/s
SETTLE=1.5	# seconds; it takes one, and a slow machine some time to begin
export RATE SERVER4 SERVER6

topo_gateway
topo_neigh_static
MACS=$(in_ns "$gateway" cat /sys/class/net/eth0/address)$(in_ns "$client" cat /sys/class/net/eth0/address)
LOOK="ip netns exec $gateway levee -j -s limit show www"
export MACS LOOK

# traffic WHAT SECONDS GROUP...: leaves what came of it for got(). If the machine had something
# else to do, what was sent was no even traffic, by as much as a source may lose or more: again,
# with all meters unused. If it always has,
# nothing is known of what is to be shown, and that is said.
traffic() {
	local try what=$1
	shift

	for try in 1 2 3 4; do
		gw flush all
		/usr/bin/python3 "$here/fair.py" "$client" "$server" $SETTLE "$@" >"$LIB_TMP/traffic" ||
			echo null >"$LIB_TMP/traffic"
		[ "$(got 'j["stall"] < 0.06 and j["late"] < 0.005')" = True ] && return
		ktap_note "try $try: the machine stalled for $(got 'j["stall"]') s," \
			"and $(got 'j["late"]') of the time"
	done
	ktap_skip "$what" "the machine was busy"
	return 1
}
# got EXPR: "j" is what came of the traffic.
got() { json "$1" <"$LIB_TMP/traffic"; }

# ---- configuration ----

# refused MESSAGE ARGS...: of "limit set www".
refused() {
	local message=$1 said rc
	shift
	said=$(gw limit set www "$@" 2>&1)
	rc=$?
	check_eq "$*: refused" "2 levee: $message" "$rc $said"
}

test_config() {
	local line="www udp rate 1k/s burst 1k per 0 fair"

	check "set" gw limit set www udp rate 1k/s per 0 fair
	check_eq "show" "$line" "$(gw limit show www)"
	check_eq "JSON" '[true, 32, 64]' \
		"$(gw -j limit show www | json '[j[0][k] for k in ("fair", "fair-per-v4", "fair-per-v6")]')"
	check_eq "nobody has an allowance" False "$(gw -j -s limit show www | json '"fair-allowance-milli" in j[0]')"
	gw save >"$LIB_TMP/saved"
	check_eq "save" "limit set $line" "$(grep 'limit set www' "$LIB_TMP/saved")"
	gw limit set www udp rate 1k/s per 0
	check_eq "set without fair: it is no longer shared" "www udp rate 1k/s burst 1k per 0" "$(gw limit show www)"
	check_eq "diff" "-limit set www udp rate 1k/s burst 1k per 0
+limit set $line" "$(gw diff "$LIB_TMP/saved")"
	check "apply" gw apply "$LIB_TMP/saved"
	check_eq "it is shared again" "$line" "$(gw limit show www)"
	gw limit set www udp rate 40mbit per 0,none fair fair-per 24,56
	check_eq "who has one share, and bits" "www udp rate 40mbit burst 5M per 0,none fair fair-per 24,56" \
		"$(gw limit show www | tail -n 1)"
	gw limit flush www
}

test_refused() {
	local small='to be shared fairly, a burst is at least 32 packets or 48000 bytes, and what the rate has in 20 ms'

	refused 'only a limit for all sources together can be shared fairly (fair)' udp rate 5/s fair
	refused 'only a limit for all sources together can be shared fairly (fair)' udp rate 5/s per 24,0 fair
	refused "$small (burst)" udp rate 5/s burst 31 per 0 fair
	refused "$small (burst)" udp rate 100k/s burst 1999 per 0 fair
	refused "$small (burst)" udp rate 1mbit burst 47999 per 0 fair
	refused 'a limit for all sources together cannot ban them (ban)' udp rate 5/s per 0 ban 1s fair
	check "the least burst" gw limit set www udp rate 100k/s burst 2k per 0 fair
	check_eq "and nothing else is there" "www udp rate 100k/s burst 2k per 0 fair" "$(gw limit show www)"
	gw limit flush www
}

# ---- who gets how much ----

# fair_limit MODE [ARGS...]: the only limit, unused.
fair_limit() {
	gw -b - <<-END
		limit flush www
		limit set www udp rate $RATE/s per 0 fair ${*:2}
		policy set www mode $1
	END
}

# expect_fair NAME BELOW ABOVE, groups: passes the rate, leaves the small alone, and gives all others the same.
expect_fair() {
	ktap_note "$1: of the rate, of L, of L for who sends more, and lost by who sends less: $(got \
		"'%.3f %.3f %.3f %.4f' % (j['passed'] / j['seconds'] / $RATE,
			$(of fair-allowance-milli) / 1000 / j['exact'], j['$3']['above'] / j['exact'],
			1 - j['$2']['below'][1] / j['$2']['below'][0])")"
	check_between "$1: $(got 'j["sent"]') packets were too many" 2 99 \
		"$(got "j['sent'] / j['seconds'] / $RATE")"
	check_between "$1: the rate passes" 0.95 1.05 "$(got "j['passed'] / j['seconds'] / $RATE")"
	check_between "$1: L is right" 0.9 1.1 "$(got "$(of fair-allowance-milli) / 1000 / j['exact']")"
	check_between "$1: who sends more gets that" 0.9 1.1 "$(got "j['$3']['above'] / j['exact']")"
	check_between "$1: who sends less loses nothing" 0 0.005 "$(got "1 - j['$2']['below'][1] / j['$2']['below'][0]")"
}

test_zipf() {
	local enforced

	fair_limit enforce
	traffic "1000 sources" 4 "all|198.18.0.1|1000|$((4 * RATE))|zipf" || return
	expect_fair "1000 sources" all all
	check_between "what passes is shown" 0.95 1.05 "$(awk -v a="$(of fair-accepted)" "BEGIN { print a / $RATE }")"
	check_between "and how many send more" 300 550 "$(of fair-over)"
	check_eq "proof is not asked for" - "$(of fair-proven-first)"
	check_eq "stats show has the limit" "www udp 2k/s" \
		"$(gw stats show | awk '/^POLICY *FAIR/ { getline; print $1, $2, $3 }')"
	check_eq "and in JSON" "$RATE" "$(gw -j stats show | json 'j["fair"][0]["rate"]')"
	check_eq "who is cut is an offender, for that reason" fair \
		"$(gw -j source show policy www | json 'max(j, key=lambda s: s["dropped-packets"])["reason"]')"
	check_eq "with an address of its own" "198.18.0.1/32" \
		"$(gw -j source show policy www | json '"%(addr)s/%(len)s" % max(j, key=lambda s: s["dropped-packets"])["prefix"]')"
	# In mode monitor all of it passes, and as much would not.
	enforced=$(over dropped)
	fair_limit monitor
	traffic "mode monitor" 4 "all|198.18.0.1|1000|$((4 * RATE))|zipf" || return
	check_eq "mode monitor drops nothing" 0 "$(count dropped)"
	check_eq "all arrive" "$(got 'j["sent"]')" "$(got 'j["passed"]')"
	# shellcheck disable=SC2046 # two numbers
	check_between "but as much is over" $(awk -v o="$enforced" 'BEGIN { print o - 0.03, o + 0.03 }') "$(over would)"
}

# A hundred send half the rate all the time; twenty send eight times as much, on and off.
test_pulse() {
	local steady

	fair_limit enforce
	traffic "100 calm, 20 wild" 3 "calm|198.18.0.1|100|$((RATE / 2))" \
		"wild|198.18.1.1|20|$((4 * RATE))" || return
	expect_fair "100 calm, 20 wild" calm wild
	steady=$(got 'j["wild"]["passed"] / j["seconds"]')
	traffic "pulses of 0.5 s" 4 "calm|198.18.0.1|100|$((RATE / 2))" \
		"wild|198.18.1.1|20|$((4 * RATE))|pulse=0.5" || return
	ktap_note "pulses of 0.5 s get $(got "j['wild']['passed'] / j['seconds'] / $steady") of what they get without"
	check_between "pulses of 0.5 s gain nothing" 0 1.1 "$(got "j['wild']['passed'] / j['seconds'] / $steady")"
	check_between "they do others no harm" 0 0.005 "$(got "1 - j['calm']['passed'] / j['calm']['sent']")"
}

# There is enough for all, if only just: nobody is touched.
test_below() {
	fair_limit enforce
	traffic "0.8 x" 2 "small|198.18.0.1|100|$((RATE * 4 / 10))" \
		"large|198.18.1.1|1|$((RATE * 4 / 10))" || return
	check_eq "0.8 x: nothing is dropped" 0 "$(count dropped)"
	check_eq "0.8 x: nobody has an allowance" - "$(of fair-allowance-milli)"
}

# Two addresses of one IPv6 network have one share, a third has another.
test_shared() {
	fair_limit enforce
	traffic "two addresses of a /64" 2 "one|2001:db8:1:1::1|2|$((2 * RATE))" \
		"other|2001:db8:1:2::1|1|$((2 * RATE))" || return
	check_between "two addresses of a /64 have one share" 0.4 0.6 "$(got 'j["one"]["passed"] / j["passed"]')"
	check_between "the other one has as much" 0.4 0.6 "$(got 'j["other"]["passed"] / j["passed"]')"
	fair_limit enforce fair-per 32,128
	traffic "fair-per 32,128" 2 "one|2001:db8:1:1::1|2|$((2 * RATE))" \
		"other|2001:db8:1:2::1|1|$((2 * RATE))" || return
	check_between "with fair-per 32,128 each has its own" 0.6 0.73 "$(got 'j["one"]["passed"] / j["passed"]')"
}

# Marks for what is over: it passes.
test_mark() {
	fair_limit enforce mark 0x1
	traffic "marks" 1 "all|198.18.0.1|10|$((4 * RATE))" || return
	check_eq "a limit that marks drops nothing" "$(got 'j["sent"]')" "$(got 'j["passed"]')"
	check_between "what is over it is marked" 0.6 0.8 \
		"$(gw -j limit show www | json 'j[0]["marked-packets"]' | awk -v s="$(judged)" '{ print $1 / s }')"
}

# ---- more sources than L can be small for ----

test_crowd() {
	local -x RATE=200

	fair_limit enforce
	# The server answers the client over TCP: it is proven. So is nobody else.
	in_ns "$server" /usr/bin/python3 -c '
import socket
s = socket.create_server(("::", 8080), family=socket.AF_INET6, dualstack_ipv6=True)
print(flush=True)
s.accept()[0].sendall(b"hello")' >"$LIB_TMP/ready" &
	busywait 10000 test -s "$LIB_TMP/ready"
	check_eq "the server sends something" hello \
		"$(in_ns "$client" bash -c "read -t 5 -n 5 line </dev/tcp/$SERVER4/8080; echo \$line")"
	traffic "a crowd" 3 "crowd|198.18.0.1|4000|$((5 * RATE))" "proven|$CLIENT4|1|$((RATE / 2))" ||
		return
	check_eq "the crowd is too large" True "$(of fair-proven-first)"
	check_between "the rate passes" 0.95 1.05 "$(got "j['passed'] / j['seconds'] / $RATE")"
	check_between "who is proven loses nothing" 0 0.005 "$(got '1 - j["proven"]["passed"] / j["proven"]["sent"]')"
	check_between "the crowd has the rest" 0.9 1.1 \
		"$(got "j['crowd']['passed'] / ($RATE * j['seconds'] - j['proven']['passed'])")"
}

gw -b - <<-END
	hook add dev eth0
	policy add www dst $SERVER4,$SERVER6
END
test_config
test_refused
test_zipf
test_pulse
test_below
test_shared
test_mark
test_crowd
ktap_finish
