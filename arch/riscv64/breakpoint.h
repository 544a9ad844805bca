// SPDX-License-Identifier: GPL-3.0-only
//
// Hardware breakpoints of tasks, through the firmware's debug triggers.
#ifndef HELIOS_ARCH_RISCV64_BREAKPOINT_H
#define HELIOS_ARCH_RISCV64_BREAKPOINT_H

#include <stdbool.h>

#include "arch/include/fault.h"
#include "arch/include/port.h"

// Looks what the calling hart has.
void riscv_breakpoints_init(struct percpu *cpu);

// Gives the hart this task's breakpoints. Called through riscv_load_breakpoints (entry.S).
void riscv_breakpoints_load(const struct arch_task *task);

// A breakpoint exception of `task`. False: it came from another task's breakpoint that was still in
// the hart and now is not; the instruction has to be tried again. True: it is the task's; `fault`
// is made FAULT_WATCHPOINT where it was an access that a breakpoint of the task was for.
bool riscv_breakpoint_hit(const struct arch_task *task, struct fault *fault);

#endif // HELIOS_ARCH_RISCV64_BREAKPOINT_H
