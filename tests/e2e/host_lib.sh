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
	for cache in /sys/kernel/slab/*; do
		[ -h "$cache" ] || echo 1 > "$cache/shrink"
	done
	# Each CPU's changes go into the sums
	[ ! -e /proc/sys/vm/stat_refresh ] || echo 1 > /proc/sys/vm/stat_refresh
}

# Bytes
host_used()
{
	settle
	awk '
		FILENAME == "/proc/slabinfo" && $2 ~ /^[0-9]+$/ { objects += $2 * $4 }
		/^MemTotal:/ { pages += $2 }
		/^(MemFree|Buffers|Cached|AnonPages|PageTables|Slab):/ { pages -= $2 }
		$1 == "count:" { pages -= 4 * $2 }
		END { printf "%.0f\n", pages * 1024 + objects }
	' /proc/slabinfo /proc/meminfo /proc/zoneinfo
}

# said KIND: a line for each guest with what it is said to cost
said() { atoll -j show | sed -n "s/.*\"$1\": *\\([0-9]*\\).*/\\1/p"; }
# Of a column of numbers
sum() { awk '{ n += $1 } END { printf "%.0f\n", n }'; }
