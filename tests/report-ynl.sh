#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The past as the kernel's own netlink client is told it, with uapi/levee.yaml alone. It
# fails when that differs from what the command reports, or when more or less is told
# than was asked for.
# TIMEOUT: 120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ynl-lib.sh
. "$(dirname "$0")/ynl-lib.sh"

# All that fits into a second, from one source.
attack() {
	in_ns "$client" /usr/bin/python3 -B "$top/tests/report.py" attack eth0 \
		"$(in_ns "$gateway" cat /sys/class/net/eth0/address)" 1 "icmp,$SERVER4,192.0.2.77,1,84"
}

test_history() {
	ask 'dump history-get {"policy": "www"}
dump history-get {"since": 9000000000000000000}
dump attack-get {"policy": "www"}
dump attack-get {"since": 9000000000000000000}
dump attack-get {"policy": "other"}
dump attack-get {}'
	check_eq "$1 is shown intervals, and what was counted in them" \
		"$(shown '[(t["passed-packets"], t["dropped-packets"]) for t in j["traffic"]]' \
			report policy www)" \
		"$(result 1 '(lambda i: [[sum(s["passed-packets"] for s in i),
			      sum(q["dropped-packets"] for s in i for q in s.get("reasons", []))]])(
			      [s for s in r if s.get("class") == "icmp"])')"
	check_eq "the first of all begins one" '["since", "until"]' "$(result 1 'sorted(set(r[0]) - {"pad"})')"
	check_eq "$1 is shown nothing of what is yet to come, but attacks that go on" '[] icmp' \
		"$(result 2 r) $(result 4 '" ".join(a["class"] for a in r)')"
	check_eq "$1 is shown an attack that goes on" '["www", "icmp", ["limit"], 1, false]' \
		"$(result 3 '[r[-1]["policy"], r[-1]["class"], [q["reason"] for q in r[-1]["reasons"]],
			      r[-1]["offenders"], "until" in r[-1]]')"
	check_eq "as the command shows it" \
		"$(shown '[v["since"] for a in j["attacks"] for v in a["vectors"]]' report)" \
		"$(result 6 '[a["since"] for a in r]')"
	check_eq "$1 is shown those of one policy" '[]' "$(result 5 r)"
}

[ -n "$(clients)" ] ||
	skip_all "no kernel source with tools/net/ynl: run tests/lab/lab prepare uml-debug"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	skip_all "the client needs Python's yaml and jsonschema"
topo_gateway
topo_neigh_static
gw_levee -b - <<-END
	hook add dev eth0
	policy add www dst $SERVER4 mode enforce
	limit set www icmp rate 1/h burst 3
END
while read -r src dir; do
	client_start "$src" "$dir"
	version=$(sed -n 's/^VERSION = //p;s/^PATCHLEVEL = //p' "$src/Makefile" | paste -sd .)
	# Or go on with the one that there is.
	check "there is an attack" attack
	test_history "the client of Linux $version"
	client_stop
done < <(clients)
ktap_finish
