// SPDX-License-Identifier: GPL-3.0-only
//
// Faults: what a port tells about an exception, in portable words.
#ifndef HELIOS_ARCH_INCLUDE_FAULT_H
#define HELIOS_ARCH_INCLUDE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum fault_kind {
    FAULT_READ = 1, // page fault, by access
    FAULT_WRITE,
    FAULT_EXECUTE,
    FAULT_ILLEGAL, // illegal or privileged instruction
    FAULT_BREAKPOINT,
    FAULT_STEP,
    FAULT_ALIGNMENT,
    FAULT_FPU,        // arithmetic exception (divide error included)
    FAULT_WATCHPOINT, // hardware breakpoint on data
    FAULT_OTHER,
};

struct fault {
    enum fault_kind kind;
    uintptr_t address; // of the access, where the hardware says
    uintptr_t pc;
    uint64_t code; // as the hardware reports it (error code, ESR, scause)
};

struct arch_task;
struct arch_trap_frame; // registers of an exception taken in the kernel

// Prints registers by name (console_printf, lines that begin with two blanks): of a user task, of a
// kernel trap frame.
void arch_dump_task(const struct arch_task *task);
void arch_dump_trap(const struct arch_trap_frame *frame);

// For kernel/backtrace.c: frame pointer and program counter to start from: of a trap frame, or of
// the caller (frame NULL).
void arch_backtrace_start(const struct arch_trap_frame *frame, uintptr_t *fp, uintptr_t *pc);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_FAULT_H
