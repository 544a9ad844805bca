// SPDX-License-Identifier: GPL-3.0-only
//
// The debug registers: how a breakpoint is encoded and what a debug exception says. No privileged
// instruction here, so that it is tested on the host.
//
// Source: Intel SDM vol. 3 sections 17.2 (registers) and 17.3.1 (debug exceptions).
#ifndef HELIOS_ARCH_X86_64_DEBUG_H
#define HELIOS_ARCH_X86_64_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define X86_BREAKPOINTS 4

// DR0 to DR3 and DR7. `control` is 0 as long as no breakpoint is set.
struct x86_breakpoints {
    uint64_t control;
    uint64_t address[X86_BREAKPOINTS];
};

struct fault; // arch/include/fault.h

// As arch_breakpoint_set; `kind` is an enum breakpoint_kind (arch/include/task.h).
bool x86_breakpoint_encode(struct x86_breakpoints *breakpoints, unsigned index, unsigned kind,
                           uint64_t address, unsigned length);

// What a debug exception in user mode was, of a task with these breakpoints. `dr6` is the status
// register. A breakpoint wins over a single step that ends at the same instruction.
void x86_debug_fault(const struct x86_breakpoints *breakpoints, uint64_t dr6, uintptr_t pc,
                     struct fault *fault);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_DEBUG_H
