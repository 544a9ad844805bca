// SPDX-License-Identifier: GPL-3.0-only
//
// A task's registers.
#include "arch/include/task.h"

#include "arch/include/fpu.h"
#include "arch/include/port.h"
#include "arch/riscv64/registers.h"
#include "arch/riscv64/trap.h"

#define REG_SP 2
#define REG_TP 4
#define REG_A0 10

// Makes the frame a full one that goes on at `pc`, whatever that is.
static void set_pc(struct arch_task *task, uint64_t pc) {
    task->pc = pc | RISCV_PC_FULL;
    task->pc_odd = pc & 1;
}

uint64_t riscv_task_pc(const struct arch_task *task) {
    return riscv_task_is_full(task) ? (task->pc - RISCV_PC_FULL) | task->pc_odd : task->pc;
}

uint32_t riscv_task_valid(const struct arch_task *task) {
    return riscv_task_is_full(task) ? ~0u : RISCV_SYSTEM_CALL_REGISTERS;
}

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){.pc = 0};
    task->x[REG_SP] = stack;
    task->x[REG_A0] = argument;
    set_pc(task, entry);
}

uint64_t arch_task_get_registers(const struct arch_task *task, uint64_t *words) {
    return riscv_registers_read(task->x, riscv_task_pc(task), riscv_task_valid(task), words);
}

void arch_task_set_registers(struct arch_task *task, const uint64_t *words, uint64_t mask) {
    const uint64_t pc =
        riscv_registers_write(task->x, riscv_task_pc(task), riscv_task_valid(task), words, mask);
    set_pc(task, pc);
}

uint64_t arch_task_get_tls(const struct arch_task *task) {
    return task->x[REG_TP];
}

void arch_task_set_tls(struct arch_task *task, uint64_t base) {
    task->x[REG_TP] = base;
}

void arch_task_skip(struct arch_task *task, uint64_t bytes) {
    set_pc(task, riscv_task_pc(task) + bytes);
}

// The supervisor has no way to stop after one instruction: SBI's debug triggers offer address
// matches only.
bool arch_task_set_step(struct arch_task *task, bool on) {
    (void)task;
    return !on;
}

void arch_fpu_init(struct arch_fpu *fpu) {
    *fpu = (struct arch_fpu){.fcsr = 0};
}
