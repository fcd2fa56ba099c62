#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 500
#
# Memory that guests hold and don't use is taken back while they run, and they can't
# tell; what came in pieces becomes whole; and nobody trims what isn't there.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

mib=1048576
resident() { number_of "$1" resident_bytes; }
ended_well() { state_is "$1" stopped && is "$(number_of "$1" exit_code)" 0; }
# What a trim has said, of "given_back_bytes" or "merged"
said() { sed -n "s/.*\"$1\": *\\([0-9]*\\).*/\\1/p" /tmp/trimmed; }
# trimmed NAME WHAT: the same of one that is made
trimmed() { atoll -j trim "$1" > /tmp/trimmed && said "$2"; }
# filled NAME: it has printed a line, after having filled its memory
filled() { [ "$(number_of "$1" console_pending)" -gt 0 ]; }
# ends_well NAME: a byte ends it, and it found nothing wrong
ends_well()
{
	echo | atoll console "$1" > /tmp/said 2>&1
	check "$1: ends, and found nothing wrong" ended_well "$1"
	grep '^FAIL\|^summary' /tmp/said
}

# ---- one that runs -----------------------------------------------------------
check 'a guest fills 32 MiB, and clears half of it' start_guest a tests/pattern --memory 32M \
	--append holes
wait_for 'a: has done so' filled a
check 'a: holds all' is "$(resident a)" $((32 * mib))
check 'a: half of it goes back' is "$(trimmed a given_back_bytes)" $((16 * mib))
check 'a: and is held no more' is "$(resident a) $(pool used)" "$((16 * mib)) $((16 * mib))"
check 'a: it runs on' state_is a running
check 'a: audit' audited
check 'a: there is no more to be had' is "$(trimmed a given_back_bytes)" 0
check 'a: for eyes' sh -c 'atoll trim a | grep -q "^a  *0  *0  *0$"'
check 'a: paused' atoll pause a
check 'a: nor when it is paused' is "$(trimmed a given_back_bytes)" 0
check 'a: it is still paused' state_is a paused
check 'a: resumed' atoll resume a
ends_well a
check 'a: holds all again' is "$(resident a)" $((32 * mib))
check 'a: nothing of that is zero' is "$(trimmed a given_back_bytes)" 0
check 'a: audit at the end' audited
check 'a: forgotten' atoll undefine a

# ---- pages of one that runs --------------------------------------------------------
small() { number_of "$1" small_pages_bytes; }
# apart NAME WHAT: trimmed with extents that may come apart
apart() { atoll -j trim --split "$1" > /tmp/trimmed && said "$2"; }
check 'a guest fills 32 MiB, and clears three of each four pages' start_guest fine tests/pattern \
	--memory 32M --append pages
wait_for 'fine: has done so' filled fine
check 'fine: none of its 2 MiB is zero' is "$(trimmed fine given_back_bytes)" 0
check 'fine: they come apart if it is asked for' at_least "$(apart fine split)" 15
check 'fine: three quarters went back' at_least "$(said given_back_bytes)" $((22 * mib))
check 'fine: and is held no more' is "$(resident fine) $(pool used)" \
	"$((32 * mib - $(said given_back_bytes))) $(resident fine)"
check 'fine: nobody was refused 2 MiB for it' is "$(number_of fine splits)" 0
check 'fine: it runs on' state_is fine running
check 'fine: audit' audited
check 'fine: there is no more to be had' is "$(apart fine given_back_bytes) $(said split)" '0 0'
ends_well fine
check 'fine: holds all again, in pieces' at_least "$(small fine)" $((30 * mib))
check 'fine: which become whole' is "$(trimmed fine merged)" 15
# Where its image is there is a MiB that it never filled
check 'fine: but for the first 2 MiB' at_most "$(small fine)" $((2 * mib))
check 'fine: audit at the end' audited
check 'fine: forgotten' atoll undefine fine

# ---- one that writes all the time ----------------------------------------------
check 'two CPUs write all the time' start_guest busy tests/scribble --memory 24M --vcpus 2
wait_for 'busy: they begin' filled busy
i=0 sum=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	# In turns as a whole and in pieces
	if [ $((i % 2)) = 0 ]; then
		given=$(trimmed busy given_back_bytes)
	else
		given=$(apart busy given_back_bytes)
	fi
	sum=$((sum + ${given:-0}))
done
check 'busy: 20 trims, and it runs' state_is busy running
check "busy: $sum bytes went back in these" at_least "$sum" 1
check 'busy: audit' audited
ends_well busy
check 'busy: forgotten' atoll undefine busy

# ---- in any state ----------------------------------------------------------------
check 'one that is new' atoll define new "$guests/hello" --memory 16M
check 'new: holds nothing' is "$(trimmed new given_back_bytes) $(resident new)" '0 0'
check 'new: runs' sh -c 'atoll start new && atoll console new < /dev/null'
check 'new: has ended' state_is new stopped
check 'new: is trimmed then, too' atoll trim new
check 'new: and starts again' sh -c 'atoll start new && atoll console new < /dev/null'
check 'new: to its end' ended_well new
check 'one that has reserved its memory' atoll define all "$guests/hello" --memory 8M --reserve
refused "the guest's memory is reserved" trim all
check 'all: keeps it' is "$(resident all)" $((8 * mib))
refused 'no guest of that name is defined' trim none
atoll trim none new all > /tmp/trimmed 2> /dev/null
check 'those that can be are trimmed all the same' grep '^new ' /tmp/trimmed
check 'new, all: forgotten' atoll undefine new all

# ---- who lacks memory gets what another doesn't use ----------------------------------
limit=$(pool limit)
check 'a small pool' sh -c 'atoll pool resize 40M && atoll pool overcommit on'
check 'one that holds 32 MiB, and uses half' start_guest rich tests/pattern --memory 32M \
	--append holes
wait_for 'rich: has filled them' filled rich
check 'one that needs 20 MiB' start_guest poor tests/ram --memory 20M --append kib=20480
wait_for 'poor: is paused' state_is poor paused
check 'poor: nothing of its own helps it' atoll trim poor
check 'poor: is paused still' state_is poor paused
check 'rich: gives back' is "$(trimmed rich given_back_bytes)" $((16 * mib))
check 'poor: resumed' atoll resume poor
atoll console poor < /dev/null > /tmp/said 2>&1
check 'poor: goes on to its end' ended_well poor
check 'poor: forgotten' atoll undefine poor
ends_well rich
check 'rich: forgotten' atoll undefine rich
check 'the pool as it was' sh -c "atoll pool resize $limit && atoll pool overcommit off"

# ---- several at once, and who comes and goes ---------------------------------------
trims() { i=0; while [ $i -lt 15 ]; do i=$((i + 1)); atoll trim "$1"; done; }
check 'one that is in the way' start_guest busy tests/scribble --memory 16M --vcpus 2
wait_for 'it begins' filled busy
trims busy > /dev/null 2>&1 &
first=$!
trims busy > /dev/null 2>&1 &
second=$!
for turn in 1 2 3; do
	check "$turn: paused, resumed meanwhile" sh -c 'atoll pause busy && atoll resume busy'
	check "$turn: audit meanwhile" audited
done
check 'killed meanwhile' atoll kill busy
check 'started meanwhile' atoll start busy
check 'killed again' atoll kill busy
check 'undefined meanwhile' atoll undefine busy
wait $first $second
refused 'no guest of that name is defined' trim busy

# ---- pieces become whole -----------------------------------------------------------

fragmented
check 'a guest in small pieces' start_guest bits tests/pattern --memory 16M --append holes
wait_for 'bits: fills them' filled bits
check 'bits: all of it is small' at_least "$(small bits)" $((14 * mib))
if [ -d "$fail_alloc" ]; then
	check 'bits: half of it goes back' at_least "$(trimmed bits given_back_bytes)" $((8 * mib))
	check 'bits: no extent is to be had' is "$(said merged)" 0
	check 'bits: it is small still' is "$(small bits)" "$(resident bits)"
	check 'bits: audit' audited
fi
whole
# The first 2 MiB have holes of their own, where nothing was ever touched
check 'bits: the rest becomes whole' at_least "$(trimmed bits merged)" 3
check 'bits: but for the first 2 MiB' at_most "$(small bits)" $((2 * mib))
check 'bits: audit of extents' audited
ends_well bits
check 'bits: audit at the end' audited
check 'bits: forgotten' atoll undefine bits
check 'all memory is back' is "$(pool promised) $(pool used)" '0 0'
finish
