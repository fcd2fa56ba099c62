#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -k debian12 -k vmx own-boot --append mem=896M
#
# A host that was told to end below its RAM's end (mem=): what is beyond can be a pool.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

# Of 1 GiB; the firmware has its tables at the end
refused 'RAM that the host uses' pool add --reserved 894M+4M
check 'a pool of what is beyond the end' atoll pool add --reserved 896M+64M
check 'a guest in it' atoll run "$guests/tests/ram" --memory 32M --pool reserved --append kib=32768 \
	--name a --keep
check 'audit' audited
check 'it goes' atoll undefine a
check 'and one that looks for what it left finds zeroes' atoll run "$guests/tests/zeroes" \
	--memory 32M --pool reserved --name b
check 'the pool goes' atoll pool remove reserved
finish
