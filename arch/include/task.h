// SPDX-License-Identifier: GPL-3.0-only
//
// User register state, entry to and return from user mode.
//
// A system call preserves the stack pointer, the program counter, the TLS base, the registers that
// compilers address frames through (rbp, rbx; x29, x19; s0, s1; gp) and FP/SIMD state, and nothing
// else: every other register is an argument, a result, or zero on return. So system-call entry
// stores these few in the current task's arch_task, switches to the CPU's kernel stack and calls
// kernel_syscall (kernel/entry.h). Interrupts and faults store every register.
//
// struct arch_task remembers which of the two it holds (ARCH_FRAME_SYSCALL: short; ARCH_FRAME_FULL)
// and arch_resume acts accordingly.
//
// Registers of a system call, by architecture:
//
//               number  capability/badge  tag   parameters 0..3
//   x86_64      rax     rdi               rsi   rdx r10 r8 r9
//   aarch64     x8      x0                x1    x2 x3 x4 x5
//   riscv64     a7      a0                a1    a2 a3 a4 a5
//
// The same registers carry the result, rax/x8/a7 excepted, which comes back zero.
#ifndef HELIOS_ARCH_INCLUDE_TASK_H
#define HELIOS_ARCH_INCLUDE_TASK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct arch_task;

// What a system call returns to its caller in registers.
struct message_registers {
    uint64_t badge;
    uint64_t tag;
    uint64_t params[4];
};

// A new task: starts at `entry` in user mode with the given stack pointer and first argument,
// interrupts on, all other registers zero, FP state initial.
void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument);

// Sets the result registers of a task that is inside a system call. Must not be called otherwise.
void arch_task_set_result(struct arch_task *task, const struct message_registers *result);

// Leaves the kernel for this task. The task's address space is active. Kernel context; the kernel
// stack is abandoned.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void arch_resume(struct arch_task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_TASK_H
