#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where drops show up: the tracepoint levee:levee_drop, and skb:kfree_skb, which has
# netfilter's reason and the function named after levee's. It fails when a packet that is
# dropped is not traced, or with other words than everything else has for it, when one
# that passes is, or when nobody can see who freed it.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing
mountpoint -q $tracing || mount -t tracefs tracefs $tracing 2>/dev/null
[ -d $tracing/events/levee/levee_drop ] || skip_all "this kernel has no trace events"
out=$LIB_TMP/trace

lv() { in_ns "$gateway" levee "$@"; }

# Records what happens while CMD runs; of kfree_skb, what netfilter drops.
traced() {
	local event=$tracing/events/skb/kfree_skb dropped hist=''

	if grep -q 'location=%p ' $event/format; then
		dropped=$(sed -n 's/.*{ \([0-9]*\), "NETFILTER_DROP" }.*/\1/p' $event/format)
		hist="hist:keys=location.sym if reason == $dropped"
		echo "$hist" >$event/trigger
	fi
	echo 0 >$tracing/tracing_on
	echo >$tracing/trace
	echo 1 >$tracing/tracing_on
	"$@"
	echo 0 >$tracing/tracing_on
	cat $tracing/trace >"$out"
	if [ -n "$hist" ]; then
		cat $event/hist >"$LIB_TMP/hist"
		echo "!$hist" >$event/trigger
	fi
}

pings() { in_ns "$client" ping -c "$2" -i 0.01 -W 0.1 -q "$1" >/dev/null; }

# locations: the functions that freed what netfilter dropped, and how often. The text
# of Linux 6.1 has no names, so there they are counted while they happen.
locations() {
	if [ -e "$LIB_TMP/hist" ]; then
		sed -n 's/.*location: *\[[0-9a-f]*\] \([^ ]*\) .*hitcount: *\([0-9]*\).*/\2 \1/p' "$LIB_TMP/hist" | sort
	else
		sed -n 's/.*kfree_skb:.*location=\([^+ ]*\).*NETFILTER_DROP.*/\1/p' "$out" |
			sort | uniq -c
	fi | xargs
}

topo_gateway
ifindex=$(in_ns "$gateway" cat /sys/class/net/eth0/ifindex)
lv -b - <<-END
policy add www dst $SERVER4,$SERVER6 mode monitor
limit set www icmp rate 1/h burst 3
hook add dev eth0
END
id=$(lv -j policy show www | json 'j[0]["id"]')
echo 1 >$tracing/events/levee/levee_drop/enable
echo 1 >$tracing/events/skb/kfree_skb/enable

traced pings $SERVER4 10
check_eq "nothing is traced in mode monitor" "0 0" \
	"$(grep -c levee_drop: "$out") $(grep -c NETFILTER_DROP "$out")"

lv policy set www mode enforce
lv flush meters
traced pings $SERVER4 10
check_eq "each drop is traced" "7" "$(grep -c levee_drop: "$out")"
check_eq "with all that is known" "7 policy=www class=icmp reason=limit src=$CLIENT4:0 dst=$SERVER4:0 proto=1 ifindex=$ifindex len=84 segs=1 policy_id=$id" \
	"$(sed -n 's/.*levee_drop: //p' "$out" | sort | uniq -c | xargs)"
check_eq "kfree_skb has a location that tells why" "7 levee_drop_limit" "$(locations)"

lv flush meters
echo 'policy == "www" && reason == "limit" && class == "icmp"' \
	>$tracing/events/levee/levee_drop/filter
traced pings $SERVER6 10
check_eq "filters know levee's words; IPv6" "7 policy=www class=icmp reason=limit src=[$CLIENT6]:0 dst=[$SERVER6]:0 proto=58 ifindex=$ifindex len=104 segs=1 policy_id=$id" \
	"$(sed -n 's/.*levee_drop: //p' "$out" | sort | uniq -c | xargs)"
echo 'reason == "overflow"' >$tracing/events/levee/levee_drop/filter
traced pings $SERVER6 3
check_eq "and leave out others" 0 "$(grep -c levee_drop: "$out")"
echo 0 >$tracing/events/levee/levee_drop/filter

# A source that is the destination: malformed.
# shellcheck disable=SC2317 # for traced
land() {
	in_ns "$client" /usr/bin/python3 -c '
import socket, struct, sys
mac, addr = sys.argv[1:]
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind(("eth0", 0))
addr = socket.inet_aton(addr)
udp = struct.pack("!HHHH", 1234, 5678, 8, 0)
sock.send(bytes.fromhex(mac.replace(":", "")) + sock.getsockname()[4] + b"\x08\x00" +
	  struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) + addr + addr + udp)
' "$(in_ns "$gateway" cat /sys/class/net/eth0/address)" "$SERVER4"
	busywait 5000 dropped
}
# shellcheck disable=SC2317
dropped() { [ "$(lv -j stats show policy www | json 'sum(r["dropped-packets"] for s in j["stats"] for r in s["reasons"] if r["reason"] == "malformed")')" = 1 ]; }
traced land
check_eq "what is malformed has ports, and another function" \
	"policy=www class=udp reason=malformed src=$SERVER4:1234 dst=$SERVER4:5678 proto=17 1 levee_drop_malformed" \
	"$(sed -n 's/.*levee_drop: \(.*\) ifindex.*/\1/p' "$out") $(locations)"

echo 0 >$tracing/events/skb/kfree_skb/enable
echo 0 >$tracing/events/levee/levee_drop/enable
lv hook del dev eth0
ktap_finish
