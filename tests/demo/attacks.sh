# The attacks of the demo. Each is bounded in time, whatever happens around it.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# attack_NAME_start sets attack_pids; attack_stop ends what it started.
# shellcheck disable=SC2034,SC2154 # shared with story.sh, which sources this

: "${UDP_PPS:=15000}"
: "${HTTP_CPS:=18000}"	# connections that the crowd tries to open per second
: "${HTTP_PATH:=/search?q=levee}"	# what it asks for
: "${HTTP_RAMP:=6}"	# seconds until the whole crowd is there
: "${HTTP_TRIES:=16}"	# connections that one of the crowd has open at most

attack_pids=()
attack_limit=60

# UDP datagrams from random ports of the IPv4 attackers, by the kernel's pktgen.
attack_udp_start() {
	pktgen 'rem_device_all' /proc/net/pktgen/kpktgend_1
	pktgen 'add_device c0' /proc/net/pktgen/kpktgend_1
	pktgen "count $((UDP_PPS * attack_limit))
		pkt_size 300
		delay 0
		ratep $UDP_PPS
		dst $SITE4
		dst_mac $(mac_of gw up0)
		src_min $FLOOD4_FIRST
		src_max $FLOOD4_LAST
		flag IPSRC_RND
		udp_src_min 1024
		udp_src_max 65535
		flag UDPSRC_RND
		udp_dst_min 443
		udp_dst_max 443" /proc/net/pktgen/c0
	ip netns exec crowd bash -c 'echo start >/proc/net/pktgen/pgctrl' &
	attack_pids=($!)
}

# Writes line by line, one command per write, as pktgen wants it.
pktgen() {
	# shellcheck disable=SC2016 # for the inner shell
	in_ns crowd bash -c 'while read -r line; do echo "$line" >"$1" || exit 1; done' \
		bash "$2" <<<"$1"
}

attack_udp_stop() {
	in_ns crowd bash -c 'echo stop >/proc/net/pktgen/pgctrl' &
	wait $!
}

# One packet of each attacker in turn, by trafgen; the rest of it is random.
attack_syn_start() {
	flood_config 'tcp(sp=drnd(1024, 65535), dp=80, seq=drnd(), win=64240, syn, doff=10),
		0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, drnd(4), fill(0, 4),
		0x01, 0x03, 0x03, 0x07' same >"$work/syn.cfg"
	flood "$work/syn.cfg" 2
}

attack_icmp_start() {
	flood_config 'icmp4(echorequest, id=drnd(), seq=drnd()), fill(0x55, 200)' \
		'icmp6(echorequest), rnd(4), fill(0x55, 200)' >"$work/icmp.cfg"
	flood "$work/icmp.cfg" 1
}

flood_config() {
	local for4=$1 for6=$2 to from dst mac

	[ "$for6" = same ] && for6=$for4
	to=$(mac_of gw up0)
	mac=$(mac_of crowd c0)
	while read -r from dst; do
		case $from in
		*:*) echo "{ eth(da=$to, sa=$mac, type=0x86dd), ipv6(hl=57, sa=$from, da=$dst), $for6 }" ;;
		*) echo "{ eth(da=$to, sa=$mac), ipv4(ttl=57, id=drnd(), df, sa=$from, da=$dst), $for4 }" ;;
		esac
	done < <(attackers)
}

# flood CONFIG CPUS: with a gap between the packets, because trafgen's --rate
# sends those of a whole second at once.
flood() {
	ip netns exec crowd timeout $attack_limit nice trafgen --dev c0 --conf "$1" \
		--cpus "$2" --gap 20us --no-sock-mem >"$work/trafgen.log" 2>&1 &
	attack_pids=($!)
}

# Real clients that open connections as fast as they can, half of them on each CPU.
attack_http_start() {
	local job args=("$((HTTP_CPS / 2))" "$attack_limit" "$HTTP_RAMP" "$HTTP_TRIES")

	attackers_real || return 1
	for job in 1 2; do
		attackers | sed -n "$job~2p" >"$work/attackers$job"
		ip netns exec crowd timeout $((attack_limit + 5)) nice "$crowd" "$work/attackers$job" \
			80 "$HTTP_PATH" "${args[@]}" >"$work/crowd$job.log" 2>&1 &
		attack_pids+=($!)
	done
}

attack_http_stop() {
	attack_stop_pids
	attackers_silent
}

attack_stop_pids() {
	kill "${attack_pids[@]}" 2>/dev/null
}

# The process group that "timeout" leads gets no chance to clean up: trafgen
# crashes when it tries to.
flood_stop() {
	kill -KILL -- "-${attack_pids[0]}" 2>/dev/null
}

attack_stop() {
	case $1 in
	udp) attack_udp_stop ;;
	http) attack_http_stop ;;
	*) flood_stop ;;
	esac
	wait "${attack_pids[@]}" 2>/dev/null
	attack_pids=()
}
