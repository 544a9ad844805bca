// SPDX-License-Identifier: MIT
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// helios_power_off(HELIOS_INIT_POWER) would end the machine, and the test. A right that is missing
// keeps a program from it.
TEST_CASE(example_power) {
    const uint64_t harmless = helios_cspace_copy(HELIOS_INIT_CSPACE, HELIOS_INIT_POWER,
                                                 HELIOS_CADDR_UNDEF, HELIOS_RIGHT_READ, 0)
                                  .value;
    struct helios_answer refused = helios_power_off(harmless);
    EXPECT_EQ(refused.status, HELIOS_ERROR_RIGHTS);
    EXPECT_EQ(refused.found, HELIOS_RIGHT_READ);
    EXPECT_EQ(refused.wanted, HELIOS_RIGHT_WRITE);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &harmless, 1);
}
