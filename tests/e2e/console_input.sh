#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What is written to a guest's tty arrives there, whole and in order, however
# much it is, and also if it was written before the guest started.
#
# lab: -t 180

# shellcheck disable=SC1091,SC2154 # both lie beside this file, and define it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"

atoll define echo "$guests/hello" --append echo
tty=$(tty_of echo)

# The shell closes the tty at once, and no guest reads: the words wait
check "a tty takes words before the start" timeout 5 sh -c "printf 'early\\nbird\\n\\n' > $tty"
atoll start echo
wait_for "the guest ends at the empty line" state_is echo stopped
read_tty "$tty" "$(pending echo)" | tr -d '\r' > "$work/got"
check "it heard the first line" grep -qx 'you said: early' "$work/got"
check "it heard the second line" grep -qx 'you said: bird' "$work/got"

# More than every queue between holds, both ways at once
awk 'BEGIN { for (i = 1; i <= 150; i++) print "line", i, "of a long, long speech to a guest" }' > "$work/speech"
sed 's/^/you said: /' "$work/speech" > "$work/want"
atoll start echo
exec 3<> "$tty"
cat <&3 > "$work/raw" &
reader=$!
(cat "$work/speech" && echo) > "$tty"
wait_long "the guest has heard all of it" state_is echo stopped
wait_long "a reader has all it said" grep -q '^goodbye' "$work/raw"
kill $reader
tr -d '\r' < "$work/raw" | grep '^you said' > "$work/got"
check "150 lines come back as they went" cmp "$work/want" "$work/got"
check "nothing is lost" has_lost echo 0
exec 3>&-

# A full queue makes a writer wait, and is no reason for a close to
timeout 1 cat "$work/speech" > "$tty" && fail "a guest that doesn't run has read"
pass "a writer waits for a guest that doesn't read"
check "a reader comes and goes beside it" timeout 5 sh -c ": < $tty"
check "undefine does not wait for it" timeout 10 atoll undefine echo

rm -rf "$work"
finish
