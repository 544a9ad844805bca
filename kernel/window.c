// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/window.h"

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/physmem.h"
#include "kernel/table.h"

// Guards next_offset and the tables of the window. physmem's lock is taken while it is held.
static struct lock window_lock = {.rank = LOCK_WINDOW};

// Offset of the first address that is not in use.
static uint64_t next_offset;

// The entry of this level for an address in the kernel's half. Levels count from the leaves.
// Missing tables above it are made of frames from physmem. NULL: there are none, or something
// larger is mapped there.
static arch_pte *entry_at(uintptr_t address, unsigned level) {
    arch_pte *table = arch_kernel_root();
    for (unsigned at = arch_mmu_levels() - 1;; at--) {
        arch_pte *entry = &table[table_index(address, at)];
        if (at == level) {
            return entry;
        }
        if (!arch_pte_present(*entry)) {
            uint64_t made = physmem_alloc_page();
            if (made == 0) {
                return NULL;
            }
            arch_pte_store(entry, arch_pte_table(made, at));
        } else if (!arch_pte_is_table(*entry, at)) {
            return NULL;
        }
        table = arch_direct(arch_pte_physical(*entry));
    }
}

bool window_init(void) {
    lock_acquire(&window_lock);
    bool is_made = entry_at(ARCH_KERNEL_WINDOW, arch_mmu_levels() - 2) != NULL;
    lock_release(&window_lock);
    return is_made;
}

static bool map_page(uintptr_t address, uint64_t physical, unsigned flags) {
    arch_pte *entry = entry_at(address, 0);
    bool is_free = entry != NULL && !arch_pte_present(*entry);
    if (is_free) {
        arch_pte_store(entry, arch_pte_leaf(physical, 0, flags | MMU_GLOBAL));
    }
    return is_free;
}

uintptr_t window_map(uint64_t physical, uint64_t length, unsigned flags) {
    if (length == 0 || length >= ARCH_KERNEL_WINDOW_SIZE) {
        return 0;
    }
    uint64_t first = align_down(physical, KERNEL_PAGE_SIZE);
    uint64_t bytes = align_up(physical - first + length, KERNEL_PAGE_SIZE);
    uintptr_t start = 0;
    lock_acquire(&window_lock);
    if (bytes < ARCH_KERNEL_WINDOW_SIZE - KERNEL_PAGE_SIZE - next_offset) {
        start = ARCH_KERNEL_WINDOW + next_offset;
        next_offset += bytes + KERNEL_PAGE_SIZE;
    }
    for (uint64_t offset = 0; start != 0 && offset < bytes; offset += KERNEL_PAGE_SIZE) {
        if (!map_page(start + offset, first + offset, flags)) {
            start = 0; // what is mapped already stays, unused, like its addresses
        }
    }
    lock_release(&window_lock);
    return start == 0 ? 0 : start + (physical - first);
}

bool window_unmap(uintptr_t address) {
    lock_acquire(&window_lock);
    arch_pte *entry = entry_at(address, 0);
    bool is_mapped = entry != NULL && arch_pte_present(*entry);
    if (is_mapped) {
        arch_pte_store(entry, 0);
        arch_tlb_flush_page(address, 0);
    }
    lock_release(&window_lock);
    return is_mapped;
}

uintptr_t window_stack(void) {
    uint64_t physical = physmem_alloc(ARCH_STACK_SIZE, KERNEL_PAGE_SIZE);
    if (physical == 0) {
        return 0;
    }
    memory_zero(arch_direct(physical), ARCH_STACK_SIZE);
    uintptr_t bottom = window_map(physical, ARCH_STACK_SIZE, MMU_WRITE);
    return bottom != 0 ? bottom + ARCH_STACK_SIZE : 0;
}
