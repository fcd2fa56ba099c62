#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900 --linux small
#
# What is done to a Linux guest from outside: it is paused, has a hostile
# neighbour, and is killed at any moment of its boot.

# shellcheck disable=SC1091,SC2154 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

# The pause, in seconds; how many guests are killed, and how long after their start at
# most: Linux is up by then
case $(pace) in
quick)	pause=60 kills=50 moments=3 ;;
debug)	pause=12 kills=10 moments=5 ;;
vmx)	pause=20 kills=10 moments=3 ;;
esac
# The longest time between two beats, in seconds, of a guest that heard of no pause
gap=8

beats() { said "$1" | grep -c '^beat '; }
beats_on() { [ "$(beats "$1")" -ge $(($2 + 3)) ]; }

# The longest time between two beats, by the guest's own clock, is short
steady()
{
	said "$1" | awk '/^beat / { if (n++ && $2 - last > most) most = $2 - last; last = $2 }
		END { print "the longest gap is " most " s"; exit !(n > 1 && most < '"$2"') }'
}

content() { ! said "$1" | grep -E 'WARNING|BUG|Call Trace|soft lockup|stall|[Cc]locksource.*unstable'; }

# ---- a pause is no time for the guest ------------------------------------

check 'pause: two guests start' start_linux one small 2 128 atoll.do=beat
check 'pause: the other, too' start_linux other small 1 128 atoll.do=beat
wait_said 'pause: it is up' one '^beat' 3
wait_said 'pause: the other, too' other '^beat' 3
check 'pause: it is paused' atoll pause one
before=$(beats one)
sleep "$pause"
check 'pause: it says nothing' [ "$(beats one)" -le $((before + 1)) ]
check 'pause: it goes on' atoll resume one
wait_said 'pause: it beats again' one '^beat' $((before + 4))
check 'pause: no time has gone by for it' steady one $gap
check 'pause: its watchdogs have nothing to say' content one

# ---- hostile neighbours ----------------------------------------------------

one=$(beats one) other=$(beats other)
for hostile in hostile_apic_storm hostile_irq_storm hostile_insns hostile_unmapped_jump; do
	if ! start_guest bad "tests/$hostile" --memory 16M > /tmp/bad 2>&1; then
		fail "neighbours: $hostile starts"
		cat /tmp/bad
		continue
	fi
	sleep 2
	atoll kill bad > /dev/null 2>&1
	check "neighbours: $hostile is gone" atoll undefine bad
done
wait_for 'neighbours: one guest has gone on' beats_on one "$one"
wait_for 'neighbours: so has the other' beats_on other "$other"
check 'neighbours: one has nothing to complain about' content one
check 'neighbours: nor has the other' content other
check 'neighbours: one can be killed' atoll kill one
check 'neighbours: so can the other' atoll kill other
check 'neighbours: both are forgotten' atoll undefine one other

# ---- killed at any moment --------------------------------------------------

brief()
{
	atoll define brief --kernel "$linux/vmlinuz-small" --initrd "$linux/initrd-small.img" \
		--memory 128M --vcpus 2 --cmdline 'console=ttyS0 atoll.do=poweroff' &&
		atoll start brief
}

used="$(pool_used) $(pool_promised)"
i=0
while [ $i -lt "$kills" ]; do
	i=$((i + 1))
	moment=$(awk -v seed="$i$(cut -d ' ' -f 1 /proc/uptime | tr -d .)" \
		'BEGIN { srand(seed); printf "%.2f", rand() * '"$moments"' }')
	if ! brief; then
		fail "kill $i: it starts"
		break
	fi
	sleep "$moment"
	atoll kill brief > /tmp/kill.out 2>&1 || state_is brief stopped ||
		fail "kill $i, after $moment s: $(cat /tmp/kill.out)"
	atoll undefine brief || fail "kill $i, after $moment s: it is forgotten"
done
[ $i = "$kills" ] && pass "kills: $kills guests, each at some moment of its boot"
check 'kills: all memory is back' [ "$(pool_used) $(pool_promised)" = "$used" ]
finish
