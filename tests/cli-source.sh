#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command's lists of sources when there are thousands: order, limit, streaming.
# It fails when a source is missing or listed twice, the first ones are not the
# worst, or a list that was cut short disturbs the next request.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

SOURCES=3000
lv() { timeout 30 ip netns exec "$gateway" levee "$@"; }

# Source i of 198.18.0.0/16 sends 2 + i % 500 / 50 packets of which one passes.
send_all() {
	in_ns "$client" /usr/bin/python3 - "$SERVER4" "$SOURCES" <<'PY'
import socket, struct, sys, time

def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

echo = struct.pack('!BBHHH', 8, 0, checksum(struct.pack('!BBHHH', 8, 0, 0, 1, 1)), 1, 1)
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
dst = socket.inet_aton(sys.argv[1])
for i in range(int(sys.argv[2])):
    # Slow enough for each to get a record.
    if i % 20 == 0:
        time.sleep(0.005)
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(echo), 0, 0, 64, 1, 0,
                       struct.pack('!BBBB', 198, 18, i // 256, i % 256), dst)
    for _ in range(2 + i % 500 // 50):
        sock.sendto(head + echo, (sys.argv[1], 0))
PY
}

# in_json NAME EXPR VALUE ARGS...
in_json() {
	local name=$1 expr=$2 value=$3
	shift 3
	check_eq "$name" "$value" "$(lv -j "$@" | json "$expr")"
}

topo_gateway
topo_neigh_static
lv -b - <<CONFIG
policy add www dst $SERVER4
limit set www icmp rate 1/d burst 1
hook add dev eth0
CONFIG
check "$SOURCES sources offend" send_all

would='[s["would-packets"] for s in j]'
in_json "all of them are listed, once" \
	'len(j), len(set(s["prefix"]["addr"] for s in j))' "[$SOURCES, $SOURCES]" \
	source show limit 0
in_json "likewise when streamed" \
	'len(j), len(set(s["prefix"]["addr"] for s in j))' "[$SOURCES, $SOURCES]" \
	source show sort none limit 0
in_json "a script gets all of them" 'len(j)' "$SOURCES" source
check_eq "a person gets 20, unless more are asked for" 21 "$(lv source | wc -l)"
in_json "those that would have been dropped most, by address" \
	'[(s["prefix"]["addr"], s["would-packets"]) for s in j]' \
	'[["198.18.1.194", 10], ["198.18.1.195", 10], ["198.18.1.196", 10]]' \
	source show limit 3
in_json "in order" "$would == sorted($would, reverse=True)" True source show limit 0
in_json "the first 310 are those of the longer list" \
	"$would == [10] * 300 + [9] * 10" True source show limit 310
in_json "sort last begins with the last" 'j[0]["prefix"]["addr"]' 198.18.11.183 \
	source show sort last limit 1
in_json "sort first begins with the first" 'j[0]["prefix"]["addr"]' 198.18.0.0 \
	source show sort first limit 1
check_eq "text has as many lines, and one head" $((SOURCES + 1)) \
	"$(lv source show sort none limit 0 | wc -l)"
check_eq "with the same number of columns" 11 \
	"$(lv source show sort none limit 0 | awk 'NR > 1 && !seen[NF]++ { print NF }')"
check_eq "a stream that was cut short does not disturb what follows" "5 1 $SOURCES" \
	"$(printf 'source show sort none limit %d\n' 5 1 0 | lv -j -b - | /usr/bin/python3 -c '
import json, sys
print(*[len(json.loads(line)) for line in sys.stdin])')"
# What does not fit into a pipe is read from the kernel when the reader goes on.
lv source show sort none limit 0 2>"$LIB_TMP/err" | {
	head -n 1 >/dev/null
	lv policy set www mode off
	cat >/dev/null
}
check_eq "a list that changed while it was read says so" \
	"levee: warning: the list changed while it was read; entries may be missing or appear twice" \
	"$(cat "$LIB_TMP/err")"
lv source show sort none limit 0 >/dev/full 2>"$LIB_TMP/err"
check_eq "a stream that cannot be written is an error" \
	"2 levee: cannot write the output: No space left on device" "$? $(cat "$LIB_TMP/err")"
ktap_finish
