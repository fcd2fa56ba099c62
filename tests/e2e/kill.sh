#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest in a tight loop with interrupts off is paused, resumed and killed,
# and a halted one too.
#
# lab: -t 240
. "$(dirname "$0")/lib.sh"

# How often the guest has exited, by kind
exits() { atoll -j show g | sed -n '/"exits"/,/}/p'; }
goes_on() { [ "$(exits)" != "$1" ]; }

# A halted one makes no exits, but its vCPU tells what it does
stands_still()
{
	before=$(exits)
	sleep 0.3
	[ "$(exits)" = "$before" ] && atoll -j show g | grep '"state": *"held"'
}

runs_again()
{
	before=$(exits)
	if [ "$image" = tests/hostile_hlt_off ]; then
		wait_for "$image halts again" sh -c 'atoll -j show g | grep -q "\"state\": *\"halted\""'
	else
		wait_for "$image goes on" goes_on "$before"
	fi
}

for image in tests/hostile_spin tests/hostile_hlt_off tests/hostile_io_storm; do
	start_guest g "$image"
	wait_for "$image has made exits" sh -c 'atoll -j show g | grep -q "\"pio\": *[1-9]"'
	check "$image can be paused" atoll pause g
	check "$image is paused" state_is g paused
	check "$image stands still" stands_still
	check "$image can be resumed" atoll resume g
	check "$image runs again" state_is g running
	runs_again
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
