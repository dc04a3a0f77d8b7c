#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The size of the tables: set, shown, saved, refused, and changed under traffic. It fails
# when a source gets more than one burst out of all resizes, when an offender is lost or
# memory stays behind, when a full table is not announced once, when a container can
# have more than its share, or when a step of the clock blocks a source or lets it through.
# TIMEOUT: 400
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(cd "$(dirname "$0")" && pwd -P)
work=$LIB_TMP
nobody=65534
RATE=50		# packets/s
BURST=200

# value NAME: of table show.
value() { gw_levee -j table show | json "j[\"$1\"]"; }

# refused NAME MESSAGE ARGS...: with status 2; nothing has changed.
refused() {
	local name=$1 message=$2 before rc
	shift 2
	before=$(gw_levee save)
	gw_levee "$@" >"$work/out" 2>&1
	rc=$?
	check_eq "$name" "2 levee: $message" "$rc $(cat "$work/out")"
	check_eq "and has changed nothing" "$before" "$(gw_levee save)"
}

# ---- without a hook ----

test_sizes() {
	slots=$(value slots-default)
	sources=$(value sources-max-default)
	check_eq "a fresh module has tables of the default size" "$slots $sources" \
		"$(value slots) $(value sources-max)"
	check_eq "which take no memory before the first hook" "0 0" \
		"$(value slots-bytes) $(value sources-bytes)"
	check_eq "save says nothing about them" "" "$(gw_levee save | grep ^table)"
	check "slots are set" gw_levee table set slots 70k
	check_eq "rounded up, with sources as they were" "131072 $sources" \
		"$(value slots) $(value sources-max)"
	check_eq "save says so, first" "table set slots 131072" "$(gw_levee save | grep ^table)"
	check "sources are set" gw_levee table set sources 100
	check "both are set" gw_levee table set sources 500 slots 1024
	check_eq "and saved" "table set slots 1024 sources 500" "$(gw_levee save | grep ^table)"
	check "default sizes are set" gw_levee table set slots "$slots" sources "$sources"
	check_eq "save says nothing about them again" "" "$(gw_levee save | grep ^table)"
	gw_levee table set slots 256M
	refused "more memory than there is, at the first hook" \
		"not enough memory for the tables" hook add dev eth0
	gw_levee table set slots "$slots"
}

# ---- under traffic ----

# count VERDICT: of the policy www.
count() { packets '$1 == "www" && $2 == "udp" && $3 == "'"$1"'"'; }
packets() {
	in_ns "$gateway" awk "$1"' { n += $5 } END { print n + 0 }' /proc/net/levee/stats
}
more_dropped() { [ "$(count dropped)" -gt "$1" ]; }

# Time that no "date -s" changes.
later_than() { [ "$(uptime_ms)" -gt "$1" ]; }
uptime_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }

# The MAC address that packets to the server are sent to.
next_hop() { in_ns "$gateway" cat /sys/class/net/eth0/address; }

# flood: one source at 10 x its limit, in the background.
flood() {
	# No function: the signal that ends it is for the program.
	ip netns exec "$client" /usr/bin/python3 "$here/table.py" eth0 "$(next_hop)" $SERVER4 \
		70000 1 $((RATE * 10)) &
	flood=$!
	# With its burst behind it.
	busywait 30000 more_dropped $((BURST / 2))
}

stop_flood() {
	kill "$flood"
	wait "$flood" 2>/dev/null
}

# begin, and passed_between NAME PERCENT EXTRA: since then, PERCENT of the rate at least,
# and not more than the rate and EXTRA packets.
begin() { passed=$(count passed); began=$(uptime_ms); }
passed_between() {
	local now ended
	ended=$(($(count passed) - passed))
	now=$(($(uptime_ms) - began))
	ktap_note "$ended passed in $now ms"
	check_between "$1" $((now * RATE * $2 / 100000)) \
		$((now * RATE / 1000 + $3)) "$ended"
}

test_resize() {
	local size bad=0 dropped bytes held

	gw_levee -b - <<-END
	hook add dev eth0
	policy set default mode off
	policy add www dst $SERVER4 mode enforce
	limit set www udp rate $RATE/s burst $BURST
	END
	check_eq "the first hook makes the tables" "$((slots * 16))" "$(value slots-bytes)"
	check "the bytes of sources are told" test "$(value sources-bytes)" -gt $((sources * 4))
	bytes=$(vmalloc_bytes)
	check "the kernel knows of that memory" test "$bytes" -ge $((slots * 16))
	flood
	begin
	# As if each took a burst: the source could send one in the time between.
	for size in 1024 1M 64k 2M 1024 512k 1024 256k 4k 1M; do
		dropped=$(count dropped)
		gw_levee table set slots $size || bad=$((bad + 1))
		busywait 20000 more_dropped $((dropped + BURST))
	done >/dev/null
	check_eq "ten changes of slots under traffic" 0 $bad
	# The packets that are counted before the time is taken, and the other way round.
	passed_between "let one source through for no extra burst" 90 $((BURST / 4 + 5))
	begin
	held=$(gw_levee -j source show | json 'j[0]["dropped-packets"]')
	for size in 1 5M 64 1k "$sources"; do
		dropped=$(count dropped)
		gw_levee table set sources "$size" || bad=$((bad + 1))
		busywait 20000 more_dropped $((dropped + 20))
	done >/dev/null
	check_eq "five changes of sources under traffic" 0 $bad
	passed_between "change nothing about what passes" 90 $((BURST / 4 + 5))
	stop_flood
	check_between "the offender has kept its count" "$((held + 80))" "$(count dropped)" \
		"$(gw_levee -j source show | json 'j[0]["dropped-packets"]')"
	check_eq "every drop is in the record" "$(count dropped)" \
		"$(gw_levee -j source show | json 'j[0]["dropped-packets"]')"
	check "both are set back" gw_levee table set slots "$slots" sources "$sources"
	check_eq "there and back, memory is the same to the byte" "$bytes" "$(vmalloc_bytes)"
	refused "more memory than there is" "not enough memory for the tables" \
		table set slots 256M sources 1k
	check_eq "that took no memory" "$bytes" "$(vmalloc_bytes)"
}

# Slots that the module holds, as the kernel reckons.
vmalloc_bytes() { awk '/levee_(map|vzalloc).*\[levee\]/ { n += $2 } END { print n + 0 }' /proc/vmallocinfo; }

# A step of the clock neither blocks nor opens: time is CLOCK_MONOTONIC.
test_clock() {
	local dropped now

	gw_levee flush all
	flood
	now=$(date +%s)
	for step in 86400 -86400; do
		begin
		date -s "@$(($(date +%s) + step))" >/dev/null
		dropped=$(count dropped)
		until more_dropped $((dropped + 1000)); do :; done
		passed_between "the clock steps by $step s: the limit stays" 90 $((BURST / 4 + 5))
	done
	check_between "the clock is back" "$now" $((now + 120)) "$(date +%s)"
	stop_flood
}

# ---- full ----

# crowd FIRST COUNT: so many sources send a packet each.
crowd() {
	in_ns "$client" /usr/bin/python3 "$here/table.py" eth0 "$(next_hop)" $SERVER4 "$1" "$2"
}

# Since the test began: others may have filled a table in the same guest.
announcement='levee: the table of meters is full: sources share meters; see levee table show'
told=$(dmesg | grep -c "$announcement")
announced() { echo $(($(dmesg | grep -c "$announcement") - told)); }

test_full() {
	local now

	gw_levee -b - <<-END
	table set slots 16k
	limit set www udp rate 1/h burst 1
	flush all
	END
	crowd 0 1000
	check_eq "1000 sources have 1000 of 16384 slots" "1000 16384" \
		"$(value slots-live) $(value slots)"
	check_eq "table show says so" "slots     16384 (default $slots) 262144 bytes 6.1% live
overflow  0 packets" "$(gw_levee table show | head -n 2)"
	check_eq "a table that is not full is not announced" 0 "$(announced)"
	check "a table of a 16th" gw_levee table set slots 1024
	# With two buckets to choose from, six in a hundred find both full.
	check_between "has room for most of them" 900 990 "$(value slots-live)"
	crowd 1000 3000
	check_eq "more find it full, and share 64 meters' burst" 64 "$(value overflow-packets)"
	check_between "the others of them are dropped" 2600 2950 \
		"$(packets '$1 == "www" && $3 == "dropped" && $4 == "overflow"')"
	check_eq "as many slots live as there are" 1024 "$(value slots-live)"
	check_eq "that is announced" 1 "$(announced)"
	gw_levee flush meters
	# Within a second, it would not even be looked at.
	now=$(uptime_ms)
	busywait 30000 later_than $((now + 1500))
	crowd 4000 4000
	check_eq "it is full once more" 128 "$(value overflow-packets)"
	check_eq "but that is announced once a minute" 1 "$(announced)"
}

# ---- containers ----

# In a container; each line is a command, and what it has to say.
container_commands() {
	cat <<-'EOF'
	levee table set slots 1048577:levee: in a container there are at most 1048576 slots
	levee table set slots 256M:levee: in a container there are at most 1048576 slots
	levee table set sources 4097:levee: in a container there are at most 4096 sources
	levee table set slots 2k sources 4097:levee: in a container there are at most 4096 sources
	levee table set slots 1M sources 4096:
	levee save | grep ^table:table set slots 1048576 sources 4096
	levee hook add prerouting:
	levee table set slots 1048577:levee: in a container there are at most 1048576 slots
	levee table set slots 1024 sources 1:
	levee table show | grep -o '^slots *[0-9]*':slots     1024
	levee table set slots 64k sources 512:
	levee save | grep ^table:
	EOF
}

as_container() {
	in_ns "$gateway" setpriv --reuid="$nobody" --regid="$nobody" --clear-groups \
		unshare -Urn "$@"
}

test_container() {
	local command wanted

	container_commands | cut -d : -f 1 | sed 's/$/ 2>\&1; echo =/' >"$work/commands"
	chmod 755 "$work"
	as_container bash "$work/commands" >"$work/out"
	while IFS=: read -r -u 3 command wanted; do
		check_eq "in a container: $command" "$wanted" \
			"$(while read -r line && [ "$line" != = ]; do echo "$line"; done)"
	done 3< <(container_commands) <"$work/out"
}

# A crowd that fills the table of a container, out of one device and in at another.
container_full() {
	cat <<-EOF
	set -e
	ip link add veth0 type veth peer name veth1
	ip link set veth0 up
	ip link set veth1 up
	levee table set slots 1024
	levee policy set default mode enforce
	levee limit set default udp rate 1/h burst 1
	levee hook add dev veth1
	mac=\$(ip -br link show veth1 | awk '{ print \$3 }')
	/usr/bin/python3 $here/table.py veth0 "\$mac" $SERVER4 0 4000
	levee -j table show
	EOF
}

test_container_full() {
	local before

	before=$(announced)
	container_full >"$work/commands"
	as_container bash "$work/commands" >"$work/out" 2>&1
	check_between "the table of a container is full" 1 64 \
		"$(tail -n 1 "$work/out" | json 'j["overflow-packets"]')"
	check_eq "that is not for the host's log" "$before" "$(announced)"
}

topo_gateway
topo_neigh_static
test_sizes
test_resize
test_clock
test_full
if as_container true 2>/dev/null; then
	test_container
	test_container_full
else
	ktap_skip "tables of a container" "ordinary users get no user namespaces here"
fi
check "no hook is left" gw_levee hook del dev eth0
ktap_finish
