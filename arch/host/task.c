// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/task.h"

#include "arch/host/host.h"
#include "arch/host/internal.h"
#include "arch/include/fpu.h"

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){.registers = {entry, stack, 0, argument}};
}

uint64_t arch_task_get_registers(const struct arch_task *task, uint64_t *words) {
    uint64_t mask = task->is_short ? 7u : (1u << ARCH_REGISTER_COUNT) - 1;
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        words[i] = (mask >> i & 1) != 0 ? task->registers[i] : 0;
    }
    return mask;
}

void arch_task_set_registers(struct arch_task *task, const uint64_t *words, uint64_t mask) {
    uint64_t old[ARCH_REGISTER_COUNT];
    arch_task_get_registers(task, old);
    for (unsigned i = 0; i < ARCH_REGISTER_COUNT; i++) {
        task->registers[i] = (mask >> i & 1) != 0 ? words[i] : old[i];
    }
    task->is_short = false;
}

uint64_t arch_task_get_tls(const struct arch_task *task) {
    return task->tls;
}

void arch_task_set_tls(struct arch_task *task, uint64_t base) {
    task->tls = base;
}

void arch_task_skip(struct arch_task *task, uint64_t bytes) {
    task->registers[0] += bytes;
}

bool arch_task_set_step(struct arch_task *task, bool on) {
    task->is_stepping = on;
    return true;
}

unsigned arch_breakpoint_count(void) {
    return 2;
}

bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length) {
    task->breakpoints[index] = (struct host_breakpoint){kind, address, length};
    return true;
}

void host_fpu_open(bool open) {
    host_self->fpu_is_open = open;
}

void arch_fpu_init(struct arch_fpu *fpu) {
    fpu->value = 0;
}

void arch_fpu_save(struct arch_fpu *fpu) {
    fpu->value = host_self->fpu_value;
}

void arch_fpu_load(const struct arch_fpu *fpu) {
    host_self->fpu_value = fpu->value;
}
