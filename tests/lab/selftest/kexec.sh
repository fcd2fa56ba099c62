#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Another kernel is started while guests run: they end first, and no CPU comes
# into the new kernel with virtualization on, so guests run there.
set -euo pipefail
cd "$(dirname "$0")/../../.."

# In the first kernel; what it packs is its own initramfs, with another command
# shellcheck disable=SC2016 # for the shell in the lab
first='
g=/usr/lib/atoll/guests/tests
for name in one two; do
	atoll define $name $g/hostile_spin && atoll start $name || exit 1
done
atoll host | grep "^cpus on" | grep -v " 0$" || exit 1
mkdir /tmp/next && cd /tmp/next || exit 1
cp -a /bin /sbin /usr /etc /lib /lab /tests /init . && rm lab/vmlinuz
cp -a /lib64 . 2> /dev/null
mkdir dev proc sys tmp run root
cp /lab/next lab/command
find . | cpio -o -H newc > /tmp/initramfs 2> /dev/null
echo "from one kernel"
kexec /lab/vmlinuz /tmp/initramfs
exit 1
'
next=$(mktemp) && trap 'rm -f "$next"' EXIT
echo 'echo "to the next"
atoll host | grep -q "^cpus on  *0$" || exit 1
atoll run /usr/lib/atoll/guests/hello && exit 42' > "$next"

status=0
out=$(tests/lab/run --no-build -t 180 --add "$(tests/lab/kernel debian12)/vmlinuz" \
	--add "$next=next" -- "$first") || status=$?
echo "$out"
[ "$status" = 42 ] && grep -q '^from one kernel' <<< "$out" && grep -q '^goodbye' <<< "$out"
