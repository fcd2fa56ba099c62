# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What bench/run and bench/boot share.  Sourced, not run.

die() { echo "bench: $*" >&2; exit 1; }

# first FILE...: the first that exists
first()
{
	for file in "$@"; do
		[ -e "$file" ] || continue
		echo "$file"
		return
	done
	return 1
}

load_kvm()
{
	[ -c /dev/kvm ] && return
	module='kvm-intel'
	! grep -qw svm /proc/cpuinfo || module='kvm-amd'
	modprobe "$module" || die "$module does not load"
	[ -c /dev/kvm ] || die "$module is loaded, but there is no /dev/kvm"
}

cpu_name() { sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1; }
