// SPDX-License-Identifier: GPL-3.0-only
//
// Stage 1 descriptors of EL1&0, 4 KiB granule, 48-bit addresses (Arm ARM D8.3). All memory here is
// normal, inner shareable; its MAIR index is HELIOS_MAIR_NORMAL.
#include "boot/paging/paging.h"

enum {
    ARM_VALID = 1 << 0,
    ARM_TABLE_OR_PAGE = 1 << 1, // a table above level 1, a page at level 1; a block is 0
    ARM_ATTRIBUTE_SHIFT = 2,
    ARM_READ_ONLY = 1 << 7,
    ARM_INNER_SHAREABLE = 3 << 8,
    ARM_ACCESSED = 1 << 10,
    ARM_NOT_GLOBAL = 1 << 11,
};

#define ARM_PRIVILEGED_NO_EXECUTE (1ull << 53)
#define ARM_USER_NO_EXECUTE       (1ull << 54)
#define ARM_ADDRESS               0x0000fffffffff000ull

static uint64_t arm_table(uint64_t physical) {
    return physical | ARM_VALID | ARM_TABLE_OR_PAGE;
}

static uint64_t arm_leaf(uint64_t physical, unsigned level, unsigned flags) {
    uint64_t entry = physical | ARM_VALID | ARM_INNER_SHAREABLE | ARM_ACCESSED |
                     HELIOS_MAIR_NORMAL << ARM_ATTRIBUTE_SHIFT | ARM_USER_NO_EXECUTE;
    entry |= level == 1 ? ARM_TABLE_OR_PAGE : 0u;
    entry |= (flags & PAGING_WRITE) != 0 ? 0u : ARM_READ_ONLY;
    entry |= (flags & PAGING_GLOBAL) != 0 ? 0u : ARM_NOT_GLOBAL;
    entry |= (flags & PAGING_EXECUTE) != 0 ? 0 : ARM_PRIVILEGED_NO_EXECUTE;
    return entry;
}

static bool arm_is_present(uint64_t entry) {
    return (entry & ARM_VALID) != 0;
}

static bool arm_is_leaf(uint64_t entry, unsigned level) {
    return level == 1 || (entry & ARM_TABLE_OR_PAGE) == 0;
}

static uint64_t arm_address(uint64_t entry) {
    return entry & ARM_ADDRESS;
}

static unsigned arm_flags(uint64_t leaf) {
    return ((leaf & ARM_READ_ONLY) != 0 ? 0u : PAGING_WRITE) |
           ((leaf & ARM_NOT_GLOBAL) != 0 ? 0u : PAGING_GLOBAL) |
           ((leaf & ARM_PRIVILEGED_NO_EXECUTE) != 0 ? 0u : PAGING_EXECUTE);
}

const struct paging_format paging_aarch64 = {
    .table = arm_table,
    .leaf = arm_leaf,
    .is_present = arm_is_present,
    .is_leaf = arm_is_leaf,
    .address = arm_address,
    .flags = arm_flags,
};
