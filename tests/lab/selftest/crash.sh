#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# When the lab's kernel dies, its last words are printed and the status is 125.
cd "$(dirname "$0")/../../.." || exit 1

for machine in '-c svm -k small' '-c vmx -k small'; do
	# shellcheck disable=SC2086 # options are words
	err=$(tests/lab/run $machine --no-build --no-load -- \
		'echo c > /proc/sysrq-trigger' 2>&1 > /dev/null)
	status=$?
	[ $status = 125 ] || { echo "$machine: status $status, not 125"; exit 1; }
	grep -q 'Kernel panic.*sysrq triggered crash' <<< "$err" ||
		{ echo "$machine: no last words: $err"; exit 1; }
done
