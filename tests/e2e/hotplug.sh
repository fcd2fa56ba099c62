#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# CPUs come and go, and the machine sleeps, while guests run.
#
# lab: -k both -n 3 -t 180
# lab: own-boot
. "$(dirname "$0")/lib.sh"

online() { echo "$2" > "/sys/devices/system/cpu/cpu$1/online"; }

check "no CPU has SVM on before the first guest" cpus_on 0
start_guest busy tests/hostile_spin
start_guest sum tests/checksum --append 'rounds=1000000'
check "every CPU has it while guests run" cpus_on 3
check "a CPU can go offline" online 2 0
check "and has it off" cpus_on 2
check "a CPU can come back" online 2 1
check "and has it on" cpus_on 3

hotplug_round() { online 2 0 && online 1 0 && online 2 1 && online 1 1; }

i=0
while [ $i -lt 10 ]; do
	hotplug_round || fail "hotplug in round $i"
	i=$((i + 1))
done
check "the guests went on through 10 rounds of it" state_is busy running
check "both of them" state_is sum running
check "every CPU is on again" cpus_on 3

if [ -w /sys/power/state ] && grep -q mem /sys/power/state; then
	echo devices > /sys/power/pm_test 2> /dev/null
	echo core > /sys/power/pm_test 2> /dev/null
	check "the machine suspends and resumes (pm_test=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/power/pm_test))" \
		sh -c 'echo mem > /sys/power/state'
	check "every CPU is on after it" cpus_on 3
	check "the guests went on" state_is busy running
	check "both of them" state_is sum running
else
	echo "note: this kernel can't suspend"
fi

atoll kill busy
check "with the last guest" cpus_on 3
atoll kill sum
check "it is off everywhere" cpus_on 0
atoll undefine busy sum
finish
