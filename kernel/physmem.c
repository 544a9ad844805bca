// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/physmem.h"

#include "arch/include/port.h"
#include "kernel/check.h"
#include "kernel/lock.h"
#include "kernel/memory.h"

struct range {
    uint64_t base;
    uint64_t length;
};

// Guards the table. No other lock is taken while it is held.
static struct lock physmem_lock = {.rank = LOCK_PHYSMEM};

// Ascending, not overlapping, not touching each other, none empty.
static struct range ranges[PHYSMEM_CAPACITY];
static uint32_t range_count;

static void insert(uint32_t at, struct range range) {
    for (uint32_t i = range_count; i > at; i--) {
        ranges[i] = ranges[i - 1];
    }
    ranges[at] = range;
    range_count++;
}

static void erase(uint32_t at) {
    range_count--;
    for (uint32_t i = at; i < range_count; i++) {
        ranges[i] = ranges[i + 1];
    }
}

void physmem_reset(void) {
    lock_acquire(&physmem_lock);
    range_count = 0;
    lock_release(&physmem_lock);
}

static bool add_locked(struct range range) {
    // From the end: a boot map comes in ascending order.
    uint32_t at = range_count;
    while (at > 0 && ranges[at - 1].base > range.base) {
        at--;
    }
    bool joins_before = at > 0 && ranges[at - 1].base + ranges[at - 1].length == range.base;
    bool joins_after = at < range_count && range.base + range.length == ranges[at].base;
    if (joins_before) {
        ranges[at - 1].length += range.length;
        if (joins_after) {
            ranges[at - 1].length += ranges[at].length;
            erase(at);
        }
    } else if (joins_after) {
        ranges[at].base = range.base;
        ranges[at].length += range.length;
    } else if (range_count < PHYSMEM_CAPACITY) {
        insert(at, range);
    } else {
        return false;
    }
    return true;
}

bool physmem_add(uint64_t base, uint64_t length) {
    CHECK(((base | length) & (KERNEL_PAGE_SIZE - 1)) == 0);
    // Address 0 means failure in physmem_alloc.
    if (base == 0 && length > 0) {
        base += KERNEL_PAGE_SIZE;
        length -= KERNEL_PAGE_SIZE;
    }
    if (length == 0) {
        return true;
    }
    lock_acquire(&physmem_lock);
    bool taken = add_locked((struct range){.base = base, .length = length});
    lock_release(&physmem_lock);
    return taken;
}

// Cuts [base, base + length) out of range `at`; false if that needs one more entry than there is.
static bool cut(uint32_t at, uint64_t base, uint64_t length) {
    struct range *range = &ranges[at];
    struct range above = {.base = base + length,
                          .length = range->base + range->length - (base + length)};
    uint64_t below = base - range->base;
    if (above.length > 0 && below > 0) {
        if (range_count == PHYSMEM_CAPACITY) {
            return false;
        }
        insert(at + 1, above);
        ranges[at].length = below;
    } else if (above.length > 0) {
        *range = above;
    } else if (below > 0) {
        range->length = below;
    } else {
        erase(at);
    }
    return true;
}

uint64_t physmem_alloc(uint64_t length, uint64_t alignment) {
    CHECK(length != 0 && length % KERNEL_PAGE_SIZE == 0);
    CHECK(alignment >= KERNEL_PAGE_SIZE && (alignment & (alignment - 1)) == 0);
    uint64_t found = 0;
    lock_acquire(&physmem_lock);
    for (uint32_t at = range_count; at-- > 0 && found == 0;) {
        const struct range *range = &ranges[at];
        if (range->length < length) {
            continue;
        }
        uint64_t base = align_down(range->base + range->length - length, alignment);
        if (base >= range->base && cut(at, base, length)) {
            found = base;
        }
    }
    lock_release(&physmem_lock);
    return found;
}

uint64_t physmem_alloc_page(void) {
    uint64_t physical = physmem_alloc(KERNEL_PAGE_SIZE, KERNEL_PAGE_SIZE);
    if (physical != 0) {
        memory_zero_page(arch_direct(physical));
    }
    return physical;
}

bool physmem_take_range(uint64_t *base, uint64_t *length) {
    lock_acquire(&physmem_lock);
    uint32_t largest = 0;
    for (uint32_t at = 1; at < range_count; at++) {
        if (ranges[at].length > ranges[largest].length) {
            largest = at;
        }
    }
    bool found = range_count > 0;
    if (found) {
        *base = ranges[largest].base;
        *length = ranges[largest].length;
        erase(largest);
    }
    lock_release(&physmem_lock);
    return found;
}

uint64_t physmem_free_bytes(void) {
    uint64_t total = 0;
    lock_acquire(&physmem_lock);
    for (uint32_t i = 0; i < range_count; i++) {
        total += ranges[i].length;
    }
    lock_release(&physmem_lock);
    return total;
}
