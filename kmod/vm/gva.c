// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's own paging, walked in software: what the CPU does on an access,
 * for accesses that Atoll makes in the guest's name.
 *
 * The tables belong to a hostile guest, which may change them meanwhile: read
 * each entry once, never trust one twice, and reach memory through gmem only.
 * Called by a vCPU's own thread, with preemption on or off.
 *
 * Cites AMD APM vol. 2, "Page Translation and Protection".
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <asm/cpufeature.h>
#include <asm/msr-index.h>
#include <asm/page.h>
#include <asm/pgtable_types.h>
#include <asm/processor-flags.h>
#include <asm/trap_pf.h>
#include "../hw/hw.h"
#include "../mem/gmem.h"
#include "insn.h"

#define LEVELS_MAX	5
#define ADDR_MASK	GENMASK_ULL(51, 12)
/*
 * The page-directory-pointer entries of PAE paging have no rights.
 * Deviation: bits 6 and 5 are let pass; QEMU's TCG sets the latter, as in
 * other entries, when it walks.
 */
#define PDPTE_RESERVED	(GENMASK_ULL(63, 52) | GENMASK_ULL(8, 7) | GENMASK_ULL(2, 1))

/* One walk through a guest's tables */
struct walk {
	struct atoll_vcpu *vcpu;
	u64 gva;
	u32 access;
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
	u8 levels;			/* of tables, 0: paging is off */
	u8 entry_bytes;
	u8 index_bits;			/* of a gva, for each level */
	u8 leaf;			/* level of the last entry */
	u64 entry[LEVELS_MAX];		/* those passed through, by level - 1 */
	u64 entry_gpa[LEVELS_MAX];	/* where they lie */
};

static enum atoll_insn_mode mode_of(u32 cs_attr, u64 efer)
{
	if ((cs_attr & ATOLL_SEG_L) && (efer & EFER_LMA))
		return ATOLL_INSN_MODE_64;
	return cs_attr & ATOLL_SEG_DB ? ATOLL_INSN_MODE_32 : ATOLL_INSN_MODE_16;
}

/* The CPU keeps its privilege level in the stack segment */
static u32 access_of(u32 ss_attr)
{
	return ((ss_attr >> ATOLL_SEG_DPL_SHIFT) & 3) == 3 ? ATOLL_GVA_USER : 0;
}

/**
 * atoll_vcpu_mode() - how the CPU reads the code it is at
 * @vcpu:	the vCPU; own thread, or no thread
 *
 * Any context, no lock.
 */
enum atoll_insn_mode atoll_vcpu_mode(struct atoll_vcpu *vcpu)
{
	u32 attr = atoll_hw_call(get_attr)(vcpu, ATOLL_CS);

	return mode_of(attr, atoll_hw_call(get_reg)(vcpu, ATOLL_EFER));
}

/**
 * atoll_vcpu_access() - the rights that an access of the guest's code has
 * @vcpu:	the vCPU; own thread, or no thread
 *
 * Any context, no lock.
 *
 * Return: ATOLL_GVA_USER at privilege level 3, else 0.
 */
u32 atoll_vcpu_access(struct atoll_vcpu *vcpu)
{
	return access_of(atoll_hw_call(get_attr)(vcpu, ATOLL_SS));
}

static void walk_init(struct walk *w, struct atoll_vcpu *vcpu,
		      const struct atoll_paging *paging, u64 gva, u32 access)
{
	w->vcpu = vcpu;
	w->gva = gva;
	w->access = access;
	w->cr0 = paging->cr0;
	w->cr3 = paging->cr3;
	w->cr4 = paging->cr4;
	w->efer = paging->efer;
	w->entry_bytes = 8;
	w->index_bits = 9;
	if (!(w->efer & EFER_LMA))
		w->gva = (u32)gva;

	if (!(w->cr0 & X86_CR0_PG)) {
		w->levels = 0;
	} else if (w->efer & EFER_LMA) {
		w->levels = w->cr4 & X86_CR4_LA57 ? 5 : 4;
	} else if (w->cr4 & X86_CR4_PAE) {
		w->levels = 3;
	} else {
		w->levels = 2;
		w->entry_bytes = 4;
		w->index_bits = 10;
	}
}

static u8 level_shift(const struct walk *w, u8 level)
{
	return PAGE_SHIFT + w->index_bits * (level - 1);
}

static u64 root_table(const struct walk *w)
{
	u64 cr3 = w->cr3;

	switch (w->levels) {
	case 2:
		return cr3 & GENMASK_ULL(31, 12);
	case 3:
		return cr3 & GENMASK_ULL(31, 5);
	default:
		return cr3 & ADDR_MASK;
	}
}

static int fault(const struct walk *w, u32 why, u32 *pf_error)
{
	u32 access = w->access;
	bool has_nx = w->entry_bytes == 8 && (w->efer & EFER_NX);

	/* Fetches are told apart only where something can forbid them */
	if (!has_nx && !(w->cr4 & X86_CR4_SMEP))
		access &= ~ATOLL_GVA_FETCH;
	*pf_error = access | why;
	return -EFAULT;
}

static bool is_leaf(const struct walk *w, u8 level, u64 entry)
{
	if (level == 1)
		return true;
	if (!(entry & _PAGE_PSE))
		return false;
	switch (w->levels) {
	case 2:
		return w->cr4 & X86_CR4_PSE;
	case 3:
		return level == 2;
	default:
		return level <= 3;
	}
}

/* The page that a leaf names; 4 MiB ones have bits 39 to 32 at 20 to 13 */
static u64 leaf_base(const struct walk *w, u8 level, u64 entry)
{
	u64 base = entry & ADDR_MASK & ~(BIT_ULL(level_shift(w, level)) - 1);

	if (w->levels == 2 && level == 2)
		base |= (entry & GENMASK_ULL(20, 13)) << 19;
	return base;
}

static bool has_reserved_bits(const struct walk *w, u8 level, u64 entry)
{
	bool leaf = is_leaf(w, level, entry);
	u64 reserved = ~atoll_cpuid_gpa_mask() & ADDR_MASK;

	if (w->levels == 2) {
		if (!leaf || level == 1)
			return false;
		return (entry & BIT_ULL(21)) ||
		       (leaf_base(w, level, entry) & reserved);
	}
	if (w->levels == 3)
		reserved |= GENMASK_ULL(62, 52);
	if (w->levels == 3 && level == 3)
		return entry & (reserved | PDPTE_RESERVED);
	if (!(w->efer & EFER_NX))
		reserved |= _PAGE_NX;
	if (level > 3)
		reserved |= _PAGE_PSE;
	/* It is the CPU beneath that walks, so ask what that one has */
	if (level == 3 && !boot_cpu_has(X86_FEATURE_GBPAGES))
		reserved |= _PAGE_PSE;
	/* Bit 12 of a large leaf is its PAT bit */
	if (leaf && level > 1)
		reserved |= GENMASK_ULL(level_shift(w, level) - 1, 13);
	return entry & reserved;
}

static int read_entry(struct walk *w, u8 level, u64 table, u32 *pf_error)
{
	u64 index = (w->gva >> level_shift(w, level)) &
		    (BIT_ULL(w->index_bits) - 1);
	u64 gpa = table + index * w->entry_bytes;
	u64 entry = 0;

	if (atoll_gmem_read(&w->vcpu->vm->gmem, gpa, &entry, w->entry_bytes))
		return -ENXIO;
	if (!(entry & _PAGE_PRESENT))
		return fault(w, 0, pf_error);
	if (has_reserved_bits(w, level, entry))
		return fault(w, X86_PF_PROT | X86_PF_RSVD, pf_error);
	w->entry[level - 1] = entry;
	w->entry_gpa[level - 1] = gpa;
	return 0;
}

/* The lowest level whose entry has rights; PAE's top level has none */
static u8 top_level(const struct walk *w)
{
	return w->levels == 3 ? 2 : w->levels;
}

static int check_rights(const struct walk *w, u32 *pf_error)
{
	u64 all = _PAGE_RW | _PAGE_USER, any = 0;
	bool is_user = w->access & ATOLL_GVA_USER;
	bool ok = true;
	u8 level;

	for (level = w->leaf; level <= top_level(w); level++) {
		all &= w->entry[level - 1];
		any |= w->entry[level - 1];
	}
	if (is_user && !(all & _PAGE_USER))
		ok = false;
	if ((w->access & ATOLL_GVA_WRITE) && !(all & _PAGE_RW) &&
	    (is_user || (w->cr0 & X86_CR0_WP)))
		ok = false;
	if (w->access & ATOLL_GVA_FETCH) {
		if (any & _PAGE_NX)
			ok = false;
		if (!is_user && (all & _PAGE_USER) && (w->cr4 & X86_CR4_SMEP))
			ok = false;
	} else if (!is_user && (all & _PAGE_USER) && (w->cr4 & X86_CR4_SMAP) &&
		   !(w->vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_AC)) {
		ok = false;
	}
	return ok ? 0 : fault(w, X86_PF_PROT, pf_error);
}

/*
 * Deviation: the CPU does this with a locked operation.  Write no more than
 * the byte that holds both bits, and only if one is missing, so that little of
 * what another CPU of the guest changes meanwhile can be lost.
 */
static int mark_used(const struct walk *w)
{
	u8 level, marks, low;

	for (level = top_level(w); level >= w->leaf; level--) {
		marks = _PAGE_ACCESSED;
		if (level == w->leaf && (w->access & ATOLL_GVA_WRITE))
			marks |= _PAGE_DIRTY;
		low = w->entry[level - 1];
		if ((low & marks) == marks)
			continue;
		low |= marks;
		if (atoll_gmem_write(&w->vcpu->vm->gmem, w->entry_gpa[level - 1],
				     &low, 1))
			return -ENXIO;
	}
	return 0;
}

static noinline int walk_fully(struct atoll_vcpu *vcpu, const struct atoll_paging *paging,
			       u64 gva, u32 access, u64 *gpa, u32 *pf_error)
{
	struct walk w;
	u64 table;
	u8 level;
	int err;

	walk_init(&w, vcpu, paging, gva, access);
	if (!w.levels) {
		*gpa = w.gva;
		return 0;
	}
	table = root_table(&w);
	for (level = w.levels; ; level--) {
		err = read_entry(&w, level, table, pf_error);
		if (err)
			return err;
		if (is_leaf(&w, level, w.entry[level - 1]))
			break;
		table = w.entry[level - 1] & ADDR_MASK;
	}
	w.leaf = level;
	err = check_rights(&w, pf_error);
	if (err)
		return err;
	*gpa = leaf_base(&w, level, w.entry[level - 1]) |
	       (w.gva & (BIT_ULL(level_shift(&w, level)) - 1));
	return mark_used(&w);
}

/* Which bits a quick walk wants in every entry, and in none */
static u64 quick_wants(u32 access)
{
	u64 wants = _PAGE_PRESENT | _PAGE_ACCESSED;

	if (access & ATOLL_GVA_USER)
		wants |= _PAGE_USER;
	if (access & ATOLL_GVA_WRITE)
		wants |= _PAGE_RW;
	return wants;
}

static u64 quick_refuses(const struct atoll_paging *paging, u32 access)
{
	u64 refuses = ~atoll_cpuid_gpa_mask() & ADDR_MASK;

	if ((access & ATOLL_GVA_FETCH) || !(paging->efer & EFER_NX))
		refuses |= _PAGE_NX;
	return refuses;
}

/*
 * The walk that nearly all are: in long mode, through tables in RAM, to a page
 * of 4 KiB or 2 MiB, with all rights there and all entries marked as used.  It
 * looks at the entries' bits only at the end, since it changes nothing.
 *
 * Return: false where one of that doesn't hold; the full walk finds out which.
 */
static __always_inline bool walk_quickly(struct atoll_vcpu *vcpu,
					 const struct atoll_paging *paging, u64 gva,
					 u32 access, u64 *gpa)
{
	struct atoll_gmem *gmem = &vcpu->vm->gmem;
	u64 all = ~0ULL, any = 0, entry, table = paging->cr3;
	u32 shift = paging->cr4 & X86_CR4_LA57 ? 48 : 39;

	if (!(paging->efer & EFER_LMA))
		return false;
	for (;; shift -= 9) {
		table = (table & ADDR_MASK) | ((gva >> shift) & 0x1ff) << 3;
		if (!atoll_gmem_read_in_page(gmem, table, &entry, sizeof(entry)))
			return false;
		all &= entry;
		any |= entry;
		if (shift == PAGE_SHIFT)
			break;
		if (entry & _PAGE_PSE) {
			/* Of a 2 MiB page bits 20 to 13 are reserved */
			if (shift != PMD_SHIFT || (entry & GENMASK_ULL(20, 13)))
				return false;
			break;
		}
		table = entry;
	}
	if (~all & quick_wants(access) || any & quick_refuses(paging, access))
		return false;
	if ((access & ATOLL_GVA_WRITE) && !(entry & _PAGE_DIRTY))
		return false;
	/* Execution and access prevention: supervisor code at a user's page */
	if (!(access & ATOLL_GVA_USER) && (all & _PAGE_USER) &&
	    (paging->cr4 & (X86_CR4_SMEP | X86_CR4_SMAP)))
		return false;
	*gpa = (entry & ADDR_MASK & ~(BIT_ULL(shift) - 1)) | (gva & (BIT_ULL(shift) - 1));
	return true;
}

/**
 * atoll_gva_to_gpa() - translate as the CPU would for an access
 * @vcpu:	the vCPU; own thread
 * @gva:	linear address; its upper half is ignored outside long mode
 * @access:	ATOLL_GVA_* bits
 * @gpa:	the result, which need not be RAM
 * @pf_error:	set on -EFAULT: error code of the #PF to inject
 *
 * Sets accessed and dirty bits if it succeeds.  Any context, no lock.
 *
 * Return: 0, -EFAULT, or -ENXIO if a table does not lie in RAM.
 */
int atoll_gva_to_gpa(struct atoll_vcpu *vcpu, u64 gva, u32 access, u64 *gpa,
		     u32 *pf_error)
{
	struct atoll_paging paging;

	atoll_hw_call(get_paging)(vcpu, &paging);
	if (likely(walk_quickly(vcpu, &paging, gva, access, gpa)))
		return 0;
	return walk_fully(vcpu, &paging, gva, access, gpa, pf_error);
}

/* Bytes from @gva to the end of its page, @len at most */
static size_t in_page(u64 gva, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(gva));
}

/**
 * atoll_gva_read() - read the guest's memory by its own addresses
 * @vcpu:	the vCPU; own thread
 * @gva:	linear address
 * @buf:	where to
 * @len:	bytes
 * @access:	ATOLL_GVA_* bits without WRITE
 * @pf_gva:	set on -EFAULT: the address that faults
 * @pf_error:	set on -EFAULT: error code of the #PF to inject
 *
 * Pages before the one that faults have been read.  Any context, no lock.
 *
 * Return: 0, -EFAULT, or -ENXIO if memory or a table does not lie in RAM.
 */
int atoll_gva_read(struct atoll_vcpu *vcpu, u64 gva, void *buf, size_t len,
		   u32 access, u64 *pf_gva, u32 *pf_error)
{
	size_t part;
	u64 gpa;
	int err;

	for (; len; len -= part, gva += part, buf += part) {
		part = in_page(gva, len);
		*pf_gva = gva;
		err = atoll_gva_to_gpa(vcpu, gva, access, &gpa, pf_error);
		if (err)
			return err;
		if (atoll_gmem_read(&vcpu->vm->gmem, gpa, buf, part))
			return -ENXIO;
	}
	return 0;
}

/**
 * atoll_gva_write() - write the guest's memory by its own addresses
 * @vcpu:	the vCPU; own thread
 * @gva:	linear address
 * @buf:	where from
 * @len:	bytes
 * @access:	ATOLL_GVA_* bits; WRITE is implied
 * @pf_gva:	set on -EFAULT: the address that faults
 * @pf_error:	set on -EFAULT: error code of the #PF to inject
 *
 * Pages before the one that faults have been written.  Any context, no lock.
 *
 * Return: 0, -EFAULT, -EAGAIN if RAM has to be taken first (atoll_vcpu_wants()), or
 * -ENXIO if memory or a table does not lie in RAM.
 */
int atoll_gva_write(struct atoll_vcpu *vcpu, u64 gva, const void *buf,
		    size_t len, u32 access, u64 *pf_gva, u32 *pf_error)
{
	size_t part;
	u64 gpa;
	int err;

	for (; len; len -= part, gva += part, buf += part) {
		part = in_page(gva, len);
		*pf_gva = gva;
		err = atoll_gva_to_gpa(vcpu, gva, access | ATOLL_GVA_WRITE, &gpa,
				       pf_error);
		if (err)
			return err;
		err = atoll_gmem_write(&vcpu->vm->gmem, gpa, buf, part);
		if (err)
			return err == -EAGAIN ? err : -ENXIO;
	}
	return 0;
}

/* The fetch that nearly all are: 64-bit code, in one page, which a quick walk finds */
static bool fetch_quickly(struct atoll_vcpu *vcpu, u8 *buf)
{
	u64 gva = vcpu->regs[ATOLL_RIP], gpa;
	struct atoll_paging paging;

	atoll_hw_call(get_paging)(vcpu, &paging);
	return mode_of(paging.cs_attr, paging.efer) == ATOLL_INSN_MODE_64 &&
	       offset_in_page(gva) <= PAGE_SIZE - ATOLL_INSN_LEN_MAX &&
	       walk_quickly(vcpu, &paging, gva, ATOLL_GVA_FETCH | access_of(paging.ss_attr),
			    &gpa) &&
	       atoll_gmem_read_in_page(&vcpu->vm->gmem, gpa, buf, ATOLL_INSN_LEN_MAX);
}

static noinline int fetch_fully(struct atoll_vcpu *vcpu, enum atoll_insn_mode mode, u8 *buf,
				size_t *lenp)
{
	u32 access = ATOLL_GVA_FETCH | atoll_vcpu_access(vcpu);
	u64 gva = vcpu->regs[ATOLL_RIP], pf_gva;
	size_t len = ATOLL_INSN_LEN_MAX, first;
	struct atoll_segment cs;
	u32 pf_error;
	int err;

	*lenp = 0;
	if (mode != ATOLL_INSN_MODE_64) {
		atoll_hw_call(get_seg)(vcpu, ATOLL_CS, &cs);
		if (gva > cs.limit)
			return -EFAULT;
		len = min_t(u64, len, cs.limit - gva + 1);
		gva += cs.base;
	}
	first = in_page(gva, len);
	err = atoll_gva_read(vcpu, gva, buf, first, access, &pf_gva, &pf_error);
	if (err)
		return err;
	*lenp = first;
	if (first < len &&
	    !atoll_gva_read(vcpu, gva + first, buf + first, len - first, access,
			    &pf_gva, &pf_error))
		*lenp = len;
	return 0;
}

/**
 * atoll_insn_fetch() - read the code that the vCPU is at
 * @vcpu:	the vCPU; own thread
 * @buf:	room for ATOLL_INSN_LEN_MAX bytes
 * @lenp:	how many of them were read: fewer where the code segment ends,
 *		and where a page or its memory isn't there
 * @mode:	how the CPU reads them
 *
 * Any context, no lock.
 *
 * Return: 0, or if not one byte can be read -EFAULT, or -ENXIO if it or a table
 * does not lie in RAM.
 */
int atoll_insn_fetch(struct atoll_vcpu *vcpu, u8 *buf, size_t *lenp,
		     enum atoll_insn_mode *mode)
{
	if (likely(fetch_quickly(vcpu, buf))) {
		*lenp = ATOLL_INSN_LEN_MAX;
		*mode = ATOLL_INSN_MODE_64;
		return 0;
	}
	*mode = atoll_vcpu_mode(vcpu);
	return fetch_fully(vcpu, *mode, buf, lenp);
}
