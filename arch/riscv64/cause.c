// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/cause.h"

#include <stddef.h>

struct cause_entry {
    const char *name; // NULL: reserved
    enum fault_kind kind;
    bool has_address;
};

static const struct cause_entry exceptions[] = {
    [0] = {"instruction address misaligned", FAULT_ALIGNMENT, true},
    [1] = {"instruction access fault", FAULT_OTHER, true},
    [2] = {"illegal instruction", FAULT_ILLEGAL, false},
    [3] = {"breakpoint", FAULT_BREAKPOINT, false},
    [4] = {"load address misaligned", FAULT_ALIGNMENT, true},
    [5] = {"load access fault", FAULT_OTHER, true},
    [6] = {"store address misaligned", FAULT_ALIGNMENT, true},
    [7] = {"store access fault", FAULT_OTHER, true},
    [8] = {"environment call from U-mode", FAULT_OTHER, false},
    [9] = {"environment call from S-mode", FAULT_OTHER, false},
    [12] = {"instruction page fault", FAULT_EXECUTE, true},
    [13] = {"load page fault", FAULT_READ, true},
    [15] = {"store page fault", FAULT_WRITE, true},
    [16] = {"double trap", FAULT_OTHER, false},
    [18] = {"software check", FAULT_OTHER, false},
    [19] = {"hardware error", FAULT_OTHER, true},
};

static struct cause_entry lookup(uint64_t cause) {
    const size_t count = sizeof(exceptions) / sizeof(exceptions[0]);
    if (cause < count && exceptions[cause].name != NULL) {
        return exceptions[cause];
    }
    return (struct cause_entry){.name = riscv_cause_is_interrupt(cause) ? "interrupt" : "reserved",
                                .kind = FAULT_OTHER,
                                .has_address = false};
}

bool riscv_cause_is_interrupt(uint64_t cause) {
    return (cause & RISCV_CAUSE_INTERRUPT) != 0;
}

enum fault_kind riscv_cause_kind(uint64_t cause) {
    return lookup(cause).kind;
}

bool riscv_cause_has_address(uint64_t cause) {
    return lookup(cause).has_address;
}

const char *riscv_cause_name(uint64_t cause) {
    return lookup(cause).name;
}
