// SPDX-License-Identifier: MIT
//
// What a program needs to know about riscv64.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_STUB_H
#define HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_STUB_H

#include <helios_trap.h>
#include <stdint.h>

#include "uapi/registers.h"

struct helios_thread; // userland/helios/thread.h

// The thread register points behind the thread's struct helios_thread, where the thread-local
// variables follow (RISC-V ELF psABI, "Thread Local Storage"). A task starts with it zero, or with
// what Task.set_tls gave it.
enum {
    HELIOS_STUB_TLS_ABOVE = 1,   // variables lie above the thread register
    HELIOS_STUB_TLS_RESERVED = 0 // bytes before them
};

static inline uintptr_t helios_tls_base(const struct helios_thread *thread) {
    return (uintptr_t)thread + HELIOS_THREAD_SIZE;
}

static inline struct helios_thread *helios_self(void) {
    uintptr_t base;
    __asm__ volatile("mv %0, tp" : "=r"(base));
    return (struct helios_thread *)(base - HELIOS_THREAD_SIZE);
}

// Returns whether the program can do that by itself.
static inline int helios_set_self(struct helios_thread *self) {
    __asm__ volatile("mv tp, %0" : : "r"(helios_tls_base(self)) : "memory");
    return 1;
}

// An instruction that no machine knows.
static inline void helios_stub_illegal(void) {
    __asm__ volatile("unimp");
}

// The counter that user programs can read.
static inline uint64_t helios_stub_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

// e_machine of this architecture's programs.
#define HELIOS_STUB_MACHINE ELF_MACHINE_RISCV

// Where the saved frame pointer stands, in words from the frame pointer; the return address
// follows.
#define HELIOS_STUB_FRAME (-2)

#define HELIOS_STUB_ARGUMENT      HELIOS_RISCV64_A0
#define HELIOS_STUB_REGISTERS     HELIOS_RISCV64_REGISTERS
#define HELIOS_STUB_FRAME_POINTER (HELIOS_RISCV64_T0 + 3)

// The stack pointer of a function that was called with `top` as the end of its stack.
static inline uint64_t helios_stub_stack(uint64_t top) {
    return top;
}

// Registers that compiled code relies on: gp, as this thread has it.
static inline void helios_stub_fill(uint64_t *words) {
    __asm__("mv %0, gp" : "=r"(words[HELIOS_RISCV64_GP]));
    words[HELIOS_RISCV64_TP] = 0; // Task.set_tls comes after
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_RISCV64_INCLUDE_HELIOS_STUB_H
