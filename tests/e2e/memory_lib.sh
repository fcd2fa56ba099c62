# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the cases about memory, which source it after lib.sh.

is() { [ "$1" = "$2" ] || { echo "$1, not $2"; false; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1, more than $2"; false; }; }
at_least() { [ "$1" -ge "$2" ] || { echo "$1, less than $2"; false; }; }

# pool WHAT: a number of the default pool's, "limit", "promised" or "used"
pool() { atoll -j pool | sed -n "s/.*\"$1_bytes\": *\\([0-9]*\\).*/\\1/p" | head -n 1; }
# number_of NAME WHAT: of a guest's, "resident_bytes", ...
number_of() { atoll -j show "$1" | sed -n "s/.*\"$2\": *\\([0-9]*\\).*/\\1/p" | head -n 1; }

# Pages that crash dumps leave out, of all in a state: bit 23 (KPF_OFFLINE)
offline_bytes()
{
	echo $(($(od -A n -v -t x4 -w8 /proc/kpageflags | grep -c '^ *..[89a-f]') * 4096))
}

# The host has no 2 MiB in one piece, or the module asks for none; and as it was
fail_alloc=/sys/kernel/debug/fail_page_alloc
if [ -d $fail_alloc ]; then
	fragmented()
	{
		echo 0 > $fail_alloc/verbose
		echo N > $fail_alloc/ignore-gfp-wait
		echo 9 > $fail_alloc/min-order
		echo -1 > $fail_alloc/times
		echo 100 > $fail_alloc/probability
	}
	whole() { echo 0 > $fail_alloc/probability; }
else
	small_pages=/sys/module/atoll/parameters/small_pages
	fragmented() { echo Y > $small_pages; }
	whole() { echo N > $small_pages; }
fi

audited() { atoll -j audit 2>&1 | tee /tmp/audit | grep -q '"violations": *0'; }

# refused SENTENCE WORD...: with these words
refused()
{
	sentence=$1
	shift
	atoll "$@" > /tmp/refused 2>&1
	status=$?
	if [ $status = 1 ] && grep -qF "$sentence" /tmp/refused; then
		pass "refused: $*: $sentence"
	else
		fail "refused: $* (status $status): $(cat /tmp/refused)"
	fi
}
