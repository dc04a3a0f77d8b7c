#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Configuration files: apply and save. It fails when apply changes anything but
# to exactly what the file says, when a refusal does not name file, line and word or
# leaves a trace, when what did not change loses its counters, ids or meters, or when
# save, apply and save again give another text.
# TIMEOUT: 240
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

work=$LIB_TMP
f=$work/f

lv() { timeout $((60 * ${LEVEE_TIMEOUTS:-1})) ip netns exec "$gateway" levee "$@"; }

# refused NAME MESSAGE COMMAND: apply of what is on standard input, with status 2.
refused() {
	local before rc

	cat >"$f"
	before=$(lv save)
	lv apply "$f" >"$work/out" 2>"$work/err"
	rc=$?
	check_eq "$1" "2 levee: $f$2" "$rc $(cat "$work/err" "$work/out")"
	check_eq "$1: nothing has changed" "$before" "$(lv save)"
}

# wrong NAME MESSAGES: the same with status 1, for what needs no kernel.
wrong() {
	local before rc

	cat >"$f"
	before=$(lv save)
	lv apply "$f" >"$work/out" 2>"$work/err"
	rc=$?
	check_eq "$1" "1 $2" "$rc $(sed "s|^levee: $f:||" "$work/err" "$work/out")"
	check_eq "$1: nothing has changed" "$before" "$(lv save)"
}

# applied NAME: what is on standard input is accepted.
applied() {
	cat >"$f"
	check "$1" lv apply "$f"
}

# bare: as after loading the module, but for the lists and bans.
bare() { lv apply - <<<'policy set default mode monitor'; }

# commands: of save, without comments.
commands() { lv save | grep -v '^#\|^$'; }

# ids: of policies and limits.
ids() {
	lv -j policy | json '[[p["name"], p["id"]] for p in j]'
	lv -j limit | json '[[l["policy"], l["class"], l["unit"], l["id"]] for l in j]'
}

test_whole() {
	lv save >"$work/fresh"
	check "save of a fresh module can be applied" lv apply "$work/fresh"
	check_eq "which changes nothing" "$(cat "$work/fresh")" "$(lv save)"
	applied "a file of everything is applied" <<-END
	# all there is
	table set slots 4k sources 100
	policy add www dst $SERVER4,$SERVER6 proto tcp,udp dport 80,443 mode enforce
	limit set www syn rate 50/s burst 100   # a comment
	limit set www any rate 20mbit \\
		per 24
	policy add dns proto udp dport 53
	policy set default mode off
	limit flush default
	limit set default icmp rate 5/s mark 0x10/0xf0
	list add deny 192.0.2.128/25,2001:db8:66::/48
	list add deny 198.51.100.7 comment "a b"
	list flush allow
	hook add dev eth0
	END
	check_eq "it is what is in force" "policy add dns proto udp dport 53 mode monitor
policy add www dst $SERVER4,$SERVER6 proto tcp,udp dport 80,443 mode enforce
limit set www any rate 20mbit burst 250k per 24,64
limit set www syn rate 50/s burst 100 per 32,64
policy set default mode off
limit flush default
limit set default icmp rate 5/s burst 5 per 32,64 mark 0x10/0xf0
table set slots 4096 sources 100
list flush allow
list flush deny
list add deny 192.0.2.128/25
list add deny 198.51.100.7 comment 'a b'
list add deny 2001:db8:66::/48
hook add dev eth0" "$(commands)"
	lv save >"$work/all"
	check "it can be saved and applied from standard input" lv apply - <"$work/all"
	check_eq "which changes nothing, either" "$(cat "$work/all")" "$(lv save)"
	check "what was saved fresh has empty lists" lv apply "$work/fresh"
	check_eq "a file of what is so anyway restores what a fresh module has" "$(cat "$work/fresh")" \
		"$(lv apply - <<<'hook add dev eth0' 2>&1; bare 2>/dev/null; lv save)"
	lv save >"$work/again"
	check "a saved configuration also works as a batch" lv -b "$work/all"
	check_eq "on a fresh module" "$(cat "$work/all")" "$(lv save)"
	bare 2>"$work/err"
	check_eq "who loses the last hook is told" \
		'levee: warning: there is no "hook add" in standard input: levee sees no packets any more' \
		"$(cat "$work/err")"
	bare 2>"$work/err"
	check_eq "once" "" "$(cat "$work/err")"
}

# What was to write a file may have failed: that ends no protection.
test_nothing() {
	applied "a hook" <<<'hook add dev eth0'
	wrong "a file of comments" ' there is no command in it; nothing was changed' <<<'# all there is'
	wrong "an empty file" ' there is no command in it; nothing was changed' </dev/null
	lv apply - </dev/null 2>"$work/err"
	check_eq "standard input without a command" \
		'1 levee: -: there is no command in it; nothing was changed' "$? $(cat "$work/err")"
	check_eq "the hook is there" "hook add dev eth0" "$(commands | grep ^hook)"
	printf 'apply -\nhook del dev eth0\n' | lv -b - 2>"$work/err"
	check_eq "nor is the rest of a batch taken for a configuration" \
		'1 levee: -:1: "-": standard input is the batch; write the name of a file' "$? $(cat "$work/err")"
	check_eq "the hook is still there" "hook add dev eth0" "$(commands | grep ^hook)"
}

# Limits that no packet can meet are taken, but not in silence.
test_dead() {
	local none='no such packet can match this policy'

	cat >"$f" <<-END
	policy add web dst $SERVER4 proto tcp dport 80
	limit set web syn rate 5/s
	limit set web reflect rate 5/s
	limit set web frag rate 5/s
	limit set web udp rate 5/s
	policy add ping dst $SERVER4 proto icmp
	limit set ping icmp rate 5/s
	limit set ping frag rate 5/s
	limit set ping other rate 5/s
	limit set ping tcp rate 5/s
	limit set default frag rate 5/s
	hook add dev eth0
	END
	lv apply "$f" 2>"$work/err"
	check_eq "limits that nothing can meet" "0 4: warning: limit \"web frag\": $none
5: warning: limit \"web udp\": $none
10: warning: limit \"ping tcp\": $none" "$? $(sed "s|^levee: $f:||" "$work/err")"
	lv limit set web icmp rate 5/s 2>"$work/err"
	check_eq "one alone" "0 levee: warning: limit \"web icmp\": $none" "$? $(cat "$work/err")"
	lv limit set web any rate 5/s 2>"$work/err"
	check_eq "one that packets meet" "0 " "$? $(cat "$work/err")"
	lv policy set ping challenge above 1k/s 2>"$work/err"
	check_eq "a challenge without SYNs" \
		'0 levee: warning: challenge of policy "ping": no SYN can match this policy' \
		"$? $(cat "$work/err")"
	lv policy set web challenge above 1k/s 2>"$work/err"
	check_eq "one with SYNs" "0 " "$? $(cat "$work/err")"
	bare
}

# What is not changed keeps counters, ids and meters.
test_survives() {
	local before

	applied "a policy that drops" <<-END
	policy add zz dst 192.0.2.99
	policy add www dst $SERVER4 mode enforce
	limit set www icmp rate 1/h burst 3
	limit set www udp rate 1/s
	hook add dev eth0
	END
	in_ns "$client" ping -c 6 -i 0.05 -W 0.2 -q $SERVER4 >/dev/null
	before=$(ids)
	applied "the same in another order, with another policy" <<-END
	hook add dev eth0
	policy add new dst 192.0.2.98
	policy add www dst $SERVER4,$SERVER6 mode enforce
	limit set www udp rate 2/s
	limit set www syn rate 2/s
	limit set www icmp rate 1/h burst 3
	policy add zz dst 192.0.2.99
	END
	check_eq "policies and limits keep their numbers" "$before" \
		"$(ids | sed 's/, \["new", [0-9]*\]//; s/, \["www", "syn", "packets", [0-9]*\]//')"
	check_eq "and are listed in the order of these, default first" \
		"default zz www new" "$(lv -j policy | json '" ".join(p["name"] for p in j)')"
	check_eq "counters are kept" "3 3" "$(lv -j stats show policy www | json '"%d %d" % (
		sum(s["passed-packets"] for s in j["stats"]),
		sum(r["dropped-packets"] for s in j["stats"] for r in s["reasons"]))')"
	check_eq "those of the limit, too" 3 "$(lv -j limit show www |
		json 'next(l["over-packets"] for l in j if l["class"] == "icmp")')"
	check_eq "and of the hook" 1 "$(lv -j hook | json 'int(j[0]["dropped-packets"] == 3)')"
	check_fails "meters are kept: still over the limit" \
		in_ns "$client" ping -c 2 -i 0.05 -W 0.2 -q $SERVER4
	check_eq "sources are kept" "1 1" "$(lv -j source show policy www |
		json 'len(j)') $(lv -j table | json 'j["sources"]')"
	applied "without the policy" <<<'hook add dev eth0'
	check_eq "its sources go with it" 0 "$(lv -j table | json 'j["sources"]')"
}

# A list may have a feed of its own.
test_lists() {
	applied "lists" <<-END
	list add deny 192.0.2.0/25 comment "one"
	list add allow 198.51.100.0/24
	END
	applied "another deny list, and nothing of allow" <<<'list add deny 192.0.2.9'
	check_eq "deny is replaced, allow stays" "list add allow 198.51.100.0/24
list add deny 192.0.2.9" "$(commands | grep 'list add')"
	applied "no list is mentioned" <<<'policy set default mode off'
	check_eq "both stay" 2 "$(commands | grep -c 'list add')"
	echo 'list flush deny' >"$f"
	check_eq "diff shows what would be gone" "-list add deny 192.0.2.9" \
		"$(lv diff "$f" | grep list)"
	refused "a list with a bad policy behind it" ':2: no such limit (limit "default any per 32,64" in packets)' <<-END
	list add deny 203.0.113.7
	limit del default any
	END
	wrong "a prefix is said once in a list" '2: list allow "10.9.0.0/24": line 1 is about it already' <<-END
	list add allow 10.9.0.0/24 timeout 1h
	list add allow 10.9.0.0/24 comment x
	END
	wrong "a list is flushed first, and once" '2: list flush "deny": it would delete what line 1 adds
4: list flush "allow": line 3 is about it already' <<-END
	list add deny 203.0.113.7
	list flush deny
	list flush allow
	list flush allow
	END
	applied "a list as its feed has it" <<<'list add deny 192.0.2.9'
	lv save without lists >"$work/without"
	check_eq "it is left out" 0 "$(grep -c '^list' "$work/without")"
	lv list add deny 192.0.2.10
	check "without it, the file is applied" lv apply "$work/without"
	check_eq "and reverts nothing of the feed" 2 "$(lv -j list show deny | json 'len(j)')"
	applied "a list with time" <<<'list add allow 10.9.0.0/24 timeout 1h comment "a b"'
	sed -i 's/1h/59m/' "$f"
	check_eq "what is left of it is no difference" "0 " "$(lv diff "$f"; echo "$? ")"
	sed -i 's/ timeout 59m//' "$f"
	check_eq "that it has one is" "-list add allow 10.9.0.0/24 timeout T comment 'a b'
+list add allow 10.9.0.0/24 comment 'a b'" "$(lv diff "$f" | sed 's/timeout [^ ]*/timeout T/')"
	echo "list add deny $(seq -s, -f '198.18.0.%g' 40)" | lv apply -
	check_eq "a prefix more is one line of difference" "+list add deny 198.18.0.41" \
		"$(echo "list add deny $(seq -s, -f '198.18.0.%g' 41)" | lv diff - | grep -v hook)"
	applied "both are emptied" <<-END
	list flush deny
	list flush allow
	END
	check_eq "both are empty" 0 "$(commands | grep -c 'list add')"
}

# They are no part of a configuration, but restored with one.
test_bans() {
	local most
	applied "a ban" <<<'source ban 192.0.2.7 timeout 1h comment "one"'
	check_eq "is in force" '192.0.2.7 one' "$(lv -j source show banned |
		json '" ".join([j[0]["prefix"]["addr"], j[0]["comment"]])')"
	check_eq "and saved" 1 "$(commands | grep -c '^source ban 192.0.2.7 timeout')"
	check "diff leaves it out" lv diff "$f"
	applied "no ban is mentioned" <<<'policy set default mode off'
	check_eq "it stays" 1 "$(lv -j source show banned | json 'len(j)')"
	lv source unban all
	lv source ban 192.0.2.7 timeout 2d
	lv source ban 192.0.2.8
	applied "shorter bans of the same" <<-END
	source ban 192.0.2.7 timeout 1h
	source ban 192.0.2.8 timeout 1h
	END
	check_eq "do not shorten those in force" "True 0" "$(lv -j source show banned |
		json '"%s %d" % (j[0]["timeout"] > 86400, j[1].get("timeout", 0))')"
	applied "longer ones" <<-END
	source ban 192.0.2.7 timeout 3d
	source ban 192.0.2.8
	END
	check_eq "make them longer" "True 0" "$(lv -j source show banned |
		json '"%s %d" % (j[0]["timeout"] > 2 * 86400, j[1].get("timeout", 0))')"
	check_eq "bans can be left out of a file" 0 "$(lv save without bans | grep -c ban)"
	check_eq "with the lists" 0 "$(lv save without lists bans | grep -c '^source\|^list')"
	lv source unban all
	refused "a ban in a configuration that is refused" \
		":4: prerouting and device hooks together would judge packets twice" <<-END
	source ban 192.0.2.7
	limit set default syn rate 5/s ban 5s
	hook add dev eth0
	hook add prerouting
	END
	check_eq "is not there" 0 "$(lv -j source show banned | json 'len(j)')"
	# A container has room for 512.
	{ echo 'policy add there dst 192.0.2.1'; seq -f 'source ban 198.51.%g.0/24' 0 255
	  seq -f 'source ban 198.52.%g.0/24' 0 255; seq -f 'source ban 198.53.%g.0/24' 0 7; } >"$f"
	# shellcheck disable=SC2016 # for the inner shell
	timeout 60 unshare -Urn bash -c 'levee apply "$1"; echo "$? $(levee policy | grep -c there)"' \
		bash "$f" >"$work/out" 2>"$work/err"
	check_eq "bans for which there is no room: the rest is in force, and told" \
		"2 1 levee: $f:514: the table of bans is full (prefix 198.53.0.0/24)
levee: $f: the configuration is in force; 8 of 520 bans were not made" \
		"$(cat "$work/out") $(cat "$work/err")"
	most=$(sysctl -n net.core.wmem_default)
	sysctl -qw net.core.wmem_default=5000	# less than they have in one message
	lv apply "$f" 2>"$work/err"
	check_eq "bans that cannot be sent" "2 levee: netlink: send: Message too long
levee: $f: the configuration is in force; some of its bans were not made" "$? $(cat "$work/err")"
	sysctl -qw net.core.wmem_default="$most"
	applied "a limit that bans" <<<'limit set default syn rate 5/s ban 5s..1m'
	check_eq "is there" 1 "$(commands | grep -c 'limit set default syn .* ban 5s..1m')"
	applied "and none again" <<<'policy set default mode monitor'
}

test_hooks() {
	applied "prerouting in place of the device" <<<'hook add prerouting'
	check_eq "it is there alone" "hook add prerouting" "$(commands | grep hook)"
	applied "and back, with a second device" <<-END
	hook add dev eth1
	hook add dev eth0
	table set slots 2048
	END
	check_eq "both are there" "hook add dev eth0
hook add dev eth1" "$(commands | grep hook)"
	refused "a loopback device" ":2: a loopback device carries only this host's own packets" <<-END
	hook add dev eth0
	hook add dev lo
	END
	# The new one is to blame: eth0 has its hook already.
	refused "two kinds" ":1: prerouting and device hooks together would judge packets twice" <<-END
	hook add prerouting

	hook add dev eth0
	END
	ip -n "$gateway" link add link eth1 name eth1.7 type vlan id 7
	refused "a device above another one" ":2: a device below or above this one has a hook already, which would judge packets twice" <<-END
	hook add dev eth1
	hook add dev eth1.7
	END
	ip -n "$gateway" link del eth1.7
	check_eq "sizes in force are those of the file" 2048 "$(lv -j table | json 'j["slots"]')"
	bare 2>/dev/null
}

test_refusals() {
	applied "something to keep" <<-END
	policy add www dst $SERVER4 mode enforce
	hook add dev eth0
	END
	refused "policies that overlap" \
		":3: $(overlap a c)" <<-END
	policy add a dst 192.0.2.1,192.0.2.7
	policy add b dst 192.0.2.2
	policy add c dst 192.0.2.3,192.0.2.7
	END
	refused "policies whose ports overlap" \
		":2: $(overlap b a)" <<-END
	policy add b dst 192.0.2.1 proto tcp dport 80-90
	policy add a dst 192.0.2.1 proto tcp dport 85-95
	END
	refused "more limits than a packet may meet" \
		":8: a packet would meet more than 8 limits of this policy" <<-END
	$(for i in {1..9}; do echo "limit set default any rate 5/s per $i"; done)
	END
	refused "a limit that is not there" ':1: no such limit (limit "default any per 32,64" in packets)' \
		<<<'limit del default any'
	refused "a rate that cannot be" ":1: rate is above 100M per period, or burst takes more than 73 years at it (rate)" \
		<<<'limit set default syn rate 1/d burst 100M'
	wrong "all that is wrong is said at once" '2: mode "x": expected one of: off, monitor, enforce
3: "frob": not part of a configuration; expected one of: table set, policy add, policy set, limit set, limit del, limit flush, list add, list flush, source ban, reflect set, hook add
4: "policy show": not part of a configuration; expected one of: table set, policy add, policy set, limit set, limit del, limit flush, list add, list flush, source ban, reflect set, hook add
5: dev "nosuch": there is no such device
6: a quote is not closed, or a backslash ends the file' <<-END
	policy add www dst 192.0.2.1
	policy add x dst 192.0.2.1 mode x
	frob
	policy show
	hook add dev nosuch
	hook "add
	END
	wrong "each thing is said once" '2: policy "www": line 1 is about it already
4: limit "www syn per 32,64" in packets: line 3 is about it already
5: limit flush "www": it would delete what line 3 sets
6: policy "www": line 1 is about it already
8: hook dev "eth0": line 7 is about it already
10: hook prerouting: line 9 is about it already
12: table: line 11 is about it already
14: limit flush "default": line 13 is about it already
15: policy "nope": no line before adds it
16: policy "nope": no line before adds it' <<-END
	policy add www dst 192.0.2.1
	policy add www dst 192.0.2.2
	limit set www syn rate 5/s
	limit set www syn rate 6/s per 32,64
	limit flush www
	policy set www mode off
	hook add dev eth0
	hook add dev eth0
	hook add prerouting
	hook add prerouting
	table set slots 4k
	table set sources 5
	limit flush default
	limit flush default
	limit set nope syn rate 1/s
	policy set nope mode off
	END
	wrong "no more than twenty errors" "$(seq -f '%g: "x": not part of a configuration; expected one of: table set, policy add, policy set, limit set, limit del, limit flush, list add, list flush, source ban, reflect set, hook add' 1 20)
20: further errors are not shown" < <(yes x | head -n 100)
	lv apply "$work/nosuch" 2>"$work/err"
	check_eq "a file that is not there" "2 levee: cannot open \"$work/nosuch\": No such file or directory" \
		"$? $(cat "$work/err")"
	lv apply "$work" 2>"$work/err"
	check_eq "a directory" "2 levee: $work: Is a directory" "$? $(cat "$work/err")"
	seq 4097 | awk '{ printf "policy add p%d dst 10.%d.%d.0/24\n", $1, $1 / 256, $1 % 256 }' >"$work/many"
	refused "more policies than there may be" ":4096: there are 4096 policies already" <"$work/many"
	test_busy "$(lv save)"
}

# Whoever cannot put a large file in force before others change something.
test_busy() {
	local churn

	# It takes longer to read than a change of a policy.
	seq 2000 | awk '{
		printf "policy add p%d dst 10.%d.%d.0/24\n", $1, $1 / 256, $1 % 256
		for (i = 0; i < 8; i++)
			printf "limit set p%d syn rate 5/s per %d\n", $1, i
	}' >"$f"
	while :; do printf 'policy set www mode off\npolicy set www mode enforce\n'; done |
		ip netns exec "$gateway" levee -b - &
	churn=$!
	busywait 20000 churns
	lv apply "$f" >"$work/out" 2>&1
	check_eq "others keep changing something" \
		"2 levee: others keep changing the configuration; nothing was changed by this command" \
		"$? $(cat "$work/out")"
	kill "$churn"
	wait "$churn" 2>/dev/null
	lv policy set www mode enforce
	check_eq "that has changed nothing" "$1" "$(lv save)"
	check "when they do not, it is applied" lv apply "$f"
}

churns() { lv policy show www | grep -q 'mode off'; }

# overlap A B: Linux 6.1 does not tell which they are.
overlap() {
	if [[ $(uname -r) == 6.1.* ]]; then
		echo "the policy overlaps another one"
	else
		echo "policy \"$1\" overlaps \"$2\""
	fi
}

topo_gateway
test_whole
test_nothing
test_dead
test_survives
test_lists
test_bans
test_hooks
test_refusals
ktap_finish
