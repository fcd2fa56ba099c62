#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debian12 -t 400 --linux debian12
#
# An idle guest leaves the host's CPUs alone.  What an idle Linux with four CPUs
# does in ten seconds is counted, not timed: its exits, and the host's timers that
# fire for it.  docs/boot.md says what was counted, and what that costs.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

# Four times of what a quiet machine showed, 392 and 79
exits_max=1600
timers_max=320

tracing=/sys/kernel/tracing
[ -e $tracing/trace ] || tracing=/sys/kernel/debug/tracing
timers=$tracing/events/timer/hrtimer_expire_entry

exits_of()
{
	atoll -j show "$1" | awk '
		/"exits"/	{ inside = 1; next }
		/}/		{ inside = 0 }
		inside		{ sub(/,/, ""); sum += $2 }
		END		{ print sum + 0 }'
}

# fired FUNCTION...: how often did timers with one of these functions fire?
fired()
{
	for function in "$@"; do
		grep "function=$function\b" $tracing/trace
	done | wc -l
}

# at_most MAX COUNT
at_most() { echo "$2, at most $1"; [ "$2" -le "$1" ]; }

check "an idle guest with four CPUs starts" \
	start_linux idle debian12 4 256 atoll.do=wait
wait_said "it has booted" idle '^init: ready' 1
# The kernel has late work to do: modules, memory, the clock
sleep 20

echo > $tracing/trace
echo 1 > $timers/enable
before=$(exits_of idle)
sleep 10
after=$(exits_of idle)
echo 0 > $timers/enable

check "in ten seconds it exits some hundred times" at_most $exits_max $((after - before))
check "but it is not asleep for good" [ "$after" -gt "$before" ]
check "its local APICs' timers fire as often as it wants" at_most $timers_max "$(fired fired)"
check "and those of the other devices not at all" \
	at_most 0 "$(fired timer_fires rtc_timer pm_timer)"
atoll kill idle
atoll undefine idle
finish
