// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// An identifier returns to its pool when the VSpace goes.
TEST_CASE(example_asid_pool) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, memory);
    const uint64_t pool = helios_buffer->caps[0];
    const uint64_t vspace = helios_allocate(memory, HELIOS_TYPE_VSPACE, 0).value;
    EXPECT_EQ(helios_asid_pool_assign(pool, vspace).status, HELIOS_OK);
    struct helios_answer state = helios_asid_pool_query(pool);
    EXPECT_EQ(state.more[0], state.value - 1);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &vspace, 1);
    state = helios_asid_pool_query(pool);
    EXPECT_EQ(state.more[0], state.value);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &pool, 1);
}
