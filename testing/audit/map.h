// SPDX-License-Identifier: GPL-3.0-only
//
// A set of addresses with a few marks each, which is fast to fill and to forget. Its memory is the
// owner's: so many fit in and no more.
#ifndef HELIOS_TESTING_AUDIT_MAP_H
#define HELIOS_TESTING_AUDIT_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct audit_item {
    const void *pointer;
    uint32_t marks; // the owner's; 0 at first
};

struct audit_place {
    const void *pointer;
    uint32_t epoch; // another one than the map's: nothing is here
    uint32_t item;
};

// All but the first three: zero at the start.
struct audit_map {
    struct audit_item *items;   // in the order in which they were added
    struct audit_place *places; // twice as many, zero at the start
    uint32_t capacity;          // of items: a power of two, 2048 or more
    uint32_t count;
    uint32_t epoch;
    uint32_t mask; // of the places in use: few addresses touch little memory
};

// Forgets everything.
void audit_map_clear(struct audit_map *map);

// The item of an address, which is added if it is not there. NULL: the map is full.
struct audit_item *audit_map_add(struct audit_map *map, const void *pointer);

// NULL: it is not there.
struct audit_item *audit_map_find(const struct audit_map *map, const void *pointer);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_AUDIT_MAP_H
