#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# bench/run measures under both, and says when it can't.  How much an exit
# costs is not judged here, only that each kind has a figure on both sides.
#
# lab: -k vmx -k debian12 -t 240 --icount
# lab: own-boot
. "$(dirname "$0")/lib.sh"

bench=$(dirname "$0")/../../bench

# Kinds with a positive figure on both sides
measured()
{
	tr '{' '\n' < /tmp/bench.json |
		grep -cE '"kind":"[^"]+","atoll":[1-9][0-9]*,"kvm":[1-9][0-9]*,"ratio":[0-9.]+,'
}

refused_for() { ! "$1" "$2" "$3" > /dev/null 2> /tmp/bench.err && grep -q "$4" /tmp/bench.err; }

check "the benchmark runs" "$bench/run" -j -n 2
cp /tmp/check.out /tmp/bench.json
check "it prints JSON" sh -c 'cli_json < /tmp/bench.json'
check "with a figure for each of twelve kinds under both" [ "$(measured)" = 12 ]
check "and knows that this clock counts instructions" grep -q '"unit":"instructions"' /tmp/bench.json

check "it prints a table" "$bench/run" -n 1
cp /tmp/check.out /tmp/bench.table
check "with a line for each of them" \
	[ "$(grep -cE ' +[0-9]+ +[0-9]+ +[0-9]+\.[0-9][0-9]$' /tmp/bench.table)" = 12 ]
check "and with what is left out" grep -q '^Left out: ' /tmp/bench.table

check "KVM's side passes the guest's code on" "$bench/kvm" "$guests/hello"
check "takes the command line" sh -c "'$bench/kvm' $guests/hello code=3; [ \$? = 3 ]"
check "and refuses what is no image" refused_for "$bench/kvm" "$0" '' 'no ELF'

start_guest busy tests/hostile_spin
check "it says so while a guest of Atoll's has the CPU" \
	refused_for "$bench/run" -n 1 'virtualization is in use'
atoll kill busy
atoll undefine busy
rmmod atoll
check "and when the module is missing" refused_for "$bench/run" -n 1 'atoll.ko is not loaded'
finish
