// SPDX-License-Identifier: GPL-3.0-only
#include "arch/aarch64/esr.h"

#include <stddef.h>

#define ISS_WRITE             (1ull << 6) // WnR, data aborts
#define ISS_CACHE_MAINTENANCE (1ull << 8) // CM, data aborts: WnR is set although nothing is written
#define ISS_FAR_NOT_VALID     (1ull << 10) // FnV, aborts

// Fault status codes, bits 5..0 of an abort. Up to 0x0f they are about translation.
#define STATUS_TRANSLATION_END    0x10
#define STATUS_ALIGNMENT          0x21
#define STATUS_ADDRESS_SIZE_MINUS 0x29 // level -1
#define STATUS_TRANSLATION_MINUS  0x2b // level -1

enum class_address {
    NO_ADDRESS,
    ADDRESS, // in FAR_EL1
    ABORT,   // in FAR_EL1, unless FnV is set; and there is a fault status
};

struct class_entry {
    const char *text;     // NULL: the class means nothing yet
    enum fault_kind kind; // of an abort: what it is when it is about translation and no write
    enum class_address address;
};

static const struct class_entry classes[64] = {
    [0x00] = {"undefined instruction", FAULT_ILLEGAL, NO_ADDRESS},
    [0x01] = {"trapped WFI or WFE", FAULT_ILLEGAL, NO_ADDRESS},
    [ESR_FP_ACCESS] = {"floating point or SIMD is off", FAULT_ILLEGAL, NO_ADDRESS},
    [0x0a] = {"64-byte load or store is off", FAULT_ILLEGAL, NO_ADDRESS},
    [0x0d] = {"branch target", FAULT_OTHER, NO_ADDRESS},
    [0x0e] = {"illegal execution state", FAULT_ILLEGAL, NO_ADDRESS},
    [0x15] = {"SVC", FAULT_OTHER, NO_ADDRESS},
    [0x16] = {"HVC", FAULT_ILLEGAL, NO_ADDRESS},
    [0x17] = {"SMC", FAULT_ILLEGAL, NO_ADDRESS},
    [0x18] = {"system register or instruction", FAULT_ILLEGAL, NO_ADDRESS},
    [0x19] = {"SVE is off", FAULT_ILLEGAL, NO_ADDRESS},
    [0x1c] = {"pointer authentication", FAULT_OTHER, NO_ADDRESS},
    [0x1d] = {"SME is off", FAULT_ILLEGAL, NO_ADDRESS},
    [0x20] = {"instruction abort, from user mode", FAULT_EXECUTE, ABORT},
    [0x21] = {"instruction abort", FAULT_EXECUTE, ABORT},
    [0x22] = {"unaligned program counter", FAULT_ALIGNMENT, ADDRESS},
    [0x24] = {"data abort, from user mode", FAULT_READ, ABORT},
    [0x25] = {"data abort", FAULT_READ, ABORT},
    [0x26] = {"unaligned stack pointer", FAULT_ALIGNMENT, NO_ADDRESS},
    [0x2c] = {"floating-point exception", FAULT_FPU, NO_ADDRESS},
    [0x2f] = {"SError", FAULT_OTHER, NO_ADDRESS},
    [0x30] = {"breakpoint, from user mode", FAULT_BREAKPOINT, NO_ADDRESS},
    [0x31] = {"breakpoint", FAULT_BREAKPOINT, NO_ADDRESS},
    [ESR_STEP_USER] = {"single step, from user mode", FAULT_STEP, NO_ADDRESS},
    [0x33] = {"single step", FAULT_STEP, NO_ADDRESS},
    [0x34] = {"watchpoint, from user mode", FAULT_WATCHPOINT, ADDRESS},
    [0x35] = {"watchpoint", FAULT_WATCHPOINT, ADDRESS},
    [0x3c] = {"BRK", FAULT_BREAKPOINT, NO_ADDRESS},
};

static const char *const status_texts[64] = {
    [0x00 ... 0x03] = "address size fault",
    [0x04 ... 0x07] = "translation fault",
    [0x08 ... 0x0b] = "access flag fault",
    [0x0c ... 0x0f] = "permission fault",
    [0x10] = "external abort",
    [0x14 ... 0x17] = "external abort on a walk",
    [0x18] = "memory error",
    [0x1c ... 0x1f] = "memory error on a walk",
    [STATUS_ALIGNMENT] = "alignment fault",
    [STATUS_ADDRESS_SIZE_MINUS] = "address size fault, level -1",
    [STATUS_TRANSLATION_MINUS] = "translation fault, level -1",
    [0x30] = "TLB conflict",
    [0x31] = "unsupported atomic update of a descriptor",
    [0x34] = "lockdown fault",
    [0x35] = "unsupported exclusive or atomic access",
};

static const struct class_entry *entry_of(uint64_t esr) {
    static const struct class_entry unknown = {"unknown class", FAULT_OTHER, NO_ADDRESS};
    const struct class_entry *entry = &classes[esr_class(esr)];
    return entry->text != NULL ? entry : &unknown;
}

static unsigned status_of(uint64_t esr) {
    return (unsigned)esr & 0x3f;
}

bool esr_has_address(uint64_t esr) {
    enum class_address address = entry_of(esr)->address;
    return address == ADDRESS || (address == ABORT && (esr & ISS_FAR_NOT_VALID) == 0);
}

// Whether the fault status is about translation, so that another mapping could mend it. The others
// are errors of memory or of the interconnect.
static bool is_mapping_fault(unsigned status) {
    return status < STATUS_TRANSLATION_END || status == STATUS_ADDRESS_SIZE_MINUS ||
           status == STATUS_TRANSLATION_MINUS;
}

enum fault_kind esr_fault_kind(uint64_t esr) {
    const struct class_entry *entry = entry_of(esr);
    if (entry->address != ABORT) {
        return entry->kind;
    }
    if (status_of(esr) == STATUS_ALIGNMENT) {
        return FAULT_ALIGNMENT;
    }
    if (!is_mapping_fault(status_of(esr))) {
        return FAULT_OTHER;
    }
    bool is_write =
        entry->kind == FAULT_READ && (esr & ISS_WRITE) != 0 && (esr & ISS_CACHE_MAINTENANCE) == 0;
    return is_write ? FAULT_WRITE : entry->kind;
}

const char *esr_class_text(uint64_t esr) {
    return entry_of(esr)->text;
}

const char *esr_status_text(uint64_t esr) {
    if (entry_of(esr)->address != ABORT) {
        return "";
    }
    const char *text = status_texts[status_of(esr)];
    return text != NULL ? text : "unknown status";
}

// Four codes for the four levels: translation, and what went wrong while a table was read.
const char *esr_level_text(uint64_t esr) {
    static const char *const levels[4] = {", level 0", ", level 1", ", level 2", ", level 3"};
    unsigned status = status_of(esr);
    bool has_level = status < STATUS_TRANSLATION_END || (status & 0x34) == 0x14;
    return entry_of(esr)->address == ABORT && has_level ? levels[status & 3] : "";
}
