#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a guest prints while nobody listens is kept up to 64 KiB, across the
# guest's end and its next start; beyond that the oldest goes, and is counted.
#
# lab: -t 180

# shellcheck disable=SC1091,SC2154 # both lie beside this file, and define it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"

ring=65536

start_guest quiet hello --append lines=20
wait_for "the guest has ended" state_is quiet stopped
expected lines=20 20 > "$work/want"
n=$(size_of "$work/want")
check "all it said is pending" has_pending quiet "$n"
read_tty "$(tty_of quiet)" "$n" > "$work/got"
check "a late reader gets every byte" cmp "$work/want" "$work/got"
check "then nothing is pending" has_pending quiet 0
check "and nothing is lost" has_lost quiet 0

atoll start quiet && wait_for "it has run again" state_is quiet stopped
atoll start quiet && wait_for "and once more" state_is quiet stopped
cat "$work/want" "$work/want" > "$work/twice"
check "two runs are pending" has_pending quiet $((2 * n))
read_tty "$(tty_of quiet)" $((2 * n)) > "$work/got"
check "they come one behind the other" cmp "$work/twice" "$work/got"
atoll undefine quiet

start_guest loud hello --append lines=4000
wait_long "the loud guest has ended" state_is loud stopped
expected lines=4000 4000 > "$work/want"
all=$(size_of "$work/want")
check "a full ring is pending" has_pending loud $ring
check "the rest is counted as lost" has_lost loud $((all - ring))
tail -c $ring "$work/want" > "$work/tail"
read_tty "$(tty_of loud)" $ring > "$work/got"
check "the newest is what is kept" cmp "$work/tail" "$work/got"
check "reading loses no more" has_lost loud $((all - ring))
check "the ring is empty" has_pending loud 0
atoll undefine loud

rm -rf "$work"
finish
