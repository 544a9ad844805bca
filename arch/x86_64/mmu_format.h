// SPDX-License-Identifier: GPL-3.0-only
//
// The bits of a page table entry. Encoding and decoding (arch_pte_* of arch/include/mmu.h) stand in
// mmu_format.c, which has no privileged instruction in it and is tested on the host.
//
// Source: Intel SDM vol. 3 sections 4.5.4 (4-level paging), 11.12 (PAT).
#ifndef HELIOS_ARCH_X86_64_MMU_FORMAT_H
#define HELIOS_ARCH_X86_64_MMU_FORMAT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define X86_PTE_PRESENT  (1ull << 0)
#define X86_PTE_WRITE    (1ull << 1)
#define X86_PTE_USER     (1ull << 2)
#define X86_PTE_PWT      (1ull << 3)
#define X86_PTE_PCD      (1ull << 4)
#define X86_PTE_ACCESSED (1ull << 5)
#define X86_PTE_DIRTY    (1ull << 6)
#define X86_PTE_LARGE    (1ull << 7) // in levels 1 and 2: a leaf
#define X86_PTE_GLOBAL   (1ull << 8)
#define X86_PTE_NX       (1ull << 63)
#define X86_PTE_ADDRESS  0x000ffffffffff000ull

// The page attribute table, selected by PCD and PWT only: the PAT bit of an entry stands at a
// different place in each level (and is `LARGE` at another), so it stays clear. Index 0 write-back,
// 1 (PWT) write-combining, 2 (PCD) uncached-minus, 3 (PCD|PWT) uncached; 4..7 are the power-up
// values. Firmware's own mappings with PWT alone would change meaning, but none is left in use.
#define X86_PAT_VALUE 0x0007040600070106ull

// What stands beside the address in a leaf of level 0, by enum mmu_flags.
extern const uint64_t x86_pte_leaves[64];

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_X86_64_MMU_FORMAT_H
