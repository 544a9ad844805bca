// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/window.h"

#include "arch/include/port.h"
#include "kernel/lock.h"
#include "kernel/memory.h"
#include "kernel/mmu.h"
#include "kernel/physmem.h"

// Guards next_offset and the tables of the window. physmem's lock is taken while it is held.
static struct lock window_lock = {.rank = LOCK_WINDOW};

// Offset of the first address that is not in use.
static uint64_t next_offset;

bool window_init(void) {
    uint64_t table = physmem_alloc_page();
    if (table == 0) {
        return false;
    }
    lock_acquire(&window_lock);
    struct mmu_result hung =
        mmu_map_table(arch_kernel_root(), ARCH_KERNEL_WINDOW, table, arch_mmu_levels() - 2);
    lock_release(&window_lock);
    if (hung.error != MMU_OK) {
        physmem_add(table, KERNEL_PAGE_SIZE);
    }
    return hung.error == MMU_OK || hung.error == MMU_OCCUPIED;
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
        struct mmu_result mapped = mmu_map_filling(arch_kernel_root(), start + offset,
                                                   first + offset, 0, flags | MMU_GLOBAL);
        if (mapped.error != MMU_OK) {
            start = 0; // what is mapped already stays, unused, like its addresses
        }
    }
    lock_release(&window_lock);
    return start == 0 ? 0 : start + (physical - first);
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
