// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// Two pages at once. What is destroyed can be had again; what can't be had is said precisely.
TEST_CASE(example_memory) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    uint64_t before = helios_memory_query(memory).value;
    struct helios_answer made = helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, 2);
    EXPECT_EQ(made.status, HELIOS_OK);
    EXPECT_EQ(made.caps, 2);
    const uint64_t pages[] = {helios_buffer->caps[0], helios_buffer->caps[1]};
    EXPECT_EQ(helios_cspace_destroy(HELIOS_INIT_CSPACE, pages, 2).value, 2);
    EXPECT_EQ(helios_memory_query(memory).value, before);

    struct helios_answer refused = helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 3, 1);
    EXPECT_EQ(refused.status, HELIOS_ERROR_RANGE);
    EXPECT_EQ(refused.value, HELIOS_ARGUMENT_PARAM + 1);
    EXPECT_EQ(refused.found, 3);
    EXPECT_EQ(refused.wanted, 2);
}
