# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the cases that run the test guests, which source it: run in the lab, as
# root, with the module loaded.  The manifest beside the images says how each
# must end; guest-images/README.md explains it.

# shellcheck disable=SC2034 # for the cases
guests=${GUESTS:-/usr/lib/atoll/guests}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2034 # the same
failed=0

# report STATUS SENTENCE: one line of the result
report()
{
	if [ "$1" = 0 ]; then
		echo "ok: $2"
	else
		echo "FAIL: $2"
		# shellcheck disable=SC2034 # the same
		failed=1
	fi
}

# Centiseconds since boot: what busybox can tell exactly
now_cs()
{
	read -r up _ < /proc/uptime
	echo "${up%.*}${up#*.}"
}

state_of() { atoll show "$1" 2> /dev/null | awk '$1 == "state" { print $2; exit }'; }

# All vCPUs of a guest sleep in HLT
is_halted() { atoll -j show "$1" 2> /dev/null | grep -q '"state" *: *"halted"'; }

# with_options IMAGE MEMORY APPEND MODULES OPTIONS WORD...: the command WORD...
# with the options that the guest's line of the manifest asks for
with_options()
{
	image=$1 memory=$2 append=$3 modules=$4 options=$5
	shift 5
	set -- "$@" "$image" --memory "$memory"
	[ -z "$append" ] || set -- "$@" --append "$append"
	while [ -n "$modules" ]; do
		module=${modules%%;*}
		case $modules in
		*\;*)	modules=${modules#*;} ;;
		*)	modules= ;;
		esac
		case $module in
		@self*)	module=$image${module#@self} ;;
		esac
		set -- "$@" --module "$module"
	done
	# shellcheck disable=SC2086 # a list of words
	"$@" $options
}

# gone NAME LIMIT_CS: kill and undefine it, within the limit
gone()
{
	killed=$(now_cs)
	atoll kill "$1" 2> "$work/err" || return 1
	spent=$(( $(now_cs) - killed ))
	atoll undefine "$1" 2>> "$work/err" || return 1
	[ "$spent" -le "$2" ] || echo "killing took $spent cs" >> "$work/err"
	[ "$spent" -le "$2" ]
}
