// SPDX-License-Identifier: GPL-3.0-only
//
// How long interrupts stay off. A checked kernel that is started with "latency=1" looks at the
// clock wherever the kernel is entered, would let an interrupt in, or is left, and prints each
// stretch between two of these that is longer than all before:
//
//   latency: 3817 ns in Memory.allocate, step 0xffffffff80012345
//   latency: 912 ns of waiting in VSpace.unmap, step 0x0
//
// Where the emulator counts instructions as nanoseconds the figures are instructions. Not in them:
// the assembly of entry and exit, waiting for other CPUs, which is counted apart, and the lines
// that only a checked kernel prints.
//
// A step is the function of a long operation (kernel/operation.h) or of the reaper that was
// working.
#ifndef HELIOS_KERNEL_LATENCY_H
#define HELIOS_KERNEL_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/port.h"
#include "kernel/check.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;

// What the kernel was entered for, if it was no system call.
enum latency_entry {
    LATENCY_FAULT = 64,
    LATENCY_FPU,
    LATENCY_INTERRUPT,
    LATENCY_IDLE, // interrupts were waited for, and one has come
};

// A build may have it without the other checks: -DHELIOS_LATENCY=1.
#ifndef HELIOS_LATENCY
#define HELIOS_LATENCY HELIOS_CHECKED
#endif

// False unless this kernel is checked and was told to.
extern bool latency_is_on;

void latency_init(const struct helios_boot *boot);

// Use those below.
void latency_start(uint64_t number, uint64_t capability, uint64_t tag);
void latency_stop(void);
void latency_pass_on(void);
void latency_note(uintptr_t step);
void latency_wait(uint64_t began);
void latency_skip(uint64_t began);

// The kernel has been entered by this system call (or for an enum latency_entry).
static inline void latency_begin(uint64_t number, uint64_t capability, uint64_t tag) {
    if (HELIOS_LATENCY && latency_is_on) {
        latency_start(number, capability, tag);
    }
}

// It is going to be left, or waits for an interrupt. Nothing happens if it was not entered.
static inline void latency_end(void) {
    if (HELIOS_LATENCY && latency_is_on) {
        latency_stop();
    }
}

// If an interrupt were pending it would be taken here; then it goes on.
static inline void latency_pass(void) {
    if (HELIOS_LATENCY && latency_is_on) {
        latency_pass_on();
    }
}

// What is done from here on is a step of something long.
#define LATENCY_STEP(function)                                                                     \
    do {                                                                                           \
        if (HELIOS_LATENCY && latency_is_on) {                                                     \
            latency_note((uintptr_t)(function));                                                   \
        }                                                                                          \
    } while (0)

// Between the two the clock stands still: other CPUs are waited for, or something is printed.
static inline uint64_t latency_begin_wait(void) {
    return HELIOS_LATENCY && latency_is_on ? arch_counter() : 0;
}

static inline void latency_end_wait(uint64_t began) {
    if (HELIOS_LATENCY && latency_is_on) {
        latency_wait(began);
    }
}

// The same for what a checked kernel prints; that is not even counted apart.
static inline void latency_end_print(uint64_t began) {
    if (HELIOS_LATENCY && latency_is_on) {
        latency_skip(began);
    }
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_LATENCY_H
