// SPDX-License-Identifier: GPL-3.0-only
//
// The kernel half's own mappings: walking, mapping, unmapping and asking, by what the hardware's
// entries say. What an entry looks like is the port's business (arch/include/mmu.h). Users' address
// spaces are kernel/vspace.h.
//
// Levels count from the leaves: a leaf of level 0 maps 4 KiB, of level 1 2 MiB, of level 2 1 GiB; a
// table of level n holds entries that map as much as a leaf of level n.
//
// A root table is named by its address in the direct map. Nothing here takes a lock: who changes an
// address space holds what guards it.
#ifndef HELIOS_KERNEL_MMU_H
#define HELIOS_KERNEL_MMU_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/mmu.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MMU_MAX_LEAF_LEVEL 2u

enum mmu_error {
    MMU_OK = 0,
    MMU_MISSING_TABLE, // level: that of the table which is missing
    MMU_OCCUPIED,      // something is mapped there; level: of what
    MMU_NOT_MAPPED,    // nothing is mapped there, or something of another size; level: of the hole
    MMU_UNALIGNED,     // address or physical address is not a multiple of the size
    MMU_OUTSIDE,       // user mapping in the kernel half or the last user page, or vice versa
    MMU_WRITE_EXECUTE, // both at once are never given
    MMU_BAD_LEVEL,     // no leaf or table has this level
    MMU_NO_MEMORY,     // only mmu_map_filling: no frame for a table
};

struct mmu_result {
    enum mmu_error error;
    unsigned level;
};

struct mmu_mapping {
    uint64_t physical; // of the address that was asked for
    unsigned level;    // of the leaf
    unsigned flags;    // enum mmu_flags
};

// Bytes that one entry of a table of this level maps.
static inline uint64_t mmu_level_size(unsigned level) {
    return 1ull << (12 + 9 * level);
}

// Maps `physical` at `address` with a leaf of `level`. Tables on the way must exist.
struct mmu_result mmu_map(arch_pte *root, uintptr_t address, uint64_t physical, unsigned level,
                          unsigned flags);

// As mmu_map, and takes frames for missing tables from physmem.
struct mmu_result mmu_map_filling(arch_pte *root, uintptr_t address, uint64_t physical,
                                  unsigned level, unsigned flags);

// Hangs the zeroed frame `physical` in as a table of `level` for `address`.
struct mmu_result mmu_map_table(arch_pte *root, uintptr_t address, uint64_t physical,
                                unsigned level);

// Removes a leaf of exactly this level and flushes it from this CPU's TLB.
struct mmu_result mmu_unmap(arch_pte *root, uintptr_t address, unsigned level);

// What is mapped at `address` (which need not be aligned).
struct mmu_result mmu_query(arch_pte *root, uintptr_t address, struct mmu_mapping *mapping);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_MMU_H
