// SPDX-License-Identifier: GPL-3.0-only
//
// Proves that offsets.h, which entry.S uses, says what the structures say.
#include <assert.h>
#include <stddef.h>

#include "arch/include/port.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/offsets.h"
#include "arch/riscv64/trap.h"
#include "kernel/percpu.h"
#include "uapi/registers.h"
#include "uapi/syscall.h"

#define FAULT_STACK_TOP (offsetof(struct percpu, arch.fault_stack) + RISCV_FAULT_STACK_SIZE)

#define SYMBOL(name, operand) ".globl " name "\n\t.set " name ", %" #operand "\n\t"

// Offsets as absolute symbols. The function is never called and has no code.
__attribute__((used)) static void percpu_symbols(void) {
    __asm__ volatile(
        SYMBOL("riscv_percpu_scratch", 0) SYMBOL("riscv_percpu_satp_mode", 1)
            SYMBOL("riscv_percpu_fault_stack_top", 2)
                SYMBOL("riscv_percpu_start_satp", 3)::"i"(offsetof(struct percpu, arch.scratch)),
        "i"(offsetof(struct percpu, arch.satp_mode)), "i"(FAULT_STACK_TOP),
        "i"(offsetof(struct percpu, arch.start_satp)));
}

static_assert(offsetof(struct percpu, arch_current) == PERCPU_CURRENT, "offsets.h");
static_assert(offsetof(struct percpu, stack_top) == PERCPU_STACK_TOP, "offsets.h");
static_assert(offsetof(struct percpu, self) == PERCPU_SELF, "offsets.h");
static_assert(offsetof(struct percpu, arch.start_satp) < 2048, "reach of a load instruction");
static_assert(offsetof(struct percpu, arch.satp_mode) < 2048, "reach of a load instruction");
static_assert(offsetof(struct percpu, arch.scratch) < 2048, "reach of a store instruction");
static_assert(FAULT_STACK_TOP % 16 == 0, "stack alignment of the psABI");

static_assert(offsetof(struct arch_task, x) == REGISTER(0), "offsets.h");
static_assert(offsetof(struct arch_task, pc) == FRAME_PC, "offsets.h");
static_assert(offsetof(struct arch_task, pc_odd) == TASK_PC_ODD, "offsets.h");
static_assert(offsetof(struct arch_task, cause) == TASK_CAUSE, "offsets.h");
static_assert(offsetof(struct arch_task, value) == TASK_VALUE, "offsets.h");
static_assert(RISCV_PC_FULL == 1, "entry.S tests this bit");
static_assert(ARCH_REGISTER_COUNT == HELIOS_RISCV64_REGISTERS, "uapi/registers.h");
static_assert(offsetof(struct arch_fpu, fcsr) == 256, "fpu.S");

static_assert(offsetof(struct arch_trap_frame, x) == REGISTER(0), "offsets.h");
static_assert(offsetof(struct arch_trap_frame, pc) == FRAME_PC, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, status) == TRAP_STATUS, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, cause) == TRAP_CAUSE, "offsets.h");
static_assert(offsetof(struct arch_trap_frame, value) == TRAP_VALUE, "offsets.h");
static_assert(sizeof(struct arch_trap_frame) == TRAP_SIZE, "offsets.h");
static_assert(TRAP_SIZE % 16 == 0, "stack alignment of the psABI");

static_assert(HELIOS_SYS_YIELD == NUMBER_YIELD, "offsets.h");
static_assert(HELIOS_SYS_RECV == NUMBER_RECV, "offsets.h");
static_assert(HELIOS_SYS_CALL == NUMBER_CALL, "offsets.h");
static_assert(HELIOS_SYS_SIGNAL == NUMBER_SIGNAL, "offsets.h");
static_assert(HELIOS_SYS_WAIT == NUMBER_WAIT, "offsets.h");

static_assert(SSTATUS_SPP == STATUS_SPP, "offsets.h");
static_assert(SSTATUS_FS == RISCV_SSTATUS_FS, "csr.h");
static_assert(ARCH_STACK_SIZE == BOOT_STACK_SIZE, "offsets.h");
