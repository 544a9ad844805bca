// SPDX-License-Identifier: GPL-3.0-only
//
// aarch64: the inline part of the port. See arch/include/port.h for what each name means, and
// arch/aarch64/README.md for how the port works.
#ifndef HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "boot/protocol/protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "aarch64"
#define ARCH_ID                 HELIOS_ARCH_AARCH64
#define ARCH_ELF_MACHINE        183 // EM_AARCH64
#define ARCH_PAGE_SHIFT         12
#define ARCH_USER_TOP           0x0001000000000000ull
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x0000000040000000ull
#define ARCH_STACK_SIZE         0x4000u

// What struct arch_task holds.
enum arch_frame {
    ARCH_FRAME_SYSCALL = 0, // x19, x29, sp, pc, pstate; x0..x5 once a result is set
    ARCH_FRAME_FULL = 1,    // everything
    ARCH_FRAME_NEW = 2,     // everything; FP/SIMD state and the TLS base start from zero
};

// Register state of a user task. Only the CPU on which the task is current writes here. The layout
// is known to entry.S (offsets.h).
struct arch_task {
    uint64_t x[31];
    uint64_t sp;
    uint64_t frame; // enum arch_frame
    uint64_t pc;
    uint64_t pstate; // in the format of SPSR_EL1; always returns to EL0t
};

// Size of the stack for exceptions in the kernel, which may happen because the kernel's ordinary
// stack has no room left.
#define AARCH64_EMERGENCY_STACK_SIZE 4096

struct arch_percpu {
    uintptr_t emergency_top; // initial stack pointer of an exception taken in the kernel
    bool in_kernel_fault;    // this CPU reports a fault; another one stops it
    uint8_t emergency_stack[AARCH64_EMERGENCY_STACK_SIZE] __attribute__((aligned(16)));
};

static inline struct percpu *arch_percpu(void) {
    struct percpu *cpu;
    __asm__ volatile("mrs %0, tpidr_el1" : "=r"(cpu));
    return cpu;
}

static inline void arch_relax(void) {
    __asm__ volatile("yield" ::: "memory");
}

// The ISB keeps the read from being done early (Arm ARM D12.1.2).
static inline uint64_t arch_counter(void) {
    uint64_t value;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
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

#endif // HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_PORT_H
