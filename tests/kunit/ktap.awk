# SPDX-License-Identifier: GPL-2.0-only
#
# Read a kernel console, print one line for every KUnit case on it:
#
#	ok|FAIL|skip <tab> SUITE.CASE <tab> what was printed since the last one
#
# A suite whose plan and results disagree gives a FAIL of its own.

{ sub(/^\[ *[0-9.]+\] /, "") }

/^    # Subtest: / {
	close_suite()
	suite = $3
	planned = -1
	seen = 0
	talk = ""
	next
}

suite && /^    1\.\./ { planned = substr($0, 8) + 0; next }

suite && /^    (not )?ok [0-9]+ / {
	verdict = /^    not/ ? "FAIL" : "ok"
	line = $0
	sub(/^    (not )?ok [0-9]+ (- )?/, "", line)
	if (line ~ /# SKIP/) {
		verdict = "skip"
		talk = line
		sub(/.*# SKIP */, "", talk)
		sub(/ *# SKIP.*/, "", line)
	}
	emit(verdict, suite "." line, talk)
	seen++
	talk = ""
	next
}

suite && /^(not )?ok [0-9]+ / { close_suite(); next }

suite { gsub(/\t/, " "); gsub(/\\/, "\\\\"); talk = talk $0 "\\n" }

END { close_suite() }

function emit(verdict, name, text) { printf "%s\t%s\t%s\n", verdict, name, text }

function close_suite()
{
	if (suite && planned != seen)
		emit("FAIL", suite ".plan", "planned " planned ", saw " seen "\\n" talk)
	suite = ""
}
