#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A complaint of the lab's kernel fails a run whose command returned 0, and
# is printed; quiet kernels fail nothing.
cd "$(dirname "$0")/../../.." || exit 1

for words in 'WARNING: CPU: 0 PID: 1 at nowhere' \
	'BUG: sleeping function called from invalid context' \
	'BUG: KASAN: use-after-free in nowhere' \
	'UBSAN: shift-out-of-bounds in nowhere' \
	'WARNING: possible circular locking dependency detected' \
	'INFO: task sh:1 blocked for more than 60 seconds.' \
	'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:' \
	'watchdog: BUG: soft lockup - CPU#0 stuck for 26s!' \
	'unreferenced object 0xffff888000000000 (size 64):'
do
	tests/lab/splats <(echo "$words") > /dev/null || { echo "not seen: $words"; exit 1; }
done
for words in 'atoll: loading out-of-tree module taints kernel.' \
	'atoll: web: crashed: triple fault' 'kmemleak: Kernel memory leak detector initialized' \
	'rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.'
do
	! tests/lab/splats <(echo "$words") || { echo "seen: $words"; exit 1; }
done

for machine in '-c svm -k small' '-c vmx -k small'; do
	# shellcheck disable=SC2086 # options are words
	err=$(tests/lab/run $machine --no-build --no-load -- \
		'echo "<4>WARNING: CPU: 0 PID: 1 at nowhere" > /dev/kmsg' 2>&1 > /dev/null)
	status=$?
	[ $status = 125 ] || { echo "$machine: status $status, not 125"; exit 1; }
	grep -q 'at nowhere' <<< "$err" || { echo "$machine: not printed: $err"; exit 1; }
done
