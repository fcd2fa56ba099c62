# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the cases of the command, which source it: run in the lab, as root, with
# the module loaded and no guest defined.  A case ends with "finish".

# shellcheck disable=SC2034 # for the cases
guests=/usr/lib/atoll/guests
work=$(mktemp -d)
cd "$work" || exit 1
failed=0

bad()
{
	echo "FAIL: $*"
	failed=1
}

finish()
{
	for guest in $(atoll list | awk 'NR > 1 { print $1 }'); do
		atoll kill "$guest" 2> /dev/null
		atoll undefine "$guest"
	done
	cd / && rm -rf "$work"
	exit $failed
}

# Processes are dear in the lab: what the shell can do itself, it does.

# does WORD...: atoll WORD... is done, without talk
does()
{
	atoll "$@" > out 2> err < /dev/null
	status=$?
	if [ $status != 0 ] || [ -s err ]; then
		bad "atoll $*: status $status: $(cat err)"
	fi
}

# background WORD...: atoll WORD... as job $pid, its data in seen, its talk in said
background()
{
	rm -f seen said
	atoll "$@" > seen 2> said < /dev/null &
	pid=$!
}

# refused STATUS SENTENCE WORD...: it is not, and says so on one line of stderr;
# on wrong usage a second line tells where to read on
refused()
{
	wanted=$1 sentence=$2
	shift 2
	atoll "$@" > out 2> err < /dev/null
	status=$?
	line='' more=''
	{ IFS= read -r line; IFS= read -r more; } < err
	[ $status = "$wanted" ] || bad "atoll $*: status $status, not $wanted"
	case $line in
	*"$sentence"*)	;;
	*)		bad "atoll $*: says \"$line\", not \"$sentence\"" ;;
	esac
	[ ! -s out ] || bad "atoll $*: data on stdout: $(cat out)"
	[ "$wanted" = 2 ] || [ -z "$more" ] || bad "atoll $*: more than a sentence: $more"
}

# says TEXT WORD...: atoll WORD... is done, and its data has the text
says()
{
	text=$1
	shift
	does "$@"
	grep -qE -e "$text" out || bad "atoll $*: no \"$text\" in: $(cat out)"
}

state_is()
{
	says "^state +$2\$" show "$1"
}

# wait_for TEXT FILE: until the text is in the file, at most 20 seconds
wait_for()
{
	tries=0
	until grep -q -e "$1" "$2" 2> /dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then
			bad "no \"$1\" in $2: $(cat "$2")"
			return 1
		fi
		usleep 100000
	done
}

# attached PID: until the command that runs as PID has a guest's tty open
attached()
{
	tries=0
	while :; do
		case $(ls -l "/proc/$1/fd" 2> /dev/null) in
		*ttyATL*)	return ;;
		esac
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then
			bad "$1 attaches to nothing"
			return 1
		fi
		usleep 100000
	done
}

wait_for_state()
{
	tries=0
	until atoll show "$1" | grep -qE "^state +$2\$"; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then
			bad "$1 is not $2: $(atoll show "$1")"
			return 1
		fi
		usleep 100000
	done
}
