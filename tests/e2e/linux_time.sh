#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 600 -k debian12 -k debug
# lab@debian12: --linux cloud
# lab@debug: --linux small
#
# A guest's clock, beside the host's: it tells the host's time and goes as fast,
# and who sleeps in the guest sleeps as long as it takes outside, a pause of a
# minute aside.  The small kernel has no KVM clock; on a host as slow as the debug
# kernel it doesn't trust its TSC either, and goes by the PM timer.

# shellcheck disable=SC1091,SC2154 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"
flavour=$(flavours | head -n 1)

# The pause, and how far the guest's date may be off, in seconds.  Without a KVM clock
# a guest counts ticks before it has found a better one, and loses some; what it starts
# from are the whole seconds of the RTC.
pause=60 off=1
[ "$(pace)" != debug ] || pause=12
[ "$flavour" != small ] || off=6
cr=$(printf '\r')

# The date, in seconds with a fraction
now() { adjtimex | awk '$1 == "time.tv_sec:" { s = $2 } $1 == "time.tv_usec:" { printf "%d.%06d", s, $2 }'; }

# The host's time behind each beat, when it comes
stamp()
{
	while read -r line; do
		line=${line%"$cr"}
		case $line in
		beat*)	echo "$line $(now)" ;;
		*)	echo "$line" ;;
		esac
	done
}

# A line may come late, and never early: the quickest of a few tell how far the guest's
# clock is ahead of the host's.  ahead FIRST LAST: by the beats from FIRST to LAST
ahead()
{
	said timed | awk -v first="$1" -v last="$2" '/^beat / && ++n >= first && n <= last {
			by = $3 - $4
			if (n == first || by > most) most = by
		} END { printf "%.3f", most }'
}

# near A B MOST: do they differ by no more?
near() { awk -v a="$1" -v b="$2" -v most="$3" 'BEGIN { d = a - b; exit !(d <= most && -d <= most) }'; }

minus() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a - b }'; }

beats() { said timed | grep -c '^beat '; }

atoll define timed --kernel "$linux/vmlinuz-$flavour" --initrd "$linux/initrd-$flavour.img" \
	--memory 256M --vcpus 2 --cmdline "$(linux_words "$flavour" 2 256 atoll.do=beat)"
atoll console timed < /dev/null 2> /dev/null | stamp > "$linux_work/timed" &
check 'it starts' atoll start timed
wait_said 'it beats' timed '^beat' 16
early=$(ahead 1 6) late=$(ahead 11 16)
check "it tells the host's time to $off s ($early s ahead)" near "$early" 0 $off
# Ten seconds lie between the two
check "its clock goes as fast as the host's, to 1 % ($early and $late s ahead)" \
	near "$early" "$late" 0.1

check "it is paused for $pause s" atoll pause timed
still=$(now)
sleep $pause
before=$(beats)
check 'it goes on' atoll resume timed
still=$(minus "$(now)" "$still")
wait_said 'it beats again' timed '^beat' $((before + 8))
behind=$(ahead $((before + 2)) $((before + 8)))
check "its clock has stood still for $still s ($late and $behind s ahead)" \
	near "$(minus "$late" "$behind")" "$still" 1
check 'its watchdogs have nothing to say' eval \
	"! said timed | grep -E 'WARNING|BUG|Call Trace|soft lockup|stall|[Cc]locksource.*unstable'"
check 'it is killed' atoll kill timed
check 'it is forgotten' atoll undefine timed

# ---- beside the host's own work ----------------------------------------------

# ran PID-OR-TID: how long it has had a CPU, in nanoseconds
ran() { cut -d ' ' -f 1 "/proc/$1/schedstat"; }

stolen() { said busy | sed -n 's/^worked //p' | tail -n 1; }

atoll define busy --kernel "$linux/vmlinuz-$flavour" --initrd "$linux/initrd-$flavour.img" \
	--memory 256M --pin 0 --cmdline "$(linux_words "$flavour" 1 256 atoll.do=work)"
atoll console busy < /dev/null > "$linux_work/busy" 2> /dev/null &
check 'a busy guest starts' atoll start busy
wait_said 'it works' busy '^worked' 3
before=$(stolen)
tid=$(atoll -j show busy | sed -n 's/.*"tid": *\([0-9]*\).*/\1/p' | head -n 1)
taskset -c 0 sh -c 'while :; do :; done' &
host=$!
guest_before=$(ran "$tid") host_before=$(ran $host)
sleep 10
guest=$((($(ran "$tid") - guest_before) / 1000000)) own=$((($(ran $host) - host_before) / 1000000))
# Both of one nice value, and one CPU: half and half
check "it shares a CPU with the host's own work ($guest and $own ms)" \
	near "$guest" "$own" $((own / 4))
wait_said 'it works on' busy '^worked' $(($(said busy | grep -c '^worked ') + 2))
# Which is KVM's to tell
[ "$flavour" = small ] ||
	check "it has heard of stolen time ($before and $(stolen) ticks)" \
		[ "$(stolen)" -gt $((before + 200)) ]
kill $host
check 'it is killed' atoll kill busy
check 'it is forgotten' atoll undefine busy
finish
