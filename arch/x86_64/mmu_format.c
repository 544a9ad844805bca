// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/mmu_format.h"

#include <assert.h>

#include "arch/include/mmu.h"

#define CACHE_WRITE_COMBINE X86_PTE_PWT
#define CACHE_DEVICE        (X86_PTE_PCD | X86_PTE_PWT)

#define ALL_FLAGS (MMU_WRITE | MMU_EXECUTE | MMU_USER | MMU_GLOBAL | MMU_DEVICE | MMU_WRITE_COMBINE)
static_assert(ALL_FLAGS == 63, "the table below has an entry for each combination");

// Accessed and dirty are set beforehand: nobody reads them, and a processor that had to set them
// would do so with a locked write.
#define LEAF(flags)                                                                                \
    (X86_PTE_PRESENT | X86_PTE_ACCESSED |                                                          \
     ((flags) & MMU_WRITE ? X86_PTE_WRITE | X86_PTE_DIRTY : 0) |                                   \
     ((flags) & MMU_EXECUTE ? 0 : X86_PTE_NX) | ((flags) & MMU_USER ? X86_PTE_USER : 0) |          \
     ((flags) & MMU_GLOBAL ? X86_PTE_GLOBAL : 0) |                                                 \
     ((flags) & MMU_DEVICE          ? CACHE_DEVICE                                                 \
      : (flags) & MMU_WRITE_COMBINE ? CACHE_WRITE_COMBINE                                          \
                                    : 0))
#define LEAVES_4(flags) LEAF(flags), LEAF(flags + 1), LEAF(flags + 2), LEAF(flags + 3)
#define LEAVES_16(flags)                                                                           \
    LEAVES_4(flags), LEAVES_4(flags + 4), LEAVES_4(flags + 8), LEAVES_4(flags + 12)

const arch_pte x86_pte_leaves[ALL_FLAGS + 1] = {
    LEAVES_16(0),
    LEAVES_16(16),
    LEAVES_16(32),
    LEAVES_16(48),
};

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    return (physical & X86_PTE_ADDRESS) | x86_pte_leaves[flags & ALL_FLAGS] |
           (level > 0 ? X86_PTE_LARGE : 0);
}

// Rights are the intersection of all levels, so a table grants everything and its leaves decide.
arch_pte arch_pte_table(uint64_t physical, unsigned level) {
    (void)level;
    return (physical & X86_PTE_ADDRESS) | X86_PTE_PRESENT | X86_PTE_WRITE | X86_PTE_USER |
           X86_PTE_ACCESSED;
}

bool arch_pte_present(arch_pte pte) {
    return (pte & X86_PTE_PRESENT) != 0;
}

bool arch_pte_is_table(arch_pte pte, unsigned level) {
    return level > 0 && (pte & (X86_PTE_PRESENT | X86_PTE_LARGE)) == X86_PTE_PRESENT;
}

uint64_t arch_pte_physical(arch_pte pte) {
    return pte & X86_PTE_ADDRESS;
}

unsigned arch_pte_flags(arch_pte pte) {
    unsigned flags = 0;
    if (pte & X86_PTE_WRITE) {
        flags |= MMU_WRITE;
    }
    if (!(pte & X86_PTE_NX)) {
        flags |= MMU_EXECUTE;
    }
    if (pte & X86_PTE_USER) {
        flags |= MMU_USER;
    }
    if (pte & X86_PTE_GLOBAL) {
        flags |= MMU_GLOBAL;
    }
    if (pte & X86_PTE_PCD) {
        flags |= MMU_DEVICE;
    } else if (pte & X86_PTE_PWT) {
        flags |= MMU_WRITE_COMBINE;
    }
    return flags;
}
