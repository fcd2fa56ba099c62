#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k both -t 600
#
# Each hostile guest in turn beside one that computes a checksum over its own
# memory: the neighbour goes on, its sums stay right, and the hostile one can
# be killed at once.

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

# One that ends by itself is started again for as long as the others last
beside()
{
	with_options "$guests/tests/$name" "$memory" "$append" "$modules" "$options" \
		atoll define "hostile" 2> "$work/err" || return 1
	left=$together
	while [ $left -gt 0 ]; do
		case $(state_of hostile) in
		running)	;;
		*)		atoll start hostile 2>> "$work/err" || return 1 ;;
		esac
		sleep 1
		left=$((left - 1))
	done
	unharmed || return 1
	if [ "$(state_of hostile)" = running ] && gone hostile $kill_limit; then
		return
	fi
	# One that ends by itself may have done so before the kill
	[ "$(state_of hostile)" != running ] && atoll undefine hostile 2>> "$work/err"
}

start_neighbour
while IFS='|' read -r name expect memory append modules options <&3; do
	case $name in
	*hostile*)	;;
	*)		continue ;;
	esac
	beside
	verdict=$?
	report $verdict "$name${append:+ $append}, $(progress) rounds beside it so far"
	if [ $verdict != 0 ]; then
		echo "  calm is $(state_of calm), hostile is $(state_of hostile), expected: $expect"
		grep '^FAIL' "$work/sums"
		sed 's/^/  ! /' "$work/err"
		atoll kill hostile 2> /dev/null
		atoll undefine hostile 2> /dev/null
	fi
done 3< "$guests/manifest"
gone calm $kill_limit
report $? "the neighbour ends when it is told to"
wait $console

# To the end and with its own verdict, with all of them around it at once
spin_and_storm="hostile_spin hostile_io_storm hostile_uart_flood"
for name in $spin_and_storm; do
	atoll define "$name" "$guests/tests/$name" && atoll start "$name" || failed=1
done
timeout 120 atoll run "$guests/tests/checksum" --append rounds=20 > "$work/sums" < /dev/null
report $? "a checksum of 20 rounds finishes with code 0 beside $spin_and_storm"
for name in $spin_and_storm; do
	gone "$name" $kill_limit
	report $? "$name can be killed"
done
exit "$failed"
