// SPDX-License-Identifier: GPL-3.0-only
//
// The end of a kernel that cannot go on: one line that begins with "KERNEL PANIC: ", in a checked
// kernel registers and a backtrace after it, then the CPU halts, or the machine reboots if the
// command line says panic=reboot.
#ifndef HELIOS_KERNEL_PANIC_H
#define HELIOS_KERNEL_PANIC_H

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The kind of a fault in words: "read fault". Never NULL.
const char *fault_kind_text(enum fault_kind kind);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_PANIC_H
