#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debian12 -k debug own-boot -m 6144 --append memmap=1026M$6142M -t 400
#
# Pages of 1 GiB: a guest that takes its memory at once, from a range that has a
# whole GiB, beside others that don't.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

# page_at NAME GPA: bytes of the page there
page_at()
{
	atoll -j map "$1" | tr -d '\n' | tr '{' '\n' |
		sed -n "s/.*\"gpa\": *\"0x0*$2\".*\"page_bytes\": *\\([0-9]*\\).*/\\1/p"
}

# It begins 2 MiB before a multiple of 1 GiB
check 'a pool of 1026 MiB' atoll pool add --reserved 6142M+1026M
check 'a guest that takes 1 GiB at once' atoll define a "$guests/tests/ram" --memory 1G --reserve \
	--pool reserved --append kib=1048576
check 'has one page of 1 GiB' is "$(page_at a 0)" 1073741824
check 'audit finds each of its frames' audited
check 'all 262144 of them' is "$(sed -n 's/.*"frames": *\([0-9]*\).*/\1/p' /tmp/audit)" 262144
check 'it starts' atoll start a
check 'prints' atoll console a < /dev/null
check 'and finds its memory good' is "$(number_of a exit_code)" 0
check 'what is left is 2 MiB, for another' atoll run "$guests/hello" --memory 2M --pool reserved \
	--name b --keep
check 'whose page is as large' is "$(page_at b 0)" 2097152
check 'audit of both' audited
check 'they go' atoll undefine a b

# Somebody sits in the middle
check 'a small one first' atoll define b "$guests/hello" --memory 4M --reserve --pool reserved
check 'then one of 1020 MiB' atoll define a "$guests/hello" --memory 1020M --reserve --pool reserved
check 'that has pages of 2 MiB' is "$(page_at a 0)" 2097152
check 'audit of those' audited
check 'they go, too' atoll undefine a b
check 'and the pool, when it is clean' atoll pool remove reserved
finish
