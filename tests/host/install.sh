#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make install, and what make says on a machine where the module cannot be built.
# It fails when a file is not installed where it belongs, README forgets a package,
# a message does not tell what to do, or the build leaves files that git does not ignore.
# TIMEOUT: 600
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

top=$(cd "$(dirname "$0")/../.." && pwd -P)
kernel=stock-6.12
readme=$top/README.md
tree=$LIB_TMP/tree
root=$LIB_TMP/root
err=$LIB_TMP/err

# A copy, so that nobody's build is disturbed.
copy_tree() {
	mkdir "$tree" &&
	(cd "$top" && find Kbuild Makefile .gitignore README.md kmod tools uapi -type f \
		! -name '*.o' ! -name '*.ko' ! -name '.*.cmd' ! -name '*.d' \
		! -path tools/levee -print0 | tar --null -T - -c) | tar -x -C "$tree"
}

in_tree() { timeout 300 env -u MAKEFLAGS -u MAKELEVEL make -C "$tree" "$@"; }

# kdir NAME [LINE]: what make finds of a kernel whose configuration is LINE.
kdir() {
	mkdir -p "$LIB_TMP/$1/include/config"
	: >"$LIB_TMP/$1/Makefile"
	[ $# -lt 2 ] || echo "$2" >"$LIB_TMP/$1/include/config/auto.conf"
}

# cannot NAME KDIR TEXT...: make fails, and the message has each text.
cannot() {
	local name=$1 dir=$2 text
	shift 2
	check_fails "$name: make fails" in_tree module KDIR="$dir"
	in_tree module KDIR="$dir" >/dev/null 2>"$err"
	for text; do
		check "$name: the message says: $text" grep -F -- "$text" "$err"
	done
}

# What make says is also what README explains.
test_messages() {
	cannot "no headers" "$LIB_TMP/none" "there are no kernel headers at $LIB_TMP/none" \
		"apt-get install linux-headers-\$(uname -r)"
	kdir unconfigured
	cannot "headers without a configuration" "$LIB_TMP/unconfigured" "is not configured"
	kdir poor CONFIG_NETFILTER=y
	cannot "no ingress hooks" "$LIB_TMP/poor" "has no CONFIG_NETFILTER_INGRESS"
	check "README has: no headers" grep -F 'there are no kernel headers at' "$readme"
	check "README has: no ingress hooks" grep -F 'has no CONFIG_NETFILTER_INGRESS' "$readme"
	check "a library is missing: the message names its package" library_message
	check "README has: a library is missing" grep -F 'libmnl or json-c is missing' "$readme"
}

library_message() {
	! in_tree tools PKG_CONFIG_LIBDIR=/nonexistent PKG_CONFIG_PATH= 2>"$err" &&
	grep 'libmnl or json-c is missing.*libmnl-dev libjson-c-dev' "$err"
}

# Those that README names are those with which the lab builds, too.
packages() {
	local package

	sed -n 's/^apt-get install \(.*\) linux-headers-.*/\1/p' "$readme" | tr ' ' '\n' \
		>"$LIB_TMP/packages"
	[ -s "$LIB_TMP/packages" ] || return 1
	while read -r package; do
		grep -qx "$package" "$top/tests/lab/packages" || { echo "$package?"; return 1; }
	done <"$LIB_TMP/packages"
}

# git_is_clean: what stays after a build is ignored by git.
git_is_clean() {
	local files

	git -C "$tree" init -q && git -C "$tree" add -A &&
	in_tree KDIR="$headers" &&
	files=$(git -C "$tree" status --porcelain | grep -v '^A ')
	[ -z "$files" ] || { echo "$files"; return 1; }
	[ -e "$tree/levee.ko" ]
}

test_install() {
	local release=$1 modules=$root/lib/modules/$1

	if command -v git >/dev/null; then
		check "make builds, and git ignores what that leaves" git_is_clean
	fi
	check "make install" in_tree install KDIR="$headers" DESTDIR="$root"
	check "the module is where modprobe looks" test -f "$modules/updates/levee.ko"
	check_eq "it is for that kernel" "$release" \
		"$(modinfo -F vermagic "$modules/updates/levee.ko" | cut -d' ' -f1)"
	check "modprobe knows it" grep -q '^updates/levee.ko:' "$modules/modules.dep"
	check "the command works" timeout 10 "$root/usr/local/sbin/levee" help
	check "the manual page is installed" test -s "$root/usr/local/share/man/man8/levee.8"
	check "the examples are installed" test -s \
		"$root/usr/local/share/doc/levee/examples/web-server.conf"
	check "make uninstall" in_tree uninstall KDIR="$headers" DESTDIR="$root"
	check_eq "it leaves nothing of levee" "" "$(find "$root" -name 'levee*')"
}

check "the tree is copied" copy_tree
check "README names the packages that are needed" packages
test_messages
prepared=$("$top/tests/lab/lab" path $kernel 2>/dev/null)
headers=$prepared/kdir
if [ -e "$headers/Makefile" ]; then
	test_install "$(cat "$prepared/release")"
else
	ktap_skip "make install" "the headers of $kernel are not prepared"
fi
ktap_finish
