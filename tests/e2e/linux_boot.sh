#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900
# lab@debian12: --linux debian12,cloud,small
# lab@debug: --linux small
# lab@vmx: --linux small
#
# Linux boots, unmodified, finds the machine in order by its own checks
# (guest-images/linux/check), and switches off.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

for flavour in $(flavours); do
	boots "$flavour" 1 256
	boots "$flavour" 2 256
done
boots "$flavour" 4 320
finish
