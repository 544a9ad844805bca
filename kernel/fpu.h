// SPDX-License-Identifier: GPL-3.0-only
//
// Who owns the FP and SIMD registers of a CPU. A task without FP state costs nothing; one that has
// some keeps it in the registers across calls to tasks that have none, and loses them to its memory
// when another FP user gets the CPU's registers, when it migrates, or when somebody looks.
#ifndef HELIOS_KERNEL_FPU_H
#define HELIOS_KERNEL_FPU_H

#include "kernel/percpu.h"
#include "kernel/task.h"

#ifdef __cplusplus
extern "C" {
#endif

// `next` is going to be resumed on this CPU: opens or closes access to the registers.
static inline void fpu_switch(struct percpu *cpu, struct task *next) {
    if (cpu->fpu_open != (cpu->fpu_owner == next)) {
        if (cpu->fpu_open) {
            arch_fpu_disable(&next->arch);
        } else {
            arch_fpu_enable(&next->arch);
        }
        cpu->fpu_open = !cpu->fpu_open;
    }
}

// The current task wants FP registers (kernel_fpu_trap): it gets them.
void fpu_take(struct task *task);

// The task dies, or its state is wanted in memory: it owns no CPU's registers afterwards.
void fpu_release(struct task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_FPU_H
