// SPDX-License-Identifier: GPL-3.0-only
#include "arch/x86_64/mmu_format.h"

#include "arch/include/mmu.h"

#define CACHE_WRITE_COMBINE X86_PTE_PWT
#define CACHE_DEVICE        (X86_PTE_PCD | X86_PTE_PWT)

// Accessed and dirty are set beforehand: nobody reads them, and a processor that had to set them
// would do so with a locked write.
arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    arch_pte pte = (physical & X86_PTE_ADDRESS) | X86_PTE_PRESENT | X86_PTE_ACCESSED;
    if (level > 0) {
        pte |= X86_PTE_LARGE;
    }
    if (flags & MMU_WRITE) {
        pte |= X86_PTE_WRITE | X86_PTE_DIRTY;
    }
    if (!(flags & MMU_EXECUTE)) {
        pte |= X86_PTE_NX;
    }
    if (flags & MMU_USER) {
        pte |= X86_PTE_USER;
    }
    if (flags & MMU_GLOBAL) {
        pte |= X86_PTE_GLOBAL;
    }
    if (flags & MMU_DEVICE) {
        pte |= CACHE_DEVICE;
    } else if (flags & MMU_WRITE_COMBINE) {
        pte |= CACHE_WRITE_COMBINE;
    }
    return pte;
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
