#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 480
#
# The console: nothing that a guest printed is lost, whoever comes how late;
# stdin may be anything; a terminal gets its settings back.

# shellcheck disable=SC1091,SC2154 # cli_lib.sh and what it defines

. "$(dirname "$0")/cli_lib.sh"
hello=$guests/hello

# has_lines FILE N: the guest's lines 1 to N, each once and in order
has_lines()
{
	tr -d '\r' < "$1" | sed -n "s/^line \([0-9]*\) of $2\$/\1/p" > numbers
	seq 1 "$2" | cmp -s - numbers ||
		bad "lines of $1: $(wc -l < numbers) of $2"
}

# ---- all that was said before anybody listened -------------------------------------
does define a "$hello" --append 'lines=100'
does start a
wait_for_state a stopped
says '^console pending +[1-9]' show a
timeout 120 atoll console a > seen 2> err < /dev/null || bad "console: $(cat err)"
has_lines seen 100
[ "$(tail -n 1 seen | tr -d '\r')" = goodbye ] || bad "the last line: $(tail -n 1 seen)"
says '^console pending +0$' show a
says '^console lost +0$' show a

# A second look finds nothing, and ends
timeout 120 atoll console a > seen 2> err < /dev/null || bad "second console: $?"
[ ! -s seen ] || bad "said twice: $(cat seen)"

# ---- through a pipe, a slow one, a file, from a pipe --------------------------------
does start a
timeout 120 atoll console a < /dev/null 2> err | cat > seen
has_lines seen 100
does start a
timeout 120 atoll console a < /dev/null 2> err |
	while IFS= read -r line; do usleep 5000; echo "$line"; done > seen
has_lines seen 100
does start a
# Not "sleep |": the shell would wait for both
mkfifo silence
sleep 600 > silence &
silent=$!
timeout 120 atoll console a < silence > seen 2> err || bad "console with a silent stdin: $?"
kill $silent
has_lines seen 100
does start a
timeout 120 atoll console a > seen 2> err <&- || bad "console with stdin closed: $?"
has_lines seen 100
does undefine a

# ---- attached before the start -------------------------------------------------------
does define a "$hello" --append 'lines=1000'
background console a
attached "$pid"
does start a
wait "$pid" || bad "console before the start: $?"
has_lines seen 1000
does undefine a

# ---- both ways ------------------------------------------------------------------------
does define a "$hello" --append echo
does start a
{ printf 'one\ntwo\n'; usleep 500000; printf 'thr\035ee\n\n'; } |
	timeout 120 atoll console a > seen 2> err || bad "console with input: $?"
grep -q 'you said: one' seen || bad 'input is lost'
grep -q 'you said: two' seen || bad 'the second line is lost'
grep -q "$(printf 'you said: thr\035ee')" seen || bad 'Ctrl-] from a pipe is a byte like others'
grep -q goodbye seen || bad "no end: $(cat seen)"
does undefine a

# ---- a reader that goes away ----------------------------------------------------------
does define a "$hello" --append forever
does start a
timeout 120 atoll console a < /dev/null 2> err | head -n 1 > seen
[ -s seen ] || bad 'head saw nothing'
state_is a running

# ---- signals leave the guest alone ----------------------------------------------------
for signal in TERM HUP; do
	background console a
	wait_for 'still here' seen
	kill -$signal "$pid"
	wait "$pid"
	status=$?
	[ $status -gt 128 ] || bad "console, SIG$signal: status $status"
	state_is a running
done

# A shell has SIGINT ignored for what it starts in the background
background console a
wait_for 'still here' seen
kill -INT "$pid"
usleep 300000
kill -TERM "$pid" || bad 'an ignored SIGINT ended it'
wait "$pid"

# ---- at a terminal ----------------------------------------------------------------------
timeout 120 cli_pty 'still here' '^]' atoll console a > seen
status=$?
[ $status = 0 ] || bad "Ctrl-]: status $status: $(cat seen)"
grep -q 'Ctrl-] leaves' seen || bad 'nobody says how to leave'
state_is a running
timeout 120 cli_pty 'still here' TERM atoll console a > seen
status=$?
[ $status = 143 ] || bad "SIGTERM at a terminal: status $status"
timeout 120 cli_pty 'still here' INT atoll console a > seen
status=$?
[ $status = 130 ] || bad "SIGINT at a terminal: status $status"
state_is a running

# Ctrl-C is for the guest, not for the command: it goes on until Ctrl-]
timeout 120 cli_pty 'still here' '^C^Z^\^]' atoll console a > seen
status=$?
[ $status = 0 ] || bad "Ctrl-C: status $status"
does kill a
timeout 120 atoll console a > seen 2> err < /dev/null || bad "console of a killed guest: $?"
does undefine a

# ---- undefined while attached -------------------------------------------------------------
does define a "$hello"
background console a
attached "$pid"
does undefine a
wait "$pid"
status=$?
[ $status = 1 ] || bad "undefined while attached: status $status"
grep -q 'undefined while attached' said || bad "undefined while attached: $(cat said)"
finish
