# What else there is around the parliament's site: names, sessions, those who come first.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # shared with parliament.sh, which sources this
#
#    in namespace net                            in namespace site
#    198.51.100.53  name server of the Internet  203.0.113.53  resolver that asks it
#    198.51.100.22  a host to log in to          203.0.113.20  where somebody has done so
#    198.19.64.0/18, 2001:db8:f00::/40           visitors that come once, each from
#                                                an address of its own

RESOLVER4=203.0.113.53
DESK4=203.0.113.20
NAMES4=198.51.100.53
FAR4=198.51.100.22
READER4=198.51.100.99	# who downloads the long file
NEW4=198.19.64.0/18
NEW6=2001:db8:f00::/40
NEW_RATE=2		# of them per second and family
LONG_BYTES=4000000
LONG_ANSWER=3200	# bytes of the text that is looked up now and then

hosts_make() {
	{
		printf 'addr add %s/32 dev lo\n' $NAMES4 $FAR4 $READER4
		echo "route add local $NEW4 dev lo"
		echo "route add local $NEW6 dev lo"
	} | ip -n net -batch - &&
	{
		echo "addr add $RESOLVER4/24 dev w0"
		echo "addr add $DESK4/24 dev w0"
	} | ip -n site -batch - &&
	batch_neighbours s0 site w0 $RESOLVER4 $DESK4 | ip -n gw -batch - || return 1
	head -c $LONG_BYTES /dev/zero | tr '\0' '.' >"$work/www/long"
}

# names NAMESPACE ADDRESS ARGS...: a name server, which remembers nothing.
names() {
	local ns=$1 address=$2
	shift 2

	in_ns "$ns" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--bind-interfaces --listen-address="$address" --edns-packet-max=4096 \
		--user=root --pid-file= --cache-size=0 "$@" >>"$work/names.log" 2>&1 &
}

# session NAMESPACE ARGS...: sets session_pid to that of one of sessions.py.
session() {
	local ns=$1
	shift

	ip netns exec "$ns" /usr/bin/python3 -B "$here/sessions.py" "$@" 2>>"$work/sessions.log" &
	session_pid=$!
}

# hosts_start DIR: all of them work before this returns.
hosts_start() {
	local text

	text=$(head -c 200 /dev/zero | tr '\0' x)
	text=$(for ((i = 0; i < LONG_ANSWER / 200; i++)); do printf ',%s' "$text"; done)
	names net $NAMES4 --address=/example/192.0.2.80 --txt-record="long.example$text"
	names site $RESOLVER4 --server="$NAMES4@$RESOLVER4"
	session net answer $FAR4 22
	hosts_wait net $FAR4:22 && hosts_wait net $NAMES4:53 && hosts_wait site $RESOLVER4:53 ||
		return 1
	session site resolve $RESOLVER4 "$1/resolver"
	session site login $FAR4 22 $DESK4 "$1/login"
	login_pid=$session_pid
	session net download "$SITE4" $READER4 "$1/download"
	download_pid=$session_pid
	said "$1/resolver" short && said "$1/resolver" long && said "$1/login" echo &&
	said "$1/download" bytes
}

hosts_wait() {
	# shellcheck disable=SC2016 # for the inner shell
	in_ns "$1" timeout 20 bash -c 'until ss -Hltn "src = $1" | grep -q .; do sleep 0.1; done' \
		bash "$2"
}

# said LOG WHAT: does it, within 20 seconds?
said() {
	# shellcheck disable=SC2016 # for the inner shell
	timeout 20 bash -c 'until grep -q " $2 " "$1"; do sleep 0.1; done' bash "$@" 2>/dev/null
}

# Somebody types a line, and waits for it a while.
login_type() {
	local log=$1 before

	before=$(grep -c ' echo ' "$log")
	kill -USR1 "$login_pid" 2>/dev/null || return
	# shellcheck disable=SC2016 # for the inner shell
	timeout 5 bash -c 'until [ "$(grep -c " echo " "$1")" -gt "$2" ]; do sleep 0.05; done' \
		bash "$log" "$before"
}

# What is left of the long file, at once.
download_finish() {
	kill -USR1 "$download_pid" 2>/dev/null
	wait "$download_pid"
}

# newcomers DIR NR: with each new number others. Sets newcomer_pids.
newcomers() {
	local family count=$((NEW_RATE * seconds))

	newcomers_of 4 "$count" "198.19.$((64 + $2)).%d" "http://$SITE4/" >"$work/new4"
	newcomers_of 6 "$count" "2001:db8:f$(printf %02x "$2"):%x::1" "http://[$SITE6]/" >"$work/new6"
	newcomer_pids=()
	for family in 4 6; do
		ip netns exec net timeout $((seconds * 2 + 30)) curl -K "$work/new$family" \
			--rate "$((NEW_RATE * 60))/m" >"$1/new$family" 2>/dev/null &
		newcomer_pids+=($!)
	done
}

# newcomers_of FAMILY COUNT ADDRESS URL: transfers of curl's, each from another address.
newcomers_of() {
	local i next=''

	for ((i = 1; i <= $2; i++)); do
		# shellcheck disable=SC2059 # the address is a format
		printf "%s"'interface = "host!'"$3"'"\n' "$next" $i
		printf '%s\n' silent "max-time = $PATIENCE" 'header = "Connection: close"' \
			'output = /dev/null' "url = \"$4?new=$i\"" \
			'write-out = "%{http_code} %{time_total} %{exitcode} %{size_download}\n"'
		next=$'next\n'
	done
}
