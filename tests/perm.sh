#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may change what. It fails when somebody without CAP_NET_ADMIN in the user
# namespace that owns a network namespace can change anything there or see sources,
# or when root of a container cannot configure it, or reaches out of it.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

work=$LIB_TMP
chmod 755 "$work"
nobody=65534
echo 'policy add applied proto udp' >"$work/applied"

# as_nobody CMD...: an ordinary user without any capability.
as_nobody() {
	in_ns "$gateway" setpriv --reuid="$nobody" --regid="$nobody" --clear-groups \
		--bounding-set=-all --inh-caps=-all "$@"
}

# as_container CMD...: the same user, as root of a user namespace with its own
# network namespace; as_fake_root: with the network namespace of the gateway.
as_user() {
	in_ns "$gateway" setpriv --reuid="$nobody" --regid="$nobody" --clear-groups "$@"
}

as_container() { as_user unshare -Urn "$@"; }
as_fake_root() { as_user unshare -Ur "$@"; }

# What can be configured, and who offended; counters of packets go on by themselves.
state() {
	gw_levee save
	gw_levee -j source show limit 0 sort none
}

# Every command that changes something, each valid as it stands.
changes() {
	cat <<-EOF
	hook add dev eth1
	hook del dev eth0
	policy add new dst 198.51.100.0/24 mode enforce
	policy set www mode off
	policy set www dst 198.51.100.1
	policy set default mode enforce
	policy del www
	limit set www udp rate 1/s
	limit set www icmp rate 1000/s
	limit del www icmp
	limit flush www
	list add allow 192.0.2.0/24
	list del deny 198.51.100.7
	list load deny $work/feed
	list flush deny
	table set slots 2048
	table set sources 100
	apply $work/applied
	source ban 198.51.100.7 timeout 1h
	source unban all
	flush sources
	flush stats
	flush meters
	flush learned
	flush all
	EOF
}

# What is said of it: the error, before the advice that follows the second colon.
refusal='2 levee: Operation not permitted'
refusal_said() { head -n 1 "$work/out" | cut -d : -f 1,2; }

# changes_nothing WHO CMD...: as who runs its arguments.
changes_nothing() {
	local who=$1 line rc before
	shift

	before=$(state)
	while read -r line; do
		# shellcheck disable=SC2086 # words
		"$@" levee $line >"$work/out" 2>&1 </dev/null
		rc=$?
		check_eq "$who: levee $line is refused" \
			"$refusal" "$rc $(refusal_said)"
	done < <(changes)
	check_eq "$who has changed nothing" "$before" "$(state)"
	check "$who can see policies" "$@" levee policy show
	check "$who can see limits" "$@" levee limit show
	check "$who can see counters" "$@" levee stats show
	check "$who can see hooks" "$@" levee hook show
	check "$who can see the size of the tables" "$@" levee table show
	"$@" levee source show >"$work/out" 2>&1
	check_eq "$who cannot see sources" "$refusal" "$? $(refusal_said)"
	"$@" timeout 20 levee monitor >"$work/out" 2>&1
	check_eq "$who cannot listen to events" \
		'2 levee: cannot listen to events: Operation not permitted: this needs CAP_NET_ADMIN in the user namespace that owns the network namespace (try: sudo levee ...)' \
		"$? $(cat "$work/out")"
	"$@" levee list show >"$work/out" 2>&1
	check_eq "$who cannot see lists" "$refusal" "$? $(refusal_said)"
	"$@" levee list test 192.0.2.1 >"$work/out" 2>&1
	check_eq "$who cannot ask them" "$refusal" "$? $(refusal_said)"
	"$@" levee report >"$work/out" 2>&1
	check_eq "$who gets no report, which names sources" "$refusal" "$? $(refusal_said)"
	"$@" levee source show banned >"$work/out" 2>&1
	check_eq "$who cannot see bans" "$refusal" "$? $(refusal_said)"
	"$@" levee policy match "$SERVER4" from 198.51.100.7 >"$work/out" 2>&1
	check_eq "$who is told of policies, but not who is in a list" "policy www mode enforce" \
		"$(head -n 1 "$work/out")"
	check "$who can read /proc/net/levee/stats" "$@" grep -q '^www icmp dropped limit ' \
		/proc/net/levee/stats
	check_fails "$who cannot read /proc/net/levee/sources" "$@" cat /proc/net/levee/sources
}

# That refusals have a reason: all of it works for root.
test_root() {
	local line before slots sources

	before=$(gw_levee save)
	gw_levee save >"$work/config"
	slots=$(gw_levee -j table | json 'j["slots"]')
	sources=$(gw_levee -j table | json 'j["sources-max"]')
	while read -r line; do
		# shellcheck disable=SC2086 # words
		check "root: levee $line works" gw_levee $line
		gw_levee policy del new
		gw_levee policy del applied
		gw_levee policy del www
		gw_levee hook del dev eth0
		gw_levee hook del dev eth1
		gw_levee limit flush default
		gw_levee list flush allow
		gw_levee list flush deny
		gw_levee source unban all
		gw_levee table set slots "$slots" sources "$sources"
		gw_levee -b "$work/config"
	done < <(changes) 2>/dev/null
	check_eq "root can restore all of it" "$before" "$(gw_levee save)"
}

# In the container; its results are lines of text.
container_story() {
	cat <<-'EOF'
	set -e
	ip link set lo up
	ip link add veth0 type veth peer name veth1
	levee hook add prerouting
	levee policy add own dst 203.0.113.0/24 mode enforce
	levee limit set own icmp rate 3/s burst 3
	levee list add deny 192.0.2.0/24
	levee policy set default mode off
	levee source show
	levee hook show
	levee save
	levee flush all
	levee limit del own icmp
	levee policy del own
	levee hook del prerouting
	levee hook add dev veth0
	EOF
}

test_container() {
	local before text most

	before=$(state; levee save)
	check "root of a container can configure it" as_container bash -c "$(container_story)"
	text=$(cat "$work/check")
	for line in 'hook add prerouting' 'policy add own dst 203.0.113.0/24 mode enforce'; do
		check "it did: $line" grep -qxF "$line" <<<"$text"
	done
	check_fails "it does not see the gateway's policies" grep -q www <<<"$text"
	check_eq "neither gateway nor host have changed" "$before" "$(state; levee save)"
	as_container bash -c 'for i in {1..512}; do
			echo "source ban 198.18.$((i / 256)).$((i % 256))"
		done | levee -b - && levee source ban 198.51.100.1' >"$work/out" 2>&1
	check_eq "it can ban 512 sources, and no more" \
		"levee: the table of bans is full (prefix 198.51.100.1)" "$(cat "$work/out")"
	seq 0 65535 | awk '{ printf "%s10.0.%d.%d", ($1 ? "," : "policy add a dst "), $1 / 256, $1 % 256 }' \
		>"$work/large"
	# Newer kernels allow more.
	most=$(sysctl -n net.core.wmem_max)
	sysctl -qw net.core.wmem_max=212992
	as_container levee -b "$work/large" >"$work/out" 2>&1
	sysctl -qw net.core.wmem_max="$most"
	check_eq "it has no socket for a request of any size" \
		"levee: $work/large:1: netlink: send: Message too long" "$(cat "$work/out")"
	# As large as it takes them.
	seq 0 65535 | awk '$1 % 8192 == 0 { printf "\npolicy add a%d dst ", $1 }
		{ printf "%s10.0.%d.%d", ($1 % 8192 ? "," : ""), $1 / 256, $1 % 256 }' >"$work/large"
	as_container bash -c "levee -b $work/large && levee policy add b dst 192.0.2.1" >"$work/out" 2>&1
	check_eq "it can have policies for 65536 destinations, and no more" \
		"levee: too many destination prefixes in all policies together" "$(cat "$work/out")"
	# When both are made at once, nobody is root yet when the files get their owner.
	check "it can read /proc/net/levee/sources" as_user unshare -Urn \
		cat /proc/net/levee/sources
	# A network namespace of somebody else can be entered only by its owner.
	check_fails "root of a container cannot enter the gateway's network namespace" \
		as_container levee -n "$gateway" policy set www mode off
	check_eq "nothing has changed by that" "$before" "$(state; levee save)"
}

topo_gateway
gw_levee -b - <<-EOF
hook add dev eth0
policy add www dst $SERVER4 mode enforce
limit set www icmp rate 1/m burst 1
list add deny 198.51.100.7
EOF
echo 198.51.100.0/24 >"$work/feed"
in_ns "$client" ping -q -c 3 -i 0.01 -W 1 $SERVER4 >/dev/null
check "there is an offender to be seen" grep -q '192.0.2.2' <(gw_levee source show)
if as_container true 2>/dev/null; then
	test_container
	changes_nothing "root of a user namespace without a network" as_fake_root
else
	ktap_skip "root of a container" "ordinary users get no user namespaces here"
fi
changes_nothing "an ordinary user" as_nobody
test_root
ktap_finish
