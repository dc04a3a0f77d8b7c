#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What apply would change. It fails when diff names anything but what differs, takes
# defaults for differences, changes something, or has another exit status than it should.
# TIMEOUT: 120
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

work=$LIB_TMP
f=$work/f

lv() { timeout 60 ip netns exec "$gateway" levee "$@"; }

topo_gateway
check "something to compare with" lv apply - <<-END
policy add www dst $SERVER4 mode enforce
limit set www syn rate 50/s
limit set www udp rate 50/s
hook add dev eth0
END
lv save >"$f"
check_eq "no difference, status 0" "0 " "$(lv diff "$f" 2>&1; echo "$? ")"
sed -i 's/50.s burst 50 /60\/s /; /eth0/d' "$f"
cat >>"$f" <<-END
table set slots 1024
policy add dns dst 192.0.2.53
END
check_eq "differences, with what is left to defaults" "+policy add dns dst 192.0.2.53 mode monitor
-limit set www syn rate 50/s burst 50 per 32,64
-limit set www udp rate 50/s burst 50 per 32,64
+limit set www syn rate 60/s burst 60 per 32,64
+limit set www udp rate 60/s burst 60 per 32,64
+table set slots 1024
-hook add dev eth0
status 3" "$(lv diff "$f"; echo "status $?")"
check_eq "likewise in JSON" '[["add", "policy add dns dst 192.0.2.53 mode monitor"], ["remove", "hook add dev eth0"]]' \
	"$(lv -j diff "$f" | json '[[c["change"], c["command"]] for c in (j[0], j[-1])]')"
lv diff "$f" >/dev/full 2>"$work/err"
check_eq "differences that cannot be written are an error" \
	"2 levee: cannot write the output: No space left on device" "$? $(cat "$work/err")"
check_eq "in a batch they are no failure" "3 5 0" \
	"$(printf 'diff %s\nhook help\n' "$f" | lv -b - >"$work/out"; rc=$?
		echo "$(grep -c '^-' "$work/out")" "$(grep -c '^+\|^Usage: levee hook' "$work/out")" $rc)"
check_eq "nothing was changed" 0 "$(lv save | grep -c dns)"
grep -v '^hook' "$f" >"$work/unhooked"
cp "$f" "$work/hooked"
check_eq "a configuration without hooks on standard input is told of" \
	'0 levee: warning: there is no "hook add" in standard input: levee sees no packets any more' \
	"$(lv apply - <"$work/unhooked" 2>"$work/err"; echo "$? $(cat "$work/err")")"
lv apply "$work/hooked"
lv apply "$f" 2>/dev/null
check_eq "nor does it differ when it is applied" 0 "$(lv diff "$f" >/dev/null; echo $?)"
echo "policy add dns2 dst 192.0.2.53 mode x" | lv diff - >"$work/out" 2>&1
check_eq "a wrong file" '1 levee: -:1: mode "x": expected one of: off, monitor, enforce' \
	"$? $(cat "$work/out")"
echo "limit del default any" | lv diff - >"$work/out" 2>&1
check_eq "a file that is refused" '2 levee: -:1: no such limit (limit "default any per 32,64" in packets)' \
	"$? $(cat "$work/out")"
ktap_finish
