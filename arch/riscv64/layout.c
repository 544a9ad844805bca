// SPDX-License-Identifier: GPL-3.0-only
//
// Proves that offsets.h, which entry.S uses, says what the structures say.
#include <assert.h>
#include <stddef.h>

#include "arch/include/port.h"
#include "arch/riscv64/offsets.h"
#include "arch/riscv64/trap.h"
#include "kernel/percpu.h"

static_assert(offsetof(struct percpu, arch_current) == PERCPU_CURRENT, "offsets.h");
static_assert(offsetof(struct percpu, stack_top) == PERCPU_STACK_TOP, "offsets.h");
static_assert(offsetof(struct percpu, arch.scratch) == PERCPU_SCRATCH, "offsets.h");
static_assert(offsetof(struct percpu, arch.fault_stack) + RISCV_FAULT_STACK_SIZE ==
                  PERCPU_FAULT_STACK_TOP,
              "offsets.h");
static_assert(PERCPU_FAULT_STACK_TOP % 16 == 0, "stack alignment of the psABI");
static_assert(sizeof(struct percpu) <= 4096, "a percpu fits in a page");

static_assert(offsetof(struct arch_task, x) == REGISTER(0), "offsets.h");
static_assert(offsetof(struct arch_task, pc) == FRAME_PC, "offsets.h");
static_assert(offsetof(struct arch_task, frame) == TASK_FRAME, "offsets.h");
static_assert(offsetof(struct arch_task, cause) == TASK_CAUSE, "offsets.h");
static_assert(offsetof(struct arch_task, value) == TASK_VALUE, "offsets.h");
static_assert(ARCH_FRAME_SYSCALL == 0 && ARCH_FRAME_FULL == 1, "entry.S writes these");

static_assert(offsetof(struct arch_trap_frame, x) == REGISTER(0), "offsets.h");
static_assert(offsetof(struct arch_trap_frame, pc) == FRAME_PC, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, status) == TRAP_STATUS, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, cause) == TRAP_CAUSE, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, value) == TRAP_VALUE, "offsets.h");
static_assert(sizeof(struct arch_trap_frame) == TRAP_SIZE, "offsets.h");
static_assert(TRAP_SIZE % 16 == 0, "stack alignment of the psABI");

static_assert(ARCH_STACK_SIZE == BOOT_STACK_SIZE, "offsets.h");
