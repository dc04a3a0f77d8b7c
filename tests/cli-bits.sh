#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Limits in bits next to those in packets: set, shown, refused, deleted. It fails when
# a limit loses its unit on the way, or one is taken for the other.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

lv() { timeout 30 ip netns exec "$gateway" levee "$@"; }

# refused NAME MESSAGE ARGS...: status 2, and the message.
refused() {
	local name=$1 message=$2 rc
	shift 2
	lv "$@" >"$LIB_TMP/out" 2>&1
	rc=$?
	check_eq "$name" "2 levee: $message" "$rc $(cat "$LIB_TMP/out")"
}

setup_ns gateway
# shellcheck disable=SC2154 # set by setup_ns
check "limits in packets" lv -b - <<-END
	policy add www dst 203.0.113.10
	limit set www any rate 5/10s burst 7 per 24
	limit set www udp rate 10/s
END
lv limit show www >"$LIB_TMP/packets"

check "limit set, bits" lv limit set www any rate 2.5MBIT burst 256k per 24
check "limit set, bits, burst of 100 ms" lv limit set www syn rate 80mbit
check "limit set, bits, least burst" lv limit set www udp rate 1001bit per none,48
check "limit set, bits, most of both" lv limit set www icmp burst 4294967295 rate 1tbit
check_eq "limit show has the unit in the rate" "www any rate 2500kbit burst 256k per 24,64
www syn rate 80mbit burst 1M per 32,64
www udp rate 1001bit burst 100k per none,48
www icmp rate 1tbit burst 4294967295 per 32,64" "$(lv limit show www | grep bit)"
check_eq "those in packets are as they were" "$(cat "$LIB_TMP/packets")" \
	"$(lv limit show www | grep -v bit)"
# shellcheck disable=SC2016 # for json
check_eq "JSON names the unit; there is no period of bits" \
	'[["packets", 5, 7, true], ["bits", 2500000, 256000, false]]' \
	"$(lv -j limit show www | json '[[l[k] for k in ("unit", "rate", "burst")] + ["period" in l]
		for l in j if l["class"] == "any"]')"
check "limit set changes a limit that is there" lv limit set www syn rate 400gbit
check_eq "it did, and its burst is as long as 32 bits allow" \
	"www syn rate 400gbit burst 4294967295 per 32,64" "$(lv limit show www | grep syn)"

refused "too few bits" "a rate in bits is 1 kbit/s to 1 Tbit/s (rate)" \
	limit set www tcp rate 999bit
refused "too many bits" "a rate in bits is 1 kbit/s to 1 Tbit/s (rate)" \
	limit set www tcp rate 1000000000001bit
check_eq "what was refused changed nothing" "" "$(lv limit show www | grep tcp)"

lv save >"$LIB_TMP/one"
check "policy del" lv policy del www
check "what was saved can be restored" lv -b "$LIB_TMP/one"
lv save >"$LIB_TMP/two"
check "and is saved byte for byte as before" cmp "$LIB_TMP/one" "$LIB_TMP/two"

check "limit del, bits" lv limit del www any per 24 unit bits
refused "again" 'no such limit (limit "www any per 24,64" in bits)' limit del www any per 24 unit bits
refused "one that is only in bits, as packets" \
	'no such limit (limit "www syn per 32,64" in packets)' limit del www syn
check "the one in packets is still there" lv limit del www any per 24
check "and unit packets names it, too" lv limit del www udp unit packets
check "limit flush" lv limit flush www
check_eq "takes those in bits along" "" "$(lv limit show www)"
ktap_finish
