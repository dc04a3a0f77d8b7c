# The network of the demo: four namespaces, their routes, the web site, its visitors.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
#    namespace net                namespace gw               namespace site
#   +-------------+             +-------------+             +-----------------+
#   | 16 visitors | n0      up0 |   gateway   | s0       w0 | nginx           |
#   |   (curl)    |------+------|   (levee)   |=============| 203.0.113.10    |
#   +-------------+      |      +-------------+  slow link  | 2001:db8:80::10 |
#   | attackers   | c0   |       192.0.2.1        (tbf)     +-----------------+
#   | 160 + 40    |------+       2001:db8:1::1
#   +-------------+ macvlan on n0
#    namespace crowd
# shellcheck disable=SC2034,SC2154 # shared with story.sh, which sources this

SITE4=203.0.113.10
SITE6=2001:db8:80::10
UPLINK=2mbit	# levee can only protect what is behind it
QUEUE=200	# packets that wait for the uplink at most
PAGE_BYTES=4000
PATIENCE=2	# seconds that a visitor waits for a page
FAR=0		# milliseconds that what visitors send is on its way

# Address and pages per minute. The last two of each family live next to
# attackers: in their /24, in their /48.
VISITORS="
198.51.100.23 15        198.51.100.140 17
198.18.77.5 16          198.18.201.8 18
198.19.1.44 15          198.19.20.9 17
198.19.33.71 16         198.19.140.2 18
198.18.0.250 15         198.18.0.251 17
2001:db8:100:1::23 16   2001:db8:100:2::7 18
2001:db8:2a::5 15       2001:db8:cafe:1::9 17
2001:db8:a:f001::1 16   2001:db8:a:f002::1 18
"

# The attackers' 160 addresses and 40 /64s.
FLOOD4_FIRST=198.18.0.1
FLOOD4_LAST=198.18.0.160
FLOOD4_NET=198.18.0.0/24
FLOOD6_NET=2001:db8:a::/48

# One visitor per line.
visitors() { xargs -n 2 <<<"$VISITORS"; }

# One attacker per line: its address and what it attacks.
attackers() {
	local i

	for ((i = 1; i <= 160; i++)); do echo "198.18.0.$i $SITE4"; done
	for ((i = 1; i <= 40; i++)); do printf '2001:db8:a:%x::1 %s\n' "$i" "$SITE6"; done
}

in_ns() { ip netns exec "$@"; }

net_make() {
	local ns

	for ns in net crowd gw site; do
		ip netns add $ns || return 1
		in_ns $ns sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 net.ipv6.ip_nonlocal_bind=1 \
			net.ipv4.ip_forward=0
	done
	in_ns gw sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	in_ns site sysctl -qw net.core.somaxconn=4096

	ip -n net link add n0 type veth peer name up0 netns gw &&
	ip -n gw link add s0 type veth peer name w0 netns site &&
	ip -n net link add c0 link n0 netns crowd type macvlan mode private || return 1
	visitors_dev=n0
	[ "$FAR" = 0 ] || visitors_far || return 1

	{
		batch_up "$visitors_dev" 192.0.2.2/24 2001:db8:1::2/64
		batch_default 192.0.2.1 2001:db8:1::1
		batch_neighbours "$visitors_dev" gw up0 192.0.2.1 2001:db8:1::1
		visitors | sed 's/\(.*\) .*/addr add \1 dev lo/'
	} | ip -n net -batch - &&
	{
		batch_up c0 192.0.2.3/24 2001:db8:1::3/64
		batch_default 192.0.2.1 2001:db8:1::1
		batch_neighbours c0 gw up0 192.0.2.1 2001:db8:1::1
	} | ip -n crowd -batch - &&
	{
		batch_up up0 192.0.2.1/24 2001:db8:1::1/64
		batch_up s0 203.0.113.1/24 2001:db8:80::1/64
		batch_default 192.0.2.2 2001:db8:1::2
		batch_neighbours up0 net "$visitors_dev" 192.0.2.2 2001:db8:1::2
		batch_neighbours up0 crowd c0 192.0.2.3 2001:db8:1::3
		batch_neighbours s0 site w0 $SITE4 $SITE6
		echo "route add $FLOOD4_NET via 192.0.2.3"
		echo "route add $FLOOD6_NET via 2001:db8:1::3"
		visitors | sed -n 's/^\([0-9.]*\) .*/route add \1 via 192.0.2.2/p
			s/^\([0-9a-f]*:.*\) .*/route add \1 via 2001:db8:1::2/p'
	} | ip -n gw -batch - &&
	{
		batch_up w0 $SITE4/24 $SITE6/64
		batch_default 203.0.113.1 2001:db8:80::1
		batch_neighbours w0 gw s0 203.0.113.1 2001:db8:80::1
	} | ip -n site -batch - || return 1

	visitors_count && attackers_silent &&
	link_shape gw s0 && link_shape site w0
}

# A device of their own, so that attackers are not slowed down as well.
visitors_far() {
	visitors_dev=v0
	ip -n net link set n0 up &&
	ip -n net link add v0 link n0 type macvlan mode private &&
	tc -n net qdisc add dev v0 root netem delay "${FAR}ms" limit 10000
}

# A slow Ethernet link (a frame takes 24 bytes more, and at least 84) with a queue that counts packets, as that of a network card does.
# One that counts bytes has room for a small packet when there is none for a big one.
link_shape() {
	tc -n "$1" qdisc add dev "$2" root handle 1: stab overhead 24 mpu 84 \
		tbf rate $UPLINK burst 16k limit 400k &&
	tc -n "$1" qdisc add dev "$2" parent 1:1 handle 10: pfifo limit $QUEUE
}

# Lines for "ip -batch".
batch_up() {
	local dev=$1 addr
	shift

	echo "link set lo up"
	echo "link set $dev up"
	for addr; do echo "addr add $addr dev $dev"; done
}

batch_default() { printf 'route add default via %s\n' "$@"; }

# Only the flood shall decide what can be reached, not address resolution that
# gets lost in it.
batch_neighbours() {
	local dev=$1 mac addr

	mac=$(mac_of "$2" "$3")
	shift 3
	for addr; do echo "neigh replace $addr lladdr $mac dev $dev nud permanent"; done
}

mac_of() { in_ns "$1" cat "/sys/class/net/$2/address"; }

# Counters of the visitors' packets before and behind the gateway, which do not
# depend on what levee says.
visitors_count() {
	local ns set4 set6

	set4=$(visitors | sed -n 's/^\([0-9.]*\) .*/\1,/p')
	set6=$(visitors | sed -n 's/^\([0-9a-f]*:.*\) .*/\1,/p')
	for ns in net gw; do
		in_ns $ns nft -f - <<-EOT || return 1
		table inet demo {
			set visitors4 { type ipv4_addr; elements = { ${set4%,} } }
			set visitors6 { type ipv6_addr; elements = { ${set6%,} } }
			counter visitors { }
			chain count {
				type filter hook postrouting priority 0
				ip saddr @visitors4 ip daddr $SITE4 counter name visitors
				ip6 saddr @visitors6 ip6 daddr $SITE6 counter name visitors
			}
		}
		EOT
	done
}

# Whether the attackers' addresses answer: those of a flood do not, those of
# real clients do.
attackers_silent() {
	ip -n crowd route replace blackhole $FLOOD4_NET
	ip -n crowd route replace blackhole $FLOOD6_NET
	ip -n crowd route del local $FLOOD4_NET dev lo 2>/dev/null
	ip -n crowd route del local $FLOOD6_NET dev lo 2>/dev/null
	return 0
}

attackers_real() {
	ip -n crowd route add local $FLOOD4_NET dev lo
	ip -n crowd route add local $FLOOD6_NET dev lo
}

site_start() {
	local dir=$work/www

	mkdir -p "$dir"
	{
		echo '<!doctype html><title>A public web site</title>'
		head -c $((PAGE_BYTES - 48)) /dev/zero | tr '\0' '.'
	} >"$dir/index.html"
	cat >"$work/nginx.conf" <<-EOT
	user root;
	worker_processes 1;
	worker_rlimit_nofile 16384;
	pid $work/nginx.pid;
	error_log $work/nginx.log;
	events { worker_connections 8192; }
	http {
		access_log off;
		keepalive_timeout 0;
		client_header_timeout 5s;
		send_timeout 5s;
		reset_timedout_connection on;
		client_body_temp_path $work/nginx-body;
		proxy_temp_path $work/nginx-proxy;
		fastcgi_temp_path $work/nginx-fastcgi;
		uwsgi_temp_path $work/nginx-uwsgi;
		scgi_temp_path $work/nginx-scgi;
		server {
			listen 80 backlog=4096;
			listen [::]:80 backlog=4096;
			root $dir;
			location = /long {
				send_timeout 300s;
			}
			location = /vote {
				return 200 "thank you\n";
			}
			location /search {
				return 200 "$(head -c 800 /dev/zero | tr '\0' '.')\n";
			}
		}
	}
	EOT
	in_ns site nginx -q -c "$work/nginx.conf"
}

# Every visitor is one curl that loads a page now and then, each time over a new
# connection. What it says about each page goes to a file named after it.
visitors_run() {
	mkdir -p "$1"
	in_ns net timeout $((seconds * 2 + 30)) "$here/visitors.sh" "$1" "$seconds"
}

# Waits until the site answers as in peace, in both address families.
site_wait() {
	# shellcheck disable=SC2016 # for the inner shell
	in_ns net timeout 40 bash -c '
		for host; do
			until curl -s -m 0.5 -o /dev/null "http://$host/"; do sleep 0.2; done
		done' bash "$SITE4" "[$SITE6]"
}
