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

#define PSCI_NOT_SUPPORTED (-1)

// By the SMC calling convention (Arm DEN 0028) x0..x17 are the callee's.
#define FIRMWARE_CALL(instruction)                                                                 \
    __asm__ volatile(instruction                                                                   \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"x4", "x5", "x6", "x7", "x8", "x9", \
                       "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory")

int64_t aarch64_psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    if (aarch64_machine.psci_conduit == HELIOS_CPU_START_PSCI_HVC) {
        FIRMWARE_CALL("hvc #0");
    } else if (aarch64_machine.psci_conduit == HELIOS_CPU_START_PSCI_SMC) {
        FIRMWARE_CALL("smc #0");
    } else {
        return PSCI_NOT_SUPPORTED;
    }
    return (int32_t)x0;
}

bool arch_power_off(void) {
    aarch64_psci(PSCI_SYSTEM_OFF, 0, 0, 0);
    return false;
}

bool arch_power_reset(void) {
    aarch64_psci(PSCI_SYSTEM_RESET, 0, 0, 0);
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
