// SPDX-License-Identifier: GPL-3.0-only
//
// Page table entries of Sv39 and Sv48 (RISC-V Privileged Architecture, "Sv39: Page-Based 39-bit
// Virtual-Memory System") with the page-based memory types of Svpbmt. The two formats are the same;
// only the number of levels differs. Plain C without machine instructions: tested on the host.
#ifndef HELIOS_ARCH_RISCV64_MMU_FORMAT_H
#define HELIOS_ARCH_RISCV64_MMU_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/mmu.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RISCV_PTE_V (1ull << 0)
#define RISCV_PTE_R (1ull << 1)
#define RISCV_PTE_W (1ull << 2)
#define RISCV_PTE_X (1ull << 3)
#define RISCV_PTE_U (1ull << 4)
#define RISCV_PTE_G (1ull << 5)
#define RISCV_PTE_A (1ull << 6)
#define RISCV_PTE_D (1ull << 7)

// Bits 8 and 9 are software's. They repeat the memory type, so that arch_pte_flags can tell it
// where the hardware has no Svpbmt and the platform's own attributes (PMA) rule.
#define RISCV_PTE_SOFT_WRITE_COMBINE (1ull << 8)
#define RISCV_PTE_SOFT_DEVICE        (1ull << 9)

#define RISCV_PTE_PPN_SHIFT 10
#define RISCV_PTE_PPN_MASK  ((1ull << 44) - 1)

#define RISCV_PTE_PBMT_NC (1ull << 61) // not cached, idempotent, weakly ordered
#define RISCV_PTE_PBMT_IO (2ull << 61) // not cached, not idempotent, strongly ordered

// A leaf for `flags` (enum mmu_flags). Accessed and dirty are set from the start: hardware that
// does not update them (no Svadu) would fault instead. `svpbmt`: every hart has the extension.
arch_pte riscv_pte_leaf(uint64_t physical, unsigned flags, bool svpbmt);

// An entry that points to the table of the next lower level.
arch_pte riscv_pte_table(uint64_t physical);

bool riscv_pte_present(arch_pte pte);
bool riscv_pte_is_table(arch_pte pte);
uint64_t riscv_pte_physical(arch_pte pte);
unsigned riscv_pte_flags(arch_pte pte);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_MMU_FORMAT_H
