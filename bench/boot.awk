# SPDX-License-Identifier: GPL-2.0-only
#
# From what bench/boot has measured to a table or to JSON.  Its files, in this
# order: "cost", as the guest "exits" prints it; "runs.SIDE", the TSC before and
# behind each boot; and for each side "traced.SIDE", the same of the boot with
# trace events, and "trace.SIDE", these.  The variables json, guest, mib, images, the
# bytes of its kernel and initramfs, and strings, whether the kernel moves memory with
# string instructions; in the environment, where awk changes nothing, CPU and KERNEL.

BEGIN {
	name["atoll"] = "Atoll"
	name["kvm"] = "QEMU, KVM"
	extent = 2 * 1024 * 1024
	# Instructions for a byte, in the kernel's clear_page() and memcpy().  With string
	# instructions one moves a word; without, 11 clear 64 bytes, and 12 copy 32
	clearing = strings == "yes" ? 1 / 8 : 11 / 64
	copying = strings == "yes" ? 1 / 8 : 12 / 32
	split("irq nmi hlt pio mmio cpuid rdmsr wrmsr cr dr xsetbv hypercall cache rdpmc " \
		"ud exception window shutdown fail-entry unknown", kinds, " ")
}

FNR == 1 {
	file = FILENAME
	sub(/.*\//, "", file)
	side = file
	sub(/.*\./, "", side)
	sub(/\..*/, "", file)
}

file == "cost" && /^median of / {
	unit = $0
	sub(/\r/, "", unit)
	sub(/.*, in /, "", unit)
	sub(/ for each.*/, "", unit)
	next
}

# KIND, which may have blanks, then the median and the width
file == "cost" {
	sub(/\r/, "")
	if ($NF !~ /^[0-9]+$/ || $(NF - 1) !~ /^[0-9]+$/)
		next
	kind = $0
	sub(/ +[0-9]+ +[0-9]+$/, "", kind)
	cost[kind] = $(NF - 1)
	next
}

file == "runs" { took[side, runs[side]++] = $2 - $1; next }
file == "traced" { begin[side] = $1; end[side] = $2; next }

# A trace: the event's name has its time before it
/^#/ { next }
{
	for (i = 3; i < NF && $i !~ /^[0-9]+:$/; i++)
		;
	time = $i + 0
	if (time > end[side])
		next
}
/ atoll_load: | kvm_entry: /	{ if (!(side in first)) first[side] = time - begin[side]; next }
# Those that the boot loader takes: the start, once the CPU is ready for guests
/ mm_page_alloc: /		{ if (!(side in first) && !extents++) loading = time; next }
/ atoll_state: .* state=1$/	{ running = time; next }
/ atoll_state: /		{ next }
/ atoll_exit: / { add_atoll(); next }
/ kvm_exit: / { add_kvm(); next }
/ kvm_userspace_exit: / { userspace++; next }

# The value behind a word, in this line
function value(word,    text) {
	text = $0
	if (!sub(".*[ ]" word, "", text))
		return ""
	sub(/[ ,].*/, "", text)
	return text
}

# The last eight digits of a hexadecimal number
function digits(text) {
	sub(/^0x/, "", text)
	text = "0000000" text
	return substr(text, length(text) - 7)
}

function chip(port) {
	if (port ~ /^03f[89a-f]$/)
		return "serial port"
	if (port ~ /^00[2a][01]$/)
		return "interrupt controller"
	if (port ~ /^004[0-3]$/ || port == "0061")
		return "interval timer"
	if (port ~ /^007[01]$/)
		return "clock"
	if (port ~ /^06/)
		return "power management"
	return "port 0x" port
}

# Where both kinds of CPU have the port in what they tell of an access
function access(reason, info) {
	info = digits(info)
	if (reason == "0x7b" || reason == "io")
		way = substr(info, 8) ~ /[13579bdf]/ ? "in" : "out"
	else
		way = substr(info, 8) ~ /[89a-f]/ ? "in" : "out"
	return way ", " chip(substr(info, 1, 4))
}

function add(what, each) {
	count[side, what]++
	total[side]++
	price[side, what] = each
}

function add_atoll(    kind, what, each) {
	kind = kinds[value("kind=") + 1]
	each = kind in cost ? cost[kind] : 0
	what = kind
	if (kind == "pio") {
		what = access(value("reason="), value("info="))
		each = cost[what] ? cost[what] : cost[way ", unclaimed port"]
	} else if (kind ~ /msr$/) {
		what = kind " " value("ecx=")
		each = cost[kind " EFER"]
	} else if (kind == "mmio") {
		what = page(gpa())
		each = what ~ /^memory/ ? 0 : cost["mmio write, unclaimed"]
	}
	add(what, each)
}

# Behind the comma of "info="
function gpa(    text) {
	text = $0
	sub(/.* info=[^,]*,/, "", text)
	sub(/ .*/, "", text)
	return text
}

# Guests of less than 3 GiB have nothing but RAM below
function page(address) {
	address = digits(address)
	if (address ~ /^fec00/)
		return "mmio, I/O APIC"
	if (address ~ /^fee00/)
		return "mmio, local APIC"
	if (address < "c0000000")
		return "memory, first touch of 2 MiB"
	return "mmio 0x" substr(address, 1, 5) "000"
}

function add_kvm(    what) {
	what = tolower(value("reason "))
	sub(/^exit_reason_/, "", what)
	if (what == "io" || what == "io_instruction")
		what = access(what, value("info1 "))
	add(what, 0)
}

# The median of the runs
function middle(side,    v, i, x) {
	for (i = 0; i < runs[side]; i++)
		v[i] = took[side, i] + 0
	x = median(v, i)
	apart[side] = spread
	return x
}

# The ten most frequent exits of a side go to top[side, 1..10]
function rank(side,    key, part, i, best) {
	for (i = 1; i <= 10; i++) {
		best = ""
		for (key in count) {
			split(key, part, SUBSEP)
			if (part[1] != side || key in ranked)
				continue
			if (best == "" || count[key] > count[side, best])
				best = part[2]
		}
		if (best == "")
			break
		ranked[side, best] = 1
		top[side, i] = best
		tops[side] = i
	}
}

function print_side_json(side,    i, what) {
	printf "\"total\":%d,\"spread_percent\":%.2f,\"to_first_instruction\":%d,\"exits\":%d,",
		boot[side], apart[side], first[side], total[side]
	if (side == "kvm")
		printf "\"userspace_exits\":%d,", userspace
	else
		printf "\"before_start\":%d,\"start\":%d,\"zeroing_copying\":%s,\"in_exits\":%d,",
			loading - begin[side], running - loading,
			images_cost ? sprintf("%d", images_cost) : "null", in_exits
	printf "\"top\":["
	for (i = 1; i <= tops[side]; i++) {
		what = top[side, i]
		printf "%s{\"exit\":%s,\"count\":%d,\"each\":%s}", (i > 1 ? "," : ""), quoted(what),
			count[side, what], price[side, what] ? price[side, what] : "null"
	}
	printf "]"
}

function print_json() {
	printf "{\"cpu\":%s,\"kernel\":%s,\"guest\":%s,\"memory_mib\":%d,\"unit\":%s,\"runs\":%d,",
		quoted(ENVIRON["CPU"]), quoted(ENVIRON["KERNEL"]), quoted(guest), mib,
		quoted(unit), runs["atoll"]
	printf "\"left_out\":%s,\"ratio\":%.3f,\"atoll\":{", quoted(left_out[unit]),
		boot["atoll"] / boot["kvm"]
	print_side_json("atoll")
	printf "},\"kvm\":{"
	print_side_json("kvm")
	print "}}"
}

function print_top(side,    i, what, each) {
	printf "\n%-30s %9s %9s\n", "exits, " name[side], "count", side == "atoll" ? "each" : ""
	for (i = 1; i <= tops[side]; i++) {
		what = top[side, i]
		each = price[side, what]
		printf "  %-28s %9d %9s\n", what, count[side, what], each ? each : ""
	}
}

function row(what, a, k) {
	printf "%-40s %12s %12s\n", what, a, k
}

function print_table() {
	printf "%s, Linux %s\n%s of Linux (%s), %d MiB, 1 vCPU, to its init's first line, median of %d:\n\n",
		ENVIRON["CPU"], ENVIRON["KERNEL"], unit, guest, mib, runs["atoll"]
	row("", name["atoll"], name["kvm"])
	row("from the command to init", boot["atoll"], boot["kvm"])
	row("  until the guest's first instruction", first["atoll"], first["kvm"])
	row("    the command, its libraries, the define", loading - begin["atoll"], "")
	if (images_cost)
		row("    the start: to zero and to copy", images_cost, "")
	row("    the start" (images_cost ? ": the rest" : ""),
		running - loading - images_cost, "")
	row("    the command, until it sleeps", first["atoll"] - running + begin["atoll"], "")
	row("  exits, at what each costs", in_exits, "")
	row("  the guest's own work, and the rest",
		boot["atoll"] - first["atoll"] - in_exits, "")
	row("number of exits", total["atoll"], total["kvm"])
	row("  of them to userspace", 0, userspace)
	printf "\nAtoll : QEMU = %.2f; the runs differ by at most %.2f %%.\n",
		boot["atoll"] / boot["kvm"],
		(apart["atoll"] > apart["kvm"] ? apart["atoll"] : apart["kvm"])
	print_top("atoll")
	print_top("kvm")
	printf "\nLeft out: %s.\n", left_out[unit]
}

END {
	if (failed)
		exit 1
	for (side in name) {
		if (!runs[side] || !total[side] || !(side in first))
			fail("figures are missing for " name[side])
		boot[side] = middle(side)
		if (boot[side] <= 0)
			fail("a boot under " name[side] " took no time")
		rank(side)
	}
	for (key in count) {
		split(key, part, SUBSEP)
		if (part[1] == "atoll")
			in_exits += count[key] * price[key]
	}
	if (!extents || !running)
		fail("there is no trace of the start")
	# Nobody knows what a byte takes elsewhere.  The event stands behind the clearing
	# of the first extent, which is part of the start
	if (unit == "instructions") {
		images_cost = extents * extent * clearing + images * copying
		loading -= extent * clearing
	}
	if (json == "yes")
		print_json()
	else
		print_table()
}
