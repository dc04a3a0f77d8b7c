#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# README's quick start, run as it is written there on an installed gateway.
# It fails when a command in it fails, when watching drops a packet, when an
# offender is not limited once it is enforced, or when a polite visitor is.
# KERNELS: stock-6.12
# TIMEOUT: 240
# MODULE: none
# ALLOW: hrtimer: interrupt took
# (An emulated guest says so when the machine is busy, without any module.)
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/.." && pwd -P)
readme=$top/README.md
updates=/lib/modules/$(uname -r)/updates
step=$LIB_TMP/step
VISITOR4=192.0.2.3
FLOOD=600

# What is installed is used, not what is in the checkout.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export MAN_KEEP_FORMATTING='' MANPAGER=cat

module_install() {
	install -D -m 644 "$LAB_MODULE_DIR/levee.ko" "$updates/levee.ko" && depmod -a
}

# blocks HEADING: the fenced shell blocks between this heading and the next.
blocks() {
	awk -v heading="$1" '
		/^```/ { code = on && $0 == "```sh"; next }
		code { print; next }
		/^#+ / { sub(/^#+ /, ""); on = $0 == heading }' "$readme"
}

# The headings of the steps, in order.
steps() {
	awk '/^## / { on = $0 == "## Quick start"; next }
	     on && sub(/^### /, "")' "$readme"
}

# run_step HEADING: its commands one by one, each of which must succeed; what they
# print goes to $step.
run_step() {
	local line

	ran+=("$1")
	: >"$step"
	while read -r line; do
		check "$1: $line" run_line "$line"
	done < <(blocks "$1")
}

run_line() {
	timeout 30 ip netns exec "$gateway" bash -c "$1" >"$LIB_TMP/line" 2>&1 </dev/null
	local rc=$?
	tee -a "$step" <"$LIB_TMP/line"
	return "$rc"
}

# Commands in running text; those with a place to fill in end with a blank.
inline_commands() {
	awk -F'`' '{ for (i = 2; i <= NF; i += 2) if ($i ~ /^levee .*[^ ]$/) print $i }' \
		"$readme" | sort -u
}

# flood COUNT: of pings, as fast as they are answered; prints how many were.
flood() {
	in_ns "$client" timeout 60 ping -f -q -c "$1" -w 20 $SERVER4 |
		sed -n 's/.* \([0-9]*\) received.*/\1/p'
}

# How many packets the gateway dropped so far.
dropped() { gw_levee -j stats show | json 'j["total"]["dropped-packets"]'; }

# The records that name the offender, for the policy $1.
offender() {
	gw_levee -j source show policy "$1" |
		json "[s['$2'] for s in j if s['prefix']['addr'] == '$CLIENT4'][0]"
}

visit() { in_ns "$client" curl -sf -m 10 -o /dev/null --interface "$1" "http://$2/"; }

serve() {
	mkdir "$LIB_TMP/www"
	echo hello >"$LIB_TMP/www/index.html"
	in_ns "$server" python3 -m http.server --bind :: --directory "$LIB_TMP/www" 80 \
		>/dev/null 2>&1 </dev/null &
	busywait 20000 visit "$CLIENT4" "$SERVER4"
}

test_install() {
	check "the module is installed" module_install
	check "command and manual page are installed" timeout 60 make -C "$top/tools" install
	check_eq "the installed command is found" /usr/local/sbin/levee "$(type -P levee)"
	check "the manual page is found and can be read" man_page
}

man_page() {
	timeout 30 man -w levee && timeout 60 man levee | grep -q '^EXIT STATUS'
}

test_monitor() {
	run_step "Load and attach"
	check_eq "the installed module is the one that is loaded" "$updates/levee.ko" \
		"$(modinfo -n levee)"
	check_eq "a flood passes while only watched" $FLOOD "$(flood $FLOOD)"
	run_step "Watch"
	check "the offender is shown" grep -q "^$CLIENT4 .*default" "$step"
	run_step "Give the site limits of its own"
	check_eq "a flood passes the site's policy, too" $FLOOD "$(flood $FLOOD)"
	check_between "it is counted as what would be dropped" 1 $FLOOD \
		"$(offender www would-packets)"
	check_eq "watching has dropped nothing" 0 "$(dropped)"
}

test_enforce() {
	local job

	run_step "Enforce"
	flood $FLOOD >"$LIB_TMP/flooded" &
	job=$!
	busywait 10000 offender_is_dropped >/dev/null
	check "during a flood, a polite visitor's ping is answered" \
		in_ns "$client" ping -q -c 20 -i 0.1 -W 5 -I $VISITOR4 $SERVER4
	check_eq "no answer to it is lost" "20 received" \
		"$(grep -o '[0-9]* received' "$LIB_TMP/check")"
	check "a visitor gets the page over IPv4" visit $VISITOR4 $SERVER4
	check "a visitor gets the page over IPv6" visit $CLIENT6 "[$SERVER6]"
	wait "$job"
	# A burst of 20, and ten for each of at most 20 seconds.
	check_between "the offender is limited" 1 240 "$(cat "$LIB_TMP/flooded")"
	check_eq "and only the offender: all that was dropped is its own" "$(dropped)" \
		"$(offender www dropped-packets)"
}

offender_is_dropped() { [ "$(dropped)" -gt 0 ]; }

test_restore() {
	local saved

	run_step "Sources that you know"
	check "what is in a list is found" grep -q '^verdict  deny' "$step"
	run_step "Shut somebody out"
	check "who is banned is shown" grep -q '^198\.51\.100\.7 .*seen in a log' "$step"
	check_eq "and banned no more" "[]" "$(gw_levee -j source show banned)"
	run_step "Attacks from many sources"
	check "what became of a challenge is shown" grep -q '^challenge www sent 0 .* not now$' "$step"
	run_step "After an attack"
	check "the report covers what was done so far" grep -q '^covers  ' "$step"
	run_step "Keep it"
	saved=$(</etc/levee.conf)
	run_step "Change it in one step"
	run_step "Stop"
	check_fails "the module is gone" test -d /sys/module/levee
	run_step "Start again"
	check_eq "the same is configured as before" "$saved" "$(gw_levee save)"
}

test_rest() {
	local line

	while read -r line; do
		check "in the text: $line" run_line "$line"
	done < <(inline_commands)
	check "somebody who may not is told so" refused_user
}

# The kernel loads an installed module when root uses the command.
test_not_loaded() {
	rmmod levee
	check "an installed module is loaded by the command" run_line 'levee hook show'
	rmmod levee
	mv "$updates/levee.ko" "$LIB_TMP"
	check_fails "without an installed module, the command fails" run_line 'levee hook show'
	check "and the message is the one in the text" \
		grep -F "$(grep -o 'the levee module is not loaded' "$readme")" "$LIB_TMP/line"
	mv "$LIB_TMP/levee.ko" "$updates"
}

refused_user() {
	setpriv --reuid 65534 --clear-groups levee policy set default mode off 2>&1 |
		grep -F 'Operation not permitted: this needs CAP_NET_ADMIN'
}

# There is no firmware to enrol a key in; the rest is done.
test_secure_boot() {
	local line

	cd "$LIB_TMP" || return
	while read -r line; do
		case $line in
		mokutil*) ktap_skip "Secure Boot: $line" "a guest has no firmware" ;;
		*) check "Secure Boot: $line" run_line "$line" ;;
		esac
	done < <(blocks "Secure Boot")
	check_eq "the module is signed" levee "$(modinfo -F signer "$updates/levee.ko")"
	check "a signed module loads" modprobe levee
	rmmod levee
}

[ -e "$LAB_MODULE_DIR/levee.ko" ] || skip_all "no module: tests/lab/lab module $LAB_KERNEL"
ran=()
test_install
topo_gateway
ip -n "$client" addr add $VISITOR4/24 dev eth0
check "the site serves a page" serve
test_monitor
test_enforce
test_restore
check_eq "every step was taken, in order" "$(steps)" "$(printf '%s\n' "${ran[@]}")"
test_rest
test_not_loaded
test_secure_boot
ktap_finish
