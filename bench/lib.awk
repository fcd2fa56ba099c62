# SPDX-License-Identifier: GPL-2.0-only
#
# What table.awk, boot.awk and memory.awk share; given to awk before them.

BEGIN {
	left_out["instructions"] = "the microcode of entry and exit, caches and TLBs: " \
		"instructions are not cycles"
	left_out["tsc ticks"] = "the clock is the TSC's, not the core's, and what else " \
		"the machine does shows in it"
}

# A JSON string
function quoted(text) {
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\"", text)
	gsub(/[\001-\037]/, " ", text)
	return "\"" text "\""
}

# END looks at "failed" first
function fail(why) {
	print "bench: " why > "/dev/stderr"
	failed = 1
	exit 1
}

# median(v, n): of v[0..n-1]; "spread" gets how far they are apart, in percent
function median(v, n,    i, j, x) {
	for (i = 1; i < n; i++) {
		x = v[i]
		for (j = i; j && v[j - 1] > x; j--)
			v[j] = v[j - 1]
		v[j] = x
	}
	x = v[int(n / 2)]
	spread = x ? (v[n - 1] - v[0]) * 100 / x : 0
	return x
}
