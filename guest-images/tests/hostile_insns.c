// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions that belong to a hypervisor, or that the machine does not
 * have: each must fault in the guest, and none reach the host's CPU.
 *
 * expect: exit 0
 */
#include "guest.h"

#define KVM_ENOSYS	1000

/* Whatever a hypervisor would put there */
static u8 vmcb[4096] __attribute__((aligned(4096)));

#define UNDEFINED(name, bytes) do {					\
	asm volatile(TRY(".byte " bytes)				\
		     : : "a"(vmcb), "c"(0), "d"(0) : "memory");		\
	report(trap.vector == UD_VECTOR, "%s is undefined", name);	\
} while (0)

/* TCG lets LOCK pass, and takes UMWAIT for a fence */
#define UNDEFINED_CPU(name, bytes) do {					\
	asm volatile(TRY(".byte " bytes)				\
		     : : "a"(vmcb), "c"(0), "d"(0) : "rbx", "memory");	\
	report_cpu(trap.vector == UD_VECTOR, "%s is undefined", name);	\
} while (0)

static void user_vmmcall(void)
{
	asm volatile("vmmcall" : : "a"(0xffff) : "memory");
	asm volatile("int3");
}

static void user_vmrun(void)
{
	asm volatile("vmrun" : : "a"(vmcb) : "memory");
}

static void user_vmlaunch(void)
{
	asm volatile("vmlaunch" : : : "memory");
}

static void user_vmread(void)
{
	asm volatile("vmread %0, %0" : : "r"(0UL) : "memory");
}

static void check_vtx(void)
{
	UNDEFINED("VMXON", "0xf3, 0x0f, 0xc7, 0x30");
	UNDEFINED("VMXOFF", "0x0f, 0x01, 0xc4");
	UNDEFINED("VMCLEAR", "0x66, 0x0f, 0xc7, 0x30");
	UNDEFINED("VMPTRLD", "0x0f, 0xc7, 0x30");
	UNDEFINED("VMPTRST", "0x0f, 0xc7, 0x38");
	UNDEFINED("VMREAD", "0x0f, 0x78, 0x08");
	UNDEFINED("VMWRITE", "0x0f, 0x79, 0xc8");
	UNDEFINED("VMLAUNCH", "0x0f, 0x01, 0xc2");
	UNDEFINED("VMRESUME", "0x0f, 0x01, 0xc3");
	UNDEFINED("VMFUNC", "0x0f, 0x01, 0xd4");
	UNDEFINED("INVEPT", "0x66, 0x0f, 0x38, 0x80, 0x08");
	UNDEFINED("INVVPID", "0x66, 0x0f, 0x38, 0x81, 0x08");
	UNDEFINED("GETSEC", "0x0f, 0x37");
	UNDEFINED("RSM", "0x0f, 0xaa");
	UNDEFINED("ENCLS", "0x0f, 0x01, 0xcf");
	UNDEFINED("ENCLU", "0x0f, 0x01, 0xd7");
	UNDEFINED("PCONFIG", "0x0f, 0x01, 0xc5");
	UNDEFINED_CPU("UMWAIT", "0xf2, 0x0f, 0xae, 0xf0");
	UNDEFINED("XSAVES", "0x0f, 0xc7, 0x28");
	UNDEFINED("XRSTORS", "0x0f, 0xc7, 0x18");
	/* AMD has no intercept for RDPID */
	if (!cpu_is_amd() && !(cpuid_count(7, 0).ecx & BIT(22)))
		UNDEFINED("RDPID", "0xf3, 0x0f, 0xc7, 0xf8");
	if (cpu_is_amd())
		UNDEFINED("VMCALL", "0x0f, 0x01, 0xc1");
	report(try_user(user_vmlaunch) == UD_VECTOR, "VMLAUNCH in ring 3 is undefined");
	report(try_user(user_vmread) == UD_VECTOR, "VMREAD in ring 3 is undefined");
}

static void check_hypercall(void)
{
	ulong rax = 0xffff;

	if (cpu_is_amd())
		asm volatile("vmmcall" : "+a"(rax) : : "memory");
	else
		asm volatile("vmcall" : "+a"(rax) : : "memory");
	report(rax == (ulong)-KVM_ENOSYS, "an unknown hypercall returns -1000, %lx", rax);
	try_user(user_vmmcall);
	report(trap.vector == UD_VECTOR || trap.vector == BP_VECTOR,
	       "a hypercall from ring 3 does no harm");
}

static void check_efer_and_cr(void)
{
	u64 efer = rdmsr(MSR_EFER);
	ulong cr0 = read_cr0(), cr4 = read_cr4();
	u32 bit, refused = 0;

	report(try_wrmsr(MSR_EFER, efer | EFER_SVME) == GP_VECTOR, "EFER.SVME can't be set");
	report(try_wrmsr(MSR_EFER, ~0ULL) == GP_VECTOR, "EFER refuses all-ones");
	report(try_wrmsr(MSR_EFER, 0) == GP_VECTOR, "EFER refuses zero");
	report(rdmsr(MSR_EFER) == efer, "EFER is as it was");
	report(try_write_cr0(~0UL) == GP_VECTOR, "CR0 refuses all-ones");
	report(try_write_cr0(CR0_PG) == GP_VECTOR, "CR0 refuses PG alone");
	report(read_cr0() == cr0, "CR0 is as it was");
	report(try_write_cr4(cr4 | BIT(13)) == GP_VECTOR, "CR4.VMXE can't be set");
	report(try_write_cr4(cr4 | BIT(14)) == GP_VECTOR, "CR4.SMXE can't be set");
	report(try_write_cr4(~0UL) == GP_VECTOR, "CR4 refuses all-ones");
	report(try_write_cr4(0) == GP_VECTOR, "CR4 refuses zero");
	for (bit = 24; bit < 64; bit++)
		refused += try_write_cr4(cr4 | BIT(bit)) == GP_VECTOR;
	report(refused == 40, "CR4 refuses each bit from 24 on, %u of 40", refused);
	report(read_cr4() == cr4, "CR4 is as it was");
}

static void check_dr(void)
{
	ulong dr6 = read_dr6(), dr7 = read_dr7();

	asm volatile(TRY("mov %0, %%dr7") : : "r"(BIT(32)));
	report(trap.vector == GP_VECTOR && read_dr7() == dr7, "DR7 refuses bit 32");
	asm volatile(TRY("mov %0, %%dr7") : : "r"(~0UL));
	report(trap.vector == GP_VECTOR && read_dr7() == dr7, "DR7 refuses all-ones");
	asm volatile(TRY("mov %0, %%dr6") : : "r"(BIT(63)));
	report(trap.vector == GP_VECTOR && read_dr6() == dr6, "DR6 refuses bit 63");
}

static void check_rdpmc(void)
{
	asm volatile(TRY("rdpmc") : : "c"(0) : "rax", "rdx");
	report(trap.vector == GP_VECTOR && trap.error == 0, "RDPMC is refused");
	asm volatile(TRY("rdpmc") : : "c"(0xffffffff) : "rax", "rdx");
	report(trap.vector == GP_VECTOR, "RDPMC of a counter that can't be is refused");
}

static void check_harmless(void)
{
	asm volatile("wbinvd\n\tinvd" : : : "memory");
	asm volatile("invlpg (%0)" : : "r"(0xd0000000UL) : "memory");
	asm volatile("pause");
	report(1, "WBINVD, INVD, INVLPG and PAUSE do no harm");
}

int main(void)
{
	UNDEFINED("VMRUN", "0x0f, 0x01, 0xd8");
	UNDEFINED("VMLOAD", "0x0f, 0x01, 0xda");
	UNDEFINED("VMSAVE", "0x0f, 0x01, 0xdb");
	UNDEFINED("STGI", "0x0f, 0x01, 0xdc");
	UNDEFINED("CLGI", "0x0f, 0x01, 0xdd");
	UNDEFINED("SKINIT", "0x0f, 0x01, 0xde");
	UNDEFINED("INVLPGA", "0x0f, 0x01, 0xdf");
	UNDEFINED("MONITOR", "0x0f, 0x01, 0xc8");
	UNDEFINED("MWAIT", "0x0f, 0x01, 0xc9");
	UNDEFINED("RDPRU", "0x0f, 0x01, 0xfd");
	check_vtx();
	report(try_user(user_vmrun) == UD_VECTOR || trap.vector == GP_VECTOR,
	       "VMRUN in ring 3 is refused");
	UNDEFINED_CPU("CPUID with LOCK", "0xf0, 0x0f, 0xa2");

	check_hypercall();
	check_efer_and_cr();
	check_dr();
	check_rdpmc();
	check_harmless();
	return report_summary();
}
