// SPDX-License-Identifier: GPL-3.0-only
//
// The C side of exceptions and interrupts: sorts out where one came from and what it was, and asks
// the portable kernel what to do.
#include "arch/include/interrupt.h"
#include "arch/include/port.h"
#include "arch/x86_64/exceptions.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/entry.h"
#include "kernel/percpu.h"
#include "uapi/syscall.h"

// How entry.S goes on with a system call, by number.
extern const void *const x86_ways[X86_SYSCALLS];
const void *const x86_ways[X86_SYSCALLS] = {
    [HELIOS_SYS_WRITECONS] = x86_system_call,
    [HELIOS_SYS_YIELD] = (const void *)kernel_yield,
    [HELIOS_SYS_IDENTIFY] = x86_system_call,
    [HELIOS_SYS_SEND] = x86_system_call,
    [HELIOS_SYS_RECV] = (const void *)kernel_recv,
    [HELIOS_SYS_CALL] = (const void *)kernel_call,
    [HELIOS_SYS_REPLY] = x86_system_call,
    [HELIOS_SYS_SIGNAL] = (const void *)kernel_signal,
    [HELIOS_SYS_WAIT] = (const void *)kernel_wait,
    [HELIOS_SYS_NBSEND] = x86_system_call,
    [HELIOS_SYS_NBRECV] = x86_system_call,
    [HELIOS_SYS_NBWAIT] = x86_system_call,
    [HELIOS_SYS_POLL] = x86_system_call,
    [HELIOS_SYS_POLLX] = x86_system_call,
};
static_assert(HELIOS_SYS_COUNT == X86_SYSCALLS, "each has a place");

static struct x86_gate idt[X86_IDT_ENTRIES] __attribute__((aligned(4096)));

static enum x86_ist stack_of(unsigned vector) {
    switch (vector) {
    case VECTOR_DOUBLE_FAULT:
        return X86_IST_DOUBLE_FAULT;
    case VECTOR_NMI:
        return X86_IST_NMI;
    case VECTOR_MACHINE:
        return X86_IST_MACHINE;
    case VECTOR_DEBUG:
        return X86_IST_DEBUG;
    default:
        return X86_IST_NONE;
    }
}

void x86_idt_fill(void) {
    for (unsigned vector = 0; vector < X86_IDT_ENTRIES; vector++) {
        const uint64_t stub =
            (uint64_t)(uintptr_t)x86_trap_stubs + (uint64_t)vector * X86_STUB_SIZE;
        idt[vector] = x86_gate_encode(stub, stack_of(vector), vector == VECTOR_BREAKPOINT ? 3 : 0);
    }
}

void x86_idt_load(void) {
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } pointer = {sizeof idt - 1, (uint64_t)(uintptr_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

// A breakpoint on an instruction is raised before it: RF lets the task go on past it, once. TF is
// set anew, since the instruction that was stepped over may have been one that clears it.
static struct arch_task *debug_trap(struct arch_task *task) {
    struct fault fault;
    x86_debug_fault(&task->breakpoints, dr6_read(), task->rip, &fault);
    dr6_write(DR6_CLEAR); // it keeps its bits until somebody clears them
    if (fault.kind == FAULT_BREAKPOINT) {
        task->rflags |= RFLAGS_RF;
    }
    if (task->step) {
        task->rflags |= RFLAGS_TF;
    }
    return kernel_user_fault(&fault);
}

struct arch_task *x86_user_trap(struct arch_task *task, uint64_t vector, uint64_t error) {
    if (vector == VECTOR_NO_FPU) {
        return kernel_fpu_trap();
    }
    if (vector == VECTOR_DEBUG) {
        return debug_trap(task);
    }
    const struct fault fault = x86_fault(vector, error, task->rip, cr2_read());
    return kernel_user_fault(&fault);
}

// The task was to continue at an address that the processor does not accept: what the jump there
// would have raised.
struct arch_task *x86_bad_return(struct arch_task *task) {
    const struct fault fault = x86_fault(VECTOR_PROTECTION, 0, task->rip, 0);
    return kernel_user_fault(&fault);
}

static _Noreturn void fatal(const struct arch_trap_frame *frame) {
    const struct fault fault = x86_fault(frame->vector, frame->error, frame->rip, cr2_read());
    kernel_fault(&fault, frame);
}

// Interrupts are unmasked in the kernel only where it waits for one (power.c) or looks for one
// (arch_interrupt_take). They are masked again afterwards: there is room for one.
void x86_kernel_trap(struct arch_trap_frame *frame) {
    if (frame->vector < VECTOR_INTERRUPTS) {
        fatal(frame);
    }
    arch_percpu()->arch.taken = x86_interrupt_taken(frame->vector);
    frame->rflags &= ~RFLAGS_IF;
}

// A debug exception that a user managed to delay into the first instructions of the kernel is
// dropped; whatever else comes here ends the kernel: an NMI too, since nothing here sends one.
void x86_paranoid_trap(struct arch_trap_frame *frame) {
    const bool entry =
        frame->rip >= (uintptr_t)x86_entry_start && frame->rip < (uintptr_t)x86_entry_end;
    if (frame->vector != VECTOR_DEBUG || !entry) {
        fatal(frame);
    }
    dr6_write(DR6_CLEAR);
    frame->rflags = (frame->rflags & ~RFLAGS_TF) | RFLAGS_RF; // go on past a breakpoint
}
