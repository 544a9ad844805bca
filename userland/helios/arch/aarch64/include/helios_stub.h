// SPDX-License-Identifier: MIT
//
// What a program needs to know about aarch64.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_STUB_H
#define HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_STUB_H

#include <helios_trap.h>
#include <stdint.h>

#include "uapi/registers.h"

struct helios_thread; // userland/helios/thread.h

// The thread register points behind the thread's struct helios_thread, where the reserved words and
// the thread-local variables follow (ELF for the Arm 64-bit Architecture, section 10.2). A task
// starts with it zero, or with what Task.set_tls gave it.
enum {
    HELIOS_STUB_TLS_ABOVE = 1,    // variables lie above the thread register
    HELIOS_STUB_TLS_RESERVED = 16 // bytes before them
};

static inline uintptr_t helios_tls_base(const struct helios_thread *thread) {
    return (uintptr_t)thread + HELIOS_THREAD_SIZE;
}

static inline struct helios_thread *helios_self(void) {
    uintptr_t base;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(base));
    return (struct helios_thread *)(base - HELIOS_THREAD_SIZE);
}

// Returns whether the program can do that by itself.
static inline int helios_set_self(struct helios_thread *self) {
    __asm__ volatile("msr tpidr_el0, %0" : : "r"(helios_tls_base(self)) : "memory");
    return 1;
}

// An instruction that no machine knows.
static inline void helios_stub_illegal(void) {
    __asm__ volatile("udf #0");
}

// The counter that user programs can read.
static inline uint64_t helios_stub_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

// e_machine of this architecture's programs.
#define HELIOS_STUB_MACHINE ELF_MACHINE_AARCH64

// Where the saved frame pointer stands, in words from the frame pointer; the return address
// follows.
#define HELIOS_STUB_FRAME 0

#define HELIOS_STUB_ARGUMENT      HELIOS_AARCH64_X0
#define HELIOS_STUB_REGISTERS     HELIOS_AARCH64_REGISTERS
#define HELIOS_STUB_FRAME_POINTER (HELIOS_AARCH64_X0 + 29)

// The stack pointer of a function that was called with `top` as the end of its stack.
static inline uint64_t helios_stub_stack(uint64_t top) {
    return top;
}

// Registers that compiled code relies on.
static inline void helios_stub_fill(uint64_t *words) {
    (void)words;
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_AARCH64_INCLUDE_HELIOS_STUB_H
