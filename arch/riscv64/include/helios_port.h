// SPDX-License-Identifier: GPL-3.0-only
//
// The riscv64 port's inline part; see arch/include/port.h for the contract.
#ifndef HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H
#define HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARCH_NAME               "riscv64"
#define ARCH_ID                 HELIOS_ARCH_RISCV64
#define ARCH_ELF_MACHINE        243 // EM_RISCV
#define ARCH_PAGE_SHIFT         12
#define ARCH_KERNEL_WINDOW      0xffffffff00000000ull
#define ARCH_KERNEL_WINDOW_SIZE 0x40000000ull
#define ARCH_STACK_SIZE         16384

// Sv39 or Sv48 is known only at run time.
#define ARCH_USER_TOP (riscv_layout.user_top)

// Where things are in virtual memory. Written once, by arch_boot.
struct riscv_layout {
    uintptr_t direct_base; // of the direct map
    uintptr_t user_top;    // first address above user space
};
extern struct riscv_layout riscv_layout;

// Size of the stack on which a kernel exception is reported.
#define RISCV_FAULT_STACK_SIZE 3072

struct arch_percpu {
    uint64_t scratch;  // one register, while a trap entry has no other place for it
    uint64_t in_fault; // a kernel exception is being reported; a second one stops the CPU
    // Kernel exceptions end the kernel, so they always change to a stack of their own: a kernel
    // stack that has run into its guard page needs no case of its own.
    uint8_t fault_stack[RISCV_FAULT_STACK_SIZE];
};

// What a task's arch_task holds: see arch/include/task.h.
enum arch_frame {
    ARCH_FRAME_SYSCALL = 0, // pc, sp, gp, tp, s0, s1; a0 to a5 once the result is set
    ARCH_FRAME_FULL = 1,    // every register
};

struct arch_task {
    uint64_t x[32]; // by number; x[0] is unused
    uint64_t pc;
    uint64_t frame; // enum arch_frame
    uint64_t cause; // of the last exception or interrupt: scause and stval
    uint64_t value;
};

// In the kernel tp holds the percpu pointer; in user mode sscratch keeps it.
static inline struct percpu *arch_percpu(void) {
    struct percpu *cpu;
    __asm__("mv %0, tp" : "=r"(cpu));
    return cpu;
}

static inline void arch_relax(void) {
    __asm__ volatile(".4byte 0x0100000f" ::: "memory"); // pause (Zihintpause), a hint everywhere
}

static inline uint64_t arch_counter(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

static inline void *arch_direct(uint64_t physical) {
    return (void *)(riscv_layout.direct_base + physical); // NOLINT(performance-no-int-to-ptr)
}

static inline uint64_t arch_direct_physical(const void *virtual_address) {
    return (uintptr_t)virtual_address - riscv_layout.direct_base;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_PORT_H
