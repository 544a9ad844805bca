// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/mmu_format.h"

static uint64_t ppn_bits(uint64_t physical) {
    return ((physical >> 12) & RISCV_PTE_PPN_MASK) << RISCV_PTE_PPN_SHIFT;
}

static uint64_t memory_type_bits(unsigned flags, bool svpbmt) {
    if ((flags & MMU_DEVICE) != 0) {
        return RISCV_PTE_SOFT_DEVICE | (svpbmt ? RISCV_PTE_PBMT_IO : 0);
    }
    if ((flags & MMU_WRITE_COMBINE) != 0) {
        return RISCV_PTE_SOFT_WRITE_COMBINE | (svpbmt ? RISCV_PTE_PBMT_NC : 0);
    }
    return 0;
}

arch_pte riscv_pte_leaf(uint64_t physical, unsigned flags, bool svpbmt) {
    arch_pte pte = ppn_bits(physical) | RISCV_PTE_V | RISCV_PTE_R | RISCV_PTE_A;
    if ((flags & MMU_WRITE) != 0) {
        pte |= RISCV_PTE_W | RISCV_PTE_D;
    }
    if ((flags & MMU_EXECUTE) != 0) {
        pte |= RISCV_PTE_X;
    }
    if ((flags & MMU_USER) != 0) {
        pte |= RISCV_PTE_U;
    }
    if ((flags & MMU_GLOBAL) != 0) {
        pte |= RISCV_PTE_G;
    }
    return pte | memory_type_bits(flags, svpbmt);
}

arch_pte riscv_pte_table(uint64_t physical) {
    return ppn_bits(physical) | RISCV_PTE_V; // D, A and U are reserved in such entries
}

bool riscv_pte_present(arch_pte pte) {
    return (pte & RISCV_PTE_V) != 0;
}

bool riscv_pte_is_table(arch_pte pte) {
    return riscv_pte_present(pte) && (pte & (RISCV_PTE_R | RISCV_PTE_W | RISCV_PTE_X)) == 0;
}

uint64_t riscv_pte_physical(arch_pte pte) {
    return ((pte >> RISCV_PTE_PPN_SHIFT) & RISCV_PTE_PPN_MASK) << 12;
}

unsigned riscv_pte_flags(arch_pte pte) {
    unsigned flags = 0;
    flags |= (pte & RISCV_PTE_W) != 0 ? MMU_WRITE : 0u;
    flags |= (pte & RISCV_PTE_X) != 0 ? MMU_EXECUTE : 0u;
    flags |= (pte & RISCV_PTE_U) != 0 ? MMU_USER : 0u;
    flags |= (pte & RISCV_PTE_G) != 0 ? MMU_GLOBAL : 0u;
    flags |= (pte & RISCV_PTE_SOFT_DEVICE) != 0 ? MMU_DEVICE : 0u;
    flags |= (pte & RISCV_PTE_SOFT_WRITE_COMBINE) != 0 ? MMU_WRITE_COMBINE : 0u;
    return flags;
}
