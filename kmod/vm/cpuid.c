// SPDX-License-Identifier: GPL-2.0-only
/*
 * What CPUID tells a guest: the host's features that work in a guest, as a
 * table of masks, and nothing else.  The host's leaves are read once, at
 * module load, so that an exit costs a search at most, and no CPUID.
 */
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <asm/cpufeatures.h>
#include <asm/page.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>
#include <asm/msr-index.h>
#include <asm/processor.h>
#include <asm/processor-flags.h>
#include <uapi/asm/kvm_para.h>
#include "../atoll.h"
#include "../hw/hw.h"

#define HYPERVISOR_LEAF		0x40000000
#define HYPERVISOR_LEAF_MAX	KVM_CPUID_FEATURES

/* Documentation/virt/kvm/x86/cpuid.rst: what clock.c, steal.c, hypercall.c, lapic_pv.c do */
#define KVM_FEATURES \
	(BIT(KVM_FEATURE_CLOCKSOURCE) | BIT(KVM_FEATURE_CLOCKSOURCE2) | \
	 BIT(KVM_FEATURE_NOP_IO_DELAY) | BIT(KVM_FEATURE_STEAL_TIME) | \
	 BIT(KVM_FEATURE_PV_EOI) | BIT(KVM_FEATURE_PV_UNHALT) | BIT(KVM_FEATURE_PV_TLB_FLUSH) | \
	 BIT(KVM_FEATURE_PV_SEND_IPI))

#define BIT_OF(feature)		BIT((feature) & 31)

/* Leaf 1 */
#define LEAF1_ECX_STATIC \
	(BIT_OF(X86_FEATURE_XMM3) | BIT_OF(X86_FEATURE_PCLMULQDQ) | \
	 BIT_OF(X86_FEATURE_SSSE3) | BIT_OF(X86_FEATURE_FMA) | BIT_OF(X86_FEATURE_CX16) | \
	 BIT_OF(X86_FEATURE_PCID) | BIT_OF(X86_FEATURE_XMM4_1) | BIT_OF(X86_FEATURE_XMM4_2) | \
	 BIT_OF(X86_FEATURE_MOVBE) | BIT_OF(X86_FEATURE_POPCNT) | BIT_OF(X86_FEATURE_AES) | \
	 BIT_OF(X86_FEATURE_XSAVE) | BIT_OF(X86_FEATURE_AVX) | BIT_OF(X86_FEATURE_F16C) | \
	 BIT_OF(X86_FEATURE_RDRAND))
#define LEAF1_EDX \
	(BIT_OF(X86_FEATURE_FPU) | BIT_OF(X86_FEATURE_VME) | BIT_OF(X86_FEATURE_DE) | \
	 BIT_OF(X86_FEATURE_PSE) | BIT_OF(X86_FEATURE_TSC) | BIT_OF(X86_FEATURE_MSR) | \
	 BIT_OF(X86_FEATURE_PAE) | BIT_OF(X86_FEATURE_CX8) | BIT_OF(X86_FEATURE_SEP) | \
	 BIT_OF(X86_FEATURE_PGE) | BIT_OF(X86_FEATURE_CMOV) | BIT_OF(X86_FEATURE_PAT) | \
	 BIT_OF(X86_FEATURE_PSE36) | BIT_OF(X86_FEATURE_CLFLUSH) | BIT_OF(X86_FEATURE_MMX) | \
	 BIT_OF(X86_FEATURE_FXSR) | BIT_OF(X86_FEATURE_XMM) | BIT_OF(X86_FEATURE_XMM2))
/* Whatever the host has, since dev/ has all of it */
#define LEAF1_ECX_OWN \
	(BIT_OF(X86_FEATURE_HYPERVISOR) | BIT_OF(X86_FEATURE_X2APIC) | \
	 BIT_OF(X86_FEATURE_TSC_DEADLINE_TIMER))
/* The APIC id and the number of CPUs are the guest's own */
#define LEAF1_EBX		0x0000ffff

/* Leaf 6: dev/lapic_timer.c's counts on in every state; nothing else of power is there */
#define LEAF6_EAX_OWN		BIT_OF(X86_FEATURE_ARAT)

/* Leaf 7 */
#define AVX512_EBX \
	(BIT_OF(X86_FEATURE_AVX512F) | BIT_OF(X86_FEATURE_AVX512DQ) | \
	 BIT_OF(X86_FEATURE_AVX512IFMA) | BIT_OF(X86_FEATURE_AVX512CD) | \
	 BIT_OF(X86_FEATURE_AVX512BW) | BIT_OF(X86_FEATURE_AVX512VL))
#define AVX512_ECX \
	(BIT_OF(X86_FEATURE_AVX512VBMI) | BIT_OF(X86_FEATURE_AVX512_VBMI2) | \
	 BIT_OF(X86_FEATURE_AVX512_VNNI) | BIT_OF(X86_FEATURE_AVX512_BITALG) | \
	 BIT_OF(X86_FEATURE_AVX512_VPOPCNTDQ))
#define LEAF7_EBX \
	(BIT_OF(X86_FEATURE_FSGSBASE) | BIT_OF(X86_FEATURE_BMI1) | BIT_OF(X86_FEATURE_AVX2) | \
	 BIT_OF(X86_FEATURE_SMEP) | BIT_OF(X86_FEATURE_BMI2) | BIT_OF(X86_FEATURE_ERMS) | \
	 BIT_OF(X86_FEATURE_INVPCID) | BIT_OF(X86_FEATURE_RDSEED) | BIT_OF(X86_FEATURE_ADX) | \
	 BIT_OF(X86_FEATURE_SMAP) | BIT_OF(X86_FEATURE_CLFLUSHOPT) | BIT_OF(X86_FEATURE_CLWB) | \
	 BIT_OF(X86_FEATURE_SHA_NI) | AVX512_EBX)
#define LEAF7_ECX \
	(BIT_OF(X86_FEATURE_RDPID) | BIT_OF(X86_FEATURE_UMIP) | BIT_OF(X86_FEATURE_VAES) | \
	 BIT_OF(X86_FEATURE_VPCLMULQDQ) | BIT_OF(X86_FEATURE_GFNI) | \
	 BIT_OF(X86_FEATURE_LA57) | AVX512_ECX)
#define LEAF7_EDX		BIT_OF(X86_FEATURE_FSRM)

/* Leaf 0xd, sub-leaf 1; no XSAVES, whose supervisor state is the host's */
#define LEAFD1_EAX \
	(BIT_OF(X86_FEATURE_XSAVEOPT) | BIT_OF(X86_FEATURE_XSAVEC) | \
	 BIT_OF(X86_FEATURE_XGETBV1))

/* The components of the extended state that a guest may use */
#define XCR0_FEATURES \
	(XFEATURE_MASK_FPSSE | XFEATURE_MASK_YMM | XFEATURE_MASK_AVX512)

/* Sub-leaves of 0xd, ECX: in the compacted format it begins at 64 bytes */
#define XSAVE_ALIGNED		BIT(1)
/* What every XSAVE area has: the legacy region and the header */
#define XSAVE_LEGACY_BYTES \
	((u32)(sizeof(struct fxregs_state) + sizeof(struct xstate_header)))

/* Leaf 0x80000001 */
#define EXT1_ECX \
	(BIT_OF(X86_FEATURE_LAHF_LM) | BIT_OF(X86_FEATURE_CR8_LEGACY) | \
	 BIT_OF(X86_FEATURE_ABM) | BIT_OF(X86_FEATURE_SSE4A) | \
	 BIT_OF(X86_FEATURE_MISALIGNSSE) | BIT_OF(X86_FEATURE_3DNOWPREFETCH))
/* AMD repeats bits of leaf 1 in here */
#define EXT1_EDX_REPEATED	(0x0183f3ff & LEAF1_EDX)
#define EXT1_EDX \
	(EXT1_EDX_REPEATED | BIT_OF(X86_FEATURE_SYSCALL) | BIT_OF(X86_FEATURE_NX) | \
	 BIT_OF(X86_FEATURE_GBPAGES) | BIT_OF(X86_FEATURE_RDTSCP) | BIT_OF(X86_FEATURE_LM))

#define ALL			0xffffffff
#define ANY_SUBLEAF		0xffffffff

/* Leaf 0xb: what a sub-leaf counts */
#define TOPOLOGY_LEAF		0xb
#define LEVEL_THREADS		1
#define LEVEL_CORES		2

/* What Intel's CPUs have: how fast the TSC is, so that no guest has to measure it */
#define TSC_LEAF		0x15
#define FREQUENCY_LEAF		0x16
#define RATIO_UNIT		500U

/* How far each range of leaves goes, as the guest sees it */
#define BASIC_MAX_AMD		0xd
#define BASIC_MAX_INTEL		FREQUENCY_LEAF
#define EXTENDED_MAX		0x80000008

/**
 * struct cpuid_policy - one leaf: what of the host's answer a guest may see
 * @leaf:	EAX
 * @subleaf:	ECX, or ANY_SUBLEAF where the leaf has none
 * @mask:	of EAX, EBX, ECX, EDX
 * @plain:	that is the answer, for every vCPU, whatever ECX is
 * @host:	the host's answer under the mask, filled at module load
 *
 * A leaf that isn't listed reads as zeroes.
 */
struct cpuid_policy {
	u32 leaf;
	u32 subleaf;
	u32 mask[4];
	u32 plain;
	u32 host[4];
};

static struct cpuid_policy policies[] = {
	{ 0x00, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x01, ANY_SUBLEAF, { ALL, LEAF1_EBX, LEAF1_ECX_STATIC, LEAF1_EDX } },
	{ 0x06, ANY_SUBLEAF, { 0, 0, 0, 0 }, .plain = 1 },
	{ 0x07, 0, { 0, LEAF7_EBX, LEAF7_ECX, LEAF7_EDX } },
	{ 0x0d, 0, { XCR0_FEATURES, 0, 0, 0 } },
	{ 0x0d, 1, { LEAFD1_EAX, 0, 0, 0 } },
	{ 0x0d, XFEATURE_YMM, { ALL, ALL, ALL, 0 } },
	{ 0x0d, XFEATURE_OPMASK, { ALL, ALL, ALL, 0 } },
	{ 0x0d, XFEATURE_ZMM_Hi256, { ALL, ALL, ALL, 0 } },
	{ 0x0d, XFEATURE_Hi16_ZMM, { ALL, ALL, ALL, 0 } },
	{ 0x80000000, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x80000001, ANY_SUBLEAF, { ALL, 0, EXT1_ECX, EXT1_EDX } },
	{ 0x80000002, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x80000003, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x80000004, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x80000005, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	{ 0x80000006, ANY_SUBLEAF, { ALL, ALL, ALL, ALL }, .plain = 1 },
	/* Sizes of addresses; a guest-physical address is as wide as a host's */
	{ 0x80000008, ANY_SUBLEAF, { 0xffff, 0, 0, 0 } },
};

/* CR4 bits that need a feature; those without one every CPU here has */
static const struct {
	u32 leaf, reg, bit;
	u64 cr4;
} cr4_features[] = {
	{ 1, 3, BIT_OF(X86_FEATURE_VME), X86_CR4_VME | X86_CR4_PVI },
	{ 1, 3, BIT_OF(X86_FEATURE_TSC), X86_CR4_TSD },
	{ 1, 3, BIT_OF(X86_FEATURE_DE), X86_CR4_DE },
	{ 1, 3, BIT_OF(X86_FEATURE_PSE), X86_CR4_PSE },
	{ 1, 3, BIT_OF(X86_FEATURE_PAE), X86_CR4_PAE },
	{ 1, 3, BIT_OF(X86_FEATURE_PGE), X86_CR4_PGE },
	{ 1, 3, BIT_OF(X86_FEATURE_FXSR), X86_CR4_OSFXSR },
	{ 1, 3, BIT_OF(X86_FEATURE_XMM), X86_CR4_OSXMMEXCPT },
	{ 1, 2, BIT_OF(X86_FEATURE_PCID), X86_CR4_PCIDE },
	{ 1, 2, BIT_OF(X86_FEATURE_XSAVE), X86_CR4_OSXSAVE },
	{ 7, 1, BIT_OF(X86_FEATURE_FSGSBASE), X86_CR4_FSGSBASE },
	{ 7, 1, BIT_OF(X86_FEATURE_SMEP), X86_CR4_SMEP },
	{ 7, 1, BIT_OF(X86_FEATURE_SMAP), X86_CR4_SMAP },
	{ 7, 2, BIT_OF(X86_FEATURE_UMIP), X86_CR4_UMIP },
	{ 7, 2, BIT_OF(X86_FEATURE_LA57), X86_CR4_LA57 },
};

/* What goes when the host has a component of the extended state switched off */
static const struct {
	u64 xcr0;
	u32 leaf, reg, bits;
} xcr0_features[] = {
	{ XFEATURE_MASK_YMM, 1, 2, BIT_OF(X86_FEATURE_AVX) | BIT_OF(X86_FEATURE_FMA) |
	  BIT_OF(X86_FEATURE_F16C) },
	{ XFEATURE_MASK_YMM, 7, 1, BIT_OF(X86_FEATURE_AVX2) },
	{ XFEATURE_MASK_YMM, 7, 2, BIT_OF(X86_FEATURE_VAES) |
	  BIT_OF(X86_FEATURE_VPCLMULQDQ) },
	{ XFEATURE_MASK_AVX512, 7, 1, AVX512_EBX },
	{ XFEATURE_MASK_AVX512, 7, 2, AVX512_ECX },
};

/* What follows from the table, kept for the paths that ask often */
static u64 cr4_allowed, efer_allowed, xcr0_allowed, gpa_mask;

static struct cpuid_policy *find_policy(u32 leaf, u32 subleaf)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		if (policies[i].leaf == leaf &&
		    (policies[i].subleaf == ANY_SUBLEAF || policies[i].subleaf == subleaf))
			return &policies[i];
	}
	return NULL;
}

/* The plain ones of the leaves from 0 and from 0x80000000 on, by their number */
#define NR_PLAIN		8
static const struct cpuid_policy *plain_leaf[2][NR_PLAIN];

static void index_plain(void)
{
	const struct cpuid_policy *p;

	for (p = policies; p < policies + ARRAY_SIZE(policies); p++) {
		if (p->plain)
			plain_leaf[p->leaf >> 31][p->leaf % NR_PLAIN] = p;
	}
}

static void read_host(void)
{
	u32 i, r, max_basic = cpuid_eax(0), max_ext = cpuid_eax(0x80000000);
	struct cpuid_policy *p;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		p = &policies[i];
		if (p->leaf > (p->leaf >> 31 ? max_ext : max_basic))
			continue;
		cpuid_count(p->leaf, p->subleaf == ANY_SUBLEAF ? 0 : p->subleaf,
			    &p->host[0], &p->host[1], &p->host[2], &p->host[3]);
		for (r = 0; r < 4; r++)
			p->host[r] &= p->mask[r];
	}
}

static bool host_is_amd(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
	       boot_cpu_data.x86_vendor == X86_VENDOR_HYGON;
}

static u32 host_bits(u32 leaf, u32 reg)
{
	return find_policy(leaf, 0)->host[reg];
}

/* A guest's extended state lives in the host's XCR0: what is off there is off */
static void derive_xcr0(void)
{
	struct cpuid_policy *xsave = find_policy(0xd, 0);
	u32 i;

	xcr0_allowed = XFEATURE_MASK_FPSSE;
	if (boot_cpu_has(X86_FEATURE_OSXSAVE))
		xcr0_allowed = xsave->host[0] & xgetbv(XCR_XFEATURE_ENABLED_MASK);
	if ((xcr0_allowed & XFEATURE_MASK_AVX512) != XFEATURE_MASK_AVX512)
		xcr0_allowed &= ~(u64)XFEATURE_MASK_AVX512;
	xsave->host[0] = xcr0_allowed;
	for (i = 0; i < ARRAY_SIZE(xcr0_features); i++) {
		if (!(xcr0_allowed & xcr0_features[i].xcr0))
			find_policy(xcr0_features[i].leaf, 0)->host[xcr0_features[i].reg] &=
				~xcr0_features[i].bits;
	}
}

/**
 * atoll_cpuid_init() - read the host's CPUID and derive what guests may set
 *
 * Context: module init.
 */
void atoll_cpuid_init(void)
{
	u32 i;

	index_plain();
	read_host();
	derive_xcr0();
	if (host_is_amd())
		find_policy(0, 0)->host[0] = min_t(u32, host_bits(0, 0), BASIC_MAX_AMD);
	else
		find_policy(0, 0)->host[0] = BASIC_MAX_INTEL;
	find_policy(0x80000000, 0)->host[0] = EXTENDED_MAX;
	find_policy(6, 0)->host[0] = LEAF6_EAX_OWN;

	cr4_allowed = X86_CR4_PCE;
	for (i = 0; i < ARRAY_SIZE(cr4_features); i++) {
		if (host_bits(cr4_features[i].leaf, cr4_features[i].reg) & cr4_features[i].bit)
			cr4_allowed |= cr4_features[i].cr4;
	}
	efer_allowed = EFER_SCE | EFER_LME;
	if (host_bits(0x80000001, 3) & BIT_OF(X86_FEATURE_NX))
		efer_allowed |= EFER_NX;
	gpa_mask = GENMASK_ULL((host_bits(0x80000008, 0) & 0xff) - 1, 0);
}

/** atoll_cpuid_cr4_allowed() - the bits of CR4 that a guest may set; any context */
u64 atoll_cpuid_cr4_allowed(void)
{
	return cr4_allowed;
}

/** atoll_cpuid_xcr0_allowed() - the bits of XCR0 that a guest may set; any context */
u64 atoll_cpuid_xcr0_allowed(void)
{
	return xcr0_allowed;
}

/** atoll_cpuid_efer_allowed() - the bits of EFER that a guest may set; any context */
u64 atoll_cpuid_efer_allowed(void)
{
	return efer_allowed;
}

/** atoll_cpuid_gpa_mask() - the bits that a guest-physical address has; any context */
u64 atoll_cpuid_gpa_mask(void)
{
	return gpa_mask;
}

/*
 * Bytes that XSAVE takes for a set of components: Intel SDM vol. 1, "Standard
 * Format of XSAVE Area".
 */
static u32 xsave_bytes(u64 xcr0)
{
	u32 i, bytes = XSAVE_LEGACY_BYTES;
	const struct cpuid_policy *p;

	for (i = XFEATURE_YMM; i < XFEATURE_MAX; i++) {
		p = xcr0 & BIT_ULL(i) ? find_policy(0xd, i) : NULL;
		if (p)
			bytes = max(bytes, p->host[0] + p->host[1]);
	}
	return bytes;
}

/** atoll_cpuid_xsave_bytes() - what all that a guest may set in XCR0 takes; any context */
u32 atoll_cpuid_xsave_bytes(void)
{
	return xsave_bytes(xcr0_allowed);
}

/* The same for XSAVEC, "Compacted Format": one behind the other */
static u32 xsavec_bytes(u64 xcr0)
{
	u32 i, bytes = XSAVE_LEGACY_BYTES;
	const struct cpuid_policy *p;

	for (i = XFEATURE_YMM; i < XFEATURE_MAX; i++) {
		p = xcr0 & BIT_ULL(i) ? find_policy(0xd, i) : NULL;
		if (!p)
			continue;
		if (p->host[2] & XSAVE_ALIGNED)
			bytes = ALIGN(bytes, 64);
		bytes += p->host[0];
	}
	return bytes;
}

/* Bits of an APIC ID that tell the CPUs of the one package apart */
static u32 core_bits(const struct atoll_vm *vm)
{
	return order_base_2(vm->nr_vcpus);
}

static void add_leaf1(struct atoll_vcpu *vcpu, u32 *regs)
{
	regs[1] |= vcpu->index << 24 | vcpu->vm->nr_vcpus << 16;
	regs[2] |= LEAF1_ECX_OWN;
	if (atoll_hw->get_reg(vcpu, ATOLL_CR4) & X86_CR4_OSXSAVE)
		regs[2] |= BIT_OF(X86_FEATURE_OSXSAVE);
	if (atoll_lapic_enabled(vcpu))
		regs[3] |= BIT_OF(X86_FEATURE_APIC);
	if (vcpu->vm->nr_vcpus > 1)
		regs[3] |= BIT_OF(X86_FEATURE_HT);
}

/* One package, a core for each CPU, a thread for each core */
static void topology_leaf(struct atoll_vcpu *vcpu, u32 subleaf, u32 *regs)
{
	regs[2] = subleaf & 0xff;
	regs[3] = vcpu->index;
	if (subleaf == 0) {
		regs[1] = 1;
		regs[2] |= LEVEL_THREADS << 8;
	} else if (subleaf == 1) {
		regs[0] = core_bits(vcpu->vm);
		regs[1] = vcpu->vm->nr_vcpus;
		regs[2] |= LEVEL_CORES << 8;
	}
}

/* The same as AMD has it: "CmpLegacy", and the number of cores in leaf 0x80000008 */
static void add_amd_topology(struct atoll_vcpu *vcpu, u32 leaf, u32 *regs)
{
	u32 nr = vcpu->vm->nr_vcpus;

	if (nr == 1 || !host_is_amd())
		return;
	if (leaf == 0x80000001)
		regs[2] |= BIT_OF(X86_FEATURE_CMP_LEGACY);
	else
		regs[2] = core_bits(vcpu->vm) << 12 | (nr - 1);
}

/* What depends on the vCPU and its state of the moment */
static void add_dynamic(struct atoll_vcpu *vcpu, u32 leaf, u32 subleaf, u32 *regs)
{
	if (leaf == 1) {
		add_leaf1(vcpu, regs);
	} else if (leaf == 0x80000001 || leaf == 0x80000008) {
		add_amd_topology(vcpu, leaf, regs);
	} else if (leaf == 0xd && subleaf == 0) {
		atoll_fpu_sync_xcr0(vcpu);
		regs[1] = xsave_bytes(vcpu->xcr0);
		regs[2] = xsave_bytes(xcr0_allowed);
	} else if (leaf == 0xd && subleaf == 1 && regs[0] & BIT_OF(X86_FEATURE_XSAVEC)) {
		atoll_fpu_sync_xcr0(vcpu);
		regs[1] = xsavec_bytes(vcpu->xcr0);
	}
}

/*
 * Intel SDM vol. 2A, "CPUID": the ratio of the TSC to the "core crystal clock",
 * which is what the local APIC's timer counts, 1 GHz, and the TSC's frequency in
 * MHz.  The crystal's own is not told: a kernel that knows it takes the product
 * for exact, as it is not, and does not correct it later.  Kernels multiply MHz,
 * 1000 and RATIO_UNIT in 32 bits.
 */
static void frequency_leaf(const struct atoll_vcpu *vcpu, u32 leaf, u32 *regs)
{
	u32 mhz = DIV_ROUND_CLOSEST(vcpu->vm->clock.khz, 1000);

	if (leaf == TSC_LEAF) {
		regs[0] = RATIO_UNIT;
		regs[1] = DIV_ROUND_CLOSEST(mhz, 1000 / RATIO_UNIT);
	} else {
		regs[0] = mhz;
		regs[1] = mhz;
	}
}

/* KVM's signature, since every kernel has the other half of its guest ABI */
static void hypervisor_leaf(const struct atoll_vcpu *vcpu, u32 leaf, u32 *regs)
{
	static const char signature[12] = "KVMKVMKVM\0\0";

	if (leaf == HYPERVISOR_LEAF) {
		regs[0] = HYPERVISOR_LEAF_MAX;
		memcpy(&regs[1], signature, sizeof(signature));
	} else if (leaf == KVM_CPUID_FEATURES) {
		regs[0] = KVM_FEATURES;
		if (vcpu->vm->clock.stable)
			regs[0] |= BIT(KVM_FEATURE_CLOCKSOURCE_STABLE_BIT);
	}
}

static noinline void answer(struct atoll_vcpu *vcpu, u32 leaf, u32 subleaf)
{
	const struct cpuid_policy *p = find_policy(leaf, subleaf);
	u32 regs[4] = { 0 };

	if (p) {
		memcpy(regs, p->host, sizeof(regs));
		add_dynamic(vcpu, leaf, subleaf, regs);
	} else if (leaf == TOPOLOGY_LEAF) {
		topology_leaf(vcpu, subleaf, regs);
	} else if ((leaf == TSC_LEAF || leaf == FREQUENCY_LEAF) && !host_is_amd()) {
		frequency_leaf(vcpu, leaf, regs);
	} else if (leaf >= HYPERVISOR_LEAF && leaf <= HYPERVISOR_LEAF_MAX) {
		hypervisor_leaf(vcpu, leaf, regs);
	}
	vcpu->regs[ATOLL_RAX] = regs[0];
	vcpu->regs[ATOLL_RBX] = regs[1];
	vcpu->regs[ATOLL_RCX] = regs[2];
	vcpu->regs[ATOLL_RDX] = regs[3];
}

/**
 * atoll_cpuid() - what CPUID answers
 * @vcpu:	the calling thread's own; EAX and ECX ask, EAX to EDX receive
 *
 * A leaf beyond the last reads as zeroes, as on AMD's CPUs.
 */
void atoll_cpuid(struct atoll_vcpu *vcpu)
{
	u32 leaf = vcpu->regs[ATOLL_RAX], n = leaf & ~BIT(31);
	const struct cpuid_policy *p;

	if (n < NR_PLAIN) {
		p = plain_leaf[leaf >> 31][n];
		if (likely(p)) {
			vcpu->regs[ATOLL_RAX] = p->host[0];
			vcpu->regs[ATOLL_RBX] = p->host[1];
			vcpu->regs[ATOLL_RCX] = p->host[2];
			vcpu->regs[ATOLL_RDX] = p->host[3];
			return;
		}
	}
	answer(vcpu, leaf, vcpu->regs[ATOLL_RCX]);
}
