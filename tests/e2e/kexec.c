// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec KERNEL INITRAMFS: start another kernel from this one, now, with this
 * one's command line.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REBOOT_MAGIC1	0xfee1dead
#define REBOOT_MAGIC2	672274793
#define REBOOT_KEXEC	0x45584543

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		perror(path);
	return fd;
}

/* Its length with the final 0, which stands for the newline; -1: unreadable */
static long read_cmdline(char *buf, size_t size)
{
	int fd = open_file("/proc/cmdline");
	long len = fd < 0 ? -1 : read(fd, buf, size);

	if (len > 0)
		buf[len - 1] = 0;
	return len;
}

int main(int argc, char **argv)
{
	int kernel, initramfs;
	char cmdline[2048];
	long len;

	if (argc != 3) {
		fprintf(stderr, "usage: kexec KERNEL INITRAMFS\n");
		return 2;
	}
	kernel = open_file(argv[1]);
	initramfs = open_file(argv[2]);
	len = read_cmdline(cmdline, sizeof(cmdline));
	if (kernel < 0 || initramfs < 0 || len <= 0)
		return 1;
	if (syscall(SYS_kexec_file_load, kernel, initramfs, len, cmdline, 0)) {
		perror("kexec_file_load");
		return 1;
	}
	syscall(SYS_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, REBOOT_KEXEC, NULL);
	perror("reboot");
	return 1;
}
