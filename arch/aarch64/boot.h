// SPDX-License-Identifier: GPL-3.0-only
//
// What the port remembers of the boot block, and its set-up steps.
#ifndef HELIOS_ARCH_AARCH64_BOOT_H
#define HELIOS_ARCH_AARCH64_BOOT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Written once by arch_boot.
struct aarch64_machine {
    uint64_t kernel_root;  // physical; TTBR1
    uint64_t kernel_phys;  // where HELIOS_KERNEL_BASE lies
    uint32_t psci_conduit; // enum helios_cpu_start: PSCI by HVC, by SMC, or none
};
extern struct aarch64_machine aarch64_machine;

// Translation control of this CPU: the kernel half stays as the loader left it, the user half is
// empty.
void aarch64_mmu_init(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_BOOT_H
