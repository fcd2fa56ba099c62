#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debian12 own-boot --append numa=fake=2
#
# A host of two NUMA nodes: a guest's memory comes from the one that it is told, or
# not at all.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

free_mib()
{
	awk '$3 == "MemFree:" { print int($4 / 1024) }' "/sys/devices/system/node/node$1/meminfo"
}
# Of both nodes, what is less than "$before" had
spent() { echo "$((${before% *} - $(free_mib 0))) $((${before#* } - $(free_mib 1)))"; }
spent_on()
{
	now=$(spent)
	echo "MiB taken of the two: $now"
	if [ "$1" = 0 ]; then mine=${now% *} other=${now#* }; else mine=${now#* } other=${now% *}; fi
	[ "$mine" -ge "$2" ] && [ "$other" -lt $(($2 / 2)) ]
}

check 'the host has two nodes' [ -d /sys/devices/system/node/node1 ]
for node in 0 1; do
	before="$(free_mib 0) $(free_mib 1)"
	check "node $node: 64 MiB of it at once" \
		atoll define a "$guests/tests/ram" --memory 64M --reserve --node $node \
		--append kib=65536
	check "node $node: come from it" spent_on $node 60
	check "node $node: show says so" [ "$(number_of a numa_node)" = $node ]
	check "node $node: a guest lives there" sh -c 'atoll start a && atoll console a < /dev/null'
	check "node $node: and finds its memory good" [ "$(number_of a exit_code)" = 0 ]
	check "node $node: audit" audited
	check "node $node: it goes" atoll undefine a
	wait_for "node $node: what it had is cleared" all_clean
done

before="$(free_mib 0) $(free_mib 1)"
check 'elastic: a guest that touches 48 MiB' atoll run "$guests/tests/ram" --memory 48M \
	--node 1 --append kib=49152 --name b --keep
check 'elastic: has them from its node' spent_on 1 44
check 'elastic: it goes' atoll undefine b
wait_for 'elastic: what it had is cleared' all_clean

refused 'define c: the host has no such NUMA node' define c "$guests/hello" --node 2
refused 'the host has no such NUMA node' define c "$guests/hello" --node 4294967295
# More than a node has, and less than the pool promises
all=$(awk '$3 == "MemTotal:" { print int($4 / 1024) }' /sys/devices/system/node/node1/meminfo)
check 'the pool would have more' atoll pool resize $((all * 3 / 2))M
refused 'the NUMA node has no free 2 MiB extents left' \
	define c "$guests/hello" --memory $((all + 32))M --reserve --node 1
wait_for 'what was taken is cleared' all_clean
check 'and nothing is held' is "$(pool promised) $(pool used)" '0 0'
check 'any node, if none is told: all null' sh -c \
	"atoll define d $guests/hello && atoll -j show d | grep -q '\"numa_node\": *null'"
check 'forgotten' atoll undefine d
finish
