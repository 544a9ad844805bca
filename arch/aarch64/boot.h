// SPDX-License-Identifier: GPL-3.0-only
//
// What the port remembers of the boot block and of the CPU, and its set-up steps.
#ifndef HELIOS_ARCH_AARCH64_BOOT_H
#define HELIOS_ARCH_AARCH64_BOOT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Written by arch_boot and arch_cpu_init, the same by every CPU.
struct aarch64_machine {
    uint64_t kernel_root;  // physical; TTBR1
    uint64_t kernel_phys;  // where HELIOS_KERNEL_BASE lies
    uint32_t psci_conduit; // enum helios_cpu_start: PSCI by HVC, by SMC, or none
    uint32_t asid_count;
    uint64_t user_pstate; // PSTATE bits that a user may set
    unsigned breakpoints; // arch_breakpoint_count
};
extern struct aarch64_machine aarch64_machine;

// Translation control of this CPU: the kernel half stays as the loader left it, the user half is
// empty.
void aarch64_mmu_init(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_BOOT_H
