#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k vmx-debian12 own-boot -t 300
#
# The machine sleeps while guests run on VT-x, and they go on.  It stops short of the
# firmware (pm_test=core), with virtualization off on the CPU that is left.  For SVM
# hotplug.sh has this, with more CPUs than Bochs boots with.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

suspend() { echo mem > /sys/power/state; }
# What the guest has summed up so far
rounds() { atoll -j show sum | sed -n 's/.*"console_pending": *\([0-9]*\).*/\1/p'; }
goes_on() { [ "$(rounds)" -gt "$before" ]; }

start_guest busy tests/hostile_spin
start_guest sum tests/checksum --append 'rounds=1000000'
check "virtualization is on" cpus_on 1
check "a suspend can stop behind the last CPU's own" sh -c 'echo core > /sys/power/pm_test'
for round in 1 2; do
	check "round $round: the machine suspends and resumes" suspend
	check "round $round: virtualization is on again" cpus_on 1
	check "round $round: the guests went on" state_is busy running
	check "round $round: both of them" state_is sum running
	before=$(rounds)
	wait_for "round $round: and one still sums up" goes_on
done
check "they are killed" atoll kill busy sum
check "it is off" cpus_on 0
check "and a guest can start again" atoll start busy
check "and ends" atoll kill busy
atoll undefine busy sum
finish
