#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 900 -k debian12 -k debug -k vmx -k svm-bochs
#
# Every test guest, each on its own, ends as the manifest says; a line for
# each.  tests/e2e/guests.sh [NAME...] runs some.
#
# Bochs' SVM is the second opinion on QEMU's.  Where it departs from the manual,
# guests.svm-bochs says how, and it must do exactly that.

# shellcheck disable=SC1091,SC2154 # guest_lib.sh and what it defines

. "$(dirname "$0")/guest_lib.sh"
run_limit=180		# seconds for one guest that ends by itself
run_time=1		# seconds for one that doesn't
kill_limit=1000		# centiseconds: fork and exec alone take one second in the debug kernel

# ends_itself: it is run until it ends; its status is in $status
ends_itself()
{
	with_options "$guests/tests/$name" "$memory" "$append" "$modules" "$options" \
		timeout "$run_limit" atoll run > "$work/out" 2> "$work/err" < /dev/null
	status=$?
}

# exits WORDS: with this code, and no check of its own failed
exits()
{
	ends_itself
	[ "$status" = "$1" ] && ! grep -q '^FAIL' "$work/out"
}

# crashes WORDS: for a reason that has these words
crashes()
{
	ends_itself
	[ $status = 125 ] && grep -q "crashed: .*$*" "$work/err"
}

# ends: in whatever way a guest may
ends()
{
	ends_itself
	[ $status = 125 ] || ! grep -q '^atoll' "$work/err"
}

# runs CHECK: until it is killed; CHECK holds meanwhile
runs()
{
	with_options "$guests/tests/$name" "$memory" "$append" "$modules" "$options" \
		atoll define "$name" > "$work/out" 2> "$work/err" || return 1
	atoll start "$name" 2>> "$work/err" || { atoll undefine "$name"; return 1; }
	sleep $run_time
	atoll show "$name" > "$work/out" 2>&1
	"$@" "$name"
	held=$?
	gone "$name" $kill_limit && [ $held = 0 ]
}

# shellcheck disable=SC2317 # runs() calls it
is_running() { [ "$(state_of "$1")" = running ]; }

# known NAME: what is known to fail in this guest here, "FAILURE|why" in a line
known()
{
	! grep -qs '^LAB_CORE=svm-bochs' /lab/config ||
		sed -n "s/^$1|//p" "$(dirname "$0")/guests.svm-bochs"
}

# fails_as_known: in all that is in $work/known, and in nothing else
fails_as_known()
{
	ends_itself
	cut -d '|' -f 1 "$work/known" > "$work/failures"
	[ "$status" = 1 ] || return 1
	! grep '^FAIL' "$work/out" | grep -qvFf "$work/failures" || return 1
	while read -r failure; do
		grep '^FAIL' "$work/out" | grep -qF "$failure" || return 1
	done < "$work/failures"
}

check()
{
	if [ -s "$work/known" ]; then
		fails_as_known
		return
	fi
	case $expect in
	'exit '*)	exits "${expect#exit }" ;;
	crash\ *)	crashes "${expect#crash }" ;;
	any)		ends ;;
	runs)		runs is_running ;;
	halted)		runs is_halted ;;
	*)		echo "nobody knows what \"$expect\" means" > "$work/err"
			return 1 ;;
	esac
}

# explain: what there is to see of one that failed
explain()
{
	echo "  status ${status:-none}, wanted: $expect"
	tr -d '\r' < "$work/out" | grep '^FAIL' | sed 's/^/  /'
	tr -d '\r' < "$work/out" | tail -n 3 | sed 's/^/  | /'
	sed 's/^/  ! /' "$work/err"
}

is_wanted()
{
	[ -n "$wanted" ] || return 0
	for w in $wanted; do
		[ "$w" != "$1" ] || return 0
	done
	return 1
}

wanted=$*
while IFS='|' read -r name expect memory append modules options <&3; do
	is_wanted "$name" || continue
	status=
	: > "$work/out"
	: > "$work/err"
	before=$(now_cs)
	known "$name" > "$work/known"
	sed "s/^/departs from the manual: $name: /; s/|/: /" "$work/known"
	! grep -q '^not run|' "$work/known" || continue
	check
	verdict=$?
	report $verdict "$name${append:+ $append}${memory:+, $memory}: $expect ($(( $(now_cs) - before )) cs)"
	[ $verdict = 0 ] || explain
done 3< "$guests/manifest"
exit "$failed"
