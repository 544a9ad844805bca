// SPDX-License-Identifier: GPL-3.0-only
//
// Following frame pointers. Plain C without machine instructions: tested on the host.
#include "arch/include/fault.h"

// The psABI's frame record: fp is the stack pointer at function entry, the return address stands
// at fp - 8 and the caller's fp at fp - 16. Frames are strictly ascending, so no chain, however
// damaged, is followed forever.
bool arch_backtrace_step(uintptr_t *fp, uintptr_t *pc, uintptr_t stack_low, uintptr_t stack_high) {
    const uintptr_t frame = *fp;
    if (frame % 8 != 0 || frame > stack_high || frame < stack_low + 16) {
        return false;
    }
    const uintptr_t *record = (const uintptr_t *)frame; // NOLINT(performance-no-int-to-ptr)
    const uintptr_t caller = record[-2];
    const uintptr_t return_address = record[-1];
    if (return_address == 0) {
        return false;
    }
    *pc = return_address;
    *fp = caller > frame ? caller : 0;
    return true;
}
