#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 480
#
# run: output on stdout, the guest's code as status, and nothing left behind,
# whichever way it ends.

# shellcheck disable=SC1091,SC2154 # cli_lib.sh and what it defines

. "$(dirname "$0")/cli_lib.sh"
hello=$guests/hello

nothing_is_left()
{
	left=$(atoll list)
	[ -z "$left" ] || bad "$1 left: $left"
}

# run_ends STATUS WORD...
run_ends()
{
	wanted=$1
	shift
	timeout 180 atoll run "$@" > seen 2> err < /dev/null
	status=$?
	[ $status = "$wanted" ] || bad "run $*: status $status, not $wanted: $(cat err)"
}

# ---- codes ----------------------------------------------------------------------
for code in 0 1 2 7 42 125 200 255; do
	run_ends $code "$hello" --append "code=$code"
	[ ! -s err ] || bad "run talks: $(cat err)"
	grep -q '^goodbye' seen || bad "code $code: $(cat seen)"
	nothing_is_left "code $code"
done

# ---- options and the command line -------------------------------------------------
run_ends 3 --memory 32M --append 'code=3 some words' --vcpus=1 "$hello" --format auto
grep -q 'command line: hello code=3 some words' seen || bad "command line: $(cat seen)"
run_ends 0 "$hello"
grep -q "$(printf '^command line: hello\r*$')" seen || bad "command line alone: $(cat seen)"
run_ends 0 "$hello" --append 'lines=3000'
[ "$(grep -c '^line ' seen)" = 3000 ] || bad "3000 lines: $(grep -c '^line ' seen)"

# ---- a crash ------------------------------------------------------------------------
run_ends 125 "$guests/tests/hostile_triple_fault"
grep -q 'the guest crashed: .' err || bad "crash: $(cat err)"
nothing_is_left 'a crash'

# ---- names ----------------------------------------------------------------------------
does define hello "$hello"
does define hello-2 "$hello"
background events --count 4
wait_for listening said
does run "$hello"
wait "$pid"
grep -q '^defined hello-3 ' seen || bad "taken names: $(cat seen)"
does undefine hello hello-2
cp "$hello" 'a strange+name'
background events --count 4
wait_for listening said
does run 'a strange+name'
wait "$pid"
grep -q '^defined a-strange-name ' seen || bad "strange name: $(cat seen)"
nothing_is_left 'names'

# ---- --keep -----------------------------------------------------------------------------
run_ends 5 "$hello" --keep --name kept --append code=5
state_is kept stopped
says '^exit code +5$' show kept
does undefine kept

# ---- somebody else ends it -----------------------------------------------------------
for verb in 'stop --kill' kill; do
	background run "$hello" --append forever
	wait_for 'still here' seen
	# shellcheck disable=SC2086 # words
	does $verb hello
	wait "$pid"
	status=$?
	[ $status = 137 ] || bad "$verb during run: status $status"
	grep -q 'the guest was stopped' said || bad "$verb during run: $(cat said)"
	nothing_is_left "$verb"
done

# ---- signals, a closed pipe, the escape key --------------------------------------------
# A shell has SIGINT ignored for what it starts in the background: cli_pty for that
for signal in TERM HUP; do
	background run "$hello" --append forever
	wait_for 'still here' seen
	kill -$signal "$pid"
	wait "$pid"
	status=$?
	[ $status -gt 128 ] || bad "run, SIG$signal: status $status"
	nothing_is_left "SIG$signal"
done
timeout 120 atoll run "$hello" --append forever < /dev/null 2> err | head -n 2 > seen
nothing_is_left 'a closed pipe'
timeout 120 cli_pty 'still here' '^]' atoll run "$hello" --append forever > seen
status=$?
[ $status = 137 ] || bad "run, Ctrl-]: status $status"
nothing_is_left 'Ctrl-]'
timeout 120 cli_pty 'still here' TERM atoll run "$hello" --append forever > seen
status=$?
[ $status = 143 ] || bad "run at a terminal, SIGTERM: status $status"
nothing_is_left 'SIGTERM at a terminal'
timeout 120 cli_pty 'still here' INT atoll run "$hello" --append forever > seen
status=$?
[ $status = 130 ] || bad "run, SIGINT: status $status"
nothing_is_left SIGINT
timeout 120 cli_pty 'still here' '^]' atoll run "$hello" --keep --append forever > seen
status=$?
[ $status = 0 ] || bad "run --keep, Ctrl-]: status $status"
state_is hello running
does kill hello
does undefine hello

# ---- JSON ----------------------------------------------------------------------------------
run_ends 9 -j "$hello" --append code=9
cli_json -l < err || bad "record: $(cat err)"
grep -q '"exit_code":9' err || bad "record: $(cat err)"
grep -q '^goodbye' seen || bad "output with -j: $(cat seen)"
finish
