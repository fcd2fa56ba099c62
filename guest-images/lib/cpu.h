/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPU's instructions as C functions, one line each.  No state, nothing
 * that can fault without the caller knowing: see trap.h for those.
 */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long ulong;
typedef __SIZE_TYPE__ size_t;
typedef __UINTPTR_TYPE__ uintptr_t;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1UL << (n))
#define PAGE_BYTES	4096UL
#define MIB		(1024UL * 1024)

/* Every guest links at 1 MiB; start.S lays out these segments */
#define KERNEL_CS	0x08
#define KERNEL_DS	0x10
#define USER_CS32	0x1b
#define USER_DS		0x23
#define USER_CS64	0x2b
#define TSS_SEL		0x38
#define KERNEL_CS32	0x48
#define NOT_PRESENT_SEL	0x50
#define CODE16_SEL	0x58
#define DATA16_SEL	0x60
#define KERNEL_CS64	0x68

#define EFLAGS_CF	BIT(0)
#define EFLAGS_TF	BIT(8)
#define EFLAGS_IF	BIT(9)
#define EFLAGS_DF	BIT(10)
#define EFLAGS_NT	BIT(14)
#define EFLAGS_RF	BIT(16)
#define EFLAGS_VM	BIT(17)
#define EFLAGS_AC	BIT(18)

#define CR0_PE		BIT(0)
#define CR0_MP		BIT(1)
#define CR0_EM		BIT(2)
#define CR0_TS		BIT(3)
#define CR0_ET		BIT(4)
#define CR0_NE		BIT(5)
#define CR0_WP		BIT(16)
#define CR0_AM		BIT(18)
#define CR0_NW		BIT(29)
#define CR0_CD		BIT(30)
#define CR0_PG		BIT(31)

#define CR4_DE		BIT(3)
#define CR4_PAE		BIT(5)
#define CR4_OSFXSR	BIT(9)
#define CR4_OSXMMEXCPT	BIT(10)
#define CR4_OSXSAVE	BIT(18)

#define MSR_SYSENTER_CS		0x174
#define MSR_SYSENTER_ESP	0x175
#define MSR_SYSENTER_EIP	0x176
#define MSR_PAT			0x277
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_SFMASK		0xc0000084
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102
#define MSR_TSC_AUX	0xc0000103

#define EFER_SCE	BIT(0)
#define EFER_LME	BIT(8)
#define EFER_LMA	BIT(10)
#define EFER_NXE	BIT(11)
#define EFER_SVME	BIT(12)

static inline u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline void outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outw(u16 port, u16 v)
{
	asm volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outl(u16 port, u32 v)
{
	asm volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (u64)hi << 32 | lo;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid_count(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	asm volatile("cpuid"
		     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
		     : "a"(leaf), "c"(subleaf) : "memory");
	return r;
}

/* The number in TSC_AUX; the CPU offers RDTSCP */
static inline u32 rdtscp_aux(void)
{
	u32 aux;

	asm volatile("rdtscp" : "=c"(aux) : : "eax", "edx");
	return aux;
}

static inline struct cpuid cpuid(u32 leaf)
{
	return cpuid_count(leaf, 0);
}

static inline int cpu_is_amd(void)
{
	return cpuid(0).ecx == 0x444d4163;	/* "cAMD" */
}

#define DEFINE_REG(reg)							\
static inline ulong read_##reg(void)					\
{									\
	ulong v;							\
									\
	asm volatile("mov %%" #reg ", %0" : "=r"(v) : : "memory");	\
	return v;							\
}									\
static inline void write_##reg(ulong v)					\
{									\
	asm volatile("mov %0, %%" #reg : : "r"(v) : "memory");		\
}

DEFINE_REG(cr0)
DEFINE_REG(cr2)
DEFINE_REG(cr3)
DEFINE_REG(cr4)
DEFINE_REG(dr0)
DEFINE_REG(dr1)
DEFINE_REG(dr2)
DEFINE_REG(dr3)
DEFINE_REG(dr6)
DEFINE_REG(dr7)

static inline ulong read_flags(void)
{
	ulong v;

	asm volatile("pushf\n\tpop %0" : "=r"(v) : : "memory");
	return v;
}

static inline void write_flags(ulong v)
{
	asm volatile("push %0\n\tpopf" : : "r"(v) : "memory", "cc");
}

struct table_reg {
	u16 limit;
	ulong base;
} __attribute__((packed));

static inline struct table_reg sidt(void)
{
	struct table_reg r;

	asm volatile("sidt %0" : "=m"(r));
	return r;
}

static inline void lidt(struct table_reg r)
{
	asm volatile("lidt %0" : : "m"(r));
}

static inline void irq_on(void)
{
	asm volatile("sti" : : : "memory");
}

static inline void irq_off(void)
{
	asm volatile("cli" : : : "memory");
}

/* Sleeps until an interrupt, with no gap between STI and HLT to lose it in */
static inline void sti_hlt_cli(void)
{
	asm volatile("sti\n\thlt\n\tcli" : : : "memory");
}

static inline void barrier(void)
{
	asm volatile("" : : : "memory");
}

#endif
