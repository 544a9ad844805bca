// SPDX-License-Identifier: GPL-3.0-only
//
// First steps of the boot CPU.
#include "arch/include/boot.h"

#include "arch/aarch64/boot.h"
#include "arch/aarch64/sysreg.h"
#include "boot/protocol/protocol.h"

struct aarch64_machine aarch64_machine;

extern char aarch64_vectors[];          // entry.S
extern char aarch64_boot_stack_guard[]; // entry.S

void arch_boot(const struct helios_boot *boot) {
    aarch64_machine.kernel_root = boot->page_table_root;
    aarch64_machine.kernel_phys = boot->kernel_phys;
    aarch64_machine.psci_conduit = boot->cpu_start;
    // From here on an exception is reported. Zero: there is no per-CPU data yet.
    SYSREG_WRITE("tpidr_el1", 0ull);
    SYSREG_WRITE("vbar_el1", aarch64_vectors);
    AARCH64_ISB();
}

uintptr_t arch_boot_stack_guard(unsigned index) {
    return index == 0 ? (uintptr_t)aarch64_boot_stack_guard : 0;
}
