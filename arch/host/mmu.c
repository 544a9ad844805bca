// SPDX-License-Identifier: GPL-3.0-only
//
// A page table format that only the portable walker reads: bit 0 present, bit 1 table, bits 2..7
// flags, bits 12..51 the physical address. Four levels.
#include "arch/include/mmu.h"

#include "arch/host/host.h"
#include "arch/host/internal.h"
#include "arch/include/boot.h"

enum {
    PRESENT = 1,
    TABLE = 2,
    FLAGS_SHIFT = 2,
    FLAGS_MASK = 0x3f,
    LEVELS = 4,
};

#define ADDRESS_MASK 0x000ffffffffff000ull

// What a TLB may hold translations of, by identifier: the root that was active under it last, or
// STALE if another table lies there by now. 0: nothing.
enum { TAGS = 512, STALE = 1 };
static uint64_t tags[TAGS];

// Where the guard page of the boot stack is mapped.
#define GUARD (HELIOS_KERNEL_BASE + 0x1000)

void host_reset_tables(void) {
    arch_tlb_flush_all();
    host_record.full_flushes = 0;
    uint64_t table = HOST_PAGE_TABLES;
    for (unsigned level = LEVELS - 1; level > 0; level--, table += 4096) {
        arch_pte *entries = arch_direct(table);
        entries[GUARD >> (12 + 9 * level) & 511] = arch_pte_table(table + 4096, level);
    }
    arch_pte *leaves = arch_direct(table);
    leaves[GUARD >> 12 & 511] = arch_pte_leaf(table + 4096, 0, MMU_WRITE | MMU_GLOBAL);
}

uintptr_t arch_boot_stack_guard(unsigned index) {
    return index == 0 ? GUARD : 0;
}

unsigned arch_mmu_levels(void) {
    return LEVELS;
}

unsigned host_largest_leaf = 2;

unsigned arch_mmu_largest_leaf(void) {
    return host_largest_leaf;
}

arch_pte arch_pte_leaf(uint64_t physical, unsigned level, unsigned flags) {
    (void)level;
    return (physical & ADDRESS_MASK) | (arch_pte)flags << FLAGS_SHIFT | PRESENT;
}

arch_pte arch_pte_table(uint64_t physical, unsigned level) {
    (void)level;
    return (physical & ADDRESS_MASK) | PRESENT | TABLE;
}

bool arch_pte_present(arch_pte pte) {
    return (pte & PRESENT) != 0;
}

bool arch_pte_is_table(arch_pte pte, unsigned level) {
    (void)level;
    return (pte & TABLE) != 0;
}

uint64_t arch_pte_physical(arch_pte pte) {
    return pte & ADDRESS_MASK;
}

unsigned arch_pte_flags(arch_pte pte) {
    return pte >> FLAGS_SHIFT & FLAGS_MASK;
}

void arch_pte_store(arch_pte *slot, arch_pte value) {
    *slot = value;
}

uint32_t host_asids = 16;

uint32_t arch_asid_count(void) {
    return host_asids;
}

void arch_tlb_flush_page(uintptr_t virtual_address, uint32_t asid) {
    host_record.page_flushes++;
    host_record.flushed_page = virtual_address;
    host_record.flushed_asid = asid;
}

void arch_tlb_flush_asid(uint32_t asid) {
    host_record.asid_flushes++;
    host_record.flushed_asid = asid;
    if (asid < TAGS) {
        tags[asid] = 0;
    }
}

void arch_tlb_flush_all(void) {
    host_record.full_flushes++;
    for (unsigned asid = 0; asid < TAGS; asid++) {
        tags[asid] = 0;
    }
}

void arch_root_init(arch_pte *root) {
    for (unsigned asid = 0; asid < TAGS; asid++) {
        tags[asid] = tags[asid] == arch_direct_physical(root) ? STALE : tags[asid];
    }
    const arch_pte *kernel = arch_kernel_root();
    for (unsigned i = 256; i < 512; i++) {
        root[i] = kernel[i];
    }
}

// Identifier 0 is everybody's: what is remembered of it goes with each activation.
void host_activate(uint64_t root, uint32_t asid) {
    if (asid != 0 && asid < TAGS) {
        host_record.stale_activations += tags[asid] != 0 && tags[asid] != root;
        tags[asid] = root;
    }
    host_record.active_root = root;
    host_record.active_asid = asid;
}

arch_pte *arch_kernel_root(void) {
    return arch_direct(HOST_PAGE_TABLES);
}

void arch_root_leave(void) {
    host_activate(HOST_PAGE_TABLES, 0);
}

void arch_instruction_sync(const void *start, uint64_t length) {
    (void)start;
    (void)length;
    host_record.instruction_syncs++;
}

void arch_cache_maintain(const void *start, uint64_t length, enum cache_operation operation) {
    (void)start;
    (void)length;
    (void)operation;
    host_record.cache_operations++;
}
