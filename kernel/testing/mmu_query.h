// SPDX-License-Identifier: GPL-3.0-only
//
// What the hardware would find in page tables.
#ifndef HELIOS_KERNEL_TESTING_MMU_QUERY_H
#define HELIOS_KERNEL_TESTING_MMU_QUERY_H

#include <cstdint>

#include "arch/include/mmu.h"
#include "arch/include/port.h"

struct mmu_mapping {
    uint64_t physical; // of the address that was asked for
    unsigned level;    // of the leaf
    unsigned flags;    // enum mmu_flags
};

// What is mapped at `address` (which need not be aligned) by the tables below this root; false:
// nothing.
inline bool mmu_query(const arch_pte *root, uintptr_t address, mmu_mapping *mapping) {
    const arch_pte *table = root;
    for (unsigned level = arch_mmu_levels();;) {
        level--;
        arch_pte entry = table[address >> (12 + 9 * level) & 511];
        if (!arch_pte_present(entry)) {
            return false;
        }
        if (!arch_pte_is_table(entry, level)) {
            uint64_t offset = address & ((uint64_t{1} << (12 + 9 * level)) - 1);
            *mapping = {arch_pte_physical(entry) + offset, level, arch_pte_flags(entry)};
            return true;
        }
        table = static_cast<const arch_pte *>(arch_direct(arch_pte_physical(entry)));
    }
}

#endif // HELIOS_KERNEL_TESTING_MMU_QUERY_H
