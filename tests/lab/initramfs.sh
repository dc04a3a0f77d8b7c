# Packs the first file system of a guest: enough to mount the machine's own one.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# Sets INITRD, for the kernel in K of release KREL.
initramfs_use() {
	local key

	key=$({ cat "$LAB_DIR/initramfs-init"; declare -f initramfs_make; } | content_key)
	INITRD=$K/initrd-$key
	[ -e "$INITRD" ] || with_lock "initrd-$KREL" initramfs_make "$INITRD"
}

initramfs_make() {
	local initrd=$1 tmp n=0 what path ko

	[ -e "$initrd" ] && return
	rm -f "$K"/initrd-*
	tmp=$(mktemp -d "$K/.initramfs.XXXXXX") || return 1
	mkdir -p "$tmp"/{bin,proc,sys,dev,lower,upper,root,modules}
	cp /bin/busybox "$tmp/bin/busybox"
	cp "$LAB_DIR/initramfs-init" "$tmp/init"
	chmod 755 "$tmp/init"
	# In the order in which they are to be loaded.
	while read -r what path _; do
		[ "$what" = insmod ] || continue
		n=$((n + 1))
		ko=$tmp/modules/$(printf '%02d' $n)-$(basename "${path%.xz}")
		case $path in
		*.xz) xz -dc "$path" >"$ko" ;;
		*) cp "$path" "$ko" ;;
		esac || return 1
	done < <(initramfs_modules | awk '!seen[$0]++')
	(cd "$tmp" && find . | cpio -o -H newc --quiet) | gzip -1 >"$tmp.gz" || return 1
	rm -rf "$tmp"
	mv "$tmp.gz" "$initrd"
}

# User-mode kernels have everything built in.
initramfs_modules() {
	case $KREL in
	*-amd64)
		modprobe -d "$K/root" -S "$KREL" -a --show-depends \
			virtio_pci virtiofs overlay
		;;
	esac
}
