#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A command that does not end gives 124 at its time limit, and what it printed
# until then has come through.
cd "$(dirname "$0")/../../.." || exit 1

for machine in '-c svm -k small' '-c vmx -k small'; do
	start=$SECONDS
	limit=$((25 * ${PATIENCE:-1}))
	# shellcheck disable=SC2086 # options are words
	out=$(tests/lab/run $machine --no-build --no-load -t $limit -- \
		'echo before; while :; do sleep 1000; done' 2> /dev/null)
	status=$?
	[ $status = 124 ] || { echo "$machine: status $status, not 124"; exit 1; }
	[ "$out" = before ] || { echo "$machine: output is '$out'"; exit 1; }
	[ $((SECONDS - start)) -lt $((limit + 20)) ] ||
		{ echo "$machine: took $((SECONDS - start)) s"; exit 1; }
done
