#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 400
#
# A host whose memory is in pieces: guests get 4 KiB at a time, and are told apart from
# those that don't.  On the debug kernel no allocation of 2 MiB succeeds; on others
# the module is told to ask for none.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

if [ -d "$fail_alloc" ]; then
	counted() { at_least "$1" 1; }
else
	# That there was no extent, which is not so
	counted() { is "$1" 0; }
fi

mib=1048576
pool_splits() { atoll -j pool | sed -n 's/.*"splits": *\([0-9]*\).*/\1/p' | head -n 1; }

# Others may have been here before
splits=$(pool_splits)
fragmented
# ---- a guest in small pieces ----------------------------------------------
check 'hello, in small pieces' atoll define a "$guests/hello" --memory 16M --append forever
check 'starts' atoll start a
wait_for 'says something' sh -c 'atoll -j show a | grep -q "\"console_pending\": *[1-9]"'
check 'holds small pages only' is "$(number_of a resident_bytes)" "$(number_of a small_pages_bytes)"
check 'and few of them' at_most "$(number_of a resident_bytes)" $((mib / 2))
check 'and says how often there was none' counted "$(number_of a splits)"
check 'the pool says so, too' is $(($(pool_splits) - splits)) "$(number_of a splits)"
check 'the pool counts the same' is "$(pool_used)" "$(number_of a resident_bytes)"
check 'audit' audited
check 'killed' atoll kill a

# ---- one that touches all of its memory -------------------------------------
check 'a guest that fills 32 MiB' atoll run "$guests/tests/ram" --memory 32M --append kib=32768 \
	--name ram --keep
check 'holds small pages' at_least "$(number_of ram small_pages_bytes)" $((30 * mib))
check 'audit of all of it' audited
check 'forgotten' atoll undefine ram
check 'one leaves dirt' atoll run "$guests/tests/zeroes" --memory 8M --append dirty --name dirt
check 'the next finds zeroes' atoll run "$guests/tests/zeroes" --memory 8M --name zeroes
check 'sums are right' atoll run "$guests/tests/checksum" --memory 8M --append rounds=3 --name sum
if [ -d "$fail_alloc" ]; then
	refused 'the host has no free 2 MiB extents left' define b "$guests/hello" --memory 4M \
		--reserve
else
	check 'all or nothing: all' atoll define b "$guests/hello" --memory 4M --reserve
	check 'in extents' is "$(number_of b resident_bytes) $(number_of b small_pages_bytes)" \
		"$((4 * mib)) 0"
	check 'forgotten, too' atoll undefine b
fi

# ---- the host is whole again ------------------------------------------------
whole
check 'a second start' atoll start a
wait_for 'says something again' sh -c 'atoll -j show a | grep -q "\"console_pending\": *[1-9]"'
check 'has no small pages' is "$(number_of a small_pages_bytes)" 0
check 'and remembers' counted "$(number_of a splits)"

# ---- both at a time -----------------------------------------------------------
check 'killed once more' atoll kill a
check 'a guest that fills slowly' atoll define mixed "$guests/tests/ram" --memory 64M \
	--append kib=65536
check 'starts whole' atoll start mixed
fragmented
atoll console mixed < /dev/null > /tmp/mixed 2>&1
whole
check 'and finds all of its memory good' state_is mixed stopped
check 'with exit code 0' is "$(number_of mixed exit_code)" 0
check 'audit of a mixture' audited
check 'forgotten as well' atoll undefine a mixed
check 'all memory is back' is "$(pool_promised) $(pool_used)" '0 0'
finish
