#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 480
#
# What the command shows: JSON that is JSON, text that says the same, the life
# of a guest as events, a crash with its registers.

# shellcheck disable=SC1091,SC2154 # cli_lib.sh and what it defines

. "$(dirname "$0")/cli_lib.sh"
hello=$guests/hello
crash=$guests/tests/hostile_triple_fault

# json TEXT WORD...: the data is JSON, and has the text
json()
{
	says "$@"
	cli_json < out || bad "atoll: not JSON: $(cat out)"
}

# ---- the judge itself ---------------------------------------------------------------
for text in '' '{' '[1,]' '{"a":}' '{"a" 1}' '01' 'nul' '"a' '{} {}' '[1 2]' '{a:1}'; do
	echo "$text" | cli_json && bad "cli_json takes $text"
done
for text in '{}' '[]' '[1, -2.5e+3, "a\"b", null, {"a": [true]}]' ' 0 '; do
	echo "$text" | cli_json || bad "cli_json refuses $text"
done

# ---- nothing there -------------------------------------------------------------------
for words in 'list -j' '-j show'; do
	# shellcheck disable=SC2086 # words
	json '\[' $words
	[ "$(tr -d ' \n' < out)" = '[]' ] || bad "atoll $words: $(cat out)"
done
does list
[ ! -s out ] || bad "a list of nothing: $(cat out)"
does show
[ ! -s out ] || bad "a show of nothing: $(cat out)"

# ---- the host ---------------------------------------------------------------------------
json '"backend": ?"(svm|vmx)"' host -j
json '"pool_limit_bytes": ?[0-9]+' -j host
says '^backend +(svm|vmx)$' host
says '^guests +0$' host

# ---- the life of a guest, as events ------------------------------------------------------
background events -j --count 11
wait_for listening said
json_pid=$pid
mv seen json_log
background events
wait_for listening said
text_pid=$pid
json '"state": ?"new"' define -j life "$hello" --append 'code=4'
does start life
wait_for_state life stopped
does undefine life
does define life "$hello" --append forever
does start life
does pause life
does resume life
does kill life
does undefine life
does define boom "$crash"
wait "$json_pid" || bad "events --count: $?"
kill "$text_pid"
wait "$text_pid" 2> /dev/null
{
	echo 'defined life - -'
	echo 'started life - -'
	echo 'stopped life 4 -'
	echo 'undefined life 4 -'
	echo 'defined life - -'
	echo 'started life - -'
	echo 'paused life - -'
	echo 'resumed life - -'
	echo 'stopped life - -'
	echo 'undefined life - -'
	echo 'defined boom - -'
} > wanted
awk '{ print $1, $2, $4, $5 }' seen > got
cmp -s wanted got || bad "events: $(cat seen)"
cli_json -l < json_log || bad "events -j: $(cat json_log)"
[ "$(wc -l < json_log)" = 11 ] || bad "events --count 11: $(cat json_log)"
grep -q '"event":"stopped","name":"life","id":[0-9]*,"exit_code":4,"reason":null' json_log ||
	bad "events -j: $(cat json_log)"

# ---- a crash -----------------------------------------------------------------------------
background events --count 2
wait_for listening said
does start boom
wait_for_state boom crashed
wait "$pid"
grep -qE '^crashed boom [0-9]+ - .*triple fault' seen || bad "crash as event: $(cat seen)"
json '"state": ?"crashed"' show boom -j
for key in reason vcpu registers rip rax r15 cr0 cr3 efer cs; do
	grep -q "\"$key\":" out || bad "crash has no $key: $(cat out)"
done
says '^  console$' show boom
json '"console": ?\[' show boom -j
says 'rip=0x[0-9a-f]{16}' show boom
says '^boom +crashed .* - +.*triple fault' list
does kill boom
state_is boom stopped
does undefine boom

# ---- list and show ------------------------------------------------------------------------
does define one "$hello" --append 'code=3'
does define two "$hello" --append forever --memory 32M --pin 0
does start one two
wait_for_state one stopped
says '^NAME +STATE +VCPUS +MEMORY +UPTIME +EXIT_CODE +REASON$' list
says '^one +stopped +1 +16M +[0-9.]+s +3 +-$' list
says '^two +running +1 +32M +[0-9.]+s +- +-$' list
json '"name": ?"two"' list --json
json '"exit_code": ?3' list -j
json '"memory_bytes": ?33554432' show two -j
json '"exit_code": ?null' show two -j
json '"pin": ?0' show two -j
json '"pin": ?null' show one -j
json '"console": ?"/dev/ttyATL' -j show
says '^vcpus$' show two
says '^  INDEX +STATE +TID +CPU +PIN +EXITS$' show two
says '^  0 +runs +[0-9]+ +0 +0 +.*pio [0-9]+' show two
says '^reserved +0$' show two
says '^overhead$' show two
says '^  total=[1-9][0-9]*K? +structs=[1-9][0-9]*K? ' show two
json '"overhead_bytes": ?\{' show two -j
json '"stacks": ?[1-9][0-9]*' show two -j
says '^unclaimed +[0-9]+$' show two
says '^unknown msrs +0$' show two
says '^uptime +[0-9]+\.[0-9]{3}s$' show two
tid=$(atoll -j show two | sed -n 's/.*"tid": *\([0-9]*\).*/\1/p')
[ -d "/proc/$tid" ] || bad "thread $tid of two is not there"
grep -q '^Cpus_allowed_list:[[:space:]]*0$' "/proc/$tid/status" ||
	bad "thread $tid of two: $(grep Cpus_allowed_list "/proc/$tid/status")"

# ---- a trim --------------------------------------------------------------------------------
json '"given_back_bytes": ?[0-9]+' -j trim one two
json '"merged": ?[0-9]+' trim -j one
says '^NAME +GIVEN_BACK +MERGED +SPLIT$' trim one two
says '^two +[0-9]+[KMG]? +[0-9]+ +0$' trim one two
json '"split": ?[1-9]' -j trim --split two

# ---- registers that there aren't ----------------------------------------------------------
does define msr "$guests/tests/msr"
does start msr
wait_for_state msr stopped
says '^unknown msrs +[1-9][0-9]*$' show msr
json '"unknown_msrs": ?[1-9][0-9]*' show -j msr
does undefine msr

# ---- completion knows the guests ---------------------------------------------------------
does __complete stop ''
printf 'one\ntwo\n' | cmp -s - out || bad "completion: $(cat out)"

# ---- a full disk ---------------------------------------------------------------------------
atoll list > /dev/full 2> err && bad 'list to a full disk'
grep -q 'cannot write' err || bad "list to a full disk: $(cat err)"

# ---- more than one message -------------------------------------------------------------------
does kill two
does undefine one two
i=0
while [ $i -lt 60 ]; do
	does define "guest-$i" "$hello" --memory 2M
	i=$((i + 1))
done
does list
[ "$(wc -l < out)" = 61 ] || bad "60 guests: $(wc -l < out) lines"
json '"guest-59"' show -j
[ "$(grep -c '"id":' out)" = 60 ] || bad "show of 60 guests: $(grep -c '"id":' out)"
finish
