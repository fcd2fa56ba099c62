#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bench/memory measures what it says, and leaves all as it was.  What memory costs is
# not judged here, but what doesn't depend on the clock is: who touched how much in
# pages of which size, and that a guest's size is not in what it costs.
#
# lab: -k vmx -k debian12 -t 300 --icount
# lab: own-boot
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

bench=$(dirname "$0")/../../bench
small=/sys/module/atoll/parameters/small_pages
mib=1048576

# part WHERE FIELD: a number of the element that begins with WHERE
part()
{
	tr '{' '\n' < /tmp/memory.json | grep -F "$1" | head -n 1 |
		sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}
# touched PAGE ACCESS FIELD, and taken PAGE FIELD
touched() { part "\"page\":\"$1\",\"access\":\"$2\"" "$3"; }
taken() { part "\"page\":\"$1\",\"kvm_memory\"" "$2"; }
# request BYTES VERB: what the kernel took for it
request()
{
	sed -n "s/.*\"memory_bytes\":$1,[^{]*\"request\":{\\([^}]*\\)}.*/\\1/p" /tmp/memory.json |
		sed -n "s/.*\"$2\":\\([0-9]*\\).*/\\1/p"
}
settings()
{
	cat $small /proc/sys/kernel/printk /proc/sys/vm/nr_hugepages 2> /dev/null
	atoll -j pool | grep overcommit
}
refused_for()
{
	! "$bench/memory" -n 1 > /dev/null 2> /tmp/memory.err && grep -q "$1" /tmp/memory.err
}
refuses_pages()
{
	! "$bench/kvm" -p 1G "$guests/hello" > /dev/null 2> /tmp/memory.err &&
		grep -q '4K, hugetlb or thp' /tmp/memory.err
}

settings > /tmp/settings
check 'the benchmark runs' "$bench/memory" -j
cp /tmp/check.out /tmp/memory.json
cat /tmp/memory.json
check 'it prints JSON' sh -c 'cli_json < /tmp/memory.json'
check 'and knows that this clock counts instructions' \
	grep -q '"unit":"instructions"' /tmp/memory.json
for page in 2M 4K; do
	check "first write to $page: under Atoll" at_least "$(touched $page touch atoll)" 1
	check "first write to $page: under KVM" at_least "$(touched $page touch kvm)" 1
	check "first write to $page: zeroing is a part of it" at_most "$(taken $page zeroing)" \
		"$(touched $page touch atoll)"
	check "first read of $page: has a figure" at_least "$(touched $page read atoll)" 1
	check "first read of $page: nothing is zeroed for it" at_most \
		"$(touched $page read atoll)" "$(touched $page touch atoll)"
	check "a write after that to $page: zeroing is a part of it" at_most \
		"$(taken $page zeroing)" "$(touched $page change atoll)"
done
check 'of so many' is "$(touched 2M touch count) $(touched 4K touch count)" '31 4096'
check 'read first' is "$(touched 2M read count) $(touched 4K change count)" '9 1024'
check 'in extents: what was touched, and the image' is \
	"$(taken 2M resident_bytes) $(taken 2M small_pages_bytes)" "$((51 * 2 * mib)) 0"
check 'in frames only' is "$(taken 4K resident_bytes)" "$(taken 4K small_pages_bytes)"
pages=$((31 + 4096 + 9 + 1024))
check 'what was touched' at_least "$(taken 4K resident_bytes)" $((pages * 4096))
check 'and the image, no more' at_most "$(taken 4K resident_bytes)" $(((pages + 64) * 4096))
for verb in define start undefine; do
	check "$verb: has a figure" at_least "$(request $((128 * mib)) $verb)" 1
	check "$verb: 16 GiB cost no more than twice what 128 MiB do" at_most \
		"$(request $((16384 * mib)) $verb)" $(($(request $((128 * mib)) $verb) * 2))
done
check 'the audit looked at each page' at_least "$(part '"fixed"' frames)" $((64 * 256))
check 'and what it took is more than without a guest' at_least \
	"$(part '"fixed"' total)" "$(part '"fixed"' fixed)"
settings > /tmp/settings.after
check 'all is as it was' cmp /tmp/settings /tmp/settings.after

check 'it prints a table' "$bench/memory" -n 1
cp /tmp/check.out /tmp/memory.table
check 'with what is left out' grep -q '^Left out: ' /tmp/memory.table

check 'the harness for KVM refuses pages that it does not know' refuses_pages
check 'a guest' atoll define other "$guests/hello"
check 'it wants to be alone' refused_for 'there are guests'
check 'forgotten' atoll undefine other
finish
