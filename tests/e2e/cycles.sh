#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A thousand lives of a guest leave the host's memory as it was.  What counts
# are the pages that are neither free nor easily freed, and the slabs.
#
# lab: -t 300
# lab@debian12: own-boot
# lab@vmx: own-boot
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-1000}

drop() { sync; echo 3 > /proc/sys/vm/drop_caches; sleep 1; }
# Free pages, and those that CPUs keep at hand, whole extents among them
free_kb()
{
	awk '/^MemFree:/ { n += $2 } $1 == "count:" { n += 4 * $2 } END { print n }' \
		/proc/meminfo /proc/zoneinfo
}
slab_kb() { awk '/^Slab:/ { print $2 }' /proc/meminfo; }

# The first lives fill caches of the kernel's own
check "the first lives" lives "$guests/tests/hostile_spin" 4194304 50
drop
free0=$(free_kb)
slab0=$(slab_kb)
check "$rounds lives" lives "$guests/tests/hostile_spin" 4194304 "$rounds"
wait_for "what they had is cleared" all_clean
drop
free1=$(free_kb)
slab1=$(slab_kb)
echo "free $free0 -> $free1 KiB, Slab $slab0 -> $slab1 KiB"

# The debug kernel keeps what is freed in quarantine for a while, and notes on
# everything; there it is kmemleak that judges, when the machine is done
if [ -e /sys/kernel/debug/kmemleak ]; then
	check "no memory is held" [ "$(pool_used) $(pool_promised)" = "0 0" ]
	finish
fi

# One leaked page a life would be 4000 KiB, one leaked object of 512 bytes 500;
# smaller ones are kmemleak's
check "free memory is back to within 1 MiB" [ $((free0 - free1)) -lt 1024 ]
check "Slab is back to within 512 KiB" [ $((slab1 - slab0)) -lt 512 ]
check "no memory is held" [ "$(pool_used) $(pool_promised)" = "0 0" ]
finish
