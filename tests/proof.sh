#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may be banned: sources with which data was exchanged over TCP, and nobody in whose
# name others only send. It fails when a source is banned that was not proven, when one that
# was is not, or when a handshake alone, a refusal, or what an attacker can send himself
# proves anything.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
INSIDE4=203.0.113.99	# next to the server, in no policy
gw() { in_ns "$gateway" levee "$@"; }
pinged() {
	in_ns "$client" ping -c "$2" -i 0.01 -W 0.3 "$1" | grep -c 'bytes from'
}
forge() { in_ns "$client" /usr/bin/python3 -B "$here/proof.py" "$@"; }
banned() { gw source show banned | awk 'NR > 1 { printf "%s%s", s, $1; s = " " }'; }

# talk ADDRESS PORT: send a line; is there one in return?
talk() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_ns "$client" timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo hello >&3 &&
		read -r -t 2 line <&3 && [ "$line" = hello ] || exit 1' "$1" "$2"
}

# offend ADDRESS: more than the limit allows; prints who is banned then.
offend() {
	gw flush all
	pinged "$1" 4 >/dev/null
	banned
}

start_server() {
	in_ns "$server" /usr/bin/python3 -B "$here/proof.py" serve &
	server_pid=$!
	busywait 10000 in_ns "$server" grep -q ':0051 ' /proc/net/tcp6
}

test_proof() {
	local where=$1 server=$2 source=$3

	check_eq "$where: nobody is proven who only sends" "" "$(offend "$server")"
	check_fails "$where: a port that is closed" talk "$server" 82
	check_eq "$where: proves nobody" "" "$(offend "$server")"
	check_fails "$where: a handshake, and data that is not answered" talk "$server" 81
	check_eq "$where: prove nobody" "" "$(offend "$server")"
	check "$where: data that is answered" talk "$server" 80
	check_eq "$where: proves, and who then exceeds a limit is banned" "$source" \
		"$(offend "$server")"
	check_fails "$where: for all that it sends" talk "$server" 80
	gw source unban all
	check "$where: until it is unbanned" talk "$server" 80
}

topo_gateway
start_server || { echo "Bail out! the server does not start"; exit 1; }
gw -b - <<-END
policy add www dst $SERVER4,$SERVER6 mode enforce
hook add dev eth0
END
check "data before anybody asks for proof" talk $SERVER4 80
gw limit set www icmp rate 1/h burst 1 ban 1h
check_eq "the limit bans only who is proven" "www icmp rate 1/h burst 1 per 32,64 ban 1h" \
	"$(gw limit show www)"
test_proof "IPv4 at egress" $SERVER4 $CLIENT4
test_proof "IPv6 at egress" $SERVER6 2001:db8:1::/64

# In the name of a host that is there, but never had a word with the server.
gw flush all
forge echo 192.0.2.99 $SERVER4 20
check_eq "a flood of one forged source is dropped" "icmp dropped limit 19" \
	"$(in_ns "$gateway" awk '$1 == "www" && $3 == "dropped" { print $2, $3, $4, $5 }' \
		/proc/net/levee/stats)"
check_eq "and its source not banned" "" "$(banned)"
# Data that the gateway sends back to where it came from: by us, but not of ours.
ip -n "$gateway" neigh replace 192.0.2.99 dev eth0 nud permanent \
	lladdr "$(in_ns "$client" cat /sys/class/net/eth0/address)"
ip -n "$client" route add 192.0.2.99 via $UPLINK4
before=$(dev_stat "$gateway" eth0 tx_packets)
forge data 198.51.100.1 192.0.2.99
went_out() { [ "$(dev_stat "$gateway" eth0 tx_packets)" -gt "$before" ]; }
check "data for somebody is sent through the gateway" busywait 5000 went_out
forge echo 192.0.2.99 $SERVER4 20
check_eq "which proves nobody" "" "$(banned)"
gw flush all
forge echo $CLIENT4 $SERVER4 5
check_eq "in the name of who is proven, it bans" $CLIENT4 "$(banned)"
gw source unban all

gw hook del dev eth0
gw limit flush www
gw hook add prerouting
gw limit set www icmp rate 1/h burst 1 per 24,none ban 1h
check "data that is answered, seen at POSTROUTING" talk $SERVER4 80
check_eq "proves, and the prefix is banned that the limit is for" 192.0.2.0/24 \
	"$(offend $SERVER4)"
gw source unban all
gw limit set www icmp rate 1/h burst 1 per 24,none
check_eq "without ban in the limit, nobody is" "" "$(offend $SERVER4)"

# There, we also see what goes to our own side: anybody can send that.
gw limit flush www
gw limit set www icmp rate 1/h burst 1 ban 1h
before=$(dev_stat "$gateway" eth1 tx_packets)
ip -n "$gateway" neigh replace $INSIDE4 dev eth1 nud permanent lladdr 02:00:00:00:00:99
forge data 192.0.2.99 $INSIDE4
went_in() { [ "$(dev_stat "$gateway" eth1 tx_packets)" -gt "$before" ]; }
check "data for somebody inside is sent through the gateway" busywait 5000 went_in
gw flush all
forge echo $INSIDE4 $SERVER4 20
check_eq "who is in whose name nobody comes from outside" "" "$(banned)"
gw -b - <<-END
policy add out dst 192.0.2.0/24 mode enforce
limit set out icmp rate 1/h burst 1 ban 1h
END
check "data for the destination of a policy" talk $SERVER4 80
in_ns "$server" ping -q -c 4 -i 0.01 -W 0.3 $CLIENT4 >/dev/null
check_eq "does not prove it: its own excess is dropped" "icmp dropped limit" \
	"$(in_ns "$gateway" awk '$1 == "out" && $3 == "dropped" { print $2, $3, $4 }' \
		/proc/net/levee/stats)"
check_eq "and it is not banned" "" "$(banned)"
gw policy del out

gw policy set www mode monitor
gw limit flush www
gw limit set www icmp rate 1/h burst 1 ban 1h
check "data once more" talk $SERVER4 80
check_eq "in mode monitor it only counts" "192.0.2.2 monitor" \
	"$(offend $SERVER4) $(gw source show banned | awk 'NR > 1 { print $4 }')"
kill $server_pid
ktap_finish
