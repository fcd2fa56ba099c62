#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Wrong arguments give 2 and a sentence, before anything is built or booted.
cd "$(dirname "$0")/../../.." || exit 1

refuses()
{
	local err status=0
	err=$(tests/lab/run "$@" 2>&1 > /dev/null) || status=$?
	[ $status = 2 ] && [ -n "$err" ] && return
	echo "tests/lab/run $*: status $status, '$err'"
	exit 1
}

refuses
refuses --
refuses -k nosuch -- true
refuses -c vax -- true
refuses -m lots -- true
refuses -m 1 -- true
refuses -n 0 -- true
refuses -t soon -- true
refuses --nosuch -- true
refuses -k
refuses --linux
refuses --linux debian12,hurd -- true
refuses -c vmx --shell
refuses -c vmx -n 99 -- true
tests/lab/run --help | grep -q '^usage: ' || { echo "--help prints no usage"; exit 1; }
