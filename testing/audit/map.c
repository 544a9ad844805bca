// SPDX-License-Identifier: GPL-3.0-only
#include "testing/audit/map.h"

enum { FEWEST_PLACES = 4096 };

static uint32_t hash(const void *pointer) {
    return (uint32_t)(((uintptr_t)pointer >> 3) * 0x9e3779b97f4a7c15ull >> 32);
}

// Where the address stands, or would.
static struct audit_place *find(const struct audit_map *map, const void *pointer) {
    uint32_t i = hash(pointer) & map->mask;
    while (map->places[i].epoch == map->epoch && map->places[i].pointer != pointer) {
        i = (i + 1) & map->mask;
    }
    return &map->places[i];
}

static void forget_places(struct audit_map *map) {
    if (++map->epoch == 0) { // all numbers have been used
        for (uint32_t i = 0; i < map->capacity * 2; i++) {
            map->places[i].epoch = 0;
        }
        map->epoch = 1;
    }
}

void audit_map_clear(struct audit_map *map) {
    map->count = 0;
    map->mask = map->mask != 0 ? map->mask : FEWEST_PLACES - 1;
    forget_places(map);
}

static void put(struct audit_map *map, uint32_t item) {
    const void *pointer = map->items[item].pointer;
    *find(map, pointer) = (struct audit_place){pointer, map->epoch, item};
}

static void grow(struct audit_map *map) {
    map->mask = map->mask * 2 + 1;
    forget_places(map);
    for (uint32_t i = 0; i < map->count; i++) {
        put(map, i);
    }
}

struct audit_item *audit_map_add(struct audit_map *map, const void *pointer) {
    const struct audit_place *place = find(map, pointer);
    if (place->epoch == map->epoch) {
        return &map->items[place->item];
    }
    if (map->count == map->capacity) {
        return NULL;
    }
    if (map->count * 2 > map->mask && map->mask + 1 < map->capacity * 2) {
        grow(map);
    }
    struct audit_item *item = &map->items[map->count];
    *item = (struct audit_item){.pointer = pointer};
    put(map, map->count++);
    return item;
}

struct audit_item *audit_map_find(const struct audit_map *map, const void *pointer) {
    const struct audit_place *place = find(map, pointer);
    return place->epoch == map->epoch ? &map->items[place->item] : NULL;
}
