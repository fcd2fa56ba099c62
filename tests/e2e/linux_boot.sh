#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 1500
# lab@debian12: --linux debian12,cloud,small
# lab@debug: --linux small
# lab@vmx: --linux debian12,cloud,small
#
# Linux boots, unmodified, finds the machine in order by its own checks
# (guest-images/linux/check), and switches off.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

for flavour in $(flavours); do
	for count in 1 2 4; do
		boots "$flavour" "$count" 320
	done
done
finish
