// SPDX-License-Identifier: GPL-3.0-only
//
// What the port remembers of the boot block and of the CPU, and its set-up steps.
#ifndef HELIOS_ARCH_AARCH64_BOOT_H
#define HELIOS_ARCH_AARCH64_BOOT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct percpu;

// Written by the boot CPU in arch_boot and arch_cpu_init. The others have to have what it says.
struct aarch64_machine {
    uint64_t empty_root;   // physical; TTBR0 while there is no user address space. entry.S: first
    uint64_t kernel_root;  // physical; TTBR1
    uint64_t kernel_phys;  // where HELIOS_KERNEL_BASE lies
    uint32_t psci_conduit; // enum helios_cpu_start: PSCI by HVC, by SMC, or none
    uint32_t asid_count;
    uint64_t user_pstate; // PSTATE bits that a user may set
    uint64_t ctr;         // CTR_EL0, of all CPUs that have been initialised (aarch64_ctr_common)
    unsigned breakpoints; // arch_breakpoint_count
};
extern struct aarch64_machine aarch64_machine;

// What a CPU that starts reads before it has translation and caches; known to entry.S (offsets.h).
struct aarch64_start {
    uint64_t root;    // TTBR1
    uint64_t control; // TCR
    struct percpu *cpu;
};

// Where another CPU starts, with the physical address of a struct aarch64_start in x0 (entry.S).
extern char aarch64_secondary[];
extern char aarch64_secondary_end[];

extern char aarch64_emergency_top[]; // of the boot CPU's stack for exceptions in the kernel

// Physical address of something in the kernel image.
uint64_t aarch64_image_physical(const void *address);

// Translation control of this CPU: the kernel half stays as the loader left it, the user half is
// empty.
void aarch64_mmu_init(void);

// Forgets all translations of this CPU alone, while it is set up.
void aarch64_tlb_flush_local(void);

// Unlocks the debug registers and turns every breakpoint and watchpoint of this CPU off, whoever
// set it (debug.c).
void aarch64_debug_init(void);

// Calls firmware by PSCI (Arm DEN 0022); a negative number where there is no PSCI or it refuses.
int64_t aarch64_psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_BOOT_H
