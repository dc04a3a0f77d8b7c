# Builds the module for a kernel of the lab, apart from the checkout and from other kernels.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

module_build() {
	local name=$1 dir=${LAB_MODULES:-$BUILD/modules}/$1 arch=x86 log

	case $name in
	uml-*) arch=um ;;
	esac
	module_farm "$dir" || return 1
	log=$dir/build.log
	# All warnings, as errors.
	if make -s -C "$K/kdir" M="$dir" ARCH="$arch" W="${W:-1e}" ${C:+C="$C"} \
	   -j"$(nproc)" modules >"$log" 2>&1; then
		cat "$log" >&2
		return 0
	fi
	cat "$log" >&2
	say "the module does not build for $name"
	return 1
}

# Mirrors the sources as links, so that objects of several kernels never meet.
module_farm() {
	local dir=$1 file

	mkdir -p "$dir"
	find "$dir" -xtype l -delete
	while read -r file; do
		[ "$dir/$file" -ef "$TOP/$file" ] && continue
		mkdir -p "$dir/$(dirname "$file")"
		ln -sfn "$TOP/$file" "$dir/$file"
	done < <(cd "$TOP" && find Kbuild kmod uapi -type f \
		 \( -name Kbuild -o -name '*.[chS]' \) ! -name '*.mod.c' 2>/dev/null)
	[ -e "$dir/Kbuild" ] || { say "there is no Kbuild"; return 1; }
}
