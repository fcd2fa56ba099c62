// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other side of the benchmark: runs a guest image under KVM, as Atoll runs
 * it, with the least that a virtual machine monitor in userspace can do.
 *
 *	kvm [-m MIB] [-p PAGES] IMAGE [WORD...]
 *
 * The words go to the guest's command line.  One vCPU, 16 MiB unless -m says
 * otherwise, KVM's own interrupt controllers; a multiboot ELF32 image, entered as
 * docs/guests.md says.  RAM is anonymous memory that is there from the start; with -p
 * it is taken on first touch: "4K" and "hugetlb", which is pages of 2 MiB that were set
 * aside, are a memfd's; "thp" is anonymous, in pages of 2 MiB that the kernel finds.
 * Ports and memory where there is no RAM come to this program, which has a serial port
 * without input, and a port to end.
 *
 * Exit status: the guest's code; 125 with a sentence on stderr when there is none.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/memfd.h>
#include <linux/serial_reg.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB_DEFAULT	16UL
#define MIB_MAX		3072UL	/* below the hole for devices */
#define LARGE_BYTES	(2UL << 20)
#define LOW_END		0xa0000UL
#define HIGH_START	0x100000UL
#define INFO_GPA	0x10000UL
#define CMDLINE_GPA	0x11000UL
#define CMDLINE_MAX	4096UL
#define ENTRY_MAGIC	0x2badb002
#define INFO_MEMORY	0x1
#define INFO_CMDLINE	0x4

#define UART_PORT	0x3f8
#define UART_PORTS	8
#define UART_LINE	4
#define EXIT_PORT	0xf4

#define CPUID_MAX	256
#define TSS_GPA		0xfffbd000UL
#define STATUS_NO_CODE	125

/* The begin of multiboot's information; the rest of it is not told */
struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
};

static struct {
	int kvm, vm, vcpu;
	unsigned char *ram;
	size_t bytes;
	struct kvm_run *run;
	unsigned char uart[UART_PORTS];
	int line;
} m;

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "kvm: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(STATUS_NO_CODE);
}

static int check(int ret, const char *what)
{
	if (ret < 0)
		die("%s: %s", what, strerror(errno));
	return ret;
}

/* ---- the image ---------------------------------------------------------- */

static size_t read_file(const char *path, unsigned char *to, size_t max)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		die("%s: %s", path, strerror(errno));
	len = fread(to, 1, max, file);
	if (ferror(file))
		die("%s can't be read", path);
	if (len == max)
		die("%s is too large", path);
	fclose(file);
	return len;
}

static void load_segment(const char *path, const unsigned char *file, size_t len,
			 const Elf32_Phdr *ph)
{
	if (ph->p_offset > len || ph->p_filesz > len - ph->p_offset ||
	    ph->p_filesz > ph->p_memsz)
		die("%s: a segment is not in the file", path);
	if (ph->p_paddr < HIGH_START || ph->p_paddr > m.bytes ||
	    ph->p_memsz > m.bytes - ph->p_paddr)
		die("%s: a segment does not fit into memory from 1 MiB on", path);
	memcpy(m.ram + ph->p_paddr, file + ph->p_offset, ph->p_filesz);
}

/* Returns where to enter */
static uint32_t load_image(const char *path)
{
	unsigned char *file = malloc(m.bytes);
	Elf32_Ehdr eh;
	Elf32_Phdr ph;
	size_t len;
	int i;

	if (!file)
		die("out of memory");
	len = read_file(path, file, m.bytes);
	if (len < sizeof(eh))
		die("%s is no ELF file", path);
	memcpy(&eh, file, sizeof(eh));
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) || eh.e_ident[EI_CLASS] != ELFCLASS32 ||
	    eh.e_phentsize != sizeof(ph))
		die("%s is no ELF32 file", path);
	if (eh.e_phoff > len || eh.e_phnum * sizeof(ph) > len - eh.e_phoff)
		die("%s: the list of segments is not in the file", path);
	for (i = 0; i < eh.e_phnum; i++) {
		memcpy(&ph, file + eh.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_LOAD)
			load_segment(path, file, len, &ph);
	}
	free(file);
	return eh.e_entry;
}

static void write_info(char **words)
{
	struct multiboot_info info = {
		.flags = INFO_MEMORY | INFO_CMDLINE,
		.mem_lower = LOW_END / 1024,
		.mem_upper = (m.bytes - HIGH_START) / 1024,
		.cmdline = CMDLINE_GPA,
	};
	char *line = (char *)m.ram + CMDLINE_GPA;
	size_t used = 0;

	memcpy(m.ram + INFO_GPA, &info, sizeof(info));
	for (; *words; words++) {
		used += snprintf(line + used, CMDLINE_MAX - used, "%s%s",
				 used ? " " : "", *words);
		if (used >= CMDLINE_MAX)
			die("the command line is too long");
	}
}

/* ---- the machine -------------------------------------------------------- */

static void open_kvm(void)
{
	m.kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (m.kvm < 0 && errno == ENOENT)
		die("there is no /dev/kvm: load kvm-intel or kvm-amd");
	check(m.kvm, "/dev/kvm");
	if (ioctl(m.kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		die("this KVM speaks another version of its interface");
	m.vm = ioctl(m.kvm, KVM_CREATE_VM, 0);
	if (m.vm < 0 && errno == EBUSY)
		die("the CPU's virtualization is in use: do guests of Atoll's run?");
	check(m.vm, "KVM_CREATE_VM");
}

/* KVM maps 2 MiB at a time only where both addresses are multiples of that */
static void *aligned_room(void)
{
	uintptr_t room = (uintptr_t)mmap(NULL, m.bytes + LARGE_BYTES, PROT_NONE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == (uintptr_t)MAP_FAILED)
		die("no room for the guest's memory: %s", strerror(errno));
	return (void *)((room + LARGE_BYTES - 1) & ~(LARGE_BYTES - 1));
}

/* What RAM may be; @memfd has the flags of one, or is negative */
static const struct kind {
	const char *name;
	int how, memfd, advice;
} kinds[] = {
	{ "there",	MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, MADV_NORMAL },
	{ "4K",		MAP_SHARED, MFD_CLOEXEC, MADV_NORMAL },
	{ "hugetlb",	MAP_SHARED, MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB, MADV_NORMAL },
	{ "thp",	MAP_PRIVATE | MAP_ANONYMOUS, -1, MADV_HUGEPAGE },
};

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	}
	die("-p %s: 4K, hugetlb or thp", name);
}

static void map_ram(const struct kind *kind)
{
	int fd = -1;

	if (kind->memfd >= 0) {
		fd = check(memfd_create("guest", kind->memfd), "memfd_create");
		check(ftruncate(fd, m.bytes), "the memfd's size");
	}
	m.ram = mmap(aligned_room(), m.bytes, PROT_READ | PROT_WRITE, MAP_FIXED | kind->how,
		     fd, 0);
	if (m.ram == MAP_FAILED)
		die("no memory for the guest: %s", strerror(errno));
	if (kind->advice != MADV_NORMAL)
		check(madvise(m.ram, m.bytes, kind->advice), "madvise");
}

static void make_machine(const struct kind *kind)
{
	struct kvm_userspace_memory_region region = { .memory_size = m.bytes };
	int run_bytes;

	map_ram(kind);
	region.userspace_addr = (uintptr_t)m.ram;
	check(ioctl(m.vm, KVM_SET_TSS_ADDR, TSS_GPA), "KVM_SET_TSS_ADDR");
	check(ioctl(m.vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	check(ioctl(m.vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	m.vcpu = check(ioctl(m.vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	run_bytes = check(ioctl(m.kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	m.run = mmap(NULL, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m.vcpu, 0);
	if (m.run == MAP_FAILED)
		die("mmap of the vCPU: %s", strerror(errno));
}

static void set_cpuid(void)
{
	struct kvm_cpuid2 *cpuid;

	cpuid = calloc(1, sizeof(*cpuid) + CPUID_MAX * sizeof(cpuid->entries[0]));
	if (!cpuid)
		die("out of memory");
	cpuid->nent = CPUID_MAX;
	check(ioctl(m.kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
	check(ioctl(m.vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
	free(cpuid);
}

/* Multiboot 0.6.96, "Machine state" */
static void set_registers(uint32_t entry)
{
	struct kvm_segment data = {
		.limit = UINT32_MAX, .selector = 0x10, .type = 0x3,
		.present = 1, .db = 1, .s = 1, .g = 1,
	};
	struct kvm_regs regs = {
		.rax = ENTRY_MAGIC, .rbx = INFO_GPA, .rip = entry, .rflags = 2,
	};
	struct kvm_sregs sregs;

	check(ioctl(m.vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.ds = data;
	sregs.es = data;
	sregs.fs = data;
	sregs.gs = data;
	sregs.ss = data;
	sregs.cs = data;
	sregs.cs.selector = 0x08;
	sregs.cs.type = 0xb;
	/* After a reset KVM has a 16-bit one there on AMD's CPUs: no way to long mode */
	sregs.tr.type = 0xb;
	sregs.cr0 = 0x11;
	check(ioctl(m.vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	check(ioctl(m.vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

/* ---- the devices -------------------------------------------------------- */

/* The transmitter is always empty, so its interrupt follows the enable bit */
static void uart_enable(unsigned char ier)
{
	struct kvm_irq_level level = { .irq = UART_LINE };

	level.level = !!(ier & UART_IER_THRI);
	if ((int)level.level == m.line)
		return;
	m.line = level.level;
	check(ioctl(m.vm, KVM_IRQ_LINE, &level), "KVM_IRQ_LINE");
}

static void uart_write(unsigned int reg, unsigned char byte)
{
	int latch = m.uart[UART_LCR] & UART_LCR_DLAB;

	if (latch && reg <= UART_IER)
		return;
	if (reg == UART_TX) {
		putchar(byte);
		return;
	}
	m.uart[reg] = byte;
	if (reg == UART_IER)
		uart_enable(byte);
}

static unsigned char uart_read(unsigned int reg)
{
	if (reg == UART_LSR)
		return UART_LSR_THRE | UART_LSR_TEMT;
	return m.uart[reg];
}

/* Nothing here but what one access of one byte needs */
static inline void port(unsigned char *data)
{
	unsigned int reg = m.run->io.port - UART_PORT;

	if (m.run->io.direction == KVM_EXIT_IO_OUT) {
		if (reg < UART_PORTS)
			uart_write(reg, *data);
	} else if (reg < UART_PORTS) {
		*data = uart_read(reg);
	} else {
		memset(data, 0xff, m.run->io.size * m.run->io.count);
	}
}

/* Runs the guest until it ends; returns its code */
static int run_guest(void)
{
	unsigned char *data;

	for (;;) {
		if (ioctl(m.vcpu, KVM_RUN, 0) < 0) {
			if (errno == EINTR)
				continue;
			die("KVM_RUN: %s", strerror(errno));
		}
		switch (m.run->exit_reason) {
		case KVM_EXIT_IO:
			data = (unsigned char *)m.run + m.run->io.data_offset;
			if (m.run->io.port == EXIT_PORT &&
			    m.run->io.direction == KVM_EXIT_IO_OUT)
				return *data;
			port(data);
			break;
		case KVM_EXIT_MMIO:
			if (!m.run->mmio.is_write)
				memset(m.run->mmio.data, 0xff, sizeof(m.run->mmio.data));
			break;
		case KVM_EXIT_SHUTDOWN:
			die("the guest died of a triple fault");
		case KVM_EXIT_FAIL_ENTRY:
			die("the CPU refused to enter the guest: reason %#llx",
			    m.run->fail_entry.hardware_entry_failure_reason);
		case KVM_EXIT_INTERNAL_ERROR:
			die("KVM gave up: internal error %u", m.run->internal.suberror);
		default:
			die("KVM ended the run for reason %u, which nothing here handles",
			    m.run->exit_reason);
		}
	}
}

/* Leaves the image and what follows it */
static char **take_options(int argc, char **argv, const struct kind **kind)
{
	unsigned long mib = MIB_DEFAULT;
	int option;

	while ((option = getopt(argc, argv, "+m:p:")) != -1) {
		if (option == 'm')
			mib = strtoul(optarg, NULL, 0);
		else if (option == 'p')
			*kind = find_kind(optarg);
		else
			return NULL;
	}
	if (!mib || mib > MIB_MAX)
		die("-m takes MiB, from 1 to %lu", MIB_MAX);
	m.bytes = mib << 20;
	return optind < argc ? argv + optind : NULL;
}

int main(int argc, char **argv)
{
	const struct kind *kind = kinds;
	char **words = take_options(argc, argv, &kind);
	uint32_t entry;
	int code;

	if (!words) {
		fprintf(stderr, "usage: kvm [-m MIB] [-p 4K|hugetlb|thp] IMAGE [WORD...]\n");
		return STATUS_NO_CODE;
	}
	open_kvm();
	make_machine(kind);
	entry = load_image(words[0]);
	write_info(words);
	set_cpuid();
	set_registers(entry);
	code = run_guest();
	if (fflush(stdout))
		die("stdout: %s", strerror(errno));
	return code;
}
