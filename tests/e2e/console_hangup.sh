#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A tty that is open when its guest is undefined is hung up, and the file
# descriptor stays harmless for as long as anybody keeps it.
#
# lab: -t 180

# shellcheck disable=SC1091,SC2154 # both lie beside this file, and define it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"

users() { cat /sys/module/atoll/refcnt; }
users_are() { [ "$(users)" = "$1" ]; }

atoll define gone "$guests/hello"
tty=$(tty_of gone)
check "the tty is there" [ -c "$tty" ]
check "nobody holds the module" users_are 0
exec 3<> "$tty"
check_not "an open tty holds the module" users_are 0
cat "$tty" > "$work/got" &
reader=$!
sleep 1
check "the guest is undefined under an open tty" timeout 60 atoll undefine gone
wait $reader
pass "a blocked reader wakes"
check "the device is gone" [ ! -e "$tty" ]
check_not "writing to what is left fails" timeout 5 sh -c 'echo x >&3'
check "reading from it ends at once" timeout 5 sh -c 'cat <&3'
check_not "the descriptor still holds the module" users_are 0

atoll define next "$guests/hello"
other=$(tty_of next)
check "its number is not given away meanwhile" [ "$other" != "$tty" ]
atoll start next
wait_for "another guest runs" state_is next stopped
read_tty "$other" "$(pending next)" > "$work/got"
check "and is heard" grep -q goodbye "$work/got"

exec 3>&-
wait_for "the last close lets the module go" users_are 0
atoll define again "$guests/hello"
check "and the number is free" [ "$(tty_of again)" = "$tty" ]
atoll undefine again next

# Undefine and open at the same time, many times
i=0
while [ $i -lt 12 ]; do
	atoll define race "$guests/hello"
	tty=$(tty_of race)
	(timeout 5 cat "$tty" > /dev/null 2>&1) &
	(timeout 5 sh -c "echo hello > $tty" 2> /dev/null) &
	atoll start race
	timeout 60 atoll kill race 2> /dev/null
	timeout 60 atoll undefine race || fail "undefine in round $i"
	wait
	i=$((i + 1))
done
wait_for "nothing is left of 12 races" users_are 0

rm -rf "$work"
finish
