// SPDX-License-Identifier: GPL-3.0-only
//
// Exceptions: handing them to the portable kernel, register dumps, where a backtrace starts.
#include "arch/aarch64/fault.h"

#include "arch/aarch64/esr.h"
#include "arch/aarch64/offsets.h"
#include "arch/aarch64/sysreg.h"
#include "arch/aarch64/user_state.h"
#include "arch/include/interrupt.h"
#include "arch/include/port.h"
#include "arch/include/power.h"
#include "kernel/console.h"
#include "kernel/entry.h"
#include "kernel/percpu.h"

static_assert(offsetof(struct arch_trap_frame, x) == 0, "entry.S");
static_assert(offsetof(struct arch_trap_frame, sp) == TRAP_SP, "entry.S");
static_assert(offsetof(struct arch_trap_frame, pc) == TRAP_PC, "entry.S");
static_assert(offsetof(struct arch_trap_frame, pstate) == TRAP_PC + 8, "entry.S");
static_assert(offsetof(struct arch_trap_frame, esr) == TRAP_ESR, "entry.S");
static_assert(offsetof(struct arch_trap_frame, far) == TRAP_ESR + 8, "entry.S");
static_assert(offsetof(struct arch_trap_frame, vector) == TRAP_VECTOR, "entry.S");
static_assert(sizeof(struct arch_trap_frame) == TRAP_SIZE, "entry.S");

// The instruction after which a step ends clears PSTATE.SS (Arm ARM D2.12). Unless the bit is set
// again, the next exception comes before the next instruction.
static void rearm_step(struct arch_task *task) {
    if ((task->debug & AARCH64_DEBUG_STEP) != 0) {
        task->pstate |= PSTATE_SS;
    }
}

struct arch_task *aarch64_user_fault(void) {
    uint64_t esr = SYSREG_READ("esr_el1");
    struct arch_task *task = arch_percpu()->arch_current;
    if (esr_class(esr) == ESR_FP_ACCESS) {
        return kernel_fpu_trap();
    }
    if (esr_class(esr) == ESR_STEP_USER) {
        rearm_step(task);
    }
    const struct fault fault = {
        .kind = esr_fault_kind(esr),
        .address = esr_has_address(esr) ? SYSREG_READ("far_el1") : 0,
        .pc = task->pc,
        .code = esr,
    };
    return kernel_user_fault(&fault);
}

struct arch_task *aarch64_user_interrupt(void) {
    uint32_t irq = arch_interrupt_take();
    return irq == ARCH_IRQ_NONE ? arch_percpu()->arch_current : kernel_interrupt(irq);
}

static bool is_sync(const struct arch_trap_frame *frame) {
    return (frame->vector & 3) == VECTOR_SYNC;
}

static enum fault_kind trap_kind(const struct arch_trap_frame *frame) {
    return is_sync(frame) ? esr_fault_kind(frame->esr) : FAULT_OTHER;
}

// A fault while one is being reported stops this CPU: what could be said has been said.
void aarch64_kernel_fault(const struct arch_trap_frame *frame) {
    if (is_sync(frame) && frame->pc == (uintptr_t)aarch64_probe) {
        return;
    }
    static bool early_fault;
    struct percpu *cpu = arch_percpu();
    bool *in_fault = cpu != NULL ? &cpu->arch.in_kernel_fault : &early_fault;
    if (*in_fault) {
        arch_halt();
    }
    *in_fault = true;
    const struct fault fault = {
        .kind = trap_kind(frame),
        .address = is_sync(frame) && esr_has_address(frame->esr) ? frame->far : 0,
        .pc = frame->pc,
        .code = frame->esr,
    };
    kernel_fault(&fault, frame);
}

static void dump_registers(const uint64_t *x, uint64_t sp, uint64_t pc, uint64_t pstate) {
    for (unsigned i = 0; i < 30; i += 3) {
        console_printf("  x%02u %016lx  x%02u %016lx  x%02u %016lx\n", i, x[i], i + 1, x[i + 1],
                       i + 2, x[i + 2]);
    }
    console_printf("  x30 %016lx  sp  %016lx  pc  %016lx\n", x[30], sp, pc);
    console_printf("  pstate %08lx (EL%u%c %c%c%c%c daif %x%s%s)\n", pstate,
                   (unsigned)(pstate >> 2) & 3, (pstate & 1) != 0 ? 'h' : 't',
                   (pstate >> 31 & 1) != 0 ? 'N' : 'n', (pstate >> 30 & 1) != 0 ? 'Z' : 'z',
                   (pstate >> 29 & 1) != 0 ? 'C' : 'c', (pstate >> 28 & 1) != 0 ? 'V' : 'v',
                   (unsigned)(pstate >> 6) & 0xf, (pstate >> 22 & 1) != 0 ? " PAN" : "",
                   (pstate >> 20 & 1) != 0 ? " IL" : "");
}

void arch_dump_task(const struct arch_task *task) {
    if (task->frame == ARCH_FRAME_FULL) {
        dump_registers(task->x, task->sp, task->pc, task->pstate);
        return;
    }
    console_printf("  in a system call: x19 %016lx  x29 %016lx\n", task->x[19],
                   task->x[AARCH64_SHORT_X29]);
    console_printf("  sp %016lx  pc %016lx  pstate %08lx\n", task->sp, task->pc, task->pstate);
}

static void dump_cause(const struct arch_trap_frame *frame) {
    static const char *const vectors[4] = {"synchronous", "IRQ", "FIQ", "SError"};
    console_printf("  %s exception%s, esr %08lx: %s\n", vectors[frame->vector & 3],
                   frame->vector >= 4 ? " on SP_EL0" : "", frame->esr,
                   is_sync(frame) ? esr_class_text(frame->esr) : "");
    if (is_sync(frame) && esr_has_address(frame->esr)) {
        console_printf("  far %016lx  %s%s\n", frame->far, esr_status_text(frame->esr),
                       esr_level_text(frame->esr));
    }
}

static void dump_stack_state(const struct arch_trap_frame *frame) {
    const struct percpu *cpu = arch_percpu();
    uintptr_t low = cpu != NULL ? cpu->stack_top - ARCH_STACK_SIZE : 0;
    if (cpu != NULL && (frame->sp < low || frame->sp > cpu->stack_top)) {
        console_printf("  sp is outside the kernel stack %016lx..%016lx%s\n", low, cpu->stack_top,
                       low - frame->sp <= 4096 ? ": overflow" : "");
    }
}

void arch_dump_trap(const struct arch_trap_frame *frame) {
    dump_cause(frame);
    dump_stack_state(frame);
    dump_registers(frame->x, frame->sp, frame->pc, frame->pstate);
}

__attribute__((noinline)) void arch_backtrace_start(const struct arch_trap_frame *frame,
                                                    uintptr_t *fp, uintptr_t *pc) {
    if (frame != NULL) {
        *fp = frame->x[29];
        *pc = frame->pc;
        return;
    }
    const uintptr_t *record = __builtin_frame_address(0);
    *fp = record[0];
    *pc = record[1];
}
