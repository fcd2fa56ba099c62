#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# CPUs come and go, and the machine sleeps, while guests run.
#
# lab: -k debian12 -k debug -n 3 -t 180
# lab: own-boot
. "$(dirname "$0")/lib.sh"

online() { echo "$2" > "/sys/devices/system/cpu/cpu$1/online"; }

cpus=$(nproc)
last=$((cpus - 1))

# The module's word for where virtualization is on is "cpus_on".  With SVM, the
# trace of what is written to EFER tells whether it is true; CR4, where VT-x has
# its bit, leaves no trace.
trace=/sys/kernel/tracing
has_svm() { grep -qw svm /proc/cpuinfo; }
check_svme() { ! has_svm || check "$@"; }

trace_efer()
{
	echo 'msr == 0xc0000080' > "$trace/events/msr/write_msr/filter" &&
		echo 1 > "$trace/events/msr/write_msr/enable"
}

# svme_was CPU " off on": what has become of its EFER.SVME, since the last question
svme_was()
{
	was=$(sed -n "s/.*\[00$1\].* write_msr: c0000080, value //p" "$trace/trace" |
		while read -r efer; do
			[ $((0x$efer & 0x1000)) -eq 0 ] && printf ' off' || printf ' on'
		done)
	echo > "$trace/trace"
	echo "CPU $1:$was"
	[ "$was" = "$2" ]
}

# online_all YES: each CPU but the first
online_all()
{
	cpu=$last
	while [ $cpu -gt 0 ]; do
		online "$cpu" "$1" || return 1
		cpu=$((cpu - 1))
	done
}

check "no CPU has virtualization on before the first guest" cpus_on 0
check_svme "writes to EFER can be traced" trace_efer
start_guest busy tests/hostile_spin
start_guest sum tests/checksum --append 'rounds=1000000'
check "every CPU has it while guests run" cpus_on "$cpus"
check_svme "and was not told twice" svme_was "$last" " on"
check "a CPU can go offline" online "$last" 0
check "and counts as off" cpus_on "$last"
check_svme "and has it off" svme_was "$last" " off"
check "a CPU can come back" online "$last" 1
check "and counts as on" cpus_on "$cpus"
check_svme "and has it on" svme_was "$last" " on"

i=0
while [ $i -lt 10 ]; do
	if ! online_all 0 || ! online_all 1; then
		fail "hotplug in round $i"
	fi
	i=$((i + 1))
done
check "the guests went on through 10 rounds of it" state_is busy running
check "both of them" state_is sum running
check "every CPU is on again" cpus_on "$cpus"

start_guest pinned tests/hostile_spin --pin "$last"
check "a guest can be pinned to the last CPU" state_is pinned running
check "which goes offline under it" online "$last" 0
check "and it goes on elsewhere" state_is pinned running
check "until it is killed" atoll kill pinned
check "it can't start while its CPU is offline" sh -c "! atoll start pinned"
check "the CPU comes back" online "$last" 1
check "then it can" atoll start pinned
atoll kill pinned
atoll undefine pinned

if [ -w /sys/power/state ] && grep -q mem /sys/power/state; then
	echo devices > /sys/power/pm_test 2> /dev/null
	echo core > /sys/power/pm_test 2> /dev/null
	check "the machine suspends and resumes (pm_test=$(sed 's/.*\[\(.*\)\].*/\1/' /sys/power/pm_test))" \
		sh -c 'echo > /sys/kernel/tracing/trace 2> /dev/null; echo mem > /sys/power/state'
	check_svme "the boot CPU had it off meanwhile" svme_was 0 " off on"
	check "every CPU is on after it" cpus_on "$cpus"
	check "the guests went on" state_is busy running
	check "both of them" state_is sum running
else
	echo "note: this kernel can't suspend"
fi

if grep -q disk /sys/power/state; then
	check "the machine does not hibernate while guests hold memory" \
		sh -c '! echo disk > /sys/power/state'
	check "and says why" sh -c "dmesg | grep -q 'no hibernation while guests hold memory'"
	check "the guests went on" state_is sum running
fi

atoll kill busy
check "with the last guest" cpus_on "$cpus"
atoll kill sum
check "it is off everywhere" cpus_on 0
check "so a guest can start again" atoll start sum
atoll kill sum
atoll undefine busy sum
finish
