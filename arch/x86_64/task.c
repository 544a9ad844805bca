// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/task.h"

#include "arch/include/port.h"
#include "arch/x86_64/registers.h"

// FP and SIMD registers are in their initial state since arch_cpu_init, and nobody else has used
// them: the kernel is compiled without them and there is one task.
void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){
        .frame = ARCH_FRAME_FULL,
        .rsp = stack,
        .rip = entry,
        .rflags = RFLAGS_IF | RFLAGS_FIXED,
        .rdi = argument,
    };
}

void arch_task_set_result(struct arch_task *task, const struct message_registers *result) {
    task->rdi = result->badge;
    task->rsi = result->tag;
    task->rdx = result->params[0];
    task->r10 = result->params[1];
    task->r8 = result->params[2];
    task->r9 = result->params[3];
}
