// SPDX-License-Identifier: GPL-3.0-only
//
// Who called whom, by frame pointers: of the kernel when it panics, of a program that faults.
#ifndef HELIOS_KERNEL_BACKTRACE_H
#define HELIOS_KERNEL_BACKTRACE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Reads an aligned word of the stack; false: it is not to be had there.
typedef bool (*backtrace_reader)(void *context, uintptr_t address, uint64_t *word);

// Prints `pc` and the return addresses above it, a line each, until a frame is none. No chain is
// too damaged to be followed: callers' frames lie above, and there are at most 32.
void backtrace_print(uintptr_t pc, uintptr_t fp, backtrace_reader read, void *context);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_BACKTRACE_H
