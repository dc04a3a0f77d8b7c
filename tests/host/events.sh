#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What levee monitor and suggest say without a kernel module. It fails when bad input is
# taken, or is not named.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

good monitor
good monitor attack
good -j monitor hook table ban attack
bad 'monitor "x": expected attack, ban, table or hook' monitor x
bad 'monitor "ban,hook": expected attack, ban, table or hook' monitor ban,hook
bad '"ban": nothing is expected after "help"' monitor help ban
good suggest
good suggest policy www class syn headroom 3
good -j suggest headroom 100
bad '"x": unknown keyword; expected one of: policy, class, headroom' suggest x
bad 'headroom "0": expected a number from 1 to 100' suggest headroom 0
bad 'headroom "101": expected a number from 1 to 100' suggest headroom 101
bad 'headroom "2x": expected a number from 1 to 100' suggest headroom 2x
bad '"headroom" must be followed by a value: N' suggest headroom
bad '"ban": nothing is expected after "help"' suggest help ban
ktap_finish
