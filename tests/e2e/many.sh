#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Two hundred small guests at once: each costs the same, and as much as it is said
# to; all live, all go, and what they had is back.  And a guest of 128 MiB with
# one vCPU costs the host no more than 64 KiB beside what it may.
#
# lab: -k debian12 -k vmx -t 240
# lab: own-boot -n 1
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/host_lib.sh
. "$(dirname "$0")/host_lib.sh"

# Bochs takes its time
nr=200
! grep -qw vmx /proc/cpuinfo || nr=100
image=$guests/tests/hostile_hlt_off

names() { seq "$1" | sed 's/^/small/'; }
define_all()
{
	for name in $(names "$1"); do
		atoll define "$name" "$image" --memory 2M || return 1
	done
}
# shellcheck disable=SC2046 # a list of words
each() { verb=$1; shift; atoll "$verb" $(names "$1"); }
a_few() { define_all 5 && each start 5 && each kill 5 && each undefine 5; }
how_many() { atoll -j show | grep -c "\"state\": *\"$1\""; }
all_are() { [ "$(how_many "$1")" = "$2" ]; }
within() { echo "$1, of $2 to $3"; [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
smallest() { sort -n | head -n 1; }
largest() { sort -n | tail -n 1; }

# ---- one of 128 MiB ---------------------------------------------------------
check 'a guest of 128 MiB, all of it taken' atoll define big "$guests/hello" --memory 128M \
	--reserve --append forever
check 'starts' atoll start big
atoll show big | sed -n '/^overhead/,/^uptime/p'
beside=$(($(said total) - $(said stacks) - $(said output)))
check "beside RAM, stack and output it costs $beside bytes, 64 KiB at most" [ "$beside" -le 65536 ]
atoll kill big
atoll undefine big

# ---- many small ones ---------------------------------------------------------
# The first ones fill caches of the kernel's own
check 'a few come and go' a_few
wait_for 'and what they had is cleared' all_clean
before=$(host_used)
check "$nr small guests are defined" define_all $nr
check 'and started' each start $nr
wait_for 'all halt' all_are halted $nr
check 'all run' all_are running $nr
said=$(said total | sum)
resident=$(atoll -j pool | sed -n 's/.*"used_bytes": *\([0-9]*\).*/\1/p' |
	head -n 1)
used=$(host_used)
check 'each costs the same, to within 512 bytes' \
	within $(($(said total | largest) - $(said total | smallest))) 0 512
check 'they are killed' each kill $nr
check 'they are forgotten' each undefine $nr
check 'no guest is left' all_are running 0
check 'no memory is held' [ "$(pool_used) $(pool_promised)" = '0 0' ]
wait_for 'what they had is cleared' all_clean
after=$(host_used)
# Not against what it was before: with so many, caches of the kernel's own have grown
lost=$((used - after - resident))
echo "each of $nr: $((said / nr)) bytes were said, $((lost / nr)) are back"
check 'what was said is what the host has more now, to within 1024 bytes' \
	within $(((said - lost) / nr)) -1024 1024
echo "$((after - before)) bytes are not back"
check 'but for those caches all is back, to within 256 KiB' \
	within $((after - before)) -262144 262144
finish
