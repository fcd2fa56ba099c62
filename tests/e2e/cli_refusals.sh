#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 480
#
# What the command has to refuse, with a sentence and with nothing changed:
# wrong guests, wrong states, bad names, bad images, bad numbers.

# shellcheck disable=SC1091,SC2154 # cli_lib.sh and what it defines

. "$(dirname "$0")/cli_lib.sh"
hello=$guests/hello
long=$(printf '%063d' 0)

nothing_is_defined()
{
	says '^guests +0$' host
	says '^pool promised +0$' host
	says '^pool used +0$' host
	does list
	[ ! -s out ] || bad "$1 left something: $(cat out)"
}

# ---- guests that aren't there -------------------------------------------------
for verb in undefine start stop kill pause resume trim show console; do
	refused 1 "atoll: $verb none: no guest of that name" $verb none
	refused 1 "atoll: $verb : name is empty" $verb ''
	refused 1 'name is longer than 63 bytes' $verb "0$long"
	refused 1 "atoll: $verb a b: name has bytes other than" $verb 'a b'
	refused 2 "atoll: $verb: there is no option -x" $verb -x
done

# ---- names ----------------------------------------------------------------------
refused 1 'atoll: define : name is empty' define '' "$hello"
refused 1 'name is longer than 63 bytes' define "0$long" "$hello"
for name in 'a b' a/b 'a:b' "$(printf 'a\nb' | tr '\n' '\001')" "$(printf '\303\244')" \
		"$(printf 'a\351')" 'a*' 'a"b' '..%s'; do
	refused 1 "atoll: define $name: name has bytes other than" define "$name" "$hello"
done
refused 1 'name has bytes other than' run "$hello" --name 'a b'
refused 1 'name is empty' run "$hello" --name ''
nothing_is_defined 'a bad name'

# ---- images -----------------------------------------------------------------------
: > empty
mkdir directory
head -c 200 "$hello" > cut_header
head -c 5000 "$hello" > cut_segment
head -c 65536 /dev/zero > zeroes
head -c 100 "$hello" > cut_early
for image in empty cut_header cut_segment cut_early zeroes; do
	refused 1 "atoll: define a: " define a $image --format multiboot
	refused 1 "atoll: run $image: " run ./$image --format multiboot
done
refused 1 "atoll: define a: " define a empty
refused 1 "atoll: define a: " define a empty --format flat
refused 1 'atoll: define a: none: No such file' define a none
refused 1 'atoll: define a: directory: is a directory' define a directory
refused 1 'atoll: define a: none: No such file' define a "$hello" --module none
refused 1 'atoll: define a: ' define a "$hello" --format flat --load-addr 0x7fffffffffff
refused 1 'atoll: define a: ' define a "$hello" --format flat --load-addr 0xffffffffffffffff
refused 1 'atoll: define a: ' define a "$hello" --format multiboot --load-addr 0x7c00
refused 1 'longer than 4095 bytes' define a "$hello" --append "$(printf '%04200d' 0)"
refused 1 'longer than 64 KiB' define a "$hello" --append "$(printf '%065536d' 0)"
nothing_is_defined 'a bad image'

# ---- numbers ------------------------------------------------------------------------
refused 1 'memory is 0' define a "$hello" --memory 0
refused 1 'memory is not a multiple of 4096' define a "$hello" --memory 4097
refused 1 'memory is not a multiple of 4096' define a "$hello" --memory 16777217
refused 1 'no room for that much memory' define a "$hello" --memory 512G
refused 1 'memory is more than' define a "$hello" --memory 8589934592G
refused 1 'number of vCPUs' define a "$hello" --vcpus 0
refused 1 'number of vCPUs' define a "$hello" --vcpus 33
refused 1 'number of vCPUs' define a "$hello" --vcpus 4294967295
refused 2 '--vcpus takes a number' define a "$hello" --vcpus 4294967296
refused 2 '--node takes a number' define a "$hello" --node near
refused 1 'more host CPUs to pin to than vCPUs' define a "$hello" --pin 0,0
refused 1 "host CPU to pin to doesn't exist or is offline" define a "$hello" --pin 8192
refused 1 "host CPU to pin to doesn't exist or is offline" define a "$hello" --pin 4294967295
refused 1 'frequency has to be 100000 to 10000000 kHz' define a "$hello" --tsc-khz 99999
refused 1 "this CPU can't scale the TSC" define a "$hello" --tsc-khz 100000
refused 2 '--tsc-khz takes a number' define a "$hello" --tsc-khz 2G
refused 2 '--pin takes host CPUs' define a "$hello" --pin some
refused 1 'memory is 0' run "$hello" --memory 0
nothing_is_defined 'a bad number'

# ---- states ---------------------------------------------------------------------------
does define a "$hello" --append forever
refused 1 'atoll: define a: a guest of that name is defined already' define a "$hello"
refused 1 'atoll: run a: a guest of that name is defined already' run "$hello" --name a
state_is a new
refused 1 'atoll: stop a: not running: it was never started' stop a
refused 1 'atoll: kill a: not running: it was never started' kill a
refused 1 'atoll: pause a: not running: it was never started' pause a
refused 1 'atoll: resume a: not paused: it was never started' resume a
state_is a new

does start a
state_is a running
refused 1 'atoll: start a: already running' start a
refused 1 'atoll: resume a: not paused: it is running' resume a
refused 1 'atoll: undefine a: running: stop it first' undefine a
state_is a running

does pause a
state_is a paused
refused 1 'atoll: pause a: already paused' pause a
refused 1 'atoll: start a: paused: resume it, or kill it first' start a
refused 1 'atoll: undefine a: paused: kill it first' undefine a
refused 1 'atoll: stop a: paused: resume it, or kill it' stop a
state_is a paused
does resume a
state_is a running

refused 1 'atoll: stop a: the guest has not switched ACPI on' stop a
state_is a running
does stop a --kill
state_is a stopped
refused 1 'atoll: stop a: not running' stop a
refused 1 'atoll: kill a: not running' kill a
refused 1 'atoll: pause a: not running: it has stopped' pause a
refused 1 'atoll: resume a: not paused: it has stopped' resume a
does start a
does kill a
state_is a stopped

# ---- one of several ---------------------------------------------------------------------
does define b "$hello" --append forever
refused 1 'atoll: start none: no guest of that name' start a none b
state_is a running
state_is b running
does kill a b
does undefine b
refused 1 'atoll: undefine b: no guest of that name' undefine a b
nothing_is_defined 'undefine'

# ---- the pool -----------------------------------------------------------------------------
limit=$(atoll -j host | sed -n 's/.*"pool_limit_bytes": \([0-9]*\).*/\1/p')
does define a "$hello" --memory 16M
refused 1 'pool limit is below what guests are promised: 2M is less than 16M' host --pool-limit 2M
does host --pool-limit 18M
says '^pool limit +18M$' host
refused 1 'no room for that much memory' define b "$hello" --memory 4M
does undefine a
does host --pool-limit "$limit"
nothing_is_defined 'the pool'

# ---- memory that a guest has asked for itself -----------------------------------------------
does define a "$hello" --reserve
refused 1 "atoll: trim a: the guest's memory is reserved" trim a
refused 1 'atoll: trim none: no guest of that name' trim none
does undefine a
nothing_is_defined 'a trim'

# ---- words, with the module there ---------------------------------------------------------
refused 2 'it needs NAME...' start
refused 2 'it needs IMAGE' run
refused 2 'one word too many' list x
refused 2 'did you mean start?' strat a
refused 2 '--memory takes a size' define a "$hello" --memory 12Q
refused 2 '--pool-limit takes a size' host --pool-limit lots
refused 2 'resize takes a size' pool resize lots
refused 2 'overcommit takes on or off' pool overcommit perhaps
refused 2 'there is no action "grow"' pool grow
nothing_is_defined 'wrong usage'
finish
