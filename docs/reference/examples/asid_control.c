// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

TEST_CASE(example_asid_control) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    EXPECT_EQ(helios_asid_control_make_pool(HELIOS_INIT_ASID_CONTROL, memory).status, HELIOS_OK);
    const uint64_t pool = helios_buffer->caps[0];
    EXPECT_EQ(helios_identify(pool).value, HELIOS_TYPE_ASID_POOL);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &pool, 1);
}
