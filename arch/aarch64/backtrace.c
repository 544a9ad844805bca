// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/fault.h"

// A frame record is the caller's x29 and the return address (AAPCS64 6.2.3). Records lie at rising
// addresses, so a chain always ends.
bool arch_backtrace_step(uintptr_t *fp, uintptr_t *pc, uintptr_t stack_low, uintptr_t stack_high) {
    uintptr_t at = *fp;
    if ((at & 7) != 0 || at < stack_low || at >= stack_high || stack_high - at < 16) {
        return false;
    }
    const uintptr_t *record = (const uintptr_t *)at;
    if (record[1] == 0 || (record[0] != 0 && record[0] <= at)) {
        return false;
    }
    *fp = record[0];
    *pc = record[1];
    return true;
}
