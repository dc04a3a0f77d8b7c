#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What protected hosts have asked for passes, and what nobody asked for meets the limits of
# class reflect. A resolver behind the gateway goes on to resolve, also what comes in
# fragments, while thousands of reflectors answer what nobody asked. It fails when one
# answer that was asked for is dropped, when more than one in a thousand of the others is
# not, when anything is held against anybody before it is known what was asked, or when
# answers that leave by another device are not noticed.
# TIMEOUT: 300
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
for tool in dnsmasq dig; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
EACH=300		# reflectors of each service
ASKER4=203.0.113.20	# protected as well, but by no policy

gw() { in_ns "$gateway" levee "$@"; }
forge() { in_ns "$client" /usr/bin/python3 -B "$here/solicited.py" "$1"; }
outlook() { gw -j reflect show | json 'j["asked"]'; }
path() { gw -j policy show "$1" | json 'j[0]["path"]'; }
is() { [ "$("${@:2}")" = "$1" ]; }

# stats POLICY: "class verdict reason packets" of what there was.
stats() {
	in_ns "$gateway" awk -v policy="$1" '$1 == policy && $5 { print $2, $3, $4, $5 }' \
		/proc/net/levee/stats | sort | paste -sd ';'
}

# sum POLICY CLASS VERDICT
sum() {
	in_ns "$gateway" awk -v p="$1" -v c="$2" -v v="$3" \
		'$1 == p && $2 == c && $3 == v { n += $5 } END { print n + 0 }' \
		/proc/net/levee/stats
}

# A name server outside, whose answers may be long, and a resolver inside that asks it.
start_dns() {
	local long

	long=$(printf '"%0200d",' $(seq 16))
	in_ns "$client" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --bind-interfaces --listen-address="$CLIENT4,$CLIENT6" \
		--edns-packet-max=4096 --user=root --pid-file= --cache-size=0 \
		--address=/short.example/192.0.2.80 --txt-record="long.example,${long%,}" \
		>"$LIB_TMP/outside" 2>&1 &
	in_ns "$server" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv \
		--no-hosts --bind-interfaces --listen-address="$SERVER4,127.0.0.1" \
		--edns-packet-max=4096 --user=root --pid-file= --cache-size=0 \
		--server="$CLIENT4" >"$LIB_TMP/inside" 2>&1 &
	busywait 20000 resolves short.example A 1
}

# resolves NAME TYPE COUNT: does the resolver, each time, without TCP?
resolves() {
	local i

	for ((i = 0; i < $3; i++)); do
		in_ns "$server" dig @127.0.0.1 +notcp +ignore +bufsize=4096 +tries=1 \
			+time=5 "$1" "$2" >"$LIB_TMP/dig" 2>&1
		if ! grep -q 'status: NOERROR' "$LIB_TMP/dig" ||
		   ! grep -q 'ANSWER: 1' "$LIB_TMP/dig"; then
			cat "$LIB_TMP/dig"
			return 1
		fi
	done
}

# attack: answers of seven services, and SYN/ACK, from reflectors that nobody asked.
attack() {
	local port net=0

	for port in 53 123 1900 11211 389 161 19; do
		echo "udp 198.18.$((net += 4)).0 $EACH $port"
	done
	echo "synack 198.19.0.0 $EACH"
	echo "echo 198.19.4.0 $EACH"
}

topo_gateway
ip -n "$server" addr add $ASKER4/24 dev eth0
check_eq "before the first hook nobody wants to know what was asked" off "$(outlook)"
gw -b - <<-END
policy add www dst $SERVER4,$SERVER6 mode enforce
limit set www reflect rate 1/d burst 1 per 0
limit set www frag rate 1/d burst 1 per 0
limit set www udp rate 1000/s
hook add dev eth0
END
check_eq "then it is noted, but not for long enough" warming "$(outlook)"
check_eq "nothing was seen yet that goes out" unseen "$(path www)"
check "a resolver behind the gateway" start_dns
gw flush all
forge $SERVER4 <<-END
udp 198.18.100.0 20 53
synack 198.18.100.0 20
echo 198.18.100.0 20
END
check_eq "so far, everything passes for asked" \
	"icmp passed none 20;tcp passed none 20;udp passed none 20" "$(stats www)"
check "the resolver's questions show where answers go out" busywait 5000 is here path www
check "and after half a minute it is known what was asked" busywait 45000 is on outlook

gw flush all
attack | forge $SERVER4 &
attacker=$!
check "during an attack, it resolves" resolves short.example A 5
check "also what comes in fragments" resolves long.example TXT 3
check "and can be pinged out of" in_ns "$server" ping -q -c 3 -i 0.1 -s 3000 $CLIENT4
check "and connects" in_ns "$server" timeout 10 bash -c "exec 3<>/dev/tcp/$CLIENT4/53"
wait $attacker
sent=$((9 * EACH))
passed=$(sum www reflect passed)
check_eq "all of the attack was seen" $sent $((passed + $(sum www reflect dropped)))
check_eq "and all but one packet of it dropped, from the first on" 1 "$passed"
check_eq "nothing else was" "0 0 0 0" "$(sum www udp dropped) $(sum www tcp dropped) \
$(sum www icmp dropped) $(sum www frag dropped)"
ktap_note "$(stats www)"
echo "frag 198.18.200.0 50" | forge $SERVER4
check_eq "fragments that nobody asked for meet frag" "1 49" \
	"$(sum www frag passed) $(sum www frag dropped)"
check "and others do not, IPv6" in_ns "$server" ping -q -c 2 -i 0.1 -s 3000 $CLIENT6

# Recorded attacks by reflection. Their victims are nobody that a policy names.
reflected() {
	local file=$1 ports sent

	ports=$(gw -j reflect show | json '" or ".join(f"src port {p}" for p in j["port"])')
	sent=$(tcpdump -nr "$file" "udp and ($ports)" 2>/dev/null | wc -l)
	gw flush all
	in_ns "$client" tcpreplay -q -i eth0 --topspeed "$file" >"$LIB_TMP/replay" 2>&1
	all_there() {
		[ $(($(sum default reflect passed) + $(sum default reflect dropped))) = "$sent" ]
	}
	check "$(basename "$file"): all $sent are seen as nobody's answers" busywait 5000 all_there
	check_between "and 99.9 % are dropped" $(((sent * 999 + 999) / 1000)) "$sent" \
		"$(sum default reflect dropped)"
	ktap_note "$(basename "$file"): $(stats default)"
}
if [ -r "${LEVEE_CAPTURES-}/MANIFEST.tsv" ]; then
	backlog=$(sysctl -n net.core.netdev_max_backlog)
	sysctl -qw net.core.netdev_max_backlog=1000000
	gw policy set default mode enforce
	gw limit set default reflect rate 1/d burst 1 per 0
	# Refused, which is an answer.
	in_ns "$client" timeout 5 bash -c "exec 3<>/dev/tcp/$ASKER4/81" 2>"$LIB_TMP/refused"
	check "a host of no policy shows where answers go out" busywait 5000 is here path default
	for name in stopddos_amp_bacnet_dvr37810.pcapng stopddos_amp_isakmp.pcap \
		    netlyzer_dns_amp_booter.pcap; do
		reflected "$LEVEE_CAPTURES/attack/$name"
	done
	gw limit flush default
	gw policy set default mode monitor
	sysctl -qw net.core.netdev_max_backlog="$backlog"
else
	ktap_skip "recorded attacks" "there are no captures in '${LEVEE_CAPTURES-}'"
fi

# The list is the operator's.
gw flush all
gw reflect add 19132
echo "udp 198.18.0.0 30 19132" | forge $SERVER4
check_eq "of a port that is new in the list nothing is known yet" "udp passed none 30" \
	"$(stats www)"
gw reflect del 19132
gw reflect del 53
check_eq "one that is not in the list is plain udp" "udp passed none 20" \
	"$(gw flush all; echo "udp 198.18.0.0 20 53" | forge $SERVER4; stats www)"
gw reflect set default

refused() { check_eq "refused: $1" "levee: $1" "$(gw "${@:2}" 2>&1)"; }
refused 'the port is there already (port)' reflect add 53
refused 'there is no such port (port)' reflect del 5
refused 'there are at most 256 ports (port)' reflect add "$(seq -s, 60000 60250)"
refused 'port "53" is given twice' reflect set 53,53
refused 'there are at most 256 ports' reflect add "$(seq -s, 257)"
check_eq "a command that ends too early" \
	'levee: PORT[,PORT...] is missing after "add"' "$(gw reflect add 2>&1 | head -n 1)"
check_eq "and then the list is as it was" 'True 41' \
	"$(gw -j reflect show | json 'str(j["builtin"]) + " " + str(len(j["port"]))')"
gw reflect set 123,53
check_eq "another list is saved" "reflect set 53,123" "$(gw save | grep ^reflect)"
gw save >"$LIB_TMP/conf"
gw reflect set default
check_eq "diff shows it" "+reflect set 53,123" "$(gw diff "$LIB_TMP/conf")"
check "it is restored with the rest" gw apply "$LIB_TMP/conf"
check_eq "as it was" "ports 53,123" "$(gw reflect show | head -n 1)"
gw reflect set default

# In mode monitor it is the same, but nothing is dropped.
gw policy set www mode monitor
gw flush all
printf 'synack 198.19.0.0 50\necho 198.19.0.0 50\n' | forge $SERVER4
check_eq "mode monitor counts what enforce drops" \
	"reflect passed none 1;reflect would limit 99" "$(stats www)"

# Answers that leave by another device.
gw policy set www mode enforce
gw limit set www syn rate 10k/s
setup_ns other
# shellcheck disable=SC2154 # set by name
veth_pair "$gateway" eth2 "$other" eth0
ip -n "$gateway" addr add 198.51.100.1/24 dev eth2
ip -n "$gateway" neigh add 198.51.100.2 dev eth2 nud permanent lladdr 02:00:00:00:00:02
ip -n "$gateway" route add 198.18.0.0/15 via 198.51.100.2
gw monitor hook >"$LIB_TMP/events" 2>&1 &
# When it begins to listen, nobody can see.
fence() {
	ip -n "$gateway" link add fence type dummy && gw hook add dev fence &&
	ip -n "$gateway" link del fence && busywait 200 grep -q hook-lost "$LIB_TMP/events"
}
check "events are told from some time on" busywait 20000 fence
told() { grep -q "$1 policy www" "$LIB_TMP/events"; }
syns() { in_ns "$client" hping3 -q -S -p 80 --faster -c 200 -a 198.18.7.7 "$SERVER4" >/dev/null 2>&1; }
gone_elsewhere() { syns; is elsewhere path www; }
check "SYNs whose answers leave by another device are noticed" busywait 20000 gone_elsewhere
check "and told" busywait 5000 told asymmetric
check "policy show says so" grep -q "answers go out elsewhere" <(gw policy show www)
check "and the kernel log" grep -q \
	"policy www: answers go out where levee does not see it; it is not told any more what nobody asked for" \
	<(dmesg)
gw flush all
echo "synack 198.19.0.0 20" | forge $SERVER4
check_eq "then nothing is held against what comes in" "tcp passed none 20" "$(stats www)"
ip -n "$gateway" route del 198.18.0.0/15
ip -n "$client" route add 198.18.0.0/15 via $UPLINK4
ip -n "$gateway" route add 198.18.0.0/15 via $CLIENT4
back_here() { syns; is here path www; }
check "when they leave by this one again, that is noticed, too" busywait 20000 back_here
check "and told" busywait 5000 told symmetric

# A service of UDP neither asks nor answers a SYN: what it sends tells where that goes out.
gw policy add dns dst $SERVER4 proto udp dport 53
gw limit set dns reflect rate 1/d burst 1 per 0
served() {
	in_ns "$client" dig @"$SERVER4" +notcp +tries=1 +time=1 short.example A >"$LIB_TMP/dig" 2>&1
	is here path dns
}
check "what a service of UDP sends is seen" busywait 20000 served
gw policy del dns
gw hook del dev eth0
check_eq "without hooks nobody wants to know" off "$(outlook)"
ktap_finish
