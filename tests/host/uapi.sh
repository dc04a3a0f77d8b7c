#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The specification uapi/levee.yaml against what must agree with it. It fails when
# linux/levee.h is not what `make uapi` would write, when the specification is not
# one by the kernel's own schema, or when module or command use another word for
# a value than it does.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

top=$(cd "$(dirname "$0")/../.." && pwd -P)
spec=$top/uapi/levee.yaml

header() {
	timeout 60 /usr/bin/python3 -B "$top/tests/uapi/header.py" "$spec" >"$LIB_TMP/levee.h" &&
	diff -u "$top/uapi/linux/levee.h" "$LIB_TMP/levee.h"
}

valid() {
	timeout 60 /usr/bin/python3 -B - "$spec" "$1" <<-'PY'
	import sys
	import jsonschema
	import yaml
	spec, schema = [yaml.safe_load(open(path)) for path in sys.argv[1:]]
	jsonschema.validate(spec, schema)
	PY
}

# Every table of words in a C file has, for each value of its enum, the
# specification's word, and no other.
words() {
	timeout 60 /usr/bin/python3 -B - "$spec" "$@" <<-'PY'
	import re
	import sys
	import yaml
	spec = yaml.safe_load(open(sys.argv[1]))
	text = open(sys.argv[2]).read()
	bad = 0
	for name in sys.argv[3:]:
	    enum = next(d for d in spec['definitions'] if d['name'] == name)
	    prefix = f"LEVEE_{name.replace('-', '_').upper()}_"
	    wanted = {prefix + e['name'].replace('-', '_').upper(): e['name']
	              for e in enum['entries']}
	    found = dict(re.findall(rf'\[({prefix}\w+)\] = "([^"]*)"', text))
	    if found != wanted:
	        bad = 1
	        print(f'{name}: expected {wanted}, got {found}')
	sys.exit(bad)
	PY
}

/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "no yaml module for Python"
check "linux/levee.h is what levee.yaml says" header
# As long as no kernel has been prepared there is no schema to compare with.
for schema in "$top"/build/kernels/uml-{debug,7}/src/Documentation/netlink/genetlink.yaml; do
	kernel=${schema#"$top"/build/kernels/}
	kernel=${kernel%%/*}
	if [ ! -e "$schema" ]; then
		ktap_skip "levee.yaml is valid by the schema of $kernel" "not prepared yet"
	elif ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
		ktap_skip "levee.yaml is valid by the schema of $kernel" "no jsonschema for Python"
	else
		check "levee.yaml is valid by the schema of $kernel" valid "$schema"
	fi
done
check "the module's words are those of levee.yaml" words "$top/kmod/names.h" \
	mode class reason hook-type
check "the command's words are those of levee.yaml" words "$top/tools/names.c" \
	mode class reason malformed hook-type unit event-type list-kind mismatch proof outlook path
ktap_finish
