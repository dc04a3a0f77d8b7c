# Finds the newest package of a kernel series and fetches packages without installing them.
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

APT_ROOT=$BUILD/apt
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The Debian mirror that this machine's own apt uses.
apt_mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)' \
		'Created-By: Packages' 2>/dev/null |
		awk -F'|' '$2 ~ /^(bookworm|trixie|stable|oldstable)$/ && $3 == "main" { print $1; exit }'
}

apt_host_update() { DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2; }

# An apt of our own that also knows the suites with the newest kernels; what the
# machine has installed and its package sources stay untouched.
apt_newest() {
	local cmd=$1
	shift
	"$cmd" -o Dir::Etc::SourceList="$APT_ROOT/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$APT_ROOT/lists" \
		-o Dir::State::status="$APT_ROOT/status" \
		-o Dir::Cache="$APT_ROOT/cache" \
		-o APT::Sandbox::User=root \
		-o Acquire::Languages=none "$@"
}

apt_newest_update() {
	local uri suite

	uri=$(apt_mirror)
	if [ -z "$uri" ]; then
		apt_host_update
		uri=$(apt_mirror)
	fi
	[ -n "$uri" ] || { say "apt has no Debian mirror configured"; return 1; }
	mkdir -p "$APT_ROOT/lists/partial" "$APT_ROOT/cache/archives/partial"
	: >"$APT_ROOT/status"
	for suite in bookworm trixie-backports sid; do
		echo "deb [signed-by=$KEYRING] $uri $suite main"
	done >"$APT_ROOT/sources.list"
	apt_newest apt-get -qq update >&2
}

# apt_of NAME: the apt that knows the packages of this kernel.
apt_of() {
	local name=$1
	shift
	case $name in
	uml-7) apt_newest "$@" ;;
	*) local cmd=$1; shift; "$cmd" -o APT::Sandbox::User=root "$@" ;;
	esac
}

# newest NAME REGEX: "package version" of the newest package that is named so.
newest() {
	local name=$1 re=$2 pkg ver best='' bestver=''

	while read -r pkg; do
		ver=$(apt_of "$name" apt-cache madison "$pkg" 2>/dev/null |
		      awk -F'|' '{ gsub(/ /, "", $2); print $2 }' | sort -V | tail -n 1)
		[ -n "$ver" ] || continue
		if [ -z "$best" ] || dpkg --compare-versions "$ver" gt "$bestver"; then
			best=$pkg
			bestver=$ver
		fi
	done < <(apt_of "$name" apt-cache pkgnames | grep -E "^$re\$")
	[ -n "$best" ] && echo "$best $bestver"
}

version_find() {
	case $1 in
	stock-6.1) newest "$1" 'linux-image-6\.1\.0-[0-9]+-cloud-amd64' ;;
	stock-6.12) newest "$1" 'linux-image-6\.12\.[0-9]+\+deb[0-9]+-cloud-amd64' ;;
	uml-debug | uml-6.12) newest "$1" 'linux-source-6\.12' ;;
	uml-7) newest "$1" 'linux-source-7\.[0-9]+' ;;
	esac
}

# Notes which package a kernel is made of; with a second argument, asks anew.
version_pin() {
	local name=$1 again=${2-} pin=$BUILD/versions/$1 found

	[ -s "$pin" ] && [ -z "$again" ] && return 0
	mkdir -p "$BUILD/versions"
	if [ "$name" = uml-7 ]; then
		retry 4 apt_newest_update || return 1
	elif [ -n "$again" ] || [ -z "$(version_find "$name")" ]; then
		retry 4 apt_host_update || return 1
	fi
	found=$(version_find "$name")
	[ -n "$found" ] || { say "apt offers no package for $name"; return 1; }
	echo "$found" >"$pin.new"
	mv "$pin.new" "$pin"
}

# fetch NAME DIR PACKAGE=VERSION...: downloads packages into DIR.
fetch() {
	local name=$1 dir=$2
	shift 2
	mkdir -p "$dir"
	(cd "$dir" && retry 4 apt_of "$name" apt-get -qq download "$@" >&2)
}

# A package that left the archive between index and download is not there any
# more: ask anew, once, for what is newest now.
fetch_pinned() {
	local name=$1 dir=$2 packages=$3

	# shellcheck disable=SC2046 # a list
	fetch "$name" "$dir" $($packages "$name") && return 0
	say "could not fetch the packages of $name: asking for newer ones"
	version_pin "$name" again || return 1
	# shellcheck disable=SC2046 # a list
	fetch "$name" "$dir" $($packages "$name")
}
