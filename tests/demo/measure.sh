# What the stories of the demo measure, and how they talk.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # shared with the story that sources this

say() { printf '%4.0f s  %s\n' "$(bc <<<"$EPOCHREALTIME - $begin")" "$*"; }
die() { echo "demo: $*" >&2; exit 2; }

machine() {
	local how=emulated

	dmesg | grep -q 'Hypervisor detected: KVM' && how=KVM
	[ -e /proc/exitcode ] && how=UML
	echo "guest.kernel $(uname -r)"
	echo "guest.cpus $(nproc)"
	echo "guest.how $how"
	echo "guest.memory_mb $(($(sed -n 's/MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))"
}

# Counters of everything that reports need, as "NAME VALUE" lines.
snapshot() {
	local dev=/sys/class/net

	echo "time $EPOCHREALTIME"
	in_ns site sed -n '1s/^/site.rx_packets /p' $dev/w0/statistics/rx_packets
	in_ns site sed -n '1s/^/site.rx_bytes /p' $dev/w0/statistics/rx_bytes
	in_ns crowd sed -n '1s/^/crowd.tx_packets /p' $dev/c0/statistics/tx_packets
	in_ns gw sed -n '1s/^/gw.rx_packets /p' $dev/up0/statistics/rx_packets
	echo "softnet.dropped $(softnet_dropped)"
	for ns in net gw; do
		in_ns $ns nft list counter inet demo visitors |
			sed -n "s/.*packets \([0-9]*\).*/visitors.$ns \1/p"
	done
	sed -n 's/^cpu  //p' /proc/stat | awk '{ print "cpu.idle", $4 + $5; print "cpu.all",
		$1 + $2 + $3 + $4 + $5 + $6 + $7 + $8 }'
}

# Packets that found a CPU's receive queue full.
softnet_dropped() {
	local word sum=0

	while read -r _ word _; do sum=$((sum + 0x$word)); done </proc/net/softnet_stat
	echo $sum
}
