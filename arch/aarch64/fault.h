// SPDX-License-Identifier: GPL-3.0-only
//
// Between entry.S and fault.c.
#ifndef HELIOS_ARCH_AARCH64_FAULT_H
#define HELIOS_ARCH_AARCH64_FAULT_H

#include <stdint.h>

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

// Registers of an exception taken in the kernel, on the emergency stack.
struct arch_trap_frame {
    uint64_t x[31];
    uint64_t sp;
    uint64_t pc;
    uint64_t pstate;
    uint64_t esr;
    uint64_t far;
    uint64_t vector; // VECTOR_*, plus 4 if it was taken on SP_EL0
    uint64_t reserved;
};

// A synchronous exception (SVC excepted) or SError of user mode; all registers are in the current
// arch_task. Returns the task to continue with.
struct arch_task *aarch64_user_fault(void);

// IRQ or FIQ taken in user mode.
struct arch_task *aarch64_user_interrupt(void);

// Any exception taken in the kernel, on the emergency stack. Returns only if it was expected.
void aarch64_kernel_fault(const struct arch_trap_frame *frame);

// Reads 32 bits of a device register that may not be there: then all 64 bits of the result are one.
// Kernel context.
uint64_t aarch64_probe(uintptr_t address);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_FAULT_H
