// SPDX-License-Identifier: MIT
//
// What a program says when something is wrong with itself.
#ifndef HELIOS_USERLAND_HELIOS_DEBUG_H
#define HELIOS_USERLAND_HELIOS_DEBUG_H

#include "userland/helios/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// Stops the program if the condition does not hold: says which and where, and who called whom.
// Always there, in every build.
#define helios_assert(condition)                                                                   \
    ((condition) ? (void)0 : helios_assert_failed(#condition, __FILE__, __LINE__))

void helios_assert_failed(const char *condition, const char *file, int line)
    __attribute__((noreturn));

// Prints where the calling thread was called from, innermost first: addresses, for llvm-symbolizer
// with the program's ELF file.
void helios_backtrace(void);

// Ends the program as a fault of it: its fault endpoint hears of an illegal instruction.
void helios_abort(void) __attribute__((noreturn));

// Prints what was tried and what the kernel (or a server) has against it: "map the ring: not
// aligned: parameter 0 (found 0x1001, wanted 0x1000)". Nothing if `answer` is no refusal. Returns
// whether it is one.
int helios_refused(const char *what, struct helios_answer answer);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_DEBUG_H
