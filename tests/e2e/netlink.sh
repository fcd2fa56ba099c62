#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 300
#
# Requests that no sane program sends, and callers who may send none: all are
# refused, and nothing changes.

nltest > /tmp/nltest.out
status=$?
grep -v '^ok' /tmp/nltest.out
[ $status -eq 0 ] || exit 1

nltest --unprivileged > /tmp/nltest.out
status=$?
grep -v '^ok' /tmp/nltest.out
exit $status
