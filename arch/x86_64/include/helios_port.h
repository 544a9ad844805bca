// SPDX-License-Identifier: GPL-3.0-only
//
// x86_64: the inline part of the port (arch/include/port.h says what is wanted).
#ifndef HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86_64/descriptors.h"
#include "arch/x86_64/layout.h"
#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "x86_64"
#define ARCH_ID                 HELIOS_ARCH_X86_64
#define ARCH_ELF_MACHINE        62 // EM_X86_64
#define ARCH_PAGE_SHIFT         12
#define ARCH_USER_TOP           0x00007ffffffff000ull
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x40000000ull
#define ARCH_STACK_SIZE         X86_STACK_SIZE

// The port's part of struct percpu. The processor reads the tables in it, so it stays where it is
// from arch_cpu_init on.
struct arch_percpu {
    uint64_t gdt[X86_GDT_ENTRIES];
    struct x86_tss tss;
    uint64_t pending[4]; // vectors taken inside arch_wait_for_interrupt, one bit each
};

// Which registers a task's struct arch_task holds.
enum arch_frame {
    ARCH_FRAME_FULL = X86_FRAME_FULL,
    ARCH_FRAME_SYSCALL = X86_FRAME_SYSCALL,
};

// A task's user registers. A system call stores the first block and, as its results, the second;
// an interrupt or an exception stores all three. Entry code knows the offsets (layout.h).
struct arch_task {
    uint64_t frame; // enum arch_frame
    uint64_t rsp, rip, rflags, rbp, rbx;
    uint64_t rdi, rsi, rdx, r10, r8, r9;
    uint64_t rax, rcx, r11, r12, r13, r14, r15;
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

// Through GS base: swapgs on every entry from user mode makes it the kernel's (README.md).
static inline struct percpu *arch_percpu(void) {
    struct percpu *self;
    __asm__ volatile("movq %%gs:%c1, %0" : "=r"(self) : "i"(X86_PERCPU_SELF));
    return self;
}

static inline void arch_relax(void) {
    __asm__ volatile("pause");
}

static inline uint64_t arch_counter(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return ((uint64_t)high << 32) | low;
}

static inline void *arch_direct(uint64_t physical) {
    return (void *)(uintptr_t)(HELIOS_DIRECT_MAP_BASE + physical);
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uint64_t)(uintptr_t)virtual_address - HELIOS_DIRECT_MAP_BASE;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_INCLUDE_HELIOS_PORT_H
