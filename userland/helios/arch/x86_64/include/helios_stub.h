// SPDX-License-Identifier: MIT
//
// What a program needs to know about x86_64.
#ifndef HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_STUB_H
#define HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_STUB_H

#include <helios_trap.h>
#include <stdint.h>

#include "uapi/registers.h"

struct helios_thread; // userland/helios/thread.h

// FS base points to the thread's struct helios_thread, below which its thread-local variables lie
// (ELF Handling For Thread-Local Storage, variant II). A task starts with it zero, or with what
// Task.set_tls gave it.
enum {
    HELIOS_STUB_TLS_ABOVE = 0,   // variables lie below the thread register
    HELIOS_STUB_TLS_RESERVED = 0 // bytes before them
};

static inline uintptr_t helios_tls_base(const struct helios_thread *thread) {
    return (uintptr_t)thread;
}

static inline struct helios_thread *helios_self(void) {
    struct helios_thread *self; // FS base can't be read; what it points to begins with its address
    __asm__ volatile("movq %%fs:0, %0" : "=r"(self));
    return self;
}

// FS base is the kernel's to set. Returns whether it was this architecture's own doing.
static inline int helios_set_self(struct helios_thread *self) {
    (void)self;
    return 0;
}

// An instruction that no machine knows.
static inline void helios_stub_illegal(void) {
    __asm__ volatile("ud2");
}

// The counter that user programs can read.
static inline uint64_t helios_stub_ticks(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// e_machine of this architecture's programs.
#define HELIOS_STUB_MACHINE ELF_MACHINE_X86_64

// Where the saved frame pointer stands, in words from the frame pointer; the return address
// follows.
#define HELIOS_STUB_FRAME 0

#define HELIOS_STUB_ARGUMENT      HELIOS_X86_64_RDI
#define HELIOS_STUB_REGISTERS     HELIOS_X86_64_REGISTERS
#define HELIOS_STUB_FRAME_POINTER HELIOS_X86_64_RBP

// The stack pointer of a function that was called with `top` as the end of its stack: below a
// return address.
static inline uint64_t helios_stub_stack(uint64_t top) {
    return top - 8;
}

// Registers that compiled code relies on.
static inline void helios_stub_fill(uint64_t *words) {
    (void)words;
}

#endif // HELIOS_USERLAND_HELIOS_ARCH_X86_64_INCLUDE_HELIOS_STUB_H
