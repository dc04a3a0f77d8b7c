#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Limits that mark: what is over them passes with the mark, on which nft acts. It fails
# when such a packet is dropped, when bits outside of the mask change, when mode monitor
# marks, or when a marked packet is charged to another meter than it should be.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

gw() { in_ns "$gateway" levee "$@"; }
nft_gw() { in_ns "$gateway" nft "$@"; }

MARKS="0x0 0x1 0x10 0x13 0xc1 0xab21 0xabc1"

# pinged ADDRESS COUNT: how many answers came.
pinged() {
	in_ns "$client" ping -c "$2" -i 0.01 -W 0.5 "$1" | grep -c 'bytes from'
}

# marks: which marks nft saw, and how often.
marks() {
	local mark

	nft_gw list chain inet test prerouting >"$LIB_TMP/chain"
	for mark in $MARKS; do
		awk -v mark="$mark" -v word="$(printf 'mark 0x%08x ' "$mark")" '
			index($0, word) { sub(/.*packets /, ""); n += $1 }
			END { if (n) print mark ":" n }' "$LIB_TMP/chain"
	done | xargs
}

# counts: of www, what is over and marked; then what passed and was dropped.
counts() {
	gw -j limit show www | json '" ".join("over %d marked %d" % (
		l["over-packets"], l.get("marked-packets", -1)) for l in j)'
	gw -j stats show policy www | json '"passed %d dropped %d would %d" % (
		sum(s["passed-packets"] for s in j["stats"]),
		sum(r["dropped-packets"] for s in j["stats"] for r in s["reasons"]),
		sum(r["would-packets"] for s in j["stats"] for r in s["reasons"]))'
}

# seen_rules: count packets from the client by their mark.
seen_rules() {
	local mark type

	{
		echo flush chain inet test prerouting
		for mark in $MARKS; do
			for type in icmp icmpv6; do
				echo add rule inet test prerouting $type type echo-request \
					meta mark "$mark" counter
			done
		done
	} | nft_gw -f -
}

# limits LINES: these and no others, all meters and counters at zero.
limits() {
	gw -b - <<<"limit flush www
limit set www ${1//$'\n'/$'\n'limit set www }
flush all"
	seen_rules
}

topo_gateway
nft_gw -f - <<-END || skip_all "nft does not take the table"
	table netdev before {
		chain ingress {
			type filter hook ingress device eth0 priority -600;
		}
	}
	table inet test {
		chain prerouting {
			type filter hook prerouting priority -400;
		}
		chain forward {
			type filter hook forward priority 0;
		}
	}
END
gw -b - <<-END
policy add www dst $SERVER4,$SERVER6 mode enforce
hook add dev eth0
END

limits "icmp rate 1/h burst 3 mark 0x10/0xf0"
check_eq "the limit shows its mark" \
	"www icmp rate 1/h burst 3 per 32,64 mark 0x10/0xf0" "$(gw limit show www)"
check_eq "and is saved with it" \
	"limit set www icmp rate 1/h burst 3 per 32,64 mark 0x10/0xf0" \
	"$(gw save | grep 'set www')"
check_eq "in JSON it is two numbers" "[16, 240, 0]" \
	"$(gw -j limit show www | json '[j[0][k] for k in ("mark", "mark-mask", "marked-packets")]')"
check_eq "what is over a limit that marks passes" 10 "$(pinged $SERVER4 10)"
check_eq "with its mark" "0x0:3 0x10:7" "$(marks)"
check_eq "is counted as marked, and as passed" "over 7 marked 7
passed 10 dropped 0 would 0" "$(counts)"
check_eq "its source is no offender" "[]" "$(gw -j source)"
check_eq "the text has it, too" \
	"www icmp rate 1/h burst 3 per 32,64 mark 0x10/0xf0 over 7 overflow 0 marked 7" \
	"$(gw -s limit show www)"
check_eq "over IPv6 as well" 5 "$(pinged $SERVER6 5)"
check_eq "with the mark" "0x0:6 0x10:9" "$(marks)"

nft_gw add rule inet test forward meta mark and 0xf0 == 0x10 drop
gw flush all
check_eq "nft drops what is marked" 3 "$(pinged $SERVER4 6)"
nft_gw flush chain inet test forward

nft_gw add rule netdev before ingress meta mark set 0xabc1
limits "icmp rate 1/h burst 1 mark 0x20/0xf0"
pinged $SERVER4 4 >/dev/null
check_eq "bits outside of the mask stay" "0xab21:3 0xabc1:1" "$(marks)"
limits "icmp rate 1/h burst 1 mark 16"
pinged $SERVER4 4 >/dev/null
check_eq "without a mask, none do" "0x10:3 0xabc1:1" "$(marks)"
limits "icmp rate 1/h burst 1 mark 0/0xff00"
pinged $SERVER4 4 >/dev/null
check_eq "bits can be cleared" "0xc1:3 0xabc1:1" "$(marks)"
nft_gw flush chain netdev before ingress

gw policy set www mode monitor
limits "icmp rate 1/h burst 3 mark 0x10"
check_eq "in mode monitor all pass" 10 "$(pinged $SERVER4 10)"
check_eq "without a mark" "0x0:10" "$(marks)"
check_eq "counted as over the limit only" "over 7 marked 0
passed 10 dropped 0 would 0" "$(counts)"
gw policy set www mode enforce

# Three are within both; three are over the first, and use up the second; the rest is
# over both.
both="icmp rate 1/h burst 3 mark 0x10
icmp rate 1/h burst 6 per 24,56"
for order in cat tac; do
	limits "$($order <<<"$both")"
	check_eq "$order: what is marked is charged to the other limit, which drops" 6 \
		"$(pinged $SERVER4 10)"
	check_eq "$order: what that drops is not marked" "0x0:3 0x10:3" "$(marks)"
	check_eq "$order: each is counted once" "passed 6 dropped 4 would 0" \
		"$(counts | tail -n 1)"
done

limits "icmp rate 1/h burst 2 mark 0x1/0x3
icmp rate 1/h burst 4 per 24,56 mark 0x12/0x12
any rate 1/h burst 100"
check_eq "several limits mark" 8 "$(pinged $SERVER4 8)"
check_eq "in the order in which they were added" "0x0:2 0x1:2 0x13:4" "$(marks)"
check_eq "and count each for itself" "over 6 marked 6 over 4 marked 4 over 0 marked -1
passed 8 dropped 0 would 0" "$(counts)"

gw limit set www icmp rate 1/h burst 2
check_eq "a limit that is set anew without a mark drops again" \
	"icmp rate 1/h burst 2 per 32,64" "$(gw limit show www | head -n 1 | cut -d ' ' -f 2-)"
gw flush all
check_eq "it does" 2 "$(pinged $SERVER4 5)"
ktap_finish
