#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900
# lab@debian12: --linux cloud
# lab@debug: --linux small
# lab@vmx: --linux small
#
# How Linux ends: it switches off, panics, reboots, is told to stop.

# shellcheck disable=SC1091,SC2154 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"
flavour=$(flavours | head -n 1)
# The small kernel can't load another one, nor be told of the power button
reboots=10
[ "$flavour" != small ] || reboots=3

run_linux off "$flavour" 2 256 atoll.do=poweroff
check 'power-off: the exit status is 0' [ $? = 0 ]
check 'power-off: it was the guest who did it' times_said off '^init: off' 1

# Without the module for the panic port, panic=-1 makes a reboot of a panic
if said off | grep -q 'does not load'; then
	fail "the guest's modules load"
	show_said off
fi
if [ "$flavour" != small ]; then
	run_linux panic "$flavour" 2 256 atoll.do=panic
	check 'panic: the exit status is that of a crash' [ $? = 125 ]
	check 'panic: the reason says so' grep -q panicked "$linux_work/panic.err"
	check 'panic: the kernel has said why' times_said panic 'Kernel panic' 1
fi

check 'reboot: it starts' start_linux again "$flavour" 2 256 atoll.do=reboot
wait_said "reboot: it comes up again, $reboots times" again '^init: up' $((reboots + 1))
check 'reboot: it has been running all the time' state_is again running
check 'reboot: it can be killed' atoll kill again
check 'reboot: it can be undefined' atoll undefine again

if [ "$flavour" != small ]; then
	check 'stop: it starts' start_linux button "$flavour" 2 256 atoll.do=wait
	wait_said 'stop: it is up' button '^init: ready' 1
	check 'stop: it ends' atoll stop button
	check 'stop: it is stopped' state_is button stopped
	wait_for 'stop: it has switched off by itself' times_said button '^init: the power button' 1
	check 'stop: it can be undefined' atoll undefine button
fi

# A guest that won't hear is not ended by asking, but by force
check 'deaf: it starts' start_linux deaf "$flavour" 2 256 atoll.do=deaf
wait_said 'deaf: it is up' deaf '^init: ready' 1
sleep 1
check_not 'deaf: it does not end when it is asked' atoll stop deaf --timeout 3
check 'deaf: it runs on' state_is deaf running
check 'deaf: it is killed when it does not end' atoll stop deaf --timeout 1 --kill
check 'deaf: it is stopped' state_is deaf stopped
check 'deaf: it can be undefined' atoll undefine deaf

# ---- one kernel starts another ----------------------------------------------

# What comes behind an initrd is unpacked over it: the next kernel and its initrd
with_next_kernel()
{
	mkdir -p "$linux_work/next/lab"
	cp "$linux/vmlinuz-$flavour" "$linux_work/next/lab/vmlinuz"
	cp "$linux/initrd-$flavour.img" "$linux_work/next/lab/initrd"
	cp "$(command -v kexec)" "$linux_work/next/lab/kexec"
	(cd "$linux_work/next" && find . | cpio -o -H newc 2> /dev/null) |
		cat "$linux/initrd-$flavour.img" - > "$linux_work/kexec.img" && rm -r "$linux_work/next"
}

if [ "$flavour" != small ]; then
	check 'kexec: an initrd with a kernel in it is made' with_next_kernel
	run_linux kexec "$flavour" 2 256 atoll.do=kexec,check
	check 'kexec: the exit status is 0' [ $? = 0 ]
	check 'kexec: it came up twice' times_said kexec '^init: up' 2
	check 'kexec: the second one finds all in order' times_said kexec '^check: 0 failed' 1
	times_said kexec '^check: 0 failed' 1 || show_said kexec
fi

# A start after an end finds a machine like new
check 'a second start: it starts' start_linux twice "$flavour" 2 256 atoll.do=poweroff
wait_said 'a second start: the first one switches off' twice '^init: off' 1
wait_for 'a second start: it has ended' state_is twice stopped
check 'a second start: it starts' atoll start twice
sleep 1
timeout 300 atoll console twice < /dev/null > "$linux_work/twice" 2> /dev/null
check 'a second start: it is up' times_said twice '^init: up' 1
wait_for 'a second start: it has ended again' state_is twice stopped
check 'a second start: it can be undefined' atoll undefine twice
finish
