# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the cases share: checks that print a sentence, guests, waiting.
# Sourced, not run.

guests=${ATOLL_GUESTS:-/usr/lib/atoll/guests}
failures=0

pass() { echo "ok: $*"; }
fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# check SENTENCE COMMAND...: the command must succeed
check()
{
	sentence=$1
	shift
	if "$@" > /tmp/check.out 2>&1; then
		pass "$sentence"
	else
		fail "$sentence (status $?: $*)"
		sed 's/^/    /' /tmp/check.out
	fi
}

# check_not SENTENCE COMMAND...: it must fail, cleanly
check_not()
{
	sentence=$1
	shift
	status=0
	"$@" > /tmp/check.out 2>&1 || status=$?
	if [ $status -gt 0 ] && [ $status -lt 126 ]; then
		pass "$sentence"
	else
		fail "$sentence (status $status: $*)"
		sed 's/^/    /' /tmp/check.out
	fi
}

finish()
{
	[ $failures -eq 0 ]
	exit $?
}

# wait_for SENTENCE COMMAND...: within ten seconds it must succeed
wait_for()
{
	sentence=$1
	shift
	tries=0
	until "$@" > /dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -ge 100 ]; then
			fail "$sentence (waited 10 s)"
			return 1
		fi
		sleep 0.1
	done
	pass "$sentence"
}

# Says how the guest is, in case the check fails
state_is()
{
	atoll -j show "$1" | tee /tmp/state.out
	[ "$(sed -n 's/.*"state": *"\([a-z]*\)".*/\1/p' /tmp/state.out | head -n 1)" = "$2" ]
}

# How fast may a case go?  vmx: Bochs interprets each instruction; debug: the kernel's
# checkers look at each access; quick: neither
pace()
{
	if atoll -j host | grep -q '"vmx"'; then
		echo vmx
	elif [ -e /sys/kernel/debug/kmemleak ]; then
		echo debug
	else
		echo quick
	fi
}

cpus_on() { [ "$(atoll -j host | sed -n 's/.*"cpus_on": *\([0-9]*\).*/\1/p')" = "$1" ]; }
pool_used() { atoll -j host | sed -n 's/.*"pool_used_bytes": *\([0-9]*\).*/\1/p'; }
# What guests gave back is cleared, and the host's again
all_clean() { ! atoll -j pool | grep -q '"clearing_bytes": *[1-9]'; }
pool_promised() { atoll -j host | sed -n 's/.*"pool_promised_bytes": *\([0-9]*\).*/\1/p'; }

# start_guest NAME IMAGE [DEFINE'S OPTIONS...]
start_guest()
{
	name=$1
	image=$2
	shift 2
	atoll define "$name" "$guests/$image" "$@" && atoll start "$name"
}
