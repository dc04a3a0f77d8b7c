#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Challenges as the kernel's own netlink client gives and sees them, with
# uapi/levee.yaml alone. It fails when the specification and the module disagree, or
# when a refusal does not say why, and which attribute is to blame.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ynl-lib.sh
. "$(dirname "$0")/ynl-lib.sh"

test_set() {
	ask 'do policy-add {"name": "www", "dst": [{"addr": "cb00710a", "len": 32}], "challenge": {"above": 20000}}
do policy-get {"name": "www"}
do policy-set {"name": "www", "challenge": {"above": 7, "below": 7, "rate": 9}}
dump policy-get {"name": "www"}
dump stats-get {"policy": "www"}
do policy-set {"name": "www", "clear": ["challenge"]}
dump policy-get {"name": "www"}
dump stats-get {"policy": "www"}'
	check_eq "$1 adds a policy with a challenge, which has defaults" 'null [20000, 10000, 1000000]' \
		"$(result 1 r) $(result 2 '[r["challenge"][k] for k in ("above", "below", "rate")]')"
	check_eq "$1 changes it" 'null [7, 7, 9]' \
		"$(result 3 r) $(result 4 '[r[0]["challenge"][k] for k in ("above", "below", "rate")]')"
	check_eq "$1 sees what it has come to, with class syn" \
		'["syn", ["above", "answered", "below", "failed", "rate", "retried", "sent", "suppressed"]] 1' \
		"$(result 5 '[r[0]["class"], sorted(r[0]["challenge"])]') $(result 5 'sum("challenge" in s for s in r)')"
	check_eq "$1 removes it" 'null 0 0' \
		"$(result 6 r) $(result 7 'sum("challenge" in p for p in r)') $(result 8 'sum("challenge" in s for s in r)')"
}

test_refuse() {
	ask 'do policy-set {"name": "www", "challenge": {"below": 5}}
do policy-set {"name": "www", "challenge": {"above": 5, "below": 6}}
do policy-set {"name": "www", "challenge": {"above": 0}}
do policy-set {"name": "www", "challenge": {"above": 5, "rate": 100000001}}
do policy-set {"name": "www", "challenge": {"above": 5, "sent": 1}}
do policy-set {"name": "www", "challenge": {"above": 5}, "clear": ["challenge"]}
do policy-del {"name": "www"}'
	check_eq "$1 is told why a challenge is refused, and for what" "$(cat <<-'EOF'
	.challenge a challenge needs a rate of SYNs above which it begins
	.challenge.below a challenge ends at no more than the rate above which it begins
	.challenge.above integer out of range
	.challenge.rate integer out of range
	.challenge.sent Unknown attribute type
	.clear what is given cannot be cleared as well
	EOF
	)" "$(refusals 1 6)"
	check_eq "$1 deletes the policy" null "$(result 7 r)"
}

[ -n "$(clients)" ] ||
	skip_all "no kernel source with tools/net/ynl: run tests/lab/lab prepare uml-debug"
/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null ||
	skip_all "the client needs Python's yaml and jsonschema"
setup_ns gateway
while read -r src dir; do
	client_start "$src" "$dir"
	version=$(sed -n 's/^VERSION = //p;s/^PATCHLEVEL = //p' "$src/Makefile" | paste -sd .)
	test_set "the client of Linux $version"
	test_refuse "the client of Linux $version"
	client_stop
done < <(clients)
ktap_finish
