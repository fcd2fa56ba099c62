#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A command that does not end gives 124 at its time limit, and what it printed
# until then has come through.
cd "$(dirname "$0")/../../.." || exit 1
limit=$((50 * ${PATIENCE:-1}))

# ends_in_time MACHINE'S OPTIONS
ends_in_time()
{
	local start=$SECONDS out status
	out=$(tests/lab/run "$@" --no-build --no-load -t $limit -- \
		'echo before; while :; do sleep 1000; done' 2> /dev/null)
	status=$?
	[ $status = 124 ] || { echo "$*: status $status, not 124"; return 1; }
	[ "$out" = before ] || { echo "$*: output is '$out'"; return 1; }
	[ $((SECONDS - start)) -lt $((limit + 20)) ] ||
		{ echo "$*: took $((SECONDS - start)) s"; return 1; }
}

# Side by side, as most of it is waiting
ends_in_time -c svm -k small &
svm=$!
ends_in_time -c vmx -k small
vmx=$?
wait $svm && [ $vmx = 0 ]
