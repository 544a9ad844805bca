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

// Exception classes that this port tells apart.
enum esr_class {
    ESR_UNKNOWN = 0x00,       // undefined instruction, among others
    ESR_WFX = 0x01,           // WFI or WFE that is trapped
    ESR_FP_ACCESS = 0x07,     // SVE, SIMD or FP that is disabled
    ESR_LS64 = 0x0a,          // LD64B, ST64B
    ESR_BRANCH_TARGET = 0x0d, // BTI
    ESR_ILLEGAL_STATE = 0x0e, // PSTATE.IL
    ESR_SVC64 = 0x15,
    ESR_HVC64 = 0x16,
    ESR_SMC64 = 0x17,
    ESR_SYSREG = 0x18, // MSR, MRS or system instruction
    ESR_SVE = 0x19,
    ESR_PAC_FAIL = 0x1c,
    ESR_SME = 0x1d,
    ESR_INSTRUCTION_ABORT_USER = 0x20,
    ESR_INSTRUCTION_ABORT = 0x21,
    ESR_PC_ALIGNMENT = 0x22,
    ESR_DATA_ABORT_USER = 0x24,
    ESR_DATA_ABORT = 0x25,
    ESR_SP_ALIGNMENT = 0x26,
    ESR_FP_EXCEPTION = 0x2c,
    ESR_SERROR = 0x2f,
    ESR_BREAKPOINT_USER = 0x30,
    ESR_BREAKPOINT = 0x31,
    ESR_STEP_USER = 0x32,
    ESR_STEP = 0x33,
    ESR_WATCHPOINT_USER = 0x34,
    ESR_WATCHPOINT = 0x35,
    ESR_BRK = 0x3c,
};

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

// For an instruction or data abort the fault status in words ("translation fault, level 2"); empty
// for other classes. Never NULL.
const char *esr_status_text(uint64_t esr);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_ESR_H
