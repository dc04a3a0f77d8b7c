#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every error message of the module and of the command is read by a test. It fails when a
# message is added that no test reads, when a text cannot be found in the source, or when
# the list of those that nothing can provoke here is out of date.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
CHECK_LINES=80

here=$(cd "$(dirname "$0")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)

finds() { /usr/bin/python3 -B "$here/messages.py" "$@"; }

# A copy of the tree in which something is missing, or new.
break_tree() {
	local copy=$1

	mkdir -p "$copy/tests"
	cp -r "$top/kmod" "$top/tools" "$copy"
	cp -r "$top"/tests/*.sh "$top"/tests/*.py "$top/tests/host" "$copy/tests"
	sed -i 's/"no such hook"/"no hook"/' "$copy/kmod/hook.c"
	sed -i 's/there is no such device/it is not there/' "$copy/tools/hook.c"
	sed -i 's/return err_usage("too many prefixes for one request")/return perror("x"), 1/' \
		"$copy/tools/nl.c"
	sed -i '/there are 4096 policies/d' "$copy/tests/apply.sh"
	sed -i 's/netlink: bind/netlink: sit/; s/\(listen to events: %s\) # .*/\1/' \
		"$copy/tests/host/messages.exempt"
	echo 'tools/nl.c: netlink: send: %s # it is read' \
		>>"$copy/tests/host/messages.exempt"
}

check "a test reads every message" finds "$top" "$here/messages.exempt"
break_tree "$LIB_TMP/copy"
finds "$LIB_TMP/copy" "$LIB_TMP/copy/tests/host/messages.exempt" >"$LIB_TMP/found"
check_eq "otherwise it fails" 1 $?
while IFS='|' read -r what line; do
	check "it finds $what" grep -E "^$line$" "$LIB_TMP/found"
done <<'END'
a new message of the module|kmod/hook\.c:[0-9]+: no test reads: no hook
a new message of the command|tools/hook\.c:[0-9]+: no test reads: dev "%s": it is not there
a message of another kind|tools/nl\.c:[0-9]+: perror\(\) is not known to this test
a message whose test is gone|kmod/netlink_change\.c:[0-9]+: no test reads: there are 4096 policies already
an exception that is gone|tools/nl\.c: there is no such message any more: netlink: sit: %s
an exception without a reason|not "FILE: MESSAGE # REASON": .*
an exception that is none|tools/nl\.c:[0-9]+: a test reads this, no reason is needed: .*
END
ktap_finish
