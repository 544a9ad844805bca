// SPDX-License-Identifier: GPL-3.0-only
//
// Page tables. Walking, decoding, rights and allocation are portable (kernel/vspace.h,
// kernel/window.c); a port only knows the format of an entry, the number of levels and how to tell
// the hardware.
//
// A table is one frame of 512 entries of 8 bytes on every architecture. Level 0 holds 4 KiB
// leaves, level 1 2 MiB, level 2 1 GiB; the root has level arch_mmu_levels() - 1.
#ifndef HELIOS_ARCH_INCLUDE_MMU_H
#define HELIOS_ARCH_INCLUDE_MMU_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t arch_pte;

// What a leaf allows, and how it is cached. Readable is implied. MMU_WRITE together with
// MMU_EXECUTE is refused by kernel/map.c.
enum mmu_flags {
    MMU_WRITE = 1 << 0,
    MMU_EXECUTE = 1 << 1,
    MMU_USER = 1 << 2,
    MMU_GLOBAL = 1 << 3,       // in every address space (kernel half)
    MMU_DEVICE = 1 << 4,       // device registers: not cached, not reordered, not speculated
    MMU_WRITE_COMBINE = 1 << 5 // framebuffer
};

// Number of levels in use: 3 (Sv39) or 4.
unsigned arch_mmu_levels(void);

// Level of the largest leaf: 2, or 1 where the machine has no pages of 1 GiB.
unsigned arch_mmu_largest_leaf(void);

// Entry formats. `level` is that of the table in which the entry stands.
arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags);
arch_pte arch_pte_table(uint64_t physical, unsigned level);
bool arch_pte_present(arch_pte pte);
bool arch_pte_is_table(arch_pte pte, unsigned level);
uint64_t arch_pte_physical(arch_pte pte);
unsigned arch_pte_flags(arch_pte pte); // enum mmu_flags of a leaf

// Stores an entry so that the page table walker sees it before the next access of this CPU
// (barriers included). Making an entry absent or stricter needs arch_tlb_flush_page afterwards.
void arch_pte_store(arch_pte *slot, arch_pte value);

// Number of address space identifiers that the hardware tags translations with, 0 included; 0 if
// it does not tag them. Valid from arch_cpu_init on.
uint32_t arch_asid_count(void);

// Forgets translations of this CPU: of one page of the kernel half or of the address space `asid`
// (also one that is not active; ignored for the kernel half); everything of `asid`, cached tables
// included; everything that is not global.
void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid);
void arch_tlb_flush_asid(uint32_t asid);
void arch_tlb_flush_all(void);

// Prepares a zeroed frame as the root of a user address space (copies or links the kernel half
// where hardware has one root for both).
void arch_root_init(arch_pte *root);

// The root table that holds the kernel half.
arch_pte *arch_kernel_root(void);

// Makes no user address space current on this CPU: no user address is translated until the next
// arch_root_load. The tables of the one that was current may go afterwards. Kernel context.
void arch_root_leave(void);

// Makes instructions written through the direct map visible to instruction fetch on this CPU.
void arch_instruction_sync(const void *start, uint64_t length);

// Cache maintenance to the point of coherency, for devices whose DMA does not snoop. A range in the
// direct map; it costs one instruction per cache line, so callers hand in bounded pieces. Does
// nothing where DMA is coherent by architecture.
enum cache_operation {
    CACHE_CLEAN = 1,      // memory gets what the cache holds
    CACHE_INVALIDATE = 2, // cleaned too: nothing that somebody wrote is ever lost
};
void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_MMU_H
