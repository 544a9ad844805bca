// SPDX-License-Identifier: GPL-3.0-only
//
// The exception syndrome register (Arm ARM D17.2.37) in portable words and in English.
#ifndef HELIOS_ARCH_AARCH64_ESR_H
#define HELIOS_ARCH_AARCH64_ESR_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/fault.h"

#ifdef __cplusplus
extern "C" {
#endif

// Exception classes that the port looks for; the others are in a table of esr.c.
#define ESR_FP_ACCESS 0x07u // SVE, SIMD or FP that is disabled
#define ESR_STEP_USER 0x32u

// The exception class: bits 31..26.
static inline unsigned esr_class(uint64_t esr) {
    return (unsigned)(esr >> 26) & 0x3f;
}

// Whether FAR_EL1 belongs to this exception.
bool esr_has_address(uint64_t esr);

// What the exception is to the portable kernel.
enum fault_kind esr_fault_kind(uint64_t esr);

// The class in words: "data abort, from user mode". Never NULL.
const char *esr_class_text(uint64_t esr);

// For an instruction or data abort the fault status in words ("translation fault") and, behind it,
// the level of the table where it was found (", level 2"); empty where there is none. Never NULL.
const char *esr_status_text(uint64_t esr);
const char *esr_level_text(uint64_t esr);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_ESR_H
