# Boots a guest, runs one command in it and brings its exit status back.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

GUEST_PIDS=()	# leaders of the process groups that make up the guest
GUEST_TMP=''

guest_kill() {
	local pid

	for pid in "${GUEST_PIDS[@]}"; do
		kill -KILL -- "-$pid" 2>/dev/null
	done
	wait 2>/dev/null
	[ -n "$GUEST_TMP" ] && rm -rf "$GUEST_TMP"
	GUEST_PIDS=()
	GUEST_TMP=''
}

# Runs a part of the guest in a process group of its own.
guest_spawn() {
	setsid "$@" &
	GUEST_PIDS+=($!)
}

guest_env() {
	local name=$1 out=$2 ctl=$3 var
	shift 3
	{
		echo "export HOME=/root LANG=C.UTF-8 TERM=${TERM:-dumb} USER=root"
		echo "export LAB_TTY=$GUEST_TTY"
		printf 'export %s=%q\n' LAB_KERNEL "$name" LAB_OUT "$out" \
			LAB_MODULE_DIR "$BUILD/modules/$name" LAB_KERNEL_DIR "$K"
		[ -n "$CAPTURES" ] && printf 'export LEVEE_CAPTURES=%q\n' "$CAPTURES"
		for var in $(compgen -e LEVEE_) $(compgen -e LAB_PASS_) T W; do
			[ "$var" = LEVEE_CAPTURES ] && continue
			[ -n "${!var-}" ] && printf 'export %s=%q\n' "$var" "${!var}"
		done
		# shellcheck disable=SC2016 # for the guest
		printf 'export PATH=%q:$PATH\n' "$TOP/tools"
	} >"$ctl/env"
	{
		printf 'cd %q\n' "$PWD"
		printf '%q ' "$@"
		echo
	} >"$ctl/cmd"
}

# Caches are not merged, so that one can tell how much each holds.
guest_cmdline() {
	echo "slab_nomerge lab.init=$LAB_DIR/init lab.out=$1 lab.ctl=$2 lab.release=$K" \
		"lab.captures=$CAPTURES panic=-1 oops=panic"
}

# ---- QEMU ----

virtiofsd_path() {
	local path

	for path in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
		[ -x "$path" ] && { echo "$path"; return; }
	done
	die "virtiofsd is missing: run tests/lab/setup"
}

virtiofs_spawn() {
	local tag=$1 dir=$2 cache=$3 log=$4 sock=$GUEST_TMP/$1 i

	guest_spawn "$(virtiofsd_path)" --socket-path="$sock" --thread-pool-size=1 \
		-o source="$dir",cache="$cache",sandbox=chroot,modcaps=+sys_admin \
		>>"$log" 2>&1 </dev/null
	for ((i = 0; i < 200; i++)); do
		[ -S "$sock" ] && return 0
		sleep 0.02
	done
	say "virtiofsd did not start:"
	tail -n 5 "$log" >&2
	return 1
}

tsc_build() {
	[ -x "$BUILD/tsc" ] || cc -O2 -Wall -o "$BUILD/tsc" "$LAB_DIR/tsc.c"
}

# The guest's clock is the time stamp counter of this machine, whose rate it is told.
tsc_cmdline() {
	[ "$(uname -m)" = x86_64 ] || return 0
	with_lock tsc tsc_build >&2 && echo "tsc_early_khz=$("$BUILD/tsc")"
}

# All CPUs of a guest take turns in one thread unless LAB_TCG_THREAD is "multi": with
# a thread for each, QEMU 7.2 now and then shows one CPU an instruction that another
# has already patched again (a static key under traffic), and the kernel dies of
# "Oops: int3". Tests are hardly slower for it, and two guests run at once anyway.
#
# With LAB_TCG_ICOUNT the clock counts instructions, 2^LAB_TCG_ICOUNT ns for each.
#
# shellcheck disable=SC2054 # commas are QEMU's own
qemu_spawn() {
	local accel=$1 out=$2 ctl=$3 serial=$4
	local args=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot
		-display none -nic none -M q35,usb=off,sata=off,smbus=off
		-m "$MEM" -smp "$CPUS"
		-object "memory-backend-memfd,id=ram,size=${MEM}M,share=on"
		-numa node,memdev=ram -kernel "$K/vmlinuz" -initrd "$INITRD")
	local quiet='' clock='' tag

	virtiofs_spawn lab-root / always "$ctl/virtiofsd" || return 1
	virtiofs_spawn lab-out "$out" none "$ctl/virtiofsd" || return 1
	for tag in lab-root lab-out; do
		args+=(-chardev "socket,id=$tag,path=$GUEST_TMP/$tag"
			-device "vhost-user-fs-pci,chardev=$tag,tag=$tag")
	done
	case $accel in
	kvm) args+=(-accel kvm -cpu host) ;;
	*)
		args+=(-cpu qemu64,+rdrand)
		if [ -n "${LAB_TCG_ICOUNT-}" ]; then
			args+=(-accel tcg,thread=single -icount "shift=$LAB_TCG_ICOUNT")
		else
			args+=(-accel "tcg,thread=${LAB_TCG_THREAD:-single}")
			clock=$(tsc_cmdline)
		fi ;;
	esac
	case $serial in
	stdio) args+=(-chardev stdio,id=tty,signal=off -serial chardev:tty); quiet=quiet ;;
	*) args+=(-serial "file:$serial") ;;
	esac
	args+=(-append "console=ttyS0 $quiet mitigations=off tsc=reliable $clock
		lab.root=virtiofs $(guest_cmdline "$out" "$ctl")")
	if [ "$serial" = stdio ]; then
		"${args[@]}"
	else
		guest_spawn "${args[@]}" >>"$ctl/qemu" 2>&1 </dev/null
	fi
}

# KVM may be there and still not run a stock kernel: only a boot tells.
qemu_accel() {
	local cache=$BUILD/kvm	# as told by a boot of kernel $1

	if [ ! -w /dev/kvm ] || [ -n "${LAB_NO_KVM-}" ]; then
		echo tcg
		return
	fi
	[ -e "$cache" ] || with_lock kvm kvm_probe "$1" "$cache"
	cat "$cache"
}

kvm_probe() {
	local name=$1 cache=$2 verdict=tcg

	[ -e "$cache" ] && return
	say "trying whether KVM runs a kernel here"
	LAB_BUILT=1 LAB_ACCEL=kvm "$LAB_DIR/lab" run "$name" --timeout 15 -- true \
		>/dev/null 2>&1 && verdict=kvm
	say "guests use $verdict"
	echo $verdict >"$cache"
}

# ---- user-mode Linux ----

uml_spawn() {
	local out=$1 ctl=$2 serial=$3 smp='' con='con0=null,fd:1' quiet=''

	grep -q '^CONFIG_SMP=y' "$K/config" && smp="ncpus=$CPUS seccomp=on"
	[ "$serial" = stdio ] && { con='con0=fd:0,fd:1'; quiet=quiet; }
	# shellcheck disable=SC2206,SC2207 # words
	local args=("$K/linux" "mem=${MEM}M" $smp con=null $con $quiet
		"initrd=$INITRD" "uml_dir=$GUEST_TMP" umid=guest lab.root=hostfs
		$(guest_cmdline "$out" "$ctl"))
	# The guest's memory is a file: it needs a place that is large enough.
	export TMPDIR=$GUEST_TMP
	if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt \
	     $((MEM * 1024)) ] 2>/dev/null; then
		TMPDIR=/dev/shm
	fi
	if [ "$serial" = stdio ]; then
		"${args[@]}"
	else
		guest_spawn "${args[@]}" >>"$serial" 2>&1 </dev/null
	fi
}

# ---- both ----

guest_defaults() {
	case $1 in
	stock-*) : "${MEM:=1024}" "${CPUS:=2}" ;;
	uml-debug | uml-6.12) : "${MEM:=1536}" "${CPUS:=1}" ;;
	uml-*) : "${MEM:=1536}" "${CPUS:=2}" ;;
	esac
	CAPTURES=${LEVEE_CAPTURES-$TOP/../shared/captures}
	CAPTURES=$(cd "$CAPTURES" 2>/dev/null && pwd -P)
}

guest_spawn_kernel() {
	local name=$1
	shift
	case $name in
	stock-*) qemu_spawn "${LAB_ACCEL:-$(qemu_accel "$name")}" "$@" ;;
	uml-*) uml_spawn "$@" ;;
	esac
}

# Waits for the guest's end; 124 when that takes longer than it may.
guest_wait() {
	local pid=$1 limit=$2 dog rc

	( exec sleep "$limit" ) &
	dog=$!
	wait -n "$pid" "$dog" 2>/dev/null
	rc=0
	kill -0 "$dog" 2>/dev/null || rc=124
	kill "$dog" 2>/dev/null
	return $rc
}

# guest_run NAME TIMEOUT OUT CMD...
guest_run() {
	local name=$1 limit=$2 out=$3 ctl rc tail_pid guest
	shift 3

	mkdir -p "$out"
	out=$(cd "$out" && pwd -P)
	ctl=$(mktemp -d "$out/.lab.XXXXXX")
	GUEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX")
	trap 'guest_kill; rm -rf "$ctl"; exit 130' INT TERM HUP
	: >"$ctl/stdout"
	GUEST_TTY=
	guest_env "$name" "$out" "$ctl" "$@"
	guest_spawn_kernel "$name" "$out" "$ctl" "$ctl/console" || rc=125
	if [ "${rc-}" != 125 ]; then
		guest=${GUEST_PIDS[-1]}
		tail -q -n +1 -s 0.1 -f --pid="$guest" "$ctl/stdout" &
		tail_pid=$!
		{
			guest_wait "$guest" "$limit"
			rc=$?
			kill -KILL -- "-$guest"
			wait "$tail_pid"
		} 2>/dev/null
	fi
	if [ -s "$ctl/status" ]; then
		rc=$(cat "$ctl/status")
	elif [ "$rc" = 124 ]; then
		say "$name: no end after $limit s"
	else
		rc=125
		say "$name: the guest died; the end of its kernel log:"
	fi
	case $rc in
	124 | 125) tail -v -n 40 "$ctl/console" "$ctl"/qemu "$ctl"/virtiofsd >&2 2>/dev/null ;;
	esac
	[ -n "${LAB_LOG-}" ] && cp "$ctl/console" "$LAB_LOG"
	guest_kill
	rm -rf "$ctl"
	trap - INT TERM HUP
	return "$rc"
}

# guest_shell NAME CMD...: the guest's console is this terminal.
guest_shell() {
	local name=$1 out ctl
	shift

	mkdir -p "$BUILD/run"
	out=$(mktemp -d "$BUILD/run/XXXXXX")
	ctl=$(mktemp -d "$out/.lab.XXXXXX")
	GUEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/lab.XXXXXX")
	# shellcheck disable=SC2064 # as they are now
	trap "guest_kill; rm -rf '$out'; stty '$(stty -g)'" EXIT
	case $name in
	stock-*) GUEST_TTY=/dev/ttyS0 ;;
	*) GUEST_TTY=/dev/tty0 ;;
	esac
	: >"$ctl/interactive"
	guest_env "$name" "$out" "$ctl" "$@"
	echo "stty rows $(tput lines) cols $(tput cols) 2>/dev/null" >>"$ctl/env"
	guest_spawn_kernel "$name" "$out" "$ctl" stdio
}
