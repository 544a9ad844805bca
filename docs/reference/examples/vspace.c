// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// Maps a page; the kernel says which tables are missing. All is made of a Memory of its own, so
// that destroying that one capability cleans up.
TEST_CASE(example_vspace) {
    volatile uint64_t *words = (volatile uint64_t *)0x5000000000;
    const uint64_t address = (uint64_t)(uintptr_t)words;
    uint64_t all = helios_test_bootinfo->memories[0].slot;
    const uint64_t memory = helios_allocate(all, HELIOS_TYPE_MEMORY, 18).value;
    uint64_t page = helios_allocate(memory, HELIOS_TYPE_PAGE, 0).value;
    struct helios_answer mapped;
    for (;;) {
        mapped = helios_vspace_map(HELIOS_INIT_VSPACE, page, address, HELIOS_MAP_WRITE);
        if (mapped.status != HELIOS_ERROR_MISSING_TABLE) {
            break;
        }
        uint64_t table = helios_allocate(memory, mapped.wanted, 0).value;
        helios_vspace_map(HELIOS_INIT_VSPACE, table, address, 0);
    }
    EXPECT_EQ(mapped.status, HELIOS_OK);
    words[0] = 42;
    EXPECT_EQ(words[0], 42);

    helios_cspace_destroy(HELIOS_INIT_CSPACE, &memory, 1);
    EXPECT_EQ(helios_vspace_query(HELIOS_INIT_VSPACE, address).status, HELIOS_ERROR_NOT_MAPPED);
}
