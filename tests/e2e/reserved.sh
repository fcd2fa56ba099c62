#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: own-boot --append memmap=64M$512M -t 300
#
# A pool of memory that the host was told to leave alone: what may be one and what
# may not, a guest in it, and the module's parameter.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

range=0x20000000+64M
module=/lib/modules/$(uname -r)/extra/atoll.ko

# row NAME: a pool's line for eyes
row() { atoll pool | awk -v name="$1" '/^[a-z]/ { in_pools = $1 == "pools" } in_pools && $1 == name'; }
has_row() { row "$1" | tee /tmp/row | grep -qE "$2"; }
# zero_frames COUNT: so many were looked at, and nothing is amiss
zero_frames()
{
	atoll -j audit --deep > /tmp/audit && grep -q "\"zero_frames\": *$1," /tmp/audit
}
is_ours() { grep -q ' : atoll$' /proc/iomem; }

# ---- ranges that can't be one ---------------------------------------------
refused 'pool 0x10000000+2M: a part of the range is RAM that the host uses' \
	pool add --reserved 0x10000000+2M
refused 'RAM that the host uses' pool add --reserved 0x1fe00000+4M
refused 'RAM that the host uses' pool add --reserved 0x20000000+66M
refused 'pool 0xfee00000+2M: a part of the range is no RAM' pool add --reserved 0xfee00000+2M
refused 'a part of the range is no RAM' pool add --reserved 8G+2M
refused 'pool 0x20001000+2M: the range does not begin and end at a multiple of 2 MiB' \
	pool add --reserved 0x20001000+2M
refused 'a multiple of 2 MiB' pool add --reserved 0x20000000+1M
refused 'the range is empty' pool add --reserved 0x20000000+0
refused 'pool 0xffffffffffe00000+2M: the range wraps' pool add --reserved 0xffffffffffe00000+2M
refused 'the last address that the CPU has' pool add --reserved 0x10000000000000+2M
refused 'pool 0: the size is not a multiple of 2 MiB, or 0' pool add --dynamic 0
refused 'the size is not a multiple of 2 MiB' pool add --dynamic 2000000
refused 'pool 4096G: pool limit is more than there is' pool add --dynamic 4096G
check 'none of that is a pool' [ "$(atoll -j pool | grep -c '"kind":')" = 1 ]
check_not 'and the host has all of it' is_ours

# ---- one that can -------------------------------------------------------
# Where that can be written: something that the machine left there
if [ -c /dev/mem ]; then
	dd if=/dev/urandom of=/dev/mem bs=1048576 seek=512 count=3 conv=notrunc 2> /tmp/dd ||
		cat /tmp/dd
fi
check 'a reserved pool' atoll pool add --reserved $range
check 'is shown' has_row reserved '^ *reserved +reserved +0x20000000 +64M +64M +off +0 +0 +64M +0 +0 +0 +0$'
check 'is ours' is_ours
refused 'the range overlaps that of another pool' pool add --reserved 0x20200000+2M
refused 'there is a pool of that name already' pool add reserved --dynamic 2M
check 'another dynamic pool' atoll pool add --dynamic 4M
check 'has a name of its own' has_row dynamic-2 dynamic
check 'and goes' atoll pool remove dynamic-2
refused "pool dynamic: the default pool can't be removed" pool remove dynamic
refused 'pool none: there is no pool of that name' pool remove none
refused 'pool none: there is no pool of that name' pool resize none 2M
refused 'there is no pool of that name' pool overcommit none on
refused 'define a: there is no pool of that name' define a "$guests/hello" --pool none
refused 'pool 66M: pool limit is more than there is' pool resize reserved 66M
refused 'pool 1M: pool limit is less than 2 MiB' pool resize reserved 1M

# ---- guests in it -------------------------------------------------------
check 'a guest finds zeroes in it' atoll run "$guests/tests/zeroes" --pool reserved --memory 64M \
	--append dirty --name zeroes
check 'and the next does' atoll run "$guests/tests/zeroes" --pool reserved --memory 64M --name zeroes
wait_for 'what it had is cleared' all_clean
check 'a deep audit reads all of that' zero_frames 16384
check 'a guest with half of it' atoll define a "$guests/hello" --pool reserved --memory 32M \
	--reserve --append forever
check 'says where it is' sh -c 'atoll show a | grep -q "^pool *reserved$"'
check 'holds it' has_row reserved '64M +off +32M +32M +32M +0 +[0-9]+ +0 +1$'
refused 'the pool has no room for that much memory' define b "$guests/hello" --pool reserved \
	--memory 34M
refused 'pool reserved: in use: guests are promised 32M of it' pool remove reserved
refused 'guests hold now: 30M is less than 32M' pool resize reserved 30M
check 'starts' atoll start a
check 'audit' audited
check 'a deep one reads the other half' zero_frames 8192
check 'and one beside it, of the default pool' atoll run "$guests/hello"
check 'ends' atoll kill a
check 'starts again' atoll start a
check 'is forgotten' sh -c 'atoll kill a && atoll undefine a'
wait_for 'what it had is cleared' all_clean
check 'the pool has all of it' has_row reserved '64M +off +0 +0 +64M +0 +0 +0 +0$'
check 'a part of it suffices' atoll pool resize reserved 8M
refused 'the pool has no room' define a "$guests/hello" --pool reserved --memory 10M
check 'the pool goes' atoll pool remove reserved
check_not 'and the host has it back' is_ours

# ---- nothing of it is lost, whatever fails --------------------------------
debug=/sys/kernel/debug
if [ -d $debug/failslab ]; then
	for kind in failslab fail_page_alloc; do
		echo N > $debug/$kind/ignore-gfp-wait
		echo 0 > $debug/$kind/verbose
	done
	check 'each allocation fails once' env NLTEST_RANGE=0x20000000+0x4000000 \
		nltest --fail-nth pool-add
	check_not 'and the host has it back' is_ours
fi

# ---- at insmod ----------------------------------------------------------
rmmod atoll
check 'a pool is a parameter' insmod "$module" pool_reserved=512M+32M,0x22000000+32M
check 'both are there' sh -c 'atoll -j pool | grep -q "\"reserved-2\""'
check 'a guest of it' atoll run "$guests/hello" --pool reserved-2
check 'the module goes with pools' rmmod atoll
check_not 'and the host has them back' is_ours
check_not 'a bad one is refused' insmod "$module" pool_reserved=512M+32M,256M+2M
check 'with the reason' sh -c \
	'dmesg | grep -q "pool_reserved=512M+32M,256M+2M: a part of the range is RAM that the host uses"'
check_not 'and no other is left' is_ours
check_not 'nonsense is refused' insmod "$module" pool_reserved=512M
check 'with the reason, too' sh -c 'dmesg | grep -q "pool_reserved=512M: not of the form"'
insmod "$module"
finish
