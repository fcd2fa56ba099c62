# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the cases that boot Linux, which source it after lib.sh.  The kernels are
# those that the machine was given (--linux); guest-images/linux/init says what
# the words on their command lines do.

# shellcheck disable=SC2154 # lib.sh's
linux=$guests/linux
linux_work=$(mktemp -d)
trap 'rm -rf "$linux_work"' EXIT

# The kernels that are there, by name
flavours()
{
	for file in "$linux"/vmlinuz-*; do
		[ ! -e "$file" ] || echo "${file##*/vmlinuz-}"
	done
}

# As a console shows it, but for what only terminals need
said() { tr -d '\r' < "$linux_work/$1"; }

# linux_words KERNEL VCPUS MIB WORDS...: a command line that says what is to be found
linux_words()
{
	trust=''
	# A kernel that has no KVM clock loses ticks in its first second, on an emulated
	# CPU, and takes that for a TSC that runs fast (docs/guests.md, Time)
	[ "$1" != small ] || trust=tsc=reliable
	# Its tests of its own ciphers are half a minute of an emulated CPU's time
	trust="$trust cryptomgr.notests"
	cpus=$2 mib=$3
	shift 3
	echo "console=ttyS0 panic=-1 $trust atoll.cpus=$cpus atoll.memory=$mib atoll.date=$(date +%s) $*"
}

# run_linux NAME KERNEL VCPUS MIB WORDS...: until it ends; the console goes to a
# file of that name, the status is atoll run's.  $linux_work/NAME.img, where there is
# one, is its initrd
run_linux()
{
	name=$1 kernel=$2 cpus=$3 mib=$4
	shift 4
	initrd=$linux_work/$name.img
	[ -e "$initrd" ] || initrd=$linux/initrd-$kernel.img
	timeout "${linux_limit:-300}" atoll run --name "$name" --kernel "$linux/vmlinuz-$kernel" \
		--initrd "$initrd" --memory "${mib}M" --vcpus "$cpus" \
		--cmdline "$(linux_words "$kernel" "$cpus" "$mib" "$@")" \
		< /dev/null > "$linux_work/$name" 2> "$linux_work/$name.err"
}

# start_linux NAME KERNEL VCPUS MIB WORDS...: it goes on; its console is read
# into a file of that name until it has ended
start_linux()
{
	name=$1 kernel=$2 cpus=$3 mib=$4
	shift 4
	atoll define "$name" --kernel "$linux/vmlinuz-$kernel" \
		--initrd "$linux/initrd-$kernel.img" --memory "${mib}M" --vcpus "$cpus" \
		--cmdline "$(linux_words "$kernel" "$cpus" "$mib" "$@")" || return
	: > "$linux_work/$name"
	atoll console "$name" < /dev/null > "$linux_work/$name" 2> /dev/null &
	atoll start "$name"
}

# times_said NAME WORDS COUNT: did the guest print a line with them so often?
times_said() { [ "$(said "$1" | grep -c "$2")" -ge "$3" ]; }

# wait_said SENTENCE NAME WORDS COUNT: wait until it has, for as long as a boot takes
wait_said()
{
	waited=0
	until times_said "$2" "$3" "$4"; do
		waited=$((waited + 1))
		if [ $waited -ge "${linux_limit:-300}" ]; then
			fail "$1 (waited $waited s)"
			said "$2" | tail -n 20 | sed 's/^/    /'
			return 1
		fi
		sleep 1
	done
	pass "$1"
}

# show_said NAME: what there is to see of one that failed: why, how its first complaint
# began, and where it was in the end
show_said()
{
	sed 's/^/    ! /' "$linux_work/$1.err" 2> /dev/null
	said "$1" | grep '^FAIL\|^  |' | sed 's/^/    /'
	said "$1" | grep -m 1 -B 5 -A 40 'rcu:.*stall\|BUG:\|WARNING:\|Call Trace' | sed 's/^/    > /'
	said "$1" | tail -n 15 | sed 's/^/    | /'
}

# boots KERNEL VCPUS MIB: its checks pass, and it ends by itself
boots()
{
	what="$1, $2 vCPUs, $3 MiB"
	run_linux "$1" "$1" "$2" "$3" atoll.do=check
	status=$?
	if [ $status = 0 ] && said "$1" | grep -q '^check: 0 failed' &&
			said "$1" | grep -q '^init: off'; then
		pass "$what: boots, checks and switches off"
	else
		fail "$what: boots, checks and switches off (status $status)"
		show_said "$1"
	fi
}
