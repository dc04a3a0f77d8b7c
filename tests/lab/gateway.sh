#!/bin/bash
# What "make lab" shows: a shell in a gateway between a client and a server.
# SPDX-License-Identifier: GPL-2.0

top=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$top" || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh
# shellcheck disable=SC2034 # read by setup_ns
LIB_NS_PLAIN=1
topo_gateway

if [ -e "$LAB_MODULE_DIR/levee.ko" ]; then
	insmod "$LAB_MODULE_DIR/levee.ko" && state='levee is loaded'
fi

cat <<-EOF

	Kernel $(uname -r); ${state:-levee is not loaded: there is no module for this kernel}.

	     client                  gateway                  server
	  +----------+  uplink   +-------------+          +-------------+
	  | eth0     |-----------| eth0   eth1 |----------| eth0        |
	  +----------+           +-------------+          +-------------+
	  $CLIENT4       $UPLINK4   $INNER4       $SERVER4
	  $CLIENT6   $UPLINK6  $INNER6    $SERVER6

	You are in the gateway. The others are network namespaces, too:
	  ip netns exec client ping $SERVER4
	  levee hook add dev eth0
	Nothing you do here stays. "exit" switches the guest off.

EOF
rc=$LIB_TMP/bashrc
cat >"$rc" <<-'EOF'
	PS1='gateway# '
	alias client='ip netns exec client' server='ip netns exec server'
EOF
in_ns gateway bash --rcfile "$rc" -i
