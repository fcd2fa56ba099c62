#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 600 --linux small,elf
#
# The ways to hand over a kernel: a bzImage and an ELF file, with the format
# found or named, the words of both kinds; and what is refused.

# shellcheck disable=SC1091,SC2154 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"
kernel=$linux/vmlinuz-small elf=$linux/vmlinux-small initrd=$linux/initrd-small.img
words='console=ttyS0 panic=-1 atoll.do=poweroff'

# ends NAME WORD...: atoll run with these ends well, having been up
ends()
{
	name=$1
	shift
	timeout 300 atoll run --name "$name" --memory 128M "$@" \
		< /dev/null > "$linux_work/$name" 2> "$linux_work/$name.err"
	status=$?
	if [ $status = 0 ] && times_said "$name" '^init: up' 1 && times_said "$name" '^init: off' 1; then
		pass "$name boots"
	else
		fail "$name boots (status $status)"
		show_said "$name"
	fi
}

ends bzimage --kernel "$kernel" --initrd "$initrd" --cmdline "$words"
ends bzimage-named "$kernel" --module "$initrd" --append "$words" --format linux
ends vmlinux --kernel "$elf" --initrd "$initrd" --cmdline "$words"
ends vmlinux-named "$elf" --module "$initrd,x" --append "$words" --format pvh
check 'the kernel is told what was said, and no name' \
	grep -q "Command line: $words" "$linux_work/bzimage"

# refused FRAGMENT WORD...: define with these is, and says so
refused()
{
	fragment=$1
	shift
	if atoll define refused --memory 128M "$@" 2> "$linux_work/refused"; then
		fail "refused: $*"
		atoll undefine refused
	elif grep -qF "$fragment" "$linux_work/refused"; then
		pass "refused: $fragment"
	else
		fail "refused: $fragment"
		cat "$linux_work/refused"
	fi
}

before="$(pool_used) $(pool_promised)"
head -c 100000 "$kernel" > "$linux_work/short"
head -c 600 "$kernel" > "$linux_work/head"
truncate -s 200M "$linux_work/large"
refused 'kernel does not fit into memory' --kernel "$kernel" --memory 16M
refused 'image is truncated' --kernel "$linux_work/short"
refused 'image is truncated' --kernel "$linux_work/head"
refused 'initrd does not fit into memory' --kernel "$kernel" --initrd "$linux_work/large"
refused 'modules do not fit into memory' --kernel "$elf" --initrd "$linux_work/large"
refused 'command line is longer than the kernel takes' --kernel "$kernel" \
	--cmdline "$(head -c 3000 /dev/zero | tr '\0' x)"
refused 'a bzImage takes one module' --kernel "$kernel" --initrd "$initrd" --module "$initrd"
refused 'an initrd takes no command line' --kernel "$kernel" --module "$initrd,x"
refused 'image is not a bzImage' --kernel "$elf" --format linux
refused 'image is not ELF' --kernel "$kernel" --format pvh
refused 'image is in no known format' --kernel "$initrd"
check 'what is refused takes no memory' [ "$(pool_used) $(pool_promised)" = "$before" ]
finish
