#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two labs at once don't meet, and leave nothing behind.
cd "$(dirname "$0")/../../.." || exit 1
TMPDIR=$(mktemp -d) && export TMPDIR && trap 'rm -rf "$TMPDIR"' EXIT

tests/lab/run --no-build --no-load -- 'echo one; sleep 3; exit 1' > "$TMPDIR/one" &
first=$!
tests/lab/run --no-build --no-load -- 'echo two; sleep 3; exit 2' > "$TMPDIR/two" &
second=$!
wait $first
[ $? = 1 ] || { echo "the first did not return 1"; exit 1; }
wait $second
[ $? = 2 ] || { echo "the second did not return 2"; exit 1; }
[ "$(cat "$TMPDIR/one")" = one ] || { echo "the first printed: $(cat "$TMPDIR/one")"; exit 1; }
[ "$(cat "$TMPDIR/two")" = two ] || { echo "the second printed: $(cat "$TMPDIR/two")"; exit 1; }
rm "$TMPDIR/one" "$TMPDIR/two"
[ -z "$(ls "$TMPDIR")" ] || { echo "left behind: $(ls "$TMPDIR")"; exit 1; }
