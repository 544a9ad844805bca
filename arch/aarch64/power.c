// SPDX-License-Identifier: GPL-3.0-only
//
// Power by PSCI (Arm DEN 0022), halt, wait.
#include "arch/include/power.h"

#include <stdint.h>

#include "arch/aarch64/boot.h"
#include "arch/aarch64/sysreg.h"
#include "boot/protocol/protocol.h"

#define PSCI_SYSTEM_OFF   0x84000008u
#define PSCI_SYSTEM_RESET 0x84000009u

// Calls firmware by the SMC calling convention (Arm DEN 0028): x0..x17 are the callee's. These two
// functions return only if firmware refuses them.
static void psci_call(uint64_t function) {
    register uint64_t x0 __asm__("x0") = function;
    if (aarch64_machine.psci_conduit == HELIOS_CPU_START_PSCI_HVC) {
        __asm__ volatile("hvc #0"
                         : "+r"(x0)::"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",
                           "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    } else if (aarch64_machine.psci_conduit == HELIOS_CPU_START_PSCI_SMC) {
        __asm__ volatile("smc #0"
                         : "+r"(x0)::"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",
                           "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    }
}

bool arch_power_off(void) {
    psci_call(PSCI_SYSTEM_OFF);
    return false;
}

bool arch_power_reset(void) {
    psci_call(PSCI_SYSTEM_RESET);
    return false;
}

void arch_halt(void) {
    __asm__ volatile("msr daifset, #0xf" ::: "memory");
    for (;;) {
        arch_wait_for_interrupt();
    }
}

// WFI ends for a pending interrupt whether or not it is masked here (Arm ARM D1.7.2).
void arch_wait_for_interrupt(void) {
    AARCH64_DSB("sy");
    __asm__ volatile("wfi" ::: "memory");
}
