// SPDX-License-Identifier: MIT
#include "userland/helios/ipc.h"
#include "userland/helios/objects.h"
#include "userland/test/test.h"

// Two sources, told apart by the bits of their badges.
TEST_CASE(example_notification) {
    uint64_t memory = helios_test_bootinfo->memories[0].slot;
    const uint64_t word = helios_allocate(memory, HELIOS_TYPE_NOTIFICATION, 0).value;
    uint64_t sources[2];
    for (unsigned i = 0; i < 2; i++) {
        sources[i] = helios_cspace_copy(HELIOS_INIT_CSPACE, word, HELIOS_CADDR_UNDEF,
                                        HELIOS_RIGHT_WRITE, 4u << i)
                         .value;
        EXPECT_EQ(helios_signal(sources[i]).status, HELIOS_OK);
    }
    EXPECT_EQ(helios_wait(word, 0).value, 4 | 8);
    EXPECT_EQ(helios_nbwait(word).status, HELIOS_ERROR_WOULD_BLOCK);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, sources, 2);
    helios_cspace_destroy(HELIOS_INIT_CSPACE, &word, 1);
}
