# Builds user-mode kernels from Debian's kernel source.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

uml_fragments() {
	echo "$LAB_DIR/config-uml"
	echo "$LAB_DIR/config-$1"
}

uml_key() {
	{
		cat "$BUILD/versions/$1"
		# shellcheck disable=SC2046 # two files
		grep -h '^CONFIG_' $(uml_fragments "$1")
		declare -f uml_unpack uml_configure uml_make uml_prepare uml_trim
		gcc --version | head -n 1
	} 2>/dev/null | content_key
}

uml_packages() { tr ' ' = <"$BUILD/versions/$1"; }

# Unpacks what a user-mode kernel, a module build and the tests need: most of
# the 1.8 GB of source is for other machines.
uml_unpack() {
	local deb=$1 dir=$2 pkg

	pkg=$(dpkg-deb -f "$deb" Package) || return 1
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$pkg.tar.xz" |
		xz -dc -T0 |
		tar -x -C "$dir" --strip=1 \
			--exclude='*/Documentation/devicetree' \
			--exclude='*/drivers/gpu/drm/*/*.[ch]' \
			--exclude='*/tools/testing/selftests/bpf' \
			--exclude='*/tools/perf' \
			--exclude='*/arch/*/boot/dts'
}

# Every option of the fragments must have arrived: an option that was renamed
# would otherwise silently weaken the tests.
uml_check_config() {
	local config=$1 opt val bad=0
	shift
	while IFS='=' read -r opt val; do
		if [ "$val" = n ]; then
			! grep -q "^$opt=" "$config" && continue
		else
			grep -q "^$opt=$val\$" "$config" && continue
		fi
		say "$opt=$val did not make it into the configuration"
		bad=1
	done < <(cat "$@" | grep '^CONFIG_')
	return $bad
}

uml_configure() {
	local name=$1 src=$2
	# shellcheck disable=SC2046 # two files
	(
		cd "$src" || exit 1
		make ARCH=um defconfig &&
		scripts/kconfig/merge_config.sh -m .config $(uml_fragments "$name") &&
		make ARCH=um olddefconfig
	) >>"$src/../build.log" 2>&1 &&
		uml_check_config "$src/.config" $(uml_fragments "$name")
}

# A kernel is built with the compiler's cache, if there is one: with other options, or in
# another checkout, most of its files are what they were. Its sources name each other relative
# to where they are, and nothing keeps an absolute path.
uml_make() {
	local src=$1 cc=gcc
	shift

	command -v ccache >/dev/null && cc='ccache gcc'
	CCACHE_BASEDIR=$src CCACHE_NOHASHDIR=1 make -C "$src" ARCH=um CC="$cc" HOSTCC="$cc" "$@"
}

uml_prepare() {
	local name=$1 dir=$2 src=$2/src jobs

	jobs=$(nproc)
	fetch_pinned "$name" "$dir/deb" uml_packages || return 1
	mkdir -p "$src"
	uml_unpack "$dir"/deb/*.deb "$src" || return 1
	rm -rf "$dir/deb"
	uml_configure "$name" "$src" || { tail -n 30 "$dir/build.log" >&2; return 1; }
	if ! {
		uml_make "$src" -j"$jobs" &&
		uml_make "$src" INSTALL_MOD_PATH="$dir/root" INSTALL_MOD_STRIP=1 \
			modules_install
	} >>"$dir/build.log" 2>&1; then
		tail -n 30 "$dir/build.log" >&2
		cp "$dir/build.log" "$BUILD/$name-build.log"
		return 1
	fi
	make -s --no-print-directory -C "$src" ARCH=um kernelrelease >"$dir/release" || return 1
	strip -g -o "$dir/linux" "$src/linux" || return 1
	ln -sfn src "$dir/kdir"
	cp "$src/.config" "$dir/config"
	uml_trim "$src"
	rm -f "$dir/root/lib/modules/$(cat "$dir/release")"/{build,source}
}

# Objects and drivers are of no use once the kernel is linked; what is left
# builds modules and serves the tests (checkpatch, ynl).
uml_trim() {
	local src=$1

	(
		cd "$src" || exit 1
		rm -rf vmlinux vmlinux.o vmlinux.a linux .tmp_vmlinux* sound samples rust LICENSES
		find . \( -path ./scripts -o -path ./tools \) -prune -o \
			\( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name '*.ko' \
			   -o -name '*.mod' -o -name '*.mod.c' \) -exec rm -f {} +
		find drivers fs crypto block sound mm net security ipc init io_uring virt certs \
			-type f \( -name '*.c' -o -name '*.S' \) -delete 2>/dev/null
		find arch -mindepth 1 -maxdepth 1 -type d ! -name um ! -name x86 -exec rm -rf {} +
		find Documentation -mindepth 1 -maxdepth 1 ! -name netlink ! -name Makefile \
			-exec rm -rf {} +
		find tools -mindepth 1 -maxdepth 1 ! -name net ! -name include ! -name scripts \
			! -name build ! -name lib ! -name objtool ! -name Makefile -exec rm -rf {} +
	)
}
