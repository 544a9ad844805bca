// SPDX-License-Identifier: GPL-3.0-only
//
// What entry.S and the C files of this port share.
#ifndef HELIOS_ARCH_RISCV64_TRAP_H
#define HELIOS_ARCH_RISCV64_TRAP_H

#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/include/task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Registers of an exception taken in the kernel; stands at the top of the CPU's fault stack.
struct arch_trap_frame {
    uint64_t x[32]; // by number; x[0] is unused
    uint64_t pc;
    uint64_t status; // sstatus
    uint64_t cause;  // scause
    uint64_t value;  // stval
};

// The guard page below the boot stack (entry.S).
extern uint8_t riscv_boot_stack_guard[];

// The trap vector (stvec, direct mode).
void riscv_trap_entry(void);

// Called by the trap vector. The current task's registers, cause and value are in its arch_task.
struct arch_task *riscv_user_trap(struct arch_task *task);
void riscv_kernel_trap(struct arch_trap_frame *frame) __attribute__((noreturn));

// Writes zero to f0..f31 and fcsr. Only where the D extension is present and sstatus.FS is on.
void riscv_fp_clear(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_TRAP_H
