# What every part of the lab uses: places, messages, locks, the names of the kernels.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=$(cd "$LAB_DIR/../.." && pwd -P)
BUILD=$TOP/build
KERNELS=$BUILD/kernels
# shellcheck disable=SC2034 # read by those who source this file
LAB_KERNELS="stock-6.1 stock-6.12 uml-debug uml-6.12 uml-7"

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# retry N CMD...: runs CMD up to N times, with a growing pause in between.
retry() {
	local n=$1 i
	shift
	for ((i = 1; i <= n; i++)); do
		"$@" && return 0
		((i < n)) && sleep $((i * 3))
	done
	return 1
}

# with_lock NAME CMD...: one process at a time, over all processes of this checkout.
with_lock() {
	local name=$1 fd rc
	shift
	mkdir -p "$BUILD/locks"
	exec {fd}>"$BUILD/locks/$name"
	if ! flock -n "$fd"; then
		say "waiting for another process to finish with $name"
		flock "$fd"
	fi
	"$@" {fd}>&-
	rc=$?
	exec {fd}>&-
	return $rc
}

content_key() { sha256sum | cut -c1-12; }

kernel_check() {
	case " $LAB_KERNELS " in
	*" $1 "*) ;;
	*) die "unknown kernel '$1'; there are: $LAB_KERNELS" ;;
	esac
}

# Sets K (the kernel's folder) and KREL (its release); prepares it when needed.
kernel_use() {
	kernel_check "$1"
	if [ ! -e "$KERNELS/$1/release" ] ||
	   [ "$(cat "$KERNELS/$1/key")" != "$(kernel_key "$1")" ]; then
		with_lock "kernel-$1" kernel_prepare "$1" || return 2
	fi
	K=$(readlink -f "$KERNELS/$1")
	# shellcheck disable=SC2034 # read by those who source this file
	KREL=$(cat "$K/release")
}

kernel_key() {
	case $1 in
	stock-*) stock_key "$1" ;;
	uml-*) uml_key "$1" ;;
	esac
}

# Builds a kernel's folder aside and puts it in place in one step.
kernel_prepare() {
	local name=$1 key tmp start=$SECONDS

	# Which package is newest is asked once and then kept, see "lab update".
	version_pin "$name" || return 1
	key=$(kernel_key "$name")
	if [ ! -e "$KERNELS/$name-$key/release" ]; then
		tmp=$KERNELS/.$name.tmp
		rm -rf "$tmp"
		mkdir -p "$tmp"
		say "preparing $name ($(cat "$BUILD/versions/$name"))"
		if ! "${name%%-*}_prepare" "$name" "$tmp"; then
			say "could not prepare $name"
			return 1
		fi
		key=$(kernel_key "$name")	# newer packages may have been found
		echo "$key" >"$tmp/key"
		rm -rf "$KERNELS/$name-$key"
		mv "$tmp" "$KERNELS/$name-$key"
		say "$name is ready after $((SECONDS - start)) s"
	fi
	ln -sfn "$name-$key" "$KERNELS/$name"
	kernel_forget "$name" "$name-$key"
}

# Removes what a kernel's earlier versions left.
kernel_forget() {
	local old

	for old in "$KERNELS/$1"-*; do
		[ -d "$old" ] || continue
		[[ ${old##*-} =~ ^[0-9a-f]{12}$ ]] || continue
		[ "${old##*/}" = "$2" ] || rm -rf "$old"
	done
}
