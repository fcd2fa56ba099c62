#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A thousand lives of a guest leave the host's memory as it was.  What counts
# are the pages that are neither free nor easily freed, and the slabs.
#
# lab: -k both -t 300
# lab: own-boot
. "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-1000}

drop() { sync; echo 3 > /proc/sys/vm/drop_caches; sleep 1; }
free_kb() { awk '/^MemFree:/ { print $2 }' /proc/meminfo; }
slab_kb() { awk '/^Slab:/ { print $2 }' /proc/meminfo; }

life()
{
	atoll define g "$guests/tests/hostile_spin" --memory 4M && atoll start g &&
		atoll kill g && atoll undefine g
}

# The first lives fill caches of the kernel's own
i=0
while [ $i -lt 50 ]; do
	life || fail "warm-up $i"
	i=$((i + 1))
done
drop
free0=$(free_kb)
slab0=$(slab_kb)

i=0
while [ $i -lt "$rounds" ] && [ $failures -eq 0 ]; do
	life || fail "life $i"
	i=$((i + 1))
done
drop
free1=$(free_kb)
slab1=$(slab_kb)
echo "MemFree $free0 -> $free1 KiB, Slab $slab0 -> $slab1 KiB after $i lives"

# One leaked page a life would be 4000 KiB, one leaked 64-byte object 62 KiB
check "MemFree is back to within 2 MiB" [ $((free0 - free1)) -lt 2048 ]
check "Slab is back to within 512 KiB" [ $((slab1 - slab0)) -lt 512 ]
check "no memory is held" [ "$(pool_used)" = 0 ]
finish
