// SPDX-License-Identifier: GPL-3.0-only
//
// Physical memory during start-up: the free ranges of the boot block's map, kept as a sorted table
// of ranges. Handing out moves a range's end and touches no frame, so the cost does not depend on
// how much memory the machine has. What is left when the root task is entered is the root task's
// (a later issue turns it into Memory capabilities).
#ifndef HELIOS_KERNEL_PHYSMEM_H
#define HELIOS_KERNEL_PHYSMEM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// As many ranges as a loader's map can hold.
#define PHYSMEM_CAPACITY 1024u

// Forgets everything.
void physmem_reset(void);

// Gives a range (page aligned, not overlapping what is free already) to the allocator. Neighbours
// are merged. false: the table is full, the range is not taken.
bool physmem_add(uint64_t base, uint64_t length);

// Takes `length` bytes (a multiple of the page size, not 0) at a multiple of `alignment` (a power
// of two, at least a page) from the highest range that has them. The contents are whatever was
// there. Returns 0 if there is no such run; physical address 0 is never handed out.
uint64_t physmem_alloc(uint64_t length, uint64_t alignment);

// One zeroed page; 0 if there is none.
uint64_t physmem_alloc_page(void);

// Takes the largest range whole. false: nothing is left.
bool physmem_take_range(uint64_t *base, uint64_t *length);

// Bytes that are free.
uint64_t physmem_free_bytes(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_PHYSMEM_H
