#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 600
#
# What a guest is promised and what it holds: nothing before it touches it, in a
# pool that keeps its promises; and a guest that finds none is paused, not killed.

# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/memory_lib.sh
. "$(dirname "$0")/memory_lib.sh"

mib=1048576
resident() { number_of "$1" resident_bytes; }
told() { atoll show "$1" | grep -q "$2"; }
# audited_all COUNT: that many guests, and nothing is amiss
audited_all() { audited && grep -q "\"guests\": *$1," /tmp/audit; }
ended_well() { told "$1" '^exit code *0$' && state_is "$1" stopped; }

# How often guests come and go
turns=3
[ "$(pace)" != vmx ] || turns=1

limit=$(pool limit)
offline=$(offline_bytes)

# ---- promised, and held ----------------------------------------------------
check 'elastic: 128 MiB are promised' atoll define a "$guests/hello" --memory 128M --append forever
check 'elastic: and none is taken' is "$(pool promised) $(pool used)" "$((128 * mib)) 0"
check 'elastic: it starts' atoll start a
wait_for 'elastic: it says something' sh -c 'atoll -j show a | grep -q "\"console_pending\": *[1-9]"'
check 'elastic: it holds what it has touched' at_most "$(resident a)" $((8 * mib))
check 'elastic: the pool counts the same' is "$(pool used)" "$(resident a)"
check 'elastic: no crash dump has it' is $(($(offline_bytes) - offline)) "$(resident a)"
check 'elastic: audit' audited_all 1
check 'elastic: audit, for eyes' sh -c 'atoll audit | grep -q frames'
check 'elastic: pool, for eyes' sh -c 'atoll pool | grep -q promised'
held=$(resident a)
check 'elastic: stopped, it holds that' atoll kill a
check 'elastic: a second start' atoll start a
check 'elastic: takes no more than the first' at_most "$(resident a)" "$held"
check 'elastic: killed' atoll kill a
check 'elastic: forgotten' atoll undefine a
check 'elastic: nothing is promised or held' is "$(pool promised) $(pool used)" '0 0'
check 'reserved: all is taken at define' atoll define a "$guests/hello" --memory 20M --reserve
check 'reserved: and counted' is "$(pool promised) $(pool used) $(resident a)" \
	"$((20 * mib)) $((20 * mib)) $((20 * mib))"
check 'reserved: and shown' told a '^memory kind *reserved$'
check 'reserved: forgotten' atoll undefine a
check 'reserved: nothing is held' is "$(pool promised) $(pool used)" '0 0'

# ---- the pool --------------------------------------------------------------
check 'pool: it is resized' atoll pool resize 64M
check 'pool: define within it' atoll define a "$guests/hello" --memory 40M
refused 'the pool has no room for that much memory' define b "$guests/hello" --memory 26M
refused 'guests are promised: 38M is less than 40M' pool resize 38M
refused 'guests are promised: 0 is less than 40M' host --pool-limit 0
check 'pool: overcommit' atoll pool overcommit on
check 'pool: then more is promised than there is' atoll define b "$guests/hello" --memory 16G
refused 'guests are promised: 64M is less than' pool overcommit off
check 'pool: a guest of 16 GiB runs in it' sh -c 'atoll start b && atoll console b < /dev/null'
check 'pool: and ends' ended_well b
check 'pool: it holds little' at_most "$(resident b)" $((8 * mib))
refused 'guests hold now: 1M is less than 2M' pool resize 1M
check 'pool: audit' audited_all 2
check 'pool: forgotten' atoll undefine a b
check 'pool: no more overcommit' atoll pool overcommit off

# ---- out of memory ---------------------------------------------------------
check 'out of memory: a small pool' sh -c 'atoll pool resize 24M && atoll pool overcommit on'
atoll events --count 4 > /tmp/events 2> /dev/null &
sleep 1
check 'out of memory: a guest that fills 64 MiB' atoll define a "$guests/tests/ram" --memory 64M \
	--append kib=65536
check 'out of memory: starts' atoll start a
wait_for 'out of memory: it is paused' state_is a paused
check 'out of memory: for that reason' told a 'out of memory: guests hold all that the pool has'
check 'out of memory: a list says so' sh -c 'atoll list | grep -q "paused.*out of memory"'
check 'out of memory: it holds what there was' is "$(resident a) $(pool used)" \
	"$((24 * mib)) $((24 * mib))"
check 'out of memory: audit' audited_all 1
check 'out of memory: resumed in vain' atoll resume a
wait_for 'out of memory: it is paused again' state_is a paused
wait_for 'out of memory: events say so' grep -q '^paused' /tmp/events
check 'out of memory: it can be killed' atoll kill a
check 'out of memory: and started' atoll start a
wait_for 'out of memory: and is paused' state_is a paused
check 'out of memory: more memory' atoll pool resize 96M
check 'out of memory: and it goes on' atoll resume a
wait_for 'out of memory: to its end' ended_well a
check 'out of memory: audit of all of it' audited_all 1
check 'out of memory: forgotten' atoll undefine a
check 'out of memory: the pool as it was' sh -c "atoll pool resize $limit && atoll pool overcommit off"

# ---- come and go -----------------------------------------------------------
check 'neighbours: one sums up its memory' atoll define calm "$guests/tests/checksum" \
	--memory 16M --append rounds=20
check 'neighbours: and starts' atoll start calm
i=0
while [ $i -lt $turns ]; do
	i=$((i + 1))
	check "neighbours: $i: audit" audited_all 1
	check "neighbours: $i leaves dirt" atoll run "$guests/tests/zeroes" --memory 32M --append dirty \
		--name dirt
	check "neighbours: $i finds zeroes and fills" atoll run "$guests/tests/ram" --memory 16M \
		--append kib=16384 --name ram
done
atoll console calm < /dev/null > /tmp/calm 2>&1
check 'neighbours: each sum was right' ended_well calm
check 'neighbours: forgotten' atoll undefine calm

# ---- one beside five that come and go --------------------------------------
# Each of the five finds all of its RAM zero, which others have filled, and fills it
five()
{
	jobs=''
	for guest in 1 2 3 4 5; do
		atoll run "$guests/tests/zeroes" --memory 8M --append dirty --name "five$guest" \
			> "/tmp/five$guest" 2>&1 < /dev/null &
		jobs="$jobs $!"
	done
	verdict=0
	for job in $jobs; do wait "$job" || verdict=1; done
	[ "$verdict" = 0 ] || grep -h '^FAIL' /tmp/five?
	return "$verdict"
}
holds() { [ "$(resident "$1")" = "$2" ]; }
unharmed() { atoll audit --deep && state_is calm running; }

check 'five: one fills its RAM' start_guest calm tests/pattern --memory 16M
wait_for 'five: all of it' holds calm $((16 * mib))
i=0
while [ $i -lt $turns ]; do
	i=$((i + 1))
	check "five: $i: five come and go" five
	check "five: $i: audit, and it goes on" unharmed
done
echo | atoll console calm > /tmp/calm 2>&1
check 'five: each word was as it was written' ended_well calm
grep '^FAIL\|^summary' /tmp/calm
check 'five: forgotten' atoll undefine calm
# ---- who comes after -------------------------------------------------------
# Where the host has what a guest holds, in extents, a line for each
frames()
{
	atoll -j map "$1" | sed 's/[",]//g' |
		awk '$1 == "len_bytes:" { len = $2 } $1 == "host:" && $2 != "null" { print $2, len }' |
		while read -r host len; do
			while [ "$len" -gt 0 ]; do
				echo $((host))
				host=$((host + 2 * mib)) len=$((len - 2 * mib))
			done
		done
}
# The guest's own verdict is that all of its RAM was zero; then it fills it
fills() { start_guest "$1" tests/zeroes --memory 32M --append dirty && atoll console "$1" < /dev/null; }

check 'heirs: a guest fills its RAM' fills first
check 'heirs: and ends' ended_well first
frames first > /tmp/first
check 'heirs: the map knows all of it' is "$(wc -l < /tmp/first)" 16
check 'heirs: nobody touches it any more' sh -c \
	'atoll map first && atoll map first | grep -q "^  m  32M *\(cold\|held\)"'
check 'heirs: it is forgotten' atoll undefine first
check 'heirs: another looks for what it left, in all its RAM' fills heir
check 'heirs: and finds nothing' ended_well heir
frames heir > /tmp/heir
common=$(sort /tmp/first /tmp/heir | uniq -d | wc -l)
check "heirs: $common of its 16 extents were the first one's" [ "$common" -gt 0 ]
check 'heirs: forgotten' atoll undefine heir
check 'all memory is back' is "$(pool promised) $(pool used)" '0 0'
finish
