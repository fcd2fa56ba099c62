#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A command that does not end gives 124 at its time limit, and what it printed
# until then has come through.
cd "$(dirname "$0")/../../.." || exit 1

start=$SECONDS
limit=$((25 * ${PATIENCE:-1}))
out=$(tests/lab/run --no-build --no-load -t $limit -- 'echo before; sleep 1000' 2> /dev/null)
status=$?
[ $status = 124 ] || { echo "status $status, not 124"; exit 1; }
[ "$out" = before ] || { echo "output is '$out'"; exit 1; }
[ $((SECONDS - start)) -lt $((limit + 20)) ] || { echo "took $((SECONDS - start)) s"; exit 1; }
