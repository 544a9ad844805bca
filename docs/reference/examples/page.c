// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// A page of 2 MiB for DMA: one run, and its physical address.
TEST_CASE(example_page) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t page = helios_allocate(memory, HELIOS_TYPE_PAGE, 1).value;
    struct helios_answer where = helios_page_query(page);
    EXPECT_EQ(where.status, HELIOS_OK);
    EXPECT_EQ(where.value % (2 << 20), 0);
    EXPECT_EQ(where.more[0], 1); // level

    // Before the device reads it, and after the device has written it.
    EXPECT_EQ(helios_page_clean(page, 0, 4096).status, HELIOS_OK);
    EXPECT_EQ(helios_page_invalidate(page, 0, 4096).status, HELIOS_OK);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &page, 1);
}
