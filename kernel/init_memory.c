// SPDX-License-Identifier: GPL-3.0-only
//
// From ranges of free memory to Memory objects.
#include "arch/include/port.h"
#include "kernel/frame.h"
#include "kernel/init_load.h"
#include "kernel/memory.h"
#include "kernel/panic.h"
#include "kernel/physmem.h"

// Bytes for a struct memory and the descriptors of `count` frames, in whole pages.
static uint64_t overhead(uint64_t count) {
    return align_up(sizeof(struct memory) + count * sizeof(struct frame), KERNEL_PAGE_SIZE);
}

static struct memory *make(void *at, uint64_t base, uint64_t count) {
    struct memory *memory = at;
    struct frame *frames = (struct frame *)(memory + 1);
    memory_zero(memory, sizeof(*memory));
    memory_init(memory, NULL, frames, base, count);
    return memory;
}

// The bookkeeping of a range stands at its end, so that the alignment of its start is not lost.
// What is too small for that is lost.
void init_take_memory(struct init *init) {
    uint64_t base;
    uint64_t length;
    while (init->memory_count < HELIOS_BOOTINFO_MEMORIES && physmem_take_range(&base, &length)) {
        uint64_t pages = length / KERNEL_PAGE_SIZE;
        uint64_t used = overhead(pages) / KERNEL_PAGE_SIZE;
        if (used >= pages) {
            break; // the others are smaller
        }
        uint64_t count = pages - used;
        void *at = arch_direct(base + count * KERNEL_PAGE_SIZE);
        init->memories[init->memory_count++] = make(at, base, count);
    }
    if (init->memory_count == 0) {
        panic("init: out of memory");
    }
}

struct memory *init_module_memory(uint64_t base, uint64_t page_count) {
    uint64_t physical = physmem_alloc(overhead(page_count), KERNEL_PAGE_SIZE);
    if (physical == 0) {
        return NULL;
    }
    struct memory *memory = make(arch_direct(physical), base, page_count);
    for (uint64_t i = 0; i < page_count; i++) {
        // Not zeroed: the contents are the module.
        memory_page_init(memory_take_block(memory, 0));
    }
    return memory;
}
