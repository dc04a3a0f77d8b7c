#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What levee monitor says without a kernel module. It fails when bad input is taken, or is
# not named.
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
ktap_finish
