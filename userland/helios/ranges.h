// SPDX-License-Identifier: MIT
//
// Who has which part of an address range: first fit over a sorted list of what is taken. Portable;
// it touches no memory but its own nodes, which the caller provides. Not locked.
#ifndef HELIOS_USERLAND_HELIOS_RANGES_H
#define HELIOS_USERLAND_HELIOS_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One part that is taken, or a spare node.
struct helios_range {
    uint64_t base;
    uint64_t size;
    struct helios_range *next;
};

struct helios_ranges {
    uint64_t base; // the whole: base .. end - 1
    uint64_t end;
    struct helios_range *taken; // ascending
    struct helios_range *spare;
    size_t spare_count;
};

// Adds nodes: each part that is taken needs one.
void helios_ranges_add(struct helios_ranges *ranges, struct helios_range *nodes, size_t count);

// Takes the lowest `size` bytes at a multiple of `alignment` (a power of two) with `gap` bytes on
// either side that nobody has (two parts share the gap between them). Returns false if there is no
// such place, no node, or `size` is 0.
bool helios_ranges_take(struct helios_ranges *ranges, uint64_t size, uint64_t alignment,
                        uint64_t gap, uint64_t *address);

// Takes exactly this place. Returns false if part of it is taken or outside, or there is no node.
bool helios_ranges_take_at(struct helios_ranges *ranges, uint64_t address, uint64_t size);

// Gives back a part that begins at `address`. Returns its size; 0: no part begins there.
uint64_t helios_ranges_give(struct helios_ranges *ranges, uint64_t address);

// The part that `address` lies in; NULL: nobody has it.
const struct helios_range *helios_ranges_find(const struct helios_ranges *ranges, uint64_t address);

// Whether nothing that is taken lies in these addresses.
bool helios_ranges_is_free(const struct helios_ranges *ranges, uint64_t address, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_RANGES_H
