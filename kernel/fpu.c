// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/fpu.h"

#include "arch/include/fpu.h"
#include "kernel/entry.h"
#include "kernel/latency.h"
#include "kernel/sched.h"

// The registers go to their owner's memory. They are accessible.
static void save_owner(struct percpu *cpu) {
    if (cpu->fpu_owner != NULL) {
        arch_fpu_save(&cpu->fpu_owner->fpu);
        cpu->fpu_owner = NULL;
    }
}

void fpu_take(struct task *task) {
    struct percpu *cpu = arch_percpu();
    arch_fpu_enable(&task->arch);
    cpu->fpu_open = 1;
    cpu->fpu_eager = FPU_EAGER;
    if (cpu->fpu_owner == task) {
        return;
    }
    save_owner(cpu);
    if (task->fpu_used == 0) {
        arch_fpu_init(&task->fpu);
        task->fpu_used = 1;
    }
    arch_fpu_load(&task->fpu);
    cpu->fpu_owner = task;
}

void fpu_release(struct task *task) {
    struct percpu *cpu = arch_percpu();
    if (cpu->fpu_owner != task) {
        return;
    }
    arch_fpu_enable(&task->arch);
    save_owner(cpu);
    arch_fpu_disable(&task->arch);
    cpu->fpu_open = 0;
    cpu->fpu_eager = 0;
}

struct arch_task *kernel_fpu_trap(void) {
    latency_begin(LATENCY_FPU, 0, 0);
    struct task *current = arch_percpu()->current;
    fpu_take(current);
    return sched_resume(current);
}
