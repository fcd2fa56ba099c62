#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900 -k debian12 -k debug
# lab@debian12: --linux debian12,cloud,small
# lab@debug: --linux small
#
# Linux with far more processors than the host has boots, passes its checks,
# and has no lock-up to report.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

counts='8 16'
[ "$(pace)" != debug ] || counts=8

for flavour in $(flavours); do
	for count in $counts; do
		boots "$flavour" "$count" 320
	done
done
finish
