#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The lab returns the command's status and its output, byte for byte.
cd "$(dirname "$0")/../../.." || exit 1
out=$(mktemp) && trap 'rm -f "$out"' EXIT

for machine in '-c svm -k small' '-c vmx -k small' '-c svm-bochs -k small'; do
	# shellcheck disable=SC2086 # options are words
	tests/lab/run $machine --no-build --no-load -- \
		'id -u; printf "a\tb\r\nc\0" ; seq 3000; echo err >&2; exit 77' > "$out"
	status=$?
	[ $status = 77 ] || { echo "$machine: status $status, not 77"; exit 1; }
	{ printf '0\na\tb\r\nc\0'; seq 3000; echo err; } | cmp - "$out" ||
		{ echo "$machine:"; od -c "$out" | head -n 50; exit 1; }
done
