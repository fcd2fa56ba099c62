#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab returns the command's status and its output, byte for byte.
cd "$(dirname "$0")/../../.." || exit 1
out=$(mktemp) && trap 'rm -f "$out"' EXIT

tests/lab/run --no-build --no-load -- 'id -u; printf "a\tb\r\nc" ; echo err >&2; exit 77' > "$out"
status=$?
[ $status = 77 ] || { echo "status $status, not 77"; exit 1; }
printf '0\na\tb\r\ncerr\n' | cmp - "$out" || { od -c "$out"; exit 1; }
