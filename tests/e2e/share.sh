#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 300
#
# What a guest only reads it doesn't hold: it is lent zeroes that all guests read, and
# takes memory where it writes.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

mib=1048576
held() { number_of "$1" resident_bytes; }
lent() { number_of "$1" shared_bytes; }
# shared_frames COUNT: that many are mapped, and nothing is amiss
shared_frames() { atoll -j audit --deep > /tmp/audit && grep -q "\"shared_frames\": *$1," /tmp/audit; }

# ---- one that reads all of its RAM --------------------------------------------
check 'a reader of 64 MiB' atoll run "$guests/tests/zeroes" --memory 64M --name reader --keep
check 'holds what it was loaded to' is "$(held reader)" $((2 * mib))
check 'and is lent the rest' is "$(lent reader)" $((62 * mib))
check 'which no pool gives' is "$(pool used)" "$(held reader)"
check 'the map has it' sh -c 'atoll map reader | grep -q "  Z  62M  *zeroes that all guests read"'
check 'the host map has it not' sh -c 'atoll map | grep -q "  a  2M  *reader"'
check 'audit' shared_frames $((62 * 256))

# ---- another that writes all of it, beside that --------------------------------
check 'a writer of 32 MiB' atoll run "$guests/tests/zeroes" --memory 32M --append dirty --name writer \
	--keep
check 'holds all of it' is "$(held writer) $(lent writer)" "$((32 * mib)) 0"
check 'the reader has seen nothing of it' shared_frames $((62 * 256))
check 'the writer is forgotten' atoll undefine writer

# ---- back to nothing -------------------------------------------------------------
check 'a trim of the reader' atoll trim reader
check 'leaves nothing lent' is "$(lent reader)" 0
check 'a second start reads again' sh -c 'atoll start reader && atoll console reader < /dev/null'
wait_for 'until it has ended' state_is reader stopped
check 'and is lent as much' is "$(held reader) $(lent reader)" "$((2 * mib)) $((62 * mib))"
check 'the reader is forgotten' atoll undefine reader
check 'none is lent any more' shared_frames 0

# ---- page by page -----------------------------------------------------------------
small=/sys/module/atoll/parameters/small_pages
echo Y > $small
check 'in small pages: a writer finds zeroes first' atoll run "$guests/tests/zeroes" --memory 8M \
	--append dirty --name small --keep
# The first MiB, but for what the boot loader put there
check 'in small pages: and is lent what it only read' at_most "$(lent small)" $mib
check 'in small pages: all of that' at_least "$(lent small)" $((mib * 9 / 10))
check 'in small pages: audit' audited
check 'in small pages: two CPUs see what they write' atoll run "$guests/tests/shared" --memory 64M \
	--vcpus 2 --name both --keep
check 'in small pages: and hold little of it' at_most "$(held both)" $((2 * mib))
check 'in small pages: audit of both' audited
check 'in small pages: all are forgotten' atoll undefine small both
echo N > $small

# ---- reserved: there is nothing to lend ---------------------------------------------
check 'reserved: a reader' atoll run "$guests/tests/zeroes" --memory 8M --reserve --name kept --keep
check 'reserved: has all of its own' is "$(held kept) $(lent kept)" "$((8 * mib)) 0"
check 'reserved: forgotten' atoll undefine kept

# ---- while others read, write and trim ----------------------------------------------
check 'trimmed: one reads' start_guest calm tests/checksum --memory 16M --append rounds=20
i=0
while [ $i -lt 3 ]; do
	i=$((i + 1))
	check "trimmed: $i: two CPUs see what they write" atoll run "$guests/tests/shared" \
		--memory 64M --vcpus 2 --name both
	check "trimmed: $i: trim, and audit" sh -c 'atoll trim calm && atoll audit --deep'
done
echo | atoll console calm > /tmp/calm 2>&1
check 'trimmed: its sums were right' sh -c 'atoll show calm | grep -q "^exit code *0$"'
check 'trimmed: forgotten' atoll undefine calm
finish
