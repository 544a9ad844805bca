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
#include "kernel/entry.h"
#include "kernel/percpu.h"
#include "toolchains/freestanding/format.h"

static_assert(offsetof(struct arch_trap_frame, x) == 0, "entry.S");
static_assert(offsetof(struct arch_trap_frame, sp) == TRAP_SP, "entry.S");
static_assert(offsetof(struct arch_trap_frame, pc) == TRAP_PC, "entry.S");
static_assert(offsetof(struct arch_trap_frame, pstate) == TRAP_PSTATE, "entry.S");
static_assert(offsetof(struct arch_trap_frame, esr) == TRAP_ESR, "entry.S");
static_assert(offsetof(struct arch_trap_frame, far) == TRAP_FAR, "entry.S");
static_assert(offsetof(struct arch_trap_frame, vector) == TRAP_VECTOR, "entry.S");
static_assert(sizeof(struct arch_trap_frame) == TRAP_SIZE, "entry.S");

#define LINE_SIZE 128

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

static void dump_general(const uint64_t *x, arch_line_sink emit, void *context) {
    char line[LINE_SIZE];
    for (unsigned i = 0; i < 30; i += 3) {
        format_text(line, sizeof(line), "x%02u %016llx  x%02u %016llx  x%02u %016llx", i,
                    (unsigned long long)x[i], i + 1, (unsigned long long)x[i + 1], i + 2,
                    (unsigned long long)x[i + 2]);
        emit(context, line);
    }
}

static void dump_special(uint64_t x30, uint64_t sp, uint64_t pc, uint64_t pstate,
                         arch_line_sink emit, void *context) {
    char line[LINE_SIZE];
    format_text(line, sizeof(line), "x30 %016llx  sp  %016llx  pc  %016llx",
                (unsigned long long)x30, (unsigned long long)sp, (unsigned long long)pc);
    emit(context, line);
    format_text(line, sizeof(line), "pstate %08llx (EL%u%c %c%c%c%c daif %x%s%s)",
                (unsigned long long)pstate, (unsigned)(pstate >> 2) & 3,
                (pstate & 1) != 0 ? 'h' : 't', (pstate >> 31 & 1) != 0 ? 'N' : 'n',
                (pstate >> 30 & 1) != 0 ? 'Z' : 'z', (pstate >> 29 & 1) != 0 ? 'C' : 'c',
                (pstate >> 28 & 1) != 0 ? 'V' : 'v', (unsigned)(pstate >> 6) & 0xf,
                (pstate >> 22 & 1) != 0 ? " PAN" : "", (pstate >> 20 & 1) != 0 ? " IL" : "");
    emit(context, line);
}

void arch_dump_task(const struct arch_task *task, arch_line_sink emit, void *context) {
    char line[LINE_SIZE];
    if (task->frame == ARCH_FRAME_SYSCALL) {
        format_text(line, sizeof(line), "in a system call: x19 %016llx  x29 %016llx",
                    (unsigned long long)task->x[19],
                    (unsigned long long)task->x[AARCH64_SHORT_X29]);
        emit(context, line);
        format_text(line, sizeof(line), "sp %016llx  pc %016llx  pstate %08llx",
                    (unsigned long long)task->sp, (unsigned long long)task->pc,
                    (unsigned long long)task->pstate);
        emit(context, line);
        return;
    }
    dump_general(task->x, emit, context);
    dump_special(task->x[30], task->sp, task->pc, task->pstate, emit, context);
}

static void dump_cause(const struct arch_trap_frame *frame, arch_line_sink emit, void *context) {
    static const char *const vectors[4] = {"synchronous", "IRQ", "FIQ", "SError"};
    char line[LINE_SIZE];
    format_text(line, sizeof(line), "%s exception%s, esr %08llx: %s", vectors[frame->vector & 3],
                frame->vector >= 4 ? " on SP_EL0" : "", (unsigned long long)frame->esr,
                is_sync(frame) ? esr_class_text(frame->esr) : "");
    emit(context, line);
    if (is_sync(frame) && esr_has_address(frame->esr)) {
        format_text(line, sizeof(line), "far %016llx  %s", (unsigned long long)frame->far,
                    esr_status_text(frame->esr));
        emit(context, line);
    }
}

static void dump_stack_state(const struct arch_trap_frame *frame, arch_line_sink emit,
                             void *context) {
    const struct percpu *cpu = arch_percpu();
    if (cpu == NULL) {
        return;
    }
    uintptr_t low = cpu->stack_top - ARCH_STACK_SIZE;
    if (frame->sp < low || frame->sp > cpu->stack_top) {
        char line[LINE_SIZE];
        format_text(line, sizeof(line), "sp is outside the kernel stack %016llx..%016llx%s",
                    (unsigned long long)low, (unsigned long long)cpu->stack_top,
                    low - frame->sp <= 4096 ? ": overflow" : "");
        emit(context, line);
    }
}

void arch_dump_trap(const struct arch_trap_frame *frame, arch_line_sink emit, void *context) {
    dump_cause(frame, emit, context);
    dump_stack_state(frame, emit, context);
    dump_general(frame->x, emit, context);
    dump_special(frame->x[30], frame->sp, frame->pc, frame->pstate, emit, context);
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
