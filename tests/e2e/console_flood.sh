#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Guests that print more than anybody reads: each byte is either read or
# counted as lost, the host keeps its memory, and ttys come and go meanwhile.
#
# lab: -t 600

# shellcheck disable=SC1091,SC2154 # both lie beside this file, and define it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"

# slowly: all of stdin, a little at a time
slowly()
{
	while dd bs=1024 count=1 2> /dev/null > "$work/piece" && [ -s "$work/piece" ]; do
		cat "$work/piece"
		usleep 2000
	done
}

# Has all of $work/want been read into $work/got, or been lost by guest $1?
is_accounted()
{
	[ $(($(size_of "$work/got") + $(lost "$1"))) = "$(size_of "$work/want")" ]
}

# A tty that is just being closed answers EAGAIN to whom a signal waits for, as it does
# for this shell when one of its readers ends (tty_open())
open_and_close() { true <> "$tty" || true <> "$tty" || true <> "$tty"; }

free_kib() { awk '/^MemFree/ { print $2 }' /proc/meminfo; }

# Less than the ring: a slow reader gets it all.
atoll define small "$guests/hello" --append lines=1000
expected lines=1000 1000 > "$work/want"
tty=$(tty_of small)
exec 3<> "$tty"
atoll start small
slowly < "$tty" > "$work/got" &
reader=$!
wait_long "the small flood has ended" state_is small stopped
wait_long "a slow reader reads all" is_accounted small
check "of which nothing is lost" has_lost small 0
atoll undefine small
wait $reader
exec 3>&-
check "and it is what was printed" cmp "$work/want" "$work/got"

# More than the ring, and the reader waits until all is printed
atoll define large "$guests/hello" --append lines=4500
expected lines=4500 4500 > "$work/want"
tty=$(tty_of large)
exec 3<> "$tty"
atoll start large
(while [ ! -e "$work/go" ]; do usleep 100000; done; cat) < "$tty" > "$work/got" &
reader=$!
wait_long "the large flood has ended" state_is large stopped
touch "$work/go"
wait_long "each byte of it is read or counted as lost" is_accounted large
check_not "more than the ring holds is lost" has_lost large 0
atoll undefine large
wait $reader
exec 3>&-
check "the end is not lost" sh -c "tail -n 1 $work/got | grep -q goodbye"
tr -d '\r' < "$work/got" | sed -n 's/^line \([0-9]*\) of 4500$/\1/p' > "$work/numbers"
check "nothing comes twice or out of order" sort -c -n -u "$work/numbers"

# Without end, and nobody or somebody there
start_guest flood tests/hostile_uart_flood
tty=$(tty_of flood)
wait_long "a flood that nobody reads fills the ring" has_pending flood 65536
check_not "and loses the rest" has_lost flood 0
before=$(free_kib)
i=0
while [ $i -lt 20 ]; do
	timeout 60 head -c 5000 "$tty" > /dev/null || fail "reader $i"
	(timeout 60 head -c 100 "$tty" > /dev/null) &
	open_and_close || fail "open and close $i"
	i=$((i + 1))
done
wait
pass "40 readers came and went"
check "the guest still floods" state_is flood running
check "the host keeps its memory" [ $((before - $(free_kib))) -lt 8192 ]
check "the flood is killed while it is read" sh -c \
	"(timeout 60 cat $tty > /dev/null) & sleep 1; timeout 60 atoll kill flood; s=\$?; kill %1; exit \$s"
check "and undefined" timeout 60 atoll undefine flood

rm -rf "$work"
finish
