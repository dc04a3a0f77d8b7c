#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bans: a banned source is dropped whole until its time is up. It fails when a packet of it
# passes, when another source is dropped, when a ban lasts longer or shorter, or for
# another time after a relapse, than documented, when mode monitor tells anything else
# than mode enforce does, or when a ban is lost in save, or by a change of the policy.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

gw() { in_ns "$gateway" levee "$@"; }

# pinged ADDRESS COUNT: how many answers came.
pinged() {
	in_ns "$client" ping -c "$2" -i 0.01 -W 0.3 "$1" | grep -c 'bytes from'
}
answers() { [ "$(pinged "$1" 1)" = 1 ]; }

# rows VERDICT: class, reason and packets of www.
rows() {
	in_ns "$gateway" awk -v v="$1" '$1 == "www" && $3 == v { printf "%s%s %s %s", s, $2, $4, $5; s = ", " }' \
		/proc/net/levee/stats
}

# bans KEYS: those parts of the bans that are shown; what differs each time comes before
# a comment or an end.
bans() { gw -j source show banned | grep -oE "\"($1)\":[^,}]*" | tr '\n' ' ' | sed 's/ $//'; }
saved() { gw save | grep '^source ban'; }
none_banned() { [ "$(gw -j source show banned)" = "[]" ]; }
# table KEY: of "table show".
table() { gw -j table | grep -oE "\"$1\":[0-9]*" | cut -d : -f 2; }
table_is() { [ "$(table "$1")" = "$2" ]; }

# send_udp ADDRESS COUNT: small packets that nobody answers.
send_udp() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_ns "$client" bash -c 'for ((i = 0; i < $1; i++)); do echo x >"/dev/udp/$0/9999"; done' \
		"$1" "$2"
}

test_by_hand() {
	local family server source net date

	check_eq "nothing is banned at first" "" "$(gw source show banned | tail -n +2)"
	check_eq "and no room is taken for it" 0 "$(table bans-bytes)"
	while read -r family server source net; do
		gw flush all
		check "$family: ban one address" gw source ban "$source" comment "seen in a log"
		check_eq "$family: nothing of it passes" 0 "$(pinged "$server" 4)"
		send_udp "$server" 3
		check_eq "$family: whatever it is" "udp banned 3, icmp banned 4" "$(rows dropped)"
		check_eq "$family: it is an offender that is banned" banned \
			"$(gw source show | awk 'NR == 2 { print $4 }')"
		check_eq "$family: it is shown" "\"addr\":\"$source\" \"comment\":\"seen in a log\"" \
			"$(bans 'addr|timeout|policy|level|would|comment')"
		check_eq "$family: the table counts it" 1 "$(table bans)"
		check "$family: take it back" gw source unban "$source"
		check_eq "$family: all passes" 3 "$(pinged "$server" 3)"
		check "$family: ban a prefix, and one in it" gw -b - <<<"source ban $net
source ban $source timeout 1h"
		check_eq "$family: it holds the address" 0 "$(pinged "$server" 2)"
		gw source unban "$source"
		check_eq "$family: even without the ban of the address" 0 "$(pinged "$server" 2)"
		gw source unban "$net"
		check "$family: and not without both" answers "$server"
	done <<-EOF
	IPv4 $SERVER4 $CLIENT4 192.0.2.0/24
	IPv6 $SERVER6 $CLIENT6 2001:db8:1::/48
	EOF
	gw source ban $CLIENT4 timeout 1s
	check "a ban with a timeout drops" fails answers $SERVER4
	check "and ends by itself" busywait 5000 answers $SERVER4
	check "what has ended is not shown" none_banned
	gw source ban 198.51.100.0/24 timeout 150s
	gw source ban 2001:db8:7::/48
	gw source ban 198.51.100.7
	gw source ban 198.51.100.7 timeout 1000m
	check_eq "a ban that is given again has the new end" \
		"198.51.100.0/24 2m 198.51.100.7 16h 2001:db8:7::/48 forever" \
		"$(gw source show banned | awk 'NR > 1 { sub(/m.*/, "m", $7); sub(/h.*/, "h", $7)
			printf "%s%s %s", s, $1, $7; s = " " }')"
	check_eq "no mode is told of one by hand, as each policy has its own" - \
		"$(gw source show banned | awk 'NR > 1 && !seen[$4]++ { print $4 }')"
	check_eq "nor are there blanks where a comment would be" 0 "$(gw source show banned | grep -c ' $')"
	date='20[0-9-]{8}T[0-9:]{8}[.][0-9]{3}[+-][0-9]{4}'
	check_eq "-s shows absolute times" "3 2 1" "$(gw -s source show banned >"$LIB_TMP/times"
		echo "$(grep -cE " 0  $date" "$LIB_TMP/times")" \
			"$(grep -cE "$date  $date$" "$LIB_TMP/times")" \
			"$(grep -cE "$date  never$" "$LIB_TMP/times")")"
	check "all can be taken back" gw source unban all
	check "none is left" none_banned
	check "nothing is forgotten that was not there" gw source unban all
}

# Nothing of note flows back into the meters during the test: what is over stays over.
test_limit() {
	gw limit set www icmp rate 1/h burst 3 ban 10m..1d ban-unproven
	gw flush all
	check_eq "the limit shows it" \
		"www icmp rate 1/h burst 3 per 32,64 ban 10m..1d ban-unproven" "$(gw limit show www)"
	check_eq "and has it in JSON" '"ban-min":600 "ban-max":86400 "ban-unproven":true' \
		"$(gw -j limit show www | grep -oE '"ban-[a-z]*":[^,}]*' | tr '\n' ' ' | sed 's/ $//')"
	check_eq "the burst passes" 3 "$(pinged $SERVER4 6)"
	send_udp $SERVER4 2
	check_eq "the first packet over it bans, and so does the rest for all classes" \
		"udp banned 2, icmp limit 1, icmp banned 2" "$(rows dropped)"
	check_eq "IPv6 is somebody else" 1 "$(pinged $SERVER6 1)"
	check_eq "the ban says why" '"policy":"www" "class":"icmp" "level":1 "decay":86400' \
		"$(bans 'policy|class|level|decay')"
	gw limit flush www
	check_eq "it outlives its limit" '"level":1' "$(bans level)"
	gw source unban $CLIENT4
	check_eq "unbanned, it is forgotten" 0 "$(table bans-held)"
}

# relapse LEVEL: an offence after a ban of that level has ended; prints the new level, and
# how many tens of minutes the ban takes.
relapse() {
	gw source ban $CLIENT4 timeout 1s level "$1" decay "${2-1d}" policy www class icmp
	busywait 5000 none_banned
	pinged $SERVER4 1 >/dev/null
	bans 'timeout|level' | sed -E 's/"[a-z]*"://g' | awk '{ print $2, ($1 + 599) / 600 - 0.5 }' |
		cut -d . -f 1
}

test_relapse() {
	gw limit set www icmp rate 1/h burst 1 ban 10m..3h ban-unproven
	gw flush all
	pinged $SERVER4 1 >/dev/null
	check_eq "a relapse takes twice as long" "2 2" "$(relapse 1)"
	check_eq "and twice as long again" "4 8" "$(relapse 3)"
	check_eq "up to the longest time" "6 18" "$(relapse 5)"
	check_eq "which is as far as it goes" "6 18" "$(relapse 6)"
	gw source ban $CLIENT4 timeout 1s level 2 decay 1s policy www class icmp
	check "a ban ends, and two decays later it is forgotten" busywait 9000 table_is bans-held 0
	pinged $SERVER4 1 >/dev/null
	check_eq "so that the next one is the first" '"level":1' "$(bans level)"
	gw source unban all
	gw limit set www icmp rate 1/h burst 1 ban 1s ban-unproven
	check "a source is banned for a second, and again, by nothing but its packets" \
		busywait 8000 relapsed
	gw source unban all
	gw limit flush www
}
relapsed() {
	pinged "$SERVER4" 1 >/dev/null
	[ "$(rows dropped | grep -oE 'limit [0-9]+' | cut -d ' ' -f 2)" -ge 4 ]
}

test_save() {
	local before

	gw source ban 192.0.2.128/25 timeout 30h comment "a \"quoted\" one"
	gw source ban 2001:db8:99::1 timeout 150m level 3 decay 1h policy gone class tcp
	gw source ban 198.51.100.1
	saved >"$LIB_TMP/bans"
	before=$(sed 's/ timeout [^ ]*/ timeout/' "$LIB_TMP/bans")
	check_eq "bans are saved in order" "source ban 192.0.2.128/25 timeout comment 'a \"quoted\" one'
source ban 198.51.100.1
source ban 2001:db8:99::1 timeout level 3 decay 1h policy gone class tcp" "$before"
	gw source unban all
	check "they can be restored" gw -b "$LIB_TMP/bans"
	check_eq "all of them, but for what has passed" "$before" \
		"$(saved | sed 's/ timeout [^ ]*/ timeout/')"
	check_eq "with the time that was left" "1d forever 2h" \
		"$(gw source show banned | awk 'NR > 1 { sub(/d.*/, "d", $7); sub(/h.*/, "h", $7)
			printf "%s%s", s, $7; s = " " }')"
	check "a policy can go that has banned" gw policy del www
	check_eq "its bans stay" 3 "$(bans addr | wc -w)"
	gw source unban all
	gw policy add www dst $SERVER4,$SERVER6 mode enforce
}

# The same packets in both modes: 6 pings, 4 datagrams, 3 more pings.
story() {
	gw flush all
	gw source unban all
	pinged $SERVER4 6 >/dev/null
	send_udp $SERVER4 4
	pinged $SERVER4 3 >"$LIB_TMP/passed"
}

test_monitor() {
	local would

	gw limit set www icmp rate 1/h burst 3 ban 1h ban-unproven
	gw policy set www mode monitor
	story
	check_eq "in mode monitor all pass" 3 "$(cat "$LIB_TMP/passed")"
	would=$(rows would)
	check_eq "nothing is dropped" "" "$(rows dropped)"
	check_eq "the ban is shown as one that only counts" '"policy":"www" "would":true' \
		"$(bans 'would|policy')"
	check_eq "and is not saved" "" "$(saved)"
	check_eq "not even as a heading" 0 "$(gw save | grep -c banned)"
	gw policy set www mode enforce
	check_eq "it drops nothing in mode enforce" 1 "$(gw flush all; pinged $SERVER4 1)"
	story
	check_eq "mode enforce drops" 0 "$(cat "$LIB_TMP/passed")"
	check_eq "what mode monitor has said" "$would" "$(rows dropped)"
	check_eq "that was not little" "udp banned 4, icmp limit 1, icmp banned 5" "$would"
	gw policy set www mode monitor
	check_eq "where a policy monitors, a real ban drops nothing" 2 "$(pinged $SERVER4 2)"
	gw policy set www mode off
	gw flush all
	check_eq "with mode off it does not even count" 2 "$(pinged $SERVER4 2)"
	check_eq "anything" "" "$(rows would)$(rows dropped)"
	gw policy set www mode enforce
	gw source unban all
	gw limit flush www
}

# More rows than a table of unknown length keeps, the widest one last.
test_many() {
	check "a thousand are banned" gw -b - <<-END
		$(seq -f 'source ban 198.18.%g.0/24' 0 255)
		$(seq -f 'source ban 198.19.%g.0/24' 0 255)
		$(seq -f 'source ban 203.0.113.%g' 0 255)
		$(seq -f 'source ban 192.0.2.%g' 0 255)
		source ban 2001:db8:1234:5678::/64 timeout 300d
	END
	gw source show banned >"$LIB_TMP/out"
	check_eq "all are shown, in columns" "1026 lines, 0 of them out of line" \
		"$(awk 'NR == 1 { at = index($0, "POLICY") }
			NR > 1 && substr($0, at - 2, 4) != "  - " { wrong++ }
			END { print NR, "lines,", wrong + 0, "of them out of line" }' "$LIB_TMP/out")"
	gw source unban all
}

# told: events so far, without dates, but for those of who began to listen.
told() { grep -v 198.51.100.99 "$LIB_TMP/told" | sed -E 's/^[^ ]+ //; s/ until [^ ]+/ until DATE/'; }
heard() {
	gw source ban 198.51.100.99 timeout 1h
	gw source unban 198.51.100.99
	grep -q 'unban 198.51.100.99' "$LIB_TMP/told" && grep -q '"unban".*198.51.100.99' "$LIB_TMP/json"
}
all_told() { grep -q 'unban all' "$LIB_TMP/told" && grep -q '"type":"unban","suppressed"' "$LIB_TMP/json"; }

test_events() {
	local monitors

	ip netns exec "$gateway" levee monitor ban >"$LIB_TMP/told" &
	monitors=$!
	ip netns exec "$gateway" levee -j monitor ban >"$LIB_TMP/json" &
	monitors="$monitors $!"
	check "bans are told from some time on" busywait 20000 heard
	gw source ban 198.51.100.0/24 timeout 10m
	gw source ban 2001:db8:7::/48
	gw source ban 198.51.100.8 timeout 1s
	busywait 5000 table_is bans 2
	gw source unban 198.51.100.0/24
	gw limit set www icmp rate 1/h burst 1 ban 10m ban-unproven
	gw policy set www mode monitor
	gw flush all
	pinged $SERVER4 3 >/dev/null
	gw policy set www mode enforce
	gw flush all
	pinged $SERVER4 4 >/dev/null
	pinged $SERVER6 4 >/dev/null
	gw source unban all
	check "all of it is told" busywait 10000 all_told
	check_eq "by hand and by a limit, and what is taken back, each once" \
		"ban 198.51.100.0/24 until DATE left 10m
ban 2001:db8:7::/48
ban 198.51.100.8 until DATE left 1s
unban 198.51.100.0/24
ban $CLIENT4 policy www class icmp until DATE left 10m
ban 2001:db8:1::/64 policy www class icmp until DATE left 10m
unban all" "$(told)"
	check_eq "in JSON, too" '[["ban", "198.51.100.0", 24, null, null, 600], ["ban", "2001:db8:7::", 48, null, null, null], ["ban", "198.51.100.8", 32, null, null, 1], ["unban", "198.51.100.0", 24, null, null, null], ["ban", "192.0.2.2", 32, "www", "icmp", 600], ["ban", "2001:db8:1::", 64, "www", "icmp", 600], ["unban", null, null, null, null, null]]' \
		"$(grep -v 198.51.100.99 "$LIB_TMP/json" | sed '1s/^/[/; $!s/$/,/; $s/$/]/' | json '
[[e["type"], e.get("prefix", {}).get("addr"), e.get("prefix", {}).get("len"), e.get("policy"),
  e.get("class"), "until" in e and round((e["until"] - e["time"]) / 1e9) or None] for e in j]')"
	# shellcheck disable=SC2086 # two of them
	kill $monitors
	wait
	gw limit flush www
}

# refused MESSAGE ARGS...: what the kernel says.
refused() {
	local message=$1 rc
	shift
	gw "$@" >"$LIB_TMP/out" 2>&1
	rc=$?
	check_eq "levee $*: $message" "2 levee: $message" "$rc $(head -n 1 "$LIB_TMP/out")"
}

test_refusals() {
	refused "no ban of exactly this prefix (prefix 192.0.2.0/24)" source unban 192.0.2.0/24
	gw source ban 192.0.2.0/24,2001:db8:1::/64,2001:db8:1::/48 timeout 1h
	refused "no ban of exactly this prefix (prefix 192.0.2.7); what is banned is 192.0.2.0/24" \
		source unban 192.0.2.7
	refused "no ban of exactly this prefix (prefix 2001:db8:1::2); what is banned is 2001:db8:1::/64" \
		source unban 2001:db8:1::2
	refused "no ban of exactly this prefix (prefix 192.0.0.0/16)" source unban 192.0.0.0/16
	check "several are taken back at once" gw source unban 192.0.2.0/24,2001:db8:1::/48
	check_eq "and only these" '"addr":"2001:db8:1::" "len":64' "$(bans 'addr|len')"
	gw source unban all
	refused "a limit for all sources together cannot ban them (ban)" \
		limit set www icmp rate 1/s per 0 ban 1m
	refused "a limit for all sources together cannot ban them (ban)" \
		limit set www icmp rate 1/s per 32,0 ban 1m
	check_eq "a limit that was refused is not there" "" "$(gw limit show www)"
}

topo_gateway
gw -b - <<-END
policy add www dst $SERVER4,$SERVER6 mode enforce
hook add dev eth0
END
test_by_hand
test_limit
test_relapse
test_save
test_monitor
test_many
test_events
test_refusals
gw source ban 198.51.100.0/24
ktap_finish
