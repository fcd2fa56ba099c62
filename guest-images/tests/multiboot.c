// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state at entry and the information, as the Multiboot specification
 * 0.6.96 has them ("Machine state", "Boot information format").  Built as
 * ELF32, as ELF64, and as a bare binary with the addresses in its header.
 *
 * expect: exit 0
 * append: some words  and more
 * module: @self,first module
 * module: @self,second
 */
#include "guest.h"

#define PROBE	0x600df1a7

u32 early_stack_ok, early_probe = PROBE, early_segments;

/*
 * Still in the loader's segments: a base or a limit that is not the whole
 * 4 GiB would miss the probe, or fault, for the last byte there is.
 */
asm(".code32\n"
    ".globl boot_early\n"
    "boot_early:\n"
    "	movl %ds:early_probe, %eax\n"
    "	cmpl %es:early_probe, %eax\n"
    "	jne 1f\n"
    "	cmpl %fs:early_probe, %eax\n"
    "	jne 1f\n"
    "	cmpl %gs:early_probe, %eax\n"
    "	jne 1f\n"
    "	cmpl %ss:early_probe, %eax\n"
    "	jne 1f\n"
    "	cmpl %cs:early_probe, %eax\n"
    "	jne 1f\n"
    "	movb %ds:0xffffffff, %al\n"
    "	movb %es:0xffffffff, %al\n"
    "	movb %fs:0xffffffff, %al\n"
    "	movb %gs:0xffffffff, %al\n"
    "	movb %ss:0xffffffff, %al\n"
    "	movb %cs:0xffffffff, %al\n"
    "	movl $1, early_segments\n"
    "1:	ret\n"
    ".code64\n");

static u32 bss_probe[4096];

static void check_entry(void)
{
	const struct boot_entry *e = &boot_entry;

	report(e->eax == MULTIBOOT_MAGIC, "EAX is the magic number, %x", e->eax);
	report(e->ebx && !(e->ebx & 3), "EBX is the address of the information, %x", e->ebx);
	report(e->cr0 & CR0_PE, "CR0.PE is set, CR0 %x", e->cr0);
	report(!(e->cr0 & CR0_PG), "CR0.PG is clear");
	report(!(e->eflags & EFLAGS_VM), "EFLAGS.VM is clear, EFLAGS %x", e->eflags);
	report(!(e->eflags & EFLAGS_IF), "EFLAGS.IF is clear");
	report(e->eflags & 2, "EFLAGS has its fixed bit");
	report(!(e->efer & (EFER_LME | EFER_LMA)), "long mode is off, EFER %x", e->efer);
	report(!(e->cr4 & CR4_PAE), "CR4.PAE is clear, CR4 %x", e->cr4);
	report(!(e->cs & 7) && !(e->ds & 7), "CS and DS are ring 0 selectors, %x and %x",
	       e->cs, e->ds);
	report(e->ds == e->es && e->ds == e->ss, "DS, ES and SS are one segment");
	report(early_segments, "all segments are flat, to the last byte of 4 GiB");
}

static void check_a20(void)
{
	volatile u32 *low = (u32 *)0x800, *high = (u32 *)(MIB + 0x800);
	u32 saved = *high;

	*low = 0x12345678;
	*high = ~0x12345678U;
	report(*low == 0x12345678, "A20 is on");
	*high = saved;
}

static void check_memory(const struct mbi *info)
{
	const char *p = (const char *)(uintptr_t)info->mmap_addr;
	const char *end = p + info->mmap_length;
	u64 ram = 0, last = 0, upper = 0;
	int sane = 1;

	report(info->flags & MBI_MEMORY, "memory sizes are given");
	report(info->mem_lower >= 512 && info->mem_lower <= 640,
	       "lower memory is %u KiB, up to 640", info->mem_lower);
	report(info->flags & MBI_MMAP, "a memory map is given");
	while (p < end) {
		const struct mb_mmap *m = (const void *)p;

		printf("map: %llx + %llx type %u\n", m->base, m->length, m->type);
		sane &= m->size >= 20 && m->length && m->base >= last;
		last = m->base + m->length;
		if (m->type == MB_MMAP_RAM)
			ram += m->length;
		if (m->type == MB_MMAP_RAM && m->base <= MIB && last > MIB)
			upper = last - MIB;
		p += m->size + 4;
	}
	report(sane && p == end, "its entries ascend, do not overlap, and end where they should");
	report(upper / 1024 == info->mem_upper,
	       "upper memory, %u KiB, is the map's run from 1 MiB on", info->mem_upper);
	report(ram > upper, "the map has RAM below 1 MiB as well");
}

static void check_modules(const struct mbi *info)
{
	const struct mb_module *m = (const void *)(uintptr_t)info->mods_addr;
	u32 i;

	if (!report(info->flags & MBI_MODS && info->mods_count == 2, "two modules are given"))
		return;
	for (i = 0; i < 2; i++) {
		const char *want = i ? "second" : "first module";
		const char *got = (const char *)(uintptr_t)m[i].string;
		const u32 *word = (const u32 *)(uintptr_t)m[i].start;

		report(!(m[i].start & (PAGE_BYTES - 1)), "module %u begins on a page", i);
		report(m[i].end > m[i].start && m[i].end <= boot_ram_end(),
		       "module %u is %u bytes in RAM", i, m[i].end - m[i].start);
		report(m[i].start >= (uintptr_t)image_end || m[i].end <= (uintptr_t)image_start,
		       "module %u is not in the image", i);
		report(strlen(got) >= strlen(want) &&
		       !strcmp(got + strlen(got) - strlen(want), want),
		       "module %u has its words, \"%s\"", i, got);
		/* The modules are this image's own file: an ELF, or the header */
		report(*word == 0x464c457f || *word == 0x1badb002,
		       "module %u has its contents, %x", i, *word);
	}
	report(m[0].end - m[0].start == m[1].end - m[1].start &&
	       !memcmp((void *)(uintptr_t)m[0].start, (void *)(uintptr_t)m[1].start,
		       m[0].end - m[0].start), "one file twice gives the same bytes twice");
	report(m[0].end <= m[1].start || m[1].end <= m[0].start, "they do not overlap");
}

int main(void)
{
	const struct mbi *info = boot_info();
	u32 i, dirty = 0;
	const char *words = boot_cmdline();

	check_entry();
	check_a20();
	for (i = 0; i < ARRAY_SIZE(bss_probe); i++)
		dirty |= bss_probe[i];
	report(!dirty, "BSS is zero");
	check_memory(info);

	while (*words && *words != ' ')
		words++;
	report(info->flags & MBI_CMDLINE && !strcmp(words, " some words  and more"),
	       "the command line is a first word and then as given, \"%s\"", boot_cmdline());
	report(info->flags & MBI_LOADER_NAME && *(char *)(uintptr_t)info->boot_loader_name,
	       "the boot loader has a name, %s",
	       (char *)(uintptr_t)info->boot_loader_name);
	check_modules(info);
	return report_summary();
}
