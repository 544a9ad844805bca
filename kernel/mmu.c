// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/mmu.h"

#include <stddef.h>

#include "arch/include/port.h"
#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/physmem.h"

#define ENTRIES 512u

static struct mmu_result result(enum mmu_error error, unsigned level) {
    return (struct mmu_result){.error = error, .level = level};
}

// The entry for `address` in a table of `level`.
static arch_pte *entry_of(arch_pte *table, uintptr_t address, unsigned level) {
    return &table[address >> (12 + 9 * level) & (ENTRIES - 1)];
}

static arch_pte *table_of(arch_pte entry) {
    return arch_direct(arch_pte_physical(entry));
}

// Walks down to the entry for `address` in the table of `level`. *slot is that entry if the error
// is MMU_OK. A leaf on the way is MMU_OCCUPIED, a hole MMU_MISSING_TABLE.
static struct mmu_result walk(arch_pte *root, uintptr_t address, unsigned level, arch_pte **slot) {
    arch_pte *table = root;
    for (unsigned at = arch_mmu_levels() - 1; at > level; at--) {
        arch_pte entry = *entry_of(table, address, at);
        if (!arch_pte_present(entry)) {
            return result(MMU_MISSING_TABLE, at - 1);
        }
        if (!arch_pte_is_table(entry, at)) {
            return result(MMU_OCCUPIED, at);
        }
        table = table_of(entry);
    }
    *slot = entry_of(table, address, level);
    return result(MMU_OK, level);
}

// Whether a page of this size at `address` is in the half that `flags` says.
static bool is_inside(uintptr_t address, unsigned level, unsigned flags) {
    uint64_t size = mmu_level_size(level);
    if ((flags & MMU_USER) == 0) {
        return address >= ARCH_KERNEL_WINDOW;
    }
    // The last user page is never mapped: a return address after it would not be canonical.
    uintptr_t limit = ARCH_USER_TOP - KERNEL_PAGE_SIZE;
    return address < limit && size <= limit - address;
}

static enum mmu_error check_leaf(uintptr_t address, uint64_t physical, unsigned level,
                                 unsigned flags) {
    if (level > MMU_MAX_LEAF_LEVEL || level >= arch_mmu_levels()) {
        return MMU_BAD_LEVEL;
    }
    if (((address | physical) & (mmu_level_size(level) - 1)) != 0) {
        return MMU_UNALIGNED;
    }
    if ((flags & MMU_WRITE) != 0 && (flags & MMU_EXECUTE) != 0) {
        return MMU_WRITE_EXECUTE;
    }
    return is_inside(address, level, flags) ? MMU_OK : MMU_OUTSIDE;
}

struct mmu_result mmu_map(arch_pte *root, uintptr_t address, uint64_t physical, unsigned level,
                          unsigned flags) {
    enum mmu_error error = check_leaf(address, physical, level, flags);
    if (error != MMU_OK) {
        return result(error, level);
    }
    arch_pte *slot;
    struct mmu_result walked = walk(root, address, level, &slot);
    if (walked.error != MMU_OK) {
        return walked;
    }
    if (arch_pte_present(*slot)) {
        return result(MMU_OCCUPIED, level);
    }
    arch_pte_store(slot, arch_pte_leaf(physical, level, flags));
    return result(MMU_OK, level);
}

struct mmu_result mmu_map_filling(arch_pte *root, uintptr_t address, uint64_t physical,
                                  unsigned level, unsigned flags) {
    for (;;) {
        struct mmu_result mapped = mmu_map(root, address, physical, level, flags);
        if (mapped.error != MMU_MISSING_TABLE) {
            return mapped;
        }
        uint64_t table = physmem_alloc_page();
        if (table == 0) {
            return result(MMU_NO_MEMORY, mapped.level);
        }
        struct mmu_result hung = mmu_map_table(root, address, table, mapped.level);
        CHECK(hung.error == MMU_OK);
        (void)hung;
    }
}

struct mmu_result mmu_map_table(arch_pte *root, uintptr_t address, uint64_t physical,
                                unsigned level) {
    if (level + 1 >= arch_mmu_levels()) {
        return result(MMU_BAD_LEVEL, level);
    }
    if ((physical & (KERNEL_PAGE_SIZE - 1)) != 0) {
        return result(MMU_UNALIGNED, level);
    }
    arch_pte *slot;
    struct mmu_result walked = walk(root, address, level + 1, &slot);
    if (walked.error != MMU_OK) {
        return walked;
    }
    if (arch_pte_present(*slot)) {
        return result(MMU_OCCUPIED, level + 1);
    }
    arch_pte_store(slot, arch_pte_table(physical, level + 1));
    return result(MMU_OK, level);
}

struct mmu_result mmu_unmap(arch_pte *root, uintptr_t address, unsigned level) {
    if (level > MMU_MAX_LEAF_LEVEL || level >= arch_mmu_levels()) {
        return result(MMU_BAD_LEVEL, level);
    }
    if ((address & (mmu_level_size(level) - 1)) != 0) {
        return result(MMU_UNALIGNED, level);
    }
    arch_pte *slot;
    struct mmu_result walked = walk(root, address, level, &slot);
    if (walked.error != MMU_OK) {
        return result(MMU_NOT_MAPPED, walked.level);
    }
    if (!arch_pte_present(*slot) || arch_pte_is_table(*slot, level)) {
        return result(MMU_NOT_MAPPED, level);
    }
    arch_pte_store(slot, 0);
    arch_tlb_flush_page(address, 0);
    return result(MMU_OK, level);
}

struct mmu_result mmu_query(arch_pte *root, uintptr_t address, struct mmu_mapping *mapping) {
    arch_pte *table = root;
    unsigned level = arch_mmu_levels() - 1;
    arch_pte entry = *entry_of(table, address, level);
    while (arch_pte_present(entry) && level > 0 && arch_pte_is_table(entry, level)) {
        table = table_of(entry);
        level--;
        entry = *entry_of(table, address, level);
    }
    if (!arch_pte_present(entry)) {
        return result(MMU_NOT_MAPPED, level);
    }
    mapping->level = level;
    mapping->flags = arch_pte_flags(entry);
    mapping->physical = arch_pte_physical(entry) + (address & (mmu_level_size(level) - 1));
    return result(MMU_OK, level);
}
