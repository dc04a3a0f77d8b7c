#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What levee report makes of numbers, without a kernel module. It fails when vectors are
# put together wrongly, sources or networks are miscounted, a name gets into the page as
# anything but text, a plot leaves its frame, the same report is printed in another way,
# or a time is misread.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

here=$top/tests
report=$LIB_TMP/report
export TZ=Asia/Kolkata

# All of the command but its beginning.
build() {
	local parts=()

	mapfile -t parts < <(find "$top/tools" -maxdepth 1 -name '*.c' ! -name levee.c)
	# shellcheck disable=SC2046 # words
	cc -O1 -g -std=gnu11 -Wall -Wextra -Werror -D_GNU_SOURCE -fsanitize=address,undefined \
		-fno-sanitize-recover -I"$top/uapi" -I"$top/tools" -o "$report" \
		"$top/tests/host/report.c" "${parts[@]}" $(pkg-config --cflags --libs libmnl json-c)
}

# of EXPR: of the report in JSON.
of() {
	/usr/bin/python3 -c '
import json, sys
j = json.load(open(sys.argv[1], errors="replace"))
r = eval(sys.argv[2])
print(*r if isinstance(r, (list, tuple)) else [r])' "$LIB_TMP/json" "$1" 2>&1
}

# page WHAT: of both forms of a report; what is wrong is printed.
page() {
	"$report" json "$1" >"$LIB_TMP/json" && "$report" html "$1" >"$LIB_TMP/html" &&
	/usr/bin/python3 -B "$here/report.py" page "$LIB_TMP/json" "$LIB_TMP/html" >"$LIB_TMP/diff" 2>&1
	cat "$LIB_TMP/diff"
	[ ! -s "$LIB_TMP/diff" ]
}

# Every coordinate of every plot is in its frame.
in_frame() {
	/usr/bin/python3 - "$LIB_TMP/html" <<-'PY'
	import re, sys, xml.etree.ElementTree as tree
	plots = list(tree.parse(sys.argv[1]).iter("svg"))
	paths = 0
	for plot in plots:
	    width, height = map(float, plot.get("viewBox").split()[2:])
	    for item in plot.iter():
	        at = [(float(item.get(x, 0)) + float(item.get(w, 0)), most)
	              for x, w, most in (("x", "width", width), ("x1", "", width), ("x2", "", width),
	                                 ("y", "height", height), ("y1", "", height), ("y2", "", height))]
	        for part in re.findall(r"M(\S+) (\S+)V(\S+)H(\S+)V(\S+)Z", item.get("d", "")):
	            paths += 1
	            x0, y0, y1, x1, y2 = map(float, part)
	            at += [(x0, width), (x1, width), (y0, height), (y1, height), (y2, height), (x1 - x0, width)]
	        for value, most in at:
	            assert -0.01 <= value <= most + 0.01, (item.tag, item.attrib)
	assert not paths or paths > 50, paths
	PY
}

test_sums() {
	"$report" json >"$LIB_TMP/json"
	check_eq "vectors a minute apart are one attack, and no more" "syn udp frag, icmp, udp" \
		"$(of '", ".join(" ".join(v["class"] for v in a["vectors"]) for a in j["attacks"])')"
	check_eq "which ends with the last of them, if it ends" "240 39 -" \
		"$(of '[(a["until"] - a["since"]) // 10**9 if "until" in a else "-" for a in j["attacks"]]')"
	check_eq "the worst source is the first" "0.0.0.0 192.0.2.9 192.0.2.7" \
		"$(of '[s["prefix"]["addr"] for s in j["sources"]][:3]')"
	check_eq "a source with two records is one of its network" \
		"192.0.2.0/24 2 85, 2001:db8:1::/48 2 15" \
		"$(of '", ".join("%s/%d %d %d" % (n["prefix"]["addr"], n["prefix"]["len"], n["sources"],
			n["dropped-packets"]) for n in j["networks"])')"
	check_eq "who is proven, and what they sent" "2 902 3 65 2 35" \
		"$(of '[x for p in j["proofs"] for x in (p["sources"], p["dropped-packets"])]' |
			awk '{ print $1, $2 + 1, $3, $4, $5, $6 }')"
	check_eq "SYNs were challenged, and answered" "300 60" \
		"$(of '[j["challenged-packets"], j["answered-packets"]]')"
	check "which is said" grep -qx 'beside these, SYNs that were challenged, or would be: 300, answered: 60' \
		<("$report" text)
	# 68 of 105, and 240 of 300.
	check "of what is known, so much may be spoofed" grep -qF \
		'real: 76.0 % (of those known)' <("$report" text)
	check_eq "the peak is that of an interval" "293 263 6" \
		"$(of '[t["peak-packets"] for t in j["traffic"]]')"
}

test_text() {
	"$report" text >"$LIB_TMP/text"
	check "times are in UTC and local time" \
		grep -qx 'made    2026-11-24T03:12:00Z  2026-11-24T08:42:00.000+0530' "$LIB_TMP/text"
	check "attacks are numbered" grep -qx \
		'Attack 2 of 3: began 2026-11-24T03:06:01Z, ended 2026-11-24T03:06:40Z' "$LIB_TMP/text"
	check "the last one goes on" grep -qx 'Attack 3 of 3: began 2026-11-24T03:11:40Z, goes on' \
		"$LIB_TMP/text"
	check "a line for each vector" grep -qE \
		' syn +03:01:00Z +03:03:20Z +2m20s +1000 +4Mbit/s +12$' "$LIB_TMP/text"
	check "and one for what became of it" grep -qE ' syn +5070 +2535000 +70 +5000 +0$' \
		"$LIB_TMP/text"
	check_fails "the tables of attacks fit into 80 columns" grep -E '.{81}' \
		<(sed -n "/^Attack/,/^All that/s/^\(POLICY *\|a<script.*'b *\) /www /p" "$LIB_TMP/text")
}

test_page() {
	local what

	for what in full wide empty; do
		check "$what: the page is well-formed, loads nothing, and has the numbers of JSON" page "$what"
		check "$what: no plot leaves its frame" in_frame
		cp "$LIB_TMP/html" "$LIB_TMP/first"
		"$report" html $what >"$LIB_TMP/html"
		check "$what: the same report is the same page" cmp "$LIB_TMP/first" "$LIB_TMP/html"
	done
	page full >"$LIB_TMP/out"
	check_fails "a name is not markup" grep -q '<script' "$LIB_TMP/html"
	check "but text" grep -qF '<td>a&lt;script src=&quot;//x/&quot;&gt;&amp;' "$LIB_TMP/html"
	check "what is no character is a question mark" grep -qF 'b??é</h1>' "$LIB_TMP/html"
}

# reads TIME SECONDS
reads() { check_eq "$1 is read" "$2" "$("$report" when "$1" 2>&1)"; }

test_when() {
	local now=$((EPOCHSECONDS)) text

	reads 2026-11-23T21:30:00Z 1795469400
	reads 2026-11-23T21:30:00.123Z 1795469400
	reads 2026-11-23T21:30Z 1795469400
	reads 2026-11-24T03:00:00 1795469400
	reads "2026-11-24 03:00" 1795469400
	reads 2026-11-24T03:00:00.052+0530 1795469400
	reads 2026-11-23T22:30:00+01:00 1795469400
	reads 2026-11-23T16:30:00-0500 1795469400
	reads 2026-11-22 1795285800
	check_between "how long ago" $((now - 7200 - 2)) $((now - 7200 + 30)) "$("$report" when 2h)"
	check_between "the last time that it was 03:10" $((now - 86400 - 2)) $((now + 30)) \
		"$("$report" when 03:10)"
	check_eq "which is 03:10" 03:10:00 "$(date -d "@$("$report" when 03:10)" +%T)"
	for text in x '' 2x 0s -1h 3:10 24:00 03:60 03:10:61 2026-11 2026-02-30 2026-13-01 2026-00-01 \
		2026-11-24T 2026-11-24T3:00 2026-11-24T03:00:00+1 2026-11-24T03:00:00ZZ 2026-11-24x \
		1969-12-31T00:00:00Z 2026-11-24T03:00:00.Z; do
		bad "since \"$text\": expected how long ago, as in 90s, 10m, 2h or 1d, or a time, as in 03:10, 2026-11-24 or 2026-11-24T03:10:00Z" \
			report since "$text"
	done
	bad 'since "2999-01-01": that is yet to come' report since 2999-01-01
}

test_usage() {
	good report
	good report policy www since 1h
	good -j report policy www
	good report html "$LIB_TMP/page"
	good report html -
	bad '"x": unknown keyword; expected one of: policy, since, html' report x
	bad '"html" must be followed by a value: FILE, or - for standard output' report html
	bad '"policy" is given twice' report policy www policy www
	bad 'html "": the name of the file is empty' report html ''
	bad 'html "page": a page is not JSON; leave out one of both' -j report html page
	bad 'policy "a b": a name has only letters, digits, dots, dashes and underscores' \
		report policy 'a b'
	bad '"x": nothing is expected after "help"' report help x
}

test_usage
if check "what prints reports can be built" build; then
	test_sums
	test_text
	test_page
	test_when
fi
ktap_finish
