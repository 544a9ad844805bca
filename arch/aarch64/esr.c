// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/esr.h"

#include <stddef.h>

#define ISS_WRITE             (1ull << 6) // WnR, data aborts
#define ISS_CACHE_MAINTENANCE (1ull << 8) // CM, data aborts: WnR is set although nothing is written
#define ISS_FAR_NOT_VALID     (1ull << 10) // FnV

// Fault status codes, bits 5..0 of an abort.
#define STATUS_ADDRESS_SIZE_0     0x00 // to 0x03, by level
#define STATUS_TRANSLATION_0      0x04
#define STATUS_ACCESS_FLAG_0      0x08
#define STATUS_PERMISSION_0       0x0c
#define STATUS_PERMISSION_3       0x0f
#define STATUS_ALIGNMENT          0x21
#define STATUS_ADDRESS_SIZE_MINUS 0x29 // level -1
#define STATUS_TRANSLATION_MINUS  0x2b // level -1

static unsigned esr_status(uint64_t esr) {
    return (unsigned)esr & 0x3f;
}

static bool is_instruction_abort(unsigned class) {
    return class == ESR_INSTRUCTION_ABORT_USER || class == ESR_INSTRUCTION_ABORT;
}

static bool is_data_abort(unsigned class) {
    return class == ESR_DATA_ABORT_USER || class == ESR_DATA_ABORT;
}

bool esr_has_address(uint64_t esr) {
    switch (esr_class(esr)) {
    case ESR_INSTRUCTION_ABORT_USER:
    case ESR_INSTRUCTION_ABORT:
    case ESR_DATA_ABORT_USER:
    case ESR_DATA_ABORT:
        return (esr & ISS_FAR_NOT_VALID) == 0;
    case ESR_PC_ALIGNMENT:
    case ESR_WATCHPOINT_USER:
    case ESR_WATCHPOINT:
        return true;
    default:
        return false;
    }
}

// Whether the fault status is about translation, so that another mapping could mend it. The others
// are errors of memory or of the interconnect.
static bool is_mapping_fault(unsigned status) {
    return status <= STATUS_PERMISSION_3 || status == STATUS_ADDRESS_SIZE_MINUS ||
           status == STATUS_TRANSLATION_MINUS;
}

static enum fault_kind abort_kind(uint64_t esr) {
    unsigned status = esr_status(esr);
    if (status == STATUS_ALIGNMENT) {
        return FAULT_ALIGNMENT;
    }
    if (!is_mapping_fault(status)) {
        return FAULT_OTHER;
    }
    if (is_instruction_abort(esr_class(esr))) {
        return FAULT_EXECUTE;
    }
    bool write = (esr & ISS_WRITE) != 0 && (esr & ISS_CACHE_MAINTENANCE) == 0;
    return write ? FAULT_WRITE : FAULT_READ;
}

enum fault_kind esr_fault_kind(uint64_t esr) {
    switch (esr_class(esr)) {
    case ESR_INSTRUCTION_ABORT_USER:
    case ESR_INSTRUCTION_ABORT:
    case ESR_DATA_ABORT_USER:
    case ESR_DATA_ABORT:
        return abort_kind(esr);
    case ESR_UNKNOWN:
    case ESR_WFX:
    case ESR_FP_ACCESS:
    case ESR_LS64:
    case ESR_ILLEGAL_STATE:
    case ESR_HVC64:
    case ESR_SMC64:
    case ESR_SYSREG:
    case ESR_SVE:
    case ESR_SME:
        return FAULT_ILLEGAL;
    case ESR_PC_ALIGNMENT:
    case ESR_SP_ALIGNMENT:
        return FAULT_ALIGNMENT;
    case ESR_FP_EXCEPTION:
        return FAULT_FPU;
    case ESR_BREAKPOINT_USER:
    case ESR_BREAKPOINT:
    case ESR_BRK:
        return FAULT_BREAKPOINT;
    case ESR_WATCHPOINT_USER:
    case ESR_WATCHPOINT:
        return FAULT_WATCHPOINT;
    case ESR_STEP_USER:
    case ESR_STEP:
        return FAULT_STEP;
    default:
        return FAULT_OTHER;
    }
}

static const char *const class_texts[64] = {
    [ESR_UNKNOWN] = "undefined instruction",
    [ESR_WFX] = "trapped WFI or WFE",
    [ESR_FP_ACCESS] = "floating point or SIMD is off",
    [ESR_LS64] = "64-byte load or store is off",
    [ESR_BRANCH_TARGET] = "branch target",
    [ESR_ILLEGAL_STATE] = "illegal execution state",
    [ESR_SVC64] = "SVC",
    [ESR_HVC64] = "HVC",
    [ESR_SMC64] = "SMC",
    [ESR_SYSREG] = "system register or instruction",
    [ESR_SVE] = "SVE is off",
    [ESR_PAC_FAIL] = "pointer authentication",
    [ESR_SME] = "SME is off",
    [ESR_INSTRUCTION_ABORT_USER] = "instruction abort, from user mode",
    [ESR_INSTRUCTION_ABORT] = "instruction abort",
    [ESR_PC_ALIGNMENT] = "unaligned program counter",
    [ESR_DATA_ABORT_USER] = "data abort, from user mode",
    [ESR_DATA_ABORT] = "data abort",
    [ESR_SP_ALIGNMENT] = "unaligned stack pointer",
    [ESR_FP_EXCEPTION] = "floating-point exception",
    [ESR_SERROR] = "SError",
    [ESR_BREAKPOINT_USER] = "breakpoint, from user mode",
    [ESR_BREAKPOINT] = "breakpoint",
    [ESR_STEP_USER] = "single step, from user mode",
    [ESR_STEP] = "single step",
    [ESR_WATCHPOINT_USER] = "watchpoint, from user mode",
    [ESR_WATCHPOINT] = "watchpoint",
    [ESR_BRK] = "BRK",
};

const char *esr_class_text(uint64_t esr) {
    const char *text = class_texts[esr_class(esr)];
    return text != NULL ? text : "unknown class";
}

static const char *const status_texts[64] = {
    [STATUS_ADDRESS_SIZE_0] = "address size fault, level 0",
    [STATUS_ADDRESS_SIZE_0 + 1] = "address size fault, level 1",
    [STATUS_ADDRESS_SIZE_0 + 2] = "address size fault, level 2",
    [STATUS_ADDRESS_SIZE_0 + 3] = "address size fault, level 3",
    [STATUS_TRANSLATION_0] = "translation fault, level 0",
    [STATUS_TRANSLATION_0 + 1] = "translation fault, level 1",
    [STATUS_TRANSLATION_0 + 2] = "translation fault, level 2",
    [STATUS_TRANSLATION_0 + 3] = "translation fault, level 3",
    [STATUS_ACCESS_FLAG_0] = "access flag fault, level 0",
    [STATUS_ACCESS_FLAG_0 + 1] = "access flag fault, level 1",
    [STATUS_ACCESS_FLAG_0 + 2] = "access flag fault, level 2",
    [STATUS_ACCESS_FLAG_0 + 3] = "access flag fault, level 3",
    [STATUS_PERMISSION_0] = "permission fault, level 0",
    [STATUS_PERMISSION_0 + 1] = "permission fault, level 1",
    [STATUS_PERMISSION_0 + 2] = "permission fault, level 2",
    [STATUS_PERMISSION_3] = "permission fault, level 3",
    [0x10] = "external abort",
    [0x14] = "external abort on a walk, level 0",
    [0x15] = "external abort on a walk, level 1",
    [0x16] = "external abort on a walk, level 2",
    [0x17] = "external abort on a walk, level 3",
    [0x18] = "memory error",
    [0x1c] = "memory error on a walk, level 0",
    [0x1d] = "memory error on a walk, level 1",
    [0x1e] = "memory error on a walk, level 2",
    [0x1f] = "memory error on a walk, level 3",
    [STATUS_ALIGNMENT] = "alignment fault",
    [STATUS_ADDRESS_SIZE_MINUS] = "address size fault, level -1",
    [STATUS_TRANSLATION_MINUS] = "translation fault, level -1",
    [0x30] = "TLB conflict",
    [0x31] = "unsupported atomic update of a descriptor",
    [0x34] = "lockdown fault",
    [0x35] = "unsupported exclusive or atomic access",
};

const char *esr_status_text(uint64_t esr) {
    unsigned class = esr_class(esr);
    if (!is_data_abort(class) && !is_instruction_abort(class)) {
        return "";
    }
    const char *text = status_texts[esr_status(esr)];
    return text != NULL ? text : "unknown status";
}
