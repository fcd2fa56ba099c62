#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 120
#
# Nobody but the host's administrator gets an answer, nor may he watch events.
# The command asks before it subscribes, so that the kernel does not tell them
# to other programs either is netlink.sh's to see.

# shellcheck disable=SC1091,SC2154 # cli_lib.sh and what it defines

. "$(dirname "$0")/cli_lib.sh"
hello=$guests/hello
chmod 755 "$work"

# denied HOW WORD...: atoll WORD... as HOW makes it run
denied()
{
	how=$1
	shift
	# shellcheck disable=SC2086 # HOW is words
	timeout 20 $how "atoll $*" > out 2> err < /dev/null
	status=$?
	[ $status = 1 ] || bad "$how atoll $*: status $status"
	grep -q 'CAP_SYS_ADMIN' err || bad "$how atoll $*: $(cat err)"
	[ ! -s out ] || bad "$how atoll $*: data: $(cat out)"
}

all_denied()
{
	for words in host 'host --pool-limit 2M' audit map pool 'pool resize 2M' "define b $hello" 'undefine a' 'start a' \
			'stop a' 'kill a' 'pause a' 'resume a' list 'list -j' show 'show a' \
			'console a' "run $hello" events; do
		denied "$1" "$words"
	done
}

does define a "$hello" --append forever
before=$(atoll -j host)
all_denied 'su -s /bin/sh nobody -c'
if unshare -Ur true 2> /dev/null; then
	all_denied 'unshare -Ur sh -c'
else
	echo 'the kernel has no user namespaces: not tried in one'
fi
[ "$(atoll -j host)" = "$before" ] || bad "something has changed: $(atoll host)"
state_is a new
finish
