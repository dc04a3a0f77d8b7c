# Unpacks Debian's own kernels and the headers that build modules for them.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

stock_key() {
	{
		cat "$BUILD/versions/$1"
		declare -f stock_packages stock_prepare stock_headers
	} 2>/dev/null | content_key
}

stock_packages() {
	local image version release common kbuild

	read -r image version <"$BUILD/versions/$1"
	release=${image#linux-image-}
	common=${release%-cloud-amd64}-common
	case $release in
	6.1.*) kbuild=6.1 ;;
	*) kbuild=${release%-cloud-amd64} ;;
	esac
	printf '%s ' "$image=$version" "linux-headers-$release=$version" \
		"linux-headers-$common=$version" "linux-kbuild-$kbuild=$version"
}

stock_prepare() {
	local name=$1 dir=$2 deb release

	fetch_pinned "$name" "$dir/deb" stock_packages || return 1
	for deb in "$dir"/deb/*.deb; do
		dpkg -x "$deb" "$dir/root" || return 1
	done
	rm -rf "$dir/deb"
	release=$(basename "$dir/root/lib/modules/"*)
	mv "$dir/root/boot/vmlinuz-$release" "$dir/vmlinuz"
	mv "$dir/root/boot/config-$release" "$dir/config"
	rm -f "$dir/root/lib/modules/$release"/{build,source}
	depmod -b "$dir/root" "$release" || return 1
	stock_headers "$dir" "$release" || return 1
	echo "$release" >"$dir/release"
}

# The headers expect to be installed; let them find each other where they are.
stock_headers() {
	local dir=$1 headers=root/usr/src/linux-headers-$2

	# shellcheck disable=SC2016 # make's own variables
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' \
		"$dir/$headers/Makefile" || return 1
	ln -sfn "$headers" "$dir/kdir"
	[ -e "$dir/kdir/Module.symvers" ] && [ -e "$dir/kdir/scripts/" ]
}
