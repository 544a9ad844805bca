// SPDX-License-Identifier: GPL-3.0-only
//
// Exceptions in portable words, register dumps, where a backtrace starts.
#include "arch/include/fault.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/power.h"
#include "arch/riscv64/breakpoint.h"
#include "arch/riscv64/cause.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/fp_instruction.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/sbi.h"
#include "arch/riscv64/trap.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/percpu.h"

#define REGISTERS_PER_LINE 3

// Padded to the width of a column.
static const char *const register_names[32] = {
    "zero    ", "ra      ", "sp      ", "gp      ", "tp      ", "t0      ", "t1      ", "t2      ",
    "s0      ", "s1      ", "a0      ", "a1      ", "a2      ", "a3      ", "a4      ", "a5      ",
    "a6      ", "a7      ", "s2      ", "s3      ", "s4      ", "s5      ", "s6      ", "s7      ",
    "s8      ", "s9      ", "s10     ", "s11     ", "t3      ", "t4      ", "t5      ", "t6      ",
};

static struct fault describe(uint64_t cause, uint64_t value, uint64_t pc) {
    return (struct fault){
        .kind = riscv_cause_kind(cause),
        .address = riscv_cause_has_address(cause) ? value : 0,
        .pc = pc,
        .code = cause,
    };
}

// Whether this illegal instruction only lacks access to the FP registers. Where the hart does not
// say what the instruction was (stval is 0), it is given access and tries again: then it either
// works or is illegal for good.
static bool wants_fpu(const struct arch_task *task) {
    return task->cause == RISCV_CAUSE_ILLEGAL && riscv_has(HELIOS_RISCV_ISA_FD) &&
           (CSR_READ(sstatus) & SSTATUS_FS) == 0 &&
           (task->value == 0 || riscv_is_fp_instruction(task->value));
}

// A hart may remember that there was no translation, or a stricter one, after another hart has
// stored a new one (Privileged Architecture, "Supervisor Memory-Management Fence Instruction"):
// harts are not told of what only adds to a table. So a page fault is believed when it comes a
// second time.
static bool is_doubtful(const struct arch_task *task, const struct fault *fault) {
    const bool is_page_fault =
        fault->kind == FAULT_READ || fault->kind == FAULT_WRITE || fault->kind == FAULT_EXECUTE;
    struct arch_percpu *cpu = &arch_percpu()->arch;
    if (!is_page_fault || percpu_count() == 1) {
        return false;
    }
    if (cpu->retried.task == task && cpu->retried.pc == task->pc &&
        cpu->retried.address == task->value) {
        cpu->retried.task = NULL;
        return false;
    }
    cpu->retried.task = task;
    cpu->retried.pc = task->pc;
    cpu->retried.address = task->value;
    arch_tlb_flush_all();
    return true;
}

static struct arch_task *user_fault(struct arch_task *task) {
    struct fault fault = describe(task->cause, task->value, riscv_task_pc(task));
    if (fault.kind == FAULT_BREAKPOINT && !riscv_breakpoint_hit(task, &fault)) {
        return task;
    }
    if (is_doubtful(task, &fault)) {
        return task;
    }
    return kernel_user_fault(&fault);
}

struct arch_task *riscv_user_trap(struct arch_task *task) {
    return wants_fpu(task) ? kernel_fpu_trap() : user_fault(task);
}

struct arch_task *riscv_odd_pc(struct arch_task *task) {
    task->cause = RISCV_CAUSE_MISALIGNED_FETCH;
    task->value = riscv_task_pc(task);
    return user_fault(task);
}

static void firmware_puts(const char *text) {
    for (; *text != '\0'; text++) {
        sbi_putchar(*text);
    }
}

void riscv_kernel_trap(struct arch_trap_frame *frame) {
    struct percpu *cpu = arch_percpu();
    if (cpu->arch.in_fault != 0) {
        firmware_puts("\r\nKERNEL PANIC: exception while reporting an exception: ");
        firmware_puts(riscv_cause_name(frame->cause));
        firmware_puts("\r\n");
        arch_halt();
    }
    cpu->arch.in_fault = 1;
    const struct fault fault = describe(frame->cause, frame->value, frame->pc);
    kernel_fault(&fault, frame);
}

static void dump_cause(uint64_t cause, uint64_t value) {
    console_printf("  scause  %016lx  stval   %016lx  %s\n", cause, value, riscv_cause_name(cause));
}

// `valid`: bit n for register n.
static void dump_registers(const uint64_t *x, uint32_t valid) {
    unsigned on_line = 0;
    for (unsigned i = 1; i < 32; i++) {
        if ((valid >> i & 1) != 0) {
            console_printf("  %s%016lx%s", register_names[i], x[i],
                           ++on_line % REGISTERS_PER_LINE == 0 ? "\n" : "");
        }
    }
    if (on_line % REGISTERS_PER_LINE != 0) {
        console_printf("\n");
    }
}

void arch_dump_task(const struct arch_task *task) {
    const bool is_full = riscv_task_is_full(task);
    console_printf("  pc      %016lx  %s\n", riscv_task_pc(task),
                   is_full ? "user mode" : "user mode, in a system call");
    if (is_full) {
        dump_cause(task->cause, task->value);
    }
    dump_registers(task->x, riscv_task_valid(task));
}

void arch_dump_trap(const struct arch_trap_frame *frame) {
    console_printf("  pc      %016lx  sstatus %016lx\n", frame->pc, frame->status);
    dump_cause(frame->cause, frame->value);
    dump_registers(frame->x, ~0u);
}

__attribute__((noinline)) void arch_backtrace_start(const struct arch_trap_frame *frame,
                                                    uintptr_t *fp, uintptr_t *pc) {
    if (frame != NULL) {
        *fp = frame->x[8];
        *pc = frame->pc;
        return;
    }
    const uintptr_t *record = __builtin_frame_address(0);
    *fp = record[-2];
    *pc = (uintptr_t)__builtin_return_address(0);
}
