# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the cases of the consoles' ttys, which source it beside lib.sh.

# shellcheck disable=SC2034 # for the cases
work=$(mktemp -d)

tty_of() { atoll show "$1" | awk '$1 == "console" && $2 ~ /^\/dev/ { print $2 }'; }
pending() { atoll show "$1" | awk '/^console pending/ { print $3 }'; }
lost() { atoll show "$1" | awk '/^console lost/ { print $3 }'; }
has_pending() { [ "$(pending "$1")" = "$2" ]; }
has_lost() { [ "$(lost "$1")" = "$2" ]; }
size_of() { wc -c < "$1"; }

# expected WORDS N: what hello prints with that on its command line, N lines
expected()
{
	printf 'hello from a guest in long mode\r\n'
	printf 'command line: hello%s\r\n' "${1:+ $1}"
	printf 'memory: 16384 KiB\r\n'
	awk -v n="$2" 'BEGIN { for (i = 1; i <= n; i++) printf "line %d of %d\r\n", i, n }'
	printf 'goodbye\r\n'
}

# wait_long SENTENCE COMMAND...: as wait_for, within three minutes
wait_long()
{
	sentence=$1
	shift
	tries=0
	until "$@" > /dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -ge 360 ]; then
			fail "$sentence (waited three minutes)"
			return 1
		fi
		sleep 0.5
	done
	pass "$sentence"
}

# read_tty TTY BYTES: so many, within two minutes
read_tty() { timeout 120 head -c "$2" "$1"; }
