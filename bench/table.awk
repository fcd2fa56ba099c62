# SPDX-License-Identifier: GPL-2.0-only
#
# From what the guest "exits" printed, run after run, to a table or to JSON.
# bench/run calls it with a file "atoll" and a file "kvm", the variables json
# and runs, and in the environment, where awk changes nothing, CPU, KERNEL and
# NOTE: why KVM's side lacks a kind, if it does.

FNR == 1 { side = FILENAME; sub(/.*\//, "", side) }

/^median of / {
	unit = $0
	sub(/.*, in /, "", unit)
	sub(/ for each.*/, "", unit)
	batches = $0
	sub(/,.*/, "", batches)
	next
}

# KIND, which may have blanks, then the median and the width
$NF ~ /^[0-9]+$/ && $(NF - 1) ~ /^[0-9]+$/ {
	kind = $0
	sub(/ +[0-9]+ +[0-9]+$/, "", kind)
	if (!(kind in known)) {
		known[kind] = 1
		kinds[nr++] = kind
	}
	figure[side, kind, count[side, kind]++] = $(NF - 1)
}

# The median of the runs
function middle(side, kind,    v, i, x) {
	for (i = 0; i < count[side, kind]; i++)
		v[i] = figure[side, kind, i] + 0
	x = median(v, i)
	if (spread > widest)
		widest = spread
	return x
}

function ratio(i) { return kvm[i] ? atoll[i] / kvm[i] : 0 }

function or_none(x, format, none) { return x ? sprintf(format, x) : none }

function print_json(    i, kind) {
	printf "{\"cpu\":%s,\"kernel\":%s,\"unit\":%s,\"runs\":%d,\"left_out\":%s,\"note\":%s,\"exits\":[",
		quoted(ENVIRON["CPU"]), quoted(ENVIRON["KERNEL"]), quoted(unit), runs, quoted(left_out[unit]), quoted(ENVIRON["NOTE"])
	for (i = 0; i < nr; i++) {
		kind = kinds[i]
		printf "%s{\"kind\":%s,\"atoll\":%d,\"kvm\":%s,\"ratio\":%s," \
			"\"atoll_spread_percent\":%.2f,\"kvm_spread_percent\":%s}",
			i ? "," : "", quoted(kind), atoll[i], or_none(kvm[i], "%d", "null"),
			or_none(ratio(i), "%.3f", "null"), atoll_spread[i],
			kvm[i] ? sprintf("%.2f", kvm_spread[i]) : "null"
	}
	print "]}"
}

function print_table(    i) {
	printf "%s, Linux %s\n%s each in %d runs, %s for one round trip:\n\n",
		ENVIRON["CPU"], ENVIRON["KERNEL"], batches, runs, unit
	printf "%-24s %8s %8s %8s\n", "exit", "Atoll", "KVM", "ratio"
	for (i = 0; i < nr; i++)
		printf "%-24s %8d %8s %8s\n", kinds[i], atoll[i],
			or_none(kvm[i], "%d", "-"), or_none(ratio(i), "%.2f", "-")
	if (ENVIRON["NOTE"])
		print "\n" ENVIRON["NOTE"]
	printf "\nThe runs differ by at most %.2f %%.\nLeft out: %s.\n", widest, left_out[unit]
}

END {
	if (failed)
		exit 1
	if (!nr)
		fail("the guest printed no figures")
	for (i = 0; i < nr; i++) {
		if (count["atoll", kinds[i]] != runs ||
		    (count["kvm", kinds[i]] != runs && !ENVIRON["NOTE"]))
			fail("figures are missing for '" kinds[i] "'")
		atoll[i] = middle("atoll", kinds[i])
		atoll_spread[i] = spread
		kvm[i] = middle("kvm", kinds[i])
		kvm_spread[i] = spread
		if (!atoll[i] || (!kvm[i] && !ENVIRON["NOTE"]))
			fail("'" kinds[i] "' took no time")
	}
	if (json == "yes")
		print_json()
	else
		print_table()
}
