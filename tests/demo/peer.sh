# What a skilled operator does without levee: nft, SYNPROXY and hashlimit.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # shared with parliament.sh, which sources this
#
# Written for this very site and this very attack: what is not offered is dropped first, at
# the device, without a state; what nobody asked for by connection tracking; a SYNPROXY for
# the site; and hashlimit with the limits that levee has for a visitor. Whoever exceeds them
# with a connection that SYNPROXY has proved to be real is shut out for a minute.

PEER_CONNTRACK=262144	# connections

peer_start() {
	modprobe -a nf_conntrack nft_synproxy nft_ct nft_limit xt_hashlimit xt_tcpudp \
		ip_tables ip6_tables iptable_raw ip6table_raw || return 1
	sysctl -qw net.netfilter.nf_conntrack_max=$PEER_CONNTRACK || return 1
	# Room for the fragments of those who never send the rest, for a short time.
	in_ns gw sysctl -qw net.ipv4.ipfrag_high_thresh=67108864 net.ipv4.ipfrag_time=3 || return 1
	peer_rules | in_ns gw nft -f - &&
	peer_hashlimit iptables-legacy 32 && peer_hashlimit ip6tables-legacy 64 &&
	in_ns gw sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
}

# New connections of a source, as in levee.conf.
peer_hashlimit() {
	in_ns gw "$1" -t raw -A PREROUTING -i up0 -p tcp --syn --dport 80 -m hashlimit \
		--hashlimit-name "www$2" --hashlimit-mode srcip --hashlimit-srcmask "$2" \
		--hashlimit-above 20/minute --hashlimit-burst 4 --hashlimit-htable-size 262144 \
		--hashlimit-htable-max 1048576 --hashlimit-htable-expire 18000 -j DROP
}

peer_rules() {
	cat <<-EOT
	table netdev peer {
		chain in {
			type filter hook ingress device "up0" priority -500
			ip daddr $SITE4 ip frag-off & 0x1fff != 0 drop
			ip6 daddr $SITE6 exthdr frag exists drop
			ip daddr $SITE4 ip protocol != { tcp, icmp } drop
			ip6 daddr $SITE6 meta l4proto != { tcp, icmpv6 } drop
			ip daddr $SITE4 tcp dport != 80 drop
			ip6 daddr $SITE6 tcp dport != 80 drop
			tcp flags & (syn | ack) == syn | ack ip daddr $SITE4 drop
			tcp flags & (syn | ack) == syn | ack ip6 daddr $SITE6 drop
		}
	}
	table inet peer {
		set out4 { type ipv4_addr; flags dynamic, timeout; size 65536; timeout 60s; }
		set out6 { type ipv6_addr; flags dynamic, timeout; size 65536; timeout 60s; }
		set busy4 { type ipv4_addr; flags dynamic, timeout; size 65536; timeout 20s; }
		set busy6 { type ipv6_addr; flags dynamic, timeout; size 65536; timeout 20s; }
		chain raw {
			type filter hook prerouting priority raw - 1
			iifname != "up0" accept
			ip saddr @out4 drop
			ip6 saddr & ffff:ffff:ffff:ffff:: @out6 drop
			tcp dport 80 tcp flags syn notrack
		}
		chain forward {
			type filter hook forward priority filter
			iifname != "up0" accept
			tcp dport 80 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
			ct state established,related accept
			ct state invalid drop
			icmp type echo-request limit rate 100/second accept
			icmpv6 type echo-request limit rate 100/second accept
			drop
		}
		# Connections that SYNPROXY opens to the site, for clients that are real.
		chain out {
			type filter hook postrouting priority filter
			oifname "s0" tcp dport 80 tcp flags & (syn | ack) == syn jump real
		}
		chain real {
			update @busy4 { ip saddr limit rate over 20/minute burst 3 packets } \
				add @out4 { ip saddr }
			update @busy6 { ip6 saddr & ffff:ffff:ffff:ffff:: \
				limit rate over 20/minute burst 3 packets } \
				add @out6 { ip6 saddr & ffff:ffff:ffff:ffff:: }
		}
	}
	EOT
}
