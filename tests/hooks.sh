#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where levee sees packets, and that it sees each once: devices, VLANs, QinQ,
# PREROUTING, devices that are renamed, moved or removed. It fails when a hook misses
# what passes it, stays behind its device, or harms ARP or neighbour discovery.
# TIMEOUT: 120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

topo_gateway
gw() { in_ns "$gateway" levee "$@"; }

# class_count CLASS: packets of that class that policies judged.
class_count() {
	in_ns "$gateway" awk -v c="$1" '$2 == c { n += $5 } END { print n + 0 }' /proc/net/levee/stats
}
pings() { in_ns "$client" ping -q -c "$1" -i 0.01 -W 1 "$2"; }

check "hook add dev" gw hook add dev eth0
check_fails "the same once more is refused" gw hook add dev eth0
gw flush stats
check "echo passes over IPv4" pings 10 "$SERVER4"
check "echo passes over IPv6" pings 10 "$SERVER6"
check_eq "all of them were seen as icmp" 20 "$(class_count icmp)"

# Neighbours are found again while everything else is dropped.
check "a limit that leaves nothing" gw -b - <<-END
	policy set default mode enforce
	limit set default icmp rate 1/h burst 1
	limit set default any rate 1/h burst 1
END
for ns in "$client" "$gateway"; do
	ip -n "$ns" neigh flush dev eth0
	ip -n "$ns" -6 neigh flush dev eth0
done
neighbours() {
	pings 1 "$1" >/dev/null
	ip -n "$client" neigh show "$1" dev eth0 | grep -qE 'REACHABLE|DELAY|STALE'
}
# The limits leave one echo for each family; the neighbours must be found after that.
pings 3 192.0.2.1 >/dev/null
pings 3 2001:db8:1::1 >/dev/null
ip -n "$client" neigh flush dev eth0
ip -n "$client" -6 neigh flush dev eth0
check "ARP is not harmed" busywait 5000 neighbours 192.0.2.1
check "neighbour discovery is not harmed" busywait 5000 neighbours 2001:db8:1::1
check_fails "echo does not pass" pings 2 "$SERVER4"
check "back to normal" gw -b - <<-END
	policy set default mode monitor
	limit del default any
	limit set default icmp rate 100/s burst 200
END

# A device that is renamed keeps its hook; one that moves or goes loses it.
# Up to 6.1 only one that is down can be renamed; it is to keep its addresses.
rename() { # FROM TO
	ip -n "$gateway" link set "$1" name "$2" 2>/dev/null && return 0
	ip -n "$gateway" link set "$1" down &&
	ip -n "$gateway" link set "$1" name "$2" &&
	ip -n "$gateway" link set "$2" up
}
in_ns "$gateway" sysctl -qw net.ipv6.conf.eth0.keep_addr_on_down=1
check "rename" rename eth0 uplink
check "packets flow again" busywait 5000 pings 1 "$SERVER4"
check_eq "the hook has the new name" "dev uplink" "$(gw hook show)"
gw flush stats
pings 5 "$SERVER4" >/dev/null
check_eq "and still sees packets" 5 "$(class_count icmp)"
check "back" rename uplink eth0
check "they flow over IPv4" busywait 5000 pings 1 "$SERVER4"
check "and over IPv6" busywait 5000 pings 1 "$SERVER6"
check "hook del" gw hook del dev eth0
check_eq "is gone" "" "$(gw hook show)"
before=$(class_count icmp)
pings 5 "$SERVER4" >/dev/null
check_eq "and sees nothing" "$before" "$(class_count icmp)"

check "a device to be moved" ip -n "$gateway" link add mover type dummy
check "has a hook" gw hook add dev mover
check "moves" ip -n "$gateway" link set mover netns "$server"
check_eq "its hook did not stay" "" "$(gw hook show)"
check_eq "nor came along" "" "$(in_ns "$server" levee hook show)"
check "a device to be removed" ip -n "$gateway" link add goner type dummy
check "has a hook, too" gw hook add dev goner
check "goes" ip -n "$gateway" link del goner
check_eq "and its hook" "" "$(gw hook show)"
check "the kernel's log has it" grep -q 'levee: hook on goner is gone$' <(dmesg | tail -n 20)

# VLANs: a hook below sees through the tags, one on the VLAN sees its packets.
vlan_up() { # NS LOWER NAME ID PROTO ADDRESS...
	local ns=$1 lower=$2 name=$3 id=$4 proto=$5 addr
	shift 5
	ip -n "$ns" link add link "$lower" name "$name" type vlan id "$id" protocol "$proto" &&
	ip -n "$ns" link set "$name" up || return 1
	for addr; do
		ip -n "$ns" addr add "$addr" dev "$name" nodad || return 1
	done
}
check "a VLAN" vlan_up "$client" eth0 eth0.5 5 802.1q 198.51.100.2/24 2001:db8:5::2/64
check "and its other end" vlan_up "$gateway" eth0 eth0.5 5 802.1q 198.51.100.1/24 2001:db8:5::1/64
check "QinQ" vlan_up "$client" eth0 eth0.6 6 802.1ad
check "a tag in it" vlan_up "$client" eth0.6 eth0.6.7 7 802.1q 198.18.7.2/24 2001:db8:7::2/64
check "QinQ's other end" vlan_up "$gateway" eth0 eth0.6 6 802.1ad
check "its tag" vlan_up "$gateway" eth0.6 eth0.6.7 7 802.1q 198.18.7.1/24 2001:db8:7::1/64
for addr in 198.51.100.1 2001:db8:5::1 198.18.7.1 2001:db8:7::1; do
	check "$addr answers" busywait 5000 pings 1 $addr
	for dev in eth0 eth0.5 eth0.6 eth0.6.7; do
		case $addr-$dev in
		*:5::1-eth0.5 | 198.51*-eth0.5 | *:7::1-eth0.6* | 198.18*-eth0.6* | *-eth0) want=10 ;;
		*) want=0 ;;
		esac
		gw hook add dev $dev
		gw flush stats
		pings 10 $addr >/dev/null
		check_eq "a hook on $dev sees $want of 10 to $addr" $want "$(class_count icmp)"
		gw hook del dev $dev
	done
done
check "a hook on the VLAN" gw hook add dev eth0.5
check_fails "refuses one below it" gw hook add dev eth0
check_fails "and PREROUTING besides" gw hook add prerouting
gw hook del dev eth0.5

# PREROUTING sees all devices but not what the host says to itself.
check "hook add prerouting" gw hook add prerouting
gw flush stats
pings 10 "$SERVER4" >/dev/null
pings 10 "$SERVER6" >/dev/null
check_eq "requests and answers are seen, each once" 40 "$(class_count icmp)"
gw flush stats
in_ns "$gateway" ping -q -c 5 -i 0.01 127.0.0.1 >/dev/null
in_ns "$gateway" ping -q -c 5 -i 0.01 ::1 >/dev/null
check_eq "loopback is not" 0 "$(class_count icmp)"
# Fragments are judged one by one, before they are put together.
gw flush stats
in_ns "$client" ping -q -c 1 -s 3000 -W 2 "$SERVER4" >/dev/null
check_eq "one packet in three fragments, which nobody asked for: two later ones" \
	2 "$(class_count frag)"
check_eq "and its first one; and the answer in three, which somebody has asked for" \
	4 "$(class_count icmp)"
check_fails "a device besides is refused" gw hook add dev eth0
check "hook del prerouting" gw hook del prerouting

# full HOOK DEV: a device takes 1024 base chains, and that is all.
full() {
	{
		echo "table netdev t {"
		seq 1024 | sed "s/.*/chain c& { type filter hook $1 device $2 priority 0; }/"
		echo "}"
	} | in_ns "$gateway" nft -f -
}

# refused MESSAGE ARGS...: status 2, and nothing has changed.
refused() {
	local message=$1 before rc
	shift
	before=$(gw save)
	gw "$@" >"$LIB_TMP/out" 2>&1
	rc=$?
	check_eq "levee $*: $message" "2 levee: $message" "$rc $(cat "$LIB_TMP/out")"
	check_eq "that has changed nothing" "$before" "$(gw save)"
}

if modprobe -q nf_tables || in_ns "$gateway" nft list tables >/dev/null 2>&1; then
	check "a device with as many ingress chains as can be" full ingress eth0
	refused "netfilter did not take the hook" hook add dev eth0
	in_ns "$gateway" nft delete table netdev t
	check "a hook elsewhere" gw hook add dev eth1
	check "and one where there is room again" gw hook add dev eth0
	# Nothing is to look at what goes out yet.
	gw limit flush default
	check "as many egress chains" full egress eth0
	refused "netfilter did not take the hook that looks at what goes out" \
		limit set default any rate 1/s ban 1m
	gw hook del dev eth0
	check "proof is looked for elsewhere" gw limit set default any rate 1/s ban 1m
	refused "netfilter did not take the hook that looks at what goes out" hook add dev eth0
	gw limit del default any
	gw limit set default reflect rate 1k/s per 0
	check "without proof, but not without what was asked for, it can do" \
		gw hook add dev eth0
	check_eq "and says so" blind "$(gw -j reflect show | json 'j["asked"]')"
	gw hook del dev eth0
	in_ns "$gateway" nft delete table netdev t
	check "and here, when there is room" gw hook add dev eth0
	check_eq "where nothing is blind" warming "$(gw -j reflect show | json 'j["asked"]')"
	gw hook del dev eth0
	gw hook del dev eth1
else
	ktap_skip "a device that takes no hook" "there is no nftables"
fi

# A VRF shows PREROUTING what its port has shown already.
if modprobe -q vrf && ip -n "$gateway" link add red type vrf table 10 2>/dev/null; then
	ip -n "$gateway" link set red up
	ip -n "$gateway" link set eth0.5 master red
	check "the address in the VRF answers" busywait 5000 pings 1 198.51.100.1
	gw hook add prerouting
	gw flush stats
	pings 10 198.51.100.1 >/dev/null
	check_eq "a packet for a VRF is judged once" 10 "$(class_count icmp)"
	gw hook del prerouting
else
	ktap_skip "a packet for a VRF is judged once" "this kernel has no VRF"
fi
ktap_finish
