#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The examples are accepted, come back as they are, and stop what they say they stop: each
# is enforced and sent every class of packet at every service. It fails when a policy has
# no limit for a class of packets that it meets, from one source or sent by many together
# that are not wanted, or when another policy decides.
# TIMEOUT: 240
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
BURST=5		# of all limits in packets, in place of those that they have
SENT=20
sources=0	# so many networks have sent something

gw() { in_ns "$gateway" levee "$@"; }

# enforced FILE: the example in mode enforce; hooks at the uplink only.
enforced() {
	sed -E 's/ mode monitor/ mode enforce/; /^hook add dev eth1/d' \
		"$here/../tools/examples/$1.conf"
}

# short: with limits that need few packets to be exceeded, and drop. Those that are shared
# fairly have larger ones, and challenges come before them; they have tests of their own.
short() { sed -E "/ fair/d; s/ challenge above [^ ]* below [^ ]*//; s|rate [0-9.]+[kM]?/[smhd]( burst [0-9.]+[kM]?)?|rate 1/h burst $BURST|; s| mark [^ ]*||"; }

seen() { in_ns "$gateway" awk 'NR > 1 { n += $3 } END { print n + 0 }' /proc/net/levee/hooks; }
all_seen() { [ "$(seen)" -ge "$1" ]; }

# Services send something to clients, so that it is known that answers go out here. Lines
# as examples.py wants them.
say() {
	in_ns "$gateway" /usr/bin/python3 "$here/examples.py" eth0 02:00:00:00:00:99 <<<"$1"
}

# is_known POLICY...: what nobody asked for is told from the rest.
is_known() {
	[ "$(gw -j reflect | json '" ".join([j["asked"], j["met"]])')" = "on on" ] &&
		[ "$(gw -j policy show | json "{p['path'] for p in j if p['name'] in '$*'.split()} == {'here'}")" = True ]
}

# send LINES: as examples.py wants them.
send() {
	local before

	before=$(seen)
	in_ns "$client" /usr/bin/python3 "$here/examples.py" eth0 "$mac" <<<"$1"
	busywait 20000 all_seen $((before + $(awk '{ n += $1 } END { print n }' <<<"$1")))
}

# counted: POLICY CLASS PASSED DROPPED of all that was sent.
counted() {
	in_ns "$gateway" awk 'NR > 1 && $1 != "default" && $5 { n[$1 " " $2, $3] += $5; keys[$1 " " $2] }
		END { for (k in keys) print k, n[k, "passed"] + 0, n[k, "dropped"] + 0 }' \
		/proc/net/levee/stats | sort
}

# flooded NAME: with "POLICY DESTINATION PORT CLASS..." on standard input.
flooded() {
	local name=$1 policy dst port classes class said='' single='' many=''
	local wanted_single='' wanted_many='' policies=()

	check "$name: it is put in force" gw apply - < <(enforced "$name" | short)
	while read -r policy dst port classes; do
		policies+=("$policy")
		for class in $classes; do
			single+="$SENT $class 198.18.$((++sources)).7 $dst $port"$'\n'
			# Who has a connection has got something from there, which also
			# shows where a policy's answers go out.
			[ "$class" = tcp ] && said+="1 says-tcp $dst 198.18.$sources.7 $port"$'\n'
			case $class in
			amplified) class=reflect ;;
			stray) class=tcp-stray ;;
			esac
			wanted_single+="$policy $class $BURST $((SENT - BURST))"$'\n'
			[[ $class == reflect || $class == tcp-stray ]] || continue
			many+="$SENT ${single##*"$SENT" }"
			wanted_many+="$policy $class $BURST $((SENT - BURST))"$'\n'
		done
	done
	say "${said%$'\n'}"
	check "$name: it is known what was asked for" busywait 60000 is_known "${policies[@]}"
	# Policies of the same name keep what they have counted.
	gw flush all
	many=$(sed -E 's/ 198\.18\.[0-9]+\.7 / many /' <<<"${many%$'\n'}")
	send "${single%$'\n'}"
	check_eq "$name: one source is limited, whatever it sends and where to" \
		"$(sort <<<"${wanted_single%$'\n'}")" "$(counted)"
	gw flush all
	send "$many"
	check_eq "$name: and so are many together that nobody asked" \
		"$(sort <<<"${wanted_many%$'\n'}")" "$(counted)"
}

test_web_server() {
	flooded web-server <<-END
	web 203.0.113.10 443 syn tcp stray udp amplified
	ssh 203.0.113.10 22 syn tcp stray reflect
	host 203.0.113.10 8080 syn tcp stray udp amplified icmp frag other
	END
	# As it is, with the numbers that it has.
	enforced web-server | gw apply -
	gw flush all
	send "3000 reflect 198.18.0.7 203.0.113.10 443
3000 stray 198.18.0.7 203.0.113.10 443
3000 reflect 198.18.0.7 203.0.113.10 22"
	check_between "web-server: of 3000 SYN/ACK to https, hardly any pass" 10 1000 \
		"$(counted | awk '$1 == "web" && $2 == "reflect" { print $3 }')"
	check_between "web-server: nor of 3000 ACK without a connection" 10 1000 \
		"$(counted | awk '$1 == "web" && $2 == "tcp-stray" { print $3 }')"
	check_between "web-server: nor to ssh" 10 100 "$(counted | awk '$1 == "ssh" { print $3 }')"
}

test_gateway() {
	flooded gateway <<-END
	web 203.0.113.11 443 syn tcp stray udp amplified
	dns 203.0.113.53 53 udp syn tcp stray amplified
	mail 203.0.113.25 587 syn tcp stray reflect
	inside 203.0.113.77 4000 syn tcp stray udp amplified icmp frag other
	END
}

test_carrier() {
	flooded carrier <<-END
	customers 198.51.100.7 4000 syn tcp udp amplified icmp frag other
	resolvers 203.0.113.53 53 udp syn tcp amplified
	answers 203.0.113.53 40000 syn tcp udp amplified icmp frag other
	bgp 203.0.113.1 179 syn tcp stray reflect
	core 203.0.113.1 40000 syn tcp udp amplified icmp frag other
	END
}

# decides NAME POLICY ADDR...: which policy a packet would meet.
decides() {
	local name=$1 policy=$2
	shift 2
	check_eq "$name" "$policy" "$(gw -j policy match "$@" | json 'j["policy"]')"
}

# example FILE: it is accepted, complete, and comes back.
example() {
	check "$1 is accepted" gw apply "$here/../tools/examples/$1.conf"
	check_eq "$1 has no limit without packets" "" "$(cat "$LIB_TMP/check")"
	check_eq "$1 drops nothing yet" 0 "$(gw policy show | grep -c 'mode enforce')"
	check_eq "$1 says all that is in force" 0 \
		"$(gw diff "$here/../tools/examples/$1.conf" >/dev/null; echo $?)"
	gw save >"$LIB_TMP/f"
	check_eq "$1 is saved so that it comes back" 0 "$(gw diff "$LIB_TMP/f" >/dev/null; echo $?)"
}

test_examples() {
	example web-server
	decides "web-server: https" web 203.0.113.10 proto tcp dport 443
	decides "web-server: ssh" ssh 2001:db8::10 proto tcp dport 22
	decides "web-server: a ping" host 203.0.113.10 proto icmp
	check "web-server: who visits is answered" \
		in_ns "$client" ping -c 5 -i 0.05 -W 2 -q $SERVER4
	example gateway
	decides "gateway: the site" web 2001:db8::11 proto tcp dport 80
	decides "gateway: QUIC" web 203.0.113.11 proto udp dport 443
	decides "gateway: names" dns 203.0.113.53 proto udp dport 53
	decides "gateway: mail" mail 203.0.113.25 proto tcp dport 25
	decides "gateway: users" inside 203.0.113.77 proto tcp dport 443
	check "gateway: who visits is answered" \
		in_ns "$client" ping -c 5 -i 0.05 -W 2 -q $SERVER4
	example carrier
	decides "carrier: a customer" customers 198.51.100.7 proto udp dport 4000
	decides "carrier: its resolver" resolvers 2001:db8:ffff::53 proto udp dport 53
	decides "carrier: what that one has asked" answers 203.0.113.53 proto udp dport 40000
	decides "carrier: BGP" bgp 203.0.113.1 proto tcp dport 179
	decides "carrier: a router" core 203.0.113.1 proto icmp
	decides "carrier: the rest of the world" default 192.0.2.77 proto tcp dport 80
	check_eq "carrier: whole networks are limited" "24 56" "$(gw -j limit show customers |
		json '"%d %d" % (j[0]["per-v4"], j[0]["per-v6"])')"
	gw apply - <<<"policy set default mode monitor" 2>/dev/null
}

topo_gateway
mac=$(in_ns "$gateway" cat /sys/class/net/eth0/address)
test_examples
# Nothing else is to be counted.
in_ns "$server" ip link set eth0 down
test_web_server
test_gateway
test_carrier
ktap_finish
