#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest in a tight loop with interrupts off is paused, resumed and killed,
# and a halted one too.
#
# lab: -k both -t 120
. "$(dirname "$0")/lib.sh"

for image in tests/hostile_spin tests/hostile_hlt_off tests/hostile_io_storm; do
	start_guest g "$image"
	wait_for "$image has made exits" sh -c 'atoll -j show g | grep -q "\"pio\": *[1-9]"'
	check "$image can be paused" atoll pause g
	check "$image is paused" state_is g paused
	check "$image can be resumed" atoll resume g
	check "$image runs again" state_is g running
	check "$image can be killed" atoll kill g
	check "$image has stopped" state_is g stopped
	atoll undefine g
done

life()
{
	atoll define g "$guests/tests/hostile_spin" && atoll start g && atoll kill g && atoll undefine g
}

i=0
while [ $i -lt 50 ]; do
	life || fail "round $i"
	i=$((i + 1))
done
pass "50 rounds of define, start, kill, undefine"
finish
