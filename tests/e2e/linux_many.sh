#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab: -t 600 -k debian12 --linux cloud,small
#
# Linux with far more processors than the host has boots, passes its checks,
# and has no lock-up to report.

# shellcheck disable=SC1091 # lib.sh and what it defines
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/linux_lib.sh"

boots cloud 8 320
boots small 8 320
boots small 16 320
finish
