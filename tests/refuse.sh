#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests that the command would not send, or gives up before: each is refused, for the
# right attribute and in the right words. It fails when one is taken, when the refusal
# does not name its cause, or when what was refused has changed anything.
# TIMEOUT: 120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ynl-lib.sh
. "$(dirname "$0")/ynl-lib.sh"

# refuses TABLE: of requests, and of the attribute and the words that refuse them.
refuses() {
	local -a requests words
	local request wanted i

	while IFS='|' read -r request wanted; do
		requests+=("$request")
		words+=("$wanted")
	done <<<"$1"
	ask "$(printf '%s\n' "${requests[@]}")"
	for i in "${!requests[@]}"; do
		check_eq "${requests[i]}" "${words[i]}" "$(refusal $((i + 1)))"
	done
}

test_missing() {
	refuses 'do hook-add {}|type hook type is missing
do hook-del {}|type hook type is missing
do hook-add {"type": "device"}|ifindex interface index is missing
do hook-add {"type": "prerouting", "ifindex": 1}|.ifindex the prerouting hook has no device
do flush {}|what what to flush is missing
do flush {"what": []}|.what nothing to flush
do policy-add {"proto": [6]}|name policy name is missing
do policy-set {"mode": "off"}|name policy name is missing
do policy-del {}|name policy name is missing
do policy-get {}|name policy name is missing
do policy-get {"name": "nobody"}|.name no such policy
do policy-set {"name": "www"}|- nothing to change
do table-set {}|- nothing to change
do limit-set {"class": "syn", "rate": 1}|policy policy name is missing
do limit-del {"class": "syn"}|policy policy name is missing
do limit-flush {}|policy policy name is missing
do limit-set {"policy": "www", "rate": 1}|class class is missing
do limit-del {"policy": "www"}|class class is missing
do limit-set {"policy": "www", "class": "syn"}|rate rate is missing
do limit-set {"policy": "nobody", "class": "syn", "rate": 1}|.policy no such policy
do limit-del {"policy": "nobody", "class": "syn"}|.policy no such policy
do limit-flush {"policy": "nobody"}|.policy no such policy
do limit-del {"policy": "www", "class": "syn"}|- no such limit
do list-add {"entry": []}|list list is missing
do list-del {"entry": []}|list list is missing
do list-flush {}|list list is missing
do list-add {"list": "deny"}|- nothing to add
do list-del {"list": "deny"}|- nothing to delete
do list-test {}|addr address is missing
do policy-match {}|daddr destination address is missing
do source-ban {"timeout": 5}|prefix prefix to ban is missing
do source-unban {}|prefix prefix to unban is missing
do reflect-add {}|port port is missing
do reflect-del {}|port port is missing
do reflect-set {}|port port is missing
do reflect-set {"port": [53], "builtin": true}|.port either ports, or those that are built in'
}

test_wrong() {
	local addr='{"addr": "c6336407", "len": 32}'

	refuses 'do policy-add {"name": "a b", "proto": [6]}|.name a name is made of letters, digits, dot, dash and underscore
do limit-set {"policy": "a/b", "class": "syn", "rate": 1}|.policy no such policy
do policy-add {"name": "x", "dst": [{"addr": "c6336407"}]}|.dst prefix without address or length
do policy-add {"name": "x", "dst": [{"len": 32}]}|.dst prefix without address or length
do policy-add {"name": "x", "dst": [{"addr": "c633640700", "len": 32}]}|.dst.addr an address has 4 or 16 bytes
do policy-add {"name": "x", "dst": [{"addr": "c6336407", "len": 24}]}|.dst prefix is too long, or has bits set beyond its length
do source-ban {"prefix": {"addr": "c6336407", "len": 33}}|.prefix prefix is too long, or has bits set beyond its length
do source-unban {"prefix": {"addr": "c6336407", "len": 33}}|.prefix prefix is too long, or has bits set beyond its length
do source-unban {"prefix": '"$addr"'}|.prefix no ban of exactly this prefix
do limit-set {"policy": "www", "class": "syn", "rate": 1, "per-v4": 33}|.per-v4 an IPv4 prefix length is 0 to 32
do limit-set {"policy": "www", "class": "syn", "rate": 1, "per-v6": 129}|.per-v6 an IPv6 prefix length is 0 to 128
do limit-del {"policy": "www", "class": "syn", "per-v6": 129}|.per-v6 an IPv6 prefix length is 0 to 128
do limit-set {"policy": "www", "class": "syn", "rate": 1, "per-v4": 255, "per-v6": 255}|- a limit for neither IPv4 nor IPv6 does nothing
do limit-set {"policy": "www", "class": "syn", "rate": 8000, "unit": "bits", "period": 1}|.period a rate in bits is per second and has no period
do limit-set {"policy": "www", "class": "syn", "rate": 999, "unit": "bits"}|.rate a rate in bits is 1 kbit/s to 1 Tbit/s
do limit-set {"policy": "www", "class": "syn", "rate": 100000001}|.rate rate is above 100M per period, or burst takes more than 73 years at it
do hook-add {"type": "device", "ifindex": 99999}|- no such device
do hook-del {"type": "device", "ifindex": 99999}|- no such device
do hook-del {"type": "prerouting"}|- no such hook'
}

# limits COUNT CLASS...: so many for each, of prefix lengths of their own.
limits() {
	local count=$1 class i
	shift

	for class; do
		for ((i = 1; i <= count; i++)); do
			echo 'do limit-set {"policy": "www", "class": "'"$class"'", "rate": 1, "per-v4": '"$i"'}'
		done
	done
}

# Each as many as there may be, and one more.
test_many() {
	local i

	ask "$(limits 9 syn)
do limit-flush {\"policy\": \"www\"}"
	check_eq "a packet meets 8 limits" "- -" "$(refusal 8)"
	check_eq "and not one more" "- a packet would meet more than 8 limits of this policy" \
		"$(refusal 9)"
	# Those that a packet would not meet stay in a configuration that comes to nothing.
	ask "do config-begin {\"what\": [\"ruleset\"]}
do policy-add {\"name\": \"www\", \"proto\": [6]}
$(limits 24 syn tcp udp)
do limit-set {\"policy\": \"www\", \"class\": \"icmp\", \"rate\": 1}
do config-abort {}"
	check_eq "a policy has 72 limits at the most" "- the policy has 72 limits already" \
		"$(refusal 75)"
	for i in {1..4000}; do
		printf '%d.%d.%d.%d,' 10 $((i / 250)) $((i % 250)) 0
	done >"$LIB_TMP/many"
	gw_levee -b - <<<"policy add many dst $(sed 's/,$//' "$LIB_TMP/many")"
	ask 'do policy-get {"name": "many"}'
	check_eq "a policy with many destinations" \
		"- too many destinations for one message; dump all policies" "$(refusal 1)"
	gw_levee policy del many
}

# What the command does not send, as it gives up before; by sockets of their own.
test_config() {
	ask "do config-commit {}
do config-abort {}
do config-begin {}
do config-begin {\"what\": []}
do config-begin {\"what\": 65536}
do config-begin {\"what\": [\"hooks\"]}
do config-begin {\"what\": [\"hooks\"]}
do policy-add {\"name\": \"m\", \"proto\": [6]}
do config-commit {}
do config-begin {\"what\": [\"ruleset\"]}
do table-set {\"slots\": 2048}
do config-abort {}
do config-begin {\"what\": [\"ruleset\", \"tables\"]}
do policy-add {\"name\": \"m\", \"proto\": [6]}
do table-set {\"slots\": 2048}
dump policy-get {}
do table-get {}
do limit-flush {}
do config-commit {}
do config-begin {\"what\": [\"ruleset\"]}
do policy-add {\"name\": \"m\", \"proto\": [6]}
sh levee policy add other proto udp
do config-commit {}
sh levee policy del other
do config-begin {\"what\": [\"hooks\"]}
sh levee hook add dev eth1
do config-commit {}
sh levee hook del dev eth1
do config-begin {\"what\": [\"tables\"]}
sh levee table set sources 78
do config-commit {}
sh levee table set sources 77
do config-begin {\"what\": [\"hooks\"]}
do hook-add {\"type\": \"device\", \"ifindex\": 99999}
do hook-add {\"type\": \"device\", \"ifindex\": 99999}
do config-abort {}
do config-begin {\"what\": [\"hooks\"]}
do hook-add {\"type\": \"prerouting\"}
do hook-del {\"type\": \"prerouting\"}
do hook-del {\"type\": \"prerouting\"}
do config-abort {}
do config-begin {\"what\": [\"hooks\"]}
do hook-add {\"type\": \"device\", \"ifindex\": 99999}
do config-commit {}"
	said "the client" 1 "this socket makes no configuration"
	said "the client" 2 "this socket makes no configuration"
	said "the client" 3 "what to replace is missing"
	said "the client" 4 "nothing to replace"
	refused "the client" 4 what
	refused "the client" 5 what
	check_eq "the client begins a configuration" null "$(result 6 r)"
	said "the client" 7 "this socket makes a configuration already"
	said "the client" 8 "this socket makes a configuration that leaves that as it is"
	said "the client" 9 "a command of this configuration was refused"
	check_eq "which ends it" null "$(result 10 r)"
	said "the client" 11 "this socket makes a configuration that leaves that as it is"
	check_eq "the client is shown what it makes" '["default", "m"] 2048' \
		"$(result 16 '[p["name"] for p in r]') $(result 17 'r["slots"]')"
	said "the client" 18 "policy name is missing"
	said "the client" 19 "a command of this configuration was refused"
	said "the client" 22 "the configuration in force was changed meanwhile"
	said "the client" 24 "the configuration in force was changed meanwhile"
	said "the client" 26 "the configuration in force was changed meanwhile"
	said "the client" 29 "hook exists already"
	said "the client" 34 "no such hook"
	said "the client" 38 "no such device"
	ask "$(for i in {1..9}; do echo 'do config-begin {"what": ["hooks"]}'; echo open; done)
close
close
do config-begin {\"what\": [\"hooks\"]}"
	check_eq "eight sockets make a configuration each" null "$(result 8 r)"
	said "the client" 9 "8 configurations are being made already"
	said "the client" 10 "this socket makes a configuration already"
	ask "do config-begin {\"what\": [\"hooks\"]}
$(printf 'do hook-add {"type": "device", "ifindex": %d}\n' {1001..5097})"
	check_eq "the client makes 4096 hooks" null "$(result 4097 r)"
	said "the client" 4098 "a configuration has at most 4096 hooks"
}

[ -n "$(clients)" ] ||
	skip_all "no kernel source with tools/net/ynl: run tests/lab/lab prepare uml-debug"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	skip_all "the client needs Python's yaml and jsonschema"
topo_gateway
read -r src dir <<<"$(clients)"
client_start "$src" "$dir"
gw_levee policy add www dst 203.0.113.10
sources=$(gw_levee -j table | json 'j["sources-max"]')
gw_levee table set sources 77
before=$(gw_levee save)
for part in missing wrong many config; do
	"test_$part"
	check_eq "what was refused ($part) has changed nothing" "$before" "$(gw_levee save)"
done
client_stop
gw_levee policy del www
gw_levee table set sources "$sources"
ktap_finish
