// SPDX-License-Identifier: GPL-3.0-only
//
// What entry.S and the C files of this port share.
#ifndef HELIOS_ARCH_RISCV64_TRAP_H
#define HELIOS_ARCH_RISCV64_TRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"
#include "arch/include/port.h"
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

// Where a hart begins (entry.S): the physical address of this goes to firmware.
void riscv_start_hart(void);

// The trap vector (stvec, direct mode).
void riscv_trap_entry(void);

// Called by the trap vector. The current task's registers, cause and value are in its arch_task.
struct arch_task *riscv_user_trap(struct arch_task *task);
struct arch_task *riscv_interrupt(uint64_t cause);
void riscv_kernel_trap(struct arch_trap_frame *frame) __attribute__((noreturn));

// Called by arch_resume for a task whose program counter is odd: faults on its behalf.
struct arch_task *riscv_odd_pc(struct arch_task *task);

// Whether this hart executes an instruction, one of the following: clean a cache line (Zicbom
// exists and firmware has set menvcfg.CBCFE); zero one (Zicboz, CBZE); write 0 to senvcfg. Changes
// sstatus.SPP.
bool riscv_survives(void (*instruction)(void *argument), void *argument);
void riscv_clean_line(void *line);
void riscv_zero_block(void *block);
void riscv_clear_senvcfg(void *unused);

// A task's program counter, and which registers mean something (bit n: x[n]).
static inline bool riscv_task_is_full(const struct arch_task *task) {
    return (task->pc & RISCV_PC_FULL) != 0;
}
uint64_t riscv_task_pc(const struct arch_task *task);
uint32_t riscv_task_valid(const struct arch_task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_TRAP_H
