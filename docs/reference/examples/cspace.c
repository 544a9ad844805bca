// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// A badge for a client, and its end.
TEST_CASE(example_cspace) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t endpoint = helios_allocate(memory, HELIOS_TYPE_ENDPOINT, 0).value;
    struct helios_answer minted = helios_cspace_copy(
        HELIOS_INIT_CSPACE, endpoint, HELIOS_CADDR_UNDEF, HELIOS_RIGHT_WRITE, 0x1234);
    EXPECT_EQ(minted.status, HELIOS_OK);

    struct helios_answer found = helios_cspace_identify(HELIOS_INIT_CSPACE, minted.value);
    EXPECT_EQ(found.value, HELIOS_TYPE_ENDPOINT);
    EXPECT_EQ(found.more[0], HELIOS_RIGHT_WRITE);
    EXPECT_EQ(found.more[1], 0x1234);

    EXPECT_EQ(helios_cspace_revoke(HELIOS_INIT_CSPACE, endpoint).status, HELIOS_OK);
    EXPECT_EQ(helios_identify(minted.value).value, HELIOS_TYPE_NULL);
    EXPECT_EQ(helios_identify(endpoint).value, HELIOS_TYPE_ENDPOINT);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &endpoint, 1);
}
