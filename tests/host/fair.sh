#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the command says without a kernel module about limits that are shared fairly. It
# fails when bad input is taken, is not named, or ends with another status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/host/cli-lib.sh
. "$(dirname "$0")/cli-lib.sh"

set=(limit set www syn rate 20k/s per 0)
share='who has one share is a source prefix length from 1 to 32, and from 1 to 128 for IPv6'

good "${set[@]}" fair
good "${set[@]}" fair burst 4k
good "${set[@]}" mark 1 fair
for text in 24 24,56 32,64 1,1 32,128; do
	good "${set[@]}" fair fair-per "$text"
	good "${set[@]}" fair-per "$text" fair
done
for text in 0 0,64 24,0 none,64 24,none; do
	bad "fair-per \"$text\": $share" "${set[@]}" fair fair-per "$text"
done
bad 'fair-per "33": the IPv4 source prefix length must be a number from 0 to 32, or none' \
	"${set[@]}" fair fair-per 33
bad 'fair-per "24,129": the IPv6 source prefix length must be a number from 0 to 128, or none' \
	"${set[@]}" fair fair-per 24,129
bad '"fair-per" must be followed by a value: LEN[,LEN6]' "${set[@]}" fair fair-per
bad '"fair-per" goes with "fair"' "${set[@]}" fair-per 24
bad '"fair" is given twice' "${set[@]}" fair fair
ktap_finish
