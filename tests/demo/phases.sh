# The phases of the attack on the parliament, as data.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # shared with parliament.sh, which sources this
#
# After CSIRT Italia's account of an attack in May 2022: a flood of SYNs in forged names,
# UDP, reflected SYN/ACK and DNS answers, and fragments; then the same without DNS; then
# longer and slower. The crowd of HTTP clients is of other days of the same campaign.

declare -A PHASE_TITLE=(
	[peace]="peace"
	[one]="1 SYN, UDP, reflection"
	[two]="2 the same without DNS"
	[three]="3 longer and slower"
	[crowd]="4 crowd of clients"
	[all]="5 everything at once"
)

# Kind, destination, packets per second: see flood.c. 11,300 packets and 50 Mbit each
# second, to a site whose line has 14.
PHASE_ONE="
syn     $SITE4      2500
syn     $SITE6      800
udp     $SITE4      1500
udp     $SITE6      300
synack  $SITE4      1000
synack  $SITE6      200
synack  $RESOLVER4  300
dns     $SITE4      3200
dns     $RESOLVER4  800
frag    $SITE4      500
frag    $RESOLVER4  200
"
PHASE_TWO="
syn     $SITE4      2500
syn     $SITE6      800
udp     $SITE4      1500
udp     $SITE6      300
synack  $SITE4      1000
synack  $SITE6      200
synack  $RESOLVER4  300
frag    $SITE4      3500
frag    $RESOLVER4  700
"
declare -A PHASE_VECTORS=(
	[one]=$PHASE_ONE [two]=$PHASE_TWO [three]=$PHASE_ONE [all]=$PHASE_ONE
)
# Percent of these rates, of the seconds of a phase.
declare -A PHASE_RATE=([three]=70)
declare -A PHASE_SECONDS=([peace]=125 [three]=150)
declare -A PHASE_CROWD=([crowd]=yes [all]=yes)

# One of the crowd per line: 1,600 addresses, and 400 networks of IPv6.
attackers() {
	local i k

	for ((i = 1; i <= 8; i++)); do
		for ((k = 1; k <= 200; k++)); do echo "198.18.$i.$k $SITE4"; done
	done
	for ((i = 1; i <= 400; i++)); do printf '2001:db8:a:%x::1 %s\n' "$i" "$SITE6"; done
}

# phase_start NAME: the attack begins. At most so many seconds (attack_limit) of it.
phase_start() {
	local vectors=() kind to rate

	while read -r kind to rate; do
		[ -n "$kind" ] && vectors+=("$kind,$to,$((rate * ${PHASE_RATE[$1]-100} * percent / 10000))")
	done <<<"${PHASE_VECTORS[$1]-}"
	attack_pids=()
	[ -z "${PHASE_CROWD[$1]-}" ] || attack_http_start || return 1
	[ ${#vectors[@]} -gt 0 ] || return 0
	ip netns exec crowd taskset 2 "$flood" c0 "$(mac_of gw up0)" "$attack_limit" \
		"${vectors[@]}" >"$work/flood.log" 2>&1 &
	attack_pids+=($!)
}

phase_stop() {
	[ ${#attack_pids[@]} -gt 0 ] || return 0
	attack_stop_pids
	wait "${attack_pids[@]}" 2>/dev/null
	attack_pids=()
	attackers_silent
}
