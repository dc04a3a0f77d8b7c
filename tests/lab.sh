#!/bin/bash
# The lab itself: fails when a guest is not what its name says, or cannot do what tests need.
# SPDX-License-Identifier: GPL-2.0
# MODULE: none
# TIMEOUT: 60
. "$(dirname "$0")/lib.sh"

release_matches() {
	case $LAB_KERNEL in
	stock-6.1) [[ $(uname -r) == 6.1.*-amd64 ]] ;;
	stock-6.12) [[ $(uname -r) == 6.12.*-amd64 ]] ;;
	uml-debug) [[ $(uname -r) == 6.12.* ]] ;;
	uml-7) [[ $(uname -r) == 7.* ]] ;;
	esac
}

debug_is_on() {
	local file

	for file in kmemleak failslab/probability debug_objects/stats; do
		[ -e "/sys/kernel/debug/$file" ] || return 1
	done
	zgrep -q '^CONFIG_KASAN=y' /proc/config.gz &&
	zgrep -q '^CONFIG_PROVE_RCU=y' /proc/config.gz &&
	grep -q 'debug_locks: *1' /proc/lockdep_stats
}

no_network_card() {
	[ -z "$(find /sys/class/net -mindepth 1 ! -name lo ! -name 'sit*' ! -name 'bond*' -print)" ]
}

check "the kernel is $LAB_KERNEL" release_matches
check "there is no network card" no_network_card
if [ "$LAB_KERNEL" = uml-debug ]; then
	check "the debug kernel looks for bugs" debug_is_on
fi
if [ "$LAB_KERNEL" != uml-debug ]; then
	check_eq "there are two CPUs" 2 "$(nproc)"
fi
check "the kernel's own modules can be loaded" modprobe -a veth dummy ifb pktgen 8021q
modprobe -r pktgen dummy ifb
topo_gateway
topo_neigh_static
check "IPv4 goes through the gateway" in_ns "$client" ping -c 1 -W 2 $SERVER4
check "IPv6 goes through the gateway" in_ns "$client" ping -c 1 -W 2 $SERVER6
check "nft filters at ingress" in_ns "$gateway" nft -f - <<-EOF
	table netdev t {
		chain c { type filter hook ingress device eth0 priority 0; counter; }
	}
EOF
check "nft filters at egress" in_ns "$gateway" nft -f - <<-EOF
	table netdev u {
		chain c { type filter hook egress device eth1 priority 0; counter; }
	}
EOF
check "hashlimit can be used" in_ns "$gateway" iptables-legacy -t raw -A PREROUTING \
	-m hashlimit --hashlimit-above 10/s --hashlimit-mode srcip --hashlimit-name x -j DROP
check "IPv6 rules can be used" in_ns "$gateway" ip6tables-legacy -t raw -A PREROUTING -j ACCEPT
check "ipset can be used" in_ns "$gateway" ipset create x hash:ip
check "the uplink can be shaped" in_ns "$gateway" tc qdisc add dev eth1 root tbf \
	rate 10mbit burst 10k latency 50ms
check "a user namespace can be had" unshare -Urn true
check "what goes to the output directory stays" touch "$LAB_OUT/lab.sh-was-here"
ktap_finish
