// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest KVM guest: a real-mode HLT.  "kvmguest" runs it once;
 * "kvmguest hold" runs it, says "holding" and keeps the VM until stdin ends.
 *
 * Exit status: 0 it ran; 1 KVM refused, with the reason on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUEST_BYTES 0x1000

static int check(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "kvmguest: %s: %s\n", what, strerror(errno));
		exit(1);
	}
	return ret;
}

static void run_hlt(int kvm, int vm)
{
	struct kvm_userspace_memory_region region = { .memory_size = GUEST_BYTES };
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rflags = 2 };
	struct kvm_run *run;
	unsigned char *mem;
	int vcpu;

	mem = mmap(NULL, GUEST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mem == MAP_FAILED)
		check(-1, "mmap");
	mem[0] = 0xf4;
	region.userspace_addr = (unsigned long)mem;
	check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		   MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		check(-1, "mmap of the vCPU");
	check(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	check(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	check(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
	check(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_HLT) {
		fprintf(stderr, "kvmguest: exit reason %u\n", run->exit_reason);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	int kvm, vm;

	kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	run_hlt(kvm, vm);
	if (argc > 1 && !strcmp(argv[1], "hold")) {
		puts("holding");
		fflush(stdout);
		while (getchar() != EOF)
			;
	}
	return 0;
}
