#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debug -t 500
#
# Every allocation of a vCPU's thread fails once, while its guest uses memory for the first
# time and prints: the guest goes on, with what else there is.  When all of them fail it is
# paused, and goes on when it is resumed.  It finds in its memory what it ought to.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

debug=/sys/kernel/debug
if [ ! -d $debug/failslab ] || [ ! -d $debug/fail_page_alloc ]; then
	echo "this kernel cannot make allocations fail"
	exit 77
fi
for kind in failslab fail_page_alloc; do
	echo N > $debug/$kind/ignore-gfp-wait
	echo 0 > $debug/$kind/verbose
done
echo 0 > $debug/fail_page_alloc/min-order

work=$(mktemp -d)
mkfifo "$work/keys"
said() { grep -q "$1" "$work/said"; }

# begin: a guest that waits for a key, and its thread
begin()
{
	start_guest lazy tests/lazy --memory 1100M --append wait || return
	atoll console lazy < "$work/keys" > "$work/said" 2>&1 &
	console=$!
	exec 3> "$work/keys"
	wait_for "$1: begins" said '^begins'
	tid=$(number_of lazy tid)
}

# end: it has used its memory, and is let go
end()
{
	check "$1: audit" audited
	echo >&3
	exec 3>&-
	wait "$console"
	check "$1: found what it ought to" said '^summary: .* 0 failed'
	check "$1: ended well" is "$(number_of lazy exit_code)" 0
	check "$1: forgotten" atoll undefine lazy
}

# round N: the Nth allocation fails; what is left of N when there were fewer
round()
{
	begin "$1" || return
	echo "$1" > "/proc/$tid/fail-nth"
	echo >&3
	wait_for "$1: has used its memory" said '^used'
	left=$(cat "/proc/$tid/fail-nth")
	echo 0 > "/proc/$tid/fail-nth"
	end "$1"
}

# More than a GiB, since what is known of memory comes by the GiB
check 'the pool may overcommit' atoll pool overcommit on
n=0 left=0
while [ $n -lt 60 ] && [ "$left" = 0 ]; do
	n=$((n + 1))
	round $n > "$work/round" 2>&1
	# A line for what was as it ought to be
	grep -v '^ok: ' "$work/round"
done
check "$((n - 1)) allocations failed in turn" at_least "$((n - 1))" 6
check 'and then there was none left' at_least "$left" 1

# ---- all of them ---------------------------------------------------------------
for kind in failslab fail_page_alloc; do
	echo Y > $debug/$kind/task-filter
	echo -1 > $debug/$kind/times
	echo 100 > $debug/$kind/probability
done
begin 'all fail'
echo 1 > "/proc/$tid/make-it-fail"
echo >&3
wait_for 'all fail: it is paused' state_is lazy paused
check 'all fail: and says why' sh -c 'atoll show lazy | grep -q "out of memory"'
check 'all fail: resumed in vain' atoll resume lazy
wait_for 'all fail: it is paused again' state_is lazy paused
echo 0 > "/proc/$tid/make-it-fail"
check 'none fails: resumed' atoll resume lazy
wait_for 'none fails: has used its memory' said '^used'
end 'none fails'
for kind in failslab fail_page_alloc; do
	echo 0 > $debug/$kind/probability
	echo N > $debug/$kind/task-filter
done

check 'the pool as it was' atoll pool overcommit off
check 'all memory is back' is "$(pool promised) $(pool used)" '0 0'
finish
