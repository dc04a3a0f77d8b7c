#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command's JSON: its layout, its keys, and output that cannot be written.
# It fails when -p changes what is said, a key is not an attribute in levee.yaml, or
# output that was lost is no error.
# TIMEOUT: 60
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

top=$(cd "$(dirname "$0")/.." && pwd -P)
work=$LIB_TMP

lv() { timeout 30 ip netns exec "$gateway" levee "$@"; }

# One of each object, and sources over their limit in both families.
offend() {
	# Small enough not to be sampled, which may say something else each time.
	lv -b - <<-'CONFIG'
	table set slots 32k
	policy add www dst 203.0.113.10,2001:db8:2::10 challenge above 1M/s
	limit set www icmp rate 1/m burst 5
	limit set www udp rate 1k/s per 0 fair
	hook add dev eth0
	CONFIG
	in_ns "$client" ping -c 20 -i 0.02 -q "$SERVER4" >/dev/null
	in_ns "$client" ping -c 10 -i 0.02 -q "$SERVER6" >/dev/null
}

# pretty_json WHAT: -p changes the layout of "levee WHAT" alone. Neighbour
# discovery may be counted between two looks: only a pretty one between two
# plain ones that agree is compared.
pretty_json() {
	local what=$1 tries=50

	while [ "$tries" -gt 0 ]; do
		lv -j "$what" >"$work/$what"
		lv -j -p "$what" >"$work/$what.pretty"
		lv -j "$what" >"$work/$what.again"
		cmp -s "$work/$what" "$work/$what.again" && break
		tries=$((tries - 1))
	done
	[ "$tries" -gt 0 ] && /usr/bin/python3 -c '
import json, sys
one, two = (json.load(open(f)) for f in sys.argv[1:3])
sys.exit(one != two or open(sys.argv[2]).read().count("\n") < 5)' \
		"$work/$what" "$work/$what.pretty"
}

# Keys of all JSON output are attributes in levee.yaml.
test_json() {
	local what

	for what in hook policy limit source stats table suggest; do
		check "pretty JSON of $what says the same" pretty_json "$what"
	done
	lv policy add web dst 203.0.113.10 proto tcp,udp dport 80,443
	lv limit set web syn rate 1/s mark 0x10
	lv -j policy match "$SERVER4" proto icmp from "$CLIENT4" >"$work/match"
	lv list add deny 192.0.2.0/24 timeout 1h comment x
	lv -j policy match "$SERVER4" from "$CLIENT4" >"$work/listed"
	lv list flush deny
	lv source ban "$CLIENT4" timeout 1h
	lv -j policy match "$SERVER4" from "$CLIENT4" >"$work/banned"
	lv source unban all
	lv -j policy >"$work/policy"
	lv -j limit >"$work/limit"
	lv -j report >"$work/report"
	check "the keys of JSON are those of the specification" /usr/bin/python3 - "$top" "$work" <<'PY'
import json, sys, yaml
top, work = sys.argv[1:3]
spec = yaml.safe_load(open(top + '/uapi/levee.yaml'))
sets = {s['name']: {a['name']: a for a in s['attributes'] if a['type'] != 'pad'}
        for s in spec['attribute-sets']}

OPTIONAL = {
    'limit': ('period', 'source', 'mark', 'mark-mask', 'marked-packets', 'ban-min', 'ban-max',
              'ban-unproven', 'fair', 'fair-per-v4', 'fair-per-v6', 'fair-allowance-milli',
              'fair-accepted', 'fair-over', 'fair-proven-first'),
    'policy': ('clear', 'challenge', 'path'),
    'challenge': ('since',),
    'match': ('saddr', 'proto', 'dport', 'prefix', 'by-proto', 'by-dport', 'list', 'entry', 'ban'),
    'list-entry': ('timeout', 'comment'),
    'ban': ('policy', 'class', 'level', 'decay', 'comment', 'would', 'timeout', 'all'),
    'passed-over': ('prefix',),
}

def compare(name, obj, optional=()):
    have, want = set(obj), set(sets[name])
    assert have | set(optional) == want | set(optional), (name, have ^ want)
    for key, val in obj.items():
        attr = sets[name][key]
        for item in val if attr.get('multi-attr') else [val]:
            if attr['type'] == 'nest':
                nested = attr['nested-attributes']
                compare(nested, item, OPTIONAL.get(nested, ()))
            elif 'enum' in attr or attr['type'] in ('string', 'binary'):
                assert isinstance(item, str), (name, key, item)
            else:
                assert isinstance(item, int), (name, key, item)

def load(name):
    return json.load(open(f'{work}/{name}'))

for hook in load('hook'):
    compare('hook', hook, ('ifindex', 'ifname'))
for policy in load('policy'):
    for limit in policy.pop('limits'):
        compare('limit', limit, OPTIONAL['limit'])
    compare('policy', policy, OPTIONAL['policy'])
assert any('challenge' in policy for policy in load('policy'))
for limit in load('limit'):
    compare('limit', limit, OPTIONAL['limit'])
assert any('fair' in limit for limit in load('limit'))
assert load('source')
for source in load('source'):
    compare('source', source)
stats = load('stats')
assert set(stats) == {'stats', 'total', 'fair'}
for limit in stats['fair']:
    compare('limit', limit, OPTIONAL['limit'])
assert stats['fair']
for row in stats['stats']:
    compare('stats', row, ('attack-since', 'challenge'))
assert any('challenge' in row for row in stats['stats'])
compare('total', stats['total'])
compare('table', load('table'))
match = load('match')
assert match['passed-over'] and match['limits'] and 'source' in match['limits'][0]
compare('match', match, OPTIONAL['match'])
for name, key in ('listed', 'entry'), ('banned', 'ban'):
    assert key in load(name)
    compare('match', load(name), OPTIONAL['match'])
assert load('suggest')
for row in load('suggest'):
    for key in ('sources', 'p50', 'p95', 'p99', 'headroom', 'rate', 'burst'):
        assert isinstance(row.pop(key), int), (key, row)
    compare('learn', row)

# A report is not one set, but what it is of is.
COUNTS = {f'{what}-{unit}' for what in ('passed', 'dropped', 'would')
          for unit in ('packets', 'bytes')}
OVER = {key for key in COUNTS if 'passed' not in key}
report = load('report')
assert set(report) >= {'host', 'kernel', 'version', 'time', 'since', 'until', 'attacks',
                       'traffic', 'sources', 'networks', 'proofs', 'sources-missed',
                       'history', 'configuration'}
assert report['sources'] and report['traffic'] and report['history']
for source in report['sources']:
    compare('source', source, ('reason',))
for row in report['networks'] + report['proofs']:
    assert set(row) - {'proof'} <= set(sets['source']) | {'sources'}, row
for row in report['traffic']:
    for reason in row['reasons']:
        compare('reason-stats', reason)
    assert set(row) - OVER <= set(sets['attack']), row
for interval in report['history']:
    for row in interval.pop('stats'):
        assert set(row) == {'policy', 'class', *COUNTS}, row
    assert set(interval) == {'since', 'until'}
PY
}

# Lost output is an error, not silence.
test_lost() {
	lv -j stats >/dev/full 2>"$work/err"
	check_eq "JSON that cannot be written is an error" \
		"2 levee: cannot write the output: No space left on device" "$? $(cat "$work/err")"
	# The netlink socket must not become standard output.
	timeout 30 levee -n "$gateway" -b - <<<policy >&- 2>"$work/err"
	check_eq "so is a standard output that is closed" \
		"2 levee: -:1: cannot write the output: Bad file descriptor" \
		"$? $(cat "$work/err")"
	timeout 30 levee -n "$gateway" policy <&- >"$work/out" 2>&-
	check_eq "closed standard input and error are none" "0 policy default" \
		"$? $(head -c 14 "$work/out")"
}

topo_gateway
offend
test_json
test_lost
ktap_finish
