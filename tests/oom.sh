#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is said when there is no memory: each allocation of each request fails once. It fails
# when one is not checked, when what was refused has changed anything or left memory
# behind, or when a request does not say that memory was what it lacked.
# KERNELS: uml-debug
# TIMEOUT: 600
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ynl-lib.sh
. "$(dirname "$0")/ynl-lib.sh"

debug=/sys/kernel/debug
out=$LIB_TMP/out

# both FILE VALUE: of both kinds of faults.
both() {
	for kind in failslab fail_page_alloc; do
		[ ! -e $debug/$kind/"$1" ] || echo "$2" >$debug/$kind/"$1"
	done
}

[ -n "$(clients)" ] || skip_all "no kernel source with tools/net/ynl"
mountpoint -q $debug || mount -t debugfs none $debug
[ -e /proc/self/fail-nth ] || skip_all "this kernel injects no faults"
# Those that may wait for memory fail, too; and nothing is printed about it.
both ignore-gfp-wait N
both ignore-gfp-highmem N
both min-order 0
both verbose 0
topo_gateway
read -r src dir <<<"$(clients)"
check "each allocation fails once" in_ns "$gateway" timeout $((560 * ${LEVEE_TIMEOUTS:-1})) /usr/bin/python3 -B \
	"$top/tests/oom.py" "$dir" "$src/Documentation/netlink/genetlink.yaml" "$spec" eth0
cp "$LIB_TMP/check" "$out"
check_eq "all of it is taken back, and was for want of memory" "" "$(grep '^bad' "$out")"
while read -r line; do
	check "$line" grep -qxF "$line" "$out"
done <<'END'
policy-add: not enough memory for the destinations
policy-add: not enough memory for the policy
policy-add: not enough memory for the ruleset
limit-set: not enough memory for the limit
limit-set: not enough memory for the table of bans
limit-set: not enough memory for the table of proven sources
limit-set: not enough memory for the table of connections
policy-set: not enough memory for the table of challenged SYNs
reflect-set: not enough memory for the ports
source-ban: not enough memory for the ban
source-ban: not enough memory for the table of bans
hook-add: not enough memory for the hook
hook-add: not enough memory for the tables
hook-add: not enough memory for the table of questions
table-set: not enough memory for the tables
list-add: not enough memory for the list
policy-get: not enough memory for the reply
policy-match: not enough memory for the reply
table-get: not enough memory for the reply
reflect-get: not enough memory for the reply
list-test: not enough memory for the reply
config-begin: not enough memory for the configuration
END
gw_levee -b - <<<'policy del www'
ktap_note "$(cat "$out")"
ktap_finish
