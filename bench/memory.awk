# SPDX-License-Identifier: GPL-2.0-only
#
# From what bench/memory measured, run after run, to a table or to JSON.  Its file has
# lines of
#
#	unit UNIT				instructions or tsc ticks
#	large hugetlb|thp			where KVM's pages of 2 MiB come from
#	touch|read|change SIDE PAGES COUNT MEDIAN LEAST MOST
#	held PAGES RESIDENT SMALL		bytes, after Atoll's
#	clear MEDIAN HOW			a page of 4 KiB
#	request|command BYTES DEFINE START UNDEFINE
#	loaded BYTES RESIDENT			bytes, after a start
#	audited none|small ENTRIES FRAMES
#	audit none|small TICKS
#
# The variables json, runs and how, the way in which this kernel clears a page; and in
# the environment, where awk changes nothing, CPU and KERNEL.

BEGIN {
	name["2M"] = "2 MiB"
	name["4K"] = "4 KiB"
	pages_in["2M"] = 512
	pages_in["4K"] = 1
	split("2M 4K", pages, " ")
	split("touch read change", act, " ")
	says["touch"] = "first write to a page of"
	says["read"] = "first read of a page of"
	says["change"] = "first write to one that was read"
	split("define start undefine", verb, " ")
	split("request command", way, " ")
	source["hugetlb"] = "a memfd's, too, and were set aside before"
	source["thp"] = "anonymous, as this kernel has no memfd with such"
}

function note(key, value) { figure[key, count[key]++] = value }

$1 == "unit"	{ unit = $2 " " $3; sub(/ $/, "", unit) }
$1 == "large"	{ large = $2 }
$1 ~ /^(touch|read|change)$/ {
	note($1 " " $2 " " $3, $5)
	touched[$1, $3] = $4
}
$1 == "held"	{ resident[$2] = $3; small[$2] = $4 }
$1 == "loaded"	{ loaded[$2] = $3 }
$1 == "audited"	{ entries[$2] = $3; frames[$2] = $4 }
$1 == "audit"	{ note("audit " $2, $3) }
$1 == "clear" && substr($0, length("clear " $2 " ") + 1) == how { note("clear", $2) }
$1 == "request" || $1 == "command" {
	if (!($2 in sized)) {
		sized[$2] = 1
		size[++sizes] = $2
	}
	for (i = 1; i <= 3; i++)
		note($1 " " $2 " " verb[i], $(i + 2))
}

# The median of the runs; what doesn't happen takes none
function middle(key, may_be_none,    v, i, x) {
	if (count[key] < runs)
		fail("figures are missing for '" key "'")
	for (i = 0; i < count[key]; i++)
		v[i] = figure[key, i] + 0
	x = median(v, i)
	if (x <= 0 && !may_be_none)
		fail("'" key "' took no time")
	if (spread > widest) {
		widest = spread
		widest_of = key
	}
	return x
}

function bytes(n) { return n >= 1073741824 ? n / 1073741824 " GiB" : n / 1048576 " MiB" }
function zeroing(page) { return clear * pages_in[page] }
# Whole extents are cleared for the image
function loading(n) { return loaded[n] / 4096 * clear }

function evaluate(    i, j, k, key) {
	clear = middle("clear")
	for (i = 1; i <= 2; i++)
		for (j = 1; j <= 3; j++) {
			atoll[act[j], pages[i]] = middle(act[j] " atoll " pages[i])
			kvm[act[j], pages[i]] = middle(act[j] " kvm " pages[i], j > 1)
		}
	if (kvm["touch", "2M"] < zeroing("2M") / 2)
		fail("KVM's guest got no pages of 2 MiB")
	for (i = 1; i <= sizes; i++)
		for (j = 1; j <= 2; j++)
			for (k = 1; k <= 3; k++) {
				key = way[j] " " size[i] " " verb[k]
				took[key] = middle(key)
			}
	fixed = middle("audit none")
	audit = middle("audit small")
	if (entries["small"] <= entries["none"])
		fail("the audit saw no entries")
	million = (audit - fixed) * 1000000 / (entries["small"] - entries["none"])
}

# What KVM doesn't do at all has none
function ratio(what, page, none) {
	return kvm[what, page] ? sprintf("%.2f", atoll[what, page] / kvm[what, page]) : none
}

function print_json(    i, j, k, p) {
	printf "{\"cpu\":%s,\"kernel\":%s,\"unit\":%s,\"runs\":%d,\"left_out\":%s,",
		quoted(ENVIRON["CPU"]), quoted(ENVIRON["KERNEL"]), quoted(unit), runs,
		quoted(left_out[unit])
	printf "\"clear\":{\"how\":%s,\"each\":%d},\"touch\":[", quoted(how), clear
	for (i = 1; i <= 2; i++)
		for (j = 1; j <= 3; j++) {
			p = pages[i]
			printf "%s{\"page\":%s,\"access\":%s,\"count\":%d,\"atoll\":%d,\"kvm\":%d,",
				(i + j > 2 ? "," : ""), quoted(p), quoted(act[j]),
				touched[act[j], p], atoll[act[j], p], kvm[act[j], p]
			printf "\"ratio\":%s}", ratio(act[j], p, "null")
		}
	printf "],\"pages\":["
	for (i = 1; i <= 2; i++) {
		p = pages[i]
		printf "%s{\"page\":%s,\"kvm_memory\":%s,\"zeroing\":%d,", (i > 1 ? "," : ""),
			quoted(p), quoted(p == "2M" ? large : "4K"), zeroing(p)
		printf "\"resident_bytes\":%s,\"small_pages_bytes\":%s}", resident[p], small[p]
	}
	printf "],\"verbs\":["
	for (i = 1; i <= sizes; i++) {
		printf "%s{\"memory_bytes\":%s,\"zeroing\":%d", (i > 1 ? "," : ""), size[i],
			loading(size[i])
		for (j = 1; j <= 2; j++) {
			printf ",\"%s\":{", way[j]
			for (k = 1; k <= 3; k++)
				printf "%s\"%s\":%d", (k > 1 ? "," : ""), verb[k],
					took[way[j] " " size[i] " " verb[k]]
			printf "}"
		}
		printf "}"
	}
	printf "],\"audit\":{\"fixed\":%d,\"entries\":%s,\"frames\":%s,\"total\":%d,",
		fixed, entries["small"], frames["small"], audit
	printf "\"per_million_entries\":%.0f}}\n", million
}

function print_touches(    i, j, p) {
	for (j = 1; j <= 3; j++) {
		printf "%-32s %9s %9s %7s\n", says[act[j]], "Atoll", "KVM", "ratio"
		for (i = 1; i <= 2; i++) {
			p = pages[i]
			printf "  %-30s %9d %9d %7s\n", name[p], atoll[act[j], p],
				kvm[act[j], p], ratio(act[j], p, "-")
		}
	}
	printf "\nWhere memory is taken zeroing is in it: %d for 2 MiB, %d for 4 KiB (%s).\n",
		zeroing("2M"), zeroing("4K"), how
	printf "KVM's pages of 4 KiB are a memfd's; those of 2 MiB are %s.\n\n", source[large]
}

function print_verbs(    i, j, k) {
	printf "%-28s %9s %9s %9s %9s\n", "a guest of", "define", "start", "undefine", "zeroing"
	for (j = 1; j <= 2; j++)
		for (i = 1; i <= sizes; i++) {
			printf "  %-26s", bytes(size[i]) (j == 1 ? ", the kernel" : ", all")
			for (k = 1; k <= 3; k++)
				printf " %9d", took[way[j] " " size[i] " " verb[k]]
			printf " %9d\n", loading(size[i])
		}
	printf "\nDefine and start, in the kernel, without zeroing:"
	for (i = 1; i <= sizes; i++)
		printf "%s %d", (i > 1 ? "," : ""), took["request " size[i] " define"] +
			took["request " size[i] " start"] - loading(size[i])
	printf ".\nZeroing is in start, of what the image takes. What undefine gives back is cleared in the\n"
	printf "background: a single processor may do that before the verb returns.\n"
	printf "\"all\" is the whole command, with its exec and its libraries.\n\n"
}

function print_table() {
	printf "%s, Linux %s\nmedian of %d, in %s:\n\n", ENVIRON["CPU"], ENVIRON["KERNEL"], runs,
		unit
	print_touches()
	print_verbs()
	printf "%-28s %9s %9s %11s\n", "audit", "entries", "in all", "per million"
	printf "  %-26s %9d %9d %11s\n", "without a guest", entries["none"], fixed, "-"
	printf "  %-26s %9d %9d %11.0f\n", "a guest in pages of 4 KiB", entries["small"], audit,
		million
	printf "\nThe runs differ by at most %.2f %% (%s).\nLeft out: %s.\n", widest,
		widest_of, left_out[unit]
}

END {
	if (failed)
		exit 1
	evaluate()
	if (json == "yes")
		print_json()
	else
		print_table()
}
