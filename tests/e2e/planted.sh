#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the audit has to find is planted, one of each kind, in guests that run, and
# found by its name.  Only modules that have tests/kunit/plant.c inside can do so: on
# the debug kernel, with NPT and SVM's maps, the one with the KUnit suites; with EPT
# and VT-x's controls one for the small kernel.
#
# lab: -k debug -k vmx -t 300
# lab@debug: --module build/debug-kunit/atoll.ko --append kunit.enable=0
# lab@vmx: --module build/small-plant/atoll.ko
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

plant=/sys/module/atoll/parameters/plant

# found KIND GUEST SENTENCE
found()
{
	kind=$1 where=$2 sentence=$3
	if ! echo "$kind $where" > $plant; then
		fail "$kind: it can't be planted in $where"
		return
	fi
	atoll audit --deep > /tmp/audit 2>&1
	status=$?
	echo undo > $plant
	if [ $status = 1 ] && grep -q "$sentence" /tmp/audit; then
		pass "$kind: $(grep "$sentence" /tmp/audit | head -n 1)"
	else
		fail "$kind: status $status, and nothing of \"$sentence\""
		sed 's/^/    /' /tmp/audit
	fi
}

check 'one guest runs' start_guest a hello --memory 64M --append forever
# Its RAM ends within an extent, which is there from the start
check 'another' start_guest b hello --memory 7M --reserve --append forever
check 'a third is defined' atoll define idle "$guests/hello" --memory 4M --vcpus 2
wait_for 'the first has something' sh -c 'atoll -j show a | grep -q "resident_bytes\": *[1-9]"'
check 'nothing is amiss' atoll audit --deep

found host a "a: gpa 0x3000000 is mapped to the host's frame 0x"
found table a "a: gpa 0x3000000 is mapped to the host's frame 0x"
found foreign a 'a: gpa 0x3000000 is mapped to frame 0x[0-9a-f]* of another guest'
found twice a 'a: gpa 0x3000000 is mapped to frame 0x[0-9a-f]*, which lies elsewhere in RAM'
found behind a 'a: gpa 0x4000000 is mapped to frame 0x[0-9a-f]* and is not RAM'
found loan a 'a: the table for gpa 0x[0-9a-f]*, 0x[0-9a-f]*, lies in guest memory'
found loop a 'a: the table for gpa 0x[0-9a-f]*, 0x[0-9a-f]*, was never made for that'
found bits a 'a: the entry for gpa 0x[0-9a-f]*, 0x[0-9a-f]*, has bits that none has'
found stray a 'a: the entry for gpa 0x[0-9a-f]*, 0x1000, is not present and not 0'
found count a 'a: [0-9]* extents are mapped, and [0-9]* are held'
found record a 'a: the pool has [0-9]* extents on record, and [0-9]* are held'
found orphan a 'pool: 0x[0-9a-f]* is on record for a guest that is no more'
found dirt b 'b: frame 0x[0-9a-f]*, behind the end of RAM, is not zero'
found lent a 'a: gpa 0x3000000 can write to frame 0x[0-9a-f]*, which guests share'
found loans a 'a: [0-9]* shared frames are mapped, and [0-9]* are counted'
found written a 'zeroes: frame 0x[0-9a-f]*, which guests share, is not zero'
found msr a 'permissions: MSR 0xc0000080 can be written without an exit'
found root idle 'idle: vCPU 1 has other tables than vCPU 0'
# With SVM each port has a bit, and each vCPU says where its maps are
if [ "$(pace)" != vmx ]; then
	found port a 'permissions: port 0xcf9 can be used without an exit'
	found unguarded idle 'idle: vCPU 1 does not heed the permission maps'
fi
# NPT has no memory types, and what is there can be read
if [ "$(pace)" = vmx ]; then
	found type a 'a: the entry for gpa 0x[0-9a-f]*, 0x[0-9a-f]*17, has bits that none has'
	found unreadable a 'a: the entry for gpa 0x[0-9a-f]*, 0x[0-9a-f]*2, has bits that none has'
fi

check 'nothing is amiss any more' atoll audit --deep
check 'the first still runs' state_is a running
check 'all can be killed' atoll kill a b

# With VT-x all vCPUs are told the same by one word.  A guest that runs may be given it
# anew at any time, and would have the host's ports: so none runs
if [ "$(pace)" = vmx ]; then
	wait_for 'no guest runs' cpus_on 0
	found port idle 'permissions: port 0x0 can be used without an exit'
	found unguarded idle 'idle: vCPU 1 does not heed the permission maps'
	check 'nothing is amiss at last' atoll audit --deep
fi
check 'and forgotten' atoll undefine a b idle
check 'no memory is held' [ "$(pool_used) $(pool_promised)" = '0 0' ]
finish
