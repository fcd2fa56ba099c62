#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debug -t 500
#
# Every allocation of every command fails once: each time the command is
# refused cleanly or succeeds all the same, and the machine goes on.  What
# leaks meanwhile, the lab's leak check finds.

debug=/sys/kernel/debug
if [ ! -d $debug/failslab ] || [ ! -d $debug/fail_page_alloc ]; then
	echo "this kernel cannot make allocations fail"
	exit 77
fi

# By default only atomic allocations fail, and each with a trace in the log.
for kind in failslab fail_page_alloc; do
	echo N > $debug/$kind/ignore-gfp-wait
	echo 0 > $debug/$kind/verbose
done
echo N > $debug/fail_page_alloc/ignore-gfp-highmem
echo 0 > $debug/fail_page_alloc/min-order

nltest --fail-nth all
