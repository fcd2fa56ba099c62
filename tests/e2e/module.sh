#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The module comes and goes: refused while guests run, clean otherwise.
#
# lab: -t 120
. "$(dirname "$0")/lib.sh"

module=/lib/modules/$(uname -r)/extra/atoll.ko

start_guest busy tests/hostile_spin
check_not "rmmod is refused while a guest runs" rmmod atoll
check "the log names the guest that holds the module" sh -c 'dmesg | grep -q "atoll: guest busy runs"'
check "the guest still runs" state_is busy running
atoll pause busy
check_not "rmmod is refused while a guest is paused" rmmod atoll
atoll kill busy
check "rmmod works with a stopped guest defined" rmmod atoll
check_not "the module is gone" grep -q "^atoll " /proc/modules

check "the command has the kernel load it again" atoll host
check "no guest is defined" [ "$(atoll list | wc -l)" -le 1 ]
atoll define idle "$guests/hello"
check "rmmod works with a guest that never ran" rmmod atoll

free_kb() { awk '/^MemFree:/ { print $2 }' /proc/meminfo; }

free=$(free_kb)
i=0
while [ $i -lt 20 ]; do
	insmod "$module" || fail "insmod in round $i"
	start_guest "g$i" hello --reserve || fail "guest in round $i"
	atoll kill "g$i" 2> /dev/null	# unless it has ended by itself
	rmmod atoll || fail "rmmod in round $i"
	i=$((i + 1))
done
pass "20 rounds of insmod, guest and rmmod"
# A guest holds 16 MiB: not given back, that would be 320
check "and no memory is held" [ $((free - $(free_kb))) -lt 131072 ]

insmod "$module" pool_limit_mb=8
check "the pool's limit is a module parameter" sh -c 'atoll -j host | grep -q "\"pool_limit_bytes\": *8388608"'
check_not "a guest larger than the pool is refused" atoll define big "$guests/hello" --memory 10M
check "one that fits is not" atoll define small "$guests/hello" --memory 8M --reserve
check_not "and then the pool is full" atoll define more "$guests/hello" --memory 2M
check "a refused define holds nothing" [ "$(pool_used) $(pool_promised)" = "8388608 8388608" ]
atoll undefine small
check "with another limit, too, the module goes" rmmod atoll
finish
