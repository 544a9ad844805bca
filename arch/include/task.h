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

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct arch_task;

// A new task: starts at `entry` in user mode with the given stack pointer and first argument,
// interrupts on, all other registers zero, FP state initial.
void arch_task_init(struct arch_task *task, uintptr_t entry, uintptr_t stack, uint64_t argument);

// The registers of a task by number, as uapi/registers.h lists them for this architecture: the
// program counter, the stack pointer, flags and all general registers. `words` has
// ARCH_REGISTER_COUNT (at most 64) entries. Returns a mask of the entries that are meaningful: all
// of them for a full frame; for a task inside a system call only those that it preserves. The
// others are written as zero. The task is not running.
uint64_t arch_task_get_registers(const struct arch_task *task, uint64_t *words);

// Replaces the registers whose bit is set in `mask`; the others keep their value (zero, where a
// short frame has none), and the frame is a full one afterwards. Whatever user mode must not set
// (interrupt mask, privilege level, I/O privilege ...) is forced to its proper value; any program
// counter is accepted, and one that the hardware would refuse to return to faults in the task. The
// task is not running.
void arch_task_set_registers(struct arch_task *task, const uint64_t *words, uint64_t mask);

// The TLS base: FS base, TPIDR_EL0, tp. The task is not running on another CPU.
uint64_t arch_task_get_tls(const struct arch_task *task);
void arch_task_set_tls(struct arch_task *task, uint64_t base);

// Moves the program counter `bytes` forward. The task has a full frame.
void arch_task_skip(struct arch_task *task, uint64_t bytes);

// Whether the task stops after each instruction with FAULT_STEP. The task is not running. false:
// not supported by this machine.
bool arch_task_set_step(struct arch_task *task, bool on);

// Hardware breakpoints of a task, kept in its arch_task and loaded by arch_task_switch only when
// one of the two tasks has any. A hit is FAULT_BREAKPOINT (execute) or FAULT_WATCHPOINT.
enum breakpoint_kind {
    BREAKPOINT_OFF = 0,
    BREAKPOINT_EXECUTE = 1,
    BREAKPOINT_WRITE = 2,
    BREAKPOINT_ACCESS = 3, // read or write
};

// How many there are per task; 0 where the machine has none that the kernel can use.
unsigned arch_breakpoint_count(void);

// index < arch_breakpoint_count(). `length` is 1, 2, 4 or 8 bytes and divides the address (for
// BREAKPOINT_EXECUTE it is the length of the smallest instruction). false: the hardware can't do
// that. The address is a user address; the caller has checked it.
bool arch_breakpoint_set(struct arch_task *task, unsigned index, enum breakpoint_kind kind,
                         uintptr_t address, unsigned length);

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
