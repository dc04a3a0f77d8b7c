#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TCP of no connection meets the limits of class tcp-stray, and running connections do not:
# the module is loaded in the middle of a long download and beside connections that are
# idle, and the limits are enforced. It fails when the download or one of them is cut,
# when new visitors do not get in during a flood of ACK, RST and FIN, or when that
# passes; when who is challenged passes for somebody with a connection because
# levee itself has sent him something, or when the RST that answers a challenge is taken
# for what nobody asked for.
# TIMEOUT: 300
# MODULE: none
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
EACH=400

gw() { in_ns "$gateway" levee "$@"; }
forge() { in_ns "$client" /usr/bin/python3 -B "$here/solicited.py" "$1"; }
met() { gw -j reflect show | json 'j["met"]'; }
path() { gw -j policy show "$1" | json 'j[0]["path"]'; }
is() { [ "$("${@:2}")" = "$1" ]; }
sum() {
	in_ns "$gateway" awk -v p="$1" -v c="$2" -v v="$3" \
		'$1 == p && $2 == c && $3 == v { n += $5 } END { print n + 0 }' \
		/proc/net/levee/stats
}
talk() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_ns "$1" timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/7" && echo hello >&3 &&
		read -r -t 5 line <&3 && [ "$line" = hello ]' "$2"
}

# say WHO: something on a connection that was idle, and wait for its echo.
say() {
	printf 'say\n' >"$LIB_TMP/$1.in"
	busywait 10000 echoed "$1"
}
echoed() { [ "$(wc -l <"$LIB_TMP/$1.out")" -ge "$said" ]; }

start() {
	in_ns "$server" /usr/bin/python3 -B "$here/stray.py" serve &
	in_ns "$client" /usr/bin/python3 -B "$here/stray.py" serve &
	busywait 10000 in_ns "$server" grep -q ':0007 ' /proc/net/tcp
	busywait 10000 in_ns "$client" grep -q ':0007 ' /proc/net/tcp
	# Into the protected network, and out of it.
	mkfifo "$LIB_TMP/in.in" "$LIB_TMP/out.in"
	in_ns "$client" /usr/bin/python3 -B "$here/stray.py" idle "$SERVER4" \
		<>"$LIB_TMP/in.in" >"$LIB_TMP/in.out" &
	in_ns "$server" /usr/bin/python3 -B "$here/stray.py" idle "$CLIENT4" \
		<>"$LIB_TMP/out.in" >"$LIB_TMP/out.out" &
	said=1
	in_ns "$client" /usr/bin/python3 -B "$here/stray.py" load "$SERVER4" >"$LIB_TMP/load" &
	load_pid=$!
	say in && say out && busywait 10000 loads
}
loads() { [ "$(wc -l <"$LIB_TMP/load")" -gt "${1-0}" ]; }
goes_on() { busywait 10000 loads $(($(wc -l <"$LIB_TMP/load") + 3)); }

flood() {
	local kind

	for kind in ack finack rst rstack; do
		echo "$kind 198.18.$((${1-0} + 1)).0 $EACH"
	done | forge $SERVER4
}

# What is challenged has a policy of its own, apart from the connections: see challenge.py.
WEB="policy add web dst $SERVER4 proto tcp dport 80 mode enforce challenge above 20/s below 10/s
limit set web tcp-stray rate 1/d burst 1 per 0
limit set web reflect rate 1/d burst 1 per 0"
# forge_syn WORDS...: the first word of each answer
forge_syn() {
	printf '%s\n' "${@/%/ dst=$SERVER4}" |
		in_ns "$client" /usr/bin/python3 -B "$here/challenge.py" eth0 \
			"$(in_ns "$gateway" cat /sys/class/net/eth0/address)" |
		cut -d ' ' -f 1 | xargs
}
# packets CLASS VERDICT [REASON]
packets() {
	in_ns "$gateway" awk -v c="$1" -v v="$2" -v r="${3-none}" \
		'$1 == "web" && $2 == c && $3 == v && $4 == r { n += $5 } END { print n + 0 }' \
		/proc/net/levee/stats
}
answered() { gw -j stats show policy web | json 'j["stats"][0]["challenge"]["answered"]'; }

# challenge WHERE SOURCE CLASS: a challenge proves a source whose RST is of that class.
challenge() {
	gw flush stats
	check_eq "$1: a challenge, its answer, and the SYN that comes then" "A RA" \
		"$(forge_syn "prove src=$2 burst=8" "syn src=$2 burst=8 seq=2")"
	check_eq "$1: the answer is taken for one, and goes no further" "1 1 0" \
		"$(answered) $(packets "$3" dropped challenge) $(packets "$3" dropped limit)"
}

# challenge_and_stray WHERE NET
challenge_and_stray() {
	check_eq "$1: a SYN shows where answers go out" "RA here" \
		"$(forge_syn "syn src=$2.1") $(path web)"
	gw flush stats
	check_eq "$1: SYNs in somebody's name are challenged" "A sent A" \
		"$(forge_syn "syn src=$2.2 burst=8" "ack src=$2.2 count=21" "syn src=$2.2 burst=8 sport=1030")"
	check "$1: which makes no connection of the ACKs between them" \
		busywait 5000 is 20 packets tcp-stray dropped limit
	check_eq "$1: all but one are dropped" "0 1" "$(packets tcp passed) $(packets tcp-stray passed)"
	challenge "$1" "$2.3" tcp-stray
	check_eq "$1: who is proven sends no strays" sent "$(forge_syn "ack src=$2.3 count=20")"
	check "$1: but what passes" busywait 5000 is 20 packets tcp passed
}

# at_prerouting CMD...: in the network whose gateway has its hook there.
at_prerouting() {
	local client=${routed[0]} gateway=${routed[1]}

	"$@"
}

topo_gateway
topo_neigh_static
ip -n "$gateway" route add 198.18.0.0/15 via $CLIENT4
routed=("$client" "$gateway")
topo_gateway
check "connections that are there before the module" start
insmod "$LAB_MODULE_DIR/levee.ko"
gw -b - <<-END
policy add www dst $SERVER4 mode enforce
limit set www tcp-stray rate 1/d burst 1 per 0
limit set www reflect rate 1/d burst 1 per 0
$WEB
hook add dev eth0
END
at_prerouting gw -b - <<<"$WEB
hook add prerouting"
check_eq "who has connections is noted, but not for long enough" warming "$(met)"
flood
check_eq "so far, nobody is stray" "0 0" "$(sum www tcp-stray passed) $(sum www tcp-stray dropped)"
check_eq "nor in a network whose gateway has its hook at PREROUTING" warming \
	"$(at_prerouting met)"
at_prerouting challenge "PREROUTING, so far" 198.18.200.1 tcp
check "the download shows where answers go out" busywait 5000 is here path www
check "after half a minute it is known who has connections" busywait 45000 is on met
check "the download goes on" goes_on
said=2
check "an idle connection goes on from outside, with the packet that the limit allows" say in
check "and one from inside" say out
gw flush all
flood 20 &
flooder=$!
check "during a flood of what is of no connection" talk "$client" $SERVER4
check "visitors that are new get in, and out" talk "$server" $CLIENT4
said=3
check "connections that are known go on" say in
check "from inside, too" say out
check "and so does the download" goes_on
wait $flooder
check_eq "ACK, FIN and RST were dropped" "1 $((3 * EACH - 1))" \
	"$(sum www tcp-stray passed) $(sum www tcp-stray dropped)"
check_eq "RST with ACK as what answers a SYN" "1 $((EACH - 1))" \
	"$(sum www reflect passed) $(sum www reflect dropped)"
check_eq "and nothing of a connection" 0 "$(sum www tcp dropped)"

topo_neigh_static
ip -n "$gateway" route add 198.18.0.0/15 via $CLIENT4
challenge_and_stray device 198.18.200
check "PREROUTING: it is known there, too, who has connections" \
	at_prerouting busywait 45000 is on met
at_prerouting challenge_and_stray PREROUTING 198.18.201

gw policy del web
gw limit flush www
gw flush all
flood 40
check_eq "without a limit for tcp-stray there is no such class" "0 0" \
	"$(sum www tcp-stray passed) $(sum www reflect passed)"
check_eq "and who has connections is not noted" off "$(met)"
check "the download was not over" test -e "/proc/$load_pid"
cleanup_all_ns
rmmod levee
ktap_finish
