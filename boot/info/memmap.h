// SPDX-License-Identifier: GPL-3.0-only
//
// The memory map: from whatever firmware reports (unsorted, overlapping, unaligned) to what the
// boot protocol wants (sorted, page aligned, no overlap, neighbours of one kind merged).
//
// The map is always in the protocol's form; every change keeps it so. Where reports overlap, the
// more restrictive kind wins, which is the one with the larger number in enum helios_mem_kind. Free
// memory is rounded inwards to pages, everything else outwards. The last page of the 64-bit address
// space is never in the map, so that base + length does not wrap around.
#ifndef HELIOS_BOOT_INFO_MEMMAP_H
#define HELIOS_BOOT_INFO_MEMMAP_H

#include "boot/info/error.h"
#include "boot/protocol/protocol.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MEMMAP_CAPACITY  1024u
#define MEMMAP_PAGE_SIZE 4096ull

// Zero-initialised: an empty map.
struct memmap {
    uint32_t count;
    uint32_t reserved;
    struct helios_boot_memory ranges[MEMMAP_CAPACITY];
};

// Add what firmware reports. Parts already there with a more restrictive kind keep it. Length 0 is
// nothing. Errors: BOOT_MEMORY_RANGE if base + length wraps around (up to 2^64 is fine),
// BOOT_MEMORY_MAP_FULL; the map is as before then.
enum boot_error memmap_add(struct memmap *map, uint64_t base, uint64_t length,
                           enum helios_mem_kind kind, struct boot_failure *failure);

// Make a range one kind, whatever it was: for what the loader itself places, and for giving back.
// Rounds outwards, except HELIOS_MEM_FREE. Errors as memmap_add.
enum boot_error memmap_set(struct memmap *map, uint64_t base, uint64_t length,
                           enum helios_mem_kind kind, struct boot_failure *failure);

// Take the highest run of free memory of `length` bytes (rounded up to pages), aligned to `align`
// (a power of two, at least a page), that lies in [least, limit), and make it `kind`.
// Errors: BOOT_MEMORY_TOO_SMALL (found: the largest free run there, wanted: length),
// BOOT_MEMORY_MAP_FULL.
enum boot_error memmap_alloc(struct memmap *map, uint64_t length, uint64_t align, uint64_t least,
                             uint64_t limit, enum helios_mem_kind kind, uint64_t *base,
                             struct boot_failure *failure);

// As memmap_alloc, but takes the lowest run.
enum boot_error memmap_alloc_low(struct memmap *map, uint64_t length, uint64_t align,
                                 uint64_t least, uint64_t limit, enum helios_mem_kind kind,
                                 uint64_t *base, struct boot_failure *failure);

// Everything mapped by kind (see memmap_is_mapped) at or beyond `limit` (page aligned) becomes
// HELIOS_MEM_BEYOND. Errors: BOOT_MEMORY_MAP_FULL.
enum boot_error memmap_limit(struct memmap *map, uint64_t limit, struct boot_failure *failure);

// Note the NUMA node of a range; what is not in the map is passed over.
// Errors: BOOT_MEMORY_RANGE, BOOT_MEMORY_MAP_FULL.
enum boot_error memmap_set_node(struct memmap *map, uint64_t base, uint64_t length, uint32_t node,
                                struct boot_failure *failure);

// The range that contains `address`, or NULL.
const struct helios_boot_memory *memmap_find(const struct memmap *map, uint64_t address);

// Whether every byte of the range is in the map, of any of the kinds of the mask (1 << kind each).
bool memmap_covers(const struct memmap *map, uint64_t base, uint64_t length, uint32_t kinds);

// Bytes of one kind.
uint64_t memmap_sum(const struct memmap *map, enum helios_mem_kind kind);

// End (one past the last byte) of the highest range of a kind that is in the direct map; 0 if none.
uint64_t memmap_top(const struct memmap *map);

// Whether the protocol puts memory of this kind into the direct map.
bool memmap_is_mapped(enum helios_mem_kind kind);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_MEMMAP_H
