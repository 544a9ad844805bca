// SPDX-License-Identifier: GPL-3.0-only
//
// VSpaces with page tables down to where a case wants to map.
#ifndef HELIOS_TESTING_CONFORMANCE_TABLES_H
#define HELIOS_TESTING_CONFORMANCE_TABLES_H

#include "testing/conformance/world.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LARGE (2ull << 20)
#define HUGE  (1ull << 30)

static inline uint64_t user_top(void) {
    return helios_test_bootinfo->user_top;
}

static inline uint64_t top_level(void) {
    return helios_test_bootinfo->paging_levels - 2; // of the tables below the root
}

// A VSpace with the tables for one address, all made of a Memory of its own.
struct space {
    uint64_t memory;
    uint64_t vspace;
    uint64_t tables[3]; // by level
};

static inline uint64_t make(const struct space *space, uint64_t type, uint64_t size) {
    EXPECT_OK(helios_memory_allocate(space->memory, type, size, 1));
    return helios_buffer->caps[0];
}

// With the tables for `address` down to the level `lowest`.
static inline struct space make_space_at(uint64_t address, uint64_t lowest) {
    struct space space = {.memory = world_make(HELIOS_TYPE_MEMORY, 23)};
    space.vspace = make(&space, HELIOS_TYPE_VSPACE, 0);
    for (uint64_t level = top_level() + 1; level-- > lowest;) {
        space.tables[level] = make(&space, HELIOS_TYPE_TABLE_0 + level, 0);
        EXPECT_OK(helios_vspace_map(space.vspace, space.tables[level], address, 0));
    }
    return space;
}

static inline void drop_space(const struct space *space) {
    world_drop(space->memory);
}

static inline uint64_t physical(uint64_t page) {
    return helios_page_query(page).value;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_TESTING_CONFORMANCE_TABLES_H
