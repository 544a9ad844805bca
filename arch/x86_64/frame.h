// SPDX-License-Identifier: GPL-3.0-only
//
// What the entry code stores: the registers of a task, and those of the kernel where an exception
// interrupts it. Entry code knows the offsets (layout.h).
#ifndef HELIOS_ARCH_X86_64_FRAME_H
#define HELIOS_ARCH_X86_64_FRAME_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86_64/debug.h"
#include "arch/x86_64/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

// Which registers a task's struct arch_task holds.
enum arch_frame {
    ARCH_FRAME_FULL = X86_FRAME_FULL,
    ARCH_FRAME_SYSCALL = X86_FRAME_SYSCALL,
};

// The port's part of a Task. A system call stores the first block of registers and, as its results,
// the second; an interrupt or an exception stores all three. The rest is
// nothing that entry or exit touch: arch_task_switch carries it over.
struct arch_task {
    uint64_t frame; // enum arch_frame
    uint64_t rsp, rip, rflags, rbp, rbx;
    uint64_t rdi, rsi, rdx, r10, r8, r9;
    uint64_t rax, rcx, r11, r12, r13, r14, r15;
    uint32_t fs_base_low, fs_base_high; // TLS; in halves, as WRMSR takes it
    uint64_t step; // not 0: TF is set in user mode, whatever the task does about it
    struct x86_breakpoints breakpoints;
};

// What an exception in the kernel leaves on the kernel's stack: general registers as the stubs
// push them, then what the processor pushed.
struct arch_trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

static_assert(offsetof(struct arch_task, frame) == X86_TASK_FRAME, "entry.S");
static_assert(offsetof(struct arch_task, rsp) == X86_TASK_RSP, "entry.S");
static_assert(offsetof(struct arch_task, rip) == X86_TASK_RIP, "entry.S");
static_assert(offsetof(struct arch_task, rflags) == X86_TASK_RFLAGS, "entry.S");
static_assert(offsetof(struct arch_task, rbp) == X86_TASK_RBP, "entry.S");
static_assert(offsetof(struct arch_task, rbx) == X86_TASK_RBX, "entry.S");
static_assert(offsetof(struct arch_task, rdi) == X86_TASK_RDI, "entry.S");
static_assert(offsetof(struct arch_task, rsi) == X86_TASK_RSI, "entry.S");
static_assert(offsetof(struct arch_task, rdx) == X86_TASK_RDX, "entry.S");
static_assert(offsetof(struct arch_task, r10) == X86_TASK_R10, "entry.S");
static_assert(offsetof(struct arch_task, r8) == X86_TASK_R8, "entry.S");
static_assert(offsetof(struct arch_task, r9) == X86_TASK_R9, "entry.S");
static_assert(offsetof(struct arch_task, rax) == X86_TASK_RAX, "entry.S");
static_assert(offsetof(struct arch_task, rcx) == X86_TASK_RCX, "entry.S");
static_assert(offsetof(struct arch_task, r11) == X86_TASK_R11, "entry.S");
static_assert(offsetof(struct arch_task, r12) == X86_TASK_R12, "entry.S");
static_assert(offsetof(struct arch_task, r13) == X86_TASK_R13, "entry.S");
static_assert(offsetof(struct arch_task, r14) == X86_TASK_R14, "entry.S");
static_assert(offsetof(struct arch_task, r15) == X86_TASK_R15, "entry.S");
static_assert(offsetof(struct arch_trap_frame, vector) == X86_TRAP_VECTOR, "entry.S");
static_assert(offsetof(struct arch_trap_frame, cs) == X86_TRAP_CS, "entry.S");
static_assert(sizeof(struct arch_trap_frame) == X86_TRAP_SIZE, "entry.S");
static_assert(X86_TRAP_SIZE % 16 == 0, "stack alignment of the C handlers");

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_FRAME_H
