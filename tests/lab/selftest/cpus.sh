#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Other CPUs than the lab's usual one: without SVM and without nested paging
# the module refuses with a sentence, and nested tables have as many levels as
# the host's own.
set -euo pipefail
lab=$(cd "$(dirname "$0")/.." && pwd)/run

# refused CPU-OPTIONS SENTENCE
refused()
{
	"$lab" --no-build -t 120 --cpu "$1" --no-load -- "
		! insmod /lib/modules/*/extra/atoll.ko &&
		dmesg | grep -F \"atoll: this machine can't run guests: $2\" &&
		! grep ^atoll /proc/modules"
}

refused svm=off 'the CPU has neither SVM (AMD-V) nor VMX (VT-x)'
refused npt=off "the CPU's SVM has no nested paging (NPT)"
"$lab" --no-build -t 120 --cpu la57=on -- 'grep -qw la57 /proc/cpuinfo && atoll run /usr/lib/atoll/guests/hello'
