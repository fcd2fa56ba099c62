#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Labs at the same time don't meet, and leave nothing behind.
cd "$(dirname "$0")/../../.." || exit 1
TMPDIR=$(mktemp -d) && export TMPDIR && trap 'rm -rf "$TMPDIR"' EXIT

# meet OPTIONS: two machines with these
meet()
{
	# shellcheck disable=SC2086 # options are words
	tests/lab/run $1 --no-build --no-load -- 'echo one; sleep 3; exit 1' > "$TMPDIR/one" &
	first=$!
	# shellcheck disable=SC2086
	tests/lab/run $1 --no-build --no-load -- 'echo two; sleep 3; exit 2' > "$TMPDIR/two" &
	second=$!
	wait $first
	[ $? = 1 ] || { echo "$1: the first did not return 1"; exit 1; }
	wait $second
	[ $? = 2 ] || { echo "$1: the second did not return 2"; exit 1; }
	[ "$(cat "$TMPDIR/one")" = one ] || { echo "$1: the first printed: $(cat "$TMPDIR/one")"; exit 1; }
	[ "$(cat "$TMPDIR/two")" = two ] || { echo "$1: the second printed: $(cat "$TMPDIR/two")"; exit 1; }
	rm "$TMPDIR/one" "$TMPDIR/two"
	[ -z "$(ls "$TMPDIR")" ] || { echo "$1: left behind: $(ls "$TMPDIR")"; exit 1; }
}

meet '-c svm -k small'
meet '-c vmx -k small'
