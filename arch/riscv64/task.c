// SPDX-License-Identifier: GPL-3.0-only
//
// A task's registers. FP state needs a word: the kernel is compiled without the F and D extensions,
// so f0..f31 and fcsr simply stay in the hart for the one task that there is. arch_task_init makes
// them initial. Saving them when their owner is descheduled comes with the second task.
#include "arch/include/task.h"

#include "arch/include/port.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/trap.h"
#include "boot/protocol/protocol.h"

#define REG_SP 2
#define REG_A0 10

void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument) {
    *task = (struct arch_task){.pc = entry, .frame = ARCH_FRAME_FULL};
    task->x[REG_SP] = stack;
    task->x[REG_A0] = argument;
    if ((riscv_machine.isa & HELIOS_RISCV_ISA_FD) != 0) {
        riscv_fp_clear();
    }
}

void arch_task_set_result(struct arch_task *task, const struct message_registers *result) {
    task->x[REG_A0] = result->badge;
    task->x[REG_A0 + 1] = result->tag;
    task->x[REG_A0 + 2] = result->params[0];
    task->x[REG_A0 + 3] = result->params[1];
    task->x[REG_A0 + 4] = result->params[2];
    task->x[REG_A0 + 5] = result->params[3];
}
