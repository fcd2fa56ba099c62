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

# boots KERNEL VCPUS MIB: its checks pass, and it ends by itself
boots()
{
	what="$1, $2 vCPUs, $3 MiB"
	run_linux "$1" "$1" "$2" "$3" atoll.do=check
	status=$?
	if [ $status = 0 ] && said "$1" | grep -q '^check: 0 failed' &&
			said "$1" | grep -q '^init: off'; then
		pass "$what: boots, checks and switches off"
	else
		fail "$what: boots, checks and switches off (status $status)"
		show_said "$1"
	fi
}

for flavour in $(flavours); do
	boots "$flavour" 1 256
	boots "$flavour" 2 256
done
boots "$flavour" 4 320
finish
