# Builds, installs and tests levee: the module, the command and its manual.
# SPDX-License-Identifier: GPL-2.0

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=
DEPMOD ?= depmod

# Keep make's own idea of parallel jobs out of the lab's.
MAKEFLAGS += --no-print-directory

.PHONY: all help
all: module tools

help:
	@echo 'On a gateway:'
	@echo '  make                 build the module for the running kernel, and the command'
	@echo '  make KDIR=...        ... for the kernel whose headers are there'
	@echo '  make install         install module, command and manual (PREFIX=$(PREFIX), DESTDIR=)'
	@echo '  make uninstall       remove them'
	@echo 'To see what it does, on any Debian 12, without touching its kernel:'
	@echo '  make demo            a site under four attacks, without and with levee'
	@echo '  make demo STORY=parliament    ... three phases and a crowd, and beside nft'
	@echo '  make check           all tests on all kernels [T=test] [KERNEL=name] [MINUTES=most]'
	@echo '  make lab KERNEL=...  a shell in a small gateway to play with'
	@echo '  make bench           what levee costs per packet, beside others [BENCH_WORKLOADS=...]'
	@echo '  make lint            the checks of the sources alone'
	@echo '  make captures        what the default policy says about recorded traffic'
	@echo 'Parts: module, tools.  Cleaning: clean, distclean (also kernels and logs).'

# ---- build ----

.PHONY: module tools kdir-check
kdir-check:
	@if [ ! -e '$(KDIR)/Makefile' ]; then \
		echo 'make: there are no kernel headers at $(KDIR).' >&2; \
		echo 'make: install them with: apt-get install linux-headers-$$(uname -r)' >&2; \
		echo 'make: or name those of another kernel with KDIR=...' >&2; \
		exit 1; \
	fi
	@if [ ! -e '$(KDIR)/include/config/auto.conf' ]; then \
		echo 'make: the kernel at $(KDIR) is not configured.' >&2; \
		exit 1; \
	fi
	@if ! grep -q '^CONFIG_NETFILTER_INGRESS=y' '$(KDIR)/include/config/auto.conf'; then \
		echo 'make: the kernel at $(KDIR) has no CONFIG_NETFILTER_INGRESS,' >&2; \
		echo 'make: so it offers no hook at a device; levee cannot be built for it.' >&2; \
		exit 1; \
	fi

module: kdir-check
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules

tools:
	$(MAKE) -C tools

# The header of the interface is written from its specification.
.PHONY: uapi
uapi:
	tests/uapi/header.py uapi/levee.yaml >uapi/linux/levee.h

# ---- install ----

# The release of the kernel that the headers belong to.
RELEASE = $(shell $(MAKE) -s -C '$(KDIR)' kernelrelease 2>/dev/null)
MODDIR = $(DESTDIR)/lib/modules/$(RELEASE)/updates

.PHONY: install uninstall
install: all
	install -D -m 644 levee.ko '$(MODDIR)/levee.ko'
	$(DEPMOD) -a $(if $(DESTDIR),-b '$(DESTDIR)') $(RELEASE)
	$(MAKE) -C tools install PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'

uninstall:
	rm -f '$(MODDIR)/levee.ko'
	$(DEPMOD) -a $(if $(DESTDIR),-b '$(DESTDIR)') $(RELEASE)
	$(MAKE) -C tools uninstall PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)'

# ---- tests ----

.PHONY: check demo bench lab lint captures setup
setup:
	@tests/lab/setup

check: setup
	@tests/run $(addprefix --test ,$(T)) $(addprefix --kernel ,$(KERNEL)) \
		$(addprefix --minutes ,$(MINUTES))

lint: setup
	@tests/run --test lint

demo: setup
	@tests/demo/run $(if $(STORY),stock-6.12 $(STORY))

bench: setup
	@tests/bench/run

lab: setup
	@tests/lab/lab shell $(or $(KERNEL),stock-6.12)

captures: setup
	@tests/captures/table

# ---- clean ----

.PHONY: clean distclean
clean:
	rm -rf build/modules build/lint build/logs* build/run
	rm -f levee*.ko levee*.o levee*.mod levee*.mod.c .levee* .module-common.o* \
		modules.order Module.symvers .modules.order.cmd .Module.symvers.cmd
	find kmod -name '*.o' -o -name '.*.cmd' -o -name '.*.d' | xargs -r rm -f
	[ ! -e tools/Makefile ] || $(MAKE) -C tools clean

distclean: clean
	rm -rf build
