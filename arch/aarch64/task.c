// SPDX-License-Identifier: GPL-3.0-only
//
// Register state of user tasks. Entry and exit are in entry.S.
#include "arch/include/task.h"

#include <stddef.h>

#include "arch/aarch64/offsets.h"
#include "arch/include/port.h"

static_assert(offsetof(struct arch_task, x) == 0, "entry.S");
static_assert(offsetof(struct arch_task, sp) == TASK_SP, "entry.S");
static_assert(offsetof(struct arch_task, frame) == TASK_FRAME, "entry.S");
static_assert(offsetof(struct arch_task, frame) == offsetof(struct arch_task, sp) + 8, "entry.S");
static_assert(offsetof(struct arch_task, pc) == TASK_PC, "entry.S");
static_assert(offsetof(struct arch_task, pstate) == TASK_PSTATE, "entry.S");
static_assert(ARCH_FRAME_SYSCALL == 0 && ARCH_FRAME_FULL == 1 && ARCH_FRAME_NEW == 2, "entry.S");

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){.sp = stack, .frame = ARCH_FRAME_NEW, .pc = entry};
    task->x[0] = argument;
    task->pstate = 0; // EL0t, AArch64, nothing masked
}

void arch_task_set_result(struct arch_task *task, const struct message_registers *result) {
    task->x[0] = result->badge;
    task->x[1] = result->tag;
    for (unsigned i = 0; i < 4; i++) {
        task->x[2 + i] = result->params[i];
    }
}
