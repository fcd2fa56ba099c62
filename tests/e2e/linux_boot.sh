#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900
# lab@debian12: --linux debian12,cloud,small
# lab@debug: --linux small
# lab@vmx: --linux debian12,cloud,small
#
# Linux boots, unmodified, finds the machine in order by its own checks
# (guest-images/linux/check), and switches off.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

# counts KERNEL: numbers of vCPUs to boot it with; Bochs takes a minute for Debian's
counts()
{
	if [ "$(atoll -j host | grep -c '"vmx"')" = 0 ] || [ "$1" = small ]; then
		echo 1 2 4
	elif [ "$1" = cloud ]; then
		echo 2
	else
		echo 4
	fi
}

for flavour in $(flavours); do
	for count in $(counts "$flavour"); do
		boots "$flavour" "$count" 320
	done
done
finish
