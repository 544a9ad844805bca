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

// A task that has asked for the registers, by a trap, finds them open when it comes back from
// others, if it is still their owner; but only so many switches long, then it has to ask again. So
// who uses them all the time asks seldom, and who has used them once does not pay for it for good.
#define FPU_EAGER 32u

// `next` is going to be resumed on this CPU: opens or closes access to the registers.
static inline void fpu_switch(struct percpu *cpu, struct task *next) {
    if (cpu->fpu_eager != 0) {
        cpu->fpu_eager--;
    }
    const bool is_open = cpu->fpu_open != 0;
    const bool opens = cpu->fpu_owner == next && (is_open || cpu->fpu_eager != 0);
    if (opens == is_open) {
        return;
    }
    if (opens) {
        arch_fpu_enable(&next->arch);
    } else {
        arch_fpu_disable(&next->arch);
    }
    cpu->fpu_open = opens;
}

// The current task wants FP registers (kernel_fpu_trap): it gets them.
void fpu_take(struct task *task);

// The task dies, or its state is wanted in memory: it owns no CPU's registers afterwards.
void fpu_release(struct task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_FPU_H
