# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# How much memory the host has given away, to the byte as far as it can tell: for
# what compares that with what Atoll says.  Sourced, not run.
#
# Objects count, not the slabs that they are in, which come and go in their own
# time; and all pages but those, free ones, and those of files and processes.

# Have the kernel give up what it only keeps at hand
settle()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
	# What was freed is free only after a grace period
	sleep 1
	for cache in /sys/kernel/slab/*; do
		[ -h "$cache" ] || echo 1 > "$cache/shrink"
	done
	# Each CPU's changes go into the sums
	[ ! -e /proc/sys/vm/stat_refresh ] || echo 1 > /proc/sys/vm/stat_refresh
}

# Bytes, at this moment
used_now()
{
	awk '
		FILENAME == "/proc/slabinfo" && $2 ~ /^[0-9]+$/ { objects += $2 * $4 }
		/^MemTotal:/ { pages += $2 }
		/^(MemFree|Buffers|Cached|AnonPages|PageTables|Slab):/ { pages -= $2 }
		$1 == "count:" { pages -= 4 * $2 }
		END { printf "%.0f\n", pages * 1024 + objects }
	' /proc/slabinfo /proc/meminfo /proc/zoneinfo
}

# Bytes.  A process that has just ended, and a slab that a CPU has begun, seem to be
# used for a while: the least of several looks is the best one
host_used()
{
	for _ in 1 2 3 4; do
		settle
		used_now
	done | sort -n | head -n 1
}

# said KIND: a line for each guest with what it is said to cost
said() { atoll -j show | sed -n "s/.*\"$1\": *\\([0-9]*\\).*/\\1/p"; }
# Of a column of numbers
sum() { awk '{ n += $1 } END { printf "%.0f\n", n }'; }
