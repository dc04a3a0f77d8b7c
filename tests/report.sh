#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What levee report says of an attack with several vectors. It fails when a number is not
# that of the counters or of who sent it, when begin, end, reasons, sources, networks or
# what is known of spoofing are wrong, when something is lost with a policy or a flush, or
# when the page differs from JSON, is not well-formed, or would load anything.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
ATTACK_S=2	# how long it is
gw() { in_ns "$gateway" levee "$@"; }
mac() { in_ns "$gateway" cat /sys/class/net/eth0/address; }
report() { gw -j report "$@" >"$LIB_TMP/json"; }
# of EXPR...: of the last report ("j"), a line each. "vectors" are its own, "v" those by class.
of() {
	/usr/bin/python3 -c '
import json, sys
j = json.load(open(sys.argv[1]))
vectors = [v for a in j["attacks"] for v in a["vectors"]]
v = {v["class"]: v for v in vectors}
for expr in sys.argv[2:]:
    r = eval(expr)
    print(*r if isinstance(r, (list, tuple)) else [r])' "$LIB_TMP/json" "$@" 2>&1
}
seen() { in_ns "$gateway" awk 'NR == 2 { print $3 }' /proc/net/levee/hooks; }
all_seen() { [ "$(seen)" -ge "$1" ]; }

# refused MESSAGE ARGS...: status 2.
refused() {
	local message=$1
	shift
	gw "$@" >"$LIB_TMP/out" 2>&1
	check_eq "levee $*: $message" "2 levee: $message" "$? $(cat "$LIB_TMP/out")"
}

setup() {
	topo_gateway
	topo_neigh_static
	# Nothing but what is sent here: no router solicitations, no more neighbours.
	for ns in "$client" "$gateway" "$server"; do
		in_ns "$ns" sysctl -qw net.ipv6.conf.eth0.router_solicitations=0
	done
	sysctl -qw net.core.netdev_max_backlog=100000
	# What is let through ends here.
	ip -n "$gateway" route add blackhole 203.0.113.128/25
	ip -n "$gateway" route add blackhole 2001:db8:2:1::/64
	check "policies" gw -b - <<-END
		hook add dev eth0
		policy add www dst 203.0.113.130,2001:db8:2:1::30 mode enforce
		limit set www udp rate 1/h burst 5
		limit set www syn rate 1/h burst 5
		limit set www frag rate 1/h burst 5
		policy add mail dst 203.0.113.131 mode monitor
		limit set mail icmp rate 1/h burst 5
		policy add shop dst $SERVER4,$SERVER6 mode enforce
		limit set shop tcp-stray rate 1/h burst 5
		limit set shop reflect rate 1/h burst 5
	END
}

test_peace() {
	report
	check_eq "before there is an attack, none is told of" 0 "$(of 'len(j["attacks"])')"
	check "in text, too" grep -qx 'No attack is known of in this time.' <(gw report)
	check "and on a page" grep -q 'No attack is known of' <(gw report html -)
	check "the configuration is that in force" grep -q '^limit set www syn rate 1/h burst 5' \
		<(of 'j["configuration"]')
	mapfile -t got < <(of 'j["host"]' 'j["kernel"]' 'j["time"] // 10**9' \
		'(j["until"] - j["since"]) // 10**9' '"policy" in j')
	check_eq "host and kernel; all policies" "$(uname -n) $(uname -r) False" "${got[*]:0:2} ${got[4]}"
	check_between "it was made now" $(($(date +%s) - 60)) "$(date +%s)" "${got[2]}"
	check_between "and covers what was since the hook was added" 0 60 "${got[3]}"
}

# Sets sent to "packets bytes" by class.
declare -A sent
attack() {
	local class packets bytes all=0 before

	before=$(seen)
	began=$(date +%s%3N)
	in_ns "$client" /usr/bin/python3 -B "$here/report.py" attack eth0 "$(mac)" "$ATTACK_S" \
		udp,203.0.113.130,198.18.7.1,40,100 syn,203.0.113.130,198.18.8.1,20,60 \
		frag,2001:db8:2:1::30,2001:db8:f:1::1,30,1000 icmp,203.0.113.131,198.18.9.1,10,84 \
		malformed,203.0.113.130,198.18.10.1,5,40 >"$LIB_TMP/sent"
	ended=$(date +%s%3N)
	while read -r class packets bytes; do
		sent[$class]="$packets $bytes"
		all=$((all + packets))
	done <"$LIB_TMP/sent"
	ktap_note "$(cat "$LIB_TMP/sent")"
	busywait 20000 all_seen $((before + all))
}

all_ended() { report && [ "$(of 'all("until" in a for a in j["attacks"])')" = True ]; }

# Packets and bytes of a policy and class, whatever became of them.
arrived='[sum(t[w + u] for t in j["traffic"] for w in ("passed-", "dropped-", "would-")
	if t["policy"] + t["class"] == "%s") for u in ("packets", "bytes")]'

test_attack() {
	attack
	report
	mapfile -t got < <(of 'len(j["attacks"])' '"until" in j["attacks"][0]')
	check_eq "an attack that goes on has no end yet" "1 False" "${got[*]}"
	check "in text, too" grep -q '^Attack 1 of 1: began .*, goes on$' <(gw report)
	check "it ends" busywait 40000 all_ended
	mapfile -t got < <(of \
		'sorted(v["policy"] + " " + v["class"] for v in j["attacks"][0]["vectors"])' \
		'j["attacks"][0]["since"] // 10**6' 'j["attacks"][0]["until"] // 10**6' \
		"${arrived/\%s/wwwudp}" "${arrived/\%s/wwwsyn}" "${arrived/\%s/wwwfrag}" \
		"${arrived/\%s/mailicmp}" "${arrived/\%s/wwwtcp}")
	check_eq "it is one attack, with five vectors" \
		"mail icmp www frag www syn www tcp www udp" "${got[0]}"
	check_between "it began with its first packets over a limit" 0 $((ended - began)) \
		$((got[1] - began))
	check_between "and ended with the last ones, to the second" -500 4000 $((got[2] - ended))
	check_eq "UDP is what was sent" "${sent[udp]}" "${got[3]}"
	check_eq "and SYN" "${sent[syn]}" "${got[4]}"
	check_eq "and fragments" "${sent[frag]}" "${got[5]}"
	check_eq "and ICMP" "${sent[icmp]}" "${got[6]}"
	check_eq "and what is malformed" "${sent[malformed]}" "${got[7]}"
}

# Each of so many sources has its burst of five, and not one more.
test_vectors() {
	local class sources packets over offenders peak

	for class in udp:40 syn:20 frag:30 icmp:10; do
		sources=${class#*:}
		class=${class%:*}
		packets=${sent[$class]% *}
		read -r over offenders peak <<<"$(of "(v['$class']['dropped-packets'] +
			v['$class']['would-packets'], v['$class']['offenders'], v['$class']['peak-packets'])")"
		check_eq "$class: what was over the limit" $((packets - 5 * sources)) "$over"
		check_between "$class: from how many sources" $((sources * 6 / 10)) $((sources * 14 / 10)) \
			"$offenders"
		check_between "$class: packets a second at the peak" $((packets / ATTACK_S / 3)) \
			$((packets + 1)) "$peak"
	done
	mapfile -t got < <(of 'v["icmp"]["dropped-packets"]' \
		'sorted({r["reason"] for t in j["traffic"] for r in t["reasons"]})' \
		'next((r["dropped-packets"], r["dropped-bytes"]) for t in j["traffic"]
			for r in t["reasons"] if r["reason"] == "malformed")')
	check_eq "in mode monitor nothing is dropped" 0 "${got[0]}"
	check_eq "why it was dropped" "limit malformed" "${got[1]}"
	check_eq "what is malformed is dropped for that, whole" "${sent[malformed]}" "${got[2]}"
}

# same_as_stats ARGS...: of each policy and class, packets, bytes and reasons.
same_as_stats() {
	gw -j stats show "$@" >"$LIB_TMP/stats"
	/usr/bin/python3 -c '
import json, sys
report, stats = (json.load(open(name)) for name in sys.argv[1:])
def key(t): return t["policy"], t["class"]
def reasons(t): return sorted(tuple(sorted(r.items())) for r in t["reasons"]
	if r["dropped-packets"] or r["would-packets"])
have = {key(t): (t["passed-packets"], t["passed-bytes"], reasons(t)) for t in report["traffic"]}
want = {key(t): (t["passed-packets"], t["passed-bytes"], reasons(t)) for t in stats["stats"]}
want = {k: v for k, v in want.items() if v != (0, 0, [])}
sys.exit(have != want and f"{have}\n{want}")' "$LIB_TMP/json" "$LIB_TMP/stats"
}

test_totals() {
	report
	check "all numbers are those of levee stats" same_as_stats
	mapfile -t got < <(of \
		'all(x["until"] == y["since"] for x, y in zip(j["history"], j["history"][1:]))' \
		'all(sum(s[k] for h in j["history"] for s in h["stats"]) == sum(t[k] for t in j["traffic"])
			for k in ("passed-packets", "passed-bytes", "dropped-packets", "dropped-bytes",
				"would-packets", "would-bytes"))' \
		'max(h["until"] - h["since"] for h in j["history"]) // 10**9' 'j["traffic"]')
	check_eq "the intervals leave no time out" True "${got[0]}"
	check_eq "and what is in them is all there was" True "${got[1]}"
	check_between "an interval has ten seconds" 9 20 "${got[2]}"
	gw flush stats
	report
	check_eq "a flush of counters loses nothing" "${got[3]}" "$(of 'j["traffic"]')"
}

test_sources() {
	mapfile -t got < <(of 'len(j["sources"])' \
		'(lambda o: o == sorted(o, reverse=True))(
			[s["dropped-packets"] + s["would-packets"] for s in j["sources"]])' \
		'sorted("%s/%d:%d" % (n["prefix"]["addr"], n["prefix"]["len"], n["sources"])
			for n in j["networks"])' \
		'next(n["dropped-packets"] for n in j["networks"] if n["prefix"]["addr"] == "198.18.7.0")' \
		'[p["sources"] for p in j["proofs"]]')
	check_eq "sources are shown, the worst first, 20 of them" "20 True" "${got[*]:0:2}"
	check_eq "networks with how many sources each" "198.18.10.0/24:5 198.18.7.0/24:40 \
198.18.8.0/24:20 198.18.9.0/24:10 2001:db8:f::/48:30" "${got[2]}"
	check_eq "and what all of them sent too much" $((${sent[udp]% *} - 200)) "${got[3]}"
	check_eq "nobody asks whether they are real" "105 0 0" "${got[4]}"
	check "which is said" grep -qx 'share from sources never shown to be real: unknown' <(gw report)
}

test_page() {
	check "a page is written" gw report html "$LIB_TMP/page.html"
	report
	check "it is well-formed, loads nothing, and has the numbers of JSON" \
		check_page "$LIB_TMP/page.html"
	check "one for a policy is about that" gw report policy mail html "$LIB_TMP/page.html"
	report policy mail
	check_eq "and so is JSON" "mail mail" \
		"$(of '[j["policy"], *{t["policy"] for t in j["traffic"] + j["sources"]}]')"
	check "with the same numbers" check_page "$LIB_TMP/page.html"
	refused "cannot open \"$LIB_TMP/none/page.html\": No such file or directory" \
		report html "$LIB_TMP/none/page.html"
	refused 'cannot write "/dev/full": No space left on device' report html /dev/full
}
check_page() {
	/usr/bin/python3 -B "$here/report.py" page "$LIB_TMP/json" "$1" >"$LIB_TMP/diff" 2>&1
	cat "$LIB_TMP/diff"
	[ ! -s "$LIB_TMP/diff" ]
}

test_since() {
	report since 1s
	check_eq "what was before a time is left out" "0 0" \
		"$(of '[len(j["attacks"]), len(j["sources"])]')"
	report since "$(date -d "@$((began / 1000 - 1))" +%Y-%m-%dT%H:%M:%S%z)"
	check_eq "and what was since is not" 1 "$(of 'len(j["attacks"])')"
	refused 'policy "nobody": there is no such policy, nor was there one that anything is known of' \
		report policy nobody
}

test_gone() {
	local before

	# Some of it was counted just now, and is an attack that goes on.
	in_ns "$client" /usr/bin/python3 -B "$here/report.py" attack eth0 "$(mac)" 1 \
		icmp,203.0.113.131,198.18.9.1,10,84 >/dev/null
	check "there is another attack" busywait 5000 another
	before=$(of "$tallies" 'sum(x["would-packets"] for x in vectors)')
	gw policy del mail
	report policy mail
	mapfile -t got < <(of "$tallies" 'sum(x["would-packets"] for x in vectors)' \
		'sorted({x["policy"] for x in vectors})' '["until" in x for x in vectors]')
	check_eq "a policy that is gone is known by its name" "$before" "${got[0]}
${got[1]}"
	check_eq "and so are attacks on it" mail "${got[2]}"
	check_eq "which are over with it" "True True" "${got[3]}"
}
tallies='[t[k] for t in j["traffic"] for k in ("policy", "class", "passed-packets", "passed-bytes",
	"dropped-packets", "dropped-bytes", "would-packets", "would-bytes")]'
another() {
	report policy mail
	[ "$(of '["until" in x for x in vectors]')" = "True False" ]
}

# A limit that bans makes the module look who is real. The client is: the server answers it.
test_proof() {
	gw limit set www other rate 1/s ban 60s
	check "somebody is served" serve_client "$SERVER4"
	before=$(seen)
	in_ns "$client" /usr/bin/python3 -B "$here/report.py" attack eth0 "$(mac)" 1 \
		udp,203.0.113.130,198.18.11.1,10,100 udp,203.0.113.130,$CLIENT4,1,100 >"$LIB_TMP/sent"
	check "two more vectors" busywait 20000 all_seen \
		$((before + $(awk '{ n += $2 } END { print n }' "$LIB_TMP/sent")))
	check "who was served is proven, others are not" busywait 30000 proofs_known
	# But for the burst of each.
	check_eq "half of it is from who may be spoofed" \
		"$(awk '{ n[NR] = $2 } END { printf "%.1f", (n[1] - 50) * 100 / (n[1] + n[2] - 55) }' \
			"$LIB_TMP/sent")" "$(share)"
	check_eq "levee source has it, too" proven \
		"$(gw -j source show policy www class udp | json "next(s['proof'] for s in j
			if s['prefix']['addr'] == '$CLIENT4')")"
}
# serve_client ADDRESS
serve_client() {
	local pid
	ip netns exec "$server" /usr/bin/python3 -B "$here/report.py" serve "$1" >"$LIB_TMP/ready" &
	pid=$!
	busywait 20000 grep -q ready "$LIB_TMP/ready"
	[ "$(in_ns "$client" /usr/bin/python3 -B "$here/report.py" fetch "$1")" = page ]
	wait "$pid"
}
share() { gw report "$@" | sed -n "s/^share .*real: \([0-9.]*\) %.*/\1/p"; }
proofs_known() {
	report
	[ "$(of '[p["sources"] for p in j["proofs"][1:]]')" = "10 1" ]
}

# Challenges, a fair share, and answers that nobody asked for: of each as much is sent. Somebody
# who is real comes in the middle of it, and answers.
test_reasons() {
	local pid

	gw policy set shop challenge above 20/s below 10/s rate 1M/s
	gw limit set shop udp rate 5/s burst 32 per 0 fair
	check "who has connections is known" busywait 45000 is on reflect met
	check "and what was asked" busywait 5000 is on reflect asked
	check "where answers go out is known" busywait 5000 is here policy path
	# For as long as it is needed.
	ip netns exec "$client" /usr/bin/python3 -B "$here/report.py" attack eth0 "$(mac)" 100 \
		syn,$SERVER4,198.18.12.1,40,60 udp,$SERVER4,$CLIENT4,1,100 \
		ack,$SERVER4,198.18.13.1,10,60 reflect,$SERVER4,198.18.14.1,10,300 &
	pid=$!
	busywait 20000 challenging
	check "somebody who is real gets in" serve_client "$SERVER6"
	kill "$pid"
	wait "$pid" 2>/dev/null
	check "who sent what is known" busywait 40000 shop_known
	check "all numbers are those of levee stats" same_as_stats policy shop
	mapfile -t got < <(of \
		'sorted("%s %s" % (t["class"], r["reason"]) for t in j["traffic"] for r in t["reasons"])' \
		'sorted(v)' 'j["challenged-packets"]' 'j["answered-packets"]')
	check_eq "there are the reasons of new kinds" \
		"reflect limit syn challenge tcp-stray challenge tcp-stray limit udp fair" "${got[0]}"
	check_eq "and of vectors" "reflect syn tcp-stray udp" "${got[1]}"
	check_eq "so many were challenged, and answered" "$(gw -j stats show policy shop |
		json '"%d %d" % ((lambda c: (c["sent"] + c["suppressed"], c["answered"]))(
			j["stats"][0]["challenge"]))')" "${got[2]} ${got[3]}"
	check_between "who is real answered" 1 5 "${got[3]}"
	gw report policy shop >"$LIB_TMP/text"
	check "which is said" grep -q "^beside these, SYNs .*: ${got[2]}, answered: ${got[3]}$" \
		"$LIB_TMP/text"
	check_eq "all but UDP, and what was answered, is from who may be spoofed" \
		"$(of '(lambda n: "%.1f" % (100 - (n["fair"] + j["answered-packets"]) * 100 /
			(n["fair"] + n["limit"] + j["challenged-packets"])))(
			{w: sum(r["dropped-packets"] for t in j["traffic"] for r in t["reasons"]
				if r["reason"] == w) for w in ("fair", "limit")})')" "$(share policy shop)"
	gw report policy shop html "$LIB_TMP/page.html"
	check "and on the page" check_page "$LIB_TMP/page.html"
}
# is WORD OBJECT KEY
is() {
	[ "$(gw -j "$2" show | json "(j if isinstance(j, dict) else
		next(p for p in j if p['name'] == 'shop'))['$3']")" = "$1" ]
}
challenging() {
	[ "$(gw -j stats show policy shop | json 'j["stats"][0]["challenge"]["sent"]')" -gt 0 ]
}
shop_known() {
	report policy shop
	# And does not change any more: the attack is over, and its interval, whose peak is certain then.
	[ "$(of '[p["sources"] for p in j["proofs"]]' 'len(j["history"][-1]["stats"])' \
		'all("until" in x for x in vectors)' | paste -sd ' ')" = "0 20 1 0 True" ]
}

setup
test_peace
test_attack
test_vectors
test_totals
test_sources
test_page
test_since
test_gone
test_proof
test_reasons
ktap_finish
