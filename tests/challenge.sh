#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Challenges, packet by packet: who is challenged and when, what is sent, which answers
# prove anything. It fails when an answer is not as a TCP expects it, larger than its SYN,
# or sent where none may be; when an RST without the number, or with one that is too old,
# proves somebody; when one with it does not, or reaches the server; and when a SYN that
# comes again passes too early, too late, or is another one.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
BURST=8		# SYNs that are a flood, as the trigger is
FLOOD4=198.18.0.0/15
FLOOD6=2001:db8:f0::/44
gw() { in_ns "$gateway" levee "$@"; }

# count NAME: of the challenge of www.
count() { gw -j stats show policy www | json "j['stats'][0]['challenge']['$1']"; }
counts() { gw stats show policy www | sed -n 's/^challenge www \(.*retried [0-9]*\).*/\1/p'; }
active() { gw -j policy show www | json "'yes' if 'since' in j[0]['challenge'] else 'no'"; }
# A program that shows it may take so long that it is not any more.
is_active() {
	keep_flooding
	[ "$(active)" = yes ]
}
is_told() {
	keep_flooding
	gw policy show www | grep -q 'sources have to prove that they are real; that began [0-9.]*s ago' &&
		keep_flooding &&
		gw stats show policy www | grep -q '^challenge www sent .* began [0-9.]*s ago'
}
# dropped CLASS: for a challenge.
dropped() {
	in_ns "$gateway" awk -v c="$1" '$1 == "www" && $2 == c && $4 == "challenge" { n = $5; v = $3 }
		END { print v + 0 == v ? "none" : v, n + 0 }' /proc/net/levee/stats
}

# check_begun NAME WORDS LESS TEXT: a flood and one SYN more, but for LESS of them. The first
# three pass, if there was no challenge yet.
check_begun() {
	check_eq "$1: $2" "$2" "${4% *}"
	check_between "$1" $((BURST + 1 - 3 - $3)) $((BURST + 1 - $3)) "${4##* }"
}

# forge WORDS: see challenge.py; the answer is printed.
forge() {
	local line

	echo "$*" >&"$to_forger"
	read -r -t 30 -u "$from_forger" line
	echo "$line"
}

# syn SOURCE WORDS: a SYN to the server of the same family, in the middle of a flood.
syn() {
	local to=$SERVER4

	[[ $1 = *:* ]] && to=$SERVER6
	forge syn dst=$to burst=$BURST "src=$1" "${@:2}"
}
number_of() { cut -d ' ' -f 2 <<<"$1"; }
words_of() { cut -d ' ' -f 1,3- <<<"$1"; }
rst() {
	local to=$SERVER4

	[[ $1 = *:* ]] && to=$SERVER6
	forge rst dst=$to "src=$1" "${@:2}"
}
now_ms() { date +%s%3N; }

# What the server answers to a SYN that gets there.
PASSED="RA 2 40 63 -"
PASSED6="RA 2 60 63 -"

test_answers() {
	local family=$1 source=$2 other=$3 challenge=$4 passed=$5 answer

	gw flush stats
	answer=$(syn "$source")
	check_eq "$family: a SYN is challenged" "$challenge" "$(words_of "$answer")"
	check_begun "$family: and dropped" dropped 0 "$(dropped syn)"
	rst "$source" seq=$(($(number_of "$answer") ^ 1)) >/dev/null
	check_eq "$family: another number" "$challenge" "$(words_of "$(syn "$source" seq=2)")"
	check_eq "$family: proves nothing, and passes" "0 1 none 0" \
		"$(count answered) $(count failed) $(dropped tcp)"
	# A number is not good for long, and looking at counters may take a while.
	answer=$(syn "$source" seq=3)
	rst "$source" sport=1025 "seq=$(number_of "$answer")" >/dev/null
	rst "$other" "seq=$(number_of "$answer")" >/dev/null
	check_eq "$family: nor does the number from elsewhere" "0 3" \
		"$(count answered) $(count failed)"
	rst "$source" "seq=$(number_of "$(syn "$source" seq=4)")" >/dev/null
	check_eq "$family: the number does, and is dropped" "1 3 dropped 1" \
		"$(count answered) $(count failed) $(dropped tcp)"
	check_eq "$family: then the SYN passes" "$passed" "$(syn "$source")"
	check_eq "$family: as do others from there" "${passed/ 2 / 8 }" \
		"$(syn "$source" sport=1030 seq=7)"
	check_eq "$family: but not those of others" "$challenge" \
		"$(words_of "$(syn "$other" sport=1031)")"
}

test_shapes() {
	check_eq "SYN with data (Fast Open)" "A 40 64 -" \
		"$(words_of "$(syn 198.18.1.1 data=500)")"
	check_eq "SYN with IPv4 options" "A 40 64 -" "$(words_of "$(syn 198.18.1.2 opts=1)")"
	check_eq "SYN with an IPv6 extension header" "A 60 64 -" \
		"$(words_of "$(syn 2001:db8:f0:12::1 opts=1)")"
	check_eq "VLAN tag" "A 40 64 5" "$(words_of "$(syn 198.18.1.3 tag=5)")"
	check_eq "VLAN tags, IPv6" "A 60 64 8197,7" \
		"$(words_of "$(syn 2001:db8:f0:13::1 tag=8197 inner=7)")"
	in_ns "$gateway" sysctl -qw net.ipv4.ip_default_ttl=77
	check_eq "TTL is the host's" "A 40 77 -" "$(words_of "$(syn 198.18.1.4)")"
	in_ns "$gateway" sysctl -qw net.ipv4.ip_default_ttl=64
	check_eq "a SYN for the gateway itself" "A 40 64 -" \
		"$(words_of "$(forge syn src=198.18.1.5 dst=$INNER4 burst=$BURST)")"
}

# prove SOURCE WORDS: answer a challenge
prove() { rst "$@" "seq=$(number_of "$(syn "$@")")" >/dev/null; }

# The server has a connection of the same ports, and wants an RST before it takes another
# (RFC 5961): as its ACK has the same form as ours, the RST must reach it.
test_reuse() {
	local source=198.18.1.6

	prove $source sport=1100
	check_eq "a connection begins" "SA 101 63" \
		"$(syn $source dport=81 seq=100 | cut -d ' ' -f 1,2,4)"
	check_eq "another SYN from that port: the server asks back" "A 101 63" \
		"$(syn $source dport=81 seq=5000000 | cut -d ' ' -f 1,2,4)"
	gw flush stats
	rst $source dport=81 seq=101 >/dev/null
	check_eq "the RST that it wants reaches it" "SA 6000001 63" \
		"$(syn $source dport=81 seq=6000000 | cut -d ' ' -f 1,2,4)"
	check_eq "and is not taken for an answer to us" "0 1" "$(count answered) $(count failed)"
}

# A host behind the gateway and its peer send SYNs to each other.
test_simultaneous() {
	local source=198.18.1.7 opener

	in_ns "$server" /usr/bin/python3 -c 'import socket, sys
sock = socket.socket()
sock.bind(("", 82))
sock.settimeout(60)
sock.connect((sys.argv[1], 1024))' $source 2>/dev/null &
	opener=$!
	busywait 10000 in_ns "$server" grep -q ' 02 ' /proc/net/tcp
	check_eq "simultaneous open: the peer is challenged" "A 40 64 -" \
		"$(words_of "$(syn $source dport=82 seq=100)")"
	prove $source sport=1101
	check_eq "simultaneous open: then its SYN is accepted" "SA 101 63" \
		"$(syn $source dport=82 seq=100 | cut -d ' ' -f 1,2,4)"
	kill $opener
}

# Each SYN is dropped, and nothing sent.
test_unanswered() {
	local source to

	gw list add deny 198.18.2.2 comment "challenge test"
	syn 198.18.2.99 >/dev/null
	while read -r source to; do
		check_eq "$source to $to is not answered" none \
			"$(forge syn none "src=$source" "dst=$to")"
	done <<-EOF
	$UPLINK4 $SERVER4
	0.0.0.0 $SERVER4
	127.0.0.1 $SERVER4
	224.0.0.9 $SERVER4
	255.255.255.255 $SERVER4
	203.0.113.255 $SERVER4
	198.18.2.1 203.0.113.255
	198.18.2.1 224.0.0.9
	198.18.2.2 $SERVER4
	:: $SERVER6
	ff02::9 $SERVER6
	::1 $SERVER6
	$UPLINK6 $SERVER6
	2001:db8:f0:21::1 ff0e::9
	EOF
	gw list del deny 198.18.2.2
	check_eq "a frame for another host is not answered" none \
		"$(syn 198.18.2.3 none mac=02:00:00:00:00:99)"
	check_eq "a frame for all is not answered" none \
		"$(syn 198.18.2.3 none mac=ff:ff:ff:ff:ff:ff)"
}

# A gateway that is a bridge answers in the name of the link's address that was meant.
test_bridge() {
	local mac answer

	mac=$(in_ns "$server" cat /sys/class/net/eth0/address)
	gw policy set www challenge above 20/s below 10/s
	gw flush stats
	ip -n "$gateway" link add br0 type bridge
	ip -n "$gateway" link set br0 up
	ip -n "$gateway" link set eth0 master br0
	answer=$(syn 198.18.8.1 "mac=$mac")
	check_eq "bridge: a SYN is challenged" "A 40 64 -" "$(words_of "$answer")"
	rst 198.18.8.1 "seq=$(number_of "$answer")" >/dev/null
	check_eq "bridge: the answer proves" 1 "$(count answered)"
}

# No SYN of it comes again.
keep_flooding() {
	flooded=$((flooded + 1))
	syn 198.18.3.9 seq=$flooded >/dev/null
}
flooded=0

# SYNs that come again: a firewall eats challenges.
test_retry() {
	local source=198.18.3.1 before again nr=77

	gw flush stats
	before=$(now_ms)
	syn $source seq=77 >/dev/null
	again=$(syn $source seq=77 | cut -d ' ' -f 1)
	if [ $(($(now_ms) - before)) -lt 500 ]; then
		check_eq "a SYN that comes again at once is challenged" A "$again"
	else
		ktap_skip "a SYN that comes again at once is challenged" "the machine was busy"
		nr=79
		gw flush stats
		before=$(now_ms)
		syn $source seq=$nr >/dev/null
	fi
	while [ $(($(now_ms) - before)) -lt 1000 ]; do keep_flooding; done
	check_eq "and so is another one later" A "$(syn $source seq=78 | cut -d ' ' -f 1)"
	check_eq "the same one a second later passes" "RA $((nr + 1)) 40 63 - 1" \
		"$(syn $source seq=$nr) $(count retried)"
	check_eq "and proves nobody" A "$(syn $source sport=1040 | cut -d ' ' -f 1)"
}

# replay NUMBER MILLISECONDS: an answer, so long after its challenge.
test_replay() {
	while [ $(($(now_ms) - $2)) -lt 9000 ]; do keep_flooding; done
	rst 198.18.4.1 "seq=$1" >/dev/null
	check_eq "an answer of two epochs ago proves nobody" A \
		"$(syn 198.18.4.1 | cut -d ' ' -f 1)"
}

# unanswered NAME SOURCE: neither here nor elsewhere.
unanswered() {
	gw flush stats
	check_eq "$1 is not answered" "none 1" "$(syn "$2" none) $(count suppressed)"
}

test_prerouting() {
	gw hook del dev eth0
	gw hook add prerouting
	test_answers "IPv4 at PREROUTING" 198.18.5.1 198.18.5.2 "A 40 64 -" "$PASSED"
	test_answers "IPv6 at PREROUTING" 2001:db8:f0:51::1 2001:db8:f0:52::1 "A 60 64 -" "$PASSED6"
	unanswered "PREROUTING: who seems to be inside" 203.0.113.77
	unanswered "PREROUTING: who seems to be this host" $INNER4
	unanswered "PREROUTING: who cannot be reached" 198.51.100.1
	check_eq "PREROUTING: a SYN for the gateway itself" "A 40 64 -" \
		"$(words_of "$(forge syn src=198.18.5.5 dst=$INNER4 burst=$BURST)")"
	gw hook del prerouting
	gw hook add dev eth0
}

test_modes() {
	gw policy set www mode monitor
	gw flush stats
	check_eq "mode monitor sends nothing" "$PASSED" "$(syn 198.18.6.1)"
	check_begun "and counts what it would" would 0 "$(dropped syn)"
	check_eq "but no challenges" "sent 0 answered 0 failed 0 suppressed 0 retried 0" "$(counts)"
	gw policy set www mode enforce challenge above 20/s rate 1/s
	gw flush stats
	syn 198.18.6.2 none >/dev/null
	check_begun "challenges have a limit of their own" "sent 1 answered 0 failed 0 suppressed" 1 \
		"$(counts | sed 's/ retried 0$//')"
	gw policy set www challenge above 20/s below 10/s
	check "it is active" busywait 20000 is_active
	check "and that is told, with what there was of it" busywait 20000 is_told
	check_between "and ends soon after the flood" 0.8 15 \
		"$(forge quiet src=198.18.6.3 dst=$SERVER4 burst=$BURST)"
	check_eq "it is not active" no "$(active)"
	check "and that is told" grep -q '^challenge www sent .* not now$' <(gw stats show policy www)
	gw policy set www challenge off
	check_eq "off: SYNs pass" "$PASSED" "$(syn 198.18.6.4)"
	check_eq "and it is not shown" "www enforce" "$(gw -j policy show www |
		json '" ".join([j[0]["name"], j[0]["mode"]] + ["challenge"] * ("challenge" in j[0]))')"
}

# As a configuration file has it; what was counted stays.
test_config() {
	local saved=$LIB_TMP/saved sent

	sent=$(count sent)
	gw save >"$saved"
	check_eq "it is saved" "policy add www dst 203.0.113.0/24,224.0.0.9,2001:db8:2::10,ff0e::9 mode enforce challenge above 20/s below 10/s rate 1M/s" \
		"$(grep '^policy add' "$saved")"
	sed -i 's/ challenge above 20/ challenge above 30/' "$saved"
	check_eq "and what would change is told" "-20/s +30/s" \
		"$(gw diff "$saved" | sed -n 's/^\([-+]\).*above \([^ ]*\) .*/\1\2/p' | sort -r | xargs)"
	check "a file puts it in force" gw apply "$saved"
	check_eq "with what was counted before" "above 30/s below 10/s rate 1M/s $sent" \
		"$(gw policy show www | sed -n 's/.*challenge //p') $(count sent)"
	check "another one removes it" gw apply - < <(sed 's/ challenge above.*//' "$saved")
	check_eq "it is gone" 0 "$(gw save | grep -c challenge)"
	check_eq "SYNs pass then" "$PASSED" "$(syn 198.18.7.1)"
	gw policy set www challenge above 20/s below 10/s
}

topo_gateway
topo_neigh_static
ip -n "$gateway" route add $FLOOD4 via $CLIENT4
ip -n "$gateway" route add $FLOOD6 via $CLIENT6
# Nobody listens at port 80, so a SYN that gets there is answered with an RST.
ip netns exec "$server" /usr/bin/python3 -c 'import socket, time
sock = socket.create_server(("", 81))
time.sleep(1000)' &
busywait 10000 in_ns "$server" grep -q ':0051 ' /proc/net/tcp
gw -b - <<-END
policy add www dst 203.0.113.0/24,$SERVER6,224.0.0.9,ff0e::9 mode enforce challenge above 20/s below 10/s
hook add dev eth0
END
coproc forger { ip netns exec "$client" /usr/bin/python3 -B "$here/challenge.py" eth0 \
	"$(in_ns "$gateway" cat /sys/class/net/eth0/address)"; }
# Those of a coprocess are not there in a pipe.
exec {from_forger}<&"${forger[0]}" {to_forger}>&"${forger[1]}"

check_eq "it is shown with what it has by default" "above 20/s below 10/s rate 1M/s" \
	"$(gw policy show www | sed -n 's/.*challenge //p')"
check_eq "it is not active at first" no "$(active)"
check_eq "few SYNs pass" "$PASSED" "$(forge syn src=198.18.0.1 dst=$SERVER4)"
old=$(syn 198.18.4.1)
old_ms=$(now_ms)
test_answers IPv4 198.18.0.2 198.18.0.3 "A 40 64 -" "$PASSED"
test_answers IPv6 2001:db8:f0:2::1 2001:db8:f0:3::1 "A 60 64 -" "$PASSED6"
test_shapes
test_reuse
test_simultaneous
test_unanswered
forge blind src=198.18.0.4 dst=$SERVER4 count=1000 >/dev/null
check_eq "1,000 guesses prove nobody" A "$(syn 198.18.0.4 | cut -d ' ' -f 1)"
test_retry
test_replay "$(number_of "$old")" "$old_ms"
test_prerouting
test_config
test_modes
test_bridge
ktap_finish
