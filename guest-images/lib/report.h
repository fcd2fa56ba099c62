/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_REPORT_H
#define GUEST_REPORT_H

/* Prints "ok: sentence" or "FAIL: sentence"; returns @holds */
int report(int holds, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * The same for what the CPU does without any hypervisor's help; on an emulator
 * that is known to be wrong there, what doesn't hold is skipped
 */
int report_cpu(int holds, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int cpu_is_tcg(void);
/* Prints "skip: sentence": what this machine has no way to show */
void report_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Prints the sums; what it returns is what main() should return */
int report_summary(void);

#endif
