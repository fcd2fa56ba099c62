#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 600
#
# The hostile guests, three at a time, beside one that computes a checksum over
# its own memory: the neighbour goes on, its sums stay right, and each hostile
# one can be killed at once.

# shellcheck disable=SC1091,SC2154 # guest_lib.sh and what it defines

. "$(dirname "$0")/guest_lib.sh"
together=2		# seconds side by side
kill_limit=1000		# centiseconds: fork and exec alone take one second in the debug kernel

# Lines that the neighbour has printed so far
progress() { grep -c '^round' "$work/sums"; }

# The neighbour's console is read from the start, so that none of it is lost
start_neighbour()
{
	atoll define calm "$guests/tests/checksum" --append forever &&
		atoll start calm || exit 1
	atoll console calm > "$work/sums" 2> "$work/console_err" < /dev/null &
	console=$!
}

advances()
{
	from=$(progress)
	waited=0
	while [ "$(progress)" -le "$((from + 1))" ]; do
		waited=$((waited + 1))
		[ $waited -le 100 ] || return 1
		usleep 100000
	done
}

# unharmed: the neighbour still runs, still prints, and no sum was wrong
unharmed()
{
	[ "$(state_of calm)" = running ] && ! grep -q '^FAIL' "$work/sums" && advances
}

# launch NUMBER: the hostile guest whose line of the manifest was read
launch()
{
	with_options "$guests/tests/$name" "$memory" "$append" "$modules" "$options" \
		atoll define "hostile$1" 2>> "$work/err" && atoll start "hostile$1" 2>> "$work/err"
}

# One that ends by itself is started again for as long as the others last
keep_busy()
{
	left=$together
	while [ $left -gt 0 ]; do
		sleep 1
		for number in $present; do
			[ "$(state_of "hostile$number")" = running ] ||
				atoll start "hostile$number" 2>> "$work/err"
		done
		left=$((left - 1))
	done
}

# One that ends by itself may do so before the kill
clear()
{
	if [ "$(state_of "hostile$1")" = running ] && gone "hostile$1" $kill_limit; then
		return
	fi
	[ "$(state_of "hostile$1")" != running ] && atoll undefine "hostile$1" 2>> "$work/err"
}

# The guests that were launched, for a while, and away with them
round()
{
	verdict=0
	keep_busy
	unharmed || verdict=1
	for number in $present; do
		clear "$number" || verdict=1
	done
	report $verdict "$names; $(progress) rounds beside them so far"
	if [ $verdict != 0 ]; then
		echo "  calm is $(state_of calm)"
		grep '^FAIL' "$work/sums"
		sed 's/^/  ! /' "$work/err"
	fi
	present='' names=''
	: > "$work/err"
}

# Among so many that never sleep, each command here would take seconds
renice -n -10 -p $$ > /dev/null
start_neighbour
present='' names='' count=0
: > "$work/err"
while IFS='|' read -r name _ memory append modules options <&3; do
	case $name in
	*hostile*)	;;
	*)		continue ;;
	esac
	count=$((count + 1))
	launch $count
	report $? "$name starts"
	present="$present $count" names="$names${names:+, }$name${append:+ $append}"
	[ $((count % 3)) != 0 ] || round
done 3< "$guests/manifest"
[ -z "$present" ] || round
gone calm $kill_limit
report $? "the neighbour ends when it is told to"
wait $console

# To the end and with its own verdict, with all of them around it at once
spin_and_storm="hostile_spin hostile_io_storm hostile_uart_flood"
for name in $spin_and_storm; do
	atoll define "$name" "$guests/tests/$name" && atoll start "$name" || failed=1
done
timeout 120 atoll run "$guests/tests/checksum" --append rounds=8 > "$work/sums" < /dev/null
report $? "a checksum of 8 rounds finishes with code 0 beside $spin_and_storm"
for name in $spin_and_storm; do
	gone "$name" $kill_limit
	report $? "$name can be killed"
done
exit "$failed"
