# SPDX-License-Identifier: GPL-2.0-only
#
# Turns the head comment of a test guest into lines of the manifest:
#	NAME|EXPECT|MEMORY|APPEND|MODULES, with ; between|IMAGE OPTIONS
# A further "expect:" begins a further run of the same image.
# Set -v name=NAME -v opts=OPTIONS.

function flush()
{
	if (expect != "")
		printf "%s|%s|%s|%s|%s|%s\n", name, expect, memory, append, modules, opts vcpus
	expect = append = modules = vcpus = ""
	memory = "16M"
}

function value()
{
	sub(/^[^:]*: */, "")
	sub(/ *\*\/.*$/, "")
	return $0
}

BEGIN			{ flush() }
/^ \*\//		{ exit }
/^ \* expect: /		{ flush(); expect = value() }
/^ \* memory: /		{ memory = value() }
/^ \* append: /		{ append = value() }
/^ \* vcpus: /		{ vcpus = (opts == "" ? "" : " ") "--vcpus " value() }
/^ \* module: /		{ modules = modules (modules == "" ? "" : ";") value() }
END			{ flush() }
