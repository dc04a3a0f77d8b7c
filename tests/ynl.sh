#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own netlink client drives the module with uapi/levee.yaml alone. It
# fails when the specification names or numbers anything otherwise than the module
# does, leaves out an attribute that is sent, or a refusal does not name its cause.
# TIMEOUT: 180
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ynl-lib.sh
. "$(dirname "$0")/ynl-lib.sh"

test_show() {
	ask 'dump policy-get {}
do policy-get {"name": "default"}
dump limit-get {"policy": "default"}
do total-get {}
dump hook-get {}
dump source-get {}
dump stats-get {}
do table-get {}'
	check_eq "$1 lists policies, default among them" default \
		"$(result 1 '" ".join(p["name"] for p in r)')"
	check_eq "$1 shows one policy" 'default monitor' \
		"$(result 2 'r["name"] + " " + r["mode"]')"
	check_eq "$1 lists limits as the command does" \
		"$(shown '[[l[k] for k in ("class", "per-v4", "per-v6", "rate", "period", "burst")]
			   for l in j]' limit show default)" \
		"$(result 3 '[[l[k] for k in ("class", "per-v4", "per-v6", "rate", "period", "burst")]
			      for l in r]')"
	check_eq "$1 gets totals, with every kind of malformed packet" \
		"0 length tcp-flags land address fragment encap" \
		"$(result 4 'str(r["dropped-packets"]) + " " +
			     " ".join(m["malformed"] for m in r["malformed"])')"
	check_eq "$1 lists hooks, and there are none" '[]' "$(result 5 r)"
	check_eq "$1 lists sources, and there are none" '[]' "$(result 6 r)"
	check_eq "$1 lists counters of every class, with every reason" \
		'syn tcp udp reflect icmp frag other tcp-stray: malformed limit overflow deny banned challenge fair' \
		"$(result 7 '" ".join(s["class"] for s in r) + ": " +
			     " ".join(s["reason"] for s in r[0]["reasons"])')"
	check_eq "$1 gets the size of the tables as the command does" \
		"$(shown '[j[k] for k in ("slots", "slots-default", "slots-bytes", "sources-max")]' \
			table)" \
		"$(result 8 '[r[k] for k in ("slots", "slots-default", "slots-bytes", "sources-max")]')"
}

test_change() {
	local index

	index=$(in_ns "$gateway" cat /sys/class/net/eth0/ifindex)
	ask 'do policy-add {"name": "www", "mode": "enforce", "dst": [{"addr": "cb00710a", "len": 32}]}
do limit-set {"policy": "www", "class": "icmp", "per-v4": 24, "rate": 7, "period": 60, "burst": 3}
do hook-add {"type": "device", "ifindex": '"$index"'}
do limit-set {"policy": "www", "class": "icmp", "per-v4": 24, "rate": 8000, "unit": "bits"}
do table-set {"slots": 5000, "sources-max": 77}
dump limit-get {"policy": "www"}'
	check_eq "$1 adds a policy, limits and a hook, and resizes" 'null null null null null' \
		"$(result 1 r) $(result 2 r) $(result 3 r) $(result 4 r) $(result 5 r)"
	check_eq "$1 is shown both limits" '[["packets", 7, 60], ["bits", 8000, null]]' \
		"$(result 6 '[[l["unit"], l["rate"], l.get("period")] for l in r]')"
	check_eq "the command shows the sizes that $1 set" '[8192, 77]' \
		"$(shown '[j["slots"], j["sources-max"]]' table)"
	check_eq "the command shows the policy that $1 added" '["enforce", "203.0.113.10", 32]' \
		"$(shown '[j[0]["mode"], j[0]["dst"][0]["addr"], j[0]["dst"][0]["len"]]' \
			policy show www)"
	check_eq "the command shows the limit that $1 added" '["icmp", 24, 64, 7, 60, 3]' \
		"$(shown '[j[0][k] for k in ("class", "per-v4", "per-v6", "rate", "period",
			   "burst")]' limit show www)"
	check_eq "the command shows the hook that $1 added" 'eth0' "$(shown 'j[0]["ifname"]' hook)"
}

# One source, which exceeds the limit by two packets.
test_traffic() {
	in_ns "$client" ping -q -c 5 -i 0.01 -W 1 $SERVER4 >/dev/null
	ask 'dump hook-get {}
dump source-get {"policy": "www", "class": "icmp"}
dump stats-get {"policy": "www"}
dump limit-get {"policy": "www"}
do total-get {}'
	check_eq "$1 gets a hook with its counters" '["device", "eth0", 2]' \
		"$(result 1 '[r[0]["type"], r[0]["ifname"], r[0]["dropped-packets"]]')"
	check_eq "$1 gets a source" '["c0000200", 24, "www", "icmp", "limit", 2]' \
		"$(result 2 '[r[0]["prefix"]["addr"], r[0]["prefix"]["len"], r[0]["policy"],
			      r[0]["class"], r[0]["reason"], r[0]["dropped-packets"]]')"
	check_eq "$1 gets what passed and what was dropped, and why" '[[3, "limit", 2]]' \
		"$(result 3 '[[s["passed-packets"], q["reason"], q["dropped-packets"]]
			      for s in r for q in s["reasons"] if q["dropped-packets"]]')"
	check_eq "$1 gets what was over a limit" 2 "$(result 4 'r[0]["over-packets"]')"
	check_eq "$1 gets totals" 2 "$(result 5 'r["dropped-packets"]')"
}

test_lists() {
	ask 'do list-add {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}, "timeout": 100, "comment": "x y"}, {"prefix": {"addr": "20010db8000000000000000000000000", "len": 32}}]}
do list-add {"list": "allow", "entry": [{"prefix": {"addr": "c0000202", "len": 32}}]}
dump list-get {"list": "deny"}
dump list-get {}
do list-test {"addr": "c0000202"}
do list-test {"addr": "cb007101"}
do list-del {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}}]}
do list-flush {"list": "deny"}
do list-flush {"list": "allow"}
dump list-get {}'
	check_eq "$1 adds to lists" 'null null' "$(result 1 r) $(result 2 r)"
	check_eq "$1 is shown one of them" '["deny", ["20010db8000000000000000000000000", 32, null], ["c0000200", 24, "x y"]]' \
		"$(result 3 '[r[0]["list"]] + sorted([e["prefix"]["addr"], e["prefix"]["len"],
			      e.get("comment")] for e in r[0]["entry"])')"
	check_eq "$1 is shown both" '[["allow", 1], ["deny", 2]]' \
		"$(result 4 '[[l["list"], len(l["entry"])] for l in r]')"
	check_eq "$1 tests an address" '["allow", 32, 24, true]' \
		"$(result 5 '[r["list"], r["allow"]["prefix"]["len"], r["deny"]["prefix"]["len"],
			      90 < r["deny"]["timeout"] <= 100]')"
	check_eq "$1 tests one that is in no list" '{}' "$(result 6 'r or {}')"
	check_eq "$1 deletes, and flushes" 'null null null []' \
		"$(result 7 r) $(result 8 r) $(result 9 r) $(result 10 r)"
}

test_refuse() {
	local before after

	before=$(gw_levee save)
	ask 'do limit-set {"policy": "www", "class": "icmp", "per-v4": 33, "rate": 1}
do limit-set {"policy": "www", "class": 99, "rate": 1}
do limit-set {"policy": "www", "class": "icmp", "rate": 0}
do limit-set {"policy": "www", "class": "icmp", "rate": 1, "period": 86401}
do policy-set {"name": "www", "mode": 3}
do policy-add {"name": "x", "dst": [{"addr": "cb007100", "len": 129}]}
do limit-set {"class": "icmp", "rate": 1}
do policy-del {"name": "nobody"}
do limit-set {"policy": "www", "class": "icmp", "rate": 8000, "unit": "bits", "period": 1}
do limit-set {"policy": "www", "class": "icmp", "rate": 999, "unit": "bits"}
do limit-set {"policy": "www", "class": "icmp", "rate": 1, "unit": 2}
do table-set {"slots": 1023}
do table-set {"slots": 2048, "sources-max": 16777217}
do table-set {}
do list-add {"list": 2, "entry": [{"prefix": {"addr": "c0000200", "len": 24}}]}
do list-add {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}, "timeout": 0}]}
do list-add {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 32}}, {"prefix": {"addr": "c0000201", "len": 24}}]}
do list-add {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}, "comment": "a\nb"}]}
do list-add {"list": "deny", "entry": [{"timeout": 5}]}
do list-add {"list": "deny"}
do list-add {"entry": [{"prefix": {"addr": "c0000200", "len": 24}}]}
do list-del {"list": "deny"}
do list-del {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}}]}
do list-flush {}
do list-test {}
do list-test {"addr": "c000020000"}
do list-test {"addr": "c0"}'
	refused "$1" 1 per-v4
	refused "$1" 2 class
	refused "$1" 3 rate
	refused "$1" 4 period
	refused "$1" 5 mode
	refused "$1" 6 dst.len
	refused "$1" 9 period
	refused "$1" 10 rate
	refused "$1" 11 unit
	refused "$1" 12 slots
	refused "$1" 13 sources-max
	check_eq "$1 is told in words what is wrong, and which attribute is missing" \
		"- nothing to change
policy policy name is missing
.name no such policy" "$(refusal 14; refusal 7; refusal 8)"
	refused "$1" 15 list
	refused "$1" 16 entry.timeout
	refused "$1" 17 entry.prefix
	refused "$1" 18 entry.comment
	refused "$1" 19 entry
	refused "$1" 23 entry
	refused "$1" 26 addr
	refused "$1" 27 addr
	check_eq "$1 is told in words what is wrong with a list" \
		"prefix is too long, or has bits set beyond its length
a comment is UTF-8 without control characters
entry without a prefix
nothing to add
list is missing
nothing to delete
no such prefix in the list
list is missing
address is missing
an address has 4 or 16 bytes" \
		"$(for i in 17 18 19 20 21 22 23 24 25 26; do
			look $i 'j["extack"]["msg"]'; done)"
	after=$(gw_levee save)
	check_eq "what was refused to $1 has changed nothing" "$before" "$after"
}

# What decides about a source before a policy does.
test_before() {
	ask 'do list-add {"list": "deny", "entry": [{"prefix": {"addr": "c0000200", "len": 24}}]}
do policy-match {"daddr": "cb007101", "saddr": "c0000202"}
do list-flush {"list": "deny"}
do source-ban {"prefix": {"addr": "c0000200", "len": 25}, "timeout": 1000}
do policy-match {"daddr": "cb007101", "saddr": "c0000202"}
do source-unban {"all": true}
do policy-match {"daddr": "cb007101", "saddr": "c0000202"}'
	check_eq "$1 is told that a list decides" '["deny", 24, null]' \
		"$(result 2 '[r["list"], r["entry"]["prefix"]["len"], r.get("ban")]')"
	check_eq "$1 is told that a ban does" '[null, 25, true]' \
		"$(result 5 '[r.get("list"), r["ban"]["prefix"]["len"], 900 < r["ban"]["timeout"] <= 1000]')"
	check_eq "$1 is told that neither does" '[]' \
		"$(result 7 '[k for k in ("list", "entry", "ban") if k in r]')"
}

# Bans: all that the command would not send, too.
test_ban() {
	local one='"prefix": {"addr": "c6336407", "len": 32}'

	ask 'do source-ban {'"$one"', "timeout": 1000, "comment": "seen"}
do source-ban {"prefix": {"addr": "20010db8000000000000000000000000", "len": 32}, "policy": "www", "class": "syn", "level": 3, "decay": 60}
dump ban-get {}
do table-get {}
do source-unban {'"$one"'}
do source-unban {'"$one"'}
do source-ban {"timeout": 5}
do source-ban {"prefix": {"addr": "c6336407", "len": 24}}
do source-ban {'"$one"', "timeout": 0}
do source-ban {'"$one"', "level": 33, "decay": 1}
do source-ban {'"$one"', "level": 3}
do source-ban {'"$one"', "decay": 3}
do source-ban {'"$one"', "policy": "www"}
do source-ban {'"$one"', "class": "syn"}
do source-ban {'"$one"', "policy": "w w", "class": "syn"}
do source-ban {'"$one"', "comment": "a\u0007b"}
do source-unban {}
do source-unban {'"$one"', "all": true}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-max": 5}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-unproven": true}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-min": 5, "ban-max": 4}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-min": 31536001}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-min": 5, "mark": 1}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "per-v4": 0, "ban-min": 5}
do limit-set {"policy": "www", "class": "syn", "rate": 1, "ban-min": 5, "ban-unproven": true}
dump limit-get {"policy": "www"}
do limit-del {"policy": "www", "class": "syn"}
do source-unban {"all": true}
dump ban-get {}
do limit-set {"policy": "www", "class": "syn", "rate": 99, "fair-per-v4": 24}
do limit-set {"policy": "www", "class": "syn", "rate": 99, "per-v4": 0, "per-v6": 0, "fair": true, "fair-per-v4": 0}
do limit-set {"policy": "www", "class": "syn", "rate": 99, "per-v4": 0, "per-v6": 0, "fair": true, "fair-per-v6": 129}
do limit-set {"policy": "www", "class": "syn", "rate": 99, "per-v4": 0, "per-v6": 0, "fair": true, "fair-per-v6": 56}
dump limit-get {"policy": "www"}
do limit-del {"policy": "www", "class": "syn", "per-v4": 0, "per-v6": 0}'
	check_eq "$1 is shown bans" \
		'[["20010db8000000000000000000000000", 32, null, null, "www", "syn", 3, 60], ["c6336407", 32, true, "seen", null, null, null, null]]' \
		"$(result 3 'sorted([[b["prefix"]["addr"], b["prefix"]["len"],
			900 < b["timeout"] <= 1000 if "timeout" in b else None, b.get("comment"), b.get("policy"),
			b.get("class"), b.get("level"), b.get("decay")] for b in r])')"
	check_eq "$1 is told how many there are" '[2, 2, 65536, 0]' \
		"$(result 4 '[r[k] for k in ("bans", "bans-held", "bans-max", "bans-missed")]')"
	check_eq "$1 takes one back" null "$(result 5 r)"
	said "$1" 6 "no ban of exactly this prefix"
	said "$1" 7 "prefix to ban is missing"
	said "$1" 8 "prefix is too long, or has bits set beyond its length"
	refused "$1" 9 timeout
	refused "$1" 10 level
	said "$1" 11 "level and decay go together"
	refused "$1" 12 decay
	said "$1" 13 "policy and class go together"
	refused "$1" 14 class
	refused "$1" 15 policy
	said "$1" 16 "a comment is UTF-8 without control characters"
	said "$1" 17 "prefix to unban is missing"
	said "$1" 18 "all bans need no prefix"
	said "$1" 19 "without a first time there is no ban"
	refused "$1" 20 ban-unproven
	said "$1" 21 "the longest time of a ban is less than the first"
	refused "$1" 22 ban-min
	said "$1" 23 "a limit that marks drops nobody, and cannot ban"
	said "$1" 24 "a limit for all sources together cannot ban them"
	check_eq "$1 is shown what a limit says of bans" '[[5, 5, true]]' \
		"$(result 26 '[[l["ban-min"], l["ban-max"], l.get("ban-unproven", False)] for l in r
			if "ban-min" in l]')"
	check_eq "$1 takes all back" '[]' "$(result 29 r)"
	said "$1" 30 "what has one share of a limit that is not shared"
	refused "$1" 31 fair-per-v4
	refused "$1" 32 fair-per-v6
	check_eq "$1 is shown how a limit is shared" '[[99, 256, 32, 56]]' \
		"$(result 34 '[[l["rate"], l["burst"], l["fair-per-v4"], l["fair-per-v6"]] for l in r if "fair" in l]')"
}

# What policies match: all that the command would not send, too.
test_match() {
	local net='[{"addr": "c6336400", "len": 24}]'

	ask 'do policy-add {"name": "m", "dst": '"$net"', "proto": [17, 6], "dport": [{"first": 80}, {"first": 53, "last": 60}]}
do policy-get {"name": "m"}
do policy-match {"daddr": "c6336407", "saddr": "cb007105", "proto": 17, "dport": 55}
do policy-match {"daddr": "c6336407", "proto": 17}
do policy-set {"name": "m", "clear": ["proto", "dport"]}
do policy-get {"name": "m"}
do policy-set {"name": "m", "clear": ["dst"]}
do policy-set {"name": "m", "clear": ["dst"], "dst": '"$net"'}
do policy-set {"name": "m", "proto": [6, 6]}
do policy-set {"name": "m", "proto": [6], "dport": [{"last": 5}]}
do policy-set {"name": "m", "proto": [6], "dport": [{"first": 6, "last": 5}]}
do policy-set {"name": "m", "proto": [6], "dport": [{"first": 6, "last": 15}, {"first": 1, "last": 6}]}
do policy-set {"name": "m", "proto": [6], "dport": [{"first": 0}]}
do policy-set {"name": "m", "dst": [{"addr": "c6336400", "len": 24}, {"addr": "c6336400", "len": 24}]}
do policy-set {"name": "default", "proto": [6]}
do policy-match {"proto": 17}
do policy-match {"daddr": "c633640700"}
do policy-match {"daddr": "c6336407", "saddr": "20010db8000000000000000000000001"}
do policy-match {"daddr": "c6336407", "dport": 5}
do policy-add {"name": "n", "dst": '"$net"', "clear": ["dst"]}
do policy-set {"name": "m", "clear": 16}
do limit-set {"policy": "m", "class": "syn", "rate": 1, "mark": 16, "mark-mask": 15}
do limit-set {"policy": "m", "class": "syn", "rate": 1, "mark-mask": 15}
do limit-set {"policy": "m", "class": "syn", "rate": 1, "mark": 0, "mark-mask": 0}
do limit-set {"policy": "m", "class": "syn", "rate": 1, "mark": 5}
dump limit-get {"policy": "m"}
do policy-del {"name": "m"}'
	check_eq "$1 is shown protocols and ports" \
		'[[6, 17], [{"first": 53, "last": 60}, {"first": 80, "last": 80}]]' \
		"$(result 2 '[r["proto"], r["dport"]]')"
	check_eq "$1 is told which policy decides" \
		'["m", "monitor", "c6336400", 24, true, 60, 0]' \
		"$(result 3 '[r["policy"], r["mode"], r["prefix"]["addr"], r["prefix"]["len"],
			      r["by-proto"], r["by-dport"]["last"], r["passed-over-count"]]')"
	check_eq "$1 is told which one was passed over" '["default", "m", "c6336400", "dport"]' \
		"$(result 4 '[r["policy"], r["passed-over"][0]["policy"],
			      r["passed-over"][0]["prefix"]["addr"], r["passed-over"][0]["why"]]')"
	check_eq "$1 removes protocols and ports" '[[], []]' \
		"$(result 6 '[r.get("proto", []), r.get("dport", [])]')"
	check_eq "$1 is told why each of these is refused" "\
- a policy needs a destination prefix or a protocol
.clear what is given cannot be cleared as well
.proto protocol is given twice
.dport range of ports without a first one
.dport the last port is less than the first
.dport ranges of ports overlap
.dport.first integer out of range
.dst destination prefix is given twice
- policy default matches everything, and has no destinations, protocols or ports
daddr destination address is missing
.daddr an address has 4 or 16 bytes
.saddr source and destination are of different families
.dport a port needs a protocol that has ports: tcp, udp, udplite, sctp, dccp" \
		"$(refusals 7 19)"
	check_eq "$1 cannot clear what it adds, nor what there is not; nor mark what it masks" "\
.clear Unsupported attribute
.clear reserved bit set
.mark the mark has bits that its mask has not
.mark-mask a mask of no mark
.mark-mask integer out of range" "$(refusals 20 24)"
	check_eq "$1 is shown the mark, and no limit that was refused" '[[5, 4294967295, 0]]' \
		"$(result 26 '[[l[k] for k in ("mark", "mark-mask", "marked-packets")] for l in r]')"
	check_eq "$1 deletes the policy" null "$(result 27 r)"
}

# The policy default has seen the neighbours' packets in mode monitor.
test_learned() {
	in_ns "$client" ping -q -c 2 -i 0.01 -W 1 $SERVER6 >/dev/null
	ask 'dump learn-get {"policy": "default"}'
	check_eq "$1 gets what was learned as the command does" \
		"$(shown '[[s[k] for k in ("class", "missed-packets", "peak", "bins", "rates")] for s in j]' \
			suggest policy default)" \
		"$(result 1 '[[s[k] for k in ("class", "missed-packets", "peak", "bins", "rates")] for s in r]')"
	check_eq "$1 gets ten rates" 10 "$(result 1 'len(r[0]["rates"])')"
}

# The device goes while the client listens.
test_events() {
	ip -n "$gateway" link add goner type dummy
	gw_levee hook add dev goner
	: >"$results"
	ask "listen events {}
wait - {}" &
	busywait 60000 grep -q reply "$results"
	ip -n "$gateway" link del goner
	wait $!
	check_eq "$1 is told that a hook is lost" '["event", "hook-lost", "goner", 0]' \
		"$(result 2 '[r["name"], r["msg"]["type"], r["msg"]["ifname"],
			      r["msg"]["suppressed"]]')"
	check_eq "and of its time" "$(date +%Y-%m-%d)" \
		"$(date -d "@$(result 2 'r["msg"]["time"] // 10**9')" +%Y-%m-%d)"
}

test_delete() {
	ask 'do flush {"what": ["sources", "stats", "meters", "learned"]}
dump source-get {}
do limit-del {"policy": "www", "class": "icmp", "per-v4": 24}
do limit-del {"policy": "www", "class": "icmp", "per-v4": 24, "unit": "bits"}
do policy-del {"name": "www"}
do hook-del {"type": "device", "ifindex": '"$(in_ns "$gateway" cat /sys/class/net/eth0/ifindex)"'}'
	check_eq "$1 flushes, and deletes limits, a policy and a hook" 'null [] null null null null' \
		"$(for i in 1 2 3 4 5 6; do result $i r; done | tr '\n' ' ' | sed 's/ $//')"
	gw_levee -b - <<<"$sizes"
	check_eq "all that $1 added is gone" "$fresh" "$(gw_levee save)"
}

test_cli() {
	local cli=$dir/cli.py

	check_eq "$1's own command lists policies" default \
		"$(in_ns "$gateway" timeout 60 /usr/bin/python3 -B "$cli" --spec "$spec" \
			--schema "$schema" --output-json --dump policy-get 2>&1 |
			grep -o -m 1 '"name": "[a-z]*"' | cut -d '"' -f 4)"
}

[ -n "$(clients)" ] ||
	skip_all "no kernel source with tools/net/ynl: run tests/lab/lab prepare uml-debug"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	skip_all "the client needs Python's yaml and jsonschema"
topo_gateway
fresh=$(gw_levee save)
sizes=$(gw_levee -j table |
	json '"table set slots %d sources %d" % (j["slots"], j["sources-max"])')
while read -r src dir; do
	client_start "$src" "$dir"
	version=$(sed -n 's/^VERSION = //p;s/^PATCHLEVEL = //p' "$src/Makefile" | paste -sd .)
	name="the client of Linux $version"
	test_show "$name"
	test_change "$name"
	test_traffic "$name"
	test_lists "$name"
	test_refuse "$name"
	test_match "$name"
	test_events "$name"
	test_learned "$name"
	test_ban "$name"
	test_before "$name"
	test_delete "$name"
	test_cli "$name"
	client_stop
done < <(clients)
ktap_finish
